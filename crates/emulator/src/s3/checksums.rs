//! Checksums of content: given ones verified, missing ones made.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::{S3Error, S3ErrorCode, S3Result};

/// The algorithms, as they are named in headers and in our records.
pub(crate) const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

/// The MD5 of a content in lower-case hex, as an ETag holds it.
pub(crate) fn md5_hex(body: &[u8]) -> String {
    hex(&md5_of(body))
}

/// The MD5 of a content.
pub(crate) fn md5_of(body: &[u8]) -> [u8; 16] {
    use md5::Digest as _;
    md5::Md5::digest(body).into()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of a lower-case hex text; `None` if it is none.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

/// One checksum in base64; `None` for an algorithm that is not known.
pub(crate) fn sum(algorithm: &str, body: &[u8]) -> Option<String> {
    let mut hasher = ChecksumHasher::default();
    match algorithm {
        "crc32" => hasher.crc32 = Some(Crc32::new()),
        "crc32c" => hasher.crc32c = Some(Crc32c::new()),
        "crc64nvme" => hasher.crc64nvme = Some(Crc64Nvme::new()),
        "sha1" => hasher.sha1 = Some(Sha1::new()),
        "sha256" => hasher.sha256 = Some(Sha256::new()),
        _ => return None,
    }
    hasher.update(body);
    let sums = hasher.finalize();
    sums.checksum_crc32
        .or(sums.checksum_crc32c)
        .or(sums.checksum_crc64nvme)
        .or(sums.checksum_sha1)
        .or(sums.checksum_sha256)
}

/// Verifies `Content-MD5`.
pub(crate) fn check_md5(given: Option<&str>, body: &[u8]) -> S3Result<()> {
    let Some(given) = given else { return Ok(()) };
    let bytes = STANDARD
        .decode(given)
        .ok()
        .filter(|bytes| bytes.len() == 16)
        .ok_or_else(|| {
            S3Error::with_message(
                S3ErrorCode::InvalidDigest,
                "The Content-MD5 you specified was invalid.",
            )
        })?;
    if bytes == md5_of(body) {
        Ok(())
    } else {
        Err(S3Error::with_message(
            S3ErrorCode::BadDigest,
            "The Content-MD5 you specified did not match what we received.",
        ))
    }
}

/// Verifies the checksums a request gives and returns what is kept: these, or
/// one of the wanted algorithm, or CRC64NVME where nothing was asked for.
pub(crate) fn settle(
    given: &BTreeMap<String, String>,
    wanted: Option<&str>,
    body: &[u8],
) -> S3Result<BTreeMap<String, String>> {
    for (algorithm, value) in given {
        let ours = sum(algorithm, body).unwrap_or_default();
        if ours != *value {
            return Err(S3Error::with_message(
                S3ErrorCode::BadDigest,
                format!(
                    "The {} you specified did not match the calculated checksum.",
                    algorithm.to_uppercase()
                ),
            ));
        }
    }
    if !given.is_empty() {
        return Ok(given.clone());
    }
    let algorithm = wanted
        .map(str::to_lowercase)
        .filter(|name| ALGORITHMS.contains(&name.as_str()))
        .unwrap_or_else(|| "crc64nvme".to_owned());
    let value = sum(&algorithm, body).unwrap_or_default();
    Ok(BTreeMap::from([(algorithm, value)]))
}

/// The checksum of checksums that a multipart object has.
pub(crate) fn composite(algorithm: &str, parts: &[&str]) -> Option<String> {
    let mut joined = Vec::new();
    for part in parts {
        joined.extend(STANDARD.decode(part).ok()?);
    }
    sum(algorithm, &joined).map(|sum| format!("{sum}-{}", parts.len()))
}

/// Collects the checksums of an input with the usual five fields.
macro_rules! given_sums {
    ($input:expr) => {{
        let mut given = std::collections::BTreeMap::new();
        for (name, value) in [
            ("crc32", &$input.checksum_crc32),
            ("crc32c", &$input.checksum_crc32c),
            ("crc64nvme", &$input.checksum_crc64nvme),
            ("sha1", &$input.checksum_sha1),
            ("sha256", &$input.checksum_sha256),
        ] {
            if let Some(value) = value {
                given.insert(name.to_owned(), value.clone());
            }
        }
        given
    }};
}
pub(crate) use given_sums;

/// Fills the usual five fields of an output.
macro_rules! fill_sums {
    ($output:expr, $sums:expr) => {{
        let sums = $sums;
        $output.checksum_crc32 = sums.get("crc32").cloned();
        $output.checksum_crc32c = sums.get("crc32c").cloned();
        $output.checksum_crc64nvme = sums.get("crc64nvme").cloned();
        $output.checksum_sha1 = sums.get("sha1").cloned();
        $output.checksum_sha256 = sums.get("sha256").cloned();
    }};
}
pub(crate) use fill_sums;
