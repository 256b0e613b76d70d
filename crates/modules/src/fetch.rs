//! The door to the network: one request, one answer. Redirections are followed on this side of it.

use std::collections::BTreeMap;

use crate::Error;

pub use futures::future::BoxFuture;

/// A GET request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchRequest {
    /// An `http` or `https` URL.
    pub url: String,
    /// Headers, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The most bytes of a body that are read; more is an error.
    pub limit: u64,
}

/// What a server answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchResponse {
    /// The status.
    pub status: u16,
    /// Headers, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Sends requests. Made by the command line, by tests over servers of their own.
pub trait Fetch: Send + Sync {
    /// Sends one request and reads the whole answer, following no redirection.
    ///
    /// # Errors
    /// In words, why there is no answer.
    fn get(&self, request: FetchRequest) -> BoxFuture<'_, Result<FetchResponse, String>>;

    /// The token for a host, where there is one.
    fn token(&self, _host: &str) -> Option<String> {
        None
    }
}

/// The most redirections that are followed.
const REDIRECTIONS: usize = 10;

/// The most bytes of an answer that is no archive.
pub(crate) const SMALL: u64 = 16 << 20;

/// The most bytes of an archive.
pub(crate) const LARGE: u64 = 1 << 30;

/// An answer that is no redirection, and the URL that it came from.
pub(crate) async fn get(
    fetch: &dyn Fetch,
    url: &str,
    bearer: Option<&str>,
    limit: u64,
) -> Result<(String, FetchResponse), Error> {
    let mut url = url.to_owned();
    let mut bearer = bearer.map(str::to_owned);
    let refused = |url: &str, problem: String| Error::Fetch {
        url: without_secret(url),
        problem,
    };
    for _ in 0..=REDIRECTIONS {
        let mut headers = BTreeMap::new();
        if let Some(token) = &bearer {
            headers.insert("authorization".to_owned(), format!("Bearer {token}"));
        }
        if let Some(login) = login(&url) {
            headers.insert("authorization".to_owned(), login);
        }
        let request = FetchRequest {
            url: without_login(&url),
            headers,
            limit,
        };
        let answer = fetch
            .get(request)
            .await
            .map_err(|problem| refused(&url, problem))?;
        if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
            return Ok((url, answer));
        }
        let Some(location) = answer.headers.get("location") else {
            return Err(refused(&url, "a redirection that leads nowhere".to_owned()));
        };
        let next = resolve(&url, location);
        if host_of(&next) != host_of(&url) {
            // What one host may know is not for another.
            bearer = None;
        }
        if url.starts_with("https:") && !next.starts_with("https:") {
            return Err(refused(
                &url,
                format!("a redirection from https to {}", without_secret(&next)),
            ));
        }
        url = next;
    }
    Err(refused(
        &url,
        format!("more than {REDIRECTIONS} redirections"),
    ))
}

/// The body of a successful answer.
pub(crate) fn body(url: &str, answer: FetchResponse) -> Result<Vec<u8>, Error> {
    if (200..300).contains(&answer.status) {
        return Ok(answer.body);
    }
    Err(Error::Fetch {
        url: without_secret(url),
        problem: format!("bad response code: {}", answer.status),
    })
}

/// Scheme and authority of a URL, and the rest from the first slash on.
fn parts(url: &str) -> (&str, &str, &str) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    (scheme, &rest[..end], &rest[end..])
}

/// The host of a URL, with its port.
pub(crate) fn host_of(url: &str) -> &str {
    let (_, authority, _) = parts(url);
    authority.rsplit('@').next().unwrap_or(authority)
}

/// Basic authentication, where the URL names a user.
fn login(url: &str) -> Option<String> {
    use base64::Engine;
    let (_, authority, _) = parts(url);
    let (user, _) = authority.rsplit_once('@')?;
    let encoded = base64::engine::general_purpose::STANDARD.encode(percent_decoded(user));
    Some(format!("Basic {encoded}"))
}

fn without_login(url: &str) -> String {
    let (scheme, _, rest) = parts(url);
    format!("{scheme}://{}{rest}", host_of(url))
}

/// A URL as it may be shown: without a user's password.
pub(crate) fn without_secret(url: &str) -> String {
    let (scheme, authority, rest) = parts(url);
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}@{host}{rest}")
        }
        None => url.to_owned(),
    }
}

/// `%41` and its like as bytes.
pub(crate) fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

/// A reference in a document at `base`.
pub(crate) fn resolve(base: &str, reference: &str) -> String {
    if reference.contains("://") {
        return reference.to_owned();
    }
    let (scheme, authority, path) = parts(base);
    if let Some(rest) = reference.strip_prefix("//") {
        return format!("{scheme}://{rest}");
    }
    if reference.starts_with('/') {
        return format!("{scheme}://{authority}{reference}");
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let folder = path.rfind('/').map_or("/", |slash| &path[..=slash]);
    let (relative, query) = match reference.find(['?', '#']) {
        Some(at) => reference.split_at(at),
        None => (reference, ""),
    };
    let mut segments: Vec<&str> = Vec::new();
    let joined = format!("{folder}{relative}");
    for segment in joined.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    format!("{scheme}://{authority}/{}{query}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_in_documents() {
        let base = "https://registry.example/v1/modules/a/b/c/1.0.0/download?x=1";
        for (reference, wanted) in [
            ("https://other.example/z", "https://other.example/z"),
            ("/z.zip?q=1", "https://registry.example/z.zip?q=1"),
            (
                "./z.zip",
                "https://registry.example/v1/modules/a/b/c/1.0.0/z.zip",
            ),
            ("../../z", "https://registry.example/v1/modules/a/b/z"),
            ("//cdn.example/z", "https://cdn.example/z"),
        ] {
            assert_eq!(resolve(base, reference), wanted);
        }
    }

    #[test]
    fn a_login_in_a_url_becomes_a_header_and_is_not_shown() {
        let url = "https://me:s%40cret@host.example:8080/z?x=1";
        assert_eq!(host_of(url), "host.example:8080");
        assert_eq!(without_login(url), "https://host.example:8080/z?x=1");
        assert_eq!(without_secret(url), "https://me@host.example:8080/z?x=1");
        assert_eq!(login(url).as_deref(), Some("Basic bWU6c0BjcmV0"));
    }
}
