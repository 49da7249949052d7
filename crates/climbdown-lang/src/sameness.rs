//! On which parts two acts agree in every state, so that exchanging the part changes nothing.

use crate::expr::{ActField, Expr};
use crate::hybrid::{AXES, Axis, AxisSet};
use crate::reach;
use crate::scenario::{ActorId, Effect, Move, MoveId, PayTerm, Scenario};

/// The parts that `of` and `by` have in common wherever `of` is open, whoever makes it.
///
/// A part that depends on too much to be looked through counts as different.
#[must_use]
pub fn same_axes(scenario: &Scenario, of: MoveId, by: MoveId) -> AxisSet {
    if of == by {
        return AxisSet::ALL;
    }
    let is_same = |axis: &Axis| match axis {
        Axis::Norms => same_norms(scenario, of, by),
        Axis::Rest => same_rest(scenario, of, by) && same_codes(scenario, (of, by), *axis),
        _ => same_codes(scenario, (of, by), *axis),
    };
    AXES.into_iter().filter(is_same).collect()
}

/// Whether two expressions over the state are equal in every state in which `when` holds.
fn always_equal(scenario: &Scenario, a: &Expr, b: &Expr, when: Option<&Expr>) -> bool {
    let cases = reach::cases_of(scenario, &[a, b], when);
    cases.is_some_and(|cases| cases.iter().all(|case| case.codes[0] == case.codes[1]))
}

/// The same codes on the attributes of `axis`, physically and in everybody's eyes.
fn same_codes(scenario: &Scenario, (of, by): (MoveId, MoveId), axis: Axis) -> bool {
    let (of, by) = (&scenario.moves[of.index()], &scenario.moves[by.index()]);
    let observers = || (0..scenario.actors.len()).map(|a| Some(ActorId::new(a))).chain([None]);
    let attributes = 0..scenario.ladders[0].attributes.len();
    attributes.filter(|&at| Axis::of_attribute(at) == axis).all(|at| {
        observers().all(|observer| {
            let (a, b) = (code(of, at, observer), code(by, at, observer));
            always_equal(scenario, a, b, of.when.as_ref())
        })
    })
}

/// The code of an attribute in the eyes of `observer`, or as it is.
fn code(made: &Move, at: usize, observer: Option<ActorId>) -> &Expr {
    let mut perceived = made.perceived.iter();
    let own = perceived.rfind(|p| Some(p.actor) == observer && p.attribute.index() == at);
    own.map_or(&made.attributes[at], |p| &p.value)
}

/// The same norms and treaties broken, whoever makes the move.
fn same_norms(scenario: &Scenario, of: MoveId, by: MoveId) -> bool {
    let this = &scenario.moves[of.index()];
    let movers = reach::movers(scenario, &reach::occupants(scenario), this);
    let mut conditions = scenario.norms.iter().filter_map(|n| Some((n, n.broken_by.as_ref()?)));
    conditions.all(|(norm, broken_by)| {
        movers.iter().filter(|actor| norm.members.contains(actor)).all(|&actor| {
            let [a, b] = [of, by].map(|made| with_act(broken_by, scenario, made, actor));
            always_equal(scenario, &a, &b, this.when.as_ref())
        })
    })
}

/// A condition on acts as a condition on the state, for one act.
fn with_act(expr: &Expr, scenario: &Scenario, made: MoveId, actor: ActorId) -> Expr {
    let again = |e: &Expr| Box::new(with_act(e, scenario, made, actor));
    match expr {
        Expr::Act(field) => match field {
            ActField::Attribute(at) => scenario.moves[made.index()].attributes[at.index()].clone(),
            ActField::Role => Expr::Number(f64::from(scenario.actors[actor.index()].role)),
            ActField::Actor => Expr::Number(f64::from(actor.0)),
            ActField::Move => Expr::Number(f64::from(made.0)),
        },
        Expr::Unary(op, a) => Expr::Unary(*op, again(a)),
        Expr::Binary(op, a, b) => Expr::Binary(*op, again(a), again(b)),
        Expr::If(c, a, b) => Expr::If(again(c), again(a), again(b)),
        Expr::In(x, list) => Expr::In(again(x), list.iter().map(|e| *again(e)).collect()),
        leaf => leaf.clone(),
    }
}

/// The same effects, payoffs and secrecy, and a name that nothing asks for.
fn same_rest(scenario: &Scenario, of: MoveId, by: MoveId) -> bool {
    let (of, by) = (&scenario.moves[of.index()], &scenario.moves[by.index()]);
    let sets = |m: &Move| -> Vec<_> {
        let set = m.set.iter();
        set.map(|Effect { variable, value, span: _ }| (*variable, value.clone())).collect()
    };
    let pays = |m: &Move| -> Vec<_> {
        let terms = m.pays.iter();
        let without_span = |t: &PayTerm| (t.payee, t.value.clone(), t.condition.clone());
        terms.map(without_span).collect()
    };
    let lines = scenario.red_lines.iter().flat_map(|l| l.stated.iter().chain(&l.actual));
    let mut asks_for_names = false;
    lines.for_each(|e| e.walk(&mut |e| asks_for_names |= *e == Expr::Act(ActField::Move)));
    !asks_for_names
        && of.signal.is_none()
        && by.signal.is_none()
        && of.hidden == by.hidden
        && sets(of) == sets(by)
        && pays(of) == pays(by)
}
