//! One move in one state: what it pays and what it changes.

use crate::eval::{ActView, Context, value};
use crate::hybrid::Parts;
use crate::ledger::{Ledger, Recipe, Term};
use crate::scenario::{ActorId, Combine, Domain, Effect, Scenario, VariableId, VariableKind};
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

/// What a move pays in a state, for its own sake and for what it touches.
pub(crate) fn payments(
    scenario: &Scenario,
    book: &Book,
    ledger: &mut Ledger,
    (parts, act, touches): (Parts, &Act, &[Touch]),
    (state, stage): (&[u8], u32),
) -> Vec<Payment> {
    let (actor, made) = (act.actor, parts.rest());
    let cx = Context { scenario, state, stage, actor: Some(actor), act: None, stated: false };
    let mut payments = Vec::new();
    ledger.pay(&book.moves[made.index()], &cx, &mut payments);
    let role = scenario.actors[actor.index()].role;
    let cx =
        Context { act: Some(ActView { attributes: &act.attributes, role, actor, made }), ..cx };
    let is_hidden = scenario.moves[made.index()].hidden.is_some();
    let fresh = |once: Option<VariableId>| once.is_none_or(|v| state[v.index()] == 0);
    for touch in touches {
        match *touch {
            Touch::Stated(line) | Touch::Actual(line) => {
                let stated = touches.contains(&Touch::Stated(line));
                let this = &scenario.red_lines[line.index()];
                let (reaction, terms) = if matches!(touch, Touch::Stated(_)) {
                    (&this.on_stated, &book.stated[line.index()])
                } else {
                    (&this.on_cross, &book.actual[line.index()])
                };
                if fresh(reaction.once) {
                    let cx = Context { actor: Some(this.owner), stated, ..cx };
                    ledger.pay(terms, &cx, &mut payments);
                }
            }
            Touch::Norm(norm, before) => {
                let i = norm.index();
                let cost = if before == 0 { &book.norm_first[i] } else { &book.norm_later[i] };
                if let Some(cost) = cost {
                    ledger.pay_one(cost, actor, &cx, &mut payments);
                }
                if !is_hidden && fresh(scenario.norms[i].on_break.once) {
                    ledger.pay(&book.on_break[i], &cx, &mut payments);
                }
            }
        }
    }
    payments
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
                crate::act::position(x.clamp(f64::from(low), f64::from(high)) - f64::from(low))
            }
            _ => crate::act::position(x),
        };
    }
}

/// What an act changes.
pub(crate) struct Aftermath {
    /// The state it leads to.
    pub(crate) state: Vec<u8>,
    /// The variables it gave a value, the same value included.
    pub(crate) assigned: Vec<VariableId>,
}

/// The state after an act: the move's effects, then the stated and the actual line's, then the norms'.
pub(crate) fn after(
    scenario: &Scenario,
    (parts, act, touches): (Parts, &Act, &[Touch]),
    (before, stage): (&[u8], u32),
) -> Aftermath {
    let mut state = before.to_vec();
    let actor = Some(act.actor);
    let this = &scenario.moves[parts.rest().index()];
    let effects = &this.set;
    let mut assigned: Vec<VariableId> = effects.iter().map(|e| e.variable).collect();
    apply(scenario, effects, (before, stage), actor, &mut state);
    let is_hidden = this.hidden.is_some();
    for touch in touches {
        let reaction = match *touch {
            Touch::Stated(line) => &scenario.red_lines[line.index()].on_stated,
            Touch::Actual(line) => &scenario.red_lines[line.index()].on_cross,
            // What nobody sees does not wear a norm down: the breaker pays, the public state stays.
            Touch::Norm(..) if is_hidden => continue,
            Touch::Norm(norm, _) => &scenario.norms[norm.index()].on_break,
        };
        let reader = match *touch {
            Touch::Stated(line) | Touch::Actual(line) => scenario.red_lines[line.index()].owner,
            Touch::Norm(..) => act.actor,
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

/// Puts the aftermaths of simultaneous acts, each from `before`, into one state; `Err` names the
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
