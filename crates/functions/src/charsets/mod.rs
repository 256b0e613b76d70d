//! `textencodebase64` and `textdecodebase64`: text in other encodings than UTF-8, in Base64.

mod hz;
mod singles;

use base64::Engine as _;
use encoding_rs::Encoding;
use trueup_value::Value;

use crate::base64_text::ENGINE;
use crate::function::{Call, Function, FunctionError, Parameter, Shape, argument_error};
use singles::{Single, singles};

const ENCODING: Parameter = Parameter::string(
    "encoding",
    "The encoding, by its name in the registry of character sets.",
);

/// `textencodebase64`
pub static TEXTENCODEBASE64: Function = Function::new(
    "textencodebase64",
    "The bytes of a string in some encoding, in Base64.",
    &[Parameter::string("string", "The string."), ENCODING],
    Shape::String,
    |call| {
        let charset = charset(call)?;
        let bytes = charset.encode(call.text(0)).ok_or_else(|| {
            argument_error(
                0,
                format!(
                    "the given string contains characters that cannot be represented in {}",
                    charset.name()
                ),
            )
        })?;
        Ok(Value::string(ENGINE.encode(bytes)))
    },
);

/// `textdecodebase64`
pub static TEXTDECODEBASE64: Function = Function::new(
    "textdecodebase64",
    "The text whose bytes in some encoding are written in Base64.",
    &[Parameter::string("source", "The Base64."), ENCODING],
    Shape::String,
    |call| {
        let charset = charset(call)?;
        let text = call.text(0);
        let plain: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        let bytes = ENGINE.decode(plain).map_err(|error| {
            let offset = match error {
                base64::DecodeError::InvalidByte(offset, _)
                | base64::DecodeError::InvalidLastSymbol(offset, _) => offset,
                _ => 0,
            };
            argument_error(
                0,
                format!("the given value is has an invalid base64 symbol at offset {offset}"),
            )
        })?;
        // A character that stands for what could not be read is not accepted either.
        charset
            .decode(&bytes)
            .filter(|text| !text.contains('\u{fffd}'))
            .map(Value::string)
            .ok_or_else(|| {
                argument_error(
                    0,
                    format!(
                        "the given string contains symbols that are not defined for {}",
                        charset.name()
                    ),
                )
            })
    },
);

/// An encoding.
enum Charset {
    Utf8,
    /// Sixteen bits a unit; big-endian unless said otherwise, with a mark of the order where `mark` says so.
    Utf16 {
        name: &'static str,
        little: bool,
        mark: bool,
    },
    Single(&'static Single),
    Hz,
    Several(&'static str, &'static Encoding),
}

fn charset(call: &Call<'_>) -> Result<Charset, FunctionError> {
    let name = call.text(1);
    find(name).ok_or_else(|| {
        argument_error(
            1,
            format!(
                "{} is not a supported IANA encoding name or alias in this Terraform version",
                crate::strings::quoted(name)
            ),
        )
    })
}

/// Encodings of several bytes a character: the preferred name, other names, and who reads and writes it.
static SEVERAL: &[(&str, &[&str], &Encoding)] = &[
    (
        "Shift_JIS",
        &["MS_Kanji", "csShiftJIS"],
        encoding_rs::SHIFT_JIS,
    ),
    (
        "Extended_UNIX_Code_Packed_Format_for_Japanese",
        &["csEUCPkdFmtJapanese", "EUC-JP"],
        encoding_rs::EUC_JP,
    ),
    ("ISO-2022-JP", &["csISO2022JP"], encoding_rs::ISO_2022_JP),
    ("EUC-KR", &["csEUCKR"], encoding_rs::EUC_KR),
    (
        "GBK",
        &["CP936", "MS936", "windows-936", "csGBK"],
        encoding_rs::GBK,
    ),
    ("GB18030", &["csGB18030"], encoding_rs::GB18030),
    ("Big5", &["csBig5"], encoding_rs::BIG5),
];

fn find(name: &str) -> Option<Charset> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    let any = |aliases: &[&str]| aliases.iter().any(|alias| is(alias));
    if any(&["UTF-8", "csUTF8"]) {
        return Some(Charset::Utf8);
    }
    for (known, alias, little, mark) in [
        ("UTF-16", "csUTF16", false, true),
        ("UTF-16BE", "csUTF16BE", false, false),
        ("UTF-16LE", "csUTF16LE", true, false),
    ] {
        if is(known) || is(alias) {
            return Some(Charset::Utf16 {
                name: known,
                little,
                mark,
            });
        }
    }
    if is("HZ-GB-2312") {
        return Some(Charset::Hz);
    }
    if let Some((known, _, encoding)) = SEVERAL
        .iter()
        .find(|(known, aliases, _)| is(known) || any(aliases))
    {
        return Some(Charset::Several(known, encoding));
    }
    singles()
        .find(|single| is(single.name) || any(single.aliases))
        .map(Charset::Single)
}

impl Charset {
    fn name(&self) -> &'static str {
        match self {
            Charset::Utf8 => "UTF-8",
            Charset::Utf16 { name, .. } => name,
            Charset::Single(single) => single.name,
            Charset::Hz => "HZ-GB-2312",
            Charset::Several(name, _) => name,
        }
    }

    /// The bytes; nothing where a character has none.
    fn encode(&self, text: &str) -> Option<Vec<u8>> {
        Some(match self {
            Charset::Utf8 => text.as_bytes().to_vec(),
            Charset::Utf16 { little, mark, .. } => {
                let order = if *mark { "\u{feff}" } else { "" };
                let units = order.encode_utf16().chain(text.encode_utf16());
                units
                    .flat_map(|unit| {
                        if *little {
                            unit.to_le_bytes()
                        } else {
                            unit.to_be_bytes()
                        }
                    })
                    .collect()
            }
            Charset::Single(single) => single.encode(text)?,
            Charset::Hz => hz::encode(text)?,
            Charset::Several(_, encoding) => {
                let japanese = [
                    encoding_rs::SHIFT_JIS,
                    encoding_rs::EUC_JP,
                    encoding_rs::ISO_2022_JP,
                ];
                // These are taken for the backslash and the tilde there, which they are not.
                let mistaken = japanese.contains(encoding) && text.contains(['\u{80}', '¥', '‾']);
                let (bytes, _, unmapped) = encoding.encode(text);
                if unmapped || mistaken {
                    return None;
                }
                bytes.into_owned()
            }
        })
    }

    /// The text; nothing where bytes mean nothing.
    fn decode(&self, bytes: &[u8]) -> Option<String> {
        match self {
            Charset::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Charset::Utf16 { little, mark, .. } => {
                let (little, bytes) = match (mark, bytes) {
                    (true, [0xff, 0xfe, rest @ ..]) => (true, rest),
                    (true, [0xfe, 0xff, rest @ ..]) => (false, rest),
                    _ => (*little, bytes),
                };
                let (units, rest) = bytes.as_chunks::<2>();
                if !rest.is_empty() {
                    return None;
                }
                let units = units.iter().map(|unit| {
                    if little {
                        u16::from_le_bytes(*unit)
                    } else {
                        u16::from_be_bytes(*unit)
                    }
                });
                char::decode_utf16(units)
                    .collect::<Result<String, _>>()
                    .ok()
            }
            Charset::Single(single) => single.decode(bytes),
            Charset::Hz => hz::decode(bytes),
            Charset::Several(_, encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(|text| text.into_owned()),
        }
    }
}

impl Single {
    fn character(&self, byte: u8) -> Option<char> {
        let count = self.characters.chars().count();
        let at = usize::from(byte);
        let from = 256 - count;
        if at < from {
            return Some(char::from(byte));
        }
        self.characters
            .chars()
            .nth(at - from)
            .filter(|c| *c != '\u{fffd}')
    }

    fn decode(&self, bytes: &[u8]) -> Option<String> {
        let table: Vec<Option<char>> = (0..=u8::MAX).map(|byte| self.character(byte)).collect();
        bytes.iter().map(|byte| table[usize::from(*byte)]).collect()
    }

    fn encode(&self, text: &str) -> Option<Vec<u8>> {
        let table: std::collections::BTreeMap<char, u8> = (0..=u8::MAX)
            .rev()
            .filter_map(|byte| Some((self.character(byte)?, byte)))
            .collect();
        text.chars().map(|c| table.get(&c).copied()).collect()
    }
}
