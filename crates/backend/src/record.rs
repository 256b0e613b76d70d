//! The record of the configured backend, and Terraform's, which is read where ours is missing.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};
use trueup_value::json::write_string;
use trueup_value::{Value, ValueRef};

use crate::{Error, private_file, s3};

/// Which backend a working folder was last used with. Terraform's record, `.terraform/terraform.tfstate`, is
/// read and written as Terraform does, so that both can use one folder; ours, `trueup.json`, is that of `-local`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendRecord {
    /// The backend's type; `None` where none is configured.
    pub kind: Option<String>,
    /// The settings, command line included: an object whose unset attributes are null. Holds
    /// credentials if they were given as settings.
    #[serde(default)]
    pub config: serde_json::Map<String, serde_json::Value>,
    /// [`config_hash`] of the block as it is written in the configuration.
    #[serde(default)]
    pub hash: u32,
}

#[derive(Serialize, Deserialize)]
struct OurFile {
    version: u64,
    backend: BackendRecord,
}

#[derive(Deserialize)]
struct TheirFile {
    version: u64,
    #[serde(default)]
    backend: Option<TheirBackend>,
}

#[derive(Deserialize)]
struct TheirBackend {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    config: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    hash: u32,
}

impl BackendRecord {
    /// The record of a backend with its settings.
    pub fn new(kind: &str, config: &Value, hash: u32) -> Self {
        let text = trueup_value::json::encode(&config.without_marks_inside()).unwrap_or_default();
        Self {
            kind: Some(kind.to_owned()),
            config: serde_json::from_str(&text).unwrap_or_default(),
            hash,
        }
    }

    /// The record of a folder without a configured backend.
    pub fn none() -> Self {
        Self {
            kind: None,
            config: serde_json::Map::new(),
            hash: 0,
        }
    }

    /// Whether settings that are not null are the same, whatever else the two mention.
    pub fn same_settings(&self, other: &Self) -> bool {
        fn set(
            config: &serde_json::Map<String, serde_json::Value>,
        ) -> std::collections::BTreeMap<&str, &serde_json::Value> {
            config
                .iter()
                .filter(|(_, value)| !is_unset(value))
                .map(|(name, value)| (name.as_str(), value))
                .collect()
        }
        self.kind == other.kind && set(&self.config) == set(&other.config)
    }

    /// Reads our record; `None` where there is no file.
    ///
    /// # Errors
    /// [`Error::Record`], [`Error::Io`].
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        let Some(text) = read_text(path)? else {
            return Ok(None);
        };
        let file: OurFile = parse(path, &text)?;
        expect_version(path, file.version, 1)?;
        Ok(Some(file.backend))
    }

    /// Reads Terraform's or OpenTofu's record; `None` where there is no file.
    ///
    /// # Errors
    /// [`Error::Record`], [`Error::Io`].
    pub fn read_terraform(path: &Path) -> Result<Option<Self>, Error> {
        let Some(text) = read_text(path)?.filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        let file: TheirFile = parse(path, &text)?;
        expect_version(path, file.version, 3)?;
        Ok(Some(file.backend.map_or_else(Self::none, |backend| Self {
            kind: Some(backend.kind),
            config: backend.config,
            hash: backend.hash,
        })))
    }

    /// Writes our record, for its owner's eyes only: it may hold credentials.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let file = OurFile {
            version: 1,
            backend: self.clone(),
        };
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        write_private(path, &text)
    }

    /// Writes Terraform's record: every setting of the type that Terraform knows, unset ones null.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write_terraform(&self, path: &Path) -> Result<(), Error> {
        let mut file = serde_json::Map::new();
        file.insert("version".into(), 3.into());
        file.insert(
            "terraform_version".into(),
            trueup_state::DEFAULT_TERRAFORM_VERSION.into(),
        );
        if let Some(kind) = &self.kind {
            let mut config = self.config.clone();
            config.retain(|name, value| is_terraforms(kind, name) || !is_unset(value));
            file.insert(
                "backend".into(),
                serde_json::json!({ "type": kind, "config": config, "hash": self.hash }),
            );
        }
        write_private(
            path,
            &serde_json::to_string_pretty(&file).unwrap_or_default(),
        )
    }
}

/// Whether Terraform knows a setting of a backend type: where one that it lacks is unset, hash and record leave
/// it out.
fn is_terraforms(kind: &str, name: &str) -> bool {
    kind != "s3" || !s3::OPENTOFUS.contains(&name)
}

/// Writes a file for its owner's eyes only, whole or not at all.
fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
    }
    let fresh = path.with_extension("json.new");
    private_file::replace(path, &fresh, text.as_bytes())
        .map_err(|error| Error::io("write", path, error))
}

/// Null, or an object of nothing but that.
fn is_unset(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => true,
        serde_json::Value::Object(members) => members.values().all(is_unset),
        _ => false,
    }
}

fn read_text(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path, error)),
    }
}

fn parse<T: for<'de> Deserialize<'de>>(path: &Path, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Record {
        path: path.to_owned(),
        problem: error.to_string(),
    })
}

fn expect_version(path: &Path, found: u64, wanted: u64) -> Result<(), Error> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::Record {
        path: path.to_owned(),
        problem: format!("it has version {found}, and only version {wanted} is known"),
    })
}

/// The number that tells whether a backend block has changed: CRC-32 of type and settings in the
/// notation that Terraform uses for it, so that for equal schemas the numbers are Terraform's.
pub fn config_hash(kind: &str, config: &Value) -> u32 {
    let config = config.without_marks_inside();
    let members = config.as_members().map(|members| {
        let kept = members
            .iter()
            .filter(|(name, value)| is_terraforms(kind, name) || !value.is_null());
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    });
    let config = members.map_or(config, Value::object);
    let mut text = String::from("<");
    hash_text(&Value::string(kind), &mut text);
    text.push(';');
    hash_text(&config, &mut text);
    text.push_str(";>");
    crc32(text.as_bytes())
}

fn hash_text(value: &Value, out: &mut String) {
    match value.view() {
        ValueRef::Null(_) => out.push('~'),
        ValueRef::Unknown(..) => out.push('?'),
        ValueRef::Bool(value) => out.push(if value { 'T' } else { 'F' }),
        ValueRef::String(text) => go_quote(text, out),
        ValueRef::Number(number) => out.push_str(&number.format('g', Some(10))),
        ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => {
            out.push('[');
            for element in elements {
                hash_text(element, out);
                out.push(';');
            }
            out.push(']');
        }
        ValueRef::Tuple(elements) => {
            out.push('<');
            for element in elements {
                hash_text(element, out);
                out.push(';');
            }
            out.push('>');
        }
        ValueRef::Map { elements, .. } => {
            out.push('{');
            for (key, element) in elements {
                go_quote(key, out);
                out.push(':');
                hash_text(element, out);
                out.push(';');
            }
            out.push('}');
        }
        ValueRef::Object(attributes) => {
            out.push('<');
            for value in attributes.values() {
                hash_text(value, out);
                out.push(';');
            }
            out.push('>');
        }
    }
}

/// Go's `%q`. Unlike JSON it leaves `<`, `>` and `&` alone.
fn go_quote(text: &str, out: &mut String) {
    let mut json = String::new();
    write_string(text, &mut json);
    for (escape, plain) in [("\\u003c", "<"), ("\\u003e", ">"), ("\\u0026", "&")] {
        json = json.replace(escape, plain);
    }
    out.push_str(&json);
}

/// CRC-32 as in zip and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn the_captured_block_gives_the_captured_number() {
        let captured = "<\"s3\";<\"test\";~;~;~;~;\"tfbkt\";~;~;\"tflock\";~;~;~;~;<\"http://127.0.0.1:5056\";~;\"http://127.0.0.1:5056\";~;~;>;~;~;~;~;~;~;\"app/terraform.tfstate\";~;~;~;~;\"us-east-1\";~;\"test\";~;~;~;T;T;T;T;~;~;~;~;~;~;~;~;T;~;>;>";
        assert_eq!(crc32(captured.as_bytes()), 87_834_936);
    }

    #[test]
    fn objects_are_hashed_by_values_only() {
        let config = Value::object_from([
            ("b", Value::string("x<é\"")),
            ("a", Value::bool(true)),
            ("c", Value::dynamic_null()),
        ]);
        let mut text = String::new();
        hash_text(&config, &mut text);
        assert_eq!(text, "<T;\"x<é\\\"\";~;>");
    }

    #[test]
    fn the_record_is_written_as_terraform_writes_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("data").join("terraform.tfstate");
        let config = Value::object_from([
            ("path", Value::string("a.tfstate")),
            ("workspace_dir", Value::dynamic_null()),
        ]);
        let hash = config_hash("local", &config);
        assert_eq!(hash, 2_985_648_108);
        let record = BackendRecord::new("local", &config, hash);
        record.write_terraform(&path).expect("written");
        let text = fs::read_to_string(&path).expect("a file");
        assert_eq!(
            text,
            "{\n  \"version\": 3,\n  \"terraform_version\": \"1.11.4\",\n  \"backend\": {\n    \"type\": \"local\",\n    \"config\": {\n      \"path\": \"a.tfstate\",\n      \"workspace_dir\": null\n    },\n    \"hash\": 2985648108\n  }\n}"
        );
        assert_eq!(
            BackendRecord::read_terraform(&path).expect("a record"),
            Some(record)
        );
        BackendRecord::none()
            .write_terraform(&path)
            .expect("written");
        assert_eq!(
            fs::read_to_string(&path).expect("a file"),
            "{\n  \"version\": 3,\n  \"terraform_version\": \"1.11.4\"\n}"
        );
    }

    #[test]
    fn unset_settings_do_not_count() {
        let record = |text: &str| BackendRecord {
            kind: Some("s3".into()),
            config: serde_json::from_str(text).expect("JSON"),
            hash: 0,
        };
        let ours = record(r#"{"bucket":"b","endpoints":{"s3":null},"key":"k"}"#);
        assert!(ours.same_settings(&record(r#"{"key":"k","bucket":"b","acl":null}"#)));
        assert!(!ours.same_settings(&record(r#"{"key":"k","bucket":"c"}"#)));
    }
}
