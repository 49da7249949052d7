//! One move in one state: how the act is coded, what it touches, what it pays, what it changes.

use crate::eval::{ActView, Context, holds, value};
use crate::ledger::{Ledger, Recipe, Term, occupant};
use crate::scenario::{
    ActorId, Combine, Domain, Effect, Move, MoveId, NormId, RedLineId, Scenario, VariableId,
    VariableKind, Visibility,
};
use crate::template::{Act, Payment, Touch};

/// The payoff terms of a scenario, registered in the ledger.
pub(crate) struct Book {
    moves: Vec<Vec<Term>>,
    stated: Vec<Vec<Term>>,
    actual: Vec<Vec<Term>>,
    norm_first: Vec<Option<Recipe>>,
    norm_later: Vec<Option<Recipe>>,
    on_break: Vec<Vec<Term>>,
    pub(crate) hazards: Vec<Vec<Term>>,
    pub(crate) ends: Vec<Vec<Term>>,
    pub(crate) horizon: Vec<Term>,
    pub(crate) upkeep: Vec<Term>,
}

impl Book {
    /// Registers every term of `scenario`.
    pub(crate) fn new(scenario: &Scenario, ledger: &mut Ledger) -> Self {
        let cost = |ledger: &mut Ledger, which: &str, first: bool| {
            scenario
                .norms
                .iter()
                .map(|n| {
                    let cost = if first { &n.cost_first } else { &n.cost_later };
                    cost.as_ref().map(|c| ledger.norm_cost(n, c, which))
                })
                .collect()
        };
        let lines = &scenario.red_lines;
        Self {
            moves: scenario
                .moves
                .iter()
                .map(|m| ledger.terms(&m.pays, &format!("moves.{}", m.id)))
                .collect(),
            stated: lines
                .iter()
                .map(|l| ledger.terms(&l.on_stated.pays, &format!("red_lines.{} (stated)", l.id)))
                .collect(),
            actual: lines
                .iter()
                .map(|l| ledger.terms(&l.on_cross.pays, &format!("red_lines.{} (actual)", l.id)))
                .collect(),
            norm_first: cost(ledger, "first", true),
            norm_later: cost(ledger, "later", false),
            on_break: scenario
                .norms
                .iter()
                .map(|n| ledger.terms(&n.on_break.pays, &format!("breaking {}", n.id)))
                .collect(),
            hazards: scenario
                .hazards
                .iter()
                .map(|h| ledger.terms(&h.pays, &format!("hazards.{}", h.id)))
                .collect(),
            ends: scenario
                .ends
                .iter()
                .map(|e| ledger.terms(&e.pays, &format!("ends.{}", e.id)))
                .collect(),
            horizon: ledger.terms(&scenario.horizon_pays, "horizon"),
            upkeep: ledger.terms(&scenario.upkeep, "upkeep"),
        }
    }
}

/// A move as made in a state.
pub(crate) struct Deed {
    pub(crate) act: Act,
    pub(crate) touches: Vec<Touch>,
    pub(crate) payments: Vec<Payment>,
}

/// Whether `actor` sees what `visibility` shows, in a state.
pub(crate) fn is_visible(
    scenario: &Scenario,
    visibility: &Visibility,
    actor: ActorId,
    state: &[u8],
) -> bool {
    match visibility {
        Visibility::Everybody => true,
        Visibility::Only { actors, seats } => {
            actors.contains(&actor)
                || seats.iter().any(|s| occupant(scenario, s.index(), state) == actor)
        }
    }
}

/// Whether `actor` sees that `mover` makes `made`.
pub(crate) fn sees_move(
    scenario: &Scenario,
    made: &Move,
    mover: ActorId,
    actor: ActorId,
    state: &[u8],
) -> bool {
    actor == mover
        || made.hidden.as_ref().is_none_or(|h| is_visible(scenario, &h.seen_by, actor, state))
}

/// Codes the act of making a move in a state, lists what it touches and what it pays.
pub(crate) fn deed(
    scenario: &Scenario,
    book: &Book,
    ledger: &mut Ledger,
    (made, actor): (MoveId, ActorId),
    (state, stage): (&[u8], u32),
) -> Deed {
    let act = code(scenario, (made, actor), (state, stage));
    let cx = Context { scenario, state, stage, actor: Some(actor), act: None, stated: false };
    let mut payments = Vec::new();
    ledger.pay(&book.moves[made.index()], &cx, &mut payments);
    let mut touches = Vec::new();
    let role = scenario.actors[actor.index()].role;
    let physical = ActView { attributes: &act.attributes, role, actor, made };
    let this = &scenario.moves[made.index()];
    for (i, line) in scenario.red_lines.iter().enumerate() {
        if line.owner == actor || !sees_move(scenario, this, actor, line.owner, state) {
            continue;
        }
        let cx = Context { act: Some(physical), actor: Some(line.owner), ..cx };
        let stated = line.stated.as_ref().is_some_and(|e| holds(e, &cx));
        let perceived = attributes_seen(scenario, made, line.owner, &act.attributes, &cx);
        let cx =
            Context { act: Some(ActView { attributes: &perceived, ..physical }), stated, ..cx };
        let actual = line.actual.as_ref().is_some_and(|e| holds(e, &cx));
        let fresh = |once: Option<VariableId>| once.is_none_or(|v| state[v.index()] == 0);
        if stated {
            touches.push(Touch::Stated(RedLineId::new(i)));
            if fresh(line.on_stated.once) {
                ledger.pay(&book.stated[i], &cx, &mut payments);
            }
        }
        if actual {
            touches.push(Touch::Actual(RedLineId::new(i)));
            if fresh(line.on_cross.once) {
                ledger.pay(&book.actual[i], &cx, &mut payments);
            }
        }
    }
    for (i, norm) in scenario.norms.iter().enumerate() {
        let cx = Context { act: Some(physical), ..cx };
        let (Some(broken_by), Some(variable)) = (&norm.broken_by, norm.state) else { continue };
        if !norm.members.contains(&actor) || !holds(broken_by, &cx) {
            continue;
        }
        let before = state[variable.index()];
        touches.push(Touch::Norm(NormId::new(i), before));
        let cost = if before == 0 { &book.norm_first[i] } else { &book.norm_later[i] };
        if let Some(cost) = cost {
            ledger.pay_one(cost, actor, &cx, &mut payments);
        }
        let fresh = norm.on_break.once.is_none_or(|v| state[v.index()] == 0);
        if fresh && this.hidden.is_none() {
            ledger.pay(&book.on_break[i], &cx, &mut payments);
        }
    }
    Deed { act, touches, payments }
}

/// The act of making a move in a state, coded by the analyst and by every actor.
pub(crate) fn code(
    scenario: &Scenario,
    (made, actor): (MoveId, ActorId),
    (state, stage): (&[u8], u32),
) -> Act {
    let cx = Context { scenario, state, stage, actor: Some(actor), act: None, stated: false };
    let role = scenario.actors[actor.index()].role;
    let attributes = attributes_of(scenario, made, &cx);
    let this = &scenario.moves[made.index()];
    let rung_seen = (0..scenario.actors.len())
        .map(ActorId::new)
        .map(|observer| {
            let look = match &this.hidden {
                Some(hidden) if !sees_move(scenario, this, actor, observer, state) => {
                    hidden.looks_like
                }
                _ => made,
            };
            let physical =
                if look == made { attributes.clone() } else { attributes_of(scenario, look, &cx) };
            let seen = attributes_seen(scenario, look, observer, &physical, &cx);
            let ladder = scenario.actors[observer.index()].ladder.index();
            rung(scenario, ladder, ActView { attributes: &seen, role, actor, made: look }, &cx)
        })
        .collect();
    let rung = rung(scenario, 0, ActView { attributes: &attributes, role, actor, made }, &cx);
    Act { made, actor, attributes, rung, rung_seen }
}

fn attributes_of(scenario: &Scenario, made: MoveId, cx: &Context<'_>) -> Vec<u8> {
    scenario.moves[made.index()].attributes.iter().map(|e| position(value(e, cx))).collect()
}

fn attributes_seen(
    scenario: &Scenario,
    made: MoveId,
    observer: ActorId,
    physical: &[u8],
    cx: &Context<'_>,
) -> Vec<u8> {
    let mut seen = physical.to_vec();
    let cx = Context { actor: Some(observer), ..*cx };
    for p in scenario.moves[made.index()].perceived.iter().filter(|p| p.actor == observer) {
        seen[p.attribute.index()] = position(value(&p.value, &cx));
    }
    seen
}

/// The rung of an act on a ladder: the highest whose condition holds, 0 if none does.
fn rung(scenario: &Scenario, ladder: usize, act: ActView<'_>, cx: &Context<'_>) -> u8 {
    let cx = Context { act: Some(act), ..*cx };
    let rungs = scenario.ladders[ladder].rungs.iter();
    rungs.filter(|r| holds(&r.when, &cx)).map(|r| r.rung).max().unwrap_or(0)
}

fn position(x: f64) -> u8 {
    // Positions in a domain are small whole numbers by construction.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
    let position = x.clamp(0.0, 255.0) as u8;
    position
}

/// Applies `effects` to `state`, all reading `before`; integers are cut off at their domain.
pub(crate) fn apply(
    scenario: &Scenario,
    effects: &[Effect],
    (before, stage): (&[u8], u32),
    actor: Option<ActorId>,
    state: &mut [u8],
) {
    let cx = Context { scenario, state: before, stage, actor, act: None, stated: false };
    for effect in effects {
        let variable = &scenario.variables[effect.variable.index()];
        let x = value(&effect.value, &cx);
        state[effect.variable.index()] = match variable.domain {
            Domain::Integers { low, high } => {
                position(x.clamp(f64::from(low), f64::from(high)) - f64::from(low))
            }
            _ => position(x),
        };
    }
}

/// What a deed changes.
pub(crate) struct Aftermath {
    /// The state it leads to.
    pub(crate) state: Vec<u8>,
    /// The variables it gave a value, the same value included.
    pub(crate) assigned: Vec<VariableId>,
}

/// The state after a deed: the move's effects, then the stated and the actual line's, then the norms'.
pub(crate) fn after(scenario: &Scenario, deed: &Deed, (before, stage): (&[u8], u32)) -> Aftermath {
    let mut state = before.to_vec();
    let actor = Some(deed.act.actor);
    let effects = &scenario.moves[deed.act.made.index()].set;
    let mut assigned: Vec<VariableId> = effects.iter().map(|e| e.variable).collect();
    apply(scenario, effects, (before, stage), actor, &mut state);
    let is_hidden = scenario.moves[deed.act.made.index()].hidden.is_some();
    for touch in &deed.touches {
        let reaction = match *touch {
            Touch::Stated(line) => &scenario.red_lines[line.index()].on_stated,
            Touch::Actual(line) => &scenario.red_lines[line.index()].on_cross,
            // What nobody sees does not wear a norm down: the breaker pays, the public state stays.
            Touch::Norm(..) if is_hidden => continue,
            Touch::Norm(norm, _) => &scenario.norms[norm.index()].on_break,
        };
        let reader = match *touch {
            Touch::Stated(line) | Touch::Actual(line) => scenario.red_lines[line.index()].owner,
            Touch::Norm(..) => deed.act.actor,
        };
        if reaction.once.is_none_or(|v| before[v.index()] == 0) {
            let now = state.clone();
            apply(scenario, &reaction.set, (&now, stage), Some(reader), &mut state);
            assigned.extend(reaction.set.iter().map(|e| e.variable));
        }
        if let Some(once) = reaction.once {
            state[once.index()] = 1;
            assigned.push(once);
        }
        if let Touch::Norm(norm, _) = *touch {
            let norm = &scenario.norms[norm.index()];
            if let Some(v) = norm.state {
                state[v.index()] = state[v.index()].max(norm.becomes);
                assigned.push(v);
            }
        }
    }
    Aftermath { state, assigned }
}

/// Raises the peak by an act.
pub(crate) fn raise_peak(scenario: &Scenario, act: &Act, state: &mut [u8]) {
    let peak = &mut state[scenario.peak.index()];
    *peak = (*peak).max(act.rung);
}

/// Raises what every actor has seen by an act.
pub(crate) fn raise_peak_seen(scenario: &Scenario, act: &Act, state: &mut [u8]) {
    for (v, &rung) in scenario.peak_seen.iter().zip(&act.rung_seen) {
        let seen = &mut state[v.index()];
        *seen = (*seen).max(rung);
    }
}

/// Puts the aftermaths of simultaneous deeds, each from `before`, into one state; `Err` names the
/// variable on which they disagree without a declared combination.
pub(crate) fn combine(
    scenario: &Scenario,
    before: &[u8],
    afters: &[Aftermath],
) -> Result<Vec<u8>, VariableId> {
    let mut state = before.to_vec();
    for (v, variable) in scenario.variables.iter().enumerate() {
        let id = VariableId::new(v);
        let given: Vec<u8> =
            afters.iter().filter(|a| a.assigned.contains(&id)).map(|a| a.state[v]).collect();
        let Some(&first) = given.first() else { continue };
        let agree = given.iter().all(|&x| x == first);
        state[v] = match variable.combine {
            Some(Combine::Max) => given.iter().copied().max().unwrap_or(first),
            Some(Combine::Min) => given.iter().copied().min().unwrap_or(first),
            Some(Combine::Or) => u8::from(given.iter().any(|&x| x != 0)),
            Some(Combine::Add) => {
                let sum: i32 = given.iter().map(|&x| i32::from(x) - i32::from(before[v])).sum();
                let top = variable.n_values(scenario.actors.len()).saturating_sub(1);
                let top = i32::try_from(top).unwrap_or(255);
                u8::try_from((i32::from(before[v]) + sum).clamp(0, top)).unwrap_or(u8::MAX)
            }
            None if agree => first,
            // What only remembers that something happened, or got worse, takes the larger.
            None if remembers(variable.kind) => given.iter().copied().max().unwrap_or(first),
            None => return Err(id),
        };
    }
    Ok(state)
}

fn remembers(kind: VariableKind) -> bool {
    matches!(kind, VariableKind::Crossed(_) | VariableKind::NormState(_) | VariableKind::Broken(_))
}
