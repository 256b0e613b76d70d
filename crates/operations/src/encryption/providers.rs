//! The providers of keys that a configuration may name.

use std::sync::Arc;

use trueup_backend::{
    Environment, Hash, KeyProvider, KeySource, Passphrase, aws_reach, aws_reach_schema,
    aws_reach_schema_with_block,
};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::body::{Meta, decode};
use trueup_parser::{Block, Body};
use trueup_schema::{Attribute, Block as Schema};
use trueup_value::{Type, Value};

use super::read::{Given, invalid, needed};

/// The fewest iterations, and the fewest characters of a passphrase, that OpenTofu takes.
const LEAST_ITERATIONS: u64 = 200_000;
const LEAST_PASSPHRASE: usize = 16;
const ITERATIONS: u64 = 600_000;
const SALT: u64 = 32;
const KEY: u64 = 32;

/// A provider as it is written.
pub(super) struct Provider {
    pub(super) alias: Option<String>,
    pub(super) source: Source,
}

/// What it makes keys from, other providers by name.
#[derive(Clone)]
pub(super) enum Source {
    Ready(KeySource),
    Chained { over: KeySource, chain: String },
    Xor(String, String),
}

impl Source {
    /// The same with the other providers themselves.
    pub(super) fn settle(
        self,
        provider: &mut dyn FnMut(&str) -> Result<Arc<KeyProvider>, Diagnostic>,
    ) -> Result<KeySource, Diagnostic> {
        Ok(match self {
            Self::Ready(source) => source,
            Self::Xor(a, b) => KeySource::Xor(provider(&a)?, provider(&b)?),
            Self::Chained { over, chain } => match over {
                KeySource::Pbkdf2 {
                    key_length,
                    iterations,
                    hash,
                    salt_length,
                    ..
                } => KeySource::Pbkdf2 {
                    passphrase: Passphrase::Chain(provider(&chain)?),
                    key_length,
                    iterations,
                    hash,
                    salt_length,
                },
                other => other,
            },
        })
    }
}

/// The schema of a provider, and its arguments that refer to other providers.
fn schema(kind: &str, body: &Body) -> Option<(Schema, &'static [&'static str])> {
    let text = || Attribute::optional(Type::String);
    let number = || Attribute::optional(Type::Number);
    let (schema, references): (Schema, &[&str]) = match kind {
        "pbkdf2" => (
            Schema::new()
                .attribute("passphrase", text().sensitive())
                .attribute("key_length", number())
                .attribute("iterations", number())
                .attribute("hash_function", text())
                .attribute("salt_length", number()),
            &["chain"],
        ),
        "aws_kms" => (
            match body.blocks_of("endpoints").next() {
                Some(_) => aws_reach_schema_with_block(),
                None => aws_reach_schema(),
            }
            .attribute("kms_key_id", Attribute::required(Type::String))
            .attribute("key_spec", Attribute::required(Type::String)),
            &[],
        ),
        "static" => (
            Schema::new().attribute("key", Attribute::required(Type::String).sensitive()),
            &[],
        ),
        "xor" => (Schema::new(), &["a", "b"]),
        _ => return None,
    };
    Some((
        schema.attribute("encrypted_metadata_alias", text()),
        references,
    ))
}

/// Reads a provider's block; nothing where it can't be read.
pub(super) fn read(
    kind: &str,
    name: &str,
    block: &Block,
    given: Given<'_>,
) -> (Option<(String, Provider)>, Diagnostics) {
    let at = |diagnostic: Diagnostic| diagnostic.at(block.header_span());
    let Some((schema, references)) = schema(kind, &block.body) else {
        let why = match kind {
            "gcp_kms" | "azure_vault" | "openbao" | "external" => format!(
                "The key provider {kind:?} of OpenTofu is not one of trueup's, which takes keys from \"pbkdf2\", \"aws_kms\", \"static\" and \"xor\"."
            ),
            _ => format!(
                "There is no key provider {kind:?}: there are \"pbkdf2\", \"aws_kms\", \"static\" and \"xor\"."
            ),
        };
        return (None, at(invalid(why)).into());
    };
    let meta = Meta {
        arguments: references,
        blocks: &[],
    };
    let (value, mut diagnostics) = decode(&block.body, &schema, meta, &given.values);
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let value = value.without_marks_inside();
    let alias = text(&value, "encrypted_metadata_alias").filter(|alias| !alias.is_empty());
    match source(kind, block, &value, given.aws) {
        Ok(source) => {
            let provider = Provider { alias, source };
            (
                Some((format!("key_provider.{kind}.{name}"), provider)),
                diagnostics,
            )
        }
        Err(diagnostic) => {
            diagnostics.push(at(diagnostic));
            (None, diagnostics)
        }
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    Some(value.member(name)?.as_str()?.to_owned())
}

fn count(value: &Value, name: &str, otherwise: u64) -> Result<u64, Diagnostic> {
    let said = value.member(name).filter(|value| !value.is_null());
    let Some(said) = said else {
        return Ok(otherwise);
    };
    said.as_number()
        .and_then(trueup_value::Number::to_u64)
        .filter(|count| *count > 0)
        .ok_or_else(|| invalid(format!("{name:?} is a whole number from 1.")))
}

fn source(
    kind: &str,
    block: &Block,
    value: &Value,
    environment: &Environment,
) -> Result<Source, Diagnostic> {
    match kind {
        "pbkdf2" => pbkdf2(block, value),
        "aws_kms" => {
            let aws = aws_reach(value, environment).map_err(|error| invalid(error.to_string()))?;
            let spec = text(value, "key_spec").unwrap_or_default();
            if !matches!(&*spec, "AES_256" | "AES_128") {
                return Err(invalid("\"key_spec\" is \"AES_256\" or \"AES_128\"."));
            }
            let key = text(value, "kms_key_id").unwrap_or_default();
            if key.is_empty() {
                return Err(invalid("\"kms_key_id\" must not be empty."));
            }
            Ok(Source::Ready(KeySource::AwsKms {
                key,
                spec,
                aws: Box::new(aws),
            }))
        }
        "static" => {
            let digits = text(value, "key").unwrap_or_default();
            let bytes = unhex(&digits)
                .filter(|key| !key.is_empty())
                .ok_or_else(|| {
                    invalid("\"key\" holds the bytes of a key in hexadecimal digits.")
                })?;
            Ok(Source::Ready(KeySource::Static(bytes)))
        }
        _ => Ok(Source::Xor(
            needed(&block.body, "a")?,
            needed(&block.body, "b")?,
        )),
    }
}

fn pbkdf2(block: &Block, value: &Value) -> Result<Source, Diagnostic> {
    let chained = block.body.attribute("chain").is_some();
    let passphrase = text(value, "passphrase");
    let passphrase = match (passphrase, chained) {
        (Some(_), true) => {
            return Err(invalid(
                "\"passphrase\" and \"chain\" cannot stand beside each other.",
            ));
        }
        (None, false) => {
            return Err(invalid("A \"passphrase\" is required, or a \"chain\"."));
        }
        (Some(text), false) if text.chars().count() < LEAST_PASSPHRASE => {
            return Err(invalid(format!(
                "The passphrase is too short: it has at least {LEAST_PASSPHRASE} characters."
            )));
        }
        (passphrase, _) => passphrase.unwrap_or_default(),
    };
    let iterations = count(value, "iterations", ITERATIONS)?;
    if iterations < LEAST_ITERATIONS {
        return Err(invalid(format!(
            "\"iterations\" is at least {LEAST_ITERATIONS}."
        )));
    }
    let key_length = count(value, "key_length", KEY)?;
    if !matches!(key_length, 16 | 32) {
        return Err(invalid("\"key_length\" is 16 or 32."));
    }
    let hash = match text(value, "hash_function").as_deref() {
        None | Some("sha512") => Hash::Sha512,
        Some("sha256") => Hash::Sha256,
        Some(other) => {
            return Err(invalid(format!(
                "There is no hash function {other:?}: there are \"sha512\" and \"sha256\"."
            )));
        }
    };
    let narrow = |number: u64, name: &str| {
        u32::try_from(number).map_err(|_| invalid(format!("{name:?} is too large.")))
    };
    let over = KeySource::Pbkdf2 {
        passphrase: Passphrase::Text(passphrase),
        key_length: narrow(key_length, "key_length")? as usize,
        iterations: narrow(iterations, "iterations")?,
        hash,
        salt_length: narrow(count(value, "salt_length", SALT)?.min(4096), "salt_length")? as usize,
    };
    Ok(match chained {
        true => Source::Chained {
            over,
            chain: needed(&block.body, "chain")?,
        },
        false => Source::Ready(over),
    })
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    if !digits.is_ascii() || !digits.len().is_multiple_of(2) {
        return None;
    }
    (0..digits.len() / 2)
        .map(|n| u8::from_str_radix(digits.get(2 * n..2 * n + 2)?, 16).ok())
        .collect()
}
