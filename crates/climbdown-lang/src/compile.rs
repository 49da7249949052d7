//! From a scenario to its template: the game's graph, layer by layer along the timeline.
//!
//! A layer holds the states that can stand at one step. Under situation memory histories that lead
//! to the same state share a node; under history memory every history has its own. Nothing beyond
//! the budget is ever built.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use quantal::{Graph, GraphParts, InformationSet, InfosetId, NodeId, NodeKind, PlayerId};

use crate::diagnostic::Diagnostic;
use crate::eval::{Context, holds};
use crate::layers::{Info, Layers, Stand};
use crate::ledger::{Ledger, Recipe, occupant};
use crate::scenario::{ActorId, Domain, Effect, MoveId, Scenario, SlotId};
use crate::source::Span;
use crate::template::{Act, Cause, CompileOptions, Ending, Payment, Template, Touch};
use crate::timeline::{Step, Timeline, first_of_group, last_of_group, timeline};
use crate::transition::{Book, after, apply, combine, deed, raise_peak, raise_peak_seen};

/// Code of the diagnostic for a game over the node budget.
pub const OVER_BUDGET: &str = "E080";

/// Probabilities of one event, by viewer.
struct Odds {
    analyst: Recipe,
    believed: Vec<(ActorId, Recipe)>,
}

/// An edge before the ids of later layers are known.
struct Edge {
    to: (usize, u32),
    next_stage: bool,
    cause: Cause,
    act: Option<u32>,
    touches: Vec<Touch>,
    payments: Vec<Payment>,
    /// For chance edges: residual by viewer (actors, then analyst), the reason, a label.
    chance: Option<Odd>,
}

/// One outcome of a chance node.
struct Odd {
    label: String,
    by_viewer: Vec<u32>,
    reason: u32,
}

struct Compiler<'a> {
    scenario: &'a Scenario,
    options: &'a CompileOptions,
    line: Timeline,
    book: Book,
    ledger: Ledger,
    draws: Vec<Vec<Odds>>,
    calendar: Vec<Option<Odds>>,
    hazards: Vec<Odds>,
    signals: BTreeMap<MoveId, (Odds, Odds)>,
    layers: Layers,
    info: Info,
    acts: BTreeMap<Act, u32>,
    act_list: Vec<Act>,
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
    Compiler::new(scenario, options).run(scenario).map_err(|d| vec![d])
}

impl<'a> Compiler<'a> {
    fn new(scenario: &'a Scenario, options: &'a CompileOptions) -> Self {
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
        let line = timeline(scenario);
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
            acts: BTreeMap::new(),
            act_list: Vec::new(),
        }
    }

    fn run(mut self, shared: &Arc<Scenario>) -> Result<Template, Diagnostic> {
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
    fn expand(
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
    fn menu(&self, slot: SlotId, owner: ActorId, state: &[u8], stage: u32) -> Vec<Option<MoveId>> {
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
        let moves: Vec<Option<MoveId>> = (self.scenario.moves.iter().enumerate())
            .filter(|(_, m)| open(m))
            .map(|(i, _)| Some(MoveId::new(i)))
            .collect();
        if moves.is_empty() { vec![None] } else { moves }
    }

    fn label(&self, made: Option<MoveId>) -> String {
        made.map_or_else(|| "hold".to_string(), |m| self.scenario.moves[m.index()].id.clone())
    }

    /// Variants of one another share weight 1 among those that are open.
    fn weights(&self, menu: &[Option<MoveId>]) -> Vec<f64> {
        let root =
            |m: &Option<MoveId>| m.map(|m| self.scenario.moves[m.index()].variant_of.unwrap_or(m));
        let shares = |m| menu.iter().filter(|o| root(o) == root(m)).count();
        // A menu has far fewer than 2^52 moves.
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        menu.iter().map(|m| 1.0 / shares(m) as f64).collect()
    }

    fn turn_edge(
        &mut self,
        layer: usize,
        (slot, owner, made): (SlotId, ActorId, Option<MoveId>),
        stage: u32,
        stand: &Stand,
    ) -> Result<Edge, Diagnostic> {
        let group = first_of_group(self.scenario, slot.index())
            ..=last_of_group(self.scenario, slot.index());
        let mut next = stand.clone();
        let (mut act, mut touches, mut payments) = (None, Vec::new(), Vec::new());
        if let Some(made) = made {
            let d = deed(
                self.scenario,
                &self.book,
                &mut self.ledger,
                (made, owner),
                (&stand.state, stage),
            );
            raise_peak(self.scenario, &d.act, &mut next.state);
            act = Some(self.intern_act(&d.act));
            (touches, payments) = (d.touches, d.payments);
        }
        next.scratch[self.layers.pending(slot)] =
            made.map_or(0, |m| u8::try_from(m.0 + 1).unwrap_or(u8::MAX));
        if *group.end() == slot.index() {
            self.resolve(group, stage, &mut next)?;
        } else {
            let own = (slot, owner, made);
            self.info.remember_own(
                self.scenario,
                self.options.memory,
                own,
                &stand.state,
                &mut next,
            );
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
    fn resolve(
        &mut self,
        group: std::ops::RangeInclusive<usize>,
        stage: u32,
        next: &mut Stand,
    ) -> Result<(), Diagnostic> {
        let before = next.state.clone();
        let (mut afters, mut acts, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for slot in group.clone() {
            let pending = self.layers.pending(SlotId::new(slot));
            let made = next.scratch[pending].checked_sub(1).map(|m| MoveId(u16::from(m)));
            next.scratch[pending] = 0;
            for (k, signalling) in self.line.signals[slot].clone().into_iter().enumerate() {
                next.scratch[self.layers.done(slot, k)] = u8::from(made == Some(signalling));
            }
            let actor = occupant(self.scenario, self.scenario.slots[slot].seat.index(), &before);
            all.push((SlotId::new(slot), actor, made));
            let Some(made) = made else { continue };
            let d =
                deed(self.scenario, &self.book, &mut self.ledger, (made, actor), (&before, stage));
            afters.push(after(self.scenario, &d, (&before, stage)));
            acts.push(d.act);
        }
        next.state = combine(self.scenario, &before, &afters).map_err(|v| {
            let variable = &self.scenario.variables[v.index()];
            let slot = &self.scenario.slots[*group.start()];
            Diagnostic {
                code: "E081",
                severity: crate::diagnostic::Severity::Error,
                span: variable.span,
                message: format!(
                    "simultaneous moves in the turns from number {} give `{}` different values",
                    slot.group + 1,
                    variable.name
                ),
                help: Some("declare how they combine: `combine = \"max\"`, `\"min\"`, `\"add\"` or `\"or\"`".into()),
            }
        })?;
        for act in &acts {
            raise_peak_seen(self.scenario, act, &mut next.state);
        }
        self.info.remember(self.scenario, self.options.memory, &all, &before, next);
        Ok(())
    }

    fn intern_act(&mut self, act: &Act) -> u32 {
        if let Some(&id) = self.acts.get(act) {
            return id;
        }
        let id = u32::try_from(self.act_list.len()).expect("fewer than 2^32 acts");
        self.acts.insert(act.clone(), id);
        self.act_list.push(act.clone());
        id
    }

    fn chance_edges(
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

    fn chance_label(&self, step: Step, cause: Cause) -> String {
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

    fn no(&mut self, yes: &[u32]) -> Vec<u32> {
        yes.iter().map(|&p| self.ledger.complement(p)).collect()
    }

    fn with(&self, effects: &[Effect], stage: u32, stand: &Stand) -> Stand {
        let mut next = stand.clone();
        apply(self.scenario, effects, (&stand.state, stage), None, &mut next.state);
        next
    }

    /// Takes every step that needs no node from `step` on and finds or makes the stand where one is
    /// needed: its (layer, position). Collects payments on the way and whether a stage was closed.
    fn arrive(
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

    fn finish(
        mut self,
        shared: &Arc<Scenario>,
        mut kinds: Vec<NodeKind>,
        edges: Vec<Edge>,
        mut edge_start: Vec<u32>,
        infosets: Vec<InformationSet>,
        weights: Vec<f64>,
    ) -> Template {
        let n_actors = self.scenario.actors.len();
        let (bases, places, states, terminals) = self.layers.flatten(&self.line);
        kinds.resize(places.len(), NodeKind::Terminal);
        edge_start.resize(places.len() + 1, *edge_start.last().expect("it begins with 0"));
        let mut parts = GraphParts {
            players: self.scenario.actors.iter().map(|a| a.id.clone()).collect(),
            kinds,
            edge_start,
            infosets,
            ..GraphParts::default()
        };
        let (mut causes, mut edge_act) = (Vec::new(), Vec::new());
        let (mut touch_start, mut touches) = (vec![0u32], Vec::new());
        let (mut payment_start, mut payments) = (vec![0u32], Vec::new());
        let (mut chance_rows, mut chance_reason) = (Vec::new(), Vec::new());
        let count = |n: usize| u32::try_from(n).expect("a budget keeps this under 2^32");
        for edge in edges {
            parts.edge_to.push(NodeId(bases[edge.to.0] + edge.to.1));
            parts.edge_next_stage.push(edge.next_stage);
            causes.push(edge.cause);
            edge_act.push(edge.act.unwrap_or(u32::MAX));
            touches.extend(edge.touches);
            touch_start.push(count(touches.len()));
            payments.extend(edge.payments);
            payment_start.push(count(payments.len()));
            if let Some(odd) = edge.chance {
                parts.chance_labels.push(odd.label);
                chance_rows.push(odd.by_viewer);
                chance_reason.push(odd.reason);
            }
        }
        for (stage, ending, state) in terminals {
            let cx = Context {
                scenario: self.scenario,
                state: &state,
                stage,
                actor: None,
                act: None,
                stated: false,
            };
            let pays = match ending {
                Ending::End(e) => &self.book.ends[e.index()],
                Ending::Horizon => &self.book.horizon,
            };
            self.ledger.pay(pays, &cx, &mut payments);
            self.ledger.pay(&self.book.upkeep, &cx, &mut payments);
            payment_start.push(count(payments.len()));
        }
        let chance =
            (0..=n_actors).flat_map(|v| chance_rows.iter().map(move |row| row[v])).collect();
        let graph = Graph::new(parts).expect("the compiler builds games that obey the laws");
        Template {
            scenario: Arc::clone(shared),
            memory: self.options.memory,
            graph: Arc::new(graph),
            places,
            causes,
            acts: self.act_list,
            residuals: self.ledger.residuals,
            reasons: self.ledger.reasons,
            signals: self.line.signals,
            n_variables: self.scenario.variables.len(),
            states,
            edge_act,
            touch_start,
            touches,
            payment_start,
            payments,
            chance,
            chance_reason,
            weights,
        }
    }
}

/// The residual of an event's probability for each actor, then the analyst.
fn by_viewer(ledger: &mut Ledger, odds: &Odds, cx: &Context<'_>) -> Vec<u32> {
    let analyst = ledger.probability(&odds.analyst, cx);
    let mut row = vec![analyst; cx.scenario.actors.len() + 1];
    for (actor, recipe) in &odds.believed {
        row[actor.index()] = ledger.probability(recipe, cx);
    }
    row
}
