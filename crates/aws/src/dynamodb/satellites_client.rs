//! The calls on what stands beside tables, over the SDK.
use super::Client;
use super::client::SERVICE;
use super::satellites::{
    Export, ExportTable, IncrementalExport, Insights, KinesisDestination, PutResourcePolicy,
    ResourcePolicy, Satellites,
};
use super::to_plain::text;
use crate::calls::send;
use crate::{Answer, Error};
use aws_sdk_dynamodb::primitives::DateTime;
use aws_sdk_dynamodb::types as sdk;

impl Client {
    async fn insights(&self, table: &str, index: Option<&str>) -> Result<Insights, Error> {
        let call = self
            .sdk
            .describe_contributor_insights()
            .table_name(table)
            .set_index_name(index.map(str::to_owned));
        let output = send(SERVICE, "DescribeContributorInsights", call.send()).await?;
        let failure = output.failure_exception.map(|failure| {
            let parts = [failure.exception_name, failure.exception_description];
            parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
        });
        Ok(Insights {
            status: text(
                output
                    .contributor_insights_status
                    .as_ref()
                    .map(|s| s.as_str()),
            )
            .unwrap_or_default(),
            mode: text(
                output
                    .contributor_insights_mode
                    .as_ref()
                    .map(|m| m.as_str()),
            ),
            failure,
        })
    }

    async fn switch_insights(
        &self,
        table: &str,
        index: Option<&str>,
        enable: bool,
        mode: Option<&str>,
    ) -> Result<String, Error> {
        let action = match enable {
            true => sdk::ContributorInsightsAction::Enable,
            false => sdk::ContributorInsightsAction::Disable,
        };
        let call = self
            .sdk
            .update_contributor_insights()
            .table_name(table)
            .set_index_name(index.map(str::to_owned))
            .contributor_insights_action(action)
            .set_contributor_insights_mode(mode.map(Into::into));
        let output = send(SERVICE, "UpdateContributorInsights", call.send()).await?;
        let status = output.contributor_insights_status;
        Ok(text(status.as_ref().map(|s| s.as_str())).unwrap_or_default())
    }

    async fn export(&self, r: ExportTable) -> Result<Export, Error> {
        let incremental = r.incremental.map(|span| {
            sdk::IncrementalExportSpecification::builder()
                .set_export_from_time(span.from_time.map(DateTime::from_secs_f64))
                .set_export_to_time(span.to_time.map(DateTime::from_secs_f64))
                .set_export_view_type(span.view_type.as_deref().map(Into::into))
                .build()
        });
        let call = self
            .sdk
            .export_table_to_point_in_time()
            .table_arn(r.table_arn)
            .set_client_token(r.client_token)
            .s3_bucket(r.s3_bucket)
            .set_s3_bucket_owner(r.s3_bucket_owner)
            .set_s3_prefix(r.s3_prefix)
            .set_s3_sse_algorithm(r.s3_sse_algorithm.as_deref().map(Into::into))
            .set_s3_sse_kms_key_id(r.s3_sse_kms_key_id)
            .set_export_format(r.export_format.as_deref().map(Into::into))
            .set_export_time(r.export_time.map(DateTime::from_secs_f64))
            .set_export_type(r.export_type.as_deref().map(Into::into))
            .set_incremental_export_specification(incremental);
        let output = send(SERVICE, "ExportTableToPointInTime", call.send()).await?;
        Ok(exported(output.export_description))
    }

    async fn exports(&self, table_arn: &str) -> Result<Vec<String>, Error> {
        let mut arns = Vec::new();
        let mut next = None;
        loop {
            let call = self
                .sdk
                .list_exports()
                .table_arn(table_arn)
                .set_next_token(next);
            let page = send(SERVICE, "ListExports", call.send()).await?;
            let found = page.export_summaries.unwrap_or_default();
            arns.extend(found.into_iter().filter_map(|summary| summary.export_arn));
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(arns);
            }
        }
    }
}

impl Satellites for Client {
    fn describe_contributor_insights<'a>(
        &'a self,
        table: &'a str,
        index: Option<&'a str>,
    ) -> Answer<'a, Insights> {
        Box::pin(self.insights(table, index))
    }

    fn update_contributor_insights<'a>(
        &'a self,
        table: &'a str,
        index: Option<&'a str>,
        enable: bool,
        mode: Option<&'a str>,
    ) -> Answer<'a, String> {
        Box::pin(self.switch_insights(table, index, enable, mode))
    }

    fn describe_kinesis_destinations<'a>(
        &'a self,
        table: &'a str,
    ) -> Answer<'a, Vec<KinesisDestination>> {
        Box::pin(async move {
            let call = self
                .sdk
                .describe_kinesis_streaming_destination()
                .table_name(table);
            let output = send(SERVICE, "DescribeKinesisStreamingDestination", call.send()).await?;
            let found = output.kinesis_data_stream_destinations.unwrap_or_default();
            Ok(found.into_iter().map(destination).collect())
        })
    }

    fn enable_kinesis_destination<'a>(
        &'a self,
        table: &'a str,
        stream_arn: &'a str,
        precision: Option<&'a str>,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let configuration = precision.map(|precision| {
                sdk::EnableKinesisStreamingConfiguration::builder()
                    .approximate_creation_date_time_precision(precision.into())
                    .build()
            });
            let call = self
                .sdk
                .enable_kinesis_streaming_destination()
                .table_name(table)
                .stream_arn(stream_arn)
                .set_enable_kinesis_streaming_configuration(configuration);
            send(SERVICE, "EnableKinesisStreamingDestination", call.send())
                .await
                .map(drop)
        })
    }

    fn disable_kinesis_destination<'a>(
        &'a self,
        table: &'a str,
        stream_arn: &'a str,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let call = self
                .sdk
                .disable_kinesis_streaming_destination()
                .table_name(table)
                .stream_arn(stream_arn);
            send(SERVICE, "DisableKinesisStreamingDestination", call.send())
                .await
                .map(drop)
        })
    }

    fn put_resource_policy(&self, r: PutResourcePolicy) -> Answer<'_, Option<String>> {
        Box::pin(async move {
            let call = self
                .sdk
                .put_resource_policy()
                .resource_arn(r.resource_arn)
                .policy(r.policy)
                .set_expected_revision_id(r.expected_revision_id)
                .set_confirm_remove_self_resource_access(r.confirm_remove_self_resource_access);
            let output = send(SERVICE, "PutResourcePolicy", call.send()).await?;
            Ok(output.revision_id)
        })
    }

    fn get_resource_policy<'a>(&'a self, resource_arn: &'a str) -> Answer<'a, ResourcePolicy> {
        Box::pin(async move {
            let call = self.sdk.get_resource_policy().resource_arn(resource_arn);
            let output = send(SERVICE, "GetResourcePolicy", call.send()).await?;
            Ok(ResourcePolicy {
                policy: output.policy.unwrap_or_default(),
                revision_id: output.revision_id,
            })
        })
    }

    fn delete_resource_policy<'a>(&'a self, resource_arn: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let call = self.sdk.delete_resource_policy().resource_arn(resource_arn);
            send(SERVICE, "DeleteResourcePolicy", call.send())
                .await
                .map(drop)
        })
    }

    fn export_table(&self, request: ExportTable) -> Answer<'_, Export> {
        Box::pin(self.export(request))
    }

    fn describe_export<'a>(&'a self, arn: &'a str) -> Answer<'a, Export> {
        Box::pin(async move {
            let call = self.sdk.describe_export().export_arn(arn);
            let output = send(SERVICE, "DescribeExport", call.send()).await?;
            Ok(exported(output.export_description))
        })
    }

    fn list_exports<'a>(&'a self, table_arn: &'a str) -> Answer<'a, Vec<String>> {
        Box::pin(self.exports(table_arn))
    }
}

fn destination(given: sdk::KinesisDataStreamDestination) -> KinesisDestination {
    let precision = given.approximate_creation_date_time_precision;
    KinesisDestination {
        stream_arn: given.stream_arn.unwrap_or_default(),
        status: text(given.destination_status.as_ref().map(|s| s.as_str())).unwrap_or_default(),
        status_description: given.destination_status_description,
        precision: text(precision.as_ref().map(|p| p.as_str())),
    }
}

fn exported(given: Option<sdk::ExportDescription>) -> Export {
    let Some(e) = given else {
        return Export::default();
    };
    let seconds = |time: Option<DateTime>| time.map(|time| time.as_secs_f64());
    Export {
        arn: e.export_arn.unwrap_or_default(),
        status: text(e.export_status.as_ref().map(|s| s.as_str())).unwrap_or_default(),
        table_arn: e.table_arn,
        client_token: e.client_token,
        start_time: seconds(e.start_time),
        end_time: seconds(e.end_time),
        export_time: seconds(e.export_time),
        manifest: e.export_manifest,
        s3_bucket: e.s3_bucket,
        s3_bucket_owner: e.s3_bucket_owner,
        s3_prefix: e.s3_prefix,
        s3_sse_algorithm: text(e.s3_sse_algorithm.as_ref().map(|a| a.as_str())),
        s3_sse_kms_key_id: e.s3_sse_kms_key_id,
        failure_code: e.failure_code,
        failure_message: e.failure_message,
        export_format: text(e.export_format.as_ref().map(|f| f.as_str())),
        export_type: text(e.export_type.as_ref().map(|t| t.as_str())),
        incremental: e
            .incremental_export_specification
            .map(|span| IncrementalExport {
                from_time: seconds(span.export_from_time),
                to_time: seconds(span.export_to_time),
                view_type: text(span.export_view_type.as_ref().map(|v| v.as_str())),
            }),
        billed_size_bytes: e.billed_size_bytes,
        item_count: e.item_count,
    }
}
