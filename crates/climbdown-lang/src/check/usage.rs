//! What looks unintended: things nobody uses, menus out of balance, payoffs out of scale.

use std::collections::BTreeSet;

use super::Context;
use crate::constant::Numbers;
use crate::expr::Expr;
use crate::reach;
use crate::scenario::{
    Effect, MenuId, ParameterId, PayTerm, Payee, Scenario, VariableId, VariableKind, Visibility,
};

/// Payoffs of one actor further apart than this are probably a slip.
const WIDEST_PAYOFFS: f64 = 1e6;
/// More combinations of private draws than this are worth a note.
const MANY_COMBINATIONS: usize = 8;

/// Every expression of a scenario.
fn all_expressions(scenario: &Scenario) -> Vec<&Expr> {
    let mut found: Vec<&Expr> = Vec::new();
    for actor in &scenario.actors {
        found.extend([&actor.discount, &actor.stake]);
    }
    for draw in &scenario.draws {
        found.extend(&draw.analyst);
        found.extend(draw.believed.iter().flat_map(|(_, list)| list));
    }
    for event in &scenario.calendar {
        found.extend(&event.when);
        found.extend(&event.probability);
        found.extend(event.believed.iter().map(|(_, e)| e));
    }
    for m in &scenario.moves {
        found.extend(&m.when);
        found.extend(&m.attributes);
        found.extend(m.perceived.iter().map(|p| &p.value));
        if let Some(signal) = &m.signal {
            found.extend([&signal.when_done, &signal.when_not]);
        }
    }
    for line in &scenario.red_lines {
        found.extend(&line.stated);
        found.extend(&line.actual);
    }
    for norm in &scenario.norms {
        found.extend(&norm.broken_by);
        found.extend([&norm.membership]);
        found.extend(&norm.cost_first);
        found.extend(&norm.cost_later);
    }
    for hazard in &scenario.hazards {
        found.extend(&hazard.when);
        found.push(&hazard.probability);
        found.extend(hazard.believed.iter().map(|(_, e)| e));
    }
    found.extend(scenario.ends.iter().map(|e| &e.when));
    found.extend(reach::all_effects(scenario).map(|e| &e.value));
    for set in &scenario.hypothesis_sets {
        found.extend(set.hypotheses.iter().map(|h| &h.prior));
    }
    for lever in &scenario.levers {
        found.extend(lever.cost.iter().map(|(_, e)| e));
    }
    for term in all_pays(scenario) {
        found.push(&term.value);
        found.extend(&term.condition);
    }
    found
}

/// Every payoff term of a scenario.
pub(super) fn all_pays(scenario: &Scenario) -> impl Iterator<Item = &PayTerm> {
    let moves = scenario.moves.iter().flat_map(|m| &m.pays);
    let lines =
        scenario.red_lines.iter().flat_map(|l| l.on_stated.pays.iter().chain(&l.on_cross.pays));
    let norms = scenario.norms.iter().flat_map(|n| &n.on_break.pays);
    let hazards = scenario.hazards.iter().flat_map(|h| &h.pays);
    let ends = scenario.ends.iter().flat_map(|e| &e.pays);
    let time = scenario.horizon_pays.iter().chain(&scenario.upkeep);
    moves.chain(lines).chain(norms).chain(hazards).chain(ends).chain(time)
}

impl Context<'_> {
    /// Warns of effects of a hidden move that everybody sees and that what it looks like does not have.
    fn revealed(&mut self, scenario: &Scenario) {
        for made in &scenario.moves {
            let Some(hidden) = &made.hidden else { continue };
            let cover = &scenario.moves[hidden.looks_like.index()];
            for effect in &made.set {
                let variable = &scenario.variables[effect.variable.index()];
                let is_same =
                    |e: &Effect| (e.variable, &e.value) == (effect.variable, &effect.value);
                if variable.visibility == Visibility::Everybody && !cover.set.iter().any(is_same) {
                    let message = format!(
                        "the hidden move sets `{}`, which everybody sees and `{}` does not do",
                        variable.name, cover.id
                    );
                    let help = "that reveals the move; give the variable `seen_by`, use `observed`, or let both do it";
                    self.report.advise("W030", effect.span, message, help.to_owned());
                }
            }
        }
    }

    /// Warnings about the model that can be given without playing it.
    pub(super) fn odd_about_the_model(&mut self, scenario: &Scenario) {
        if !self.clean || crate::diagnostic::has_errors(&self.report.list) {
            return;
        }
        self.revealed(scenario);
        let numbers = Numbers::new(&scenario.parameters, &scenario.quantities);
        let all = all_expressions(scenario);
        let (_, used) = numbers.used_by(all.iter().copied());
        self.unused_parameters(scenario, &used);
        let mut read: BTreeSet<VariableId> = BTreeSet::new();
        for expr in &all {
            expr.walk(&mut |part| {
                if let Expr::Variable(id) = part {
                    read.insert(*id);
                }
            });
        }
        self.unread_variables(scenario, &read);
        self.crowded_menus(scenario);
        self.payoffs_out_of_scale(scenario, &numbers);
        self.many_draws(scenario);
    }

    fn unused_parameters(&mut self, scenario: &Scenario, used: &BTreeSet<ParameterId>) {
        let mut named = BTreeSet::new();
        for assumption in &scenario.assumptions {
            for (id, ..) in assumption.binds.iter().filter(|(id, ..)| !used.contains(id)) {
                named.insert(*id);
                let name = &scenario.parameters[id.index()].name;
                let message =
                    format!("`{}` binds `{name}`, on which nothing depends", assumption.id);
                let help = "let a payoff or probability read it, or the assumption cannot matter";
                self.report.advise("W040", assumption.span, message, help.to_owned());
            }
        }
        for (i, parameter) in scenario.parameters.iter().enumerate() {
            let id = ParameterId::new(i);
            if !used.contains(&id) && !named.contains(&id) {
                let message = format!("nothing depends on `{}`", parameter.name);
                let help = "use it in a payoff, a probability or a quantity, or delete it";
                self.report.advise("W041", parameter.span, message, help.to_owned());
            }
        }
    }

    fn unread_variables(&mut self, scenario: &Scenario, read: &BTreeSet<VariableId>) {
        for (i, variable) in scenario.variables.iter().enumerate() {
            let of_writer = matches!(variable.kind, VariableKind::Declared | VariableKind::Type(_));
            if of_writer && !read.contains(&VariableId::new(i)) {
                let message = format!("nothing reads `{}`", variable.name);
                let help = "it only multiplies the states of the game; read it, or delete it";
                self.report.advise("W042", variable.span, message, help.to_owned());
            }
        }
    }

    fn crowded_menus(&mut self, scenario: &Scenario) {
        let occupants = reach::occupants(scenario);
        for (i, menu) in scenario.menus.iter().enumerate() {
            let on_menu = scenario.moves.iter().enumerate().filter(|(_, m)| {
                // Variants share one weight and count once.
                m.variant_of.is_none() && m.menus.contains(&MenuId::new(i))
            });
            let (mut up, mut rest) = (Vec::new(), 0usize);
            for (at, m) in on_menu {
                let rungs = reach::rungs(scenario, &occupants, crate::scenario::MoveId::new(at));
                if rungs.last().is_some_and(|r| *r > scenario.start_rung) {
                    up.push(m);
                } else {
                    rest += 1;
                }
            }
            let Some(first) = up.first() else { continue };
            if up.len() > 2 * rest {
                let message = format!(
                    "moves on the menu `{menu}` above the start rung: {}; others: {rest}",
                    up.len()
                );
                let help = "a logit response counts labels: group versions of one move with \
                            `variant_of`, or add what else could be done";
                self.report.advise("W043", first.span, message, help.to_owned());
            }
        }
    }

    fn payoffs_out_of_scale(&mut self, scenario: &Scenario, numbers: &Numbers<'_>) {
        for (i, actor) in scenario.actors.iter().enumerate() {
            let of_actor = all_pays(scenario)
                .filter(|term| matches!(term.payee, Payee::Actor(a) if a.index() == i));
            let values = of_actor.filter_map(|t| numbers.at_point(&t.value)).chain([0.0]);
            let (low, high) =
                values.fold((0.0f64, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
            if high - low > WIDEST_PAYOFFS {
                let message = format!("payoffs of {} range from {low} to {high}", actor.id);
                let help = "payoffs are counted in stakes; is a unit or a zero wrong?".to_owned();
                self.report.advise("W044", actor.span, message, help);
            }
        }
    }

    fn many_draws(&mut self, scenario: &Scenario) {
        let n = |draw: &crate::scenario::Draw| draw.analyst.len();
        let combinations = scenario.draws.iter().map(n).fold(1usize, usize::saturating_mul);
        let Some(last) = scenario.draws.last() else { return };
        if combinations > MANY_COMBINATIONS {
            let parts: Vec<String> = scenario
                .draws
                .iter()
                .map(|d| format!("{} × {}", scenario.variables[d.variable.index()].name, n(d)))
                .collect();
            let message = format!("private draws make {combinations} combinations");
            let help = format!("the game grows with each of them: {}", parts.join(", "));
            self.report.advise("W045", last.span, message, help);
        }
    }
}
