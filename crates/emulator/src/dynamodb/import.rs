//! Imports: a new table filled from objects in the embedded S3, as JSON lines of DynamoDB or CSV.

use std::io::Read as _;

use serde_json::{Map, Value, json};

use super::overlay::Overlay;
use super::region::Region;
use super::tables::{self, finish_deletion, in_use};
use super::wire::{Failure, read_value};
use super::{now, table_name};
use crate::s3::S3Store;

/// The kind of record that an import is.
const KIND: &str = "import";

/// The most that one object may unpack to.
const LARGEST: u64 = 1 << 30;

/// ImportTable. The items are there when it answers; the import is shown under way as long as changes are.
pub(crate) fn begin(region: &Region, store: &S3Store, request: &Value) -> Result<Value, Failure> {
    let missing = |place: &str| {
        Failure::validation(format!(
            "1 validation error detected: Value null at '{place}' failed to satisfy constraint: Member must not be null"
        ))
    };
    let parameters = request
        .get("TableCreationParameters")
        .ok_or_else(|| missing("tableCreationParameters"))?;
    let source = request
        .get("S3BucketSource")
        .ok_or_else(|| missing("s3BucketSource"))?;
    let bucket = source
        .get("S3Bucket")
        .and_then(Value::as_str)
        .ok_or_else(|| missing("s3BucketSource.s3Bucket"))?;
    let format = request
        .get("InputFormat")
        .and_then(Value::as_str)
        .ok_or_else(|| missing("inputFormat"))?;
    if !matches!(format, "DYNAMODB_JSON" | "CSV") {
        return Err(Failure::validation(format!(
            "The embedded AWS imports DYNAMODB_JSON and CSV, not {format}"
        )));
    }
    let compression = request.get("InputCompressionType").and_then(Value::as_str);
    let packed = match compression {
        None | Some("" | "NONE") => false,
        Some("GZIP") => true,
        Some(other) => {
            return Err(Failure::validation(format!(
                "The embedded AWS imports objects that are plain or packed by GZIP, not by {other}"
            )));
        }
    };
    let name = table_name(parameters)?.to_owned();
    let mut records = region.records();
    let token = request.get("ClientToken").and_then(Value::as_str);
    if let Some(token) = token
        && let Some(kept) = records
            .documents(KIND)?
            .into_iter()
            .find(|kept| kept["description"]["ClientToken"] == token)
    {
        return Ok(json!({"ImportTableDescription": shown(&kept)}));
    }
    finish_deletion(region, &mut records, &name)?;
    if region.has_table(&name) {
        return Err(in_use(&format!("Table already exists: {name}")));
    }
    let arn = format!(
        "{}/import/{:014}-{}",
        region.table_arn(&name),
        jiff::Timestamp::now().as_millisecond(),
        uuid::Uuid::new_v4()
            .simple()
            .to_string()
            .get(..8)
            .unwrap_or_default()
    );
    let mut description = json!({
        "ImportArn": arn,
        "ImportStatus": "COMPLETED",
        "TableArn": region.table_arn(&name),
        "ClientToken": token,
        "S3BucketSource": source,
        "InputFormat": format,
        "InputCompressionType": compression.filter(|kind| !kind.is_empty()).unwrap_or("NONE"),
        "TableCreationParameters": parameters,
        "StartTime": now(),
        "EndTime": now(),
    });
    let prefix = source.get("S3KeyPrefix").and_then(Value::as_str);
    let objects = store
        .contents(bucket, prefix.unwrap_or_default())
        .map_err(Failure::internal)?;
    match objects {
        None => fail(
            &mut description,
            "S3NoSuchBucket",
            "The specified bucket does not exist",
        ),
        Some(objects) => {
            let record = tables::record_of(region, &name, parameters);
            tables::make(region, &mut records, &name, record, parameters.clone())?;
            let filled = fill(region, &name, request, &objects, packed, format == "CSV")?;
            if let (Some(description), Some(filled)) =
                (description.as_object_mut(), filled.as_object())
            {
                description.extend(filled.clone());
            }
        }
    }
    let kept = json!({"description": description, "left": region.describes});
    records.keep(KIND, &arn, &kept)?;
    let begun = json!({"description": kept["description"], "left": region.describes.max(1)});
    Ok(json!({"ImportTableDescription": shown(&begun)}))
}

/// DescribeImport: one describe of its way there is used up.
pub(crate) fn describe(region: &Region, request: &Value) -> Result<Value, Failure> {
    let arn = request
        .get("ImportArn")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut records = region.records();
    let Some(mut kept) = records.document(KIND, arn)? else {
        return Err(Failure::model(
            "ImportNotFoundException",
            format!("Import not found: {arn}"),
        ));
    };
    let answer = json!({"ImportTableDescription": shown(&kept)});
    let left = kept["left"].as_u64().unwrap_or(0);
    if left > 0 {
        kept["left"] = (left - 1).into();
        keep(&mut records, arn, &kept)?;
    }
    Ok(answer)
}

fn keep(records: &mut Overlay, arn: &str, kept: &Value) -> Result<(), Failure> {
    records.keep(KIND, arn, kept)
}

/// The description as a describe shows it now.
fn shown(kept: &Value) -> Value {
    let mut shown = kept["description"].clone();
    if kept["left"].as_u64().unwrap_or(0) > 0
        && let Some(members) = shown.as_object_mut()
    {
        members.insert("ImportStatus".to_owned(), "IN_PROGRESS".into());
        for member in ["EndTime", "FailureCode", "FailureMessage"] {
            members.shift_remove(member);
        }
    }
    shown
}

fn fail(description: &mut Value, code: &str, message: &str) {
    description["ImportStatus"] = "FAILED".into();
    description["FailureCode"] = code.into();
    description["FailureMessage"] = message.into();
}

/// Puts the items of all objects into a table, and counts them.
fn fill(
    region: &Region,
    name: &str,
    request: &Value,
    objects: &[Vec<u8>],
    packed: bool,
    csv: bool,
) -> Result<Value, Failure> {
    let (mut processed, mut imported, mut size) = (0_u64, 0_u64, 0_u64);
    for object in objects {
        size += u64::try_from(object.len()).unwrap_or(u64::MAX);
        let text = if packed {
            unpacked(object)
        } else {
            String::from_utf8_lossy(object).into_owned()
        };
        let items = if csv {
            csv_items(&text, request)
        } else {
            json_items(&text)
        };
        for item in items {
            processed += 1;
            let Some(item) = item else { continue };
            let put = json!({"TableName": name, "Item": item});
            let put = read_value("PutItem", put).ok();
            if let Some(put) = put
                && region.engine().put_item(put).is_ok()
            {
                imported += 1;
            }
        }
    }
    Ok(json!({
        "ProcessedSizeBytes": size,
        "ProcessedItemCount": processed,
        "ImportedItemCount": imported,
        "ErrorCount": processed - imported,
    }))
}

fn unpacked(object: &[u8]) -> String {
    let mut bytes = Vec::new();
    // What can't be unpacked ends the object; what came before it counts.
    let _ = flate2::read::MultiGzDecoder::new(object)
        .take(LARGEST)
        .read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Lines of `{"Item": {...}}`; `None` for a line that is none.
fn json_items(text: &str) -> Vec<Option<Value>> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let record: Value = serde_json::from_str(line).ok()?;
            record.get("Item").cloned()
        })
        .collect()
}

/// Lines of a table: all values are strings but those of key attributes, which have their types.
fn csv_items(text: &str, request: &Value) -> Vec<Option<Value>> {
    let options = request.pointer("/InputFormatOptions/Csv");
    let delimiter = options
        .and_then(|csv| csv.get("Delimiter"))
        .and_then(Value::as_str)
        .and_then(|text| text.chars().next())
        .unwrap_or(',');
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let given: Vec<String> = options
        .and_then(|csv| csv.get("HeaderList"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let header = if given.is_empty() {
        lines
            .next()
            .map(|line| fields(line, delimiter))
            .unwrap_or_default()
    } else {
        given
    };
    let kinds: Map<String, Value> = request
        .pointer("/TableCreationParameters/AttributeDefinitions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|definition| {
            let name = definition.get("AttributeName")?.as_str()?.to_owned();
            Some((name, definition.get("AttributeType")?.clone()))
        })
        .collect();
    lines
        .map(|line| {
            let values = fields(line, delimiter);
            if values.len() > header.len() {
                return None;
            }
            let item: Map<String, Value> = header
                .iter()
                .zip(values)
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| {
                    let kind = kinds.get(name).and_then(Value::as_str).unwrap_or("S");
                    (name.clone(), json!({ kind: value }))
                })
                .collect();
            Some(Value::Object(item))
        })
        .collect()
}

/// The fields of a line; quotes keep delimiters, two of them are one.
fn fields(line: &str, delimiter: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let Some(field) = fields.last_mut() else {
            break;
        };
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            c if c == delimiter && !quoted => fields.push(String::new()),
            c => field.push(c),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_parted_outside_of_quotes() {
        assert_eq!(fields("a,\"b,\"\"c\",", ','), ["a", "b,\"c", ""]);
        assert_eq!(fields("1;2", ';'), ["1", "2"]);
    }

    #[test]
    fn keys_of_csv_have_their_types() {
        let request = json!({
            "TableCreationParameters": {"AttributeDefinitions": [
                {"AttributeName": "n", "AttributeType": "N"},
            ]},
        });
        assert_eq!(
            csv_items("n,name\n1,a\n2,\n3,a,b\n", &request),
            [
                Some(json!({"n": {"N": "1"}, "name": {"S": "a"}})),
                Some(json!({"n": {"N": "2"}})),
                None,
            ]
        );
    }
}
