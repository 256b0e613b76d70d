//! `base64gzip` and `base64gunzip`: text compressed by gzip, in Base64.

mod codes;
mod matching;
mod writer;

use std::io::Read as _;

use base64::Engine as _;
use flate2::Crc;
use flate2::read::MultiGzDecoder;
use trueup_value::Value;

use crate::base64_text::ENGINE;
use crate::function::{Call, Function, FunctionError, Shape, call_error};
use crate::strings::STR;

/// Larger texts are not unpacked: a short text can stand for any number of bytes.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;

/// `base64gzip`
pub static BASE64GZIP: Function = Function::new(
    "base64gzip",
    "A string compressed by gzip, in Base64.",
    &[STR],
    Shape::String,
    |call| {
        Ok(Value::string(
            ENGINE.encode(packed(call.text(0).as_bytes())),
        ))
    },
);

/// A member of a gzip file: no name, no time, an empty block after the text and another one at the end.
fn packed(text: &[u8]) -> Vec<u8> {
    let mut writer = writer::Writer::default();
    for block in matching::blocks(text) {
        writer.block(&block);
    }
    writer.stored(&[], false);
    writer.stored(&[], true);
    let mut crc = Crc::new();
    crc.update(text);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    bytes.extend(writer.finish());
    bytes.extend(crc.sum().to_le_bytes());
    bytes.extend(crc.amount().to_le_bytes());
    bytes
}

/// `base64gunzip`
pub static BASE64GUNZIP: Function = Function::new(
    "base64gunzip",
    "The text that is compressed by gzip and written in Base64.",
    &[STR.marked()],
    Shape::String,
    base64gunzip,
);

fn base64gunzip(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (value, marks) = call.args[0].unmark();
    let text = value.as_str().unwrap_or_default();
    let shown = || {
        if marks.is_empty() {
            crate::strings::quoted(text)
        } else {
            "(sensitive value)".to_owned()
        }
    };
    let plain: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let bytes = ENGINE
        .decode(plain)
        .map_err(|_| call_error(format!("failed to decode base64 data {}", shown())))?;
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(&*bytes)
        .take(MOST_UNPACKED + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| call_error(format!("failed to decompress base64 data {}", shown())))?;
    if unpacked.len() as u64 > MOST_UNPACKED {
        return Err(call_error(format!(
            "the text is larger than {MOST_UNPACKED} bytes"
        )));
    }
    let text = String::from_utf8(unpacked)
        .map_err(|_| call_error("the result of decompressing the data is not valid UTF-8"))?;
    Ok(Value::string(text).with_marks(marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        MultiGzDecoder::new(bytes)
            .read_to_end(&mut text)
            .expect("what was packed can be unpacked");
        text
    }

    #[test]
    fn what_is_packed_comes_back() {
        let mut state = 7_u32;
        let mut noise = |count: usize, letters: u32| -> Vec<u8> {
            (0..count)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ((state >> 16) % letters) as u8
                })
                .collect()
        };
        for text in [
            Vec::new(),
            b"a".to_vec(),
            b"hello".to_vec(),
            vec![b'x'; 100_000],
            noise(70_000, 256),
            noise(200_000, 3),
            noise(50_000, 40).repeat(3),
        ] {
            assert_eq!(unpacked(&packed(&text)), text);
        }
    }
}
