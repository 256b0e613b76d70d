//! The formats of exported data: DynamoDB JSON and Amazon Ion, a line an item, packed with gzip.

use s3s::crypto::Checksum as _;
use serde_json::Value;

/// The most bytes of one stored block.
const BLOCK: usize = 65_535;

/// A content as a gzip file, stored without compression: readers unpack it all the same.
pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut blocks = content.chunks(BLOCK).peekable();
    if blocks.peek().is_none() {
        file.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        file.push(u8::from(blocks.peek().is_none()));
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(block);
    }
    let mut crc = s3s::crypto::Crc32::new();
    crc.update(content);
    file.extend(u32::from_be_bytes(crc.finalize()).to_le_bytes());
    // The size is told modulo 2^32.
    let [a, b, c, d, ..] = content.len().to_le_bytes();
    file.extend([a, b, c, d]);
    file
}

/// One record as a line of JSON.
pub(super) fn json_line(record: &Value) -> String {
    format!("{record}\n")
}

/// One record as a line of Ion text.
pub(super) fn ion_line(record: &Value) -> String {
    let parts: Vec<String> = record
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}:{}", ion_map(value)))
        .collect();
    format!("$ion_1_0 {{{}}}\n", parts.join(","))
}

fn ion_map(item: &Value) -> String {
    let members: Vec<String> = item
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{}:{}", quoted(name), ion(value)))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn ion(value: &Value) -> String {
    let Some((kind, inner)) = value.as_object().and_then(|object| object.iter().next()) else {
        return "null".to_owned();
    };
    let text = inner.as_str().unwrap_or_default();
    let each = |form: &dyn Fn(&str) -> String| {
        let texts = inner.as_array().into_iter().flatten();
        let texts: Vec<String> = texts.filter_map(Value::as_str).map(form).collect();
        texts.join(",")
    };
    match kind.as_str() {
        "S" => quoted(text),
        "N" => decimal(text),
        "B" => blob(text),
        "BOOL" => inner.to_string(),
        "L" => {
            let values: Vec<String> = inner.as_array().into_iter().flatten().map(ion).collect();
            format!("[{}]", values.join(","))
        }
        "M" => ion_map(inner),
        "SS" => format!("$dynamodb_SS::[{}]", each(&quoted)),
        "NS" => format!("$dynamodb_NS::[{}]", each(&decimal)),
        "BS" => format!("$dynamodb_BS::[{}]", each(&blob)),
        _ => "null".to_owned(),
    }
}

/// A number as an Ion decimal: with a point, exponents by `d`.
fn decimal(text: &str) -> String {
    let text = text.to_ascii_lowercase().replace('e', "d");
    if text.contains(['.', 'd']) {
        text
    } else {
        format!("{text}.")
    }
}

fn blob(base64: &str) -> String {
    format!("{{{{{base64}}}}}")
}

/// Seconds since 1970 as manifests write them, to the millisecond.
pub(super) fn stamp(seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a double beyond the range is cut to the last moment there is"
    )]
    let millis = (seconds * 1000.0).round() as i64;
    jiff::Timestamp::from_millisecond(millis)
        .map(|time| format!("{time:.3}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ion_has_every_type() {
        let record = json!({"Item": {
            "pk": {"S": "a\"b"}, "n": {"N": "5"}, "e": {"N": "1E+20"}, "b": {"B": "AQI="},
            "yes": {"BOOL": true}, "no": {"NULL": true}, "l": {"L": [{"N": "1.5"}]},
            "m": {"M": {"x": {"S": ""}}}, "ss": {"SS": ["a"]}, "ns": {"NS": ["1"]}, "bs": {"BS": ["AQI="]},
        }});
        assert_eq!(
            ion_line(&record),
            "$ion_1_0 {Item:{\"pk\":\"a\\\"b\",\"n\":5.,\"e\":1d+20,\"b\":{{AQI=}},\"yes\":true,\"no\":null,\"l\":[1.5],\"m\":{\"x\":\"\"},\"ss\":$dynamodb_SS::[\"a\"],\"ns\":$dynamodb_NS::[1.],\"bs\":$dynamodb_BS::[{{AQI=}}]}}\n"
        );
    }

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(stamp(1_700_000_000.25), "2023-11-14T22:13:20.250Z");
    }
}
