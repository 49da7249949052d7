//! Expression trees with names resolved and types checked.

mod comparison;
mod unknown;

use crate::ast::{Ast, Kind};
use crate::expr::{ActField, Binary, Expr, Unary};
use crate::names::{self, Names};
use crate::report::Report;
use crate::scenario::{ActorId, AttributeId, VariableId, VariableKind};
use crate::source::Span;
use crate::types::Type;

/// What an expression may read.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// What it is, for messages: "the condition of a move".
    pub(crate) what: &'a str,
    /// Parameters and quantities.
    pub(crate) parameters: bool,
    /// Variables, `stage`, `peak`.
    pub(crate) state: bool,
    /// `peak_seen`: there is an actor whose it is, who decides or owns the line.
    pub(crate) mover: bool,
    /// `act.…`.
    pub(crate) act: bool,
    /// Whose types may be read; everybody's if `None`.
    pub(crate) types_of: Option<ActorId>,
    /// Public variables only.
    pub(crate) public: bool,
    /// `stated` is a word here (in an actual line).
    pub(crate) stated: bool,
    /// `status` is a word here: the status of the red line at hand.
    pub(crate) status: Option<VariableId>,
}

impl<'a> Scope<'a> {
    /// Conditions, effects and attributes: the state.
    pub(crate) fn state(what: &'a str) -> Self {
        Self { state: true, ..Self::numbers(what) }.without_parameters()
    }

    /// Arithmetic in parameters.
    pub(crate) fn numbers(what: &'a str) -> Self {
        Self {
            what,
            parameters: true,
            state: false,
            mover: false,
            act: false,
            types_of: None,
            public: false,
            stated: false,
            status: None,
        }
    }

    /// Payoffs and probabilities that may read both.
    pub(crate) fn mixed(what: &'a str) -> Self {
        Self { state: true, ..Self::numbers(what) }
    }

    fn without_parameters(self) -> Self {
        Self { parameters: false, ..self }
    }
}

/// An expression after resolution.
pub(crate) struct Resolved {
    pub(crate) expr: Expr,
    /// The variables read, and where.
    pub(crate) reads: Vec<(VariableId, Span)>,
}

/// What a name stands for.
enum Meaning {
    Variable(VariableId),
    Parameter(Expr),
    Stage,
    PeakSeen,
    Act(ActField),
    Stated,
    /// Types of several actors.
    Several(Vec<VariableId>),
}

/// Resolves an expression that must have type `wanted`; `None` after a report.
pub(crate) fn resolve(
    ast: &Ast,
    wanted: &Type,
    scope: Scope<'_>,
    names: &Names,
    report: &mut Report,
) -> Option<Resolved> {
    let mut resolver = Resolver { names, scope, report, reads: Vec::new() };
    let expr = resolver.want(ast, wanted)?;
    Some(Resolved { expr, reads: resolver.reads })
}

struct Resolver<'a> {
    names: &'a Names,
    scope: Scope<'a>,
    report: &'a mut Report,
    reads: Vec<(VariableId, Span)>,
}

impl Resolver<'_> {
    fn want(&mut self, ast: &Ast, wanted: &Type) -> Option<Expr> {
        let (expr, found) = self.part(ast, Some(wanted))?;
        if found.agrees(wanted) {
            return Some(expr);
        }
        let help = match (wanted, &found) {
            (Type::Number, Type::Boolean) => Some("write `if … then 1 else 0`".to_owned()),
            (Type::Boolean, Type::Words { .. } | Type::Number | Type::Actor) => {
                Some("compare it with something: `x == y`".to_owned())
            }
            _ => None,
        };
        let message = format!("this must be {}, and is {}", wanted.describe(), found.describe());
        self.report.advise("E022", ast.span, message, help);
        None
    }

    /// Both are tried, so that problems of both are reported.
    fn want_two(&mut self, a: &Ast, b: &Ast, wanted: &Type) -> Option<(Box<Expr>, Box<Expr>)> {
        let a = self.want(a, wanted);
        let b = self.want(b, wanted);
        Some((Box::new(a?), Box::new(b?)))
    }

    fn part(&mut self, ast: &Ast, wanted: Option<&Type>) -> Option<(Expr, Type)> {
        match &ast.kind {
            Kind::Number(x) => Some((Expr::Number(*x), Type::Number)),
            Kind::Boolean(b) => Some((Expr::Number(f64::from(u8::from(*b))), Type::Boolean)),
            Kind::Name(name) => self.name(name, ast.span, wanted),
            Kind::Unary(op, a) => {
                let kind = if *op == Unary::Not { Type::Boolean } else { Type::Number };
                let a = self.want(a, &kind)?;
                Some((Expr::Unary(*op, Box::new(a)), kind))
            }
            Kind::Binary(op, a, b) => self.binary(*op, a, b, ast.span, wanted),
            Kind::If(c, a, b) => {
                let c = self.want(c, &Type::Boolean);
                let wanted = wanted.cloned().or_else(|| self.quiet_type(a).or(self.quiet_type(b)));
                let (a, kind) = match wanted {
                    Some(kind) => (self.want(a, &kind), kind),
                    None => {
                        let (a, kind) = self.part(a, None)?;
                        (Some(a), kind)
                    }
                };
                let b = self.want(b, &kind);
                Some((Expr::If(Box::new(c?), Box::new(a?), Box::new(b?)), kind))
            }
            Kind::In(x, items) => {
                let (x, kind) = self.part(x, None)?;
                let mut list = Vec::new();
                for item in items {
                    let expr = self.want(item, &kind);
                    if let Some(expr) = &expr {
                        self.reachable(&x, expr, Binary::Equal, item.span);
                    }
                    list.push(expr);
                }
                let list: Option<Vec<Expr>> = list.into_iter().collect();
                Some((Expr::In(Box::new(x), list?), Type::Boolean))
            }
        }
    }

    fn binary(
        &mut self,
        op: Binary,
        a: &Ast,
        b: &Ast,
        span: Span,
        wanted: Option<&Type>,
    ) -> Option<(Expr, Type)> {
        let kind = match op {
            Binary::And | Binary::Or => Type::Boolean,
            Binary::Min | Binary::Max => {
                let words = wanted.filter(|w| matches!(w, Type::Words { .. })).cloned();
                let kind = words.or_else(|| self.quiet_type(a).or(self.quiet_type(b)));
                let kind = kind.unwrap_or(Type::Number);
                self.require_order(&kind, span)?;
                kind
            }
            Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Power => {
                Type::Number
            }
            _ => return self.comparison(op, a, b, span),
        };
        let (a, b) = self.want_two(a, b, &kind)?;
        Some((Expr::Binary(op, a, b), kind))
    }

    /// The type of a part if it has one without knowing what is wanted. Reports nothing.
    fn quiet_type(&self, ast: &Ast) -> Option<Type> {
        match &ast.kind {
            Kind::Number(_) => Some(Type::Number),
            Kind::Boolean(_) | Kind::In(..) => Some(Type::Boolean),
            Kind::Name(name) => self.meaning(name).map(|m| self.type_of(&m)),
            Kind::Unary(Unary::Not, _) => Some(Type::Boolean),
            Kind::Unary(..) => Some(Type::Number),
            Kind::If(_, a, b) => self.quiet_type(a).or_else(|| self.quiet_type(b)),
            Kind::Binary(op, a, b) => match op {
                Binary::Min | Binary::Max => self.quiet_type(a).or_else(|| self.quiet_type(b)),
                Binary::Add
                | Binary::Subtract
                | Binary::Multiply
                | Binary::Divide
                | Binary::Power => Some(Type::Number),
                _ => Some(Type::Boolean),
            },
        }
    }

    fn type_of(&self, meaning: &Meaning) -> Type {
        match meaning {
            Meaning::Variable(id) => self.names.types[id.index()].clone(),
            Meaning::Parameter(_) | Meaning::Stage | Meaning::PeakSeen => Type::Number,
            Meaning::Act(ActField::Attribute(id)) => {
                let mut kind = Type::of_attribute(&self.names.attributes[id.index()]);
                if let Type::Words { of, .. } = &mut kind {
                    *of = format!("act.{of}").into();
                }
                kind
            }
            Meaning::Act(ActField::Role) => Type::Role,
            Meaning::Act(ActField::Actor) => Type::Actor,
            Meaning::Act(ActField::Move) => Type::Move,
            Meaning::Stated => Type::Boolean,
            Meaning::Several(ids) => self.names.types[ids[0].index()].clone(),
        }
    }

    fn meaning(&self, name: &str) -> Option<Meaning> {
        match name {
            "stage" => return Some(Meaning::Stage),
            "peak_seen" => return Some(Meaning::PeakSeen),
            "stated" if self.scope.stated => return Some(Meaning::Stated),
            "status" if self.scope.status.is_some() => {
                return self.scope.status.map(Meaning::Variable);
            }
            _ => {}
        }
        if let Some(field) = name.strip_prefix("act.") {
            return Some(Meaning::Act(match field {
                "by" => ActField::Role,
                "actor" => ActField::Actor,
                "move" => ActField::Move,
                _ => ActField::Attribute(AttributeId::new(self.names.attribute(field)?)),
            }));
        }
        if let Some(id) = self.names.variable(name) {
            return Some(Meaning::Variable(id));
        }
        if let Some(id) = self.names.parameters.get(name) {
            return Some(Meaning::Parameter(Expr::Parameter(*id)));
        }
        if let Some(id) = self.names.quantities.get(name) {
            return Some(Meaning::Parameter(Expr::Quantity(*id)));
        }
        match self.names.short(name) {
            [] => None,
            [id] => Some(Meaning::Variable(*id)),
            several => {
                let owned = |id: &&VariableId| match self.names.variables[id.index()].kind {
                    VariableKind::Type(actor) => self.scope.types_of == Some(actor),
                    _ => false,
                };
                Some(match several.iter().find(owned) {
                    Some(id) => Meaning::Variable(*id),
                    None => Meaning::Several(several.to_vec()),
                })
            }
        }
    }

    fn name(&mut self, name: &str, span: Span, wanted: Option<&Type>) -> Option<(Expr, Type)> {
        if let Some(kind) = wanted
            && let Some(position) = value_position(kind, name, self.names)
        {
            #[expect(clippy::cast_precision_loss, reason = "positions are small")]
            return Some((Expr::Number(position as f64), kind.clone()));
        }
        let Some(meaning) = self.meaning(name) else {
            self.unknown(name, span, wanted);
            return None;
        };
        let kind = self.type_of(&meaning);
        let what = self.scope.what;
        let expr = match meaning {
            Meaning::Parameter(expr) => {
                if !self.scope.parameters {
                    self.report.advise(
                        "E024",
                        span,
                        format!("{what} may not read the parameter `{name}`"),
                        "structure reads state, numbers read parameters: make it a variable, \
                         or put the parameter into a payoff or probability"
                            .to_owned(),
                    );
                    return None;
                }
                expr
            }
            Meaning::Act(ActField::Actor | ActField::Move)
                if self.scope.act && !self.scope.state =>
            {
                let message = format!("{what} may not name actors or moves");
                let help =
                    "it reads codes, attributes and `act.by`, so that it fits every scenario";
                self.report.advise("E028", span, message, help.to_owned());
                return None;
            }
            Meaning::Act(field) => {
                if !self.scope.act {
                    let message = format!("{what} has no act at hand, so `{name}` says nothing");
                    let help = "acts are read in red lines, norms and ladders";
                    self.report.advise("E028", span, message, help.to_owned());
                    return None;
                }
                Expr::Act(field)
            }
            Meaning::Stated => Expr::Stated,
            Meaning::Several(ids) => {
                let full: Vec<&str> =
                    ids.iter().map(|i| self.names.variables[i.index()].name.as_str()).collect();
                let message = format!("`{name}` is a type of several actors");
                let help = format!("write one of {}", names::list(&full));
                self.report.advise("E027", span, message, help);
                return None;
            }
            Meaning::Stage | Meaning::PeakSeen | Meaning::Variable(_) if !self.scope.state => {
                let message = format!("{what} may not read the state (`{name}`)");
                let help = if self.scope.act {
                    "it reads codes and attributes of the act, and `act.by`"
                } else {
                    "it is arithmetic in parameters and quantities"
                };
                self.report.advise("E025", span, message, help.to_owned());
                return None;
            }
            Meaning::Stage => Expr::Stage,
            Meaning::PeakSeen => {
                if self.scope.public {
                    let message = format!("{what} may not read `peak_seen`: it is not public");
                    let help = "a stated line reads the act as coded and public variables";
                    self.report.advise("E026", span, message, help.to_owned());
                    return None;
                }
                if !self.scope.mover {
                    let message = format!("{what} belongs to no actor, so there is no `peak_seen`");
                    let help =
                        "`peak` is the highest rung so far; `peak_seen` is for moves and red lines";
                    self.report.advise("E028", span, message, help.to_owned());
                    return None;
                }
                Expr::PeakSeen
            }
            Meaning::Variable(id) => {
                self.may_read(id, span)?;
                self.reads.push((id, span));
                Expr::Variable(id)
            }
        };
        Some((expr, kind))
    }

    fn may_read(&mut self, id: VariableId, span: Span) -> Option<()> {
        let variable = &self.names.variables[id.index()];
        let what = self.scope.what;
        let public = variable.visibility == crate::scenario::Visibility::Everybody;
        if self.scope.public && !public {
            let message = format!("{what} may not read `{}`: it is not public", variable.name);
            let help = "a stated line reads the act as coded and public variables";
            self.report.advise("E026", span, message, help.to_owned());
            return None;
        }
        if let (VariableKind::Type(_), Some(owner)) = (variable.kind, self.scope.types_of)
            && !crate::visibility::sees(&variable.visibility, owner)
        {
            let owner = &self.names.actors[owner.index()];
            let message =
                format!("{what} may not read `{}`: {owner} does not see it", variable.name);
            let help = format!("it reads types of {owner}, and types known to {owner}");
            self.report.advise("E026", span, message, help);
            return None;
        }
        Some(())
    }
}

/// The values of a type that are written as words.
fn values_of<'a>(kind: &'a Type, names: &'a Names) -> Option<&'a [String]> {
    match kind {
        Type::Number | Type::Boolean => None,
        Type::Words { words, .. } => Some(words),
        Type::Role => Some(&names.roles),
        Type::Actor => Some(&names.actors),
        Type::Move => Some(&names.moves),
    }
}

fn value_position(kind: &Type, name: &str, names: &Names) -> Option<usize> {
    values_of(kind, names)?.iter().position(|w| w == name)
}
