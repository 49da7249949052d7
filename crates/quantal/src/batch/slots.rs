//! Where a backward pass keeps values: a slot is used again once nobody reads what is in it any more.
//!
//! A value is read soon after it was found, for the last time when the last parent of its node is valued. The
//! values needed at one time are a small part of all, and stay in the cache where all would not: 2,513 of 41,363
//! on the larger game of the flagship.

use std::ops::Range;

use crate::kernel::{Kernel, Step};

/// Which slot holds the value of which node.
#[derive(Debug)]
pub(crate) struct Slots {
    /// How many there are.
    pub(crate) n: usize,
    /// `[row]`, rows as in [`Kernel::row_of`]. The rows after these are of nodes where the game is over; their
    /// values are given.
    pub(crate) of_row: Vec<u32>,
}

impl Slots {
    pub(crate) fn new(kernel: &Kernel) -> Self {
        let steps = steps(kernel);
        let mut last_read = vec![usize::MAX; kernel.kinds.len()];
        for (at, edge) in kernel.edges.iter().enumerate() {
            last_read[edge.to as usize] = at;
        }
        let (mut n, mut free, mut of_row) = (0, Vec::new(), Vec::new());
        for (n_valued, edges) in steps {
            // A step reads while it writes: what it reads last is free for the next one only.
            for _ in 0..n_valued {
                of_row.push(free.pop().unwrap_or(n));
                n = n.max(1 + of_row[of_row.len() - 1]);
            }
            for at in edges {
                let row = kernel.edges[at].to as usize;
                if let Some(&slot) = of_row.get(row)
                    && last_read[row] == at
                {
                    free.push(slot);
                }
            }
        }
        Self { n: n as usize, of_row }
    }
}

/// How many nodes each step values, and which of [`Kernel::edges`] it reads.
fn steps(kernel: &Kernel) -> impl Iterator<Item = (usize, Range<usize>)> {
    let mut next = 0;
    kernel.order.iter().map(move |&step| {
        let (n_valued, n_edges) = match step {
            Step::Node(node) => (1, kernel.degree(node as usize)),
            Step::Infoset(i) | Step::Loose(i) => {
                let n_nodes = kernel.slots(i as usize).len();
                let n_valued = if matches!(step, Step::Infoset(_)) { n_nodes } else { 0 };
                (n_valued, n_nodes * kernel.actions(i as usize).len())
            }
        };
        next += n_edges;
        (n_valued, next - n_edges..next)
    })
}
