//! Recovery of changes that hand keys on to each other: which of them a run had come to when it ended.
//!
//! Each key that is handed on stays in the table all the while, so it does not tell whose it is. What
//! tells are the ends of a chain, and the one hole in it: a chain is worked off from the end that needs
//! no other's key ([`super::linked`]), and between two requests the key last given up is missing.

use std::collections::BTreeMap;

use trueup_provider::StepKind;

use super::compare::digest;
use super::key::fingerprint;
use super::read::Found;
use super::recover::{Open, key_in_state};

/// The key that an intent gives up, and the one that it takes, as fingerprints.
#[derive(Default)]
struct Moves {
    gives: Option<String>,
    takes: Option<String>,
}

fn moves(open: &Open) -> Moves {
    let named = fingerprint(&open.key);
    match open.intent.kind {
        StepKind::Create => Moves {
            gives: None,
            takes: Some(named),
        },
        StepKind::Delete => Moves {
            gives: Some(named),
            takes: None,
        },
        StepKind::Update => match key_in_state(&open.intent).map(|key| fingerprint(&key)) {
            Some(before) if before != named => Moves {
                gives: Some(before),
                takes: Some(named),
            },
            _ => Moves::default(),
        },
    }
}

/// For each intent on one table whether it has happened; `None` for those that hand nothing on, and that
/// their items tell of by themselves.
pub(super) fn happened(open: &[Open], found: &Found) -> Vec<Option<bool>> {
    let moves: Vec<Moves> = open.iter().map(moves).collect();
    let by = |key: fn(&Moves) -> Option<&String>| -> BTreeMap<&str, usize> {
        let keyed = moves.iter().enumerate();
        keyed
            .filter_map(|(n, moves)| Some((key(moves)?.as_str(), n)))
            .collect()
    };
    let givers = by(|moves| moves.gives.as_ref());
    let takers = by(|moves| moves.takes.as_ref());
    let giver_to = |n: usize| -> Option<usize> { givers.get(moves[n].takes.as_deref()?).copied() };
    let taker_from =
        |n: usize| -> Option<usize> { takers.get(moves[n].gives.as_deref()?).copied() };
    let mut answers: Vec<Option<bool>> = vec![None; open.len()];
    let mut seen = vec![false; open.len()];
    for first in 0..open.len() {
        // A chain is looked at from its end: the one that needs nobody's key.
        if seen[first] || giver_to(first).is_some() || taker_from(first).is_none() {
            continue;
        }
        let mut chain = Vec::new();
        let mut next = Some(first);
        while let Some(n) = next {
            if std::mem::replace(&mut seen[n], true) {
                break;
            }
            chain.push(n);
            next = taker_from(n);
        }
        let there = |key: &Option<String>| key.as_ref().is_some_and(|key| found.contains_key(key));
        let begun = match (chain.first(), chain.last()) {
            (Some(end), _) if moves[*end].takes.is_some() => {
                let item = moves[*end].takes.as_ref().and_then(|key| found.get(key));
                item.is_some_and(|item| open[*end].intent.planned(&digest(item)))
            }
            _ => true,
        };
        // From the first whose new key is missing on, nothing has happened.
        let hole = chain
            .iter()
            .position(|n| moves[*n].takes.is_some() && !there(&moves[*n].takes));
        let done = match (begun, hole, chain.last()) {
            (false, ..) => 0,
            (true, Some(hole), _) => hole,
            // Without a hole it was made as a whole or not at all: what is left over at its start tells.
            (true, None, Some(start)) if there(&moves[*start].gives) => 0,
            (true, None, _) => chain.len(),
        };
        for (place, n) in chain.into_iter().enumerate() {
            answers[n] = Some(place < done);
        }
    }
    for n in 0..open.len() {
        // A circle: no key comes or goes, so they can change hands at any time.
        if !seen[n] && giver_to(n).is_some() && taker_from(n).is_some() {
            answers[n] = Some(true);
        }
    }
    answers
}
