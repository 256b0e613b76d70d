//! Redaction: what differs from run to run becomes a placeholder of its kind.
//!
//! UUIDs (lineages, lock and request ids among them) become `<uuid>`, request ids of AWS's own form
//! `<request-id>`, timestamps `<time>`, durations `<duration>`, process ids after the word `pid` `<pid>`.

/// What a test redacts beside the kinds that always are.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    replaced: Vec<(String, String)>,
}

impl Redaction {
    /// The kinds that always are redacted, nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also writes `placeholder` for every `text`; an empty text is ignored. Longer texts go first.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>, placeholder: &str) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.replaced.push((text, placeholder.to_string()));
            self.replaced
                .sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        }
        self
    }

    /// The text with placeholders, spaces at line ends taken off.
    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_string();
        for (from, to) in &self.replaced {
            text = text.replace(from, to);
        }
        let mut redacted = String::with_capacity(text.len());
        for line in redact(&text).split_inclusive('\n') {
            redacted.push_str(line.trim_end());
            if line.ends_with('\n') {
                redacted.push('\n');
            }
        }
        redacted
    }
}

/// The text with a placeholder for each thing that differs from run to run.
pub fn redact(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut redacted = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let starts_word = at == 0 || !is_word(bytes[at - 1]);
        let found = if starts_word && bytes[at].is_ascii_alphanumeric() {
            uuid(&bytes[at..])
                .map(|length| (length, "<uuid>"))
                .or_else(|| time(&bytes[at..]).map(|length| (length, "<time>")))
                .or_else(|| request_id(&bytes[at..]).map(|length| (length, "<request-id>")))
                .or_else(|| duration(&bytes[at..]).map(|length| (length, "<duration>")))
                .or_else(|| pid(&redacted, &bytes[at..]).map(|length| (length, "<pid>")))
        } else {
            None
        };
        if let Some((length, placeholder)) = found {
            redacted.push_str(placeholder);
            at += length;
        } else {
            let next = (at + 1..=bytes.len())
                .find(|next| text.is_char_boundary(*next))
                .unwrap_or(bytes.len());
            redacted.push_str(text.get(at..next).unwrap_or_default());
            at = next;
        }
    }
    redacted
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.'
}

/// `#` a digit, `h` a hexadecimal digit, anything else itself. The length where all of it is there.
fn shape(bytes: &[u8], shape: &str) -> Option<usize> {
    let matches = bytes.len() >= shape.len()
        && shape.bytes().zip(bytes).all(|(wanted, got)| match wanted {
            b'#' => got.is_ascii_digit(),
            b'h' => got.is_ascii_hexdigit(),
            wanted => wanted == *got,
        });
    matches.then_some(shape.len())
}

fn whole(bytes: &[u8], length: usize) -> Option<usize> {
    let ends = bytes
        .get(length)
        .is_none_or(|next| !next.is_ascii_alphanumeric());
    ends.then_some(length)
}

fn uuid(bytes: &[u8]) -> Option<usize> {
    let length = shape(bytes, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh")?;
    whole(bytes, length)
}

/// RFC 3339, and the form that Go prints: `2026-01-02 03:04:05.678 +0000 UTC`.
fn time(bytes: &[u8]) -> Option<usize> {
    let mut at =
        shape(bytes, "####-##-##T##:##:##").or_else(|| shape(bytes, "####-##-## ##:##:##"))?;
    let rest = |at: usize| bytes.get(at..).unwrap_or_default();
    if rest(at).first() == Some(&b'.') {
        at += 1 + rest(at + 1)
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
    }
    let zone = [" +#### UTC", "Z", "+##:##", "-##:##"];
    at += zone
        .iter()
        .find_map(|zone| shape(rest(at), zone))
        .unwrap_or(0);
    Some(at)
}

/// The ids that AWS gives its answers: 52 capitals and digits.
fn request_id(bytes: &[u8]) -> Option<usize> {
    let length = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        .count();
    if length == 52 {
        whole(bytes, length)
    } else {
        None
    }
}

/// `0s`, `12s`, `1m2s`, `1.5s`, `350ms`.
fn duration(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let digits = rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
            .count();
        let unit = rest.get(digits..).unwrap_or_default();
        let length = match unit {
            [b'm', b's', ..] => 2,
            [b's' | b'm' | b'h', ..] => 1,
            _ => 0,
        };
        if digits == 0 || length == 0 {
            break;
        }
        at += digits + length;
    }
    // A single `m` or `h` is a word of its own kind ("5m" of a lease): a duration here ends with seconds.
    if at > 0 && bytes.get(at - 1) == Some(&b's') {
        whole(bytes, at)
    } else {
        None
    }
}

fn pid(before: &str, bytes: &[u8]) -> Option<usize> {
    if !["pid ", "pid=", "PID ", "process "]
        .iter()
        .any(|word| before.ends_with(word))
    {
        return None;
    }
    let length = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if length > 0 {
        whole(bytes, length)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_placeholder() {
        for (text, wanted) in [
            ("ID:  6b2a3a6e-9f4b-1c11-9a53-0c4f1f0a7b11", "ID:  <uuid>"),
            (
                "Created: 2026-11-21 10:58:28.123456 +0000 UTC",
                "Created: <time>",
            ),
            ("at 2026-11-21T10:58:28Z.", "at <time>."),
            ("at 2026-11-21T10:58:28.5+01:00", "at <time>"),
            (
                "complete after 0s [id=orders]",
                "complete after <duration> [id=orders]",
            ),
            ("after 1m12s", "after <duration>"),
            ("350ms, 1.5s", "<duration>, <duration>"),
            ("held by pid 4312 on", "held by pid <pid> on"),
            (
                "RequestID: ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKLMNOP",
                "RequestID: <request-id>",
            ),
        ] {
            assert_eq!(redact(text), wanted);
        }
    }

    #[test]
    fn what_is_the_same_every_time_stays() {
        for text in [
            "line 12, in resource",
            "1 to add",
            "10 items",
            "us-east-1",
            "é 5 ü",
            "v1.2.3",
            "#5",
            "123456789012",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn a_test_adds_its_own() {
        let redaction = Redaction::new()
            .text("/tmp/x", "<project>")
            .text("/tmp/x/home", "<home>");
        assert_eq!(
            redaction.apply("/tmp/x/home /tmp/x  \n"),
            "<home> <project>\n"
        );
    }
}
