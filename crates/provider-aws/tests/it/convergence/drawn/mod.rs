//! Tables that are drawn at random, and edits of them: only what AWS takes.
//!
//! Every argument of the type is drawn but these: `name`, `hash_key` and `region`, by which it is another
//! table; `import_table` and `restore_…`, which say what a table is made from, and a fresh one would need
//! that again; `timeouts`, which no cloud holds. Tests by name have them: `table_arguments`, `regions`,
//! `table_imports`.

mod edits;
mod written;

use std::collections::BTreeMap;

pub use edits::edit;
use edits::regions;

/// Numbers out of a seed, the same on every machine.
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(choices.len() as u64)).expect("a small number");
        choices[at]
    }
}

/// A global index as it is drawn.
#[derive(Clone, Debug)]
struct Index {
    hash: Vec<&'static str>,
    range: Vec<&'static str>,
    by_blocks: bool,
    projection: &'static str,
    others: Vec<&'static str>,
    units: (u64, u64),
    limit: Option<Limit>,
    warm: Option<Warm>,
}

/// The most that is read and written on demand; one of them at the least.
type Limit = (Option<u64>, Option<u64>);

/// The reads and writes that are kept warm.
type Warm = (u64, u64);

/// A replica as it is drawn. Its protection is always said: what is not said stays as it was.
#[derive(Clone, Debug)]
struct Replica {
    recovery: Option<bool>,
    propagates: Option<bool>,
    protected: bool,
    /// Whether it is protected where it lies: what was applied last said so.
    held: bool,
}

/// The other regions of a strongly consistent table: two copies, or one and a witness.
#[derive(Clone, Debug)]
struct Together {
    copies: BTreeMap<&'static str, Replica>,
    witness: Option<&'static str>,
}

/// A local index as it is drawn.
#[derive(Clone, Debug)]
struct Local {
    range: &'static str,
    projection: &'static str,
    others: Vec<&'static str>,
}

/// What is said of a stream that is off: nothing, that it is off, or also a view.
#[derive(Clone, Copy, Debug)]
enum Off {
    Silent,
    Said,
    WithView(&'static str),
}

/// A table as it is drawn: only what AWS takes.
#[derive(Clone, Debug)]
pub struct Table {
    hash: &'static str,
    range: Option<&'static str>,
    types: BTreeMap<&'static str, &'static str>,
    on_demand: bool,
    units: (u64, u64),
    limit: Option<Limit>,
    warm: Option<Warm>,
    locals: BTreeMap<&'static str, Local>,
    globals: BTreeMap<&'static str, Index>,
    stream: Option<&'static str>,
    /// What is said of the stream while there is none.
    off: Off,
    class: Option<&'static str>,
    protected: Option<bool>,
    ttl: Option<(&'static str, bool)>,
    recovery: Option<(bool, Option<u64>)>,
    encryption: Option<(bool, Option<&'static str>)>,
    tags: BTreeMap<&'static str, &'static str>,
    replicas: BTreeMap<&'static str, Replica>,
    /// Whether replicas say how consistent they are where they are as usual.
    says_mode: bool,
    /// Takes the place of `replicas` while it is drawn.
    together: Option<Together>,
    /// How warm indexes were that left: one that comes back before an apply is as warm still.
    left_warm: BTreeMap<&'static str, Warm>,
}

const REGIONS: &[&str] = &["us-east-1", "us-west-2", "ap-south-1"];

/// Where a table of eu-west-1 can be strongly consistent.
const NEAR: &[&str] = &["eu-west-2", "eu-west-3", "eu-central-1"];

/// The view that a stream needs which carries changes from region to region.
const WHOLE: &str = "NEW_AND_OLD_IMAGES";

const ATTRIBUTES: &[&str] = &["a", "b", "c", "d"];
const OTHERS: &[&str] = &["x", "y", "z"];
const KEYS: &[&str] = &[
    "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-4111-8111-111111111111",
    "arn:aws:kms:eu-west-1:123456789012:key/22222222-2222-4222-8222-222222222222",
];

fn units(chance: &mut Chance) -> (u64, u64) {
    (chance.below(5) + 1, chance.below(5) + 1)
}

fn limit(chance: &mut Chance) -> Limit {
    let (read, write) = (chance.below(50) + 1, chance.below(50) + 1);
    match chance.below(4) {
        0 => (Some(read), None),
        1 => (None, Some(write)),
        _ => (Some(read), Some(write)),
    }
}

/// Warmer than before, or as warm: AWS lowers no warmth.
fn warmer(chance: &mut Chance, before: Option<Warm>) -> Warm {
    let (read, write) = before.unwrap_or((12_000, 4_000));
    (
        read + 1_000 * chance.below(3),
        write + 1_000 * chance.below(2),
    )
}

/// One or two attributes that an index takes beside the keys.
fn others(chance: &mut Chance) -> Vec<&'static str> {
    let first = chance.of(OTHERS);
    let second = chance.of(OTHERS);
    if first == second {
        vec![first]
    } else {
        vec![first, second]
    }
}

fn replica(chance: &mut Chance) -> Replica {
    Replica {
        recovery: flag(chance),
        propagates: flag(chance),
        protected: chance.one_in(4),
        held: false,
    }
}

fn together(chance: &mut Chance) -> Together {
    let mut near = NEAR.to_vec();
    let mut take = |chance: &mut Chance| {
        let at = usize::try_from(chance.below(near.len() as u64)).expect("a small number");
        near.remove(at)
    };
    let mut copies = BTreeMap::from([(take(chance), replica(chance))]);
    let other = take(chance);
    if chance.one_in(2) {
        return Together {
            copies,
            witness: Some(other),
        };
    }
    copies.insert(other, replica(chance));
    Together {
        copies,
        witness: None,
    }
}

fn index(chance: &mut Chance) -> Index {
    let mut names = ATTRIBUTES.to_vec();
    let mut take = |chance: &mut Chance| {
        let at = usize::try_from(chance.below(names.len() as u64)).expect("a small number");
        names.remove(at)
    };
    let by_blocks = chance.one_in(2);
    let mut hash = vec![take(chance)];
    let mut range = Vec::new();
    if by_blocks && chance.one_in(3) {
        hash.push(take(chance));
    }
    if chance.one_in(2) {
        range.push(take(chance));
        if by_blocks && hash.len() == 1 && chance.one_in(3) {
            range.push(take(chance));
        }
    }
    let projection = chance.of(&["ALL", "KEYS_ONLY", "INCLUDE"]);
    Index {
        hash,
        range,
        by_blocks,
        projection,
        others: if projection == "INCLUDE" {
            others(chance)
        } else {
            Vec::new()
        },
        units: units(chance),
        limit: chance.one_in(3).then(|| limit(chance)),
        warm: None,
    }
}

pub fn table(chance: &mut Chance) -> Table {
    let types = ATTRIBUTES
        .iter()
        .chain(&["pk", "sk"])
        .map(|name| (*name, chance.of(&["S", "N", "B"])))
        .collect();
    let range = (!chance.one_in(3)).then_some("sk");
    let mut drawn = Table {
        hash: "pk",
        range,
        types,
        on_demand: chance.one_in(2),
        units: units(chance),
        limit: None,
        warm: None,
        locals: BTreeMap::new(),
        globals: BTreeMap::new(),
        stream: None,
        off: Off::Silent,
        class: None,
        protected: None,
        ttl: None,
        recovery: None,
        encryption: None,
        tags: BTreeMap::new(),
        replicas: BTreeMap::new(),
        says_mode: chance.one_in(2),
        together: None,
        left_warm: BTreeMap::new(),
    };
    // Replicas need both, which would seldom meet.
    if chance.one_in(3) {
        drawn.on_demand = true;
        drawn.stream = Some(WHOLE);
        for _ in 0..=chance.below(2) {
            regions(chance, &mut drawn);
        }
    } else if chance.one_in(4) {
        drawn.on_demand = true;
        drawn.together = Some(together(chance));
    }
    if range.is_some() {
        for name in ["local_one", "local_two"] {
            if chance.one_in(3) {
                let projection = chance.of(&["ALL", "KEYS_ONLY", "INCLUDE"]);
                let local = Local {
                    range: chance.of(ATTRIBUTES),
                    projection,
                    others: match projection {
                        "INCLUDE" => others(chance),
                        _ => Vec::new(),
                    },
                };
                drawn.locals.insert(name, local);
            }
        }
    }
    for _ in 0..chance.below(8) {
        edit(chance, &mut drawn);
    }
    drawn
}

fn flag(chance: &mut Chance) -> Option<bool> {
    match chance.below(3) {
        0 => None,
        drawn => Some(drawn == 1),
    }
}

impl Table {
    /// The replicas that AWS takes: of a table on demand; with a stream of all there is to copy, unless
    /// they are strongly consistent.
    fn lies_in(&self) -> Vec<(&'static str, &Replica)> {
        let all = match &self.together {
            _ if !self.on_demand => return Vec::new(),
            Some(together) => together.copies.iter(),
            None if self.stream == Some(WHOLE) => self.replicas.iter(),
            None => return Vec::new(),
        };
        all.map(|(region, replica)| (*region, replica)).collect()
    }

    /// Whether it is strongly consistent: then it has no local indexes, and its items do not expire.
    fn is_strong(&self) -> bool {
        self.on_demand && self.together.is_some()
    }

    /// Whether a replica of it may not go.
    fn is_held(&self) -> bool {
        let all = self.lies_in();
        all.iter()
            .any(|(_, replica)| replica.protected || replica.held)
    }

    /// It was applied as it is drawn now.
    pub fn applied(&mut self) {
        let lies: Vec<&str> = self.lies_in().iter().map(|(region, _)| *region).collect();
        let together = self.together.iter_mut();
        let copies = together.flat_map(|together| &mut together.copies);
        for (region, replica) in self.replicas.iter_mut().chain(copies) {
            replica.held = replica.protected && lies.contains(region);
        }
    }

    /// The regions in which copies get the table's tags.
    pub fn tagged_in(&self) -> Vec<&'static str> {
        let all = self.lies_in().into_iter();
        let tagged = all.filter(|(_, replica)| replica.propagates == Some(true));
        tagged.map(|(region, _)| region).collect()
    }
}
