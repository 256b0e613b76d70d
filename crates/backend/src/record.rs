//! The record of the configured backend: the file that Terraform and OpenTofu keep in a working folder, and ours.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};
use trueup_value::Value;

use crate::block_hash::{BlockHash, Program};
use crate::{Error, private_file};

/// Which backend a working folder was last used with. The record of Terraform and OpenTofu,
/// `.terraform/terraform.tfstate`, is read and written as they do, so that all can use one folder; ours,
/// `trueup.json`, is that of `-local`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendRecord {
    /// The backend's type; `None` where none is configured.
    pub kind: Option<String>,
    /// The settings, command line included: an object whose unset attributes are null. Holds
    /// credentials if they were given as settings.
    #[serde(default)]
    pub config: serde_json::Map<String, serde_json::Value>,
    /// The number of the block as it is written in the configuration.
    #[serde(default)]
    pub hash: BlockHash,
}

#[derive(Serialize, Deserialize)]
struct OurFile {
    version: u64,
    backend: BackendRecord,
}

#[derive(Deserialize)]
struct TheirFile {
    version: u64,
    /// Terraform says its version, OpenTofu does not.
    #[serde(default)]
    terraform_version: Option<String>,
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
    hash: BlockHash,
}

impl BackendRecord {
    /// The record of a backend with its settings.
    pub fn new(kind: &str, config: &Value, hash: BlockHash) -> Self {
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
            hash: BlockHash::default(),
        }
    }

    /// Whether settings that are not null are the same, whatever else the two mention.
    pub fn same_settings(&self, other: &Self) -> bool {
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

    /// Writes the record of Terraform or OpenTofu: that of the program whose record stands there, else of the one
    /// that keeps the folder's dependency `locks` (`.terraform.lock.hcl`), else Terraform's.
    /// It names every setting of the type that this program knows, unset ones null; members of settings that only
    /// one program has are left out while they are unset, so that either can read Terraform's.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write_terraform(&self, path: &Path, locks: &Path) -> Result<(), Error> {
        let program = program_of(path, locks);
        let mut file = serde_json::Map::new();
        file.insert("version".into(), 3.into());
        if program == Program::Terraform {
            file.insert(
                "terraform_version".into(),
                trueup_state::DEFAULT_TERRAFORM_VERSION.into(),
            );
        }
        if let Some(kind) = &self.kind {
            let mut config = self.config.clone();
            config.retain(|name, value| program.has(kind, name) || !is_unset(value));
            for (name, value) in &mut config {
                if let serde_json::Value::Object(members) = value {
                    members.retain(|member, value| {
                        Program::BOTH
                            .iter()
                            .all(|one| one.has_member(kind, name, member))
                            || !is_unset(value)
                    });
                }
            }
            file.insert(
                "backend".into(),
                serde_json::json!({ "type": kind, "config": config, "hash": self.hash.of(program) }),
            );
        }
        let text = match program {
            Program::Terraform => serde_json::to_string_pretty(&file).unwrap_or_default(),
            Program::OpenTofu => deep(&file),
        };
        write_private(path, &text)
    }
}

/// Whose folder it is, by its record or its dependency locks.
fn program_of(record: &Path, locks: &Path) -> Program {
    let text = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let opentofus = match serde_json::from_str::<TheirFile>(&text(record)) {
        Ok(file) => file.terraform_version.is_none(),
        Err(_) => text(locks).starts_with(OPENTOFUS_LOCKS),
    };
    match opentofus {
        true => Program::OpenTofu,
        false => Program::Terraform,
    }
}

/// How a file of dependency locks begins that `tofu init` wrote.
const OPENTOFUS_LOCKS: &str = "# This file is maintained automatically by \"tofu init\".";

/// JSON as OpenTofu writes it: indented by four spaces, with a final newline.
fn deep(file: &serde_json::Map<String, serde_json::Value>) -> String {
    let mut bytes = Vec::new();
    let form = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, form);
    file.serialize(&mut writer)
        .expect("a map of JSON values is JSON");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("JSON is UTF-8")
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

/// What is not null, members of objects too.
fn set(
    config: &serde_json::Map<String, serde_json::Value>,
) -> serde_json::Map<String, serde_json::Value> {
    let said = config.iter().filter(|(_, value)| !is_unset(value));
    said.map(|(name, value)| {
        let value = match value {
            serde_json::Value::Object(members) => set(members).into(),
            other => other.clone(),
        };
        (name.clone(), value)
    })
    .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_written_as_terraform_writes_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("data").join("terraform.tfstate");
        let locks = folder.path().join(".terraform.lock.hcl");
        let config = Value::object_from([
            ("path", Value::string("a.tfstate")),
            ("workspace_dir", Value::dynamic_null()),
        ]);
        let hash = BlockHash::new("local", &config);
        assert_eq!(hash, BlockHash::from(2_985_648_108));
        let record = BackendRecord::new("local", &config, hash);
        record.write_terraform(&path, &locks).expect("written");
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
            .write_terraform(&path, &locks)
            .expect("written");
        assert_eq!(
            fs::read_to_string(&path).expect("a file"),
            "{\n  \"version\": 3,\n  \"terraform_version\": \"1.11.4\"\n}"
        );
    }

    #[test]
    fn a_fresh_record_is_of_the_program_that_keeps_the_locks() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (path, locks) = (
            folder.path().join("terraform.tfstate"),
            folder.path().join(".terraform.lock.hcl"),
        );
        for (first_line, form) in [
            (OPENTOFUS_LOCKS, "{\n    \"version\": 3\n}\n"),
            (
                "# This file is maintained automatically by \"terraform init\".",
                "{\n  \"version\": 3,\n  \"terraform_version\": \"1.11.4\"\n}",
            ),
        ] {
            fs::write(&locks, first_line).expect("written");
            BackendRecord::none()
                .write_terraform(&path, &locks)
                .expect("written");
            assert_eq!(fs::read_to_string(&path).expect("a file"), form);
            fs::remove_file(&path).expect("a file");
        }
    }

    #[test]
    fn unset_settings_do_not_count() {
        let record = |text: &str| BackendRecord {
            kind: Some("s3".into()),
            config: serde_json::from_str(text).expect("JSON"),
            hash: BlockHash::default(),
        };
        let ours = record(r#"{"bucket":"b","endpoints":{"s3":null},"key":"k"}"#);
        assert!(ours.same_settings(&record(r#"{"key":"k","bucket":"b","acl":null}"#)));
        assert!(!ours.same_settings(&record(r#"{"key":"k","bucket":"c"}"#)));
        let ours = record(r#"{"endpoints":{"s3":"http://s3","sso":null}}"#);
        assert!(ours.same_settings(&record(r#"{"endpoints":{"s3":"http://s3"}}"#)));
        assert!(!ours.same_settings(&record(r#"{"endpoints":{"iam":"http://s3"}}"#)));
    }
}
