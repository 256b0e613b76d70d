//! The calls on backups, over the SDK.
use super::Client;
use super::backups::{BackupSummary, Backups, ListBackups};
use super::client::SERVICE;
use crate::calls::send;
use crate::{Answer, Error};
use aws_sdk_dynamodb::primitives::DateTime;
use aws_sdk_dynamodb::types as sdk;

impl Client {
    async fn backups(&self, r: ListBackups) -> Result<Vec<BackupSummary>, Error> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let call = self
                .sdk
                .list_backups()
                .set_table_name(r.table.clone())
                .set_backup_type(r.kind.as_deref().map(Into::into))
                .set_time_range_lower_bound(r.not_before.map(DateTime::from_secs_f64))
                .set_time_range_upper_bound(r.before.map(DateTime::from_secs_f64))
                .set_exclusive_start_backup_arn(start);
            let page = send(SERVICE, "ListBackups", call.send()).await?;
            let summaries = page.backup_summaries.unwrap_or_default();
            found.extend(summaries.into_iter().map(summary));
            start = page.last_evaluated_backup_arn;
            if start.is_none() {
                return Ok(found);
            }
        }
    }
}

impl Backups for Client {
    fn list_backups(&self, request: ListBackups) -> Answer<'_, Vec<BackupSummary>> {
        Box::pin(self.backups(request))
    }
}

fn summary(given: sdk::BackupSummary) -> BackupSummary {
    let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
    BackupSummary {
        status: word(given.backup_status.as_ref().map(|s| s.as_str())),
        kind: word(given.backup_type.as_ref().map(|k| k.as_str())),
        arn: given.backup_arn.unwrap_or_default(),
        created: given.backup_creation_date_time.map(|t| t.as_secs_f64()),
        expires: given.backup_expiry_date_time.map(|t| t.as_secs_f64()),
        name: given.backup_name.unwrap_or_default(),
        size: given.backup_size_bytes,
        table_arn: given.table_arn.unwrap_or_default(),
        table_id: given.table_id.unwrap_or_default(),
        table_name: given.table_name.unwrap_or_default(),
    }
}
