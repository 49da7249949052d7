//! Numbers for a part of a template's game, made for many assignments: only what the part has is
//! evaluated, and what does not change is read once.

use std::collections::BTreeMap;
use std::ops::Range;

use quantal::{Alike, Derived, EdgeId, NodeId, NodeKind, Numbers, Viewer};

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
    /// The same as probabilities.
    probabilities: Vec<f64>,
    /// `[viewer * n_chance_edges + chance edge]`, as in [`Numbers`], where a type is taken as certain.
    certain: Option<Vec<f64>>,
    pub(crate) discounts: Vec<f64>,
}

/// A payment: on which edge or at which end, to whom, and what it is made of.
#[derive(Clone, Copy, Debug)]
struct Entry {
    row: u32,
    actor: u32,
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
    alike: Alike,
    /// The same for classes of [`Part::alike`], rows being classes.
    edge_class_entries: Vec<Entry>,
    terminal_class_entries: Vec<Entry>,
    chance_classes: Vec<u32>,
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
        let probabilities = residuals.iter().copied().map(without_rounding).collect();
        let discounts = self.scenario.actors.iter().map(|a| number(&a.discount)).collect();
        let mut values = Values { residuals, probabilities, certain: None, discounts };
        if !certainties.is_empty() {
            let mut chance = self.all_chance(&values);
            for certainty in certainties {
                self.make_certain(certainty, &mut chance);
            }
            values.certain = Some(chance);
        }
        values
    }

    /// `[viewer * n_chance_edges + chance edge]`, as in [`Numbers`].
    pub(crate) fn all_chance(&self, values: &Values) -> Vec<f64> {
        (0..self.chance.len()).map(|at| self.chance_at(values, at)).collect()
    }

    #[inline]
    fn chance_at(&self, values: &Values, at: usize) -> f64 {
        match &values.certain {
            None => values.probabilities[self.chance[at] as usize],
            Some(chance) => chance[at],
        }
    }

    fn make_certain(&self, certainty: &Certainty, chance: &mut [f64]) {
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
                    chance[actor * n + c] = if is_it { 1.0 } else { f64::MIN_POSITIVE };
                }
                chance[analyst * n + c] = f64::from(u8::from(is_it));
            }
        }
    }

    /// The probability of a chance edge in the eyes of `viewer`; 0 if it is not one of chance.
    #[must_use]
    pub fn probability(&self, values: &Values, edge: EdgeId, viewer: Viewer) -> f64 {
        let n = self.graph.n_chance_edges();
        let row = self.graph.viewer_index(viewer);
        self.graph.chance_index(edge).map_or(0.0, |c| self.chance_at(values, row * n + c))
    }

    /// The probability of each class of chance edges of `part`, those of its root left out, in the eyes of
    /// `viewer`.
    #[must_use]
    pub fn class_probabilities(&self, part: &Part, values: &Values, viewer: Viewer) -> Vec<f64> {
        let row = self.graph.viewer_index(viewer) * self.graph.n_chance_edges();
        let at = |&c: &u32| self.chance_at(values, row + c as usize);
        part.chance_classes.iter().map(at).collect()
    }

    /// Whether every probability is one.
    #[must_use]
    pub fn has_probabilities(&self, values: &Values) -> bool {
        (0..self.chance.len())
            .fold(true, |sound, at| sound & (0.0..=1.0).contains(&self.chance_at(values, at)))
    }

    /// Which chance edges `values` hold impossible in the eyes of the actors (first list) and of the
    /// analyst (second). The structure of policy games depends on the first and on no other number.
    #[must_use]
    pub fn impossible(&self, values: &Values) -> (Vec<bool>, Vec<bool>) {
        let n = self.graph.n_chance_edges() * self.graph.n_players();
        let zeros = |row: Range<usize>| row.map(|at| self.chance_at(values, at) == 0.0).collect();
        (zeros(0..n), zeros(n..self.chance.len()))
    }

    /// Whether `values` hold impossible, in the eyes of the actors and of the analyst, what `before` says
    /// ([`Self::impossible`]).
    #[must_use]
    pub fn is_as_impossible(&self, values: &Values, before: &(Vec<bool>, Vec<bool>)) -> [bool; 2] {
        let n = self.graph.n_chance_edges() * self.graph.n_players();
        let is_same = |row: Range<usize>, before: &[bool]| {
            let is_zero = row.map(|at| self.chance_at(values, at) == 0.0);
            is_zero.zip(before).fold(true, |is_same, (is, &was)| is_same & (is == was))
        };
        [is_same(0..n, &before.0), is_same(n..self.chance.len(), &before.1)]
    }

    /// Which numbers make up those of `derived`, a part of this template's game.
    #[must_use]
    pub fn part(&self, derived: &Derived) -> Part {
        let graph = derived.game.graph();
        let n_players = graph.n_players();
        let terminals = graph.nodes().filter(|&n| graph.kind(n) == NodeKind::Terminal);
        let on_edges = derived.edges.iter().map(|e| e.map_or(&[][..], |e| self.edge_payments(e)));
        let on_edges: Vec<&[Payment]> = on_edges.collect();
        let at_ends = terminals
            .map(|n| derived.nodes[n.index()].map_or(&[][..], |n| self.terminal_payments(n)));
        let at_ends: Vec<&[Payment]> = at_ends.collect();
        let (edges, edge_class_entries) = classes_of_payments(&on_edges, true);
        let (ends, terminal_class_entries) = classes_of_payments(&at_ends, false);
        let known =
            graph.nodes().zip(&derived.nodes).filter_map(|(n, origin)| Some((n, (*origin)?)));
        let of_chance = known.flat_map(|(node, origin)| {
            let edges = graph.edges(node).filter_map(|e| derived.edges[e.index()]);
            edges.filter_map(move |e| Some((origin, e, self.graph.chance_index(e)?)))
        });
        let of_chance: Vec<(NodeId, EdgeId, usize)> = of_chance.collect();
        // Each edge of the root is a class of its own; these come first.
        let n_root = graph.n_chance_edges() - of_chance.len();
        let mut chance: Vec<u32> = (0..n_root).map(index).collect();
        let mut chance_classes = Vec::new();
        let mut known = BTreeMap::new();
        for &(node, edge, c) in &of_chance {
            let next = index(n_root + known.len());
            chance.push(*known.entry(self.makes_chance(node, edge, c)).or_insert_with(|| {
                chance_classes.push(index(c));
                next
            }));
        }
        Part {
            n_players,
            n_edges: graph.n_edges(),
            n_terminals: graph.n_terminals(),
            edge_entries: entries(&on_edges),
            terminal_entries: entries(&at_ends),
            chance: of_chance.iter().map(|&(_, _, c)| index(c)).collect(),
            weights: derived.game.numbers().weights.clone(),
            alike: Alike { edges, ends, chance },
            edge_class_entries,
            terminal_class_entries,
            chance_classes,
        }
    }

    /// What the probabilities of a chance edge are made of: for each viewer its residual, and the value of a
    /// type, which may be taken as certain.
    fn makes_chance(
        &self,
        node: NodeId,
        edge: EdgeId,
        c: usize,
    ) -> (Vec<u32>, Option<(VariableId, u8)>) {
        let n = self.graph.n_chance_edges();
        let residuals = self.chance.iter().skip(c).step_by(n).copied().collect();
        let drawn = match (self.places[node.index()].phase, self.causes[edge.index()]) {
            (Phase::Draw(draw), Cause::Draw(value)) => {
                Some((self.scenario.draws[draw.index()].variable, value))
            }
            _ => None,
        };
        (residuals, drawn)
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
        let mut numbers = Self::blank(part);
        self.write_numbers(part, values, root, &mut numbers)?;
        Ok(numbers)
    }

    /// Numbers of `part` before anything is written into them.
    fn blank(part: &Part) -> Numbers {
        Numbers {
            edge_payoffs: vec![0.0; part.n_edges * part.n_players],
            terminal_payoffs: vec![0.0; part.n_terminals * part.n_players],
            chance: Vec::new(),
            weights: part.weights.clone(),
            discounts: Vec::new(),
        }
    }

    /// [`Self::write_numbers`], one for all that are [`Part::alike`].
    ///
    /// # Errors
    /// As there.
    ///
    /// # Panics
    /// When `numbers` are not [`Alike::first`] of those of `part`.
    pub fn write_alike(
        &self,
        part: &Part,
        values: &Values,
        root: &[Vec<f64>],
        numbers: &mut Numbers,
    ) -> Result<(), BadNumbers> {
        let paid = [&part.edge_class_entries[..], &part.terminal_class_entries];
        self.write(part.n_players, paid, &part.chance_classes, (values, root), numbers)
    }

    /// [`Self::numbers`] into those of another assignment.
    ///
    /// # Errors
    /// As there; what has been written is then of no use, but may be written over.
    ///
    /// # Panics
    /// When `numbers` are of another part.
    pub fn write_numbers(
        &self,
        part: &Part,
        values: &Values,
        root: &[Vec<f64>],
        numbers: &mut Numbers,
    ) -> Result<(), BadNumbers> {
        let paid = [&part.edge_entries[..], &part.terminal_entries];
        self.write(part.n_players, paid, &part.chance, (values, root), numbers)
    }

    fn write(
        &self,
        n_players: usize,
        [on_edges, at_ends]: [&[Entry]; 2],
        chance: &[u32],
        (values, root): (&Values, &[Vec<f64>]),
        numbers: &mut Numbers,
    ) -> Result<(), BadNumbers> {
        let slot = |e: &Entry| e.row as usize * n_players + e.actor as usize;
        let pay = |out: &mut [f64], entries: &[Entry]| {
            for e in entries {
                out[slot(e)] = 0.0;
            }
            for e in entries {
                out[slot(e)] += e.amount(values);
            }
            entries.iter().fold(true, |is_finite, e| is_finite & out[slot(e)].is_finite())
        };
        let is_finite =
            pay(&mut numbers.edge_payoffs, on_edges) & pay(&mut numbers.terminal_payoffs, at_ends);
        let n = self.graph.n_chance_edges();
        numbers.chance.clear();
        numbers.chance.reserve(root.len() * (chance.len() + root[0].len()));
        for (viewer, root) in root.iter().enumerate() {
            numbers.chance.extend_from_slice(root);
            let at = |&c: &u32| self.chance_at(values, viewer * n + c as usize);
            numbers.chance.extend(chance.iter().map(at));
        }
        numbers.discounts.clone_from(&values.discounts);
        let are_sound =
            |xs: &[f64]| xs.iter().fold(true, |sound, p| sound & (0.0..=1.0).contains(p));
        if is_finite && are_sound(&numbers.chance) && are_sound(&numbers.discounts) {
            return Ok(());
        }
        // The whole game says what is wrong, and where it is written.
        self.game(values).map(|_| ())
    }
}

impl Values {
    /// Discount of each actor, by position.
    #[must_use]
    pub fn discounts(&self) -> &[f64] {
        &self.discounts
    }
}

impl Part {
    /// Which of its numbers are alike under every assignment.
    #[must_use]
    pub fn alike(&self) -> &Alike {
        &self.alike
    }

    /// What is paid on edges of each class of [`Self::alike`]: class, actor by position, and how much; several
    /// payments may be of one class.
    pub fn paid_on_edges<'a>(
        &'a self,
        values: &'a Values,
    ) -> impl Iterator<Item = (usize, usize, f64)> + 'a {
        paid(&self.edge_class_entries, values)
    }

    /// The same for ends of each class.
    pub fn paid_at_ends<'a>(
        &'a self,
        values: &'a Values,
    ) -> impl Iterator<Item = (usize, usize, f64)> + 'a {
        paid(&self.terminal_class_entries, values)
    }

    /// Edges of its root: each is a class of chance edges by itself, and these come first.
    #[must_use]
    pub fn n_root_edges(&self) -> usize {
        self.alike.chance.len() - self.chance.len()
    }
}

fn paid<'a>(
    entries: &'a [Entry],
    values: &'a Values,
) -> impl Iterator<Item = (usize, usize, f64)> + 'a {
    entries.iter().map(|e| (e.row as usize, e.actor as usize, e.amount(values)))
}

impl Entry {
    fn amount(&self, values: &Values) -> f64 {
        self.coefficient * values.residuals[self.residual as usize]
    }
}

/// Rows that pay alike under every assignment: the class of each, and what each class pays. Where nothing is paid
/// there is no class if that `may_be_nothing`.
fn classes_of_payments(rows: &[&[Payment]], may_be_nothing: bool) -> (Vec<u32>, Vec<Entry>) {
    let mut known: BTreeMap<Vec<(usize, u32, u64)>, u32> = BTreeMap::new();
    let mut first = Vec::new();
    let mut classes = Vec::with_capacity(rows.len());
    for &payments in rows {
        if payments.is_empty() && may_be_nothing {
            classes.push(Alike::NOTHING);
            continue;
        }
        let paid = |p: &Payment| (p.actor.index(), p.residual, p.coefficient.to_bits());
        let next = index(known.len());
        classes.push(*known.entry(payments.iter().map(paid).collect()).or_insert_with(|| {
            first.push(payments);
            next
        }));
    }
    (classes, entries(&first))
}

fn entries(rows: &[&[Payment]]) -> Vec<Entry> {
    let mut found = Vec::new();
    for (row, payments) in rows.iter().enumerate() {
        found.extend(payments.iter().map(|p| Entry {
            row: index(row),
            actor: index(p.actor.index()),
            residual: p.residual,
            coefficient: p.coefficient,
        }));
    }
    found
}

fn index(i: usize) -> u32 {
    u32::try_from(i).expect("games have fewer than 2^32 numbers")
}
