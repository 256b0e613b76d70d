//! Mutation that a seed repeats exactly: bytes, pieces and words are cut, doubled, swapped and put in.

use crate::chance::Chance;

/// Pieces of the language that mutation puts in: brackets in the wrong place find more than bytes do.
const PIECES: &[&str] = &[
    "${",
    "%{",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\\",
    "\n",
    "<<EOT\n",
    "<<-EOT\n",
    "EOT\n",
    "~}",
    "%{ if ",
    "%{ for x in ",
    "%{ endif }",
    "...",
    "=>",
    "=",
    "==",
    "?",
    ":",
    ".",
    ".*",
    "[*]",
    ",",
    "/*",
    "*/",
    "#",
    "//",
    "for ",
    " in ",
    " if ",
    "null",
    "true",
    "1e999",
    "0x",
    "$${",
    "%%{",
    "\u{feff}",
    "\r\n",
    "\t",
    "\u{0}",
    "é",
];

/// Edits a text gets at most.
const MOST_EDITS: u64 = 12;

/// Mutation by the choices of one seed.
pub struct Mutator {
    chance: Chance,
}

impl Mutator {
    /// Choices that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            chance: Chance::new(seed),
        }
    }

    /// One of the seeds, changed. `seeds` holds at least one text.
    pub fn mutate(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.chance.pick(seeds).cloned().unwrap_or_default();
        for _ in 0..=self.chance.below(MOST_EDITS) {
            self.edit(&mut bytes, seeds);
        }
        bytes
    }

    fn edit(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.chance.place(bytes.len());
        let end = (at + self.chance.place(24)).min(bytes.len());
        match self.chance.below(8) {
            0 | 1 => {
                let piece = self.chance.pick(PIECES).copied().unwrap_or("{");
                bytes.splice(at..at, piece.bytes());
            }
            2 => {
                bytes.drain(at..end);
            }
            3 => {
                let piece: Vec<u8> = bytes.drain(at..end).collect();
                let to = self.chance.place(bytes.len());
                bytes.splice(to..to, piece);
            }
            4 => {
                let piece = bytes.get(at..end).map(<[u8]>::to_vec).unwrap_or_default();
                bytes.splice(at..at, piece);
            }
            5 => {
                let byte = u8::try_from(self.chance.below(256)).unwrap_or(0);
                if let Some(there) = bytes.get_mut(at) {
                    *there = byte;
                }
            }
            6 => {
                let other = self
                    .chance
                    .pick(seeds)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                let from = self.chance.place(other.len());
                let to = (from + self.chance.place(200)).min(other.len());
                let piece = other.get(from..to).unwrap_or_default().to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let piece = self.chance.pick(PIECES).copied().unwrap_or("{");
                let many = piece.repeat(1 + self.chance.place(300));
                bytes.splice(at..at, many.bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_text() {
        let seeds = vec![b"a = 1\n".to_vec(), b"b {\n}\n".to_vec()];
        for seed in 0..200 {
            assert_eq!(
                Mutator::new(seed).mutate(&seeds),
                Mutator::new(seed).mutate(&seeds)
            );
        }
    }

    #[test]
    fn seeds_differ_and_an_empty_text_grows() {
        let seeds = vec![Vec::new()];
        let texts: std::collections::BTreeSet<Vec<u8>> = (0..200)
            .map(|seed| Mutator::new(seed).mutate(&seeds))
            .collect();
        assert!(texts.len() > 50, "{}", texts.len());
    }
}
