//! The parameters of the Query protocol.

use http::request::Parts;

use crate::s3;

/// The parameters of a Query-protocol request, decoded.
pub(crate) fn form_of(parts: &Parts, body: &[u8]) -> Vec<(String, String)> {
    let query = parts.uri.query().unwrap_or_default();
    let body = std::str::from_utf8(body).unwrap_or_default();
    query
        .split('&')
        .chain(body.split('&'))
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (s3::decoded(name, true), s3::decoded(value, true))
        })
        .collect()
}
