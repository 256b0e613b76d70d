//! Text inside HTML and XML.

/// A text with nothing in it that HTML or XML would take for markup, between tags and between quotes. Control
/// characters that XML forbids become the sign of a missing character.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}');
            }
            letter => out.push(letter),
        }
    }
    out
}

/// The same for the value of an attribute of XML, which keeps its white space only where it is written as references.
pub fn attribute(text: &str) -> String {
    escape(text)
        .replace('\n', "&#xA;")
        .replace('\t', "&#x9;")
        .replace('\r', "&#xD;")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(
            escape("</script><b a='\"'>&\u{0}"),
            "&lt;/script&gt;&lt;b a=&#39;&#34;&#39;&gt;&amp;\u{fffd}"
        );
    }
}
