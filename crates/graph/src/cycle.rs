//! A cycle, said as a path that a reader can follow.
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;

use petgraph::stable_graph::{NodeIndex, StableDiGraph};

/// Nodes that need each other in a ring: each needs the next, the last needs
/// the first. It starts with its smallest key and is a shortest ring through it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cycle<K> {
    /// The ring's keys, each once; never empty.
    pub path: Vec<K>,
    /// All that need each other, in key order: the ring, and what hangs on other rings through it.
    pub members: Vec<K>,
}

impl<K: fmt::Display> fmt::Display for Cycle<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for key in &self.path {
            write!(f, "{key} -> ")?;
        }
        match self.path.first() {
            Some(first) => write!(f, "{first}"),
            None => Ok(()),
        }
    }
}

/// A shortest ring through the smallest key of a strongly connected knot.
pub(crate) fn path_through<K: Ord + Clone>(
    graph: &StableDiGraph<K, ()>,
    knot: &[NodeIndex],
) -> Option<Cycle<K>> {
    let inside: HashSet<NodeIndex> = knot.iter().copied().collect();
    let start = knot.iter().copied().min_by_key(|n| &graph[*n])?;
    let mut members: Vec<K> = knot.iter().map(|n| graph[*n].clone()).collect();
    members.sort_unstable();
    let mut came_from: HashMap<NodeIndex, NodeIndex> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        let mut next: Vec<NodeIndex> = graph.neighbors(at).filter(|n| inside.contains(n)).collect();
        next.sort_unstable_by_key(|n| &graph[*n]);
        for to in next {
            if to == start {
                let mut path = vec![graph[at].clone()];
                let mut back = at;
                while let Some(before) = came_from.get(&back) {
                    path.push(graph[*before].clone());
                    back = *before;
                }
                path.reverse();
                return Some(Cycle { path, members });
            }
            if to != at && !came_from.contains_key(&to) {
                came_from.insert(to, at);
                queue.push_back(to);
            }
        }
    }
    None
}
