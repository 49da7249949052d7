//! The forward pass: reach as each class of players sees it, and beliefs at every information set.

use crate::kernel::{Flow, Kernel, Workspace};
use crate::scaled::Scaled;

/// Below this total reach of an information set, a term that matters may have lost digits:
/// the smallest normal number is 2e-308, and terms 1e-17 of the total still count.
const SCALED_BELOW: f64 = 1e-280;

impl Kernel {
    /// Beliefs of every information set under the log-policy `logs`.
    pub(crate) fn form_beliefs(&self, work: &mut Workspace, logs: &[f64]) {
        if self.n_upstream == 0 {
            return;
        }
        if !work.is_scaled {
            work.is_scaled = !self.form_plain_beliefs(work);
        }
        if work.is_scaled {
            self.form_scaled_beliefs(work, logs);
        }
    }

    /// The probability of a flow, as players of `class` see it.
    pub(crate) fn passing(&self, policy: &[f64], flow: &Flow, class: usize) -> f64 {
        let factor = flow.factor as usize;
        if flow.is_chance {
            self.class_chance[factor * self.n_classes + class]
        } else {
            policy[factor]
        }
    }

    /// Returns whether ordinary numbers were enough.
    fn form_plain_beliefs(&self, work: &mut Workspace) -> bool {
        match self.n_classes {
            1 => self.form_reach::<1>(work),
            2 => self.form_reach::<2>(work),
            3 => self.form_reach::<3>(work),
            4 => self.form_reach::<4>(work),
            _ => self.form_reach_of_many(work),
        }
        let (c, reach) = (self.n_classes, &work.reach);
        for i in 0..self.n_infosets() {
            let slots = self.slots(i);
            if slots.len() == 1 || self.excluded[i] {
                continue;
            }
            let class = self.class_of[self.owner[i] as usize] as usize;
            let mut total = 0.0;
            let nodes = &self.slot_node[slots.clone()];
            for (b, &node) in work.beliefs[slots.clone()].iter_mut().zip(nodes) {
                *b = reach[node as usize * c + class];
                total += *b;
            }
            if total < SCALED_BELOW {
                return false;
            }
            let share = 1.0 / total;
            for b in &mut work.beliefs[slots] {
                *b *= share;
            }
        }
        true
    }

    fn form_reach<const C: usize>(&self, work: &mut Workspace) {
        let (reach, _) = work.reach.as_chunks_mut::<C>();
        let (chance, _) = self.class_chance.as_chunks::<C>();
        reach[..self.n_upstream].fill([0.0; C]);
        reach[0] = [1.0; C];
        for flow in &self.flows {
            let factor = flow.factor as usize;
            let from = reach[flow.from as usize];
            let there = &mut reach[flow.to as usize];
            if flow.is_chance {
                for class in 0..C {
                    there[class] += chance[factor][class] * from[class];
                }
            } else {
                let p = work.policy[factor];
                for class in 0..C {
                    there[class] += p * from[class];
                }
            }
        }
    }

    fn form_reach_of_many(&self, work: &mut Workspace) {
        let c = self.n_classes;
        let reach = &mut work.reach;
        reach[..self.n_upstream * c].fill(0.0);
        reach[..c].fill(1.0);
        for flow in &self.flows {
            let (from, to) = (flow.from as usize * c, flow.to as usize * c);
            for class in 0..c {
                let p = self.passing(&work.policy, flow, class);
                reach[to + class] += p * reach[from + class];
            }
        }
    }

    fn form_scaled_beliefs(&self, work: &mut Workspace, logs: &[f64]) {
        let c = self.n_classes;
        work.scaled_policy.clear();
        work.scaled_policy.extend(logs.iter().map(|&l| Scaled::exp(l)));
        work.scaled_reach.clear();
        work.scaled_reach.resize(self.n_upstream * c, Scaled::ZERO);
        let reach = &mut work.scaled_reach;
        reach[..c].fill(Scaled::ONE);
        for flow in &self.flows {
            let (from, to) = (flow.from as usize * c, flow.to as usize * c);
            for class in 0..c {
                let part = if flow.is_chance {
                    reach[from + class].scale(self.passing(&work.policy, flow, class))
                } else {
                    work.scaled_policy[flow.factor as usize].times(reach[from + class])
                };
                reach[to + class] = reach[to + class].plus(part);
            }
        }
        for i in 0..self.n_infosets() {
            let slots = self.slots(i);
            if slots.len() == 1 || self.excluded[i] {
                continue;
            }
            let class = self.class_of[self.owner[i] as usize] as usize;
            let at = |s: usize| reach[self.slot_node[s] as usize * c + class];
            let total = crate::evaluate::sum(slots.clone().map(at));
            for s in slots {
                work.beliefs[s] = at(s).share_of(total);
            }
        }
    }
}
