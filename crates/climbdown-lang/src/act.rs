//! How an act is coded: its attributes, its rung for everybody who looks, what it touches.
//!
//! The code of an act depends on few variables, so each reading of them is coded once.

use std::collections::{BTreeMap, HashMap};

use crate::eval::{ActView, Context, holds, value};
use crate::expr::Expr;
use crate::hybrid::{Axis, Hybrid, Parts};
use crate::ledger::occupant;
use crate::lever::Era;
use crate::scenario::{
    ActorId, Move, NormId, Perception, RedLineId, Scenario, VariableId, Visibility,
};
use crate::template::{Act, Touch};

/// An act as coded in a state, and what it touches there.
#[derive(Clone, Debug)]
pub(crate) struct Coded {
    /// Position in the list of acts.
    pub(crate) act: u32,
    /// Lines crossed and norms broken.
    pub(crate) touches: Vec<Touch>,
}

/// Codes acts, each reading of the state once.
pub(crate) struct Coder {
    /// All different acts.
    pub(crate) acts: Vec<Act>,
    by_act: BTreeMap<Act, u32>,
    coded: Vec<Coded>,
    memo: HashMap<Vec<u8>, usize>,
    /// For each move, the variables that matter for its code.
    reads: Vec<Vec<VariableId>>,
}

impl Coder {
    /// For acts as they are, for `hybrid` where it is in force, and for what levers make of acts.
    pub(crate) fn new(scenario: &Scenario, hybrid: Option<&Hybrid>, eras: &[Era]) -> Self {
        let mut shared: Vec<VariableId> = scenario.seats.iter().map(|s| s.occupant).collect();
        for line in &scenario.red_lines {
            line.stated.iter().chain(&line.actual).for_each(|e| read(scenario, e, &mut shared));
        }
        for norm in &scenario.norms {
            norm.broken_by.iter().for_each(|e| read(scenario, e, &mut shared));
            shared.extend(norm.state);
        }
        for ladder in &scenario.ladders {
            ladder.rungs.iter().for_each(|r| read(scenario, &r.when, &mut shared));
        }
        let of_move = |m: &Move, all: &mut Vec<VariableId>| {
            let perceived = m.perceived.iter().map(|p| &p.value);
            m.attributes.iter().chain(perceived).for_each(|e| read(scenario, e, all));
        };
        let with_look = |m: &Move, all: &mut Vec<VariableId>| {
            of_move(m, all);
            if let Some(hidden) = &m.hidden {
                of_move(&scenario.moves[hidden.looks_like.index()], all);
            }
        };
        // What lends parts to a hybrid may be read wherever that is coded, or passed for.
        if let Some(hybrid) = hybrid {
            with_look(&scenario.moves[hybrid.by.index()], &mut shared);
        }
        for era in eras {
            era.changed
                .iter()
                .for_each(|&m| with_look(&era.scenario.moves[m.index()], &mut shared));
        }
        let reads = scenario.moves.iter().map(|m| {
            let mut all = shared.clone();
            with_look(m, &mut all);
            all.sort();
            all.dedup();
            all
        });
        Self {
            acts: Vec::new(),
            by_act: BTreeMap::new(),
            coded: Vec::new(),
            memo: HashMap::new(),
            reads: reads.collect(),
        }
    }

    /// The act of `actor` making `parts.made` in a state, while `hybrid` is in force, by the scenario as
    /// it then stands and the number of levers' turns passed.
    pub(crate) fn code(
        &mut self,
        (scenario, era): (&Scenario, u16),
        (parts, actor, hybrid): (Parts, ActorId, Option<&Hybrid>),
        (state, stage): (&[u8], u32),
    ) -> Coded {
        let reads = &self.reads[parts.made.index()];
        let mut key: Vec<u8> = reads.iter().map(|v| state[v.index()]).collect();
        key.extend(parts.made.0.to_le_bytes());
        key.push(u8::from(hybrid.is_some()));
        key.extend(era.to_le_bytes());
        key.extend(actor.0.to_le_bytes());
        key.extend(stage.to_le_bytes());
        if let Some(&known) = self.memo.get(&key) {
            return self.coded[known].clone();
        }
        let act = code(scenario, (parts, actor, hybrid), (state, stage));
        let touches = touches(scenario, (parts, &act), (state, stage));
        let next = u32::try_from(self.acts.len()).expect("fewer than 2^32 acts");
        let act = *self.by_act.entry(act).or_insert_with_key(|act| {
            self.acts.push(act.clone());
            next
        });
        self.memo.insert(key, self.coded.len());
        self.coded.push(Coded { act, touches: touches.clone() });
        Coded { act, touches }
    }
}

fn read(scenario: &Scenario, expr: &Expr, into: &mut Vec<VariableId>) {
    expr.walk(&mut |e| match e {
        Expr::Variable(v) => into.push(*v),
        Expr::PeakSeen => into.extend(&scenario.peak_seen),
        _ => {}
    });
}

/// The lines an act crosses and the norms it breaks, in a state.
fn touches(
    scenario: &Scenario,
    (parts, act): (Parts, &Act),
    (state, stage): (&[u8], u32),
) -> Vec<Touch> {
    let actor = act.actor;
    let role = scenario.actors[actor.index()].role;
    let physical = ActView { attributes: &act.attributes, role, actor, made: parts.rest() };
    let this = &scenario.moves[parts.rest().index()];
    let bare = Context { scenario, state, stage, actor: Some(actor), act: None, stated: false };
    let cx = Context { act: Some(physical), ..bare };
    let mut touches = Vec::new();
    for (i, line) in scenario.red_lines.iter().enumerate() {
        if line.owner == actor || !sees_move(scenario, this, actor, line.owner, state) {
            continue;
        }
        let cx = Context { actor: Some(line.owner), ..cx };
        let stated = line.stated.as_ref().is_some_and(|e| holds(e, &cx));
        let perceived = attributes_seen(scenario, parts, line.owner, &act.attributes, &cx);
        let cx =
            Context { act: Some(ActView { attributes: &perceived, ..physical }), stated, ..cx };
        if stated {
            touches.push(Touch::Stated(RedLineId::new(i)));
        }
        if line.actual.as_ref().is_some_and(|e| holds(e, &cx)) {
            touches.push(Touch::Actual(RedLineId::new(i)));
        }
    }
    // Norms judge a real act, with the codes that it has.
    let judged = Parts::of_move(parts.lender(Axis::Norms));
    let attributes = if judged == parts {
        act.attributes.clone()
    } else {
        attributes_of(scenario, judged, &bare)
    };
    let judged = ActView { attributes: &attributes, role, actor, made: judged.made };
    let cx = Context { act: Some(judged), ..bare };
    for (i, norm) in scenario.norms.iter().enumerate() {
        let (Some(broken_by), Some(variable)) = (&norm.broken_by, norm.state) else { continue };
        if norm.members.contains(&actor) && holds(broken_by, &cx) {
            touches.push(Touch::Norm(NormId::new(i), state[variable.index()]));
        }
    }
    touches
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

/// The act of making a move in a state, coded by the analyst and by every actor.
fn code(
    scenario: &Scenario,
    (parts, actor, hybrid): (Parts, ActorId, Option<&Hybrid>),
    (state, stage): (&[u8], u32),
) -> Act {
    let cx = Context { scenario, state, stage, actor: Some(actor), act: None, stated: false };
    let role = scenario.actors[actor.index()].role;
    let attributes = attributes_of(scenario, parts, &cx);
    let this = &scenario.moves[parts.rest().index()];
    let rung_seen = (0..scenario.actors.len())
        .map(ActorId::new)
        .map(|observer| {
            let look = match &this.hidden {
                Some(hidden) if !sees_move(scenario, this, actor, observer, state) => {
                    Parts::of(hidden.looks_like, hybrid)
                }
                _ => parts,
            };
            let physical =
                if look == parts { attributes.clone() } else { attributes_of(scenario, look, &cx) };
            let seen = attributes_seen(scenario, look, observer, &physical, &cx);
            let ladder = scenario.actors[observer.index()].ladder.index();
            let look = ActView { attributes: &seen, role, actor, made: look.rest() };
            rung(scenario, ladder, look, &cx)
        })
        .collect();
    let physical = ActView { attributes: &attributes, role, actor, made: parts.rest() };
    let rung = rung(scenario, 0, physical, &cx);
    Act { made: parts.made, actor, attributes, rung, rung_seen }
}

fn attributes_of(scenario: &Scenario, parts: Parts, cx: &Context<'_>) -> Vec<u8> {
    let code = |at: usize| {
        let lender = parts.lender(Axis::of_attribute(at));
        position(value(&scenario.moves[lender.index()].attributes[at], cx))
    };
    (0..scenario.ladders[0].attributes.len()).map(code).collect()
}

fn attributes_seen(
    scenario: &Scenario,
    parts: Parts,
    observer: ActorId,
    physical: &[u8],
    cx: &Context<'_>,
) -> Vec<u8> {
    let mut seen = physical.to_vec();
    let cx = Context { actor: Some(observer), ..*cx };
    for (at, code) in seen.iter_mut().enumerate() {
        let lender = parts.lender(Axis::of_attribute(at));
        let mut perceived = scenario.moves[lender.index()].perceived.iter();
        let of_this = |p: &&Perception| p.actor == observer && p.attribute.index() == at;
        if let Some(p) = perceived.rfind(of_this) {
            *code = position(value(&p.value, &cx));
        }
    }
    seen
}

/// The rung of an act on a ladder: the highest whose condition holds, 0 if none does.
fn rung(scenario: &Scenario, ladder: usize, act: ActView<'_>, cx: &Context<'_>) -> u8 {
    let cx = Context { act: Some(act), ..*cx };
    let rungs = scenario.ladders[ladder].rungs.iter();
    rungs.filter(|r| holds(&r.when, &cx)).map(|r| r.rung).max().unwrap_or(0)
}

pub(crate) fn position(x: f64) -> u8 {
    // Positions in a domain are small whole numbers by construction.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
    let position = x.clamp(0.0, 255.0) as u8;
    position
}
