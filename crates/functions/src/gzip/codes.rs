//! Huffman codes with a longest length, as DEFLATE wants them.

/// The code of a symbol: its bits, the first one lowest, and how many there are; none where it does not occur.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) bits: u16,
    pub(super) length: u8,
}

fn reversed(code: u16, length: u8) -> u16 {
    if length == 0 {
        0
    } else {
        code.reverse_bits() >> (16 - u32::from(length))
    }
}

/// The bits that symbols with these counts take.
pub(super) fn size(codes: &[Code], counts: &[u32]) -> usize {
    codes
        .iter()
        .zip(counts)
        .map(|(code, count)| usize::from(code.length) * *count as usize)
        .sum()
}

/// The codes for literals and lengths that both sides know.
pub(super) fn fixed_literals() -> Vec<Code> {
    (0..288_u16)
        .map(|symbol| {
            let (code, length) = match symbol {
                0..=143 => (symbol + 48, 8),
                144..=255 => (symbol + 400 - 144, 9),
                256..=279 => (symbol - 256, 7),
                _ => (symbol + 192 - 280, 8),
            };
            Code {
                bits: reversed(code, length),
                length,
            }
        })
        .collect()
}

/// The codes for distances that both sides know.
pub(super) fn fixed_distances() -> Vec<Code> {
    (0..30_u16)
        .map(|symbol| Code {
            bits: reversed(symbol, 5),
            length: 5,
        })
        .collect()
}

/// The best codes for symbols that occur so often, none longer than `longest` bits.
pub(super) fn best(counts: &[u32], longest: usize) -> Vec<Code> {
    let mut codes = vec![Code::default(); counts.len()];
    let mut used: Vec<(usize, u32)> = counts
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, count)| *count > 0)
        .collect();
    if used.len() <= 2 {
        for (bits, (symbol, _)) in (0..).zip(used) {
            codes[symbol] = Code { bits, length: 1 };
        }
        return codes;
    }
    used.sort_by_key(|(symbol, count)| (*count, *symbol));
    let frequencies: Vec<u32> = used.iter().map(|(_, count)| *count).collect();
    let mut code = 0_u16;
    for (length, number) in (1_u8..).zip(numbers_of_lengths(&frequencies, longest)) {
        code <<= 1;
        // The most frequent symbols that are left; their codes go by the order of the symbols.
        let mut chunk = used.split_off(used.len() - number);
        chunk.sort_unstable();
        for (symbol, _) in chunk {
            codes[symbol] = Code {
                bits: reversed(code, length),
                length,
            };
            code += 1;
        }
    }
    codes
}

const NEVER: u32 = u32::MAX;

/// A row of the table in which the cheapest items are collected; an item is a symbol or a pair of items of the
/// row below.
#[derive(Clone, Default)]
struct Row {
    last: u32,
    next_symbol: u32,
    next_pair: u32,
    needed: usize,
    /// For each row up to this one, how many symbols stand left of the ancestor there of the last item.
    symbols: Vec<usize>,
}

/// How many symbols get codes of one bit, two bits, and so on (boundary package-merge); at least three symbols with
/// rising frequencies.
fn numbers_of_lengths(frequencies: &[u32], longest: usize) -> Vec<usize> {
    let count = frequencies.len();
    let frequency = |at: usize| frequencies.get(at).copied().unwrap_or(NEVER);
    let top = longest.min(count - 1);
    let mut rows = vec![Row::default(); top + 2];
    for (level, row) in rows.iter_mut().enumerate().take(top + 1).skip(1) {
        row.symbols = vec![0; level + 1];
        row.symbols[level] = 2;
        row.last = frequency(1);
        row.next_symbol = frequency(2);
        row.next_pair = match level {
            1 => NEVER,
            _ => frequency(0).saturating_add(frequency(1)),
        };
    }
    rows[top].needed = 2 * count - 4;
    let mut level = top;
    loop {
        let before = rows[level].last;
        if rows[level].next_pair == NEVER && rows[level].next_symbol == NEVER {
            rows[level].needed = 0;
            rows[level + 1].next_pair = NEVER;
            level += 1;
            continue;
        }
        if rows[level].next_symbol < rows[level].next_pair {
            let row = &mut rows[level];
            row.symbols[level] += 1;
            row.last = row.next_symbol;
            row.next_symbol = frequency(row.symbols[level]);
        } else {
            let below = rows[level - 1].symbols.clone();
            let row = &mut rows[level];
            row.last = row.next_pair;
            row.symbols[..below.len()].copy_from_slice(&below);
            rows[level - 1].needed = 2;
        }
        rows[level].needed -= 1;
        if rows[level].needed == 0 {
            if level == top {
                break;
            }
            rows[level + 1].next_pair = before.saturating_add(rows[level].last);
            level += 1;
        } else {
            while rows[level - 1].needed > 0 {
                level -= 1;
            }
        }
    }
    let symbols = &rows[top].symbols;
    (1..=top)
        .rev()
        .map(|level| symbols[level] - symbols[level - 1])
        .collect()
}
