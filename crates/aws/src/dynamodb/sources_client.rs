//! Restores and imports over the SDK.
use super::client::{Client, SERVICE};
use super::{
    Import, ImportTable, RestoreFrom, RestoreTable, TableDescription, TableSources, to_plain,
    to_sdk,
};
use crate::calls::send;
use crate::failure::invalid;
use crate::{Answer, Error};
use aws_sdk_dynamodb::types as sdk;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

fn no_answer(operation: &'static str) -> Error {
    Error::Invalid {
        service: SERVICE,
        operation,
        detail: "the answer describes nothing".to_owned(),
    }
}

/// The indexes of a restore: an empty list is sent too, it means none.
fn or_none<T>(built: Option<Vec<T>>) -> Vec<T> {
    built.unwrap_or_default()
}

impl Client {
    async fn restore(&self, r: RestoreTable) -> Result<TableDescription, Error> {
        const POINT: &str = "RestoreTableToPointInTime";
        const BACKUP: &str = "RestoreTableFromBackup";
        let op = match &r.from {
            RestoreFrom::Table { .. } => POINT,
            RestoreFrom::Backup(_) => BACKUP,
        };
        let bad = invalid(SERVICE, op);
        let global = r.global_indexes.map(to_sdk::global_indexes).transpose();
        let global = global.map_err(&bad)?.map(or_none);
        let local = r.local_indexes.map(to_sdk::local_indexes).transpose();
        let local = local.map_err(&bad)?.map(or_none);
        let throughput = to_sdk::throughput(r.throughput).map_err(&bad)?;
        let on_demand = to_sdk::on_demand(r.on_demand);
        let mode = r.billing_mode.as_deref().map(sdk::BillingMode::from);
        let sse = to_sdk::sse(r.sse);
        // Both calls say alike what the new table is to be.
        macro_rules! restored {
            ($call:expr) => {
                $call
                    .target_table_name(r.target)
                    .set_billing_mode_override(mode)
                    .set_provisioned_throughput_override(throughput)
                    .set_on_demand_throughput_override(on_demand)
                    .set_global_secondary_index_override(global)
                    .set_local_secondary_index_override(local)
                    .set_sse_specification_override(sse)
            };
        }
        let table = match r.from {
            RestoreFrom::Table { name, arn, at } => {
                let moment = at
                    .as_deref()
                    .map(|at| DateTime::from_str(at, Format::DateTimeWithOffset))
                    .transpose()
                    .map_err(|error| Error::Invalid {
                        service: SERVICE,
                        operation: POINT,
                        detail: error.to_string(),
                    })?;
                let call = self
                    .sdk
                    .restore_table_to_point_in_time()
                    .set_source_table_name(name)
                    .set_source_table_arn(arn)
                    .set_use_latest_restorable_time(moment.is_none().then_some(true))
                    .set_restore_date_time(moment);
                let call = restored!(call);
                send(SERVICE, POINT, call.send()).await?.table_description
            }
            RestoreFrom::Backup(arn) => {
                let call = self.sdk.restore_table_from_backup().backup_arn(arn);
                let call = restored!(call);
                send(SERVICE, BACKUP, call.send()).await?.table_description
            }
        };
        table.map(to_plain::table).ok_or_else(|| no_answer(op))
    }

    async fn import(&self, r: ImportTable) -> Result<Import, Error> {
        const OP: &str = "ImportTable";
        let bad = invalid(SERVICE, OP);
        let source = sdk::S3BucketSource::builder()
            .s3_bucket(r.bucket)
            .set_s3_bucket_owner(r.bucket_owner)
            .set_s3_key_prefix(r.key_prefix)
            .build()
            .map_err(&bad)?;
        let table = sdk::TableCreationParameters::builder()
            .table_name(r.table.name)
            .set_attribute_definitions(to_sdk::attributes(r.table.attributes).map_err(&bad)?)
            .set_key_schema(Some(to_sdk::key_schema(r.table.key_schema).map_err(&bad)?))
            .set_billing_mode(r.table.billing_mode.as_deref().map(Into::into))
            .set_provisioned_throughput(to_sdk::throughput(r.table.throughput).map_err(&bad)?)
            .set_on_demand_throughput(to_sdk::on_demand(r.table.on_demand))
            .set_sse_specification(to_sdk::sse(r.table.sse))
            .set_global_secondary_indexes(
                to_sdk::global_indexes(r.table.global_indexes).map_err(&bad)?,
            )
            .build()
            .map_err(&bad)?;
        let csv = (r.csv_delimiter.is_some() || !r.csv_header.is_empty()).then(|| {
            sdk::CsvOptions::builder()
                .set_delimiter(r.csv_delimiter)
                .set_header_list((!r.csv_header.is_empty()).then_some(r.csv_header))
                .build()
        });
        let options = csv.map(|csv| sdk::InputFormatOptions::builder().csv(csv).build());
        let call = self
            .sdk
            .import_table()
            .set_client_token(r.client_token)
            .s3_bucket_source(source)
            .input_format(r.format.as_str().into())
            .set_input_compression_type(r.compression.as_deref().map(Into::into))
            .set_input_format_options(options)
            .table_creation_parameters(table);
        let output = send(SERVICE, OP, call.send()).await?;
        output
            .import_table_description
            .map(described)
            .ok_or_else(|| no_answer(OP))
    }
}

fn described(given: sdk::ImportTableDescription) -> Import {
    let failure = match (given.failure_code, given.failure_message) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (code, message) => code.or(message),
    };
    let status = given.import_status.as_ref();
    Import {
        arn: given.import_arn.unwrap_or_default(),
        status: status.map(|s| s.as_str().to_owned()).unwrap_or_default(),
        processed: given.processed_item_count,
        imported: given.imported_item_count,
        errors: given.error_count,
        failure,
    }
}

impl TableSources for Client {
    fn restore_table(&self, request: RestoreTable) -> Answer<'_, TableDescription> {
        Box::pin(self.restore(request))
    }

    fn import_table(&self, request: ImportTable) -> Answer<'_, Import> {
        Box::pin(self.import(request))
    }

    fn describe_import<'a>(&'a self, arn: &'a str) -> Answer<'a, Import> {
        Box::pin(async move {
            const OP: &str = "DescribeImport";
            let call = self.sdk.describe_import().import_arn(arn);
            let output = send(SERVICE, OP, call.send()).await?;
            output
                .import_table_description
                .map(described)
                .ok_or_else(|| no_answer(OP))
        })
    }
}
