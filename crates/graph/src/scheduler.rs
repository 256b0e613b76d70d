//! Stepping through a graph: take all that is ready now, say what became of it.
use std::collections::{BTreeMap, BTreeSet};

use crate::{Cycle, Graph};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Ready,
    Taken,
    Done,
    Failed,
    Skipped,
}

/// Hands out the nodes whose dependencies are done, for callers that take
/// everything that is ready now and run it in batches.
#[derive(Debug, Clone)]
pub struct Scheduler<K: Ord + Clone> {
    keys: Vec<K>,
    rank: BTreeMap<K, usize>,
    dependents: Vec<Vec<usize>>,
    missing: Vec<usize>,
    stage: Vec<Stage>,
    ready: BTreeSet<usize>,
    open: usize,
}

impl<K: Ord + Clone> Scheduler<K> {
    /// A scheduler over all nodes of the graph.
    ///
    /// # Errors
    /// The graph's cycles: with one, some nodes would never become ready.
    pub fn new(graph: &Graph<K>) -> Result<Self, Vec<Cycle<K>>> {
        let cycles = graph.cycles();
        if !cycles.is_empty() {
            return Err(cycles);
        }
        let (keys, dependents, missing) = graph.by_rank();
        let rank = keys.iter().cloned().zip(0..).collect();
        let ready: BTreeSet<usize> = (0..keys.len()).filter(|r| missing[*r] == 0).collect();
        let mut stage = vec![Stage::Waiting; keys.len()];
        for r in &ready {
            stage[*r] = Stage::Ready;
        }
        Ok(Self {
            open: keys.len(),
            keys,
            rank,
            dependents,
            missing,
            stage,
            ready,
        })
    }

    /// Takes every node that became ready since the last call, in key order.
    pub fn ready(&mut self) -> Vec<K> {
        let taken = std::mem::take(&mut self.ready);
        taken
            .into_iter()
            .map(|r| {
                self.stage[r] = Stage::Taken;
                self.keys[r].clone()
            })
            .collect()
    }

    /// Takes only the smallest ready node.
    pub fn pop_ready(&mut self) -> Option<K> {
        let r = self.ready.pop_first()?;
        self.stage[r] = Stage::Taken;
        Some(self.keys[r].clone())
    }

    /// Says that a taken node succeeded: what waited only for it becomes ready.
    /// A key that is unknown or not taken changes nothing.
    pub fn done(&mut self, key: &K) {
        let Some(r) = self.taken(key) else { return };
        self.stage[r] = Stage::Done;
        self.open -= 1;
        for dependent in &self.dependents[r] {
            self.missing[*dependent] -= 1;
            if self.missing[*dependent] == 0 && self.stage[*dependent] == Stage::Waiting {
                self.stage[*dependent] = Stage::Ready;
                self.ready.insert(*dependent);
            }
        }
    }

    /// Says that a taken node failed. Returns, in key order, the nodes that are
    /// skipped because of it now (those skipped by an earlier failure are not
    /// named again). A key that is unknown or not taken changes nothing.
    pub fn failed(&mut self, key: &K) -> Vec<K> {
        let Some(r) = self.taken(key) else {
            return Vec::new();
        };
        self.stage[r] = Stage::Failed;
        self.open -= 1;
        let mut skipped = Vec::new();
        let mut stack = self.dependents[r].clone();
        while let Some(at) = stack.pop() {
            if self.stage[at] == Stage::Waiting {
                self.stage[at] = Stage::Skipped;
                self.open -= 1;
                skipped.push(at);
                stack.extend(&self.dependents[at]);
            }
        }
        skipped.sort_unstable();
        skipped.into_iter().map(|r| self.keys[r].clone()).collect()
    }

    fn taken(&self, key: &K) -> Option<usize> {
        let r = *self.rank.get(key)?;
        (self.stage[r] == Stage::Taken).then_some(r)
    }

    /// Whether every node is done, failed or skipped.
    pub fn is_finished(&self) -> bool {
        self.open == 0
    }

    /// How many nodes are neither done nor failed nor skipped.
    pub fn open(&self) -> usize {
        self.open
    }

    /// The nodes that were never taken and not skipped, in key order: what is
    /// left when a caller stops early.
    pub fn not_started(&self) -> Vec<K> {
        self.stage
            .iter()
            .zip(&self.keys)
            .filter(|(s, _)| matches!(s, Stage::Waiting | Stage::Ready))
            .map(|(_, k)| k.clone())
            .collect()
    }
}
