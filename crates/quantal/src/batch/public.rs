//! A block of draws in the public-belief form: the sweep of `public_belief.rs` in lanes.
//!
//! A node of the public form has one value and one belief for each type of each player. The sweep
//! holds beliefs fixed while it sets policies, as that of the graph does; on the way the two differ, in
//! fixed points they agree.

use crate::game::{Game, Numbers};
use crate::lanes::{Pack, is_nothing, is_same};
use crate::public_belief::{PublicForm, PublicKind};

use super::block::{Measured, Sides, softmax, stay, take_policy};
use super::layout::{Layout, NONE};

/// As in [`PublicForm::fits`].
const SAME: f64 = 1e-13;

/// A public node as the passes read it.
#[derive(Clone, Debug)]
struct Node {
    kind: PublicKind,
    /// Its edges, and its place among ends if there are none.
    first_edge: u32,
    end: u32,
    /// Whether somebody decides there, or further on.
    is_followed: bool,
}

/// The public structure of a batch, and where its numbers are found.
#[derive(Clone, Debug)]
pub(crate) struct PublicLayout {
    form: PublicForm,
    nodes: Vec<Node>,
    edge_to: Vec<u32>,
    is_next_stage: Vec<bool>,
    /// `[edge]`: the chance edge it stands for, or `NONE`.
    chance_at: Vec<u32>,
    /// `[edge * n_rows + row]` and `[end * n_rows + row]`: where the payoffs are.
    gain_at: Vec<u32>,
    end_at: Vec<u32>,
    /// Payoffs and probabilities that must be equal for the form to hold.
    equal_gains: Vec<(u32, u32)>,
    equal_ends: Vec<(u32, u32)>,
    equal_chance: Vec<(u32, u32)>,
    n_rows: usize,
    /// `[row]`: whose type it is.
    player_of: Vec<u32>,
}

impl PublicLayout {
    /// The public structure of `base`, if its graph and its numbers have the form.
    pub(crate) fn new(base: &Game) -> Option<Self> {
        let graph = base.graph();
        let form = PublicForm::detect(graph).filter(|form| form.fits(graph, base.numbers()))?;
        let n_players = graph.n_players();
        let n_rows = form.first_row[n_players];
        let player_of: Vec<u32> =
            (0..n_players).flat_map(|p| std::iter::repeat_n(p as u32, form.n_types[p])).collect();
        let mut layout = Self {
            nodes: Vec::with_capacity(form.nodes.len()),
            edge_to: Vec::new(),
            is_next_stage: Vec::new(),
            chance_at: Vec::new(),
            gain_at: Vec::new(),
            end_at: Vec::new(),
            equal_gains: Vec::new(),
            equal_ends: Vec::new(),
            equal_chance: Vec::new(),
            n_rows,
            player_of,
            form,
        };
        let form = layout.form.clone();
        let mut n_ends = 0;
        for node in &form.nodes {
            let end = if node.kind == PublicKind::Terminal { n_ends } else { NONE };
            let first_edge = layout.edge_to.len() as u32;
            let is_followed = matches!(node.kind, PublicKind::Decision(..));
            layout.nodes.push(Node { kind: node.kind.clone(), first_edge, end, is_followed });
            if end != NONE {
                n_ends += 1;
                let index = |c: usize, p: usize| {
                    let at = graph.terminal_index(node.node(c)).unwrap_or(0);
                    (at * n_players + p) as u32
                };
                form.places(&index, &mut layout.end_at, &mut layout.equal_ends);
            }
            for (k, &child) in node.children.iter().enumerate() {
                let edge = |c: usize| graph.parts().edge_start[node.node(c).index()] + k as u32;
                layout.edge_to.push(child);
                let one = crate::ids::EdgeId(edge(0));
                layout.is_next_stage.push(graph.is_next_stage(one));
                let chance = |c: usize| graph.chance_index(crate::ids::EdgeId(edge(c)));
                layout.chance_at.push(chance(0).map_or(NONE, |x| x as u32));
                if let Some(first) = chance(0) {
                    let others = (1..form.n_combinations()).filter_map(chance);
                    layout.equal_chance.extend(others.map(|x| (first as u32, x as u32)));
                }
                let index = |c: usize, p: usize| edge(c) * n_players as u32 + p as u32;
                form.places(&index, &mut layout.gain_at, &mut layout.equal_gains);
            }
        }
        // Parents come before their children.
        for (q, node) in layout.form.nodes.iter().enumerate().rev() {
            let is_behind = node.children.iter().any(|&c| layout.nodes[c as usize].is_followed);
            layout.nodes[q].is_followed |= is_behind;
        }
        Some(layout)
    }

    /// `[infoset]`, of `n_infosets`: whether what is done there tells somebody something who decides later.
    pub(crate) fn informs(&self, n_infosets: usize) -> Vec<bool> {
        let mut informs = vec![false; n_infosets];
        for node in &self.form.nodes {
            let PublicKind::Decision(_, infosets) = &node.kind else { continue };
            let tells = node.children.iter().any(|&c| self.nodes[c as usize].is_followed);
            infosets.iter().for_each(|&i| informs[i as usize] = tells);
        }
        informs
    }

    /// [`PublicForm::fits`], quickly; the chance rows are distributions.
    pub(crate) fn takes(&self, numbers: &Numbers, n_players: usize, n_chance: usize) -> bool {
        let near = |xs: &[f64], pairs: &[(u32, u32)]| {
            let pairs = || pairs.iter().map(|&(a, b)| (xs[a as usize], xs[b as usize]));
            // Mostly they are equal to the bit.
            pairs().fold(0, |off, (a, b)| off | (a.to_bits() ^ b.to_bits())) == 0
                || pairs().all(|(a, b)| (a - b).abs() <= SAME * a.abs().max(b.abs()))
        };
        let row = &numbers.chance[..n_chance];
        let is_common = (1..n_players)
            .map(|p| &numbers.chance[p * n_chance..(p + 1) * n_chance])
            .all(|other| is_same(other, row) || other == row);
        is_common
            && (is_nothing(&numbers.edge_payoffs) || near(&numbers.edge_payoffs, &self.equal_gains))
            && near(&numbers.terminal_payoffs, &self.equal_ends)
            && near(row, &self.equal_chance)
            && self.form.is_independent(&numbers.chance)
    }
}

/// Some draws in the public-belief form, one in each lane.
#[derive(Debug)]
pub(crate) struct PublicBlock<P> {
    /// `[edge]`: the row of its payoffs, or `NONE`.
    gain_of: Vec<u32>,
    n_gains: usize,
    /// `[gain * n_rows + row]`
    gains: Vec<P>,
    /// `[edge]`, of chance nodes.
    chance: Vec<P>,
    discounts: Vec<P>,
    lambda: Vec<P>,
    inverse_units: Vec<P>,
    /// `[node * n_rows + row]`
    values: Vec<P>,
    beliefs: Vec<P>,
    /// `[node]`: probability of the public path, for the mean regret.
    reach: Vec<P>,
    policy: Vec<P>,
    q: Vec<P>,
    /// `[type * max_actions + action]` of one public node, and the probability of each action there.
    chosen: Vec<P>,
    shares: Vec<P>,
    max_actions: usize,
}

impl<P: Pack> PublicBlock<P> {
    #[inline(always)]
    fn behind(&self, public: &PublicLayout, edge: usize, row: usize) -> P {
        let mut value = self.values[public.edge_to[edge] as usize * public.n_rows + row];
        if public.is_next_stage[edge] {
            value = self.discounts[public.player_of[row] as usize] * value;
        }
        if self.gain_of[edge] != NONE {
            value = self.gains[self.gain_of[edge] as usize * public.n_rows + row] + value;
        }
        value
    }

    #[inline(always)]
    fn form_beliefs<const MEASURES: bool>(
        &mut self,
        layout: &Layout<'_>,
        public: &PublicLayout,
        thinnest: &mut P,
    ) {
        let n_rows = public.n_rows;
        self.reach[0] = P::splat(1.0);
        for (q, node) in public.nodes.iter().enumerate() {
            let end =
                public.nodes.get(q + 1).map_or(public.edge_to.len(), |n| n.first_edge as usize);
            let first = node.first_edge as usize;
            for e in first..end {
                let child = public.edge_to[e] as usize;
                if !public.nodes[child].is_followed {
                    continue;
                }
                for row in 0..n_rows {
                    self.beliefs[child * n_rows + row] = self.beliefs[q * n_rows + row];
                }
                let mut share = self.chance[e];
                if let PublicKind::Decision(owner, infosets) = &node.kind {
                    let own = child * n_rows + public.form.first_row[*owner];
                    let mut total = P::splat(0.0);
                    for (t, &infoset) in infosets.iter().enumerate() {
                        let action =
                            layout.kernel.first_action[infoset as usize] as usize + e - first;
                        let b = self.beliefs[own + t] * self.policy[action];
                        self.beliefs[own + t] = b;
                        total = total + b;
                    }
                    *thinnest = thinnest.min(total);
                    let scale = P::splat(1.0) / total;
                    for b in &mut self.beliefs[own..own + infosets.len()] {
                        *b = *b * scale;
                    }
                    share = total;
                }
                if MEASURES {
                    self.reach[child] = self.reach[q] * share;
                }
            }
        }
    }

    #[inline(always)]
    fn backward<const MEASURES: bool>(
        &mut self,
        (layout, public): (&Layout<'_>, &PublicLayout),
        asked: P,
        odds: &[P],
        image: &mut [P],
        measured: &mut Measured<P>,
    ) {
        let zero = P::splat(0.0);
        let n_rows = public.n_rows;
        for (q, node) in public.nodes.iter().enumerate().rev() {
            let first = node.first_edge as usize;
            match &node.kind {
                PublicKind::Terminal => {}
                PublicKind::Chance => {
                    let end = public
                        .nodes
                        .get(q + 1)
                        .map_or(public.edge_to.len(), |n| n.first_edge as usize);
                    for row in 0..n_rows {
                        let mut sum = zero;
                        for e in first..end {
                            sum = sum + self.chance[e] * self.behind(public, e, row);
                        }
                        self.values[q * n_rows + row] = sum;
                    }
                }
                PublicKind::Decision(owner, infosets) => {
                    let own = public.form.first_row[*owner];
                    let n_actions = layout.kernel.actions(infosets[0] as usize).len();
                    self.shares[..n_actions].fill(zero);
                    for (t, &infoset) in infosets.iter().enumerate() {
                        let row = own + t;
                        for k in 0..n_actions {
                            self.q[k] = self.behind(public, first + k, row);
                        }
                        let i = infoset as usize;
                        let actions = layout.kernel.actions(i);
                        let own_odds = layout.odds_of(i);
                        let (before, after) = (&odds[own_odds.clone()], &mut image[own_odds]);
                        let weights = &layout.kernel.log_weights[actions.clone()];
                        for k in 1..n_actions {
                            after[k - 1] = (self.q[k] - self.q[0]) * self.lambda[*owner]
                                + P::splat(weights[k] - weights[0]);
                        }
                        measured.compare::<MEASURES>(layout.informs(i), before, after);
                        let chosen = t * self.max_actions..t * self.max_actions + n_actions;
                        softmax(after, &mut self.chosen[chosen.clone()]);
                        if MEASURES {
                            stay(asked, &self.policy[actions], &mut self.chosen[chosen.clone()]);
                        }
                        let belief = self.beliefs[q * n_rows + row];
                        let mut sum = zero;
                        for (k, at) in chosen.enumerate() {
                            let p = self.chosen[at];
                            sum = sum + p * self.q[k];
                            self.shares[k] = self.shares[k] + belief * p;
                        }
                        self.values[q * n_rows + row] = sum;
                        if MEASURES {
                            let mut best = self.q[0];
                            for q in &self.q[1..n_actions] {
                                best = best.max(*q);
                            }
                            let regret = (best - sum).max(zero) * self.inverse_units[*owner];
                            let reach = self.reach[q] * belief;
                            measured.regret[*owner] = measured.regret[*owner].max(regret);
                            measured.regret_by_reach = measured.regret_by_reach + reach * regret;
                            measured.total_reach = measured.total_reach + reach;
                        }
                    }
                    for row in (0..own).chain(own + infosets.len()..n_rows) {
                        let mut sum = zero;
                        for k in 0..n_actions {
                            sum = sum + self.shares[k] * self.behind(public, first + k, row);
                        }
                        self.values[q * n_rows + row] = sum;
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn pass_as<const MEASURES: bool>(
        &mut self,
        layout: &Layout<'_>,
        asked: P,
        odds: &[P],
        image: &mut [P],
    ) -> Measured<P> {
        let public = layout.public.as_ref().expect("a block of this kind has a public layout");
        take_policy(layout, MEASURES, odds, &mut self.policy);
        let mut measured = Measured::new(if MEASURES { self.lambda.len() } else { 0 });
        let mut thinnest = measured.thinnest;
        self.form_beliefs::<MEASURES>(layout, public, &mut thinnest);
        measured.thinnest = thinnest;
        self.backward::<MEASURES>((layout, public), asked, odds, image, &mut measured);
        measured
    }
}

impl<P: Pack> Sides<P> for PublicBlock<P> {
    fn new(layout: &Layout<'_>) -> Self {
        let public = layout.public.as_ref().expect("a block of this kind has a public layout");
        let zero = P::splat(0.0);
        let n_players = layout.n_players;
        let most_types = public.form.n_types.iter().copied().max().unwrap_or(1);
        let rows = vec![zero; public.nodes.len() * public.n_rows];
        Self {
            gain_of: vec![NONE; public.edge_to.len()],
            n_gains: 0,
            gains: Vec::new(),
            chance: vec![zero; public.edge_to.len()],
            discounts: vec![zero; n_players],
            lambda: vec![zero; n_players],
            inverse_units: vec![zero; n_players],
            values: rows.clone(),
            beliefs: rows,
            reach: vec![zero; public.nodes.len()],
            policy: vec![zero; layout.kernel.n_actions()],
            q: vec![zero; layout.max_actions],
            chosen: vec![zero; layout.max_actions * most_types],
            shares: vec![zero; layout.max_actions],
            max_actions: layout.max_actions,
        }
    }

    fn make_room(&mut self, layout: &Layout<'_>, numbers: &Numbers) -> bool {
        let Some(public) = &layout.public else { return false };
        if is_nothing(&numbers.edge_payoffs) {
            return false;
        }
        let n_before = self.n_gains;
        let rows = public.gain_at.chunks_exact(public.n_rows);
        for (gain, row) in self.gain_of.iter_mut().zip(rows) {
            if *gain == NONE && row.iter().any(|&at| numbers.edge_payoffs[at as usize] != 0.0) {
                *gain = self.n_gains as u32;
                self.n_gains += 1;
            }
        }
        self.gains.resize(self.n_gains * public.n_rows, P::splat(0.0));
        self.n_gains > n_before
    }

    fn load(
        &mut self,
        layout: &Layout<'_>,
        lane: usize,
        numbers: &Numbers,
        lambda: f64,
        units: &[f64],
    ) {
        let Some(public) = &layout.public else { return };
        let n_rows = public.n_rows;
        public.form.with_marginals(&numbers.chance, |priors| {
            for (b, prior) in self.beliefs.iter_mut().zip(priors) {
                b.set(lane, *prior);
            }
        });
        for (chance, &at) in self.chance.iter_mut().zip(&public.chance_at) {
            if at != NONE {
                chance.set(lane, numbers.chance[at as usize]);
            }
        }
        for (e, &gain) in self.gain_of.iter().enumerate().filter(|(_, gain)| **gain != NONE) {
            for row in 0..n_rows {
                let at = public.gain_at[e * n_rows + row] as usize;
                self.gains[gain as usize * n_rows + row]
                    .set(lane, numbers.edge_payoffs.get(at).copied().unwrap_or(0.0));
            }
        }
        for (q, node) in public.nodes.iter().enumerate().filter(|(_, node)| node.end != NONE) {
            for row in 0..n_rows {
                let at = public.end_at[node.end as usize * n_rows + row] as usize;
                self.values[q * n_rows + row].set(lane, numbers.terminal_payoffs[at]);
            }
        }
        for (p, &unit) in units.iter().enumerate() {
            self.discounts[p].set(lane, numbers.discounts[p]);
            self.lambda[p].set(lane, lambda / unit);
            self.inverse_units[p].set(lane, 1.0 / unit);
        }
    }

    fn is_finite(&self, layout: &Layout<'_>, lane: usize) -> bool {
        let n_rows = layout.public.as_ref().map_or(0, |public| public.n_rows);
        self.values[..n_rows].iter().all(|v| v.get(lane).is_finite())
    }

    #[inline(always)]
    fn pass(
        &mut self,
        layout: &Layout<'_>,
        asked: Option<P>,
        odds: &[P],
        image: &mut [P],
    ) -> Measured<P> {
        match asked {
            None => self.pass_as::<false>(layout, P::splat(0.0), odds, image),
            Some(asked) => self.pass_as::<true>(layout, asked, odds, image),
        }
    }

    fn bytes(&self) -> usize {
        let packs = [
            &self.gains,
            &self.chance,
            &self.discounts,
            &self.lambda,
            &self.inverse_units,
            &self.values,
            &self.beliefs,
            &self.reach,
            &self.policy,
            &self.q,
            &self.chosen,
            &self.shares,
        ];
        packs.iter().map(|pack| size_of_val(pack.as_slice())).sum()
    }
}
