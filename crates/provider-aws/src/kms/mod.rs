//! KMS: keys and their aliases, managed and read.

pub(crate) mod alias;
pub(crate) mod alias_data;
pub(crate) mod key;
pub(crate) mod key_data;

/// Whether two names of a key, ids or ARNs, mean the same key.
fn same_key(a: &str, b: &str) -> bool {
    let id = |name: &str| match name.strip_prefix("arn:") {
        Some(_) => name
            .rsplit_once(":key/")
            .map_or_else(|| name.to_owned(), |(_, id)| id.to_owned()),
        None => name.to_owned(),
    };
    // Two ARNs of different regions are two keys, whatever their ids.
    if a.starts_with("arn:") && b.starts_with("arn:") {
        return a == b;
    }
    id(a) == id(b)
}
