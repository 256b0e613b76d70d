//! Rules that several settings share: on blanks, slashes, URLs, lengths.

use trueup_aws::Arn;

use crate::SettingPlace::Block;
use crate::{SettingPlace, SettingProblem};

/// What was found so far.
pub(super) type Found = Vec<SettingProblem>;

/// Whether a text holds more than blanks.
pub(super) fn not_blank(text: &str, at: SettingPlace, found: &mut Found) -> bool {
    let kept = !text.trim().is_empty();
    if !kept {
        found.push(SettingProblem::error(
            at,
            "Invalid Value",
            "The value cannot be empty or all whitespace",
        ));
    }
    kept
}

/// Whether a text has no slash at its ends.
pub(super) fn path(text: &str, at: SettingPlace, found: &mut Found) -> bool {
    let kept = !text.starts_with('/') && !text.ends_with('/');
    if !kept {
        found.push(SettingProblem::error(
            at,
            "Invalid Value",
            "The value must not start or end with \"/\"",
        ));
    }
    kept
}

/// An ARN in an object of the block; `None` where the text is none.
pub(super) fn arn<'t>(text: &'t str, found: &mut Found) -> Option<Arn<'t>> {
    match Arn::parse(text) {
        Ok(arn) => Some(arn),
        Err(problem) => {
            found.push(SettingProblem::error(
                Block,
                "Invalid ARN",
                format!("The value {text:?} cannot be parsed as an ARN: {problem}"),
            ));
            None
        }
    }
}

/// A text in an object of the block with as many characters as allowed, all of them letters, digits,
/// underscores or among `more`.
pub(super) fn name(text: &str, most: usize, more: &str, found: &mut Found) {
    let length = text.chars().count();
    if !(2..=most).contains(&length) {
        found.push(length_problem(2, most, length));
        return;
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || more.contains(c);
    if !text.chars().all(allowed) {
        let shown = more.replace([':', '+'], "");
        found.push(SettingProblem::error(
            Block,
            "Invalid Value",
            format!(
                "Value can only contain letters, numbers, or the following characters: {shown}"
            ),
        ));
    }
}

/// A text in an object of the block has too few or too many characters.
pub(super) fn length_problem(least: usize, most: usize, length: usize) -> SettingProblem {
    SettingProblem::error(
        Block,
        "Invalid Value Length",
        format!("Length must be between {least} and {most}, had {length}"),
    )
}

/// An address that must be whole.
pub(super) fn address(text: &str, at: SettingPlace, found: &mut Found) {
    match url(text) {
        Err(problem) => found.push(no_url(text, at, &problem)),
        Ok(true) => {}
        Ok(false) => found.push(SettingProblem::error(
            at,
            "Invalid Value",
            format!(
                "The value must be a valid URL containing at least a scheme and hostname. Had {text:?}"
            ),
        )),
    }
}

/// An address that should be whole: old configurations have names of hosts.
pub(super) fn old_address(text: &str, at: SettingPlace, found: &mut Found) {
    match url(text) {
        Err(problem) => found.push(no_url(text, at, &problem)),
        Ok(true) => {}
        Ok(false) => found.push(SettingProblem::warning(
            at,
            "Complete URL Expected",
            format!(
                "The value should be a valid URL containing at least a scheme and hostname. Had {text:?}.\n\nUsing an incomplete URL, such as a hostname only, may work, but may have unexpected behavior."
            ),
        )),
    }
}

fn no_url(text: &str, at: SettingPlace, problem: &str) -> SettingProblem {
    SettingProblem::error(
        at,
        "Invalid Value",
        format!("The value {text:?} cannot be parsed as a URL: {problem}"),
    )
}

/// A variable of the environment that another has replaced.
pub(super) fn old_variable(old: &str, new: &str) -> SettingProblem {
    SettingProblem::warning(
        Block,
        "Deprecated Environment Variable",
        format!(
            "The environment variable {old:?} is deprecated. Use environment variable {new:?} instead."
        ),
    )
}

/// Whether a text is a URL with scheme and host; an error where it is no URL at all.
pub(super) fn url(text: &str) -> Result<bool, String> {
    let failed = |problem: &str| Err(format!("parse {text:?}: {problem}"));
    if text.chars().any(|c| c.is_ascii_control()) {
        return failed("net/url: invalid control character in URL");
    }
    if text.starts_with(':') {
        return failed("missing protocol scheme");
    }
    let scheme = text
        .split_once(':')
        .map(|(scheme, _)| scheme)
        .filter(|scheme| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        });
    let rest = scheme.map_or(text, |scheme| &text[scheme.len() + 1..]);
    let Some(rest) = rest.strip_prefix("//") else {
        let first = text.split('/').next().unwrap_or_default();
        if scheme.is_none() && first.contains(':') {
            return failed("first path segment in URL cannot contain colon");
        }
        return Ok(false);
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let strange = |c: char| " \"<>\\^`{|}".contains(c);
    if let Some(c) = host.chars().find(|c| strange(*c)) {
        return failed(&format!(
            "invalid character {:?} in host name",
            c.to_string()
        ));
    }
    let after_brackets = host.rsplit(']').next().unwrap_or_default();
    if let Some((_, port)) = after_brackets.rsplit_once(':')
        && !port.chars().all(|c| c.is_ascii_digit())
    {
        return failed(&format!("invalid port {:?} after host", format!(":{port}")));
    }
    Ok(scheme.is_some() && !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn urls_are_told_from_other_texts() {
        for (text, whole) in [
            ("http://localhost:8000", Ok(true)),
            ("https://user:pw@[::1]:80/x", Ok(true)),
            ("localhost:1", Ok(false)),
            ("localhost", Ok(false)),
            ("http://", Ok(false)),
            ("/x", Ok(false)),
            ("", Ok(false)),
            ("::", Err("parse \"::\": missing protocol scheme")),
            (
                "http://a b",
                Err("parse \"http://a b\": invalid character \" \" in host name"),
            ),
            (
                "http://a:b",
                Err("parse \"http://a:b\": invalid port \":b\" after host"),
            ),
        ] {
            assert_eq!(url(text), whole.map_err(str::to_owned), "{text}");
        }
    }
}
