//! From a scenario to its template: the game's graph, layer by layer along the timeline.
//!
//! A layer holds the states that can stand at one step. Under situation memory histories that lead
//! to the same state share a node; under history memory every history has its own. Nothing beyond
//! the budget is ever built.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use quantal::{InformationSet, InfosetId, NodeKind, PlayerId};

use crate::act::Coder;
use crate::chance::{Odd, Odds, by_viewer};
use crate::diagnostic::{Diagnostic, Severity};
use crate::eval::{Context, holds};
use crate::hybrid::{Hybrid, Parts};
use crate::layers::{Info, Layers, Stand};
use crate::ledger::{Ledger, occupant};
use crate::lever::{Era, Taken, eras, in_force};
use crate::scenario::{ActorId, MoveId, Scenario, SlotId};
use crate::source::Span;
use crate::template::{Cause, CompileOptions, Ending, Payment, Template, Touch};
use crate::timeline::{Step, Timeline, first_of_group, last_of_group, timeline};
use crate::transition::{
    Book, after, combine, payments as payments_of, raise_peak, raise_peak_seen,
};

/// Code of the diagnostic for a game over the node budget.
pub const OVER_BUDGET: &str = "E080";

/// Most moves of a scenario: a pending move is one byte.
const MOST_MOVES: usize = 254;

/// An edge before the ids of later layers are known.
pub(crate) struct Edge {
    pub(crate) to: (usize, u32),
    pub(crate) next_stage: bool,
    pub(crate) cause: Cause,
    pub(crate) act: Option<u32>,
    pub(crate) touches: Vec<Touch>,
    pub(crate) payments: Vec<Payment>,
    /// For chance edges: residual by viewer (actors, then analyst), the reason, a label.
    pub(crate) chance: Option<Odd>,
}

pub(crate) struct Compiler<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) options: &'a CompileOptions,
    pub(crate) line: Timeline,
    pub(crate) book: Book,
    pub(crate) ledger: Ledger,
    pub(crate) draws: Vec<Vec<Odds>>,
    pub(crate) calendar: Vec<Option<Odds>>,
    pub(crate) hazards: Vec<Odds>,
    pub(crate) signals: BTreeMap<MoveId, (Odds, Odds)>,
    pub(crate) layers: Layers,
    pub(crate) info: Info,
    pub(crate) coder: Coder,
    pub(crate) hybrid: Option<Hybrid>,
    /// From when on levers change what moves are, in order.
    pub(crate) eras: &'a [Era],
}

/// Compiles `scenario`, counting layer by layer; nothing larger than the budget is ever built.
///
/// # Errors
/// Diagnostics: over budget (with the count and what multiplies most), or simultaneous effects that
/// disagree on one variable.
pub fn compile(
    scenario: &Arc<Scenario>,
    options: &CompileOptions,
) -> Result<Template, Vec<Diagnostic>> {
    compile_as(scenario, options, None, &[])
}

/// Compiles `scenario` with levers taken: from the turn a lever works from, moves have the attributes and
/// conditions it gives them. What it does to parameters is up to the numbers
/// ([`crate::lever::with_levers`]). Up to the first such turn nodes and edges have the numbers that
/// [`compile`] gives them, and up to the second those of the game with the first lever alone.
///
/// # Errors
/// As [`compile`]: a lever may lead to more states, or open moves that disagree at the same time.
pub fn compile_levers(
    scenario: &Arc<Scenario>,
    options: &CompileOptions,
    taken: &[Taken],
) -> Result<Template, Vec<Diagnostic>> {
    compile_as(scenario, options, None, &eras(scenario, taken))
}

/// Compiles `scenario` with one act replaced by a hybrid. Up to the first turn at which it is
/// replaced, nodes and edges have the numbers that [`compile`] gives them.
///
/// # Errors
/// As [`compile`]: a hybrid may lead to more states, or set what another move sets at the same time.
pub fn compile_hybrid(
    scenario: &Arc<Scenario>,
    options: &CompileOptions,
    hybrid: Hybrid,
) -> Result<Template, Vec<Diagnostic>> {
    compile_as(scenario, options, Some(hybrid), &[])
}

fn compile_as(
    scenario: &Arc<Scenario>,
    options: &CompileOptions,
    hybrid: Option<Hybrid>,
    eras: &[Era],
) -> Result<Template, Vec<Diagnostic>> {
    if let Some(too_many) = scenario.moves.get(MOST_MOVES) {
        return Err(vec![Diagnostic {
            code: "E082",
            severity: Severity::Error,
            span: too_many.span,
            message: format!("more than {MOST_MOVES} moves"),
            help: Some(
                "merge moves that differ in nothing that matters, or split the scenario".into(),
            ),
        }]);
    }
    Compiler::new(scenario, options, hybrid, eras).run(scenario).map_err(|d| vec![d])
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(
        scenario: &'a Scenario,
        options: &'a CompileOptions,
        hybrid: Option<Hybrid>,
        eras: &'a [Era],
    ) -> Self {
        let mut ledger = Ledger::default();
        let book = Book::new(scenario, &mut ledger);
        let mut odds = |p: &crate::expr::Expr,
                        believed: &[(ActorId, crate::expr::Expr)],
                        label: String,
                        span: Span| Odds {
            analyst: ledger.recipe(p, label.clone(), span),
            believed: believed
                .iter()
                .map(|(a, e)| (*a, ledger.recipe(e, label.clone(), span)))
                .collect(),
        };
        let draws = scenario
            .draws
            .iter()
            .map(|d| {
                let name = &scenario.variables[d.variable.index()].name;
                (0..d.analyst.len())
                    .map(|k| {
                        let believed: Vec<_> =
                            d.believed.iter().map(|(a, ps)| (*a, ps[k].clone())).collect();
                        odds(&d.analyst[k], &believed, format!("draw of {name}"), d.span)
                    })
                    .collect()
            })
            .collect();
        let calendar = scenario
            .calendar
            .iter()
            .map(|c| {
                c.probability
                    .as_ref()
                    .map(|p| odds(p, &c.believed, format!("calendar.{}", c.id), c.span))
            })
            .collect();
        let hazards = scenario
            .hazards
            .iter()
            .map(|h| odds(&h.probability, &h.believed, format!("hazards.{}", h.id), h.span))
            .collect();
        let mut signals = BTreeMap::new();
        for (m, made) in scenario.moves.iter().enumerate() {
            if let Some(s) = &made.signal {
                let label = |w: &str| format!("signal of {} {w}", made.id);
                let pair = (
                    odds(&s.when_done, &[], label("when done"), s.span),
                    odds(&s.when_not, &[], label("when not done"), s.span),
                );
                signals.insert(MoveId::new(m), pair);
            }
        }
        let line = timeline(scenario, hybrid.as_ref());
        let layers = Layers::new(scenario, &line, options);
        Self {
            info: Info::new(scenario.actors.len()),
            scenario,
            options,
            line,
            book,
            ledger,
            draws,
            calendar,
            hazards,
            signals,
            layers,
            coder: Coder::new(scenario, hybrid.as_ref(), eras),
            hybrid,
            eras,
        }
    }

    pub(crate) fn run(mut self, shared: &Arc<Scenario>) -> Result<Template, Diagnostic> {
        let start = Stand {
            state: self.scenario.variables.iter().map(|v| v.start).collect(),
            scratch: vec![0; self.layers.n_scratch],
            info: vec![0; self.scenario.actors.len()],
        };
        let mut ignored = (Vec::new(), false);
        self.arrive(0, start, &mut ignored)?;
        let mut edges: Vec<Edge> = Vec::new();
        let mut edge_start = vec![0u32];
        let mut kinds = Vec::new();
        let mut infosets: Vec<InformationSet> = Vec::new();
        let mut weights: Vec<f64> = Vec::new();
        for layer in 0..self.layers.n_steps() {
            let mut known: HashMap<(u16, Vec<u8>), InfosetId> = HashMap::new();
            for local in 0..self.layers.len(layer) {
                let stand = self.layers.stand(layer, local);
                let (kind, out) =
                    self.expand(layer, stand, &mut known, &mut infosets, &mut weights)?;
                kinds.push(kind);
                edges.extend(out);
                edge_start
                    .push(u32::try_from(edges.len()).expect("a budget keeps edges under 2^32"));
            }
        }
        Ok(self.finish(shared, kinds, edges, edge_start, infosets, weights))
    }

    /// The node of one stand, with its edges.
    pub(crate) fn expand(
        &mut self,
        layer: usize,
        stand: Stand,
        known: &mut HashMap<(u16, Vec<u8>), InfosetId>,
        infosets: &mut Vec<InformationSet>,
        weights: &mut Vec<f64>,
    ) -> Result<(NodeKind, Vec<Edge>), Diagnostic> {
        let (stage, step) = self.line.steps[layer];
        match step {
            Step::Turn(slot) => {
                let owner = occupant(
                    self.scenario,
                    self.scenario.slots[slot.index()].seat.index(),
                    &stand.state,
                );
                let menu = self.menu(slot, owner, &stand.state, stage);
                let key = Info::key(self.scenario, self.options.memory, owner, &stand);
                let infoset = *known.entry((owner.0, key)).or_insert_with(|| {
                    let id = InfosetId::new(infosets.len());
                    let seat =
                        &self.scenario.seats[self.scenario.slots[slot.index()].seat.index()].id;
                    infosets.push(InformationSet {
                        player: PlayerId::new(owner.index()),
                        label: format!("{seat} {stage}.{} #{}", slot.index(), id.index()),
                        actions: menu.iter().map(|m| self.label(*m)).collect(),
                    });
                    weights.extend(self.weights(&menu));
                    id
                });
                let mut out = Vec::with_capacity(menu.len());
                for made in menu {
                    out.push(self.turn_edge(layer, (slot, owner, made), stage, &stand)?);
                }
                Ok((NodeKind::Decision(infoset), out))
            }
            _ => Ok((NodeKind::Chance, self.chance_edges(layer, stage, step, &stand)?)),
        }
    }

    /// The moves open to the owner; `None` is the forced hold of an empty menu.
    pub(crate) fn menu(
        &self,
        slot: SlotId,
        owner: ActorId,
        state: &[u8],
        stage: u32,
    ) -> Vec<Option<MoveId>> {
        let menu = self.scenario.slots[slot.index()].menu;
        let cx = Context {
            scenario: self.scenario,
            state,
            stage,
            actor: Some(owner),
            act: None,
            stated: false,
        };
        let open = |m: &crate::scenario::Move| {
            m.menus.contains(&menu) && m.when.as_ref().is_none_or(|w| holds(w, &cx))
        };
        let moves = &in_force(self.scenario, self.eras, (stage, slot)).0.moves;
        let moves: Vec<Option<MoveId>> = (moves.iter().enumerate())
            .filter(|(_, m)| open(m))
            .map(|(i, _)| Some(MoveId::new(i)))
            .collect();
        if moves.is_empty() { vec![None] } else { moves }
    }

    /// The parts of a move made at a turn.
    fn parts(&self, made: MoveId, stage: u32, slot: SlotId) -> Parts {
        Parts::of(made, self.hybrid.as_ref().filter(|h| h.is_in_force(stage, slot)))
    }

    pub(crate) fn label(&self, made: Option<MoveId>) -> String {
        made.map_or_else(|| "hold".to_string(), |m| self.scenario.moves[m.index()].id.clone())
    }

    /// Variants of one another share weight 1 among those that are open.
    pub(crate) fn weights(&self, menu: &[Option<MoveId>]) -> Vec<f64> {
        let root =
            |m: &Option<MoveId>| m.map(|m| self.scenario.moves[m.index()].variant_of.unwrap_or(m));
        let shares = |m| menu.iter().filter(|o| root(o) == root(m)).count();
        // A menu has far fewer than 2^52 moves.
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        menu.iter().map(|m| 1.0 / shares(m) as f64).collect()
    }

    pub(crate) fn turn_edge(
        &mut self,
        layer: usize,
        (slot, owner, made): (SlotId, ActorId, Option<MoveId>),
        stage: u32,
        stand: &Stand,
    ) -> Result<Edge, Diagnostic> {
        let first = first_of_group(self.scenario, slot.index());
        let last = last_of_group(self.scenario, slot.index());
        let (peak, kept) = (self.scenario.peak.index(), self.layers.start_peak());
        let mut next = stand.clone();
        if slot.index() == first {
            next.scratch[kept] = stand.state[peak];
        }
        // Acts of a group raise the peak at once; all else reads the state at its start.
        let mut before = stand.state.clone();
        before[peak] = next.scratch[kept];
        let (mut act, mut touches, mut payments) = (None, Vec::new(), Vec::new());
        if let Some(made) = made {
            let hybrid = self.hybrid.as_ref().filter(|h| h.is_in_force(stage, slot));
            let parts = Parts::of(made, hybrid);
            let era = in_force(self.scenario, self.eras, (stage, slot));
            let coded = self.coder.code(era, (parts, owner, hybrid), (&before, stage));
            let this = &self.coder.acts[coded.act as usize];
            let deed = (parts, this, &coded.touches[..]);
            payments =
                payments_of(self.scenario, &self.book, &mut self.ledger, deed, (&before, stage));
            raise_peak(self.scenario, this, &mut next.state);
            (act, touches) = (Some(coded.act), coded.touches);
        }
        next.scratch[self.layers.pending(slot)] =
            made.map_or(0, |m| u8::try_from(m.0 + 1).expect("checked: few moves"));
        if slot.index() == last {
            next.scratch[kept] = 0;
            self.resolve(first..=last, stage, &before, &mut next)?;
        } else {
            let own = (slot, owner, made.map(|m| self.parts(m, stage, slot)));
            self.info.remember_own(self.scenario, self.options.memory, own, &before, &mut next);
        }
        let mut on_the_way = (payments, false);
        let to = self.arrive(layer + 1, next, &mut on_the_way)?;
        Ok(Edge {
            to,
            next_stage: on_the_way.1,
            cause: Cause::Move(made),
            act,
            touches,
            payments: on_the_way.0,
            chance: None,
        })
    }

    /// Applies the effects of all moves of a group, each on the state at its start.
    pub(crate) fn resolve(
        &mut self,
        group: std::ops::RangeInclusive<usize>,
        stage: u32,
        before: &[u8],
        next: &mut Stand,
    ) -> Result<(), Diagnostic> {
        let raised = next.state[self.scenario.peak.index()];
        let (mut afters, mut acts, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for slot in group.clone() {
            let at = SlotId::new(slot);
            let pending = self.layers.pending(at);
            let hybrid = self.hybrid.as_ref().filter(|h| h.is_in_force(stage, at));
            let made = next.scratch[pending].checked_sub(1).map(|m| MoveId(u16::from(m)));
            let parts = made.map(|m| Parts::of(m, hybrid));
            next.scratch[pending] = 0;
            for (k, signalling) in self.line.signals[slot].clone().into_iter().enumerate() {
                let is_done = parts.is_some_and(|p| p.rest() == signalling);
                next.scratch[self.layers.done(slot, k)] = u8::from(is_done);
            }
            let actor = occupant(self.scenario, self.scenario.slots[slot].seat.index(), before);
            all.push((at, actor, parts));
            let Some(parts) = parts else { continue };
            let era = in_force(self.scenario, self.eras, (stage, at));
            let coded = self.coder.code(era, (parts, actor, hybrid), (before, stage));
            let deed = (parts, &self.coder.acts[coded.act as usize], &coded.touches[..]);
            afters.push(after(self.scenario, deed, (before, stage)));
            acts.push(coded.act);
        }
        next.state = combine(self.scenario, before, &afters).map_err(|v| {
            let variable = &self.scenario.variables[v.index()];
            let slot = &self.scenario.slots[*group.start()];
            Diagnostic {
                code: "E081",
                severity: Severity::Error,
                span: variable.span,
                message: format!(
                    "simultaneous moves in the turns from number {} give `{}` different values",
                    slot.group + 1,
                    variable.name
                ),
                help: Some("declare how they combine: `combine = \"max\"`, `\"min\"`, `\"add\"` or `\"or\"`".into()),
            }
        })?;
        next.state[self.scenario.peak.index()] = raised;
        for act in &acts {
            raise_peak_seen(self.scenario, &self.coder.acts[*act as usize], &mut next.state);
        }
        self.info.remember(self.scenario, self.options.memory, &all, before, next);
        Ok(())
    }

    /// Takes every step that needs no node from `step` on and finds or makes the stand where one is
    /// needed: its (layer, position). Collects payments on the way and whether a stage was closed.
    pub(crate) fn arrive(
        &mut self,
        mut step: usize,
        mut stand: Stand,
        on_the_way: &mut (Vec<Payment>, bool),
    ) -> Result<(usize, u32), Diagnostic> {
        loop {
            let (stage, what) = self.line.steps[step];
            let cx = Context {
                scenario: self.scenario,
                state: &stand.state,
                stage,
                actor: None,
                act: None,
                stated: false,
            };
            match what {
                Step::Draw(_) | Step::Turn(_) | Step::Signal(..) => break,
                Step::Calendar(c) => {
                    let event = &self.scenario.calendar[c.index()];
                    let applies = event.when.as_ref().is_none_or(|w| holds(w, &cx));
                    if applies && event.probability.is_some() {
                        break;
                    }
                    if applies {
                        stand = self.with(&event.set, stage, &stand);
                    }
                }
                Step::Hazard(h) => {
                    let applies = self.scenario.hazards[h.index()]
                        .when
                        .as_ref()
                        .is_none_or(|w| holds(w, &cx));
                    if applies {
                        let ps = by_viewer(&mut self.ledger, &self.hazards[h.index()], &cx);
                        if !ps.iter().all(|&p| self.ledger.is_zero(p)) {
                            break;
                        }
                    }
                }
                Step::Test => {
                    if let Some(end) = self.scenario.ends.iter().position(|e| holds(&e.when, &cx)) {
                        let ending = Ending::End(crate::scenario::EndId::new(end));
                        return self.layers.terminal(self.scenario, stage, ending, stand);
                    }
                }
                Step::Close => {
                    if stage + 1 == self.scenario.time.horizon {
                        return self.layers.terminal(self.scenario, stage, Ending::Horizon, stand);
                    }
                    self.ledger.pay(&self.book.upkeep, &cx, &mut on_the_way.0);
                    on_the_way.1 = true;
                }
            }
            step += 1;
        }
        self.layers.place(self.scenario, step, stand)
    }
}
