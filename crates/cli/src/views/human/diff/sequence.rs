//! Two sequences side by side: what stayed, what went, what came.

use std::collections::HashMap;
use std::hash::Hash;

/// Above this many pairs a faster way is taken, whose result may be another of the longest ones.
const MAX_PAIRS: usize = 4_000_000;

/// Walks two sequences along a longest common subsequence and calls `visit` for each step: with both
/// positions for an element that stayed, with one for an element that went or came. Where an element that
/// went and one that came stand at the same gap and `pairs` holds for both, they are visited together.
pub fn walk<T: Hash + Eq>(
    before: &[T],
    after: &[T],
    pairs: impl Fn(&T) -> bool,
    mut visit: impl FnMut(Option<usize>, Option<usize>),
) {
    let mut numbers = HashMap::new();
    let (old, new) = (number(before, &mut numbers), number(after, &mut numbers));
    let common = longest_common(&old, &new);
    let (mut b, mut a, mut c) = (0, 0, 0);
    while b < old.len() || a < new.len() {
        let next = common.get(c);
        while b < old.len() && Some(&old[b]) != next {
            if a < new.len() && Some(&new[a]) != next && pairs(&before[b]) && pairs(&after[a]) {
                visit(Some(b), Some(a));
                a += 1;
            } else {
                visit(Some(b), None);
            }
            b += 1;
        }
        while a < new.len() && Some(&new[a]) != next {
            visit(None, Some(a));
            a += 1;
        }
        if next.is_some() {
            visit(Some(b), Some(a));
            b += 1;
            a += 1;
            c += 1;
        }
    }
}

/// A number for each element, the same for equal ones.
fn number<'a, T: Hash + Eq>(elements: &'a [T], numbers: &mut HashMap<&'a T, usize>) -> Vec<usize> {
    elements
        .iter()
        .map(|element| {
            let next = numbers.len();
            *numbers.entry(element).or_insert(next)
        })
        .collect()
}

fn longest_common(before: &[usize], after: &[usize]) -> Vec<usize> {
    let tail = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take_while(|(b, a)| b == a)
        .count();
    let (xs, end) = before.split_at(before.len() - tail);
    let ys = &after[..after.len() - tail];
    let mut common = if xs.len().saturating_mul(ys.len()) <= MAX_PAIRS {
        by_table(xs, ys)
    } else {
        by_search(xs, ys)
    };
    common.extend(end);
    common
}

/// The longest common subsequence by the whole table; of several the one that Terraform takes.
fn by_table(xs: &[usize], ys: &[usize]) -> Vec<usize> {
    let width = xs.len() + 1;
    let mut lengths = vec![0u32; width * (ys.len() + 1)];
    for (y, new) in ys.iter().enumerate() {
        for (x, old) in xs.iter().enumerate() {
            lengths[(y + 1) * width + x + 1] = if old == new {
                lengths[y * width + x] + 1
            } else {
                lengths[(y + 1) * width + x].max(lengths[y * width + x + 1])
            };
        }
    }
    let (mut x, mut y) = (xs.len(), ys.len());
    let mut common = Vec::new();
    while x > 0 && y > 0 {
        if xs[x - 1] == ys[y - 1] {
            common.push(xs[x - 1]);
            x -= 1;
            y -= 1;
        } else if lengths[y * width + x - 1] > lengths[(y - 1) * width + x] {
            x -= 1;
        } else {
            y -= 1;
        }
    }
    common.reverse();
    common
}

fn by_search(xs: &[usize], ys: &[usize]) -> Vec<usize> {
    similar::capture_diff_slices(similar::Algorithm::Myers, xs, ys)
        .into_iter()
        .filter_map(|op| match op {
            similar::DiffOp::Equal { old_index, len, .. } => Some(&xs[old_index..old_index + len]),
            _ => None,
        })
        .flatten()
        .copied()
        .collect()
}
