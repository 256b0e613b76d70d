//! HZ: Chinese text in seven bits, between `~{` and `~}` two bytes a character.

use encoding_rs::GBK;

/// The text; nothing where bytes mean nothing.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    let mut chinese = false;
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return Some(text),
            [b'~', b'{', rest @ ..] => {
                chinese = true;
                rest
            }
            [b'~', b'}', rest @ ..] => {
                chinese = false;
                rest
            }
            [b'~', b'~', rest @ ..] => {
                text.push('~');
                rest
            }
            [b'~', b'\n', rest @ ..] => rest,
            [b'~', ..] => return None,
            [high @ 0x21..=0x7d, low @ 0x21..=0x7e, rest @ ..] if chinese => {
                let pair = [high | 0x80, low | 0x80];
                text.push_str(&GBK.decode_without_bom_handling_and_without_replacement(&pair)?);
                rest
            }
            [byte @ ..0x80, rest @ ..] if !chinese => {
                text.push(char::from(*byte));
                rest
            }
            [b'\n', rest @ ..] => {
                chinese = false;
                text.push('\n');
                rest
            }
            _ => return None,
        };
    }
}

/// The bytes; nothing where a character has none.
pub(super) fn encode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut chinese = false;
    for c in text.chars() {
        if c.is_ascii() {
            if chinese {
                bytes.extend(b"~}");
                chinese = false;
            }
            if c == '~' {
                bytes.push(b'~');
            }
            bytes.push(u8::try_from(c).ok()?);
            continue;
        }
        let mut buffer = [0; 4];
        let (pair, _, unmapped) = GBK.encode(c.encode_utf8(&mut buffer));
        let [high @ 0xa1..=0xff, low @ 0xa1..=0xff] = *pair else {
            return None;
        };
        if unmapped {
            return None;
        }
        if !chinese {
            bytes.extend(b"~{");
            chinese = true;
        }
        bytes.extend([high & 0x7f, low & 0x7f]);
    }
    Some(bytes)
}
