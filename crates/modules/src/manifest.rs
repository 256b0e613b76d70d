//! The record of installed modules, `modules.json`, in Terraform's form.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use trueup_config::Version;

/// One installed module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The calls that lead to it, joined by dots; empty for the root module.
    #[serde(rename = "Key")]
    pub key: String,
    /// Its source, in full.
    #[serde(rename = "Source")]
    pub source: String,
    /// Its version, where it came from a registry.
    #[serde(rename = "Version", default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its folder, relative to the root module.
    #[serde(rename = "Dir")]
    pub dir: String,
}

#[derive(Serialize, Deserialize)]
struct File {
    #[serde(rename = "Modules", default)]
    modules: Vec<Record>,
}

/// The installed modules by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The records. The root module's is among them once anything was installed.
    pub records: BTreeMap<String, Record>,
}

impl Manifest {
    /// Reads the record's text.
    ///
    /// # Errors
    /// In words, why it can't be read.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let file: File = serde_json::from_slice(text)
            .map_err(|error| format!("error unmarshalling snapshot: {error}"))?;
        let mut records = BTreeMap::new();
        for mut record in file.modules {
            record.dir = clean(&record.dir);
            let known = |text: &str| Version::parse(text).is_some();
            if let Some(version) = record.version.as_deref().filter(|text| !known(text)) {
                return Err(format!("invalid version {version:?} for {}", record.key));
            }
            if records.contains_key(&record.key) {
                return Err(format!(
                    "snapshot file contains two records for path {}",
                    record.key
                ));
            }
            records.insert(record.key.clone(), record);
        }
        Ok(Self { records })
    }

    /// The record's text: one line without its end, as Terraform writes it.
    pub fn write(&self) -> Vec<u8> {
        let file = File {
            modules: self.records.values().cloned().collect(),
        };
        // Plain strings always become JSON.
        let text = serde_json::to_string(&file).unwrap_or_default();
        // Terraform's writer escapes what could be taken for markup.
        text.replace('&', "\\u0026")
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .into_bytes()
    }

    /// Reads the file; nothing where there is none.
    ///
    /// # Errors
    /// In words, why it can't be read.
    pub fn read_file(path: &Path) -> Result<Self, String> {
        match std::fs::read(path) {
            Ok(text) => Self::read(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Forgets a module and those below it.
    pub fn forget(&mut self, key: &str) {
        let below = format!("{key}.");
        self.records
            .retain(|other, _| other != key && !other.starts_with(&below));
    }
}

/// Forward slashes, no detours: Terraform on other systems writes other slashes.
fn clean(dir: &str) -> String {
    match dir {
        "" | "." => dir.to_owned(),
        _ => trueup_config::joined(".", dir),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"a","Source":"registry.terraform.io/ns/n/p","Version":"1.2.0","Dir":".terraform/modules/a"},{"Key":"a.b","Source":"./b","Dir":".terraform/modules/a/b"}]}"#;

    #[test]
    fn what_terraform_wrote_is_read_and_written_as_it_is() {
        let manifest = Manifest::read(TEXT.as_bytes()).expect("a record");
        assert_eq!(manifest.write(), TEXT.as_bytes());
    }

    #[test]
    fn a_module_goes_with_those_below_it() {
        let mut manifest = Manifest::read(TEXT.as_bytes()).expect("a record");
        manifest.forget("a");
        let left: Vec<_> = manifest.records.keys().collect();
        assert_eq!(left, [""]);
    }

    #[test]
    fn damaged_records_are_refused() {
        for text in [
            "",
            "[]x",
            r#"{"Modules":[{"Key":"a","Source":"","Version":"x","Dir":"."}]}"#,
            r#"{"Modules":[{"Key":"a","Source":"","Dir":"."},{"Key":"a","Source":"","Dir":"."}]}"#,
        ] {
            assert!(Manifest::read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
