//! The saved plan file: a zip of our own making that holds the plan, both states and the configuration.
//!
//! The plan itself is `plan.json`, in a notation that keeps types, unknowns and marks. States are state
//! files. Configuration files are numbered; the plan names their paths, so that no path can lead an
//! unpacking program astray.

mod address_read;
mod object_read;
mod read;
mod value_read;
mod value_write;
mod write;

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::Plan;

/// The version of the notation that is written and read.
const VERSION: u64 = 1;

/// No entry of a saved plan is taken to be larger than this many bytes.
const MAX_ENTRY: u64 = 4 << 30;

/// Why bytes are not a saved plan that can be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// The bytes are no saved plan at all.
    #[error("this is not a saved plan: {0}")]
    NotAPlan(String),
    /// The file was written by Terraform or OpenTofu.
    #[error(
        "this plan was saved by Terraform or OpenTofu. trueup applies only plans that it saved itself: make the plan again with `trueup plan -out=FILE`"
    )]
    Foreign,
    /// The file was written by a newer trueup.
    #[error(
        "this plan was saved by a newer trueup (its format is version {0}, this program reads version {VERSION}): apply it with the program that made it, or make the plan again"
    )]
    Newer(u64),
    /// The file is a saved plan, but part of it is missing or was changed.
    #[error("this saved plan is damaged: {0}")]
    Damaged(String),
}

impl Plan {
    /// The bytes of the saved plan file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .unix_permissions(0o600);
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let mut add = |name: &str, bytes: &[u8]| {
            // Writing to memory fails only where an entry outgrows the format; such a file is then
            // found damaged when it is read.
            let _ = archive
                .start_file(name, options)
                .and_then(|()| archive.write_all(bytes).map_err(Into::into));
        };
        add("plan.json", write::plan(self).as_bytes());
        add("state.json", &self.prior_state.write());
        add("state-before.json", &self.prev_run_state.write());
        for (number, bytes) in self.config.files.values().enumerate() {
            add(&format!("config/{number}"), bytes);
        }
        archive.finish().map(Cursor::into_inner).unwrap_or_default()
    }

    /// Reads a saved plan file.
    ///
    /// # Errors
    /// Where the bytes are something else, were made by another program, or are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PlanFileError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
            PlanFileError::NotAPlan("it is not a zip archive, or it was cut short".to_owned())
        })?;
        if archive.index_for_name("plan.json").is_none() {
            return Err(if archive.index_for_name("tfplan").is_some() {
                PlanFileError::Foreign
            } else {
                PlanFileError::NotAPlan("the archive holds no plan".to_owned())
            });
        }
        let mut entry = |name: &str| -> Result<Vec<u8>, PlanFileError> {
            let damaged = |why: &dyn std::fmt::Display| {
                PlanFileError::Damaged(format!("{name} can't be read ({why})"))
            };
            let file = archive.by_name(name).map_err(|why| damaged(&why))?;
            let mut bytes = Vec::new();
            file.take(MAX_ENTRY)
                .read_to_end(&mut bytes)
                .map_err(|why| damaged(&why))?;
            Ok(bytes)
        };
        read::plan(&mut entry)
    }
}
