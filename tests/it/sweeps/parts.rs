//! Which parts of a sweep are run: all, or those that `TRUEUP_TEST_SWEEP` names, as `cargo xtask long NAME PART...`
//! sets it: `tables both deny` is tables and items, with both locks, with denials alone.

use super::faults::FAULTS;
use super::kill::SIDES;
use super::scenario::{Keeping, Scenario};
use super::shifts;

/// What is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Tables and items.
    Tables,
    /// Every type beside them.
    Types,
    /// Networks, buckets and streams.
    Networks,
    /// Lists of items that shift.
    Shifts,
}

impl Subject {
    const ALL: [Self; 4] = [Self::Tables, Self::Types, Self::Networks, Self::Shifts];

    fn word(self) -> &'static str {
        match self {
            Self::Tables => "tables",
            Self::Types => "types",
            Self::Networks => "networks",
            Self::Shifts => "shifts",
        }
    }

    /// What is applied of it, one after the other; of tables and items, in each way of keeping the state that takes part.
    fn scenarios(self) -> Box<dyn Iterator<Item = Scenario>> {
        match self {
            Self::Tables => {
                let keepings = chosen(&Keeping::ALL, Keeping::word);
                Box::new(keepings.into_iter().map(Scenario::tables_and_items))
            }
            Self::Types => Box::new(std::iter::once_with(Scenario::every_type)),
            Self::Networks => Box::new(std::iter::once_with(Scenario::networks)),
            Self::Shifts => Box::new(shifts::all()),
        }
    }

    /// How many complaints there were at all points of its scenarios; none where it takes no part.
    pub fn swept(self, sweep: fn(Scenario, Option<usize>) -> usize) -> usize {
        if !chosen(&Self::ALL, Self::word).contains(&self) {
            return 0;
        }
        self.scenarios().map(|scenario| sweep(scenario, None)).sum()
    }
}

/// What goes wrong at a call, as far as it takes part.
pub fn ways(all: &[&'static str]) -> Vec<&'static str> {
    chosen(all, |way| way)
}

/// Those of one sort that are named; all where none of the sort is.
fn chosen<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Vec<T> {
    let named = std::env::var("TRUEUP_TEST_SWEEP").unwrap_or_default();
    let named: Vec<&str> = named.split_whitespace().collect();
    for part in &named {
        assert!(
            known().any(|known| known == *part),
            "there is no part {part:?}: {}",
            known().collect::<Vec<_>>().join(", ")
        );
    }
    let some: Vec<T> = all
        .iter()
        .copied()
        .filter(|one| named.contains(&word(*one)))
        .collect();
    match some.is_empty() {
        true => all.to_vec(),
        false => some,
    }
}

fn known() -> impl Iterator<Item = &'static str> {
    let subjects = Subject::ALL.into_iter().map(Subject::word);
    let keepings = Keeping::ALL.into_iter().map(Keeping::word);
    subjects.chain(keepings).chain(SIDES).chain(FAULTS)
}
