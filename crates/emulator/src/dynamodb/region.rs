//! One account and region of DynamoDB: the engine's database and our records beside it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dynoxide::Database;

use super::overlay::Overlay;
use super::replicas::group::Groups;
use super::unfinished;
use super::wire::{Failure, read_value};
use crate::caller::partition;

/// The region and account that the engine writes into every ARN.
const ENGINE_SCOPE: &str = ":dynoxide:000000000000:";

/// One account and region.
pub(crate) struct Region {
    engine: Database,
    records: Mutex<Overlay>,
    /// Region name, for example `us-east-1`.
    pub(crate) name: String,
    /// Twelve-digit account.
    pub(crate) account: String,
    /// How many describes a change takes.
    pub(crate) describes: u32,
    /// The global tables of the account, of all regions.
    pub(crate) groups: Arc<Groups>,
}

impl Region {
    /// Opens the region's databases in `folder`; `None` keeps them in memory.
    pub(crate) fn open(
        folder: Option<&Path>,
        account: &str,
        name: &str,
        describes: u32,
        groups: Arc<Groups>,
    ) -> Result<Region, Failure> {
        let (engine, records) = match folder {
            Some(folder) => {
                let folder = folder.join(account);
                std::fs::create_dir_all(&folder).map_err(Failure::internal)?;
                let path = folder.join(format!("{name}.db"));
                let path = path
                    .to_str()
                    .ok_or_else(|| Failure::internal("the store's path is not Unicode"))?;
                (
                    Database::new(path)?,
                    Overlay::open(Some(&folder.join(format!("{name}.records.db"))))
                        .map_err(Failure::internal)?,
                )
            }
            None => (
                Database::memory()?,
                Overlay::open(None).map_err(Failure::internal)?,
            ),
        };
        let region = Region {
            engine,
            records: Mutex::new(records),
            name: name.to_owned(),
            account: account.to_owned(),
            describes,
            groups,
        };
        unfinished::finish(&region)?;
        Ok(region)
    }

    /// Drops a table, or what there is of it, protected or not.
    pub(crate) fn drop_table(&self, name: &str) -> Result<(), Failure> {
        let table = self.engine.get_table_metadata(name)?;
        if table.is_some_and(|table| table.deletion_protection_enabled) {
            let request =
                serde_json::json!({"TableName": name, "DeletionProtectionEnabled": false});
            self.engine
                .update_table(read_value("UpdateTable", request)?)?;
        }
        let request = dynoxide::actions::delete_table::DeleteTableRequest {
            table_name: name.to_owned(),
        };
        match self.engine.delete_table(request) {
            Ok(_) | Err(dynoxide::DynoxideError::ResourceNotFoundException(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The engine's database.
    pub(crate) fn engine(&self) -> &Database {
        &self.engine
    }

    /// Our records. Held for the whole of a control-plane call, so that two of
    /// them never interleave.
    pub(crate) fn records(&self) -> MutexGuard<'_, Overlay> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the engine has a table.
    pub(crate) fn has_table(&self, name: &str) -> bool {
        matches!(self.engine.get_table_metadata(name), Ok(Some(_)))
    }

    /// Refuses calls on items of tables that are being created, and reads of an
    /// index that is still being filled.
    pub(crate) fn require_items<'a>(
        &self,
        tables: impl IntoIterator<Item = &'a str>,
        index: Option<&str>,
    ) -> Result<(), Failure> {
        // Without transitions there is nothing to look up.
        if self.describes == 0 {
            return Ok(());
        }
        let records = self.records();
        for name in tables {
            let Some(record) = records.get(name) else {
                continue;
            };
            if record
                .transition
                .as_ref()
                .is_some_and(|t| t.status == "CREATING")
            {
                return Err(Failure::no_resource());
            }
            let filling = index
                .and_then(|index| record.indexes.get(index))
                .and_then(|index| index.transition.as_ref())
                .is_some_and(|t| t.status == "CREATING");
            if filling {
                return Err(Failure::validation(format!(
                    "Cannot read from backfilling global secondary index: {}",
                    index.unwrap_or_default()
                )));
            }
        }
        Ok(())
    }

    /// The beginning of every ARN of this region.
    pub(crate) fn arn_prefix(&self) -> String {
        format!(
            "arn:{}:dynamodb:{}:{}:",
            partition(&self.name),
            self.name,
            self.account
        )
    }

    /// The ARN of a table.
    pub(crate) fn table_arn(&self, name: &str) -> String {
        format!("{}table/{name}", self.arn_prefix())
    }

    /// The table that a name or ARN means. The ARN of another region or account
    /// is left as it is: it names no table here.
    pub(crate) fn table_of(&self, name_or_arn: &str) -> String {
        name_or_arn
            .strip_prefix(&format!("{}table/", self.arn_prefix()))
            .map_or(name_or_arn, |rest| rest.split('/').next().unwrap_or(rest))
            .to_owned()
    }

    /// The engine's ARNs in a text, turned into ours.
    pub(crate) fn our_arns(&self, text: &str) -> String {
        if !text.contains("dynoxide") && !text.contains("000000000000") {
            return text.to_owned();
        }
        let scope = format!(":{}:{}:", self.name, self.account);
        let text = text.replace(ENGINE_SCOPE, &scope).replace(
            "arn:aws:iam::000000000000:root",
            &format!("arn:aws:iam::{}:root", self.account),
        );
        match partition(&self.name) {
            "aws" => text,
            other => text
                .replace("arn:aws:dynamodb:", &format!("arn:{other}:dynamodb:"))
                .replace("arn:aws:kms:", &format!("arn:{other}:kms:")),
        }
    }

    /// Our ARNs in a text, turned into the engine's.
    pub(crate) fn engine_arns(&self, text: &str) -> String {
        text.replace(
            &self.arn_prefix(),
            &format!("arn:aws:dynamodb{ENGINE_SCOPE}"),
        )
    }
}
