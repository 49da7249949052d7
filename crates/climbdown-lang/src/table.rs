//! The coding table: what every move is coded as, and the rungs that follow, for a second coder.

use crate::expr::Expr;
use crate::reach::{self, Case};
use crate::scenario::{ActorId, Ladder, LadderId, Move, MoveId, Scenario, VariableId};

/// Moves by attributes, with derived rungs.
#[derive(Clone, Debug, PartialEq)]
pub struct CodingTable {
    /// Names of the attributes: means, ends, involvement, then others.
    pub attributes: Vec<String>,
    /// One row for each move, or several if codes or rung vary.
    pub rows: Vec<CodingRow>,
}

/// A move in certain states.
#[derive(Clone, Debug, PartialEq)]
pub struct CodingRow {
    /// The move.
    pub made: MoveId,
    /// Its name.
    pub name: String,
    /// Variables that matter to its codes, with their values here; empty if none does.
    pub state: Vec<(String, String)>,
    /// The stage, if it matters.
    pub stage: Option<u32>,
    /// Who makes it, where the rung depends on the role of the doer; else everybody who can.
    pub by: Vec<ActorId>,
    /// Its codes, one for each attribute; `None` if they depend on too much to be listed.
    pub codes: Option<Vec<String>>,
    /// The rung on the analyst's ladder; `None` if the codes are not listed.
    pub rung: Option<u8>,
    /// How actors see it who code it otherwise, or put it on another rung.
    pub seen: Vec<SeenAs>,
}

/// An act in the eyes of an actor with codes or a ladder of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenAs {
    /// The observer.
    pub actor: ActorId,
    /// Further variables that matter to its eyes, with their values; empty if none does.
    pub state: Vec<(String, String)>,
    /// The stage, if it matters to its eyes.
    pub stage: Option<u32>,
    /// The codes it gives, one for each attribute.
    pub codes: Vec<String>,
    /// The rung on its ladder.
    pub rung: u8,
}

/// The coding table of a scenario.
#[must_use]
pub fn coding_table(scenario: &Scenario) -> CodingTable {
    let occupants = reach::occupants(scenario);
    let ladder = &scenario.ladders[0];
    let attributes = ladder.attributes.iter().map(|a| a.id.clone()).collect();
    let mut rows = Vec::new();
    for (i, m) in scenario.moves.iter().enumerate() {
        let movers = reach::movers(scenario, &occupants, m);
        rows.extend(rows_of(scenario, MoveId::new(i), m, &movers));
    }
    CodingTable { attributes, rows }
}

fn rows_of(scenario: &Scenario, made: MoveId, m: &Move, movers: &[ActorId]) -> Vec<CodingRow> {
    let own: Vec<&Expr> = m.attributes.iter().collect();
    let row = |by: Vec<ActorId>| CodingRow {
        made,
        name: m.id.clone(),
        state: Vec::new(),
        stage: None,
        by,
        codes: None,
        rung: None,
        seen: Vec::new(),
    };
    let Some(cases) = reach::cases_of(scenario, &own, m.when.as_ref()) else {
        return vec![row(movers.to_vec())];
    };
    let mut observers: Vec<(ActorId, Vec<Case>)> = Vec::new();
    for actor in observers_of(scenario, m) {
        // In an observer's cases its codes stand behind the act's own.
        let both: Vec<&Expr> = own.iter().copied().chain(perceived(m, actor)).collect();
        let cases = reach::cases_of(scenario, &both, m.when.as_ref());
        observers.push((actor, cases.unwrap_or_default()));
    }
    let mut rows = Vec::new();
    for case in &reach::simplest(cases) {
        for by in by_rung(scenario, movers, &case.codes) {
            let role = by.first().map_or(0, |a| scenario.actors[a.index()].role);
            let rung = reach::rung(&scenario.ladders[0], &case.codes, role);
            let seen = observers
                .iter()
                .flat_map(|(actor, cases)| seen_as(scenario, *actor, case, cases, role))
                .filter(|s| s.rung != rung || s.codes != words(&scenario.ladders[0], &case.codes));
            rows.push(CodingRow {
                state: case.state.iter().map(|(v, at)| named(scenario, *v, *at)).collect(),
                stage: case.stage,
                codes: Some(words(&scenario.ladders[0], &case.codes)),
                rung: Some(rung),
                seen: seen.collect(),
                ..row(by)
            });
        }
    }
    rows
}

/// How an actor sees an act in the states of one row, given its cases over all states.
fn seen_as(
    scenario: &Scenario,
    actor: ActorId,
    row: &Case,
    cases: &[Case],
    role: u16,
) -> Vec<SeenAs> {
    let ladder = &scenario.ladders[scenario.actors[actor.index()].ladder.index()];
    let n = row.codes.len();
    let of_row = cases.iter().filter(|c| {
        row.state.iter().all(|pair| c.state.contains(pair))
            && (row.stage.is_none() || row.stage == c.stage)
    });
    let only_theirs = of_row.map(|c| Case {
        state: c.state.iter().filter(|pair| !row.state.contains(pair)).copied().collect(),
        stage: if row.stage.is_some() { None } else { c.stage },
        codes: c.codes[n..].to_vec(),
    });
    reach::simplest(only_theirs.collect())
        .iter()
        .map(|c| SeenAs {
            actor,
            state: c.state.iter().map(|(v, at)| named(scenario, *v, *at)).collect(),
            stage: c.stage,
            codes: words(ladder, &c.codes),
            rung: reach::rung(ladder, &c.codes, role),
        })
        .collect()
}

/// Actors who code the act otherwise, or on a ladder of their own.
fn observers_of(scenario: &Scenario, m: &Move) -> Vec<ActorId> {
    let all = (0..scenario.actors.len()).map(ActorId::new);
    all.filter(|a| {
        scenario.actors[a.index()].ladder != LadderId(0)
            || m.perceived.iter().any(|p| p.actor == *a)
    })
    .collect()
}

/// The codes of an act in an actor's eyes.
fn perceived(m: &Move, actor: ActorId) -> Vec<&Expr> {
    let own = |at: usize| {
        m.perceived.iter().find(|p| p.actor == actor && p.attribute.index() == at).map(|p| &p.value)
    };
    m.attributes.iter().enumerate().map(|(at, code)| own(at).unwrap_or(code)).collect()
}

/// Movers grouped by role, where the rung depends on it on some ladder.
fn by_rung(scenario: &Scenario, movers: &[ActorId], codes: &[usize]) -> Vec<Vec<ActorId>> {
    let rungs = |actor: &ActorId| -> Vec<u8> {
        let role = scenario.actors[actor.index()].role;
        scenario.ladders.iter().map(|ladder| reach::rung(ladder, codes, role)).collect()
    };
    let mut groups: Vec<(Vec<u8>, Vec<ActorId>)> = Vec::new();
    for actor in movers {
        let rungs = rungs(actor);
        match groups.iter_mut().find(|(r, _)| *r == rungs) {
            Some((_, group)) => group.push(*actor),
            None => groups.push((rungs, vec![*actor])),
        }
    }
    if groups.is_empty() {
        return vec![Vec::new()];
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn words(ladder: &Ladder, codes: &[usize]) -> Vec<String> {
    let word = |(attribute, at): (&crate::scenario::Attribute, &usize)| {
        attribute.values.get(*at).cloned().unwrap_or_default()
    };
    ladder.attributes.iter().zip(codes).map(word).collect()
}

/// A variable and one of its values, in words.
fn named(scenario: &Scenario, id: VariableId, at: u8) -> (String, String) {
    use crate::scenario::Domain;
    let variable = &scenario.variables[id.index()];
    let value = match &variable.domain {
        Domain::Boolean => if at == 0 { "false" } else { "true" }.to_owned(),
        Domain::Words(words) => words.get(usize::from(at)).cloned().unwrap_or_default(),
        Domain::Integers { low, .. } => (low + i32::from(at)).to_string(),
        Domain::Actors => {
            scenario.actors.get(usize::from(at)).map_or(String::new(), |a| a.id.clone())
        }
    };
    (variable.name.clone(), value)
}
