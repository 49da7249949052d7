//! A block of draws side by side: the sweep of `kernel.rs` in lanes.
//!
//! Unknowns are log-odds against the first action of each information set, one number less than there
//! are actions. Payoffs on edges are kept only where some draw has one, values and reach only as long as
//! somebody reads them, and nothing for beliefs, which are formed where they are used.

use crate::certificate::larger;
use crate::game::Numbers;
use crate::kernel::{Kind, Step};
use crate::lanes::Pack;

use super::forward::Reach;
use super::layout::{Layout, NONE};
use super::rows::{Edge, Rows};

/// Below this total reach of an information set a term that matters may have lost digits (`beliefs.rs`).
const THIN: f64 = 1e-280;

/// What one pass over a block measures, by lane.
#[derive(Clone, Debug)]
pub(crate) struct Measured<P> {
    /// Largest difference of log-probabilities, or more, between profile and response, at the information sets
    /// that inform.
    pub(crate) informing: P,
    /// The same at all others, where a profile is measured.
    pub(crate) others: P,
    /// Smallest reach of an information set whose nodes were weighed.
    pub(crate) thinnest: P,
    /// Per player: largest regret, in units.
    pub(crate) regret: Vec<P>,
    pub(crate) regret_by_reach: P,
    pub(crate) total_reach: P,
}

impl<P: Pack> Measured<P> {
    #[inline(always)]
    pub(crate) fn new(n_players: usize) -> Self {
        let zero = P::splat(0.0);
        Self {
            informing: zero,
            others: zero,
            thinnest: P::splat(1.0),
            regret: vec![zero; n_players],
            regret_by_reach: zero,
            total_reach: zero,
        }
    }
    /// Takes in the log-odds of an information set and of the response there.
    #[inline(always)]
    pub(crate) fn compare<const MEASURES: bool>(&mut self, informs: bool, odds: &[P], image: &[P]) {
        if !informs && !MEASURES {
            return;
        }
        let (mut high, mut low) = (P::splat(0.0), P::splat(0.0));
        for (x, to) in odds.iter().zip(image) {
            let off = *to - *x;
            high = high.larger(off);
            low = low.min(off);
        }
        let residual = if informs { &mut self.informing } else { &mut self.others };
        *residual = residual.larger(high - low);
    }
    /// Largest difference in this lane.
    pub(crate) fn residual(&self, lane: usize) -> f64 {
        larger(self.informing.get(lane), self.others.get(lane))
    }
    /// Whether all beliefs of this lane could be formed.
    pub(crate) fn is_sound(&self, lane: usize) -> bool {
        self.thinnest.get(lane) >= THIN
    }
}

/// Some draws of a batch side by side, in whatever form.
pub(crate) trait Sides<P: Pack>: Sized + Send + std::fmt::Debug {
    fn new(layout: &Layout<'_>) -> Self;
    /// Makes room for the numbers of a draw that is going to be loaded. Whether that moved the room of
    /// others: lanes loaded before must then be loaded again.
    fn make_room(&mut self, layout: &Layout<'_>, numbers: &Numbers) -> bool;
    /// Puts `numbers` into a lane; [`Self::make_room`] has seen them.
    fn load(
        &mut self,
        layout: &Layout<'_>,
        lane: usize,
        numbers: &Numbers,
        lambda: f64,
        units: &[f64],
    );
    /// Whether every value of the lane is an ordinary number.
    fn is_finite(&self, layout: &Layout<'_>, lane: usize) -> bool;
    /// The logit response to the profile `odds` by a sweep; writes its log-odds into `image`. In lanes where
    /// `asked` is 1, residual and regret of that profile itself instead.
    fn pass(
        &mut self,
        layout: &Layout<'_>,
        asked: Option<P>,
        odds: &[P],
        image: &mut [P],
    ) -> Measured<P>;
    /// Memory of all lanes, in bytes; what the lanes share is left out.
    fn bytes(&self) -> usize;
}

/// Draws as the graph stands, one in each lane, and the numbers a sweep works on.
#[derive(Debug)]
pub(crate) struct Block<P> {
    /// Entries of a row of values: the players, and zeros up to a width that the passes are made for.
    width: usize,
    rows: Rows,
    /// `[gain * width + player]`
    gains: Vec<P>,
    /// `[row * n_classes + class]`
    chance: Vec<P>,
    discounts: Vec<P>,
    lambda: Vec<P>,
    inverse_units: Vec<P>,
    /// `[slot * width + player]`, then ends that pay alike.
    values: Vec<P>,
    reach: Reach<P>,
    /// `[action]`, of the profile whose beliefs are used.
    policy: Vec<P>,
    /// Of one information set: action values, response.
    q: Vec<P>,
    chosen: Vec<P>,
}

impl<P: Pack> Sides<P> for Block<P> {
    fn new(layout: &Layout<'_>) -> Self {
        let kernel = &layout.kernel;
        let zero = P::splat(0.0);
        let width = kernel.width;
        let mut block = Self {
            width,
            rows: layout.told_apart().clone(),
            gains: Vec::new(),
            chance: Vec::new(),
            discounts: vec![zero; width],
            lambda: vec![zero; width],
            inverse_units: vec![zero; width],
            values: Vec::new(),
            reach: Reach::new(kernel),
            policy: vec![zero; kernel.n_actions()],
            q: vec![zero; layout.max_actions],
            chosen: vec![zero; layout.max_actions],
        };
        block.take_room(layout);
        block
    }

    fn make_room(&mut self, layout: &Layout<'_>, numbers: &Numbers) -> bool {
        let is_moved = self.rows.tell_apart(layout.base.graph(), numbers);
        if is_moved {
            self.take_room(layout);
            // No result depends on which rows there are; blocks to come need not find them again.
            *layout.told_apart() = self.rows.clone();
        }
        is_moved
    }

    fn load(
        &mut self,
        layout: &Layout<'_>,
        lane: usize,
        numbers: &Numbers,
        lambda: f64,
        units: &[f64],
    ) {
        let n_players = layout.n_players;
        for (gains, &edge) in self.gains.chunks_exact_mut(self.width).zip(&self.rows.payers) {
            let first = edge as usize * n_players;
            for (p, gain) in gains.iter_mut().enumerate().take(n_players) {
                gain.set(lane, numbers.edge_payoffs.get(first + p).copied().unwrap_or(0.0));
            }
        }
        let ends = self.values[layout.slots.n * self.width..].chunks_exact_mut(self.width);
        for (values, &end) in ends.zip(&self.rows.ends) {
            let payoffs = &numbers.terminal_payoffs[end as usize * n_players..];
            for (value, &payoff) in values.iter_mut().zip(&payoffs[..n_players]) {
                value.set(lane, payoff);
            }
        }
        let n = self.rows.n_chance;
        let n_classes = self.rows.representatives.len();
        for (class, &p) in self.rows.representatives.iter().enumerate() {
            for (row, &c) in self.rows.drawn.iter().enumerate().filter(|_| n > 0) {
                let x = numbers.chance[p * n + c as usize];
                self.chance[row * n_classes + class].set(lane, x);
            }
        }
        for (p, &unit) in units.iter().enumerate() {
            self.discounts[p].set(lane, numbers.discounts[p]);
            self.lambda[p].set(lane, lambda / unit);
            self.inverse_units[p].set(lane, 1.0 / unit);
        }
    }

    fn is_finite(&self, layout: &Layout<'_>, lane: usize) -> bool {
        let row = layout.kernel.row_of[0] as usize;
        // A game that is over at once has one end and no slots.
        let root = layout.slots.of_row.get(row).map_or(0, |&slot| slot as usize * self.width);
        self.values[root..root + layout.n_players].iter().all(|v| v.get(lane).is_finite())
    }

    #[inline(always)]
    fn pass(
        &mut self,
        layout: &Layout<'_>,
        asked: Option<P>,
        odds: &[P],
        image: &mut [P],
    ) -> Measured<P> {
        take_policy(layout, asked.is_some(), odds, &mut self.policy);
        match asked {
            None => {
                self.reach.pass(&layout.to_beliefs, &self.rows, &self.policy, &self.chance);
                let mut measured = Measured::new(0);
                self.pass_back::<false>(layout, P::splat(0.0), odds, image, &mut measured);
                measured
            }
            Some(asked) => {
                self.reach.pass(&layout.to_all, &self.rows, &self.policy, &self.chance);
                let mut measured = Measured::new(layout.n_players);
                self.pass_back::<true>(layout, asked, odds, image, &mut measured);
                measured
            }
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
            &self.policy,
            &self.q,
            &self.chosen,
        ];
        packs.iter().map(|pack| size_of_val(pack.as_slice())).sum::<usize>() + self.reach.bytes()
    }
}

impl<P: Pack> Block<P> {
    fn take_room(&mut self, layout: &Layout<'_>) {
        let zero = P::splat(0.0);
        let n_classes = self.rows.representatives.len();
        self.values.resize((layout.slots.n + self.rows.ends.len()) * self.width, zero);
        self.gains.resize(self.rows.payers.len() * self.width, zero);
        self.chance.resize(self.rows.drawn.len() * n_classes, zero);
        self.reach.take_room([&layout.to_beliefs, &layout.to_all], n_classes);
    }

    #[inline(always)]
    fn pass_back<const MEASURES: bool>(
        &mut self,
        layout: &Layout<'_>,
        asked: P,
        odds: &[P],
        image: &mut [P],
        measured: &mut Measured<P>,
    ) {
        match self.width {
            1 => self.backward::<1, MEASURES>(layout, asked, odds, image, measured),
            2 => self.backward::<2, MEASURES>(layout, asked, odds, image, measured),
            3 => self.backward::<3, MEASURES>(layout, asked, odds, image, measured),
            4 => self.backward::<4, MEASURES>(layout, asked, odds, image, measured),
            5 => self.backward::<5, MEASURES>(layout, asked, odds, image, measured),
            6 => self.backward::<6, MEASURES>(layout, asked, odds, image, measured),
            8 => self.backward::<8, MEASURES>(layout, asked, odds, image, measured),
            16 => self.backward::<16, MEASURES>(layout, asked, odds, image, measured),
            _ => self.backward::<64, MEASURES>(layout, asked, odds, image, measured),
        }
    }

    /// The response is the policy of all nodes before, but in lanes that are `asked` for the profile is; with
    /// `MEASURES` regret is measured, which means something in these lanes. `W` is the width of a row of
    /// values.
    #[inline(always)]
    fn backward<const W: usize, const MEASURES: bool>(
        &mut self,
        layout: &Layout<'_>,
        asked: P,
        odds: &[P],
        image: &mut [P],
        measured: &mut Measured<P>,
    ) {
        let n_classes = self.rows.representatives.len();
        let kernel = &layout.kernel;
        let class_of: [usize; W] =
            std::array::from_fn(|p| self.rows.class_of.get(p).map_or(0, |&class| class as usize));
        let slots = layout.slots.of_row.as_slice();
        let (mut next, mut row) = (0, 0);
        for &step in &kernel.order {
            match step {
                Step::Node(n) => {
                    let n = n as usize;
                    let edges = next..next + kernel.degree(n);
                    next = edges.end;
                    let mut sum = [P::splat(0.0); W];
                    match kernel.kinds[n] {
                        Kind::Chance(_) => {
                            for edge in &self.rows.edges[edges] {
                                let behind = self.behind::<W>(*edge);
                                let shares = &self.chance[edge.share as usize * n_classes..];
                                let shares = &shares[..n_classes];
                                for p in 0..W {
                                    sum[p] = sum[p] + shares[class_of[p]] * behind[p];
                                }
                            }
                        }
                        Kind::Decision(a) => {
                            let policy = &self.policy[a as usize..];
                            for (edge, share) in self.rows.edges[edges].iter().zip(policy) {
                                let behind = self.behind::<W>(*edge);
                                for p in 0..W {
                                    sum[p] = sum[p] + *share * behind[p];
                                }
                            }
                        }
                        Kind::Terminal => {}
                    }
                    self.values.as_chunks_mut::<W>().0[slots[row] as usize] = sum;
                    row += 1;
                }
                Step::Infoset(i) | Step::Loose(i) => {
                    let i = i as usize;
                    let actions = kernel.actions(i);
                    let n_actions = actions.len();
                    let edges = next..next + kernel.slots(i).len() * n_actions;
                    next = edges.end;
                    let own_odds = layout.odds_of(i);
                    let (own, own_image) = (&odds[own_odds.clone()], &mut image[own_odds]);
                    self.respond::<W, MEASURES>(layout, (i, edges.start), own, own_image, measured);
                    if matches!(step, Step::Loose(_)) {
                        continue;
                    }
                    softmax(own_image, &mut self.chosen[..n_actions]);
                    if MEASURES {
                        stay(asked, &self.policy[actions], &mut self.chosen);
                    }
                    for edges in self.rows.edges[edges].chunks_exact(n_actions) {
                        let mut sum = [P::splat(0.0); W];
                        for (edge, share) in edges.iter().zip(&self.chosen) {
                            let behind = self.behind::<W>(*edge);
                            for p in 0..W {
                                sum[p] = sum[p] + *share * behind[p];
                            }
                        }
                        self.values.as_chunks_mut::<W>().0[slots[row] as usize] = sum;
                        row += 1;
                    }
                }
            }
        }
    }

    /// What everybody gets by passing `edge`.
    #[inline(always)]
    fn behind<const W: usize>(&self, edge: Edge) -> [P; W] {
        let mut value = self.values.as_chunks::<W>().0[edge.to as usize];
        if edge.is_next_stage {
            let discounts = &self.discounts.as_chunks::<W>().0[0];
            for p in 0..W {
                value[p] = discounts[p] * value[p];
            }
        }
        if edge.gain != NONE {
            let gains = &self.gains.as_chunks::<W>().0[edge.gain as usize];
            for p in 0..W {
                value[p] = gains[p] + value[p];
            }
        }
        value
    }

    /// What player `p` gets by passing `edge`.
    #[inline(always)]
    fn behind_for<const W: usize>(&self, edge: Edge, p: usize) -> P {
        let mut value = self.values[edge.to as usize * W + p];
        if edge.is_next_stage {
            value = self.discounts[p] * value;
        }
        if edge.gain != NONE {
            value = self.gains[edge.gain as usize * W + p] + value;
        }
        value
    }

    /// Action values of information set `i`, whose edges begin at `first`, and the log-odds of the response.
    #[inline(always)]
    fn respond<const W: usize, const MEASURES: bool>(
        &mut self,
        layout: &Layout<'_>,
        (i, first): (usize, usize),
        odds: &[P],
        image: &mut [P],
        measured: &mut Measured<P>,
    ) {
        let (zero, one) = (P::splat(0.0), P::splat(1.0));
        let kernel = &layout.kernel;
        let owner = kernel.owner[i] as usize;
        let actions = kernel.actions(i);
        let n_actions = actions.len();
        let weights = &kernel.log_weights[actions.clone()];
        if kernel.excluded[i] {
            for (image, w) in image.iter_mut().zip(&weights[1..]) {
                *image = P::splat(w - weights[0]);
            }
            return;
        }
        if n_actions == 1 && !MEASURES {
            return;
        }
        let slots = kernel.slots(i);
        let is_single = slots.len() == 1;
        let mut total = zero;
        for q in &mut self.q[..n_actions] {
            *q = zero;
        }
        for (s, at) in slots.zip((first..).step_by(n_actions)) {
            let reach = if is_single && !MEASURES { one } else { self.reach.weights[s] };
            total = total + reach;
            let weight = if is_single { one } else { reach };
            for (k, edge) in self.rows.edges[at..at + n_actions].iter().enumerate() {
                let v = self.behind_for::<W>(*edge, owner);
                self.q[k] = self.q[k] + weight * v;
            }
        }
        let mut share = one;
        if !is_single {
            measured.thinnest = measured.thinnest.min(total);
            share = one / total;
        }
        let scale = share * self.lambda[owner];
        for k in 1..n_actions {
            image[k - 1] = (self.q[k] - self.q[0]) * scale + P::splat(weights[k] - weights[0]);
        }
        measured.compare::<MEASURES>(layout.informs(i), odds, image);
        if MEASURES {
            let policy = &self.policy[actions];
            let mut regret = zero;
            let mut best = self.q[0];
            for q in &self.q[1..n_actions] {
                best = best.max(*q);
            }
            for (q, p) in self.q.iter().zip(policy) {
                regret = regret + *p * (best - *q);
            }
            let regret = regret * share * self.inverse_units[owner];
            measured.regret[owner] = measured.regret[owner].max(regret);
            measured.regret_by_reach = measured.regret_by_reach + total * regret;
            measured.total_reach = measured.total_reach + total;
        }
    }
}

/// Probabilities of log-odds against the first action.
#[inline(always)]
pub(crate) fn softmax<P: Pack>(odds: &[P], policy: &mut [P]) {
    let (zero, one) = (P::splat(0.0), P::splat(1.0));
    // One of the powers is always e^0: with few actions it is left out, which gives the same bits.
    match (odds, &mut *policy) {
        ([], [only]) => {
            *only = one;
            return;
        }
        ([x], [first, second]) => {
            let power = x.min(zero - *x).exp();
            let share = one / (one + power);
            *first = P::choose(*x, zero, power, one) * share;
            *second = P::choose(*x, zero, one, power) * share;
            return;
        }
        ([x, y], [first, second, third]) => {
            let top = zero.max(*x).max(*y);
            let (a, b, c) = (zero - top, *x - top, *y - top);
            let is_third = a.max(b);
            let power = P::choose(zero, a, a, b).exp();
            let other = P::choose(zero, is_third, b, c).exp();
            let at_second = P::choose(zero, b, other, one);
            let powers = [
                P::choose(zero, a, power, one),
                P::choose(zero, a, at_second, power),
                P::choose(zero, is_third, one, other),
            ];
            let share = one / (powers[0] + powers[1] + powers[2]);
            (*first, *second, *third) = (powers[0] * share, powers[1] * share, powers[2] * share);
            return;
        }
        _ => {}
    }
    let mut top = zero;
    for x in odds {
        top = top.max(*x);
    }
    let mut sum = (zero - top).exp();
    policy[0] = sum;
    for (p, x) in policy[1..].iter_mut().zip(odds) {
        *p = (*x - top).exp();
        sum = sum + *p;
    }
    let share = one / sum;
    for p in policy.iter_mut() {
        *p = *p * share;
    }
}

/// What is done where it informs; where profiles are measured, everywhere.
#[inline(always)]
pub(crate) fn take_policy<P: Pack>(
    layout: &Layout<'_>,
    is_measured: bool,
    odds: &[P],
    policy: &mut [P],
) {
    let kernel = &layout.kernel;
    // Both loops are written out: a closure would not be compiled for wide registers.
    if is_measured {
        for i in 0..kernel.n_infosets() {
            softmax(&odds[layout.odds_of(i)], &mut policy[kernel.actions(i)]);
        }
    } else {
        for i in layout.informing.iter().map(|&i| i as usize) {
            softmax(&odds[layout.odds_of(i)], &mut policy[kernel.actions(i)]);
        }
    }
}

/// Puts `policy` in the place of what was `chosen`, in lanes where `asked` is 1.
#[inline(always)]
pub(crate) fn stay<P: Pack>(asked: P, policy: &[P], chosen: &mut [P]) {
    for (chosen, p) in chosen.iter_mut().zip(policy) {
        *chosen = P::choose(asked, P::splat(0.5), *p, *chosen);
    }
}
