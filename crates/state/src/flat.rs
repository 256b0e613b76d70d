//! Attributes as Terraform kept them before 0.12: texts under dotted paths, `tags.%` and `tags.a`, `list.#` and
//! `list.0`, `set.#` and `set.1234.name`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use trueup_value::Type;
use trueup_value::json::Json;

/// The key under which the file holds such attributes.
pub(crate) const KEY: &str = "attributes_flat";

/// What stood for a value that was not known yet.
const UNKNOWN: &str = "74D93920-ED26-11E3-AC10-0800200C9A66";

/// The texts by path.
pub(crate) type Flat = BTreeMap<String, String>;

/// The tree that the texts make under an object type. What they lack is null.
pub(crate) fn tree<'a>(flat: &'a Flat, ty: &Type) -> Result<Json<'a>, String> {
    match ty {
        Type::Object(object) => members(flat, "", object.attributes.iter()),
        _ => Err("flat attributes stand for objects only".to_owned()),
    }
}

fn members<'a, 't>(
    flat: &'a Flat,
    prefix: &str,
    types: impl Iterator<Item = (&'t std::sync::Arc<str>, &'t Type)>,
) -> Result<Json<'a>, String> {
    let mut found = Vec::new();
    for (name, ty) in types {
        let value = value(flat, &format!("{prefix}{name}"), ty)?;
        found.push((Cow::Owned(name.to_string()), value));
    }
    Ok(Json::Object(found))
}

fn value<'a>(flat: &'a Flat, path: &str, ty: &Type) -> Result<Json<'a>, String> {
    let misfit = |what: &str| Err(format!("{path} is {what}"));
    match ty {
        Type::String => Ok(match flat.get(path).map(String::as_str) {
            None | Some(UNKNOWN) => Json::Null,
            Some(text) => Json::String(Cow::Borrowed(text)),
        }),
        Type::Number => match flat.get(path).map(String::as_str) {
            None | Some("" | UNKNOWN) => Ok(Json::Null),
            Some(text) if text.parse::<f64>().is_ok() => Ok(Json::Number(text)),
            Some(_) => misfit("no number"),
        },
        Type::Bool => match flat.get(path).map(String::as_str) {
            None | Some("" | UNKNOWN) => Ok(Json::Null),
            Some("true" | "1") => Ok(Json::Bool(true)),
            Some("false" | "0") => Ok(Json::Bool(false)),
            Some(_) => misfit("neither true nor false"),
        },
        Type::List(element) => {
            let Some(count) = count(flat, &format!("{path}.#"))? else {
                return Ok(Json::Null);
            };
            let elements = (0..count).map(|n| value(flat, &format!("{path}.{n}"), element));
            Ok(Json::Array(elements.collect::<Result<_, _>>()?))
        }
        Type::Set(element) => {
            if count(flat, &format!("{path}.#"))?.is_none() {
                return Ok(Json::Null);
            }
            // The elements stand under numbers that once were their hashes.
            let hashes: BTreeSet<&str> = under(flat, &format!("{path}."))
                .map(|rest| rest.split('.').next().unwrap_or(rest))
                .filter(|hash| *hash != "#")
                .collect();
            let elements = hashes
                .into_iter()
                .map(|hash| value(flat, &format!("{path}.{hash}"), element));
            Ok(Json::Array(elements.collect::<Result<_, _>>()?))
        }
        Type::Map(element) => {
            let counted = count(flat, &format!("{path}.%"))?;
            if counted.is_none() && count(flat, &format!("{path}.#"))?.is_none() {
                return Ok(Json::Null);
            }
            let primitive = element.is_primitive();
            let keys: BTreeSet<&str> = under(flat, &format!("{path}."))
                .filter(|rest| !matches!(*rest, "%" | "#"))
                // The keys of texts may hold dots; those of anything larger can't be told from what is below.
                .map(|rest| match primitive {
                    true => rest,
                    false => rest.split('.').next().unwrap_or(rest),
                })
                .collect();
            let mut found = Vec::new();
            for key in keys {
                let value = value(flat, &format!("{path}.{key}"), element)?;
                found.push((Cow::Owned(key.to_owned()), value));
            }
            Ok(Json::Object(found))
        }
        Type::Object(object) => members(flat, &format!("{path}."), object.attributes.iter()),
        _ => Ok(Json::Null),
    }
}

fn count(flat: &Flat, path: &str) -> Result<Option<usize>, String> {
    match flat.get(path).map(String::as_str) {
        None | Some("" | UNKNOWN) => Ok(None),
        // No list is longer than there are texts.
        Some(text) => match text.parse::<usize>() {
            Ok(count) if count <= flat.len() => Ok(Some(count)),
            _ => Err(format!("{path} is no number of elements")),
        },
    }
}

/// What follows `prefix` in the paths that begin with it.
fn under<'a, 'p>(flat: &'a Flat, prefix: &'p str) -> impl Iterator<Item = &'a str> + use<'a, 'p> {
    flat.range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
        .map_while(move |(path, _)| path.strip_prefix(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use trueup_value::json;

    fn decoded(texts: &[(&str, &str)], ty: &Type) -> Result<String, String> {
        let flat: Flat = texts
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let value = json::unmarshal_tree(&tree(&flat, ty)?, ty).map_err(|e| e.to_string())?;
        json::marshal(&value, ty).map_err(|e| e.to_string())
    }

    #[test]
    fn texts_become_what_the_type_says() {
        let block = Type::object([("name", Type::String), ("size", Type::Number)]);
        let ty = Type::object([
            ("id", Type::String),
            ("on", Type::Bool),
            ("none", Type::Bool),
            ("tags", Type::map(Type::String)),
            ("list", Type::list(Type::String)),
            ("set", Type::set(block.clone())),
            ("blocks", Type::list(block)),
            ("empty", Type::list(Type::String)),
        ]);
        let found = decoded(
            &[
                ("id", "orders"),
                ("on", "true"),
                ("tags.%", "2"),
                ("tags.a", "b"),
                ("tags.a.b", "c"),
                ("list.#", "2"),
                ("list.0", "x"),
                ("list.1", "y"),
                ("set.#", "1"),
                ("set.3281.name", "pk"),
                ("set.3281.size", "5"),
                ("blocks.#", "1"),
                ("blocks.0.name", "n"),
                ("blocks.0.size", ""),
                ("empty.#", "0"),
                ("other", "passed over"),
            ],
            &ty,
        );
        assert_eq!(
            found.as_deref(),
            Ok(
                r#"{"blocks":[{"name":"n","size":null}],"empty":[],"id":"orders","list":["x","y"],"none":null,"on":true,"set":[{"name":"pk","size":5}],"tags":{"a":"b","a.b":"c"}}"#
            )
        );
    }

    #[test]
    fn what_makes_no_sense_is_an_error() {
        let ty = Type::object([("n", Type::Number), ("l", Type::list(Type::String))]);
        assert!(decoded(&[("n", "x")], &ty).is_err());
        assert!(decoded(&[("l.#", "99999999999")], &ty).is_err());
        assert!(decoded(&[("l.#", "-1")], &ty).is_err());
    }
}
