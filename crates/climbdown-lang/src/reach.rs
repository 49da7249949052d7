//! What can happen, as far as it can be seen without playing: who can hold a seat, which codes and
//! rungs an act can have.

use std::collections::BTreeSet;

use crate::constant::At;
use crate::expr::{ActField, Expr};
use crate::scenario::{
    ActorId, Domain, Effect, Ladder, LadderId, Move, MoveId, Scenario, VariableId, VariableKind,
};

/// Every list of effects of a scenario.
pub(crate) fn all_effects(scenario: &Scenario) -> impl Iterator<Item = &Effect> {
    let calendar = scenario.calendar.iter().flat_map(|c| c.set.iter().chain(&c.otherwise));
    let moves = scenario.moves.iter().flat_map(|m| &m.set);
    let lines =
        scenario.red_lines.iter().flat_map(|l| l.on_stated.set.iter().chain(&l.on_cross.set));
    let norms = scenario.norms.iter().flat_map(|n| &n.on_break.set);
    let hazards = scenario.hazards.iter().flat_map(|h| &h.set);
    calendar.chain(moves).chain(lines).chain(norms).chain(hazards)
}

/// Who can ever hold each seat: at the start, or set by an effect.
pub(crate) fn occupants(scenario: &Scenario) -> Vec<Vec<ActorId>> {
    let all: BTreeSet<usize> = (0..scenario.actors.len()).collect();
    let mut found: Vec<BTreeSet<usize>> = Vec::new();
    for seat in &scenario.seats {
        let start = scenario.variables.get(seat.occupant.index()).map_or(0, |v| v.start);
        found.push(BTreeSet::from([usize::from(start)]));
    }
    for effect in all_effects(scenario) {
        let Some(variable) = scenario.variables.get(effect.variable.index()) else { continue };
        let VariableKind::Occupant(seat) = variable.kind else { continue };
        match leaves(&effect.value) {
            Some(values) => found[seat.index()].extend(values),
            None => found[seat.index()].extend(&all),
        }
    }
    // Before all errors are mended a seat may be held by nobody.
    let real = |set: BTreeSet<usize>| -> Vec<ActorId> {
        set.into_iter().filter(|i| all.contains(i)).map(ActorId::new).collect()
    };
    found.into_iter().map(real).collect()
}

/// The constants an expression can be equal to, if it only chooses among constants.
fn leaves(expr: &Expr) -> Option<Vec<usize>> {
    match expr {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position")]
        Expr::Number(x) => Some(vec![*x as usize]),
        Expr::If(_, a, b) => {
            let mut both = leaves(a)?;
            both.extend(leaves(b)?);
            Some(both)
        }
        _ => None,
    }
}

/// Who can make a move: occupants of the seats with a turn on its menu.
pub(crate) fn movers(scenario: &Scenario, occupants: &[Vec<ActorId>], m: &Move) -> Vec<ActorId> {
    let mut found = BTreeSet::new();
    for slot in &scenario.slots {
        if m.menus.contains(&slot.menu) {
            found.extend(occupants[slot.seat.index()].iter().copied());
        }
    }
    found.into_iter().collect()
}

/// An act in the states of one row: what the variables it depends on are, and its codes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Case {
    /// The variables the codes depend on, with positions of their values.
    pub(crate) state: Vec<(VariableId, u8)>,
    /// The stage, if the codes depend on it.
    pub(crate) stage: Option<u32>,
    /// Positions of the codes.
    pub(crate) codes: Vec<usize>,
}

/// Most states looked through for one move.
const MAX_STATES: usize = 4096;

/// The codes an act can have, by the state they depend on. `None` where they depend on too much to
/// be listed, or on what an actor has seen.
pub(crate) fn cases(scenario: &Scenario, id: MoveId) -> Option<Vec<Case>> {
    let m = &scenario.moves[id.index()];
    let codes: Vec<&Expr> = m.attributes.iter().collect();
    cases_of(scenario, &codes, m.when.as_ref())
}

/// The same for any list of codes.
pub(crate) fn cases_of(
    scenario: &Scenario,
    codes: &[&Expr],
    when: Option<&Expr>,
) -> Option<Vec<Case>> {
    let mut reads = Reads::default();
    codes.iter().for_each(|e| reads.add(e));
    if reads.peak_seen {
        return None;
    }
    let (shown, staged) = (reads.variables.clone(), reads.stage);
    // The condition narrows the states down, as far as it can be told from those looked through.
    let mut with_when = reads.clone();
    if let Some(when) = when {
        with_when.add(when);
    }
    if with_when.n_states(scenario) <= MAX_STATES {
        reads = with_when;
    }
    if reads.n_states(scenario) > MAX_STATES {
        return None;
    }
    let mut found: BTreeSet<Case> = BTreeSet::new();
    reads.each_state(scenario, &mut |state, stage| {
        let value = |id: VariableId| {
            let (_, at) = state.iter().find(|(v, _)| *v == id)?;
            Some(position_value(&scenario.variables[id.index()].domain, *at))
        };
        let stage_known = reads.stage.then_some(f64::from(stage));
        let at = At { variable: &value, stage: stage_known, ..At::numbers(&[], &[]) };
        if when.is_some_and(|w| at.value(w) == Some(0.0)) {
            return;
        }
        let values: Option<Vec<f64>> = codes.iter().map(|e| at.value(e)).collect();
        let Some(values) = values else { return };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positions")]
        let case = Case {
            state: state.iter().filter(|(v, _)| shown.contains(v)).copied().collect(),
            stage: staged.then_some(stage),
            codes: values.iter().map(|x| *x as usize).collect(),
        };
        found.insert(case);
    });
    Some(found.into_iter().collect())
}

/// The same cases told by as few variables as it takes.
pub(crate) fn simplest(mut cases: Vec<Case>) -> Vec<Case> {
    let variables: Vec<VariableId> =
        cases.first().map_or(Vec::new(), |c| c.state.iter().map(|(v, _)| *v).collect());
    let mut without: Vec<Option<VariableId>> = variables.into_iter().map(Some).collect();
    without.push(None);
    for dropped in without {
        let mut fewer: BTreeSet<Case> = BTreeSet::new();
        for case in &cases {
            let mut case = case.clone();
            match dropped {
                Some(variable) => case.state.retain(|(v, _)| *v != variable),
                None => case.stage = None,
            }
            fewer.insert(case);
        }
        // Cases of one state stand next to each other: two of them would have different codes.
        let fewer: Vec<Case> = fewer.into_iter().collect();
        let same = |pair: &[Case]| pair[0].state == pair[1].state && pair[0].stage == pair[1].stage;
        if !fewer.windows(2).any(same) {
            cases = fewer;
        }
    }
    cases
}

/// What a state position means in expressions.
fn position_value(domain: &Domain, at: u8) -> f64 {
    match domain {
        Domain::Integers { low, .. } => f64::from(*low) + f64::from(at),
        _ => f64::from(at),
    }
}

/// Takes a state and a stage.
type Visit<'a> = dyn FnMut(&[(VariableId, u8)], u32) + 'a;

/// What some expressions read.
#[derive(Clone, Default)]
struct Reads {
    variables: BTreeSet<VariableId>,
    stage: bool,
    peak_seen: bool,
}

impl Reads {
    fn add(&mut self, expr: &Expr) {
        expr.walk(&mut |part| match part {
            Expr::Variable(id) => {
                self.variables.insert(*id);
            }
            Expr::Stage => self.stage = true,
            Expr::PeakSeen => self.peak_seen = true,
            _ => {}
        });
    }

    fn n_states(&self, scenario: &Scenario) -> usize {
        let stages = if self.stage { scenario.time.horizon as usize } else { 1 };
        self.variables.iter().fold(stages, |n, v| {
            let values = scenario.variables[v.index()].n_values(scenario.actors.len());
            n.saturating_mul(values.max(1))
        })
    }

    fn each_state(&self, scenario: &Scenario, visit: &mut Visit<'_>) {
        let counts: Vec<(VariableId, usize)> = self
            .variables
            .iter()
            .map(|v| (*v, scenario.variables[v.index()].n_values(scenario.actors.len())))
            .collect();
        let stages = if self.stage { scenario.time.horizon } else { 1 };
        for stage in 0..stages {
            let mut state: Vec<(VariableId, u8)> = counts.iter().map(|(v, _)| (*v, 0)).collect();
            'states: loop {
                visit(&state, stage);
                for (place, (_, n)) in state.iter_mut().zip(&counts).rev() {
                    if usize::from(place.1) + 1 < *n {
                        place.1 += 1;
                        continue 'states;
                    }
                    place.1 = 0;
                }
                break;
            }
        }
    }
}

/// The rung of an act on a ladder: the highest whose condition holds.
pub(crate) fn rung(ladder: &Ladder, codes: &[usize], role: u16) -> u8 {
    #[expect(clippy::cast_precision_loss, reason = "positions are small")]
    let act = |field: ActField| match field {
        ActField::Attribute(id) => codes.get(id.index()).map(|c| *c as f64),
        ActField::Role => Some(f64::from(role)),
        ActField::Actor | ActField::Move => None,
    };
    let at = At { act: &act, ..At::numbers(&[], &[]) };
    let holds = |when: &Expr| at.value(when).is_some_and(|x| x != 0.0);
    ladder.rungs.iter().rev().find(|r| holds(&r.when)).map_or(0, |r| r.rung)
}

/// The rungs an act can have on the analyst's ladder. The highest of the ladder where its codes
/// depend on too much to be listed.
pub(crate) fn rungs(scenario: &Scenario, occupants: &[Vec<ActorId>], id: MoveId) -> BTreeSet<u8> {
    let ladder = &scenario.ladders[LadderId(0).index()];
    let m = &scenario.moves[id.index()];
    let roles: BTreeSet<u16> =
        movers(scenario, occupants, m).iter().map(|a| scenario.actors[a.index()].role).collect();
    let Some(cases) = cases(scenario, id) else {
        return ladder.rungs.last().map(|r| r.rung).into_iter().collect();
    };
    let each = |case: &Case| -> Vec<u8> {
        roles.iter().map(|role| rung(ladder, &case.codes, *role)).collect()
    };
    cases.iter().flat_map(each).collect()
}
