//! Names that are made up after a prefix: which no other step makes up, and which tell their prefix.

use trueup_value::Value;

use crate::digest::digest_of_text;
use crate::members::filled;

/// The prefix where a block says neither a name nor one, for most types.
pub(crate) const PREFIX: &str = "terraform-";

/// How long a made-up ending is: hexadecimal digits.
const ENDING: usize = 26;

/// A name after a prefix; a step's token makes the same name on every try.
///
/// The ending has the form that the published provider gives it, eighteen digits that begin with 20 and
/// eight hexadecimal ones. There they are a time and a count; here they come from the token.
pub(crate) fn name(prefix: &str, token: &str) -> String {
    let digest = digest_of_text(token);
    let number = |from: usize| {
        let digits = digest.get(from..from + 14).unwrap_or_default();
        u64::from_str_radix(digits, 16).unwrap_or_default() % 100_000_000
    };
    let last = digest.get(28..36).unwrap_or_default();
    format!("{prefix}20{:08}{:08}{last:0>8}", number(0), number(14))
}

/// The name that a block says, or one after the prefix that it says; after `usual` where it says none.
pub(crate) fn chosen(wanted: &Value, usual: &str, token: &str) -> String {
    match filled(wanted, "name") {
        Some(said) => said.to_owned(),
        None => name(filled(wanted, "name_prefix").unwrap_or(usual), token),
    }
}

/// The prefix of a name that was made up; "" of any other.
pub(crate) fn prefix_of(name: &str) -> &str {
    name.len()
        .checked_sub(ENDING)
        .and_then(|at| Some((name.get(..at)?, name.get(at..)?)))
        .filter(|(_, ending)| ending.bytes().all(|b| b.is_ascii_hexdigit()))
        .map_or("", |(prefix, _)| prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_name_tells_its_prefix() {
        let made = name("alias/orders-", "token-1");
        assert!(made.starts_with("alias/orders-"), "{made}");
        assert_eq!(prefix_of(&made), "alias/orders-");
        assert_eq!(name("alias/orders-", "token-1"), made);
        assert_ne!(name("alias/orders-", "token-2"), made);
        assert_eq!(prefix_of("alias/orders"), "");
        assert_eq!(prefix_of("alias/ä0123456789012345678901234"), "");
    }
}
