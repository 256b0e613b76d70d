//! Text → literals and repetitions, as the sixth level of DEFLATE compressors finds them.
//!
//! The bytes of `base64gzip` end up in attributes and are compared there, so the choices made here are those of
//! Terraform's compressor: hash chains of four bytes, one step of lazy matching, at most 128 tries.

/// How far back a repetition may lie.
const WINDOW: usize = 1 << 15;
const SHORTEST: usize = 4;
const LONGEST: usize = 258;
/// A repetition this long is not looked for any further.
const NICE: usize = 128;
/// After a repetition this long no better one is looked for at the next place.
const LAZY: usize = 16;
const TRIES: usize = 128;
/// A repetition of the shortest length pays only when it lies near.
const NEAR: usize = 4096;
const HASH_BITS: u32 = 17;
/// Tokens of one block.
const BLOCK: usize = 1 << 14;

/// A piece of the compressed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Literal(u8),
    /// So many bytes again, from so far back.
    Repeat {
        length: usize,
        distance: usize,
    },
}

/// Tokens that are coded together, and the bytes that they stand for.
pub(super) struct Block<'t> {
    pub(super) tokens: Vec<Token>,
    pub(super) bytes: &'t [u8],
}

struct Chains<'t> {
    text: &'t [u8],
    /// The last place of each hash, and before each place the one with the same hash; from one, zero is none.
    heads: Vec<usize>,
    before: Vec<usize>,
    /// What lies before this place has been forgotten.
    base: usize,
}

impl Chains<'_> {
    /// Notes a place and gives the last one with the same hash.
    fn insert(&mut self, at: usize) -> usize {
        let t = &self.text[at..at + SHORTEST];
        let word = u32::from_be_bytes([t[0], t[1], t[2], t[3]]);
        let hash = (word.wrapping_mul(0x1e35_a7bd) >> (32 - HASH_BITS)) as usize;
        let head = self.heads[hash];
        self.before[at % WINDOW] = head;
        self.heads[hash] = at + 1;
        head
    }

    /// The best repetition for what stands at a place: length and distance.
    fn find(&self, at: usize, head: usize) -> Option<(usize, usize)> {
        let most = LONGEST.min(self.text.len() - at);
        let here = &self.text[at..at + most];
        let nice = NICE.min(most);
        let oldest = at.saturating_sub(WINDOW).max(self.base);
        let mut best = SHORTEST - 1;
        let mut found = None;
        let mut candidate = head.checked_sub(1)?;
        for _ in 0..TRIES {
            if self.text[candidate + best] == here[best] {
                let there = &self.text[candidate..];
                let length = here.iter().zip(there).take_while(|(a, b)| a == b).count();
                if length > best && (length > SHORTEST || at - candidate <= NEAR) {
                    best = length;
                    found = Some((length, at - candidate));
                    if length >= nice {
                        break;
                    }
                }
            }
            if at >= WINDOW && candidate == oldest {
                break;
            }
            match self.before[candidate % WINDOW].checked_sub(1) {
                Some(next) if next >= oldest && next < candidate => candidate = next,
                _ => break,
            }
        }
        found
    }
}

/// Cuts a text into blocks of tokens.
pub(super) fn blocks(text: &[u8]) -> Vec<Block<'_>> {
    let mut chains = Chains {
        text,
        heads: vec![0; 1 << HASH_BITS],
        before: vec![0; WINDOW],
        base: 0,
    };
    let last_insert = text.len().saturating_sub(SHORTEST - 1);
    let mut blocks = Vec::new();
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut head = 0;
    // A byte that waits: it is a literal unless the repetition found there turns out the better one.
    let mut waiting = false;
    let mut best = (SHORTEST - 1, 0);
    // The text is seen through two windows side by side, which move on by one when little is left of them.
    let mut seen = text.len().min(2 * WINDOW);
    while at < text.len() {
        while seen < text.len() && seen - at < SHORTEST + LONGEST {
            chains.base += WINDOW;
            seen = text.len().min(chains.base + 2 * WINDOW);
        }
        if at < last_insert {
            head = chains.insert(at);
        }
        let previous = std::mem::replace(&mut best, (SHORTEST - 1, 0));
        let left = text.len() - at;
        let reachable = head > at.saturating_sub(WINDOW).max(chains.base);
        if reachable && left > previous.0 && previous.0 < LAZY {
            best = chains.find(at, head).unwrap_or(best);
        }
        if previous.0 >= SHORTEST && best.0 <= previous.0 {
            tokens.push(Token::Repeat {
                length: previous.0,
                distance: previous.1,
            });
            let end = at + previous.0 - 1;
            for inside in at + 1..end {
                if inside < last_insert {
                    chains.insert(inside);
                }
            }
            at = end;
            waiting = false;
            best = (SHORTEST - 1, 0);
            if tokens.len() == BLOCK {
                blocks.push(Block {
                    tokens: std::mem::take(&mut tokens),
                    bytes: &text[start..at],
                });
                start = at;
            }
        } else {
            if waiting {
                tokens.push(Token::Literal(text[at - 1]));
                if tokens.len() == BLOCK {
                    blocks.push(Block {
                        tokens: std::mem::take(&mut tokens),
                        bytes: &text[start..at],
                    });
                    start = at;
                }
            }
            waiting = true;
            at += 1;
        }
    }
    if waiting {
        tokens.push(Token::Literal(text[at - 1]));
    }
    if !tokens.is_empty() {
        blocks.push(Block {
            tokens,
            bytes: &text[start..],
        });
    }
    blocks
}
