//! Blocks of tokens → the bits of a DEFLATE stream; of the three forms of a block the shortest is taken.

use super::codes::{Code, best, fixed_distances, fixed_literals, size};
use super::matching::{Block, Token};

const END: usize = 256;
const LITERALS: usize = 286;
const DISTANCES: usize = 30;
/// The order in which the lengths of the codes for code lengths are written.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];
/// Bytes of one block without compression.
const MOST_STORED: usize = 65_535;

/// A symbol and the bits that follow its code: their value and number.
#[derive(Clone, Copy)]
struct Symbol {
    symbol: usize,
    extra: u32,
    bits: u32,
}

/// The symbol of a length from 3 to 258.
fn length_symbol(length: usize) -> Symbol {
    let value = u32::try_from(length - 3).unwrap_or(0);
    if value == 255 {
        return Symbol {
            symbol: 285,
            extra: 0,
            bits: 0,
        };
    }
    if value < 8 {
        return Symbol {
            symbol: 257 + value as usize,
            extra: 0,
            bits: 0,
        };
    }
    let bits = value.ilog2() - 2;
    let group = value >> bits;
    Symbol {
        symbol: 257 + (bits * 4 + group) as usize,
        extra: value & ((1 << bits) - 1),
        bits,
    }
}

/// The symbol of a distance from 1 to 32768.
fn distance_symbol(distance: usize) -> Symbol {
    let value = u32::try_from(distance - 1).unwrap_or(0);
    if value < 4 {
        return Symbol {
            symbol: value as usize,
            extra: 0,
            bits: 0,
        };
    }
    let bits = value.ilog2() - 1;
    Symbol {
        symbol: (bits * 2 + (value >> bits)) as usize,
        extra: value & ((1 << bits) - 1),
        bits,
    }
}

/// Collects bits, the first one lowest.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Writer {
    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn bits(&mut self, value: u32, count: u32) {
        self.held |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push((self.held & 0xff) as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn code(&mut self, code: Code) {
        self.bits(u32::from(code.bits), u32::from(code.length));
    }

    fn align(&mut self) {
        if self.count > 0 {
            self.bits(0, 8 - self.count);
        }
    }

    /// A block of bytes as they are; also an empty one, which ends what was written at a full byte.
    pub(super) fn stored(&mut self, bytes: &[u8], last: bool) {
        let length = u32::try_from(bytes.len()).unwrap_or(0);
        self.bits(u32::from(last), 3);
        self.align();
        self.bits(length, 16);
        self.bits(!length & 0xffff, 16);
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn block(&mut self, block: &Block<'_>) {
        let mut literals = vec![0_u32; LITERALS];
        let mut distances = vec![0_u32; DISTANCES];
        literals[END] = 1;
        let mut extra = 0_usize;
        for token in &block.tokens {
            match token {
                Token::Literal(byte) => literals[usize::from(*byte)] += 1,
                Token::Repeat { length, distance } => {
                    let (length, distance) = (length_symbol(*length), distance_symbol(*distance));
                    literals[length.symbol] += 1;
                    distances[distance.symbol] += 1;
                    extra += (length.bits + distance.bits) as usize;
                }
            }
        }
        let used = |counts: &[u32]| counts.iter().rposition(|n| *n > 0).map_or(0, |at| at + 1);
        let literal_count = used(&literals);
        let mut distance_count = used(&distances);
        if distance_count == 0 {
            // A tree of distances must be there even where none is used.
            distances[0] = 1;
            distance_count = 1;
        }
        let storable = block.bytes.len() <= MOST_STORED;
        // Bits that both coded forms share count only against the stored form.
        let shared = if storable { extra } else { 0 };
        let (own_literals, own_distances) = (best(&literals, 15), best(&distances, 15));
        let lengths = Lengths::of(
            &own_literals[..literal_count],
            &own_distances[..distance_count],
        );
        let (fixed_literals, fixed_distances) = (fixed_literals(), fixed_distances());
        let fixed =
            3 + size(&fixed_literals, &literals) + size(&fixed_distances, &distances) + shared;
        let own = lengths.size()
            + size(&own_literals, &literals)
            + size(&own_distances, &distances)
            + shared;
        let smallest = fixed.min(own);
        if storable && (block.bytes.len() + 5) * 8 < smallest {
            self.stored(block.bytes, false);
        } else if own < fixed {
            lengths.write(self, literal_count, distance_count);
            self.tokens(&block.tokens, &own_literals, &own_distances);
        } else {
            self.bits(2, 3);
            self.tokens(&block.tokens, &fixed_literals, &fixed_distances);
        }
    }

    fn tokens(&mut self, tokens: &[Token], literals: &[Code], distances: &[Code]) {
        for token in tokens {
            match token {
                Token::Literal(byte) => self.code(literals[usize::from(*byte)]),
                Token::Repeat { length, distance } => {
                    let length = length_symbol(*length);
                    self.code(literals[length.symbol]);
                    self.bits(length.extra, length.bits);
                    let distance = distance_symbol(*distance);
                    self.code(distances[distance.symbol]);
                    self.bits(distance.extra, distance.bits);
                }
            }
        }
        self.code(literals[END]);
    }
}

/// The lengths of the codes of a block, as they are written before it: runs shortened, and coded themselves.
struct Lengths {
    /// Symbols, and for the runs 16 to 18 how long they are beyond the shortest.
    symbols: Vec<(usize, u32)>,
    codes: Vec<Code>,
    counts: Vec<u32>,
    /// How many of the codes are told.
    told: usize,
}

fn run_bits(symbol: usize) -> u32 {
    match symbol {
        16 => 2,
        17 => 3,
        18 => 7,
        _ => 0,
    }
}

impl Lengths {
    fn of(literals: &[Code], distances: &[Code]) -> Lengths {
        let lengths: Vec<u8> = literals
            .iter()
            .chain(distances)
            .map(|code| code.length)
            .collect();
        let mut symbols = Vec::new();
        for run in lengths.chunk_by(|a, b| a == b) {
            let length = usize::from(run[0]);
            let mut left = run.len();
            if length == 0 {
                while left >= 11 {
                    let taken = left.min(138);
                    symbols.push((18, taken - 11));
                    left -= taken;
                }
                if left >= 3 {
                    symbols.push((17, left - 3));
                    left = 0;
                }
            } else {
                symbols.push((length, 0));
                left -= 1;
                while left >= 3 {
                    let taken = left.min(6);
                    symbols.push((16, taken - 3));
                    left -= taken;
                }
            }
            symbols.extend(std::iter::repeat_n((length, 0), left));
        }
        let mut counts = vec![0_u32; ORDER.len()];
        for (symbol, _) in &symbols {
            counts[*symbol] += 1;
        }
        let told = ORDER
            .iter()
            .rposition(|at| counts[*at] > 0)
            .map_or(4, |at| (at + 1).max(4));
        Lengths {
            symbols: symbols
                .into_iter()
                .map(|(symbol, more)| (symbol, u32::try_from(more).unwrap_or(0)))
                .collect(),
            codes: best(&counts, 7),
            counts,
            told,
        }
    }

    fn size(&self) -> usize {
        let runs: u32 = (16..=18).map(|at| self.counts[at] * run_bits(at)).sum();
        3 + 5 + 5 + 4 + 3 * self.told + size(&self.codes, &self.counts) + runs as usize
    }

    fn write(&self, writer: &mut Writer, literals: usize, distances: usize) {
        let number = |n: usize| u32::try_from(n).unwrap_or(0);
        writer.bits(4, 3);
        writer.bits(number(literals - 257), 5);
        writer.bits(number(distances - 1), 5);
        writer.bits(number(self.told - 4), 4);
        for at in &ORDER[..self.told] {
            writer.bits(u32::from(self.codes[*at].length), 3);
        }
        for (symbol, more) in &self.symbols {
            writer.code(self.codes[*symbol]);
            writer.bits(*more, run_bits(*symbol));
        }
    }
}
