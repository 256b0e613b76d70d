//! What a saved plan tells of single objects beside their changes.

use std::sync::Arc;

use trueup_addrs::AbsInstance;
use trueup_value::json::Json;

use super::read::{Reader, parts};
use super::value_read::{Reading, damaged};
use crate::Contents;

impl Reader {
    /// An address and what the object there holds.
    pub(super) fn contents(&mut self, json: &Json) -> Reading<(AbsInstance, Contents)> {
        match parts(json)? {
            [addr, items, bytes] => {
                let number = |json: &Json| match json {
                    Json::Number(digits) => digits.parse().map_err(|_| damaged("contents")),
                    _ => Err(damaged("contents")),
                };
                let (items, bytes) = (number(items)?, number(bytes)?);
                Ok((self.instance(addr)?, Contents { items, bytes }))
            }
            _ => Err(damaged("contents")),
        }
    }

    /// An address and the block written for it.
    pub(super) fn generated(&mut self, json: &Json) -> Reading<(AbsInstance, Arc<str>)> {
        match json {
            Json::Array(pair) => match &pair[..] {
                [addr, text] => {
                    let text = text.as_str().ok_or_else(|| damaged("generated"))?;
                    Ok((self.instance(addr)?, text.into()))
                }
                _ => Err(damaged("generated")),
            },
            _ => Err(damaged("generated")),
        }
    }
}
