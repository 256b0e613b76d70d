//! Judging what an earlier run left open about table items: the items themselves tell.

use std::collections::BTreeMap;

use trueup_aws::Item;
use trueup_provider::{Adoption, Context, Intent, StepKind};
use trueup_value::Value;

use super::TableItems;
use super::compare;
use super::hand_over;
use super::json;
use super::key::{Form, KeyNames, fingerprint};
use super::read::Found;
use super::said::{Said, form, object};
use crate::failure::problem;

const TABLE: &str = "table_name";
const KEY: &str = "key";
const HASH: &str = "hash_key";
const RANGE: &str = "range_key";

/// Table, region, names of the key attributes, and the key itself as DynamoDB JSON. Nothing where a
/// part of it is not known.
pub(crate) fn identity(value: &Value, region: &str) -> BTreeMap<String, String> {
    let Ok(said) = Said::of(value) else {
        return BTreeMap::new();
    };
    let mut identity = BTreeMap::from([
        (TABLE.to_owned(), said.table.clone()),
        ("region".to_owned(), region.to_owned()),
        (HASH.to_owned(), said.names.hash.clone()),
        (KEY.to_owned(), json::write(&said.key)),
    ]);
    if let Some(range) = said.names.range {
        identity.insert(RANGE.to_owned(), range);
    }
    identity
}

/// The digest of the item; empty where it is not known.
pub(crate) fn digest(value: &Value) -> String {
    match Said::of(value) {
        Ok(said) => compare::digest(&said.item),
        Err(_) => String::new(),
    }
}

/// An intent with its identity understood.
pub(super) struct Open {
    position: usize,
    pub(super) intent: Intent,
    names: KeyNames,
    /// The key that the intent names: the one that is to be, or that of what goes.
    pub(super) key: Item,
}

impl TableItems {
    /// Judges open intents, answers in order.
    pub(crate) async fn judge(&self, cx: &Context, intents: Vec<Intent>) -> Vec<Adoption> {
        let mut answers: Vec<Option<Adoption>> = intents.iter().map(|_| None).collect();
        let mut tables: BTreeMap<String, Vec<Open>> = BTreeMap::new();
        for (position, intent) in intents.into_iter().enumerate() {
            match understood(position, intent) {
                Some((table, open)) => tables.entry(table).or_default().push(open),
                None => answers[position] = Some(Adoption::Forget),
            }
        }
        for (table, open) in tables {
            let mut keys: BTreeMap<String, Item> = BTreeMap::new();
            for one in &open {
                keys.insert(fingerprint(&one.key), one.key.clone());
                if let Some(before) = key_in_state(&one.intent) {
                    keys.insert(fingerprint(&before), before);
                }
            }
            let found = match self.find(cx, &table, keys.into_values().collect()).await {
                Ok(found) => found,
                Err(error) if error.is_not_found() => Found::new(),
                Err(error) => {
                    let doing = format!("recovering DynamoDB Table Item ({table})");
                    for one in open {
                        answers[one.position] = Some(Adoption::Unclear(problem(&doing, &error)));
                    }
                    continue;
                }
            };
            let happened = hand_over::happened(&open, &found);
            for (one, happened) in open.iter().zip(happened) {
                let answer = match happened {
                    Some(happened) => handed_over(&table, one, happened, &found),
                    None => judged(&table, one, &found),
                };
                answers[one.position] = Some(answer);
            }
        }
        answers
            .into_iter()
            .map(|answer| answer.unwrap_or(Adoption::Forget))
            .collect()
    }
}

fn understood(position: usize, intent: Intent) -> Option<(String, Open)> {
    let table = intent.identity.get(TABLE)?.clone();
    let key = json::read(intent.identity.get(KEY)?).ok()?;
    let names = KeyNames {
        hash: intent.identity.get(HASH)?.clone(),
        range: intent.identity.get(RANGE).cloned(),
    };
    let open = Open {
        position,
        intent,
        names,
        key,
    };
    Some((table, open))
}

/// The key of the item that the state holds.
pub(super) fn key_in_state(intent: &Intent) -> Option<Item> {
    let state = intent.in_state.as_ref()?;
    Said::of(&state.value).ok().map(|said| said.key)
}

fn adopted(table: &str, one: &Open, item: &Item) -> Adoption {
    let in_state = one.intent.in_state.as_ref();
    let form = in_state.map_or(Form::Bars, |object| form(&object.value));
    let text = Value::string(json::write(item));
    Adoption::Adopt(object(table, &one.names, item, text, form))
}

/// What one of several becomes that hand keys on to each other. What is under a key says nothing of whose
/// it is, so those whose turn had come take what they find.
fn handed_over(table: &str, one: &Open, happened: bool, found: &Found) -> Adoption {
    match (one.intent.kind, found.get(&fingerprint(&one.key))) {
        _ if !happened => Adoption::Forget,
        (StepKind::Delete, _) => Adoption::Gone,
        (_, Some(item)) => adopted(table, one, item),
        (_, None) => Adoption::Drifted,
    }
}

fn judged(table: &str, one: &Open, found: &Found) -> Adoption {
    let intent = &one.intent;
    let there = found.get(&fingerprint(&one.key));
    let is = |digest: &Option<String>, item: &Item| {
        digest.as_deref() == Some(compare::digest(item).as_str())
    };
    match (intent.kind, there) {
        (StepKind::Delete, None) => Adoption::Gone,
        (StepKind::Delete, Some(item)) if is(&intent.prior_digest, item) => Adoption::Forget,
        (StepKind::Create, None) => Adoption::Forget,
        (StepKind::Create | StepKind::Update, Some(item)) if is(&intent.planned_digest, item) => {
            adopted(table, one, item)
        }
        (StepKind::Update, Some(item)) if is(&intent.prior_digest, item) => Adoption::Forget,
        // Where the key was to change, an untouched old item says that nothing happened.
        (StepKind::Update, None) => {
            let before = key_in_state(intent)
                .filter(|before| fingerprint(before) != fingerprint(&one.key))
                .and_then(|before| found.get(&fingerprint(&before)));
            match before {
                Some(item) if is(&intent.prior_digest, item) => Adoption::Forget,
                _ => Adoption::Drifted,
            }
        }
        _ => Adoption::Drifted,
    }
}
