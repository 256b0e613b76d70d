//! The `aws-chunked` body encoding: chunks with optional signatures, trailing headers at the end.

use bytes::{Bytes, BytesMut};

/// A decoded body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The content.
    pub(crate) body: Bytes,
    /// Trailing headers, names in lower case.
    pub(crate) trailers: Vec<(String, String)>,
}

/// Decodes a body; `None` if it is not well-formed. Chunk signatures are not verified.
pub(crate) fn decode(mut input: &[u8]) -> Option<Decoded> {
    let mut body = BytesMut::with_capacity(input.len());
    loop {
        let (line, rest) = line(input)?;
        let line = std::str::from_utf8(line).ok()?;
        let size = line.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(Decoded {
                body: body.freeze(),
                trailers: trailers(rest)?,
            });
        }
        let chunk = rest.get(..size)?;
        body.extend_from_slice(chunk);
        let after = rest.get(size..)?;
        input = after.strip_prefix(b"\r\n")?;
    }
}

fn trailers(mut input: &[u8]) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        let (text, rest) = match line(input) {
            Some(split) => split,
            None => (input, &[][..]),
        };
        input = rest;
        let text = std::str::from_utf8(text).ok()?;
        if text.is_empty() {
            continue;
        }
        let (name, value) = text.split_once(':')?;
        found.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    Some(found)
}

/// The bytes up to the next line end (CR LF, or a bare LF), and those after it.
fn line(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = input.iter().position(|&b| b == b'\n')?;
    let text = input.get(..at)?;
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    Some((text, input.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn signed_chunks_and_trailers_are_taken_apart() {
        let input = b"5;chunk-signature=abc\r\nhello\r\n6;chunk-signature=def\r\n world\r\n0;chunk-signature=0\r\nx-amz-checksum-crc32:AAAA\r\nx-amz-trailer-signature:00\r\n\r\n";
        let decoded = decode(input).expect("a well-formed body");
        assert_eq!(&decoded.body[..], b"hello world");
        assert_eq!(decoded.trailers[0].0, "x-amz-checksum-crc32");
        assert_eq!(decoded.trailers[0].1, "AAAA");
    }

    #[test]
    fn a_cut_body_is_refused() {
        assert_eq!(decode(b"5\r\nhel"), None);
        assert_eq!(decode(b"zz\r\n"), None);
        assert_eq!(decode(b""), None);
        assert_eq!(decode(b"ffffffffffffffff\r\nx"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_apart_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..80),
            text in "[0-9a-f;:=\\r\\n]{0,80}",
        ) {
            for input in [bytes.as_slice(), text.as_bytes()] {
                if let Some(decoded) = decode(input) {
                    prop_assert!(decoded.body.len() < input.len());
                }
            }
        }

        #[test]
        fn chunks_of_any_bytes_come_together(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 0..5),
        ) {
            let mut input = Vec::new();
            for chunk in &chunks {
                input.extend(format!("{:x};chunk-signature=0\r\n", chunk.len()).bytes());
                input.extend(chunk);
                input.extend(b"\r\n");
            }
            input.extend(b"0\r\nx-amz-trailer:a\r\n\r\n");
            let decoded = decode(&input).expect("a well-formed body");
            prop_assert_eq!(&decoded.body[..], chunks.concat());
            prop_assert_eq!(decoded.trailers, [("x-amz-trailer".to_owned(), "a".to_owned())]);
        }
    }
}
