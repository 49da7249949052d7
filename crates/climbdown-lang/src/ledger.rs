//! The ledger: payoff terms and probabilities, reduced to residuals, each with its line of the file.

use std::collections::HashMap;

use crate::eval::{Context, holds, reduce, split_coefficient};
use crate::expr::{Binary, Expr, Unary};
use crate::scenario::{ActorId, Norm, PayTerm, Payee, Scenario, VariableId};
use crate::source::Span;
use crate::template::{Payment, Reason};

/// A payoff term ready to be reduced many times.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    payee: Payee,
    value: Recipe,
    condition: Option<Expr>,
}

/// An expression with the parts of the state it reads, so that equal readings are reduced once.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    id: usize,
    expr: Expr,
    reads: Vec<VariableId>,
    reads_stage: bool,
    reads_actor: bool,
    reads_act: bool,
    reason: u32,
}

/// Collects residuals and reasons while a scenario is compiled.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) residuals: Vec<Expr>,
    pub(crate) reasons: Vec<Reason>,
    by_text: HashMap<String, u32>,
    memo: Vec<HashMap<Vec<u8>, (f64, u32)>>,
    /// One minus a residual, and a coefficient's bits times a residual, once they have been asked for.
    complements: HashMap<u32, u32>,
    products: HashMap<(u64, u32), u32>,
}

impl Ledger {
    /// Registers an expression of the file.
    pub(crate) fn recipe(&mut self, expr: &Expr, label: String, span: Span) -> Recipe {
        let reason = u32::try_from(self.reasons.len()).expect("fewer than 2^32 reasons");
        self.reasons.push(Reason { label, span });
        let mut reads = Vec::new();
        let (mut reads_stage, mut reads_actor, mut reads_act) = (false, false, false);
        expr.walk(&mut |e| match e {
            Expr::Variable(v) => reads.push(*v),
            Expr::Stage => reads_stage = true,
            Expr::PeakSeen => reads_actor = true,
            Expr::Act(_) | Expr::Stated => reads_act = true,
            _ => {}
        });
        reads.sort();
        reads.dedup();
        self.memo.push(HashMap::new());
        Recipe {
            id: self.memo.len() - 1,
            expr: expr.clone(),
            reads,
            reads_stage,
            reads_actor,
            reads_act,
            reason,
        }
    }

    /// Registers payoff terms.
    pub(crate) fn terms(&mut self, pays: &[PayTerm], label: &str) -> Vec<Term> {
        pays.iter()
            .map(|t| Term {
                payee: t.payee,
                value: self.recipe(&t.value, label.to_string(), t.span),
                condition: t.condition.clone(),
            })
            .collect()
    }

    /// Registers the cost of breaking a norm, −membership × cost, paid by the breaker.
    pub(crate) fn norm_cost(&mut self, norm: &Norm, cost: &Expr, which: &str) -> Recipe {
        let product = Expr::Binary(
            Binary::Multiply,
            Box::new(norm.membership.clone()),
            Box::new(cost.clone()),
        );
        let expr = Expr::Unary(Unary::Minus, Box::new(product));
        self.recipe(&expr, format!("{} cost of breaking {}", which, norm.id), norm.span)
    }

    /// The residual of a recipe in a state: (coefficient, position).
    pub(crate) fn residual(&mut self, recipe: &Recipe, cx: &Context<'_>) -> (f64, u32) {
        let mut key: Vec<u8> = recipe.reads.iter().map(|v| cx.state[v.index()]).collect();
        if recipe.reads_stage {
            key.extend(cx.stage.to_le_bytes());
        }
        if let (true, Some(actor)) = (recipe.reads_actor, cx.actor) {
            key.push(cx.state[cx.scenario.peak_seen[actor.index()].index()]);
        }
        if let (true, Some(act)) = (recipe.reads_act, cx.act) {
            key.extend(act.role.to_le_bytes());
            key.extend(act.actor.0.to_le_bytes());
            key.extend(act.made.0.to_le_bytes());
            key.push(u8::from(cx.stated));
            key.extend(act.attributes);
        }
        if let Some(&found) = self.memo[recipe.id].get(&key) {
            return found;
        }
        let (coefficient, rest) = split_coefficient(reduce(&recipe.expr, cx));
        let found = (coefficient, self.intern(rest));
        self.memo[recipe.id].insert(key, found);
        found
    }

    /// The position of a residual as a probability: coefficient and all.
    pub(crate) fn probability(&mut self, recipe: &Recipe, cx: &Context<'_>) -> u32 {
        let (coefficient, residual) = self.residual(recipe, cx);
        if coefficient == 1.0 {
            return residual;
        }
        if let Some(&found) = self.products.get(&(coefficient.to_bits(), residual)) {
            return found;
        }
        let found = self.intern(match self.residuals[residual as usize].clone() {
            Expr::Number(x) => Expr::Number(coefficient * x),
            rest => {
                Expr::Binary(Binary::Multiply, Box::new(Expr::Number(coefficient)), Box::new(rest))
            }
        });
        self.products.insert((coefficient.to_bits(), residual), found);
        found
    }

    /// One minus a residual.
    pub(crate) fn complement(&mut self, residual: u32) -> u32 {
        if let Some(&found) = self.complements.get(&residual) {
            return found;
        }
        let rest = match self.residuals[residual as usize].clone() {
            Expr::Number(x) => Expr::Number(1.0 - x),
            rest => Expr::Binary(Binary::Subtract, Box::new(Expr::Number(1.0)), Box::new(rest)),
        };
        let found = self.intern(rest);
        self.complements.insert(residual, found);
        found
    }

    /// Whether a residual is the constant 0.
    pub(crate) fn is_zero(&self, residual: u32) -> bool {
        self.residuals[residual as usize] == Expr::Number(0.0)
    }

    /// The line behind a recipe.
    pub(crate) fn reason(recipe: &Recipe) -> u32 {
        recipe.reason
    }

    /// What a list of terms pays in a state.
    pub(crate) fn pay(&mut self, terms: &[Term], cx: &Context<'_>, into: &mut Vec<Payment>) {
        for term in terms {
            if term.condition.as_ref().is_some_and(|c| !holds(c, cx)) {
                continue;
            }
            let actor = match term.payee {
                Payee::Actor(actor) => actor,
                Payee::Seat(seat) => occupant(cx.scenario, seat.index(), cx.state),
            };
            self.pay_one(&term.value, actor, cx, into);
        }
    }

    /// What one recipe pays to `actor`.
    pub(crate) fn pay_one(
        &mut self,
        recipe: &Recipe,
        actor: ActorId,
        cx: &Context<'_>,
        into: &mut Vec<Payment>,
    ) {
        let (coefficient, residual) = self.residual(recipe, cx);
        if coefficient != 0.0 && !self.is_zero(residual) {
            into.push(Payment { actor, coefficient, residual, reason: recipe.reason });
        }
    }

    fn intern(&mut self, expr: Expr) -> u32 {
        let text = format!("{expr:?}");
        if let Some(&found) = self.by_text.get(&text) {
            return found;
        }
        let id = u32::try_from(self.residuals.len()).expect("fewer than 2^32 residuals");
        self.residuals.push(expr);
        self.by_text.insert(text, id);
        id
    }
}

/// Who holds a seat in a state.
pub(crate) fn occupant(scenario: &Scenario, seat: usize, state: &[u8]) -> ActorId {
    ActorId(u16::from(state[scenario.seats[seat].occupant.index()]))
}
