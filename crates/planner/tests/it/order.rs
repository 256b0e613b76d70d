//! Objects remember only the nearest resources that they depend on; whatever leaves the state or the configuration, what
//! goes still goes after all that depends on it.

use std::collections::BTreeSet;
use std::fmt::Write;

use proptest::prelude::*;
use trueup_addrs::parse;
use trueup_plan::{Mode, Phase, Plan};
use trueup_state::{Left, State};

use crate::{case, prior};

const COUNT: usize = 9;

/// Which of the blocks `n0`, `n1`… needs which, always a later one an earlier one.
#[derive(Clone, Debug)]
struct Web {
    needs: Vec<BTreeSet<usize>>,
}

impl Web {
    fn new(edges: &[bool]) -> Self {
        let mut edges = edges.iter();
        let needs = (0..COUNT)
            .map(|n| (0..n).filter(|_| edges.next() == Some(&true)).collect())
            .collect();
        Self { needs }
    }

    fn all_needs(&self, of: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![of];
        while let Some(next) = waiting.pop() {
            for need in &self.needs[next] {
                if found.insert(*need) {
                    waiting.push(*need);
                }
            }
        }
        found
    }

    /// A configuration of those blocks, each with its references to others of them.
    fn config(&self, blocks: &BTreeSet<usize>) -> String {
        let mut text = String::new();
        for block in blocks {
            let needs = self.needs[*block].intersection(blocks);
            let needs: Vec<String> = needs
                .map(|need| format!("terraform_data.n{need}"))
                .collect();
            let _ = writeln!(
                text,
                "resource \"terraform_data\" \"n{block}\" {{\n  depends_on = [{}]\n}}",
                needs.join(", ")
            );
        }
        text
    }

    /// The state of them all: each object remembers its nearest, or all where `whole` says so.
    fn state(&self, whole: &[bool]) -> State {
        let mut text = String::new();
        for (n, nearest) in self.needs.iter().enumerate() {
            let needs = match whole[n] {
                true => self.all_needs(n),
                false => nearest.clone(),
            };
            let needs: Vec<String> = needs
                .iter()
                .map(|need| format!("terraform_data.n{need}"))
                .collect();
            let needs = match needs.is_empty() {
                true => String::new(),
                false => format!(" needs={}", needs.join(",")),
            };
            let _ = writeln!(text, "terraform_data.n{n} {{\"id\":\"n{n}\"}}{needs}");
        }
        prior::state(&text).expect("a state")
    }
}

/// Takes objects out of a state by hand.
fn forget(state: &mut State, gone: &BTreeSet<usize>) {
    let before = state.clone();
    for n in gone {
        let addr = parse::abs_instance(&format!("terraform_data.n{n}")).expect("an address");
        state.remove_instance(&addr);
    }
    let left = Left::since(&before, state);
    state.inherit(&left, |_, _| true);
}

/// The place of the step that destroys a block, if one does.
fn destroyed(plan: &Plan, n: usize) -> Option<usize> {
    let name = format!("n{n}");
    plan.steps
        .iter()
        .position(|step| step.phase == Phase::Delete && *step.resource.resource.name == *name)
}

/// Whether a step waits for another one, directly or not.
fn waits(plan: &Plan, step: usize, other: usize) -> bool {
    let mut waiting = vec![step];
    let mut seen = BTreeSet::new();
    while let Some(next) = waiting.pop() {
        if next == other {
            return true;
        }
        if seen.insert(next) {
            waiting.extend(&plan.steps[next].needs);
        }
    }
    false
}

fn in_order(web: &Web, plan: &Plan) -> Result<(), TestCaseError> {
    for dependent in 0..COUNT {
        for need in web.all_needs(dependent) {
            let (Some(first), Some(then)) = (destroyed(plan, dependent), destroyed(plan, need))
            else {
                continue;
            };
            prop_assert!(
                waits(plan, then, first),
                "n{} is destroyed without waiting for n{}: {:?}",
                need,
                dependent,
                plan.steps
            );
        }
    }
    Ok(())
}

fn some(of: &[bool]) -> BTreeSet<usize> {
    (0..COUNT).filter(|n| of[*n]).collect()
}

fn flags() -> impl Strategy<Value = Vec<bool>> {
    proptest::collection::vec(any::<bool>(), COUNT)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Objects are taken out of the state by hand; blocks leave the configuration; what is left is destroyed.
    #[test]
    fn what_goes_goes_after_all_that_depends_on_it(
        edges in proptest::collection::vec(any::<bool>(), COUNT * (COUNT - 1) / 2),
        whole in flags(),
        by_hand in flags(),
        declared in flags(),
        narrowed in flags(),
    ) {
        let web = Web::new(&edges);
        let mut state = web.state(&whole);
        forget(&mut state, &some(&by_hand));
        let blocks = some(&declared);
        let config = web.config(&blocks);
        let plan = case::Case::of(&config, state.clone(), Mode::Normal).plan().plan;
        prop_assert!(!plan.errored);
        in_order(&web, &plan)?;
        // What the plan is not about keeps its order when the rest is gone.
        let aimed = some(&narrowed);
        let mut case = case::Case::of(&config, state.clone(), Mode::Normal);
        case.aim(aimed.iter().map(|n| format!("terraform_data.n{n}")));
        let plan = case.plan().plan;
        prop_assert!(!plan.errored);
        in_order(&web, &plan)?;
        if !aimed.is_empty() {
            let mut after = plan.prior_state.clone();
            for n in (0..COUNT).filter(|n| destroyed(&plan, *n).is_some()) {
                let addr = parse::abs_instance(&format!("terraform_data.n{n}"));
                after.remove_instance(&addr.expect("an address"));
            }
            let told: BTreeSet<usize> = plan
                .changes
                .iter()
                .filter_map(|change| change.addr.resource.resource.name[1..].parse().ok())
                .collect();
            let plan = case::Case::of("", after, Mode::Destroy).plan().plan;
            for dependent in (0..COUNT).filter(|n| !told.contains(n)) {
                for need in web.all_needs(dependent).iter().filter(|n| !told.contains(n)) {
                    if let (Some(first), Some(then)) =
                        (destroyed(&plan, dependent), destroyed(&plan, *need))
                    {
                        // What the plan was about depends on what its block says now.
                        let between = told.iter().any(|n| {
                            blocks.contains(n)
                                && web.all_needs(dependent).contains(n)
                                && web.all_needs(*n).contains(need)
                        });
                        prop_assert!(between || waits(&plan, then, first));
                    }
                }
            }
        }
        let plan = case::Case::of(&config, state, Mode::Destroy).plan().plan;
        prop_assert!(!plan.errored);
        in_order(&web, &plan)?;
    }
}
