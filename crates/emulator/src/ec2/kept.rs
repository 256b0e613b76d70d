//! What VPCs and subnets have in common: kept under an id of their kind, pending at first, described.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::blocks::Ipv6;
use super::tags::{self, Tags};
use super::{filters, is_id, page, refused};
use crate::query_calls::{Call, Refusal};

/// A kind of objects, each in one region and under an id.
pub(super) trait Kept: Serialize + DeserializeOwned {
    /// What its ids begin with: `vpc`.
    const WORD: &'static str;
    /// The kind of its records.
    const RECORD: &'static str;
    /// The parameter of its ids: `VpcId`.
    const ID: &'static str;
    /// The list of a description: `vpcSet`.
    const LIST: &'static str;
    /// The code for what can't be an id of it.
    const MALFORMED: &'static str;
    /// The code for an id that nothing has.
    const NOT_FOUND: &'static str;

    /// How many more descriptions see it pending.
    fn pending(&mut self) -> &mut u32;

    /// Its IPv6 ranges.
    fn ipv6(&self) -> &[Ipv6];

    /// What it says to a filter of its kind's own; `None` where its kind has no such filter.
    fn fact(&self, call: &Call<'_>, id: &str, name: &str) -> Option<String>;

    /// Its members in an answer; `state` is how far it is.
    fn shown(&self, call: &Call<'_>, id: &str, state: &str, tags: &Tags) -> String;

    /// Keeps it.
    fn put(&self, call: &Call<'_>, id: &str) -> Result<(), Refusal> {
        Ok(call.records.put(Self::RECORD, call.region, id, self)?)
    }

    /// All of the region, by id.
    fn all(call: &Call<'_>) -> Result<Vec<(String, Self)>, Refusal> {
        Ok(call.records.list(Self::RECORD, call.region)?)
    }

    /// The one of an id.
    fn find(call: &Call<'_>, id: &str) -> Result<Self, Refusal> {
        let word = Self::WORD;
        if !is_id(word, id) {
            return Err(refused(
                Self::MALFORMED,
                format!("Invalid id: \"{id}\" (expecting \"{word}-...\")"),
            ));
        }
        let found = call.records.get(Self::RECORD, call.region, id)?;
        found.ok_or_else(|| {
            refused(
                Self::NOT_FOUND,
                format!("The {word} ID '{id}' does not exist"),
            )
        })
    }

    /// The one that a call names, with its id.
    fn named<'c>(call: &'c Call<'_>) -> Result<(&'c str, Self), Refusal> {
        let id = call.needed(Self::ID)?;
        Ok((id, Self::find(call, id)?))
    }

    /// Forgets it, with its tags.
    fn forget(call: &Call<'_>, id: &str) -> Result<(), Refusal> {
        call.records.remove(Self::RECORD, call.region, id)?;
        tags::forget(call, id)
    }

    /// Those of the ids that are asked for, all where none is, as far as all filters let them through. Each
    /// that is shown pending is a step nearer to being available.
    fn describe(call: &Call<'_>) -> Result<String, Refusal> {
        let ids = call.list(Self::ID);
        for id in &ids {
            Self::find(call, id)?;
        }
        let mut found = Vec::new();
        for (id, mut one) in Self::all(call)? {
            if !ids.is_empty() && !ids.contains(&id.as_str()) {
                continue;
            }
            let state = state(*one.pending());
            let tags = tags::of(call, &id)?;
            let facts = |name: &str| {
                let blocks = |of: fn(&Ipv6) -> &str| {
                    let all = one.ipv6().iter();
                    Some(all.map(|block| of(block).to_owned()).collect())
                };
                match name {
                    "state" => Some(vec![state.to_owned()]),
                    "owner-id" => Some(vec![call.account.to_owned()]),
                    "ipv6-cidr-block-association.ipv6-cidr-block" => blocks(|block| &block.cidr),
                    "ipv6-cidr-block-association.association-id" => blocks(|block| &block.id),
                    name if name.strip_suffix("-id") == Some(Self::WORD) => Some(vec![id.clone()]),
                    name => one.fact(call, &id, name).map(|fact| vec![fact]),
                }
            };
            if filters::let_through(call, &tags, &facts)? {
                found.push(one.shown(call, &id, state, &tags));
                if *one.pending() > 0 {
                    *one.pending() -= 1;
                    one.put(call, &id)?;
                }
            }
        }
        page(call, Self::LIST, found)
    }
}

/// How far an object is that so many more descriptions see pending.
pub(super) fn state(pending: u32) -> &'static str {
    match pending {
        0 => "available",
        _ => "pending",
    }
}
