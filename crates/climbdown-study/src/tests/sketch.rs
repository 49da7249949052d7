//! Scenarios written by hand for the tests of this crate, without the text of the language.

use std::sync::Arc;

use climbdown_lang::compile;
use climbdown_lang::expr::{ActField, Binary, Expr};
use climbdown_lang::scenario::{
    Actor, ActorId, Attribute, Combine, Domain, Draw, Effect, Firebreak, Hazard, Ladder, LadderId,
    MEANS, Measure, Memory, MenuId, Move, MoveId, Norm, NormKind, PayTerm, Payee, Question,
    Reaction, RedLine, Rung, Scenario, Seat, SeatId, Slot, SlotId, Thresholds, Time, Until,
    Variable, VariableId, VariableKind, Visibility,
};
use climbdown_lang::source::Span;
use climbdown_lang::template::{CompileOptions, Template};

/// Highest rung of the ladder of [`scenario`]; rung k is that of means k.
pub(crate) const TOP: u8 = 5;

pub(crate) fn number(x: f64) -> Expr {
    Expr::Number(x)
}

pub(crate) fn is(variable: VariableId, value: u8) -> Expr {
    Expr::Binary(
        Binary::Equal,
        Box::new(Expr::Variable(variable)),
        Box::new(number(f64::from(value))),
    )
}

pub(crate) fn means_at_least(code: u8) -> Expr {
    let means = Expr::Act(ActField::Attribute(MEANS));
    Expr::Binary(Binary::GreaterOrEqual, Box::new(means), Box::new(number(f64::from(code))))
}

pub(crate) fn choose(condition: Expr, then: f64, otherwise: f64) -> Expr {
    Expr::If(Box::new(condition), Box::new(number(then)), Box::new(number(otherwise)))
}

fn thresholds() -> Thresholds {
    Thresholds {
        major: 0.10,
        minor: 0.02,
        ratio: 2.0,
        stated_line_is_major: false,
        source: "judgement".into(),
    }
}

fn ladder() -> Ladder {
    let axis = |id: &str, letter: char| Attribute {
        id: id.into(),
        values: (0..=TOP).map(|k| format!("{letter}{k}")).collect(),
        meanings: vec![String::new(); usize::from(TOP) + 1],
        ordered: true,
    };
    let firebreak = |id: &str, below: u8| Firebreak {
        id: id.into(),
        name: format!("{id} by name"),
        below,
        above: below + 1,
    };
    Ladder {
        id: "test".into(),
        title: "Test".into(),
        source: "made up".into(),
        roles: vec!["side".into()],
        attributes: vec![axis("means", 'M'), axis("ends", 'E'), axis("involvement", 'I')],
        rungs: (0..=TOP)
            .map(|rung| Rung {
                rung,
                name: format!("rung {rung}"),
                when: means_at_least(rung),
                mappings: Vec::new(),
            })
            .collect(),
        firebreaks: vec![firebreak("F1", 0), firebreak("F2", 1), firebreak("F4", 3)],
        thresholds: thresholds(),
    }
}

/// A crisis in which each actor holds the seat of its number; `turns` lists (seat, group), each turn
/// with a menu of its own. No moves yet; the question is about moves 0 and 1 at the first turn.
pub(crate) fn scenario(actors: &[&str], turns: &[(u16, u16)], horizon: u32) -> Scenario {
    let integers = |low, high| Domain::Integers { low, high };
    let mut scenario = Scenario {
        id: "sketch".into(),
        title: "Sketch".into(),
        summary: None,
        ladders: vec![ladder()],
        start_rung: 0,
        start_rung_source: "made up".into(),
        memory: Memory::Situation,
        lambda: 5.0,
        time: Time { start: jiff::civil::date(2000, 1, 1), stage_hours: 24, horizon },
        slots: Vec::new(),
        menus: (0..turns.len()).map(|m| format!("menu {m}")).collect(),
        actors: Vec::new(),
        seats: Vec::new(),
        variables: Vec::new(),
        peak: VariableId(0),
        peak_seen: Vec::new(),
        draws: Vec::new(),
        calendar: Vec::new(),
        moves: Vec::new(),
        red_lines: Vec::new(),
        norms: Vec::new(),
        hazards: Vec::new(),
        ends: Vec::new(),
        horizon_pays: Vec::new(),
        upkeep: Vec::new(),
        parameters: Vec::new(),
        correlations: Vec::new(),
        quantities: Vec::new(),
        assumptions: Vec::new(),
        hypothesis_sets: Vec::new(),
        levers: Vec::new(),
        claims: Vec::new(),
        question: Question {
            seat: SeatId(turns[0].0),
            stage: 0,
            slot: SlotId(0),
            focal: MoveId(0),
            reference: MoveId(1),
            until: Until::Tenure,
            focal_act: MoveId(0),
            reference_act: MoveId(1),
            measure: Measure::Rung(2),
            escalatory_rung: None,
            impossible: Vec::new(),
            thresholds: thresholds(),
            span: Span::default(),
        },
        history: None,
        forecasts: Vec::new(),
    };
    let nobody = || Visibility::Only { actors: Vec::new(), seats: Vec::new() };
    let top = i32::from(TOP);
    scenario.peak = add(&mut scenario, "peak", integers(0, top), nobody(), VariableKind::Peak);
    for (at, id) in actors.iter().enumerate() {
        let actor = ActorId::new(at);
        scenario.actors.push(Actor {
            id: (*id).into(),
            name: (*id).into(),
            role: 0,
            discount: number(1.0),
            stake: number(1.0),
            stake_source: "judgement".into(),
            ladder: LadderId(0),
            span: Span::default(),
        });
        let own = Visibility::Only { actors: vec![actor], seats: Vec::new() };
        let kind = VariableKind::PeakSeen(actor);
        let seen = add(&mut scenario, "peak_seen", integers(0, top), own, kind);
        scenario.peak_seen.push(seen);
        let seat = SeatId::new(at);
        let kind = VariableKind::Occupant(seat);
        let everybody = Visibility::Everybody;
        let occupant = add(&mut scenario, "occupant", Domain::Actors, everybody, kind);
        scenario.variables[occupant.index()].start = u8::try_from(at).unwrap();
        scenario.seats.push(Seat {
            id: format!("seat of {id}"),
            name: (*id).into(),
            occupant,
            span: Span::default(),
        });
    }
    for (at, &(seat, group)) in turns.iter().enumerate() {
        let (seat, menu) = (SeatId(seat), MenuId::new(at));
        scenario.slots.push(Slot { seat, menu, group, span: Span::default() });
    }
    scenario
}

fn add(
    scenario: &mut Scenario,
    name: &str,
    domain: Domain,
    visibility: Visibility,
    kind: VariableKind,
) -> VariableId {
    scenario.variables.push(Variable {
        name: name.into(),
        domain,
        ordered: true,
        start: 0,
        visibility,
        combine: Some(Combine::Max),
        kind,
        source: None,
        span: Span::default(),
    });
    VariableId::new(scenario.variables.len() - 1)
}

/// A variable from 0 to `high` that everybody sees.
pub(crate) fn variable(scenario: &mut Scenario, name: &str, high: i32) -> VariableId {
    let domain = Domain::Integers { low: 0, high };
    add(scenario, name, domain, Visibility::Everybody, VariableKind::Declared)
}

/// A true-or-false type of `actor`: true with the analyst's `p`, with `believed` by the others listed.
pub(crate) fn private_type(
    scenario: &mut Scenario,
    actor: ActorId,
    p: f64,
    believed: &[(ActorId, f64)],
) -> VariableId {
    let own = Visibility::Only { actors: vec![actor], seats: Vec::new() };
    let variable = add(scenario, "type", Domain::Boolean, own, VariableKind::Type(actor));
    let odds = |p: f64| vec![number(1.0 - p), number(p)];
    scenario.draws.push(Draw {
        variable,
        analyst: odds(p),
        believed: believed.iter().map(|&(a, p)| (a, odds(p))).collect(),
        hypothesis_set: None,
        span: Span::default(),
    });
    variable
}

/// A move of the menu of turn `turn`.
pub(crate) fn add_move(scenario: &mut Scenario, id: &str, turn: usize, means: Expr) -> MoveId {
    scenario.moves.push(Move {
        id: id.into(),
        text: None,
        menus: vec![MenuId::new(turn)],
        when: None,
        attributes: vec![means, number(0.0), number(0.0)],
        perceived: Vec::new(),
        set: Vec::new(),
        pays: Vec::new(),
        hidden: None,
        signal: None,
        variant_of: None,
        source: None,
        span: Span::default(),
    });
    MoveId::new(scenario.moves.len() - 1)
}

/// The move sets `variable` to `value`.
pub(crate) fn sets(scenario: &mut Scenario, made: MoveId, variable: VariableId, value: Expr) {
    let effect = Effect { variable, value, span: Span::default() };
    scenario.moves[made.index()].set.push(effect);
}

/// The move is open only if `condition` holds.
pub(crate) fn only_if(scenario: &mut Scenario, made: MoveId, condition: Expr) {
    scenario.moves[made.index()].when = Some(condition);
}

/// A payoff of `actor`.
pub(crate) fn pays(actor: ActorId, value: Expr) -> PayTerm {
    PayTerm { payee: Payee::Actor(actor), value, condition: None, span: Span::default() }
}

/// An accident that raises the peak to `rung`.
pub(crate) fn add_hazard(scenario: &mut Scenario, probability: Expr, rung: u8) {
    scenario.hazards.push(Hazard {
        id: "accident".into(),
        text: None,
        when: None,
        probability,
        believed: Vec::new(),
        peak: Some(rung),
        set: Vec::new(),
        pays: Vec::new(),
        span: Span::default(),
    });
}

/// A red line of `owner`.
pub(crate) fn add_line(
    scenario: &mut Scenario,
    owner: ActorId,
    stated: Option<Expr>,
    actual: Option<Expr>,
) {
    scenario.red_lines.push(RedLine {
        id: "line".into(),
        text: None,
        owner,
        stated,
        actual,
        status: None,
        on_stated: Reaction::default(),
        on_cross: Reaction::default(),
        source: None,
        span: Span::default(),
    });
}

/// A norm that binds everybody, in state `before` at the start.
pub(crate) fn add_norm(scenario: &mut Scenario, broken_by: Expr, before: u8) {
    let domain = Domain::Words(["intact", "eroded", "broken"].map(String::from).to_vec());
    let id = climbdown_lang::scenario::NormId::new(scenario.norms.len());
    let kind = VariableKind::NormState(id);
    let state = add(scenario, "norm", domain, Visibility::Everybody, kind);
    scenario.variables[state.index()].start = before;
    let members = (0..scenario.actors.len()).map(ActorId::new).collect();
    scenario.norms.push(Norm {
        id: "norm".into(),
        kind: NormKind::Norm,
        text: None,
        broken_by: Some(broken_by),
        members,
        membership: number(1.0),
        state: Some(state),
        becomes: 2,
        cost_first: None,
        cost_later: None,
        on_break: Reaction::default(),
        out_of_scope: None,
        status: None,
        source: None,
        span: Span::default(),
    });
}

/// The template of `scenario`.
pub(crate) fn compiled(scenario: Scenario) -> Template {
    let options = CompileOptions { memory: scenario.memory, budget_nodes: 100_000 };
    compile(&Arc::new(scenario), &options).expect("sketches compile")
}

fn at_least(variable: VariableId, value: u8) -> Expr {
    let value = Box::new(number(f64::from(value)));
    Expr::Binary(Binary::GreaterOrEqual, Box::new(Expr::Variable(variable)), value)
}

/// North may let a strike be made; South, resolute or not, may answer; accidents follow strikes.
/// North takes its own strike for less than it is.
pub(crate) fn reprisals() -> Scenario {
    let mut s = scenario(&["north", "south"], &[(0, 0), (0, 1), (1, 2)], 3);
    let (north, south) = (ActorId(0), ActorId(1));
    let permit = variable(&mut s, "permit", 1);
    let struck = variable(&mut s, "struck", 1);
    let resolute = private_type(&mut s, south, 0.3, &[(north, 0.15)]);
    let grant = add_move(&mut s, "grant", 0, number(0.0));
    let keep = add_move(&mut s, "keep", 0, number(0.0));
    let leave = add_move(&mut s, "leave", 0, number(0.0));
    only_if(&mut s, grant, is(permit, 0));
    only_if(&mut s, keep, is(permit, 0));
    only_if(&mut s, leave, is(permit, 1));
    sets(&mut s, grant, permit, number(1.0));
    s.moves[grant.index()].pays.push(pays(north, number(0.1)));
    let strike = add_move(&mut s, "strike", 1, number(2.0));
    let refrain = add_move(&mut s, "refrain", 1, number(0.0));
    only_if(&mut s, strike, is(permit, 1));
    sets(&mut s, strike, struck, number(1.0));
    sets(&mut s, refrain, struck, number(0.0));
    s.moves[strike.index()].pays.push(pays(north, number(0.5)));
    s.moves[strike.index()].pays.push(pays(south, number(-0.4)));
    s.moves[strike.index()].perceived.push(climbdown_lang::scenario::Perception {
        actor: north,
        attribute: MEANS,
        value: number(1.0),
    });
    let raid = add_move(&mut s, "raid", 2, number(3.0));
    add_move(&mut s, "ignore", 2, number(0.0));
    let war = add_move(&mut s, "war", 2, number(4.0));
    s.moves[raid.index()].pays.push(pays(north, number(-0.7)));
    s.moves[raid.index()].pays.push(pays(south, choose(is(struck, 1), 0.3, -0.3)));
    s.moves[raid.index()].pays.push(pays(south, choose(is(resolute, 1), 0.4, 0.0)));
    s.moves[war.index()].pays.push(pays(north, number(-3.0)));
    s.moves[war.index()].pays.push(pays(south, choose(is(resolute, 1), -0.5, -1.5)));
    only_if(&mut s, war, is(struck, 1));
    let peak = s.peak;
    add_hazard(&mut s, choose(at_least(peak, 2), 0.06, 0.01), 4);
    s.actors[1].discount = number(0.9);
    s.actors[0].stake = number(0.8);
    s.question.until = Until::Horizon;
    s.question.focal_act = strike;
    s.question.reference_act = refrain;
    s.question.measure = Measure::Rung(3);
    s
}

/// The same, asked in the second stage, when an accident may have happened and South has moved.
pub(crate) fn reprisals_asked_late() -> Scenario {
    let mut s = reprisals();
    s.question.stage = 1;
    s.question.measure = Measure::Firebreak(2);
    s
}
