//! The stored form of what is sealed: one line of JSON, serial and lineage of a state readable in it.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use trueup_state::{Header, ReadError};

use super::cipher::{self, Key};

/// The version of the form.
pub(super) const VERSION: &str = "v0";

/// What the providers of keys left beside the text, by their names: each a JSON text of its own.
pub(super) type Meta = BTreeMap<String, Vec<u8>>;

/// What is sealed, as it was read.
pub(super) struct Envelope {
    pub(super) meta: Meta,
    pub(super) version: String,
    serial: Option<u64>,
    lineage: Option<String>,
    data: Vec<u8>,
}

#[derive(Deserialize)]
struct Read {
    #[serde(default)]
    serial: Option<u64>,
    #[serde(default)]
    lineage: Option<String>,
    #[serde(default)]
    meta: BTreeMap<String, String>,
    #[serde(default)]
    encrypted_data: String,
    #[serde(default)]
    encryption_version: String,
}

impl Envelope {
    /// Reads a text; `None` where it is not sealed.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        // A state is not parsed twice to learn that it is none of these.
        if !looks_sealed(text) {
            return None;
        }
        let read: Read = serde_json::from_slice(text).ok()?;
        if read.encryption_version.is_empty() {
            return None;
        }
        let meta = read
            .meta
            .into_iter()
            .map(|(name, text)| Some((name, STANDARD.decode(text).ok()?)))
            .collect::<Option<Meta>>()?;
        Some(Self {
            meta,
            version: read.encryption_version,
            serial: read.serial,
            lineage: read.lineage,
            data: STANDARD.decode(read.encrypted_data).ok()?,
        })
    }

    pub(super) fn open(&self, key: &Key, aad: &[u8]) -> Result<Vec<u8>, String> {
        cipher::open(key, aad, &self.data)
    }

    /// Serial and lineage are readable from outside, and so could be changed there: they must be those of the text.
    pub(super) fn same_head(&self, plain: &[u8]) -> Result<(), ReadError> {
        if self.serial.is_none() && self.lineage.is_none() {
            return Ok(());
        }
        let inside = Header::read(plain);
        let same = inside.serial.unwrap_or(0) == self.serial.unwrap_or(0)
            && inside.lineage.unwrap_or_default() == self.lineage.clone().unwrap_or_default();
        match same {
            true => Ok(()),
            false => Err(ReadError::Sealed {
                problem: "serial or lineage beside the encrypted data are not those inside it"
                    .to_owned(),
            }),
        }
    }
}

/// Whether the marks of a sealed text stand near one of its ends.
fn looks_sealed(text: &[u8]) -> bool {
    const NEAR: usize = 4096;
    let mark = b"\"encryption_version\"";
    let has = |part: &[u8]| part.windows(mark.len()).any(|window| window == mark);
    let starts = text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    starts && (has(&text[..text.len().min(NEAR)]) || has(&text[text.len().saturating_sub(NEAR)..]))
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lineage: Option<&'a str>,
    meta: BTreeMap<&'a str, String>,
    encrypted_data: String,
    encryption_version: &'static str,
}

/// The text that is stored. A state says its serial and lineage, anything else has neither.
pub(super) fn write(header: &Header, meta: &Meta, sealed: &[u8]) -> Vec<u8> {
    let written = Written {
        serial: header.serial,
        lineage: header.lineage.as_deref(),
        meta: meta
            .iter()
            .map(|(name, text)| (name.as_str(), STANDARD.encode(text)))
            .collect(),
        encrypted_data: STANDARD.encode(sealed),
        encryption_version: VERSION,
    };
    serde_json::to_vec(&written).expect("texts and numbers are JSON")
}
