//! Intermediates in words, and any payoff or probability as its list of reasons.

pub mod figures;
pub mod names;
pub mod stages;
pub mod syntax;

use climbdown_lang::eval;
use climbdown_lang::expr::{ActField, Binary, Expr, Unary};
use climbdown_lang::scenario::{ActorId, Scenario};
use climbdown_lang::source::{SourceMap, Span};
use climbdown_lang::template::{Assignment, Payment, Template};
use quantal::{EdgeId, NodeId, NodeKind, PlayerId, Viewer};

use crate::draw::place_name;
use crate::layout::{cell, push, wrap};
use crate::number::given;
use crate::{number, words};

/// Why the mover at a node does what it does: one entry per action, and what it believes.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// λ of the mover, per payoff.
    pub lambda_raw: f64,
    /// Probability of each action.
    pub probabilities: Vec<f64>,
    /// Weight of each action.
    pub weights: Vec<f64>,
    /// Q: the mover's expected payoff of each action, by its own beliefs.
    pub values: Vec<f64>,
    /// The mover's belief over the nodes of its information set; empty if it holds them impossible.
    pub beliefs: Vec<(NodeId, f64)>,
}

/// What a node is, and why its payoffs and probabilities are what they are. `choice` is for nodes
/// at which somebody decides.
#[must_use]
pub fn node(
    template: &Template,
    assignment: &Assignment,
    map: &SourceMap,
    node: NodeId,
    choice: Option<&Choice>,
) -> String {
    let (graph, scenario) = (&template.graph, &template.scenario);
    let why = Why { template, assignment, map };
    let kind = match graph.kind(node) {
        NodeKind::Decision(infoset) => {
            let player = &graph.players()[graph.infoset(infoset).player.index()];
            format!("{player} decides, information set {}", infoset.0)
        }
        NodeKind::Chance => "nature draws".to_owned(),
        NodeKind::Terminal => "the crisis is over".to_owned(),
    };
    let place = place_name(scenario, template.places[node.index()]);
    let mut out = wrap("", "  ", &format!("node {}: {place}; {kind}", node.0));
    let state: Vec<String> = scenario
        .variables
        .iter()
        .zip(template.state(node))
        .map(|(v, &at)| format!("{}={}", v.name, words::value_text(scenario, v, at)))
        .collect();
    out.push_str(&wrap("  state  ", "         ", &state.join(", ")));
    if let Some(choice) = choice {
        let others = choice.beliefs.iter().filter(|(n, _)| *n != node);
        let mut beliefs: Vec<_> =
            choice.beliefs.iter().filter(|(n, _)| *n == node).chain(others).collect();
        beliefs.truncate(8);
        let list: Vec<String> = beliefs
            .iter()
            .map(|(n, b)| format!("node {} {}", n.0, number::probability(*b)))
            .collect();
        let list =
            if list.is_empty() { "it holds this impossible".to_owned() } else { list.join(", ") };
        out.push_str(&wrap("  believes  ", "            ", &list));
    }
    for (k, edge) in graph.edges(node).enumerate() {
        out.push('\n');
        why.edge(&mut out, node, edge);
        if let Some(choice) = choice {
            push(
                &mut out,
                &format!(
                    "    probability {}, proportional to {} x exp({} x {}) = weight x exp(lambda x Q)",
                    number::probability(choice.probabilities[k]),
                    given(choice.weights[k]),
                    given(choice.lambda_raw),
                    number::plain(choice.values[k])
                ),
            );
        }
    }
    why.payments(&mut out, template.terminal_payments(node));
    out
}

struct Why<'a> {
    template: &'a Template,
    assignment: &'a Assignment,
    map: &'a SourceMap,
}

impl Why<'_> {
    fn edge(&self, out: &mut String, node: NodeId, edge: EdgeId) {
        let (graph, scenario) = (&self.template.graph, &self.template.scenario);
        let mut head = format!("  {} -> node {}", graph.edge_label(node, edge), graph.to(edge).0);
        if let Some(act) = self.template.act(edge) {
            head.push_str(&format!(", rung {}", act.rung));
            for (a, &seen) in act.rung_seen.iter().enumerate().filter(|&(_, &r)| r != act.rung) {
                head.push_str(&format!(", to {} rung {seen}", scenario.actors[a].id));
            }
        }
        push(out, &head);
        if let Some((analyst, reason)) = self.template.chance(edge, Viewer::Analyst) {
            self.probability(out, "analyst", analyst);
            for p in 0..graph.n_players() {
                let own = self.template.chance(edge, Viewer::Player(PlayerId::new(p)));
                if let Some((own, _)) = own.filter(|(own, _)| *own != analyst) {
                    self.probability(out, &graph.players()[p], own);
                }
            }
            push(out, &format!("      from {} at {}", reason.label, place(self.map, reason.span)));
        }
        self.payments(out, self.template.edge_payments(edge));
    }

    fn probability(&self, out: &mut String, viewer: &str, expr: &Expr) {
        let scenario = &self.template.scenario;
        let p = eval::number(expr, scenario, &self.assignment.values);
        let formula = match expr {
            Expr::Number(_) => String::new(),
            expr => format!(" = {}", expression(scenario, expr)),
        };
        out.push_str(&wrap(
            &format!("    p by {} ", cell(viewer, 12)),
            "        ",
            &format!("{}{formula}", given(p)),
        ));
    }

    fn payments(&self, out: &mut String, payments: &[Payment]) {
        let scenario = &self.template.scenario;
        for actor in 0..scenario.actors.len() {
            let own: Vec<&Payment> =
                payments.iter().filter(|p| p.actor == ActorId::new(actor)).collect();
            let values: Vec<f64> = own.iter().map(|p| self.value(p)).collect();
            if own.is_empty() {
                continue;
            }
            let sum: f64 = values.iter().sum();
            push(out, &format!("    {} gets {}", scenario.actors[actor].id, given(sum)));
            for (payment, value) in own.iter().zip(values) {
                let residual = &self.template.residuals[payment.residual as usize];
                let reason = &self.template.reasons[payment.reason as usize];
                let formula = match (payment.coefficient, residual) {
                    (_, Expr::Number(_)) => String::new(),
                    (1.0, expr) => format!(" = {}", expression(scenario, expr)),
                    (c, expr) => format!(" = {} x {}", given(c), expression(scenario, expr)),
                };
                out.push_str(&wrap(
                    "      ",
                    "          ",
                    &format!(
                        "{}{formula}, from {} at {}",
                        given(value),
                        reason.label,
                        place(self.map, reason.span)
                    ),
                ));
            }
        }
    }

    fn value(&self, payment: &Payment) -> f64 {
        let residual = &self.template.residuals[payment.residual as usize];
        payment.coefficient
            * eval::number(residual, &self.template.scenario, &self.assignment.values)
    }
}

/// `file:line:column` of the beginning of `span`.
#[must_use]
pub fn place(map: &SourceMap, span: Span) -> String {
    let at = map.position(span);
    format!("{}:{}:{}", at.file, at.line, at.column)
}

/// An expression as text. Values of enumerations stand as positions in their domain: what is meant
/// for people is what is left when the state is put in, which holds parameters and numbers only.
#[must_use]
pub fn expression(scenario: &Scenario, expr: &Expr) -> String {
    bound(scenario, expr, 0)
}

/// `expr`, in brackets if its operator binds weaker than `outer`.
fn bound(scenario: &Scenario, expr: &Expr, outer: u8) -> String {
    let of = |e: &Expr, level: u8| bound(scenario, e, level);
    let (text, level) = match expr {
        Expr::Number(x) => (given(*x), 9),
        Expr::Parameter(p) => (scenario.parameters[p.index()].name.clone(), 9),
        Expr::Quantity(q) => (scenario.quantities[q.index()].name.clone(), 9),
        Expr::Variable(v) => (scenario.variables[v.index()].name.clone(), 9),
        Expr::Stage => ("stage".to_owned(), 9),
        Expr::PeakSeen => ("peak_seen".to_owned(), 9),
        Expr::Stated => ("stated".to_owned(), 9),
        Expr::Act(field) => (
            match field {
                ActField::Attribute(a) => {
                    format!("act.{}", scenario.ladders[0].attributes[a.index()].id)
                }
                ActField::Role => "act.by".to_owned(),
                ActField::Actor => "act.actor".to_owned(),
                ActField::Move => "act.move".to_owned(),
            },
            9,
        ),
        Expr::Unary(Unary::Minus, a) => (format!("-{}", of(a, 7)), 6),
        Expr::Unary(Unary::Not, a) => (format!("not {}", of(a, 3)), 3),
        Expr::Unary(op, a) => {
            let name = match op {
                Unary::Abs => "abs",
                Unary::Exp => "exp",
                Unary::Ln => "ln",
                _ => "sqrt",
            };
            (format!("{name}({})", of(a, 0)), 9)
        }
        Expr::Binary(op @ (Binary::Min | Binary::Max), a, b) => {
            let name = if *op == Binary::Min { "min" } else { "max" };
            (format!("{name}({}, {})", of(a, 0), of(b, 0)), 9)
        }
        Expr::Binary(op, a, b) => {
            let (sign, level) = operator(*op);
            (format!("{} {sign} {}", of(a, level), of(b, level + 1)), level)
        }
        Expr::If(c, a, b) => (format!("if {} then {} else {}", of(c, 1), of(a, 1), of(b, 1)), 0),
        Expr::In(x, list) => {
            let items: Vec<String> = list.iter().map(|e| of(e, 0)).collect();
            (format!("{} in [{}]", of(x, 5), items.join(", ")), 4)
        }
    };
    if level < outer { format!("({text})") } else { text }
}

fn operator(op: Binary) -> (&'static str, u8) {
    match op {
        Binary::Or => ("or", 1),
        Binary::And => ("and", 2),
        Binary::Equal => ("==", 4),
        Binary::NotEqual => ("!=", 4),
        Binary::Less => ("<", 4),
        Binary::LessOrEqual => ("<=", 4),
        Binary::Greater => (">", 4),
        Binary::GreaterOrEqual => (">=", 4),
        Binary::Add => ("+", 5),
        Binary::Subtract => ("-", 5),
        Binary::Multiply => ("*", 6),
        Binary::Divide => ("/", 6),
        Binary::Power => ("^", 7),
        Binary::Min => ("min", 0),
        Binary::Max => ("max", 0),
    }
}
