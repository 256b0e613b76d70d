//! JSON as text: compacted, indented the way Go's encoder does, without changing a number.

/// Appends `source`, which is valid JSON, without the white space between its tokens, and with
/// `<`, `>`, `&`, U+2028 and U+2029 inside strings as escapes.
pub(crate) fn compact(source: &str, out: &mut String) {
    out.reserve(source.len());
    let bytes = source.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b'"' => at = copy_string(source, at, out),
            _ => {
                let start = at;
                while at < bytes.len() && !matches!(bytes[at], b' ' | b'\t' | b'\n' | b'\r' | b'"')
                {
                    at += 1;
                }
                out.push_str(&source[start..at]);
            }
        }
    }
}

/// Copies the string literal that begins at `start`; answers where it ends.
fn copy_string(source: &str, start: usize, out: &mut String) -> usize {
    let bytes = source.as_bytes();
    let mut from = start;
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                break;
            }
            b'\\' => at += 2,
            b'<' | b'>' | b'&' => {
                out.push_str(&source[from..at]);
                out.push_str(html_escape(bytes[at]));
                at += 1;
                from = at;
            }
            // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
            0xe2 if bytes.get(at + 1) == Some(&0x80)
                && matches!(bytes.get(at + 2), Some(0xa8 | 0xa9)) =>
            {
                out.push_str(&source[from..at]);
                out.push_str(if bytes[at + 2] == 0xa8 {
                    "\\u2028"
                } else {
                    "\\u2029"
                });
                at += 3;
                from = at;
            }
            _ => at += 1,
        }
    }
    let end = at.min(bytes.len());
    out.push_str(&source[from..end]);
    end
}

fn html_escape(byte: u8) -> &'static str {
    match byte {
        b'<' => "\\u003c",
        b'>' => "\\u003e",
        _ => "\\u0026",
    }
}

/// Appends compact JSON with two spaces for each level, as if it stood at level `level`.
pub(crate) fn indent(compact: &str, level: usize, out: &mut String) {
    out.reserve(compact.len() * 2);
    let bytes = compact.as_bytes();
    let mut depth = level;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            open @ (b'{' | b'[') => {
                out.push(char::from(open));
                if matches!(bytes.get(at + 1), Some(b'}' | b']')) {
                    out.push(char::from(bytes[at + 1]));
                    at += 2;
                    continue;
                }
                depth += 1;
                new_line(depth, out);
                at += 1;
            }
            close @ (b'}' | b']') => {
                depth = depth.saturating_sub(1);
                new_line(depth, out);
                out.push(char::from(close));
                at += 1;
            }
            b',' => {
                out.push(',');
                new_line(depth, out);
                at += 1;
            }
            b':' => {
                out.push_str(": ");
                at += 1;
            }
            b'"' => {
                let start = at;
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
                out.push_str(&compact[start..at]);
            }
            _ => {
                let start = at;
                while at < bytes.len() && !matches!(bytes[at], b',' | b'}' | b']' | b':') {
                    at += 1;
                }
                out.push_str(&compact[start..at]);
            }
        }
    }
}

/// Ends the line and indents the next by `level` steps.
pub(crate) fn new_line(level: usize, out: &mut String) {
    const SPACES: &str = "                                                                ";
    out.push('\n');
    let mut width = level * 2;
    while width > 0 {
        let part = width.min(SPACES.len());
        out.push_str(&SPACES[..part]);
        width -= part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compacted(source: &str) -> String {
        let mut out = String::new();
        compact(source, &mut out);
        out
    }

    fn indented(source: &str) -> String {
        let mut out = String::new();
        indent(source, 0, &mut out);
        out
    }

    #[test]
    fn compacting_keeps_strings_and_numbers() {
        assert_eq!(
            compacted("{ \"a b\" : [ 1.50 , 1e400 , null ] ,\n \"c\\\" \" : \"<x> &\u{2028}\" }"),
            r#"{"a b":[1.50,1e400,null],"c\" ":"\u003cx\u003e \u0026\u2028"}"#
        );
    }

    #[test]
    fn indenting_is_undone_by_compacting() {
        let text = r#"{"a":[],"b":{},"c":[1,[2,{"d":"x, {y}: \" \\"}]],"e":true}"#;
        let pretty = indented(text);
        assert_eq!(
            pretty,
            "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    [\n      2,\n      {\n        \"d\": \"x, {y}: \\\" \\\\\"\n      }\n    ]\n  ],\n  \"e\": true\n}"
        );
        assert_eq!(compacted(&pretty), text);
    }
}
