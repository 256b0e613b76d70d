//! The graph: nodes by key and edges that say "needs", with deterministic ordering.
use std::collections::{BTreeMap, BTreeSet, HashSet};

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::stable_graph::{NodeIndex, StableDiGraph};

use crate::Cycle;
use crate::cycle::path_through;
use crate::scheduler::Scheduler;

/// A directed graph whose edges point from a dependent to what it needs.
///
/// Every listing it gives is in key order. Adding is logarithmic in nodes and
/// constant in edges, so that a node that needs 100,000 others stays cheap.
#[derive(Debug, Clone)]
pub struct Graph<K: Ord + Clone> {
    index: BTreeMap<K, NodeIndex>,
    inner: StableDiGraph<K, ()>,
    // petgraph would scan a node's edges to find out whether one exists.
    edges: HashSet<(NodeIndex, NodeIndex)>,
}

impl<K: Ord + Clone> Default for Graph<K> {
    fn default() -> Self {
        Self {
            index: BTreeMap::new(),
            inner: StableDiGraph::new(),
            edges: HashSet::new(),
        }
    }
}

impl<K: Ord + Clone> Graph<K> {
    /// An empty graph.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a node; adding one that is there changes nothing.
    pub fn add_node(&mut self, key: K) {
        self.node(key);
    }

    fn node(&mut self, key: K) -> NodeIndex {
        if let Some(found) = self.index.get(&key) {
            return *found;
        }
        let added = self.inner.add_node(key.clone());
        self.index.insert(key, added);
        added
    }

    /// Says that `dependent` needs `dependency`. Both are added if they are
    /// missing; saying it twice is saying it once. A node may be made to need
    /// itself, which [`Graph::topological_order`] reports as a cycle.
    pub fn add_edge(&mut self, dependent: K, dependency: K) {
        let from = self.node(dependent);
        let to = self.node(dependency);
        if self.edges.insert((from, to)) {
            self.inner.add_edge(from, to, ());
        }
    }

    /// Whether there is a node with this key.
    pub fn contains(&self, key: &K) -> bool {
        self.index.contains_key(key)
    }

    /// Whether `dependent` needs `dependency` directly.
    pub fn contains_edge(&self, dependent: &K, dependency: &K) -> bool {
        match (self.index.get(dependent), self.index.get(dependency)) {
            (Some(from), Some(to)) => self.edges.contains(&(*from, *to)),
            _ => false,
        }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// How many different edges there are.
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// The keys, in order.
    pub fn nodes(&self) -> impl Iterator<Item = &K> {
        self.index.keys()
    }

    /// What `key` needs directly, in key order; empty for an unknown key.
    pub fn dependencies(&self, key: &K) -> Vec<K> {
        self.neighbours(key, Direction::Outgoing)
    }

    /// What needs `key` directly, in key order; empty for an unknown key.
    pub fn dependents(&self, key: &K) -> Vec<K> {
        self.neighbours(key, Direction::Incoming)
    }

    fn neighbours(&self, key: &K, direction: Direction) -> Vec<K> {
        let Some(at) = self.index.get(key) else {
            return Vec::new();
        };
        let mut keys: Vec<K> = self
            .inner
            .neighbors_directed(*at, direction)
            .map(|n| self.inner[n].clone())
            .collect();
        keys.sort_unstable();
        keys
    }

    /// The given keys that exist and everything they need, directly or not.
    pub fn transitive_dependencies<'a>(
        &'a self,
        keys: impl IntoIterator<Item = &'a K>,
    ) -> BTreeSet<K> {
        self.reach(keys, Direction::Outgoing)
    }

    /// The given keys that exist and everything that needs them, directly or not.
    pub fn transitive_dependents<'a>(
        &'a self,
        keys: impl IntoIterator<Item = &'a K>,
    ) -> BTreeSet<K> {
        self.reach(keys, Direction::Incoming)
    }

    fn reach<'a>(
        &'a self,
        keys: impl IntoIterator<Item = &'a K>,
        direction: Direction,
    ) -> BTreeSet<K> {
        let mut seen = HashSet::new();
        let mut stack: Vec<NodeIndex> = keys
            .into_iter()
            .filter_map(|k| self.index.get(k).copied())
            .collect();
        while let Some(at) = stack.pop() {
            if seen.insert(at) {
                stack.extend(self.inner.neighbors_directed(at, direction));
            }
        }
        seen.into_iter().map(|n| self.inner[n].clone()).collect()
    }

    /// Keeps the nodes for which `keep` holds, and the edges between them.
    pub fn retain(&mut self, mut keep: impl FnMut(&K) -> bool) {
        let gone: Vec<(K, NodeIndex)> = self
            .index
            .iter()
            .filter(|(k, _)| !keep(k))
            .map(|(k, n)| (k.clone(), *n))
            .collect();
        if gone.is_empty() {
            return;
        }
        for (key, at) in gone {
            self.index.remove(&key);
            self.inner.remove_node(at);
        }
        let inner = &self.inner;
        self.edges
            .retain(|(a, b)| inner.contains_node(*a) && inner.contains_node(*b));
    }

    /// A copy with only the given nodes and the edges between them.
    #[must_use]
    pub fn induced(&self, keys: &BTreeSet<K>) -> Self {
        let mut copy = Self::new();
        for key in keys {
            let Some(at) = self.index.get(key) else {
                continue;
            };
            copy.add_node(key.clone());
            for to in self.inner.neighbors_directed(*at, Direction::Outgoing) {
                let dependency = &self.inner[to];
                if keys.contains(dependency) {
                    copy.add_edge(key.clone(), dependency.clone());
                }
            }
        }
        copy
    }

    /// A copy in which every edge points the other way: the order of destroying.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut copy = Self::new();
        for key in self.index.keys() {
            copy.add_node(key.clone());
        }
        for (from, to) in &self.edges {
            copy.add_edge(self.inner[*to].clone(), self.inner[*from].clone());
        }
        copy
    }

    /// All keys, each after everything it needs; of those that could come next
    /// the smallest key comes first.
    ///
    /// # Errors
    /// One [`Cycle`] for each knot of nodes that need each other, in key order.
    pub fn topological_order(&self) -> Result<Vec<K>, Vec<Cycle<K>>> {
        let mut scheduler = Scheduler::new(self)?;
        let mut order = Vec::with_capacity(self.len());
        while let Some(next) = scheduler.pop_ready() {
            scheduler.done(&next);
            order.push(next);
        }
        Ok(order)
    }

    /// One cycle for each knot of nodes that need each other, by smallest key;
    /// empty when the graph can be ordered.
    pub fn cycles(&self) -> Vec<Cycle<K>> {
        let mut found: Vec<Cycle<K>> = kosaraju_scc(&self.inner)
            .into_iter()
            .filter(|knot| {
                knot.len() > 1 || knot.first().is_some_and(|n| self.edges.contains(&(*n, *n)))
            })
            .filter_map(|knot| path_through(&self.inner, &knot))
            .collect();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// For each node by rank (its place in key order): its key and the ranks of
    /// its direct dependents; what the scheduler counts with.
    pub(crate) fn by_rank(&self) -> (Vec<K>, Vec<Vec<usize>>, Vec<usize>) {
        let keys: Vec<K> = self.index.keys().cloned().collect();
        let mut rank = vec![0usize; self.last_index()];
        for (r, at) in self.index.values().enumerate() {
            rank[at.index()] = r;
        }
        let mut dependents = vec![Vec::new(); keys.len()];
        let mut needs = vec![0usize; keys.len()];
        for (from, to) in &self.edges {
            dependents[rank[to.index()]].push(rank[from.index()]);
            needs[rank[from.index()]] += 1;
        }
        (keys, dependents, needs)
    }

    fn last_index(&self) -> usize {
        self.index
            .values()
            .map(|n| n.index() + 1)
            .max()
            .unwrap_or(0)
    }
}
