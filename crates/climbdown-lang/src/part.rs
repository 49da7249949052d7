//! Numbers for a part of a template's game, made for many assignments: only what the part has is
//! evaluated, and what does not change is read once.

use quantal::{Derived, EdgeId, NodeKind, Numbers, Viewer};

use crate::eval;
use crate::scenario::VariableId;
use crate::template::{Assignment, BadNumbers, Cause, Payment, Phase, Template, without_rounding};

/// A private type taken as certain, as a hypothesis fixes it: by the analyst, and by those it is known to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certainty {
    /// The type.
    pub variable: VariableId,
    /// Position in its domain.
    pub value: u8,
    /// Actors who hold it certain as well, by position.
    pub known_to: Vec<usize>,
}

/// Every expression of a template, evaluated for one assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// One for each of [`Template::residuals`].
    pub(crate) residuals: Vec<f64>,
    /// `[viewer * n_chance_edges + chance edge]`, as in [`Numbers`].
    pub(crate) chance: Vec<f64>,
    pub(crate) discounts: Vec<f64>,
}

/// A payment: where in the array of payoffs it goes, and what it is made of.
#[derive(Clone, Copy, Debug)]
struct Entry {
    slot: u32,
    residual: u32,
    coefficient: f64,
}

/// Which numbers of a template make up those of a part of its game.
#[derive(Clone, Debug)]
pub struct Part {
    n_players: usize,
    n_edges: usize,
    n_terminals: usize,
    edge_entries: Vec<Entry>,
    terminal_entries: Vec<Entry>,
    /// Chance edges of the part that are not its root's, as chance edges of the template.
    chance: Vec<u32>,
    weights: Vec<f64>,
}

impl Template {
    /// Evaluates every expression, and takes `certainties` as such.
    ///
    /// Whoever knows a type keeps a probability of 2e-308 for its other values, so that they still have
    /// beliefs where others think them to be.
    #[must_use]
    pub fn evaluate(&self, assignment: &Assignment, certainties: &[Certainty]) -> Values {
        let number = |e| eval::number(e, &self.scenario, &assignment.values);
        let residuals: Vec<f64> = self.residuals.iter().map(number).collect();
        let chance = self.chance.iter().map(|&r| without_rounding(residuals[r as usize])).collect();
        let discounts = self.scenario.actors.iter().map(|a| number(&a.discount)).collect();
        let mut values = Values { residuals, chance, discounts };
        for certainty in certainties {
            self.make_certain(certainty, &mut values);
        }
        values
    }

    fn make_certain(&self, certainty: &Certainty, values: &mut Values) {
        let n = self.graph.n_chance_edges();
        let analyst = self.graph.n_players();
        for node in self.graph.nodes() {
            let Phase::Draw(draw) = self.places[node.index()].phase else { continue };
            if self.scenario.draws[draw.index()].variable != certainty.variable {
                continue;
            }
            for edge in self.graph.edges(node) {
                let c = self.graph.chance_index(edge).expect("draws are chance nodes");
                let is_it = self.causes[edge.index()] == Cause::Draw(certainty.value);
                for &actor in &certainty.known_to {
                    values.chance[actor * n + c] = if is_it { 1.0 } else { f64::MIN_POSITIVE };
                }
                values.chance[analyst * n + c] = f64::from(u8::from(is_it));
            }
        }
    }

    /// The probability of a chance edge in the eyes of `viewer`; 0 if it is not one of chance.
    #[must_use]
    pub fn probability(&self, values: &Values, edge: EdgeId, viewer: Viewer) -> f64 {
        let n = self.graph.n_chance_edges();
        let row = self.graph.viewer_index(viewer);
        self.graph.chance_index(edge).map_or(0.0, |c| values.chance[row * n + c])
    }

    /// Whether every probability is one.
    #[must_use]
    pub fn has_probabilities(&self, values: &Values) -> bool {
        values.chance.iter().all(|p| (0.0..=1.0).contains(p))
    }

    /// Which chance edges `values` hold impossible in the eyes of the actors (first list) and of the
    /// analyst (second). The structure of policy games depends on the first and on no other number.
    #[must_use]
    pub fn impossible(&self, values: &Values) -> (Vec<bool>, Vec<bool>) {
        let n = self.graph.n_chance_edges() * self.graph.n_players();
        let zeros = |row: &[f64]| row.iter().map(|&p| p == 0.0).collect();
        (zeros(&values.chance[..n]), zeros(&values.chance[n..]))
    }

    /// Which numbers make up those of `derived`, a part of this template's game.
    #[must_use]
    pub fn part(&self, derived: &Derived) -> Part {
        let graph = derived.game.graph();
        let n_players = graph.n_players();
        let terminals = graph.nodes().filter(|&n| graph.kind(n) == NodeKind::Terminal);
        let on_edges = derived.edges.iter().map(|e| e.map_or(&[][..], |e| self.edge_payments(e)));
        let at_ends = terminals
            .map(|n| derived.nodes[n.index()].map_or(&[][..], |n| self.terminal_payments(n)));
        let chance = derived.edges.iter().flatten().filter_map(|&e| self.graph.chance_index(e));
        Part {
            n_players,
            n_edges: graph.n_edges(),
            n_terminals: graph.n_terminals(),
            edge_entries: entries(n_players, on_edges),
            terminal_entries: entries(n_players, at_ends),
            chance: chance.map(index).collect(),
            weights: derived.game.numbers().weights.clone(),
        }
    }

    /// The numbers of `part`, its root drawn by `root`: `[viewer][start]`, players first.
    ///
    /// # Errors
    /// [`BadNumbers`] if a number is not finite or a probability leaves \[0, 1\].
    pub fn numbers(
        &self,
        part: &Part,
        values: &Values,
        root: &[Vec<f64>],
    ) -> Result<Numbers, BadNumbers> {
        let pay = |n: usize, entries: &[Entry]| {
            let mut out = vec![0.0; n * part.n_players];
            for e in entries {
                out[e.slot as usize] += e.coefficient * values.residuals[e.residual as usize];
            }
            out
        };
        let numbers = Numbers {
            edge_payoffs: pay(part.n_edges, &part.edge_entries),
            terminal_payoffs: pay(part.n_terminals, &part.terminal_entries),
            chance: self.chance_of(part, values, root),
            weights: part.weights.clone(),
            discounts: values.discounts.clone(),
        };
        let is_sound = |p: &f64| (0.0..=1.0).contains(p);
        let payoffs = [&numbers.edge_payoffs, &numbers.terminal_payoffs];
        let is_finite = payoffs.into_iter().flatten().fold(true, |ok, x| ok & x.is_finite());
        if is_finite
            && numbers.chance.iter().all(is_sound)
            && numbers.discounts.iter().all(is_sound)
        {
            return Ok(numbers);
        }
        // The whole game says what is wrong, and where it is written.
        self.game(values).map(|_| numbers)
    }

    fn chance_of(&self, part: &Part, values: &Values, root: &[Vec<f64>]) -> Vec<f64> {
        let n = self.graph.n_chance_edges();
        let mut chance = Vec::with_capacity(root.len() * (part.chance.len() + root[0].len()));
        for (viewer, root) in root.iter().enumerate() {
            chance.extend_from_slice(root);
            let row = &values.chance[viewer * n..(viewer + 1) * n];
            chance.extend(part.chance.iter().map(|&c| row[c as usize]));
        }
        chance
    }
}

fn entries<'t>(n_players: usize, rows: impl Iterator<Item = &'t [Payment]>) -> Vec<Entry> {
    let mut found = Vec::new();
    for (row, payments) in rows.enumerate() {
        found.extend(payments.iter().map(|p| Entry {
            slot: index(row * n_players + p.actor.index()),
            residual: p.residual,
            coefficient: p.coefficient,
        }));
    }
    found
}

fn index(i: usize) -> u32 {
    u32::try_from(i).expect("games have fewer than 2^32 numbers")
}
