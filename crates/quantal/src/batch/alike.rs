//! Numbers that are alike in every draw, as the draws themselves know.
//!
//! A game compiled from a file has many edges for each expression in it. Draws that know which edges share one
//! show one number for all of them, and nobody has to find out by comparing them.

use std::collections::BTreeSet;

use crate::game::{Game, Graph, Numbers, SUM_TOLERANCE};

/// Classes of places whose numbers are the same in every draw; those of each kind are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// `[edge]`: class of the payoffs on it; [`Self::NOTHING`] where no draw pays anything.
    pub edges: Vec<u32>,
    /// `[end]`, ends in the order of their payoffs: class of the payoffs there.
    pub ends: Vec<u32>,
    /// `[chance edge]`: class of its probabilities, one in the eyes of each viewer.
    pub chance: Vec<u32>,
}

impl Alike {
    /// No class: nothing is paid.
    pub const NOTHING: u32 = u32::MAX;

    /// Of each class the numbers at its first place, in the form that [`Draws::show_alike`] shows.
    ///
    /// [`Draws::show_alike`]: crate::Draws::show_alike
    ///
    /// # Panics
    /// When `numbers` are of another game.
    #[must_use]
    pub fn first(&self, graph: &Graph, numbers: &Numbers) -> Numbers {
        let (n_players, n) = (graph.n_players(), graph.n_chance_edges());
        let paid = |classes: &[u32], payoffs: &[f64]| {
            let mut found = vec![0.0; count(classes) * n_players];
            for (&class, own) in classes.iter().zip(payoffs.chunks_exact(n_players.max(1))).rev() {
                if class != Self::NOTHING {
                    found[class as usize * n_players..][..n_players].copy_from_slice(own);
                }
            }
            found
        };
        let mut chance = vec![0.0; graph.n_viewers() * self.n_chance()];
        for (viewer, found) in chance.chunks_exact_mut(self.n_chance().max(1)).enumerate() {
            for (c, &class) in self.chance.iter().enumerate().rev() {
                found[class as usize] = numbers.chance[viewer * n + c];
            }
        }
        Numbers {
            edge_payoffs: paid(&self.edges, &numbers.edge_payoffs),
            terminal_payoffs: paid(&self.ends, &numbers.terminal_payoffs),
            chance,
            weights: numbers.weights.clone(),
            discounts: numbers.discounts.clone(),
        }
    }

    /// Classes of edges that pay.
    #[must_use]
    pub fn n_edges(&self) -> usize {
        count(&self.edges)
    }
    /// Classes of ends.
    #[must_use]
    pub fn n_ends(&self) -> usize {
        count(&self.ends)
    }
    /// Classes of chance edges.
    #[must_use]
    pub fn n_chance(&self) -> usize {
        count(&self.chance)
    }
}

fn count(classes: &[u32]) -> usize {
    let known = classes.iter().filter(|&&class| class != Alike::NOTHING);
    known.max().map_or(0, |&last| last as usize + 1)
}

/// What every draw is checked for.
#[derive(Debug)]
pub(crate) struct Checks {
    pub(crate) alike: Alike,
    /// The classes of every chance node, each list once.
    draws: Vec<Vec<u32>>,
    /// `[viewer * n_classes + class]`: whether the base game holds it impossible.
    is_zero: Vec<bool>,
}

impl Checks {
    /// # Panics
    /// When `alike` is of another game, or the base game's own numbers are not alike as it says.
    pub(crate) fn new(base: &Game, draws: &[(u32, u32)], alike: Alike) -> Self {
        let (graph, numbers) = (base.graph(), base.numbers());
        let n = graph.n_chance_edges();
        assert_eq!(alike.edges.len(), graph.n_edges(), "one class for each edge");
        assert_eq!(alike.ends.len(), graph.n_terminals(), "one class for each end");
        assert_eq!(alike.chance.len(), n, "one class for each edge of chance");
        let of_node = |&(first, end): &(u32, u32)| &alike.chance[first as usize..end as usize];
        let lists: BTreeSet<&[u32]> = draws.iter().map(of_node).collect();
        let n_classes = alike.n_chance();
        let mut is_zero = vec![false; graph.n_viewers() * n_classes];
        for (viewer, is_zero) in is_zero.chunks_exact_mut(n_classes.max(1)).enumerate() {
            let own = &numbers.chance[viewer * n..(viewer + 1) * n];
            for (&class, &p) in alike.chance.iter().zip(own) {
                is_zero[class as usize] |= p == 0.0;
            }
            let is_so = |(&class, &p): (&u32, &f64)| is_zero[class as usize] == (p == 0.0);
            assert!(alike.chance.iter().zip(own).all(is_so), "alike in the base game");
        }
        let draws = lists.into_iter().map(<[u32]>::to_vec).collect();
        Self { draws, is_zero, alike }
    }

    /// Whether probabilities are distributions and impossible exactly where they are so in the base game.
    pub(crate) fn take(&self, graph: &Graph, numbers: &Numbers) -> bool {
        let (n_players, n_classes) = (graph.n_players(), self.alike.n_chance());
        if numbers.edge_payoffs.len() != self.alike.n_edges() * n_players
            || numbers.terminal_payoffs.len() != self.alike.n_ends() * n_players
            || numbers.chance.len() != self.is_zero.len()
        {
            return false;
        }
        let are_sound = numbers
            .chance
            .iter()
            .zip(&self.is_zero)
            .fold(true, |sound, (&p, &is_zero)| sound & (p >= 0.0) & ((p == 0.0) == is_zero));
        are_sound
            && numbers.chance.chunks_exact(n_classes.max(1)).all(|row| {
                self.draws.iter().all(|classes| {
                    let sum: f64 = classes.iter().map(|&class| row[class as usize]).sum();
                    (sum - 1.0).abs() <= SUM_TOLERANCE
                })
            })
    }
}
