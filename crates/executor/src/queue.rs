//! Calls of one resource type that wait: taken in batches, those that hand something on to each other together.

use std::collections::{HashMap, VecDeque};

use trueup_provider::{Batching, StepKind};

use crate::jobs::{Call, Job};
use crate::work::Work;

/// A call that waits.
struct Waiting {
    work: Work,
    job: Job,
    /// What ties it to others, once that was asked for.
    ties: Option<Vec<String>>,
}

/// The calls of one resource type under one provider configuration, in their order.
#[derive(Default)]
pub(crate) struct Queue {
    /// Calls that belong together stand side by side as a group, once there is more than one batch takes.
    groups: VecDeque<Vec<Waiting>>,
    calls: usize,
    /// Whether calls came since they were last looked through.
    grown: bool,
}

impl Queue {
    /// Puts a call at the end.
    pub(crate) fn push(&mut self, work: Work, job: Job) {
        self.groups.push_back(vec![Waiting {
            work,
            job,
            ties: None,
        }]);
        self.calls += 1;
        self.grown = true;
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Takes the next batch: as many calls as the type takes, and with each those that are tied to it.
    pub(crate) fn take(&mut self) -> Vec<(Work, Job)> {
        let first = self.groups.front().and_then(|group| group.first());
        let most = match first.map(|waiting| &waiting.job.call) {
            Some(Call::Change(resource_type, _)) => match resource_type.batching() {
                Batching::Single => 1,
                Batching::UpTo(most) => most.max(1),
            },
            _ => 1,
        };
        if std::mem::take(&mut self.grown) && most > 1 && self.calls > most {
            self.bring_together();
        }
        let mut taken: Vec<(Work, Job)> = Vec::new();
        while let Some(group) = self
            .groups
            .pop_front_if(|group| taken.is_empty() || taken.len() + group.len() <= most)
        {
            self.calls -= group.len();
            taken.extend(group.into_iter().map(|one| (one.work, one.job)));
        }
        taken
    }

    /// Makes one group of all calls that are tied to each other, in the order of their first.
    fn bring_together(&mut self) {
        let mut all: Vec<Waiting> = std::mem::take(&mut self.groups)
            .into_iter()
            .flatten()
            .collect();
        // What is only made hands nothing on.
        if all.iter().all(|waiting| waiting.is_a_creation()) {
            self.groups = all.into_iter().map(|waiting| vec![waiting]).collect();
            return;
        }
        for waiting in &mut all {
            if waiting.ties.is_none() {
                waiting.ties = Some(match &waiting.job.call {
                    Call::Change(resource_type, step) => resource_type.ties(step),
                    Call::Read(..) => Vec::new(),
                });
            }
        }
        let ties: Vec<&[String]> = all
            .iter()
            .map(|waiting| waiting.ties.as_deref().unwrap_or_default())
            .collect();
        let group_of = groups(&ties);
        let mut grouped: Vec<Vec<Waiting>> = Vec::new();
        for (waiting, group) in all.into_iter().zip(group_of) {
            if group >= grouped.len() {
                grouped.resize_with(group + 1, Vec::new);
            }
            if let Some(group) = grouped.get_mut(group) {
                group.push(waiting);
            }
        }
        self.groups = grouped.into();
    }
}

impl Waiting {
    fn is_a_creation(&self) -> bool {
        matches!(&self.job.call, Call::Change(_, step) if step.kind == StepKind::Create)
    }
}

/// Which group each belongs to, where those with a tie in common are in one; groups are numbered in the
/// order of their first member.
fn groups(ties: &[&[String]]) -> Vec<usize> {
    fn root(parents: &mut [usize], mut n: usize) -> usize {
        while parents[n] != n {
            parents[n] = parents[parents[n]];
            n = parents[n];
        }
        n
    }
    let mut parents: Vec<usize> = (0..ties.len()).collect();
    let mut holders: HashMap<&str, usize> = HashMap::new();
    for (n, ties) in ties.iter().enumerate() {
        for tie in *ties {
            let other = *holders.entry(tie).or_insert(n);
            let (a, b) = (root(&mut parents, other), root(&mut parents, n));
            // The earliest stands for all.
            parents[a.max(b)] = a.min(b);
        }
    }
    let mut number: HashMap<usize, usize> = HashMap::new();
    (0..ties.len())
        .map(|n| {
            let next = number.len();
            *number.entry(root(&mut parents, n)).or_insert(next)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn those_with_a_tie_in_common_are_one_group() {
        let tied: [&[&str]; 6] = [&["a", "b"], &[], &["c"], &["d", "c"], &["b", "d"], &[]];
        let owned: Vec<Vec<String>> = tied
            .iter()
            .map(|ties| ties.iter().map(|tie| (*tie).to_owned()).collect())
            .collect();
        let ties: Vec<&[String]> = owned.iter().map(Vec::as_slice).collect();
        assert_eq!(groups(&ties), [0, 1, 0, 0, 0, 2]);
    }
}
