//! Derivatives of the evaluation along a direction of log-policies, by the same two passes.
//!
//! Reach is differentiated as a logarithm: d ln r(n) = Σ over edges e into n of s_e (d ln r(parent) +
//! d ln π(e)), with s_e the share of n's reach that comes over e. Shares are ordinary numbers however
//! small the reach, so nothing underflows.

use crate::kernel::{Edge, Kernel, Kind, Step, Workspace};

/// The evaluation at one log-policy, ready to be differentiated.
#[derive(Debug, Default)]
pub(crate) struct Tangent {
    /// `[flow * n_classes + class]`
    shares: Vec<f64>,
    /// `[node * n_classes + class]`
    log_reach: Vec<f64>,
    /// `[slot]`
    beliefs: Vec<f64>,
    /// `[row * width + player]`
    values: Vec<f64>,
}

/// How policies move behind an information set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// As what is solved for.
    Solved,
    /// As given.
    Given,
    /// Not at all.
    Kept,
}

impl Tangent {
    /// Takes the shares from the reach in `work`, which [`Kernel::evaluate`] has left there.
    pub(crate) fn at(&mut self, kernel: &Kernel, work: &Workspace) {
        let c = kernel.n_classes;
        self.shares.clear();
        self.log_reach.resize(kernel.n_upstream * c, 0.0);
        self.beliefs.resize(kernel.slot_node.len(), 0.0);
        self.values.resize(kernel.kinds.len() * kernel.width, 0.0);
        for flow in &kernel.flows {
            let (from, to) = (flow.from as usize * c, flow.to as usize * c);
            for class in 0..c {
                let share = if work.is_scaled {
                    let here = work.scaled_reach[from + class];
                    let over = if flow.is_chance {
                        here.scale(kernel.passing(&work.policy, flow, class))
                    } else {
                        here.times(work.scaled_policy[flow.factor as usize])
                    };
                    over.share_of(work.scaled_reach[to + class])
                } else {
                    let over = kernel.passing(&work.policy, flow, class);
                    let total = work.reach[to + class];
                    if total > 0.0 { work.reach[from + class] * over / total } else { 0.0 }
                };
                self.shares.push(share);
            }
        }
    }

    /// Writes into `out` the y with y = source + M y + B d: B the effect of the log-policy change d
    /// through beliefs, M that of y through the values behind it.
    ///
    /// M only reaches backwards, so one pass solves for y: the linearised sweep.
    pub(crate) fn sweep(
        &mut self,
        kernel: &Kernel,
        work: &Workspace,
        lambda_raw: &[f64],
        d: Option<&[f64]>,
        source: Option<&[f64]>,
        out: &mut [f64],
    ) {
        match d {
            Some(d) => self.forward(kernel, work, d),
            None => self.beliefs.fill(0.0),
        }
        match source {
            Some(source) => out.copy_from_slice(source),
            None => out.fill(0.0),
        }
        self.pass_back(kernel, work, lambda_raw, d, Behind::Solved, out);
    }

    /// Writes B d into `out`, and M d as well with [`Behind::Given`].
    pub(crate) fn effect(
        &mut self,
        kernel: &Kernel,
        work: &Workspace,
        lambda_raw: &[f64],
        d: &[f64],
        behind: Behind,
        out: &mut [f64],
    ) {
        self.forward(kernel, work, d);
        out.fill(0.0);
        self.pass_back(kernel, work, lambda_raw, Some(d), behind, out);
    }

    fn pass_back(
        &mut self,
        kernel: &Kernel,
        work: &Workspace,
        lambda_raw: &[f64],
        d: Option<&[f64]>,
        behind: Behind,
        out: &mut [f64],
    ) {
        if behind == Behind::Kept && !kernel.has_loose {
            // Nothing moves behind an information set.
            return self.answer_beliefs(kernel, work, lambda_raw, out);
        }
        let pass = PassBack { tangent: self, kernel, work, lambda_raw, d, behind, out };
        pulp::Arch::new().dispatch(pass);
    }

    /// The effect of beliefs alone.
    fn answer_beliefs(
        &self,
        kernel: &Kernel,
        work: &Workspace,
        lambda_raw: &[f64],
        out: &mut [f64],
    ) {
        let width = kernel.width;
        let mut ahead = kernel.edges.as_slice();
        for &step in &kernel.order {
            let i = match step {
                Step::Node(n) => {
                    ahead = &ahead[kernel.degree(n as usize)..];
                    continue;
                }
                Step::Infoset(i) | Step::Loose(i) => i as usize,
            };
            let (slots, actions) = (kernel.slots(i), kernel.actions(i));
            let n_actions = actions.len();
            let (edges, after) = ahead.split_at(slots.len() * n_actions);
            ahead = after;
            if slots.len() == 1 || kernel.excluded[i] {
                continue;
            }
            let owner = kernel.owner[i] as usize;
            let y = &mut out[actions.clone()];
            for (belief, edges) in self.beliefs[slots].iter().zip(edges.chunks_exact(n_actions)) {
                for (edge, y) in edges.iter().zip(y.iter_mut()) {
                    let discount = kernel.discounts[edge.stage as usize][owner];
                    let value = work.values[edge.to as usize * width + owner];
                    let gain = kernel.gains[edge.gain as usize * width + owner];
                    *y += belief * (gain + discount * value);
                }
            }
            let mut mean = 0.0;
            for (y, p) in y.iter_mut().zip(&work.response[actions]) {
                *y *= lambda_raw[owner];
                mean += p * *y;
            }
            for y in y.iter_mut() {
                *y -= mean;
            }
        }
    }

    fn forward(&mut self, kernel: &Kernel, work: &Workspace, d: &[f64]) {
        let c = kernel.n_classes;
        self.log_reach.fill(0.0);
        for (flow, shares) in kernel.flows.iter().zip(self.shares.chunks_exact(c.max(1))) {
            let (from, to) = (flow.from as usize * c, flow.to as usize * c);
            let own = if flow.is_chance { 0.0 } else { d[flow.factor as usize] };
            for (class, share) in shares.iter().enumerate() {
                self.log_reach[to + class] += share * (self.log_reach[from + class] + own);
            }
        }
        for i in 0..kernel.n_infosets() {
            let slots = kernel.slots(i);
            if slots.len() == 1 || kernel.excluded[i] {
                self.beliefs[slots].fill(0.0);
                continue;
            }
            let class = kernel.class_of[kernel.owner[i] as usize] as usize;
            let mut mean = 0.0;
            for s in slots.clone() {
                let x = self.log_reach[kernel.slot_node[s] as usize * c + class];
                self.beliefs[s] = x;
                mean += work.beliefs[s] * x;
            }
            for s in slots {
                self.beliefs[s] = work.beliefs[s] * (self.beliefs[s] - mean);
            }
        }
    }

    #[inline(always)]
    fn backward<const W: usize>(
        &mut self,
        kernel: &Kernel,
        work: &Workspace,
        lambda_raw: &[f64],
        d: Option<&[f64]>,
        moved: Behind,
        out: &mut [f64],
    ) {
        let (gains, _) = kernel.gains.as_chunks::<W>();
        let (chance, _) = kernel.chance.as_chunks::<W>();
        let (values, _) = work.values.as_chunks::<W>();
        let (changes, _) = self.values.as_chunks_mut::<W>();
        let row = |r: usize| -> [f64; W] { std::array::from_fn(|p| kernel.discounts[r][p]) };
        let discounts = [row(0), row(1)];
        // What passing an edge brings more, the policy there moving by `own`.
        let moved_behind = |changes: &[[f64; W]], edge: Edge, own: f64| -> [f64; W] {
            let stage = edge.stage as usize;
            let (change, d) = (&changes[edge.to as usize], &discounts[stage]);
            let mut moved = [0.0; W];
            if own == 0.0 {
                for j in 0..W {
                    moved[j] = d[j] * change[j];
                }
                return moved;
            }
            let (gain, value) = (&gains[edge.gain as usize], &values[edge.to as usize]);
            for j in 0..W {
                moved[j] = own * (gain[j] + d[j] * value[j]) + d[j] * change[j];
            }
            moved
        };
        let mut dq = Vec::new();
        let (mut ahead, mut row) = (kernel.edges.as_slice(), 0);
        for &step in &kernel.order {
            match step {
                Step::Node(n) => {
                    let n = n as usize;
                    let (edges, after) = ahead.split_at(kernel.degree(n));
                    ahead = after;
                    let mut sum = [0.0; W];
                    match kernel.kinds[n] {
                        Kind::Chance(_) => {
                            for edge in edges {
                                let p = &chance[edge.share as usize];
                                let moved = moved_behind(changes, *edge, 0.0);
                                for j in 0..W {
                                    sum[j] += p[j] * moved[j];
                                }
                            }
                        }
                        Kind::Decision(a) => {
                            for (k, edge) in (a as usize..).zip(edges) {
                                let own = d.map_or(0.0, |d| d[k]);
                                let moved = moved_behind(changes, *edge, own);
                                for j in 0..W {
                                    sum[j] += work.policy[k] * moved[j];
                                }
                            }
                        }
                        Kind::Terminal => {}
                    }
                    changes[row] = sum;
                    row += 1;
                }
                Step::Infoset(i) | Step::Loose(i) => {
                    let i = i as usize;
                    let owner = kernel.owner[i] as usize;
                    let actions = kernel.actions(i);
                    let n_actions = actions.len();
                    let lambda = if kernel.excluded[i] { 0.0 } else { lambda_raw[owner] };
                    let y = &mut out[actions.clone()];
                    let response = &work.response[actions.clone()];
                    dq.clear();
                    dq.resize(n_actions, 0.0);
                    let slots = kernel.slots(i);
                    let (edges, after) = ahead.split_at(slots.len() * n_actions);
                    ahead = after;
                    for (s, edges) in slots.zip(edges.chunks_exact(n_actions)) {
                        let (moved, held) = (self.beliefs[s], work.beliefs[s]);
                        for (edge, dq) in edges.iter().zip(dq.iter_mut()) {
                            let discount = discounts[edge.stage as usize][owner];
                            let change = changes[edge.to as usize][owner];
                            let value = values[edge.to as usize][owner];
                            let there = gains[edge.gain as usize][owner] + discount * value;
                            *dq += moved * there + held * discount * change;
                        }
                    }
                    let mut mean = 0.0;
                    for ((y, dq), p) in y.iter_mut().zip(dq.iter()).zip(response) {
                        *y += lambda * dq;
                        mean += p * lambda * dq;
                    }
                    for y in y.iter_mut() {
                        *y -= mean;
                    }
                    if matches!(step, Step::Loose(_)) {
                        continue;
                    }
                    let policy = &work.policy[actions.clone()];
                    let change_of = match (moved, d) {
                        (Behind::Solved, _) => Some(&*y),
                        (Behind::Given, Some(d)) => Some(&d[actions]),
                        _ => None,
                    };
                    for edges in edges.chunks_exact(n_actions) {
                        let mut sum = [0.0; W];
                        for (k, edge) in edges.iter().enumerate() {
                            let own = change_of.map_or(0.0, |y| y[k]);
                            let moved = moved_behind(changes, *edge, own);
                            for j in 0..W {
                                sum[j] += policy[k] * moved[j];
                            }
                        }
                        changes[row] = sum;
                        row += 1;
                    }
                }
            }
        }
    }
}

/// The backward pass, on the widest registers there are; the bits are the same on all.
struct PassBack<'a> {
    tangent: &'a mut Tangent,
    kernel: &'a Kernel,
    work: &'a Workspace,
    lambda_raw: &'a [f64],
    d: Option<&'a [f64]>,
    behind: Behind,
    out: &'a mut [f64],
}

impl pulp::WithSimd for PassBack<'_> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { tangent, kernel, work, lambda_raw, d, behind, out } = self;
        match kernel.width {
            1 => tangent.backward::<1>(kernel, work, lambda_raw, d, behind, out),
            2 => tangent.backward::<2>(kernel, work, lambda_raw, d, behind, out),
            3 => tangent.backward::<3>(kernel, work, lambda_raw, d, behind, out),
            4 => tangent.backward::<4>(kernel, work, lambda_raw, d, behind, out),
            5 => tangent.backward::<5>(kernel, work, lambda_raw, d, behind, out),
            6 => tangent.backward::<6>(kernel, work, lambda_raw, d, behind, out),
            8 => tangent.backward::<8>(kernel, work, lambda_raw, d, behind, out),
            16 => tangent.backward::<16>(kernel, work, lambda_raw, d, behind, out),
            _ => tangent.backward::<64>(kernel, work, lambda_raw, d, behind, out),
        }
    }
}
