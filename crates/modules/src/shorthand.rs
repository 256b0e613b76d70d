//! Shorthands of addresses: what is forced by a prefix, well-known hosts, ssh logins, paths.

use crate::SourceError;

/// `git::` and its like before an address.
pub(crate) fn forced_getter(text: &str) -> (Option<&str>, &str) {
    match text.split_once("::") {
        Some((getter, rest))
            if !getter.is_empty() && getter.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            (Some(getter), rest)
        }
        _ => (None, text),
    }
}

/// The shorthands of well-known hosts, and paths.
pub(crate) fn detect(address: &str) -> Result<(Option<String>, String), SourceError> {
    let git = |url: String| Ok((Some("git".to_owned()), url));
    let (path, query) = match address.find('?') {
        Some(at) => address.split_at(at),
        None => (address, ""),
    };
    if has_scheme(address) {
        return Ok((None, address.to_owned()));
    }
    for host in ["github.com", "gitlab.com", "bitbucket.org"] {
        let Some(rest) = path
            .strip_prefix(host)
            .and_then(|rest| rest.strip_prefix('/'))
        else {
            continue;
        };
        let parts: Vec<&str> = rest.split('/').collect();
        if parts.len() < 2 || parts[..2].iter().any(|part| part.is_empty()) {
            return Err(SourceError::Invalid(format!(
                "URLs of {host} should be {host}/username/repo"
            )));
        }
        let dot_git = if parts[1].ends_with(".git") {
            ""
        } else {
            ".git"
        };
        let below = match parts.len() {
            2 => String::new(),
            _ => format!("//{}", parts[2..].join("/")),
        };
        return git(format!(
            "https://{host}/{}/{}{dot_git}{below}{query}",
            parts[0], parts[1]
        ));
    }
    // user@host:path, as ssh takes it.
    if let Some((login, place)) = path.split_once(':')
        && let Some((user, host)) = login.split_once('@')
        && !user.is_empty()
        && !host.is_empty()
        && !login.contains('/')
    {
        let place = place.trim_start_matches('/');
        return git(format!("ssh://{user}@{host}/{place}{query}"));
    }
    let host = path.split('/').next().unwrap_or_default();
    if host.ends_with(".amazonaws.com") {
        return Ok((Some("s3".to_owned()), format!("https://{address}")));
    }
    if address.starts_with("www.googleapis.com/storage/v1/") {
        return Ok((Some("gcs".to_owned()), format!("https://{address}")));
    }
    if path.starts_with('/') {
        return Ok((None, format!("file://{address}")));
    }
    Err(SourceError::MaybeRelative(address.to_owned()))
}

fn has_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}
