//! What an export writes: the items as records, and the manifests that tell of them.

use serde_json::{Map, Value, json};

use super::export_format::{gzip, ion_line, json_line, stamp};
use super::items;
use super::region::Region;
use super::wire::Failure;
use crate::s3::md5_base64;

/// One export under way.
pub(super) struct Work<'a> {
    pub(super) region: &'a Region,
    pub(super) name: &'a str,
    /// Where the manifests go.
    pub(super) folder: String,
    /// Where the data goes.
    pub(super) data: String,
    pub(super) id: &'a str,
}

/// An object to write: its key, its content type, its bytes.
pub(super) type Written = (String, &'static str, Vec<u8>);

impl Work<'_> {
    /// All objects of the export; the description learns what is in them.
    pub(super) fn objects(
        &self,
        description: &mut Value,
        incremental: bool,
    ) -> Result<Vec<Written>, Failure> {
        let items = self.items()?;
        let metadata = self.region.engine().get_table_metadata(self.name)?;
        let keys: Vec<String> = metadata
            .and_then(|table| serde_json::from_str::<Value>(&table.key_schema).ok())
            .and_then(|keys| {
                let names = keys.as_array()?.iter();
                let name = |key: &Value| Some(key.get("AttributeName")?.as_str()?.to_owned());
                Some(names.filter_map(name).collect())
            })
            .unwrap_or_default();
        let ion = description["ExportFormat"] == "ION";
        let mut lines = String::new();
        for item in &items {
            let record = match incremental {
                true => changed(item, &keys, description),
                false => json!({"Item": item}),
            };
            lines.push_str(&if ion {
                ion_line(&record)
            } else {
                json_line(&record)
            });
        }
        let size = lines.len();
        let body = gzip(lines.as_bytes());
        let (suffix, kind) = if ion {
            ("ion.gz", "application/octet-stream")
        } else {
            ("json.gz", "application/octet-stream")
        };
        let key = format!(
            "{}/{}.{suffix}",
            self.data,
            self.id.rsplit('-').next().unwrap_or(self.id)
        );
        let files = json!({
            "itemCount": items.len(),
            "md5Checksum": md5_base64(&body),
            "etag": format!("{}-1", self.id),
            "dataFileS3Key": key,
        });
        let files_key = format!("{}/manifest-files.json", self.folder);
        let summary_key = format!("{}/manifest-summary.json", self.folder);
        if let Some(object) = description.as_object_mut() {
            object.insert("ExportManifest".to_owned(), summary_key.as_str().into());
            object.insert("BilledSizeBytes".to_owned(), size.into());
            object.insert("ItemCount".to_owned(), items.len().into());
        }
        let time = |member: &str| description[member].as_f64().map(stamp);
        let summary = json!({
            "version": "2023-08-01",
            "exportArn": description["ExportArn"],
            "startTime": time("StartTime"),
            "endTime": time("EndTime"),
            "tableArn": description["TableArn"],
            "exportTime": time("ExportTime"),
            "s3Bucket": description["S3Bucket"],
            "s3Prefix": description["S3Prefix"],
            "s3SseAlgorithm": description["S3SseAlgorithm"],
            "s3SseKmsKeyId": description["S3SseKmsKeyId"],
            "manifestFilesS3Key": files_key,
            "billedSizeBytes": size,
            "itemCount": items.len(),
            "outputFormat": description["ExportFormat"],
            "outputView": description["IncrementalExportSpecification"]["ExportViewType"],
            "exportType": description["ExportType"],
        });
        let (files, summary) = (format!("{files}\n"), summary.to_string());
        let sums = [md5_base64(files.as_bytes()), md5_base64(summary.as_bytes())];
        let [files_sum, summary_sum] = sums;
        Ok(vec![
            (
                format!("{}/_started", self.folder),
                "application/octet-stream",
                Vec::new(),
            ),
            (key, kind, body),
            (files_key, "application/json", files.into_bytes()),
            (
                format!("{}/manifest-files.md5", self.folder),
                "text/plain",
                files_sum.into_bytes(),
            ),
            (summary_key, "application/json", summary.into_bytes()),
            (
                format!("{}/manifest-summary.md5", self.folder),
                "text/plain",
                summary_sum.into_bytes(),
            ),
        ])
    }

    fn items(&self) -> Result<Vec<Value>, Failure> {
        let mut found = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut request = json!({"TableName": self.name});
            if let (Some(object), false) = (request.as_object_mut(), start.is_null()) {
                object.insert("ExclusiveStartKey".to_owned(), start);
            }
            let text = request.to_string();
            let Some(page) = items::answer(self.region, "Scan", text.as_bytes()) else {
                return Err(Failure::internal("Scan is a call on items"));
            };
            let mut page: Value = serde_json::from_slice(&page?).map_err(Failure::internal)?;
            if let Some(Value::Array(items)) = page.get_mut("Items").map(Value::take) {
                found.extend(items);
            }
            match page.get_mut("LastEvaluatedKey").map(Value::take) {
                Some(key) if !key.is_null() => start = key,
                _ => return Ok(found),
            }
        }
    }
}

/// A record of an incremental export: the item as if it had been written at the end of the span.
fn changed(item: &Value, keys: &[String], description: &Value) -> Value {
    let key: Map<String, Value> = keys
        .iter()
        .filter_map(|name| Some((name.clone(), item.get(name)?.clone())))
        .collect();
    let to = &description["IncrementalExportSpecification"]["ExportToTime"];
    let micros = to.as_f64().unwrap_or_default() * 1_000_000.0;
    json!({
        "Metadata": {"WriteTimestampMicros": {"N": format!("{micros:.0}")}},
        "Keys": key,
        "NewImage": item,
    })
}
