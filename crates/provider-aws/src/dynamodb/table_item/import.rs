//! Importing table items: an id is read in every form that any release wrote, and what is there decides.
//!
//! Values of keys may hold the bars and commas that ids are made of. So an id is not taken apart once,
//! but in all ways that the table's key allows; those under which there is an item are what was meant.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use futures::StreamExt;
use trueup_aws::dynamodb::TableDescription;
use trueup_aws::{AttributeValue, Error, Item};
use trueup_provider::{Context, Imported, Problem};
use trueup_value::Value;

use super::TableItems;
use super::json;
use super::key::{Form, KeyNames, fingerprint, words};
use super::number;
use super::read::{Found, KEYS_AT_ONCE, as_read};
use super::said::object;
use crate::failure::problem;

/// The attributes of a table's key with their types.
pub(crate) struct Keyed {
    names: KeyNames,
    hash: String,
    range: Option<String>,
}

impl Keyed {
    fn of(table: &TableDescription) -> Option<Keyed> {
        let (hash, range) = crate::dynamodb::table::keys(&table.key_schema);
        let hash = hash?;
        let kind = |name: &str| {
            let defined = table.attributes.iter().find(|one| one.name == name);
            defined.map_or("S", |one| one.kind.as_str()).to_owned()
        };
        Some(Keyed {
            hash: kind(&hash),
            range: range.as_deref().map(kind),
            names: KeyNames { hash, range },
        })
    }

    /// A key of these texts; `None` where they are not of the key's types.
    fn key(&self, hash: &str, range: Option<&str>) -> Option<Item> {
        let mut key = Item::new();
        key.insert(self.names.hash.clone(), value(&self.hash, hash)?);
        match (&self.names.range, &self.range, range) {
            (Some(name), Some(kind), Some(range)) => {
                key.insert(name.clone(), value(kind, range)?);
            }
            (None, None, None) => {}
            _ => return None,
        }
        Some(key)
    }
}

/// The value of a key attribute of some type that a text stands for.
fn value(kind: &str, text: &str) -> Option<AttributeValue> {
    if text.is_empty() {
        return None;
    }
    match kind {
        "N" => {
            number::canonical(text).ok()?;
            Some(AttributeValue::N(text.to_owned()))
        }
        "B" => json::binary(text).map(AttributeValue::B),
        _ => Some(AttributeValue::S(text.to_owned())),
    }
}

/// The keys that the part of an id behind the table's name can mean.
fn candidates(keyed: &Keyed, form: Form, rest: &str) -> Vec<Item> {
    let mut found: BTreeMap<String, Item> = BTreeMap::new();
    let mut add = |key: Option<Item>| {
        if let Some(key) = key {
            found.insert(fingerprint(&key), key);
        }
    };
    match form {
        Form::Bars => barred(keyed, rest).into_iter().for_each(&mut add),
        Form::Commas if keyed.range.is_none() => add(keyed.key(rest, None)),
        Form::Commas => {
            for (at, _) in rest.match_indices(',') {
                let (hash, range) = (&rest[..at], &rest[at + 1..]);
                add(keyed.key(hash, Some(range)));
            }
        }
    }
    // The key as DynamoDB JSON, for what nothing else tells apart.
    if rest.starts_with('{')
        && let Ok(item) = json::read(rest)
    {
        add(keyed
            .names
            .of(&item)
            .ok()
            .filter(|key| key.len() == item.len()));
    }
    found.into_values().collect()
}

/// The keys that `name|B|S|N` means, and `name|B|S|N|name|B|S|N` where there is a range key.
fn barred(keyed: &Keyed, rest: &str) -> Vec<Option<Item>> {
    let slots = |kind: &str| match kind {
        "B" => ("|", "||"),
        "N" => ("|||", ""),
        _ => ("||", "|"),
    };
    let within = |kind: &str, text: &str| -> Option<String> {
        let (before, after) = slots(kind);
        let text = text.strip_prefix(before)?.strip_suffix(after)?;
        Some(text.to_owned())
    };
    let Some(rest) = rest.strip_prefix(keyed.names.hash.as_str()) else {
        return Vec::new();
    };
    let (Some(name), Some(kind)) = (&keyed.names.range, &keyed.range) else {
        return vec![within(&keyed.hash, rest).and_then(|hash| keyed.key(&hash, None))];
    };
    let between = format!("|{name}|");
    rest.match_indices(&between)
        .map(|(at, _)| {
            let hash = within(&keyed.hash, &rest[..at])?;
            let range = within(kind, &rest[at + between.len() - 1..])?;
            keyed.key(&hash, Some(&range))
        })
        .collect()
}

impl TableItems {
    /// The key of a table that is there; it is described once.
    async fn key_of(&self, table: &str, doing: &str) -> Result<Arc<Keyed>, Problem> {
        let kept = || self.keyed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keyed) = kept().get(table) {
            return Ok(keyed.clone());
        }
        let described = match self.aws.dynamodb.describe_table(table).await {
            Ok(described) => described,
            Err(error) if error.is_not_found() => {
                return Err(Problem::error(
                    format!("{doing}: couldn't find resource"),
                    format!(
                        "There is no table named {table:?} in {}. Check the name, the region and the account.",
                        self.aws.region
                    ),
                ));
            }
            Err(error) => return Err(problem(doing, &error)),
        };
        let Some(keyed) = Keyed::of(&described).map(Arc::new) else {
            return Err(Problem::error(format!("{doing}: the table has no key"), ""));
        };
        kept().insert(table.to_owned(), keyed.clone());
        Ok(keyed)
    }

    /// The items that ids mean, each; none where there is no such item. Keys of one table are looked up together.
    pub(crate) async fn find_by_ids(
        &self,
        cx: &Context,
        ids: &[String],
    ) -> Vec<Result<Vec<Imported>, Problem>> {
        let mut meant = Vec::with_capacity(ids.len());
        for id in ids {
            meant.push(self.meant(id).await);
        }
        let mut wanted: BTreeMap<String, BTreeMap<String, Item>> = BTreeMap::new();
        for one in meant.iter().flatten() {
            let keys = one.keys.iter().map(|key| (fingerprint(key), key.clone()));
            wanted.entry(one.table.clone()).or_default().extend(keys);
        }
        let mut requests: Vec<(String, Vec<Item>)> = Vec::new();
        for (table, keys) in wanted {
            let keys: Vec<Item> = keys.into_values().collect();
            for some in keys.chunks(KEYS_AT_ONCE) {
                requests.push((table.clone(), some.to_vec()));
            }
        }
        let answers: Vec<(String, Result<Found, Error>)> = futures::stream::iter(requests)
            .map(|(table, keys)| async move {
                let found = self.find(cx, &table, keys).await;
                (table, found)
            })
            .buffered(cx.parallelism.max(1))
            .collect()
            .await;
        let mut found: BTreeMap<String, Found> = BTreeMap::new();
        let mut failed: BTreeMap<String, Error> = BTreeMap::new();
        for (table, answer) in answers {
            match answer {
                Ok(items) => found.entry(table).or_default().extend(items),
                Err(error) => drop(failed.entry(table).or_insert(error)),
            }
        }
        let nothing = Found::new();
        meant
            .iter()
            .map(|one| {
                let one = one.as_ref().map_err(Clone::clone)?;
                match failed.get(&one.table) {
                    Some(error) => Err(problem(&one.doing, error)),
                    None => one.taken(found.get(&one.table).unwrap_or(&nothing)),
                }
            })
            .collect()
    }

    /// What an id may mean.
    async fn meant(&self, id: &str) -> Result<Meant, Problem> {
        let Some((at, separator)) = id.char_indices().find(|(_, c)| matches!(c, ',' | '|')) else {
            return Err(unexpected(id, ""));
        };
        let (table, rest) = (&id[..at], &id[at + 1..]);
        let form = match separator {
            ',' => Form::Commas,
            _ => Form::Bars,
        };
        if table.is_empty() || rest.is_empty() {
            return Err(unexpected(id, ""));
        }
        let doing = format!("importing DynamoDB Table Item ({id})");
        let keyed = self.key_of(table, &doing).await?;
        let keys = candidates(&keyed, form, rest);
        if keys.is_empty() {
            return Err(unexpected(id, &expected(table, &keyed)));
        }
        Ok(Meant {
            table: table.to_owned(),
            form,
            doing,
            keyed,
            keys,
        })
    }
}

/// What an id may mean: keys of a table.
struct Meant {
    table: String,
    form: Form,
    /// What is being done, for problems.
    doing: String,
    keyed: Arc<Keyed>,
    keys: Vec<Item>,
}

impl Meant {
    /// What there is of it among the items that were found in its table.
    fn taken(&self, found: &Found) -> Result<Vec<Imported>, Problem> {
        let own: Found = self
            .keys
            .iter()
            .filter_map(|key| found.get_key_value(&fingerprint(key)))
            .map(|(name, item)| (name.clone(), item.clone()))
            .collect();
        if own.len() > 1 {
            return Err(ambiguous(&self.doing, &self.keyed, &own));
        }
        let items = own.into_values().map(|item| {
            let text = Value::string(as_read(&item, self.form));
            Imported {
                object: object(&self.table, &self.keyed.names, &item, text, self.form),
            }
        });
        Ok(items.collect())
    }
}

fn unexpected(id: &str, more: &str) -> Problem {
    let general = "An id is TABLE,HASH or TABLE,HASH,RANGE with the values of the key (binary in base64), or the id that stands in an older state (TABLE|NAME|B|S|N).";
    let detail = match more {
        "" => general.to_owned(),
        more => format!("{more}\n\n{general}"),
    };
    Problem::error(
        format!("unexpected format for DynamoDB Table Item ID ({id})"),
        detail,
    )
}

fn expected(table: &str, keyed: &Keyed) -> String {
    let hash = format!("{} of type {}", keyed.names.hash, keyed.hash);
    match (&keyed.names.range, &keyed.range) {
        (Some(range), Some(kind)) => format!(
            "The table {table:?} has the hash key {hash} and the range key {range} of type {kind}: the id must give both."
        ),
        _ => format!(
            "The table {table:?} has the hash key {hash} and no range key: the id must give one value of that type."
        ),
    }
}

fn ambiguous(doing: &str, keyed: &Keyed, found: &Found) -> Problem {
    let keys: Vec<String> = found
        .values()
        .filter_map(|item| keyed.names.of(item).ok())
        .map(|key| format!("{}  (TABLE,{})", words(&key), json::write(&key)))
        .collect();
    Problem::error(
        format!("{doing}: the id means several items"),
        format!(
            "There is an item for more than one way to read it. Give the key as JSON instead:\n  {}",
            keys.join("\n  ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed(hash: &str, range: Option<&str>) -> Keyed {
        Keyed {
            names: KeyNames {
                hash: "pk".to_owned(),
                range: range.map(|_| "sk".to_owned()),
            },
            hash: hash.to_owned(),
            range: range.map(str::to_owned),
        }
    }

    /// The types of hash and range key, the form, the id, and what it may mean.
    type Case<'a> = (&'a str, Option<&'a str>, Form, &'a str, &'a [&'a str]);

    #[test]
    fn an_id_is_taken_apart_in_all_ways_that_the_key_allows() {
        let cases: &[Case<'_>] = &[
            ("S", None, Form::Commas, "a,b", &[r#"{"pk":{"S":"a,b"}}"#]),
            (
                "S",
                Some("S"),
                Form::Commas,
                "a,b,c",
                &[
                    r#"{"pk":{"S":"a"},"sk":{"S":"b,c"}}"#,
                    r#"{"pk":{"S":"a,b"},"sk":{"S":"c"}}"#,
                ],
            ),
            (
                "S",
                Some("N"),
                Form::Commas,
                "a,b,42",
                &[r#"{"pk":{"S":"a,b"},"sk":{"N":"42"}}"#],
            ),
            ("S", Some("N"), Form::Commas, "alice", &[]),
            ("N", None, Form::Commas, "alice", &[]),
            ("B", None, Form::Commas, "AAE=", &[r#"{"pk":{"B":"AAE="}}"#]),
            (
                "S",
                None,
                Form::Bars,
                "pk||a|b||",
                &[r#"{"pk":{"S":"a|b|"}}"#],
            ),
            ("N", None, Form::Bars, "pk|||-7", &[r#"{"pk":{"N":"-7"}}"#]),
            (
                "B",
                Some("S"),
                Form::Bars,
                "pk|AAE=|||sk||x|",
                &[r#"{"pk":{"B":"AAE="},"sk":{"S":"x"}}"#],
            ),
            (
                "S",
                Some("S"),
                Form::Bars,
                "pk||a||sk||b||sk||c|",
                &[
                    r#"{"pk":{"S":"a"},"sk":{"S":"b||sk||c"}}"#,
                    r#"{"pk":{"S":"a||sk||b"},"sk":{"S":"c"}}"#,
                ],
            ),
            ("S", None, Form::Bars, "id||a|", &[]),
            (
                "S",
                Some("S"),
                Form::Commas,
                r#"{"pk":{"S":"a,b"},"sk":{"S":"c"}}"#,
                &[
                    r#"{"pk":{"S":"a,b"},"sk":{"S":"c"}}"#,
                    r#"{"pk":{"S":"{\"pk\":{\"S\":\"a"},"sk":{"S":"b\"},\"sk\":{\"S\":\"c\"}}"}}"#,
                    r#"{"pk":{"S":"{\"pk\":{\"S\":\"a,b\"}"},"sk":{"S":"\"sk\":{\"S\":\"c\"}}"}}"#,
                ],
            ),
        ];
        for (hash, range, form, rest, expected) in cases {
            let found = candidates(&keyed(hash, *range), *form, rest);
            let found: Vec<String> = found.iter().map(json::write).collect();
            assert_eq!(found, *expected, "{rest}");
        }
    }
}
