//! Where the nodes of a picture stand: in layers, each node right of all that it needs.
//!
//! The layers follow the longest way to a node that needs nothing. Arrows over several layers pass through joints, one
//! a layer, so that they keep clear of nodes. Within a layer the order comes from a few sweeps that put each node at the
//! mean of its neighbours, which takes out most crossings. Everything is decided by the order of the input, so that
//! the same graph gives the same picture.

use std::collections::BTreeSet;

use super::Picture;

/// How often the order within layers is improved, from left to right and back.
const SWEEPS: usize = 6;
/// How often nodes are moved towards the middle of their neighbours.
const PULLS: usize = 8;
/// Joints are left out where they would be more than this many: the picture is a carpet then in any case.
const MOST_JOINTS: usize = 20_000;

/// The height of a row, in pixels.
const ROW: f64 = 40.0;
/// The height that a joint takes.
const JOINT: f64 = 12.0;

/// Where everything stands.
#[derive(Clone, Default, Debug)]
pub(super) struct Layout {
    /// The layer of each node, and the middle of its height.
    pub(super) places: Vec<(usize, f64)>,
    /// The arrows: the two nodes, and the layers and heights between them, from the first to the second.
    pub(super) ways: Vec<Way>,
    /// How many layers there are.
    pub(super) layers: usize,
    /// The height of all.
    pub(super) height: f64,
}

/// The way of an arrow.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) from: usize,
    pub(super) to: usize,
    /// What it passes through: layer and height.
    pub(super) joints: Vec<(usize, f64)>,
}

/// Finds places for all.
pub(super) fn layout(picture: &Picture) -> Layout {
    let count = picture.nodes.len();
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in &picture.edges {
        if from != to && *from < count && *to < count {
            needs[*from].push(*to);
        }
    }
    let against = against_the_order(&needs);
    let ranks = ranks(&needs, &against);
    let layers = ranks.iter().max().map_or(0, |most| most + 1);
    let mut board = Board::new(&ranks, layers);
    let mut chains = Vec::new();
    let spans: usize = picture
        .edges
        .iter()
        .map(|(from, to)| ranks[*from].abs_diff(ranks[*to]).saturating_sub(1))
        .sum();
    for (from, to) in picture.edges.iter().filter(|(from, to)| from != to) {
        let mut chain = vec![*from];
        if spans <= MOST_JOINTS {
            let (start, end) = (ranks[*from], ranks[*to]);
            let between: Vec<usize> = match start > end {
                true => (end + 1..start).rev().collect(),
                false => (start + 1..end).collect(),
            };
            chain.extend(between.into_iter().map(|layer| board.joint(layer)));
        }
        chain.push(*to);
        for pair in chain.windows(2) {
            board.connect(pair[0], pair[1]);
        }
        chains.push(chain);
    }
    board.order();
    let heights = board.heights(count);
    let height = heights.iter().copied().fold(ROW / 2.0, f64::max) + ROW / 2.0;
    let ways = chains.into_iter().map(|chain| Way {
        from: chain[0],
        to: chain[chain.len() - 1],
        joints: chain[1..chain.len() - 1]
            .iter()
            .map(|at| (board.layer[*at], heights[*at]))
            .collect(),
    });
    Layout {
        places: (0..count).map(|at| (ranks[at], heights[at])).collect(),
        ways: ways.collect(),
        layers,
        height,
    }
}

/// The edges that have to be turned for the rest to be free of cycles: those that lead back to where a walk is
/// still under way.
fn against_the_order(needs: &[Vec<usize>]) -> BTreeSet<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        UnderWay,
        Yes,
    }
    let mut seen = vec![Seen::No; needs.len()];
    let mut turned = BTreeSet::new();
    for start in 0..needs.len() {
        if seen[start] != Seen::No {
            continue;
        }
        seen[start] = Seen::UnderWay;
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.pop() {
            match needs[node].get(next) {
                None => seen[node] = Seen::Yes,
                Some(to) => {
                    stack.push((node, next + 1));
                    match seen[*to] {
                        Seen::UnderWay => {
                            turned.insert((node, *to));
                        }
                        Seen::No => {
                            seen[*to] = Seen::UnderWay;
                            stack.push((*to, 0));
                        }
                        Seen::Yes => {}
                    }
                }
            }
        }
    }
    turned
}

/// The layer of each node: one more than the highest of what it needs.
fn ranks(needs: &[Vec<usize>], against: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    let mut open = vec![0_usize; needs.len()];
    for (from, all) in needs.iter().enumerate() {
        for to in all {
            let (from, to) = match against.contains(&(from, *to)) {
                true => (*to, from),
                false => (from, *to),
            };
            needed_by[to].push(from);
            open[from] += 1;
        }
    }
    let mut ranks = vec![0; needs.len()];
    let mut ready: Vec<usize> = (0..needs.len()).filter(|at| open[*at] == 0).collect();
    let mut next = 0;
    while let Some(node) = ready.get(next).copied() {
        next += 1;
        for above in &needed_by[node] {
            ranks[*above] = ranks[*above].max(ranks[node] + 1);
            open[*above] -= 1;
            if open[*above] == 0 {
                ready.push(*above);
            }
        }
    }
    ranks
}

/// Nodes and joints in their layers.
struct Board {
    layer: Vec<usize>,
    rows: Vec<Vec<usize>>,
    neighbours: Vec<Vec<usize>>,
}

impl Board {
    fn new(ranks: &[usize], layers: usize) -> Self {
        let mut rows = vec![Vec::new(); layers];
        for (at, rank) in ranks.iter().enumerate() {
            rows[*rank].push(at);
        }
        Self {
            layer: ranks.to_vec(),
            rows,
            neighbours: vec![Vec::new(); ranks.len()],
        }
    }

    fn joint(&mut self, layer: usize) -> usize {
        let at = self.layer.len();
        self.layer.push(layer);
        self.rows[layer].push(at);
        self.neighbours.push(Vec::new());
        at
    }

    fn connect(&mut self, one: usize, other: usize) {
        self.neighbours[one].push(other);
        self.neighbours[other].push(one);
    }

    /// Orders each layer by the mean place of the neighbours in the layer before it in the sweep.
    fn order(&mut self) {
        let mut place = vec![0.0; self.layer.len()];
        let renumber = |row: &[usize], place: &mut Vec<f64>| {
            for (number, at) in row.iter().enumerate() {
                place[*at] = number as f64;
            }
        };
        for row in &self.rows {
            renumber(row, &mut place);
        }
        for sweep in 0..SWEEPS {
            let to_the_right = sweep % 2 == 0;
            let layers: Vec<usize> = match to_the_right {
                true => (0..self.rows.len()).collect(),
                false => (0..self.rows.len()).rev().collect(),
            };
            for layer in layers {
                let mean = |at: &usize| {
                    let near = self.neighbours[*at].iter().filter(|other| {
                        let other = self.layer[**other];
                        match to_the_right {
                            true => other < layer,
                            false => other > layer,
                        }
                    });
                    mean(near.map(|other| place[*other])).unwrap_or(place[*at])
                };
                let mut keyed: Vec<(f64, usize)> =
                    self.rows[layer].iter().map(|at| (mean(at), *at)).collect();
                // A stable sort: equals stay as they were.
                keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
                self.rows[layer] = keyed.into_iter().map(|(_, at)| at).collect();
                renumber(&self.rows[layer], &mut place);
            }
        }
    }

    /// The height of each node and joint: near the mean of its neighbours, none over another, the order kept. The
    /// first `count` are nodes, the others joints.
    fn heights(&self, count: usize) -> Vec<f64> {
        let room = |at: usize| if at < count { ROW } else { JOINT };
        let mut heights = vec![0.0; self.layer.len()];
        for row in &self.rows {
            let mut top = 0.0;
            for at in row {
                heights[*at] = top + room(*at) / 2.0;
                top += room(*at);
            }
        }
        for _ in 0..PULLS {
            for row in &self.rows {
                let wished: Vec<f64> = row
                    .iter()
                    .map(|at| {
                        let near = self.neighbours[*at].iter().map(|other| heights[*other]);
                        mean(near).unwrap_or(heights[*at])
                    })
                    .collect();
                // Pushed down from above, then up from below, half of each: the order and the distances stay.
                let apart = |one: usize, other: usize| (room(one) + room(other)) / 2.0;
                let mut down = wished.clone();
                for n in 1..row.len() {
                    down[n] = down[n].max(down[n - 1] + apart(row[n - 1], row[n]));
                }
                let mut up = wished;
                for n in (1..row.len()).rev() {
                    up[n - 1] = up[n - 1].min(up[n] - apart(row[n - 1], row[n]));
                }
                for (n, at) in row.iter().enumerate() {
                    heights[*at] = (down[n] + up[n]) / 2.0;
                }
            }
        }
        let top = (0..heights.len())
            .map(|at| heights[at] - room(at) / 2.0)
            .fold(f64::INFINITY, f64::min);
        if top.is_finite() {
            for height in &mut heights {
                *height -= top;
            }
        }
        heights
    }
}

fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for number in numbers {
        sum += number;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::super::{Form, Node};
    use super::*;

    fn picture(count: usize, edges: &[(usize, usize)]) -> Picture {
        let node = |at: usize| Node {
            label: at.to_string(),
            module: String::new(),
            form: Form::Resource,
            action: None,
        };
        Picture {
            nodes: (0..count).map(node).collect(),
            edges: edges.to_vec(),
            cyclic: Vec::new(),
        }
    }

    #[test]
    fn what_is_needed_stands_to_the_left() {
        let edges = [(1, 0), (2, 1), (3, 0), (3, 2)];
        let layout = layout(&picture(4, &edges));
        for (from, to) in edges {
            assert!(layout.places[from].0 > layout.places[to].0, "{from} {to}");
        }
        let far = layout.ways.iter().find(|way| (way.from, way.to) == (3, 0));
        assert_eq!(far.map(|way| way.joints.len()), Some(2));
    }

    #[test]
    fn no_two_nodes_of_a_layer_overlap() {
        let edges: Vec<(usize, usize)> = (1..40).map(|at| (at, at / 5)).collect();
        let layout = layout(&picture(40, &edges));
        for one in 0..40 {
            for other in 0..one {
                let ((left, up), (right, down)) = (layout.places[one], layout.places[other]);
                assert!(
                    left != right || (up - down).abs() > ROW - 0.01,
                    "{one} {other}"
                );
            }
        }
    }

    #[test]
    fn cycles_and_loops_do_no_harm() {
        let layout = layout(&picture(3, &[(0, 1), (1, 2), (2, 0), (1, 1)]));
        assert_eq!(layout.places.len(), 3);
        assert_eq!(super::layout(&picture(0, &[])).places.len(), 0);
    }

    #[test]
    fn a_long_chain_is_no_deep_recursion() {
        let edges: Vec<(usize, usize)> = (1..50_000).map(|at| (at, at - 1)).collect();
        assert_eq!(layout(&picture(50_000, &edges)).layers, 50_000);
    }
}
