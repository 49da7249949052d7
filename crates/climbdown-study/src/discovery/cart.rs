//! CART, classification trees (Breiman, Friedman, Olshen and Stone 1984): a second opinion on where the
//! cases of interest lie. Not pruned: its size is held by depth and leaf.

use super::limits::{Limit, Limits};
use super::sample::{Cells, Sample, Tally};

/// How far to grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CartOptions {
    /// Most splits above a leaf; `None` for any number.
    pub most_depth: Option<usize>,
    /// Fewest rows in a leaf; 0 counts as 1. EMA Workbench takes 5 % of the rows, rounded down.
    pub least_leaf: usize,
}

/// A tree: its nodes in preorder, the first the root.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// The nodes; a split's children come after it.
    pub nodes: Vec<Node>,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Rows are told apart.
    Split {
        /// By what.
        test: Test,
        /// The node for rows of which it is true.
        yes: usize,
        /// The node for the others.
        no: usize,
    },
    /// Rows that are not told apart any more.
    Leaf(Leaf),
}

/// What a split asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test {
    /// Whether a number is at most a threshold, which lies halfway between two that occur.
    AtMost {
        /// The input.
        input: usize,
        /// The threshold.
        threshold: f64,
    },
    /// Whether the label is another than this.
    IsNot {
        /// The input.
        input: usize,
        /// Index of the label.
        label: usize,
    },
}

/// A leaf, as a box.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// What its rows have in common. A limit that is not that of the whole sample is a threshold.
    pub limits: Limits,
    /// Number of rows.
    pub n_rows: usize,
    /// How many of them are of interest (or the sum of their weights).
    pub of_interest: f64,
    /// Share of all cases of interest that is in it.
    pub coverage: f64,
    /// Share of its rows that is of interest.
    pub density: f64,
    /// Share of all rows that is in it.
    pub mass: f64,
}

impl Tree {
    /// The leaves, from left to right.
    pub fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Leaf(leaf) => Some(leaf),
            Node::Split { .. } => None,
        })
    }
}

/// A node to be made, and the split and answer it hangs on.
struct Open {
    rows: Vec<usize>,
    limits: Limits,
    depth: usize,
    parent: Option<(usize, bool)>,
}

/// Grows a tree. Each split is the one with the least impurity after it (Gini's, 2p(1 − p) for a share p
/// of interest); of equals that of the first input, then of the smallest threshold or label index. A
/// node is a leaf if it is pure, too small to be split, or as deep as allowed. A split need not gain
/// anything, since what comes below it may; scikit-learn grows by the same rule.
#[must_use]
pub fn grow(sample: &Sample, options: &CartOptions) -> Tree {
    let least_leaf = options.least_leaf.max(1);
    let mut nodes: Vec<Node> = Vec::new();
    let root = (0..sample.n_rows()).collect();
    let mut open =
        vec![Open { rows: root, limits: Limits::of_all(sample), depth: 0, parent: None }];
    while let Some(Open { rows, limits, depth, parent }) = open.pop() {
        let id = nodes.len();
        if let Some((split, is_yes)) = parent
            && let Node::Split { yes, no, .. } = &mut nodes[split]
        {
            *(if is_yes { yes } else { no }) = id;
        }
        let tally = sample.tally(rows.iter().copied());
        let is_leaf = options.most_depth.is_some_and(|most| depth >= most)
            || rows.len() < 2 * least_leaf
            || tally.weight == 0
            || tally.is_all();
        let split = if is_leaf { None } else { best_split(sample, &rows, tally, least_leaf) };
        let Some(split) = split else {
            nodes.push(Node::Leaf(leaf(sample, limits, tally)));
            continue;
        };
        let (yes_limits, no_limits) = split.limits(&limits);
        let (yes, no) = rows.iter().partition(|&&row| split.holds(sample, row));
        // The one pushed last is made first: preorder.
        for (is_yes, rows, limits) in [(false, no, no_limits), (true, yes, yes_limits)] {
            open.push(Open { rows, limits, depth: depth + 1, parent: Some((id, is_yes)) });
        }
        nodes.push(Node::Split { test: split.test, yes: id, no: id });
    }
    Tree { nodes }
}

fn leaf(sample: &Sample, limits: Limits, tally: Tally) -> Leaf {
    Leaf {
        limits,
        n_rows: tally.n,
        of_interest: tally.of_interest(),
        coverage: tally.of_interest() / sample.of_interest(),
        density: tally.mean(),
        mass: tally.n as f64 / sample.n_rows() as f64,
    }
}

/// A test, and for a number the smallest value that fails it.
struct Split {
    test: Test,
    next: f64,
}

impl Split {
    fn holds(&self, sample: &Sample, row: usize) -> bool {
        match (self.test, sample.cells(self.input())) {
            (Test::AtMost { threshold, .. }, Cells::Numbers { values, .. }) => {
                values[row] <= threshold
            }
            (Test::IsNot { label, .. }, Cells::Labels { of_row, .. }) => of_row[row] != label,
            _ => unreachable!("a split is of an input's own kind"),
        }
    }

    fn input(&self) -> usize {
        match self.test {
            Test::AtMost { input, .. } | Test::IsNot { input, .. } => input,
        }
    }

    /// The boxes of both children of a node with the box `limits`.
    fn limits(&self, limits: &Limits) -> (Limits, Limits) {
        let input = self.input();
        let (yes, no) = match (self.test, &limits.by_input[input]) {
            (Test::AtMost { threshold, .. }, &Limit::Range { low, high }) => {
                // Where no number lies between two, the threshold is the smaller one, and stays outside.
                let from = threshold.max(if threshold.next_up() < self.next {
                    threshold
                } else {
                    self.next
                });
                (Limit::Range { low, high: threshold }, Limit::Range { low: from, high })
            }
            (Test::IsNot { label, .. }, Limit::Labels(inside)) => {
                let mut yes = inside.clone();
                yes[label] = false;
                let no = (0..inside.len()).map(|other| other == label).collect();
                (Limit::Labels(yes), Limit::Labels(no))
            }
            _ => unreachable!("a split is of an input's own kind"),
        };
        (limits.with(input, yes), limits.with(input, no))
    }
}

/// The best split that leaves `least_leaf` rows on both sides.
fn best_split(sample: &Sample, rows: &[usize], all: Tally, least_leaf: usize) -> Option<Split> {
    let mut best: Option<(f64, Split)> = None;
    let mut offer = |yes: Tally, split: &dyn Fn() -> Split| {
        if yes.n < least_leaf || all.n - yes.n < least_leaf {
            return;
        }
        let left = impurity(yes) + impurity(all.less(yes));
        if best.as_ref().is_none_or(|(least, _)| left < *least) {
            best = Some((left, split()));
        }
    };
    for input in 0..sample.n_inputs() {
        match sample.cells(input) {
            Cells::Numbers { values, .. } => {
                let mut sorted = rows.to_vec();
                sorted.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
                let mut yes = Tally::default();
                for pair in sorted.windows(2) {
                    yes.add(sample.weight(pair[0]));
                    let (at, next) = (values[pair[0]], values[pair[1]]);
                    if at < next {
                        offer(yes, &|| {
                            let halfway = f64::midpoint(at, next);
                            let threshold = if halfway < next { halfway } else { at };
                            Split { test: Test::AtMost { input, threshold }, next }
                        });
                    }
                }
            }
            Cells::Labels { labels, of_row } => {
                let mut tallies = vec![Tally::default(); labels.len()];
                rows.iter().for_each(|&row| tallies[of_row[row]].add(sample.weight(row)));
                for (label, &is) in tallies.iter().enumerate() {
                    let test = Test::IsNot { input, label };
                    offer(all.less(is), &|| Split { test, next: f64::NAN });
                }
            }
        }
    }
    best.map(|(_, split)| split)
}

/// Gini's impurity times rows, halved: n p (1 − p).
fn impurity(tally: Tally) -> f64 {
    let of_interest = tally.of_interest();
    of_interest * (tally.n as f64 - of_interest) / tally.n as f64
}
