//! Chance nodes: draws, dated events, signals, accidents, each with its odds by viewer.

use crate::compile::{Compiler, Edge};
use crate::diagnostic::Diagnostic;
use crate::eval::Context;
use crate::layers::Stand;
use crate::ledger::{Ledger, Recipe};
use crate::scenario::{ActorId, CalendarId, Domain, DrawId, Effect, HazardId, Scenario};
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

/// What a chance node can lead to.
struct Outcome {
    cause: Cause,
    by_viewer: Vec<u32>,
    reason: u32,
    next: Stand,
    payments: Vec<Payment>,
}

fn at<'a>(scenario: &'a Scenario, stand: &'a Stand, stage: u32) -> Context<'a> {
    Context { scenario, state: &stand.state, stage, actor: None, act: None, stated: false }
}

impl Compiler<'_> {
    /// The edges that leave a chance node; outcomes nobody holds possible have none.
    pub(crate) fn chance_edges(
        &mut self,
        layer: usize,
        stage: u32,
        step: Step,
        stand: &Stand,
    ) -> Result<Vec<Edge>, Diagnostic> {
        let outcomes = match step {
            Step::Draw(d) => self.draw(d, stage, stand),
            Step::Calendar(c) => self.dated_event(c, stage, stand),
            Step::Signal(slot, k) => self.signal(slot.index(), usize::from(k), stage, stand),
            Step::Hazard(h) => self.accident(h, stage, stand),
            Step::Turn(_) | Step::Test | Step::Close => unreachable!("no chance node stands here"),
        };
        let mut out = Vec::new();
        for outcome in outcomes {
            if outcome.by_viewer.iter().all(|&p| self.ledger.is_zero(p)) {
                continue;
            }
            let label = self.chance_label(step, outcome.cause);
            let mut on_the_way = (outcome.payments, false);
            let to = self.arrive(layer + 1, outcome.next, &mut on_the_way)?;
            out.push(Edge {
                to,
                next_stage: on_the_way.1,
                cause: outcome.cause,
                act: None,
                touches: Vec::new(),
                payments: on_the_way.0,
                chance: Some(Odd { label, by_viewer: outcome.by_viewer, reason: outcome.reason }),
            });
        }
        Ok(out)
    }

    fn draw(&mut self, d: DrawId, stage: u32, stand: &Stand) -> Vec<Outcome> {
        let variable = self.scenario.draws[d.index()].variable;
        let cx = at(self.scenario, stand, stage);
        let mut outcomes = Vec::new();
        for (k, odds) in self.draws[d.index()].iter().enumerate() {
            let mut next = stand.clone();
            next.state[variable.index()] =
                u8::try_from(k).expect("domains have at most 256 values");
            outcomes.push(Outcome {
                cause: Cause::Draw(next.state[variable.index()]),
                by_viewer: by_viewer(&mut self.ledger, odds, &cx),
                reason: Ledger::reason(&odds.analyst),
                next,
                payments: Vec::new(),
            });
        }
        outcomes
    }

    fn dated_event(&mut self, c: CalendarId, stage: u32, stand: &Stand) -> Vec<Outcome> {
        let event = &self.scenario.calendar[c.index()];
        let odds = self.calendar[c.index()].as_ref().expect("certain events make no node");
        let yes = by_viewer(&mut self.ledger, odds, &at(self.scenario, stand, stage));
        let reason = Ledger::reason(&odds.analyst);
        let happens = self.with(&event.set, stage, stand);
        let fails = self.with(&event.otherwise, stage, stand);
        self.both(Cause::Calendar, yes, reason, [(happens, Vec::new()), (fails, Vec::new())])
    }

    fn signal(&mut self, slot: usize, k: usize, stage: u32, stand: &Stand) -> Vec<Outcome> {
        let made = self.line.signals[slot][k];
        let done = self.layers.done(slot, k);
        let (when_done, when_not) = &self.signals[&made];
        let odds = if stand.scratch[done] == 1 { when_done } else { when_not };
        let yes = by_viewer(&mut self.ledger, odds, &at(self.scenario, stand, stage));
        let reason = Ledger::reason(&odds.analyst);
        let signal = self.scenario.moves[made.index()].signal.as_ref().expect("it signals");
        let next = [1, 0].map(|seen| {
            let mut next = stand.clone();
            next.scratch[done] = 0;
            next.state[signal.variable.index()] = seen;
            (next, Vec::new())
        });
        self.both(Cause::Signal, yes, reason, next)
    }

    fn accident(&mut self, h: HazardId, stage: u32, stand: &Stand) -> Vec<Outcome> {
        let hazard = &self.scenario.hazards[h.index()];
        let cx = at(self.scenario, stand, stage);
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
        self.both(Cause::Hazard, yes, reason, [(struck, paid), (stand.clone(), Vec::new())])
    }

    /// What happens with the odds `yes`, and what happens otherwise.
    fn both(
        &mut self,
        cause: fn(bool) -> Cause,
        yes: Vec<u32>,
        reason: u32,
        next: [(Stand, Vec<Payment>); 2],
    ) -> Vec<Outcome> {
        let no = yes.iter().map(|&p| self.ledger.complement(p)).collect();
        let odds = [(true, yes), (false, no)];
        let outcome = |((happens, by_viewer), (next, payments))| Outcome {
            cause: cause(happens),
            by_viewer,
            reason,
            next,
            payments,
        };
        odds.into_iter().zip(next).map(outcome).collect()
    }

    /// The stand after effects of nature.
    pub(crate) fn with(&self, effects: &[Effect], stage: u32, stand: &Stand) -> Stand {
        let mut next = stand.clone();
        apply(self.scenario, effects, (&stand.state, stage), None, &mut next.state);
        next
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
