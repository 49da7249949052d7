//! Chance nodes: draws, dated events, signals, accidents, each with its odds by viewer.

use crate::compile::{Compiler, Edge};
use crate::diagnostic::Diagnostic;
use crate::eval::Context;
use crate::layers::Stand;
use crate::ledger::{Ledger, Recipe};
use crate::scenario::{ActorId, Domain, Effect};
use crate::template::{Cause, Payment};
use crate::timeline::Step;
use crate::transition::apply;

/// Probabilities of one event, by viewer.
pub(crate) struct Odds {
    pub(crate) analyst: Recipe,
    pub(crate) believed: Vec<(ActorId, Recipe)>,
}

/// One outcome of a chance node.
pub(crate) struct Odd {
    pub(crate) label: String,
    pub(crate) by_viewer: Vec<u32>,
    pub(crate) reason: u32,
}

impl Compiler<'_> {
    pub(crate) fn chance_edges(
        &mut self,
        layer: usize,
        stage: u32,
        step: Step,
        stand: &Stand,
    ) -> Result<Vec<Edge>, Diagnostic> {
        let cx = Context {
            scenario: self.scenario,
            state: &stand.state,
            stage,
            actor: None,
            act: None,
            stated: false,
        };
        let mut out = Vec::new();
        let mut outcomes: Vec<(Cause, Vec<u32>, u32, Stand, Vec<Payment>)> = Vec::new();
        match step {
            Step::Draw(d) => {
                let variable = self.scenario.draws[d.index()].variable;
                for (k, odds) in self.draws[d.index()].iter().enumerate() {
                    let by_viewer = by_viewer(&mut self.ledger, odds, &cx);
                    let mut next = stand.clone();
                    next.state[variable.index()] = u8::try_from(k).unwrap_or(u8::MAX);
                    let cause = Cause::Draw(next.state[variable.index()]);
                    outcomes.push((
                        cause,
                        by_viewer,
                        Ledger::reason(&odds.analyst),
                        next,
                        Vec::new(),
                    ));
                }
            }
            Step::Calendar(c) => {
                let event = &self.scenario.calendar[c.index()];
                let odds = self.calendar[c.index()].as_ref().expect("certain events make no node");
                let yes = by_viewer(&mut self.ledger, odds, &cx);
                for (happens, effects) in [(true, &event.set), (false, &event.otherwise)] {
                    let ps = if happens { yes.clone() } else { self.no(&yes) };
                    let next = self.with(effects, stage, stand);
                    let reason = Ledger::reason(
                        &self.calendar[c.index()].as_ref().expect("as above").analyst,
                    );
                    outcomes.push((Cause::Calendar(happens), ps, reason, next, Vec::new()));
                }
            }
            Step::Signal(slot, k) => {
                let made = self.line.signals[slot.index()][usize::from(k)];
                let done = self.layers.done(slot.index(), usize::from(k));
                let (when_done, when_not) = &self.signals[&made];
                let odds = if stand.scratch[done] == 1 { when_done } else { when_not };
                let yes = by_viewer(&mut self.ledger, odds, &cx);
                let reason = Ledger::reason(&odds.analyst);
                let signal = self.scenario.moves[made.index()].signal.as_ref().expect("it signals");
                for happens in [true, false] {
                    let ps = if happens { yes.clone() } else { self.no(&yes) };
                    let mut next = stand.clone();
                    next.scratch[done] = 0;
                    next.state[signal.variable.index()] = u8::from(happens);
                    outcomes.push((Cause::Signal(happens), ps, reason, next, Vec::new()));
                }
            }
            Step::Hazard(h) => {
                let hazard = &self.scenario.hazards[h.index()];
                let yes = by_viewer(&mut self.ledger, &self.hazards[h.index()], &cx);
                let reason = Ledger::reason(&self.hazards[h.index()].analyst);
                let mut paid = Vec::new();
                self.ledger.pay(&self.book.hazards[h.index()], &cx, &mut paid);
                let mut struck = self.with(&hazard.set, stage, stand);
                if let Some(rung) = hazard.peak {
                    for v in self.scenario.peak_seen.iter().chain([&self.scenario.peak]) {
                        struck.state[v.index()] = struck.state[v.index()].max(rung);
                    }
                }
                let no = self.no(&yes);
                outcomes.push((Cause::Hazard(true), yes, reason, struck, paid));
                outcomes.push((Cause::Hazard(false), no, reason, stand.clone(), Vec::new()));
            }
            Step::Turn(_) | Step::Test | Step::Close => unreachable!("no chance node stands here"),
        }
        for (cause, ps, reason, next, payments) in outcomes {
            if ps.iter().all(|&p| self.ledger.is_zero(p)) {
                continue;
            }
            let mut on_the_way = (payments, false);
            let label = self.chance_label(step, cause);
            let to = self.arrive(layer + 1, next, &mut on_the_way)?;
            out.push(Edge {
                to,
                next_stage: on_the_way.1,
                cause,
                act: None,
                touches: Vec::new(),
                payments: on_the_way.0,
                chance: Some(Odd { label, by_viewer: ps, reason }),
            });
        }
        Ok(out)
    }

    pub(crate) fn chance_label(&self, step: Step, cause: Cause) -> String {
        match (step, cause) {
            (Step::Draw(d), Cause::Draw(k)) => {
                let variable =
                    &self.scenario.variables[self.scenario.draws[d.index()].variable.index()];
                match &variable.domain {
                    Domain::Words(words) => words[usize::from(k)].clone(),
                    Domain::Boolean => (k != 0).to_string(),
                    Domain::Integers { low, .. } => (low + i32::from(k)).to_string(),
                    Domain::Actors => self.scenario.actors[usize::from(k)].id.clone(),
                }
            }
            (_, Cause::Signal(x)) => if x { "signal" } else { "silence" }.to_string(),
            (_, Cause::Calendar(x) | Cause::Hazard(x)) => {
                if x { "happens" } else { "does not" }.to_string()
            }
            _ => String::new(),
        }
    }

    pub(crate) fn no(&mut self, yes: &[u32]) -> Vec<u32> {
        yes.iter().map(|&p| self.ledger.complement(p)).collect()
    }

    pub(crate) fn with(&self, effects: &[Effect], stage: u32, stand: &Stand) -> Stand {
        let mut next = stand.clone();
        apply(self.scenario, effects, (&stand.state, stage), None, &mut next.state);
        next
    }
}

/// The residual of an event's probability for each actor, then the analyst.
pub(crate) fn by_viewer(ledger: &mut Ledger, odds: &Odds, cx: &Context<'_>) -> Vec<u32> {
    let analyst = ledger.probability(&odds.analyst, cx);
    let mut row = vec![analyst; cx.scenario.actors.len() + 1];
    for (actor, recipe) in &odds.believed {
        row[actor.index()] = ledger.probability(recipe, cx);
    }
    row
}
