//! Which characters make an identifier: Unicode's ID_Start or `_`, then ID_Continue or `-`.

/// The length in bytes of the identifier at the start of a text; 0 if there is none.
pub(super) fn len(text: &str) -> usize {
    let mut chars = text.char_indices();
    match chars.next() {
        Some((_, first)) if is_start(first) => {}
        _ => return 0,
    }
    chars
        .find(|(_, c)| !is_continue(*c))
        .map_or(text.len(), |(at, _)| at)
}

/// Whether a text is one identifier and nothing else.
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty() && len(text) == text.len()
}

fn is_start(c: char) -> bool {
    c.is_ascii_alphabetic()
        || c == '_'
        || (!c.is_ascii() && (unicode_ident::is_xid_start(c) || only_in_id_start(c)))
}

fn is_continue(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c == '_'
        || c == '-'
        || (!c.is_ascii() && (unicode_ident::is_xid_continue(c) || only_in_id_start(c)))
}

/// The characters that are in ID_Start and ID_Continue but not in the XID sets, which are closed under
/// normalisation (UAX #31, section 5.1).
fn only_in_id_start(c: char) -> bool {
    matches!(c, '\u{37a}' | '\u{e33}' | '\u{eb3}' | '\u{309b}'..='\u{309c}' | '\u{fc5e}'..='\u{fc63}'
        | '\u{fdfa}'..='\u{fdfb}' | '\u{fe70}' | '\u{fe72}' | '\u{fe74}' | '\u{fe76}' | '\u{fe78}'
        | '\u{fe7a}' | '\u{fe7c}' | '\u{fe7e}' | '\u{ff9e}'..='\u{ff9f}')
}
