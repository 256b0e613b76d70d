//! Columns and characters: what a reader takes for one.
//!
//! Terraform goes by the rules up to Unicode 15.0. Later versions take an Indic conjunct for one cluster; here each
//! of its consonants begins one.

use unicode_segmentation::UnicodeSegmentation;

/// The grapheme clusters of a text.
pub fn graphemes(text: &str) -> impl Iterator<Item = &str> {
    text.graphemes(true).flat_map(Parts)
}

/// The number of grapheme clusters of a text.
pub fn grapheme_count(text: &str) -> usize {
    if text.is_ascii() {
        // The one cluster of two ASCII characters.
        return text.len() - text.matches("\r\n").count();
    }
    graphemes(text).count()
}

/// What is left of a cluster by the newer rules, cut before each further consonant.
struct Parts<'t>(&'t str);

impl<'t> Iterator for Parts<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let mut previous = None;
        let mut end = self.0.len();
        for (at, c) in self.0.char_indices() {
            // What stands before a consonant and joins it by itself is the dot reph.
            if previous.is_some_and(|before| before != '\u{d4e}') && is_indic_consonant(c) {
                end = at;
                break;
            }
            previous = Some(c);
        }
        let (part, rest) = self.0.split_at(end);
        self.0 = rest;
        (!part.is_empty()).then_some(part)
    }
}

/// The characters with the property Indic_Conjunct_Break=Consonant.
fn is_indic_consonant(c: char) -> bool {
    matches!(c as u32,
        0x915..=0x939 | 0x958..=0x95f | 0x978..=0x97f
        | 0x995..=0x9a8 | 0x9aa..=0x9b0 | 0x9b2 | 0x9b6..=0x9b9 | 0x9dc..=0x9dd | 0x9df | 0x9f0..=0x9f1
        | 0xa95..=0xaa8 | 0xaaa..=0xab0 | 0xab2..=0xab3 | 0xab5..=0xab9 | 0xaf9
        | 0xb15..=0xb28 | 0xb2a..=0xb30 | 0xb32..=0xb33 | 0xb35..=0xb39 | 0xb5c..=0xb5d | 0xb5f | 0xb71
        | 0xc15..=0xc28 | 0xc2a..=0xc39 | 0xc58..=0xc5a
        | 0xd15..=0xd3a)
}
