//! Reading table items, a hundred at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::StreamExt;
use trueup_aws::dynamodb::{BatchGet, GetItem};
use trueup_aws::{Class, Error, Item};
use trueup_provider::{Context, Object, Problem, ReadOutcome, ReadRequest};
use trueup_value::Value;

use super::TableItems;
use super::compare::{same_item, same_value};
use super::json;
use super::key::{Form, fingerprint};
use super::said::{Said, object};
use crate::failure::problem;

/// How many keys one BatchGetItem takes.
pub(super) const KEYS_AT_ONCE: usize = 100;

/// What was found under the keys that were asked for, by [`fingerprint`].
pub(crate) type Found = BTreeMap<String, Item>;

/// The keys of one request, and whose they are.
struct Group {
    table: String,
    keys: Vec<Item>,
    /// Positions in the request, by the key's fingerprint.
    members: Vec<(usize, String)>,
}

impl TableItems {
    /// Reads many items, answers in order.
    pub(crate) async fn read_items(
        &self,
        cx: &Context,
        requests: Vec<ReadRequest>,
    ) -> Vec<ReadOutcome> {
        let mut outcomes: Vec<Option<ReadOutcome>> = requests.iter().map(|_| None).collect();
        let mut said: Vec<Option<Said>> = Vec::with_capacity(requests.len());
        for (position, request) in requests.iter().enumerate() {
            match Said::of(&request.prior.value) {
                Ok(found) => said.push(Some(found)),
                Err(bad) => {
                    outcomes[position] = Some(ReadOutcome::Failed(bad));
                    said.push(None);
                }
            }
        }
        let groups = groups(&said);
        let answers: Vec<(Group, Result<Found, Error>)> = futures::stream::iter(groups)
            .map(|group| async move {
                let found = self.find(cx, &group.table, group.keys.clone()).await;
                (group, found)
            })
            .buffer_unordered(cx.parallelism.max(1))
            .collect()
            .await;
        for (group, answer) in answers {
            for (position, name) in &group.members {
                let Some(said) = &said[*position] else {
                    continue;
                };
                let request = &requests[*position];
                outcomes[*position] = Some(match &answer {
                    Ok(found) => match found.get(name) {
                        Some(item) => ReadOutcome::Present(refreshed(&request.prior, said, item)),
                        None => ReadOutcome::Absent,
                    },
                    // Without the table there is no item.
                    Err(error) if error.is_not_found() => ReadOutcome::Absent,
                    Err(error) => {
                        let doing = format!("reading DynamoDB Table Item ({})", said.table);
                        ReadOutcome::Failed(problem(&doing, error))
                    }
                });
            }
        }
        outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(|| ReadOutcome::Failed(lost())))
            .collect()
    }

    /// Finds the items of one table under these keys, all different.
    pub(crate) async fn find(
        &self,
        cx: &Context,
        table: &str,
        keys: Vec<Item>,
    ) -> Result<Found, Error> {
        let dynamodb = &self.aws.dynamodb;
        let names: Vec<String> = keys
            .first()
            .map(|key| key.keys().cloned().collect())
            .unwrap_or_default();
        let by_key = |item: Item| {
            let key: Item = names
                .iter()
                .filter_map(|name| Some((name.clone(), item.get(name)?.clone())))
                .collect();
            (fingerprint(&key), item)
        };
        if !self.single_reads.load(Ordering::Relaxed) {
            let answer = dynamodb
                .batch_get_item(BatchGet {
                    table: table.to_owned(),
                    keys: keys.clone(),
                    consistent: true,
                    ..BatchGet::default()
                })
                .await;
            match answer {
                Ok(items) => return Ok(items.into_iter().map(by_key).collect()),
                Err(error) if matches!(error.class(), Class::AccessDenied | Class::Unsupported) => {
                    said_once(&self.single_reads, &error);
                }
                Err(error) => return Err(error),
            }
        }
        let answers: Vec<Result<Option<Item>, Error>> = futures::stream::iter(keys)
            .map(|key| {
                dynamodb.get_item(GetItem {
                    table: table.to_owned(),
                    key,
                    consistent: true,
                    ..GetItem::default()
                })
            })
            .buffer_unordered(cx.parallelism.max(1))
            .collect()
            .await;
        let mut found = Found::new();
        for answer in answers {
            if let Some(item) = answer? {
                let (name, item) = by_key(item);
                found.insert(name, item);
            }
        }
        Ok(found)
    }
}

/// Keys by table, a hundred a group, each key once in a group.
fn groups(said: &[Option<Said>]) -> Vec<Group> {
    // By table and names of the key: one wrong name must not spoil the others' request.
    let mut open: BTreeMap<(String, Vec<String>), Group> = BTreeMap::new();
    let mut full = Vec::new();
    for (position, said) in said.iter().enumerate() {
        let Some(said) = said else { continue };
        let names: Vec<String> = said.key.keys().cloned().collect();
        let group = open
            .entry((said.table.clone(), names))
            .or_insert_with(|| Group {
                table: said.table.clone(),
                keys: Vec::new(),
                members: Vec::new(),
            });
        let name = fingerprint(&said.key);
        if !group.members.iter().any(|(_, other)| *other == name) {
            group.keys.push(said.key.clone());
        }
        group.members.push((position, name));
        if group.keys.len() == KEYS_AT_ONCE {
            full.push(std::mem::replace(
                group,
                Group {
                    table: said.table.clone(),
                    keys: Vec::new(),
                    members: Vec::new(),
                },
            ));
        }
    }
    full.extend(open.into_values().filter(|group| !group.keys.is_empty()));
    full
}

/// The text of an item that was read: earlier releases ended it with a line break.
pub(crate) fn as_read(item: &Item, form: Form) -> String {
    let mut text = json::write(item);
    if form == Form::Bars {
        text.push('\n');
    }
    text
}

/// The object after a look at the item: as it was, where the item says the same. An attribute that did not change
/// keeps its spelling, and the marks that replication puts on items of older global tables are nobody's attributes.
fn refreshed(prior: &Object, said: &Said, item: &Item) -> Object {
    let item: Item = item
        .iter()
        .filter(|(name, _)| !name.starts_with("aws:rep:") || said.item.contains_key(*name))
        .map(|(name, value)| match said.item.get(name) {
            Some(spelled) if same_value(spelled, value) => (name.clone(), spelled.clone()),
            _ => (name.clone(), value.clone()),
        })
        .collect();
    if same_item(&said.item, &item) {
        return prior.clone();
    }
    let text = Value::string(as_read(&item, said.form));
    Object {
        value: object(&said.table, &said.names, &item, text, said.form).value,
        private: prior.private.clone(),
    }
}

fn said_once(flag: &AtomicBool, error: &Error) {
    if !flag.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            code = error.code(),
            "BatchGetItem is not allowed here: reading table items one by one, which is slower. Grant dynamodb:BatchGetItem."
        );
    }
}

fn lost() -> Problem {
    Problem::error(
        "reading DynamoDB Table Item: no answer",
        "The item was not read. This is a fault of the program.",
    )
}
