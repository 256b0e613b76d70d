//! What objects are called in texts.

use std::fmt::Display;

use trueup_addrs::AbsInstance;

/// The name of an object: its address, with its key where it is a deposed one.
pub fn named(addr: &AbsInstance, deposed: Option<impl Display>) -> String {
    match deposed {
        Some(key) => format!("{addr} (deposed object {key})"),
        None => addr.to_string(),
    }
}
