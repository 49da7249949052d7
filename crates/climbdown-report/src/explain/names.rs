//! A name of the file: where it is defined, what it is, and what uses it.

use climbdown_lang::expr::Expr;
use climbdown_lang::scenario::{
    Effect, NormKind, ParameterId, PayTerm, Payee, QuantityId, Reaction, Scenario, VariableId,
};
use climbdown_lang::source::{SourceMap, Span};

use super::place;
use crate::layout::{push, wrap};
use crate::number::given;
use crate::words;

/// An expression of the scenario, with what it belongs to.
struct Use<'a> {
    label: String,
    expr: &'a Expr,
    span: Span,
}

/// What `name` is, with its users. `None` if nothing in the scenario is called that.
#[must_use]
pub fn explain(scenario: &Scenario, map: &SourceMap, name: &str) -> Option<String> {
    let mut out = String::new();
    for definition in definitions(scenario).into_iter().filter(|d| d.name == name) {
        out.push_str(&wrap("", "  ", &format!("{} {name}: {}", definition.kind, definition.what)));
        push(&mut out, &format!("  defined at {}", place(map, definition.span)));
        if let Some(source) = &definition.source {
            out.push_str(&wrap("  source: ", "    ", source));
        }
        let users = users(scenario, &definition.target);
        if users.is_empty() && !matches!(definition.target, Target::Other) {
            push(&mut out, "  nothing uses it");
        }
        for (label, span) in users {
            let text = map.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
            let short: String = text.chars().take(120).collect();
            let is_name = label.split([' ', '.']).any(|part| part == short);
            let quote = if is_name { String::new() } else { format!(": {short}") };
            let line = format!("{label} at {}{quote}", place(map, span));
            out.push_str(&wrap("  used by ", "      ", &line));
        }
    }
    (!out.is_empty()).then_some(out)
}

/// All names that can be explained, for suggestions.
#[must_use]
pub fn all(scenario: &Scenario) -> Vec<String> {
    definitions(scenario).into_iter().map(|d| d.name).collect()
}

enum Target {
    Parameter(ParameterId),
    Quantity(QuantityId),
    Variable(VariableId),
    Other,
}

struct Definition {
    name: String,
    kind: &'static str,
    what: String,
    source: Option<String>,
    span: Span,
    target: Target,
}

fn definitions(scenario: &Scenario) -> Vec<Definition> {
    let mut all = Vec::new();
    let mut add = |name: &str, kind, what: String, source: Option<&str>, span, target| {
        all.push(Definition {
            name: name.to_owned(),
            kind,
            what,
            source: source.map(str::to_owned),
            span,
            target,
        });
    };
    for (i, p) in scenario.parameters.iter().enumerate() {
        let range = p
            .range
            .map_or(String::new(), |(lo, hi)| format!(", range {} to {}", given(lo), given(hi)));
        let what = format!("{}{range} {}", given(p.value), p.unit);
        let target = Target::Parameter(ParameterId::new(i));
        add(&p.name, "parameter", what, Some(&p.source), p.span, target);
    }
    for (i, q) in scenario.quantities.iter().enumerate() {
        let what = super::expression(scenario, &q.value);
        add(&q.name, "quantity", what, None, q.span, Target::Quantity(QuantityId::new(i)));
    }
    for (i, v) in scenario.variables.iter().enumerate() {
        let values: Vec<String> = (0..v.n_values(scenario.actors.len()))
            .map(|at| words::value_text(scenario, v, u8::try_from(at).unwrap_or(u8::MAX)))
            .collect();
        let start = words::value_text(scenario, v, v.start);
        let what = format!("one of {}; at the start {start}", values.join(", "));
        let target = Target::Variable(VariableId::new(i));
        add(&v.name, "variable", what, v.source.as_deref(), v.span, target);
    }
    for m in &scenario.moves {
        let menus: Vec<&str> = m.menus.iter().map(|x| &*scenario.menus[x.index()]).collect();
        let text = m.text.as_deref().unwrap_or(&m.id);
        let what = format!("{text}; on the menu {}", menus.join(", "));
        add(&m.id, "move", what, m.source.as_deref(), m.span, Target::Other);
    }
    for a in &scenario.actors {
        let role = &scenario.ladders[0].roles[a.role as usize];
        let stake = super::expression(scenario, &a.stake);
        let what = format!("{}, {role}; stake {stake}", a.name);
        add(&a.id, "actor", what, Some(&a.stake_source), a.span, Target::Other);
    }
    for s in &scenario.seats {
        add(&s.id, "seat", s.name.clone(), None, s.span, Target::Other);
    }
    for h in &scenario.hazards {
        let what = h.text.clone().unwrap_or_default();
        add(&h.id, "hazard", what, None, h.span, Target::Other);
    }
    for l in &scenario.red_lines {
        let owner = &scenario.actors[l.owner.index()].name;
        let what = format!("of {owner}: {}", l.text.as_deref().unwrap_or(&l.id));
        add(&l.id, "red line", what, l.source.as_deref(), l.span, Target::Other);
    }
    for n in &scenario.norms {
        let kind = if n.kind == NormKind::Norm { "norm" } else { "treaty" };
        let what = n.text.clone().unwrap_or_default();
        add(&n.id, kind, what, n.source.as_deref(), n.span, Target::Other);
    }
    for a in &scenario.assumptions {
        add(&a.id, "assumption", a.claim.clone(), Some(&a.source), a.span, Target::Other);
    }
    for l in &scenario.levers {
        let what = l.text.clone();
        add(&l.id, "lever", what, None, l.span, Target::Other);
    }
    for c in &scenario.claims {
        add(&c.id, "claim", c.text.clone(), Some(&c.source), c.span, Target::Other);
    }
    for e in &scenario.ends {
        let what = e.text.clone().unwrap_or_default();
        add(&e.id, "end", what, None, e.span, Target::Other);
    }
    for c in &scenario.calendar {
        add(&c.id, "calendar event", c.date.to_string(), None, c.span, Target::Other);
    }
    for set in &scenario.hypothesis_sets {
        for h in &set.hypotheses {
            let what = format!("{} (set {})", h.claim, set.id);
            add(&h.id, "hypothesis", what, h.source.as_deref(), h.span, Target::Other);
        }
    }
    all
}

/// What reads or sets the target; for a parameter also by way of quantities.
fn users(scenario: &Scenario, target: &Target) -> Vec<(String, Span)> {
    let mut quantities: Vec<bool> = vec![false; scenario.quantities.len()];
    let reads = |expr: &Expr, quantities: &[bool]| {
        let mut found = false;
        expr.walk(&mut |e| {
            found |= match (e, target) {
                (Expr::Parameter(p), Target::Parameter(t)) => p == t,
                (Expr::Quantity(q), Target::Quantity(t)) => q == t,
                (Expr::Variable(v), Target::Variable(t)) => v == t,
                _ => false,
            } || matches!(e, Expr::Quantity(q) if quantities[q.index()]);
        });
        found
    };
    let mut users = Vec::new();
    for (i, q) in scenario.quantities.iter().enumerate() {
        if reads(&q.value, &quantities) {
            quantities[i] = true;
            users.push((format!("quantities.{}", q.name), q.span));
        }
    }
    for used in expressions(scenario) {
        if reads(used.expr, &quantities) {
            users.push((used.label, used.span));
        }
    }
    if let Target::Variable(v) = target {
        for (label, effect) in effects(scenario).into_iter().filter(|(_, e)| e.variable == *v) {
            users.push((label, effect.span));
        }
    }
    if let Target::Parameter(p) = target {
        for a in scenario.assumptions.iter().filter(|a| a.binds.iter().any(|b| b.0 == *p)) {
            users.push((format!("assumptions.{}", a.id), a.span));
        }
    }
    users.dedup();
    users
}

fn reactions(scenario: &Scenario) -> Vec<(String, &Reaction)> {
    let mut all = Vec::new();
    for l in &scenario.red_lines {
        all.push((format!("red_lines.{}.on_stated", l.id), &l.on_stated));
        all.push((format!("red_lines.{}.on_cross", l.id), &l.on_cross));
    }
    for n in &scenario.norms {
        let kind = if n.kind == NormKind::Norm { "norms" } else { "treaties" };
        all.push((format!("{kind}.{}.on_break", n.id), &n.on_break));
    }
    all
}

fn effects(scenario: &Scenario) -> Vec<(String, &Effect)> {
    let mut lists: Vec<(String, &[Effect])> = Vec::new();
    lists.extend(scenario.moves.iter().map(|m| (format!("moves.{}", m.id), &*m.set)));
    lists.extend(scenario.hazards.iter().map(|h| (format!("hazards.{}", h.id), &*h.set)));
    for c in &scenario.calendar {
        lists.push((format!("calendar {}", c.id), &c.set));
        lists.push((format!("calendar {} otherwise", c.id), &c.otherwise));
    }
    lists.extend(reactions(scenario).into_iter().map(|(label, r)| (label, &*r.set)));
    lists
        .into_iter()
        .flat_map(|(label, list)| list.iter().map(move |e| (format!("{label} sets it"), e)))
        .collect()
}

fn payee(scenario: &Scenario, payee: Payee) -> String {
    match payee {
        Payee::Actor(a) => scenario.actors[a.index()].id.clone(),
        Payee::Seat(s) => format!("seat.{}", scenario.seats[s.index()].id),
    }
}

/// Every expression of the scenario.
fn expressions(scenario: &Scenario) -> Vec<Use<'_>> {
    let mut all: Vec<Use<'_>> = Vec::new();
    let mut terms: Vec<(String, &[PayTerm])> = Vec::new();
    for (label, r) in reactions(scenario) {
        terms.push((label, &r.pays));
    }
    for a in &scenario.actors {
        all.push(Use { label: format!("actors.{}.stake", a.id), expr: &a.stake, span: a.span });
        all.push(Use {
            label: format!("actors.{}.discount", a.id),
            expr: &a.discount,
            span: a.span,
        });
    }
    for d in &scenario.draws {
        let name = &scenario.variables[d.variable.index()].name;
        for expr in d.analyst.iter().chain(d.believed.iter().flat_map(|(_, list)| list)) {
            all.push(Use { label: format!("draw of {name}"), expr, span: d.span });
        }
    }
    for c in &scenario.calendar {
        let label = format!("calendar {}", c.id);
        let exprs = c.when.iter().chain(&c.probability).chain(c.believed.iter().map(|(_, e)| e));
        all.extend(exprs.map(|expr| Use { label: label.clone(), expr, span: c.span }));
    }
    for m in &scenario.moves {
        let signal = m.signal.iter().flat_map(|s| [&s.when_done, &s.when_not]);
        let exprs = m
            .when
            .iter()
            .chain(&m.attributes)
            .chain(m.perceived.iter().map(|p| &p.value))
            .chain(signal);
        all.extend(exprs.map(|expr| Use { label: format!("moves.{}", m.id), expr, span: m.span }));
        terms.push((format!("moves.{}", m.id), &m.pays));
    }
    for l in &scenario.red_lines {
        let exprs = l.stated.iter().chain(&l.actual);
        all.extend(exprs.map(|expr| Use {
            label: format!("red_lines.{}", l.id),
            expr,
            span: l.span,
        }));
    }
    for n in &scenario.norms {
        let exprs =
            n.broken_by.iter().chain([&n.membership]).chain(&n.cost_first).chain(&n.cost_later);
        all.extend(exprs.map(|expr| Use { label: format!("norms.{}", n.id), expr, span: n.span }));
    }
    for h in &scenario.hazards {
        let exprs = h.when.iter().chain([&h.probability]).chain(h.believed.iter().map(|(_, e)| e));
        all.extend(exprs.map(|expr| Use {
            label: format!("hazards.{}", h.id),
            expr,
            span: h.span,
        }));
        terms.push((format!("hazards.{}", h.id), &h.pays));
    }
    for e in &scenario.ends {
        all.push(Use { label: format!("ends.{}", e.id), expr: &e.when, span: e.span });
        terms.push((format!("ends.{}", e.id), &e.pays));
    }
    terms.push(("horizon".to_owned(), &scenario.horizon_pays));
    terms.push(("upkeep".to_owned(), &scenario.upkeep));
    for set in &scenario.hypothesis_sets {
        for h in &set.hypotheses {
            let label = format!("hypotheses.{}.{}", set.id, h.id);
            all.push(Use { label, expr: &h.prior, span: h.span });
        }
    }
    for (label, list) in terms {
        for term in list {
            let label = format!("{label} pays {}", payee(scenario, term.payee));
            if let Some(condition) = &term.condition {
                all.push(Use { label: label.clone(), expr: condition, span: term.span });
            }
            all.push(Use { label, expr: &term.value, span: term.span });
        }
    }
    all.extend(effects(scenario).into_iter().map(|(label, e)| Use {
        label,
        expr: &e.value,
        span: e.span,
    }));
    all
}
