//! Expression trees with names resolved and types checked.

use crate::ast::{Ast, Kind};
use crate::expr::{ActField, Binary, Expr, Unary};
use crate::names::{self, Names};
use crate::report::Report;
use crate::scenario::{ActorId, AttributeId, Domain, VariableId, VariableKind};
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

    fn comparison(&mut self, op: Binary, a: &Ast, b: &Ast, span: Span) -> Option<(Expr, Type)> {
        // The side whose type is known by itself gives the domain to the other side.
        let kind = match (self.quiet_type(a), self.quiet_type(b)) {
            (Some(left), Some(right)) => {
                if !has_value(&left, b, self.names) && has_value(&right, a, self.names) {
                    right
                } else {
                    left
                }
            }
            (Some(left), None) => left,
            (None, Some(right)) => right,
            (None, None) => {
                self.neither_known(a, b);
                return None;
            }
        };
        // What is wrong with the side that gives the domain is said first, and alone if the other
        // side is a mere value of it.
        let (left, right) = if self.quiet_type(a).is_some() {
            let left = self.want(a, &kind);
            if left.is_none() && matches!(b.kind, Kind::Name(_)) {
                return None;
            }
            (left, self.want(b, &kind))
        } else {
            let right = self.want(b, &kind)?;
            (self.want(a, &kind), Some(right))
        };
        let (left, right) = (Box::new(left?), Box::new(right?));
        let ordered = !matches!(op, Binary::Equal | Binary::NotEqual);
        if ordered {
            self.require_order(&kind, span)?;
        }
        self.reachable(&left, &right, op, b.span);
        self.reachable(&right, &left, mirrored(op), a.span);
        Some((Expr::Binary(op, left, right), Type::Boolean))
    }

    /// Reports the side of a comparison that should have been known.
    fn neither_known(&mut self, a: &Ast, b: &Ast) {
        let value_of_something = |ast: &Ast| match &ast.kind {
            Kind::Name(name) => {
                self.names.types.iter().any(|t| value_position(t, name, self.names).is_some())
            }
            _ => false,
        };
        let spoilt =
            |ast: &Ast| matches!(&ast.kind, Kind::Name(n) if self.names.spoilt.contains(n));
        if spoilt(a) || spoilt(b) {
            return;
        }
        let first = if value_of_something(a) && !value_of_something(b) { b } else { a };
        self.part(first, None);
    }

    fn require_order(&mut self, kind: &Type, span: Span) -> Option<()> {
        if kind.is_ordered() {
            return Some(());
        }
        let help = match kind {
            Type::Words { of, .. } if self.names.variable(of).is_some() => {
                Some(format!("declare `{of}` with `ordered = true`, or compare with `==`"))
            }
            _ => Some("compare with `==`".to_owned()),
        };
        let message = format!("{} has no order", kind.describe());
        self.report.advise("E022", span, message, help);
        None
    }

    /// Whether comparing an integer variable with a constant can be both true and false.
    fn reachable(&mut self, variable: &Expr, constant: &Expr, op: Binary, span: Span) {
        let (Expr::Variable(id), Some(x)) = (variable, number(constant)) else { return };
        let variable = &self.names.variables[id.index()];
        let Domain::Integers { low, high } = variable.domain else { return };
        let (low, high) = (f64::from(low), f64::from(high));
        let always = match op {
            Binary::Equal | Binary::NotEqual => {
                if x < low || x > high || x.fract() != 0.0 {
                    let message = format!("`{}` is never {x}", variable.name);
                    let help = format!("its range is {low} to {high}");
                    self.report.advise("E023", span, message, help);
                }
                return;
            }
            Binary::Less => (low >= x, high < x),
            Binary::LessOrEqual => (low > x, high <= x),
            Binary::Greater => (high <= x, low > x),
            Binary::GreaterOrEqual => (high < x, low >= x),
            _ => return,
        };
        let word = match always {
            (true, _) => "false",
            (_, true) => "true",
            _ => return,
        };
        let message = format!("this comparison is always {word}");
        let help = format!("`{}` ranges from {low} to {high}", variable.name);
        self.report.advise("W001", span, message, help);
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

    fn unknown(&mut self, name: &str, span: Span, wanted: Option<&Type>) {
        if self.names.spoilt.contains(name) {
            return;
        }
        if let Some(words) = wanted.and_then(|kind| values_of(kind, self.names)) {
            let kind = wanted.map_or("value", |k| match k {
                Type::Role => "role of the ladder",
                Type::Actor => "actor",
                Type::Move => "move",
                _ => "value",
            });
            let message = match wanted {
                Some(Type::Words { of, .. }) => format!("`{name}` is not a value of `{of}`"),
                _ => format!("there is no {kind} `{name}`"),
            };
            let help = names::suggest(name, words.iter().map(String::as_str), "values");
            self.report.advise("E023", span, message, help);
            return;
        }
        let help = self.help_for_unknown(name);
        self.report.advise("E021", span, format!("there is no `{name}` here"), help);
    }

    fn help_for_unknown(&self, name: &str) -> Option<String> {
        if name.contains('-') {
            let parts: Vec<&str> = name.split('-').collect();
            if parts.iter().all(|p| self.meaning(p).is_some() || p.parse::<f64>().is_ok()) {
                return Some(format!(
                    "subtraction is written with spaces: `{}`",
                    parts.join(" - ")
                ));
            }
        }
        if let Some(field) = name.strip_prefix("act.") {
            let own = self.names.attributes.iter().map(|a| a.id.as_str());
            let all: Vec<&str> = own.chain(["by", "actor", "move"]).collect();
            return Some(match names::nearest(field, all.iter().copied()) {
                Some(near) => format!("did you mean `act.{near}`?"),
                None => format!("attributes of an act: {}", names::list(&all)),
            });
        }
        if name == "stated" || name == "status" {
            return Some(format!("`{name}` is a word of red lines only"));
        }
        let scoped = name.split_once('.');
        if let Some((kind @ ("norms" | "treaties"), id)) = scoped
            && self.names.out_of_scope.iter().any(|n| n == name)
        {
            return Some(format!("`{id}` of [{kind}] is out of scope, so it has no state"));
        }
        let variables = self.names.variables.iter().filter(|_| self.scope.state);
        let mut all: Vec<&str> = variables.map(|v| v.name.as_str()).collect();
        let shorts: Vec<&str> =
            all.iter().filter_map(|n| n.rsplit_once('.')).map(|p| p.1).collect();
        all.extend(shorts.into_iter().filter(|s| !self.names.short(s).is_empty()));
        if self.scope.parameters {
            all.extend(self.names.parameters.keys().map(String::as_str));
            all.extend(self.names.quantities.keys().map(String::as_str));
        }
        all.extend(["stage", "peak_seen"]);
        if let Some(near) = names::nearest(name, all) {
            return Some(format!("did you mean `{near}`?"));
        }
        let holder = self.names.variables.iter().find(|v| match &v.domain {
            Domain::Words(words) => words.iter().any(|w| w == name),
            _ => false,
        });
        if let Some(variable) = holder {
            let of = &variable.name;
            return Some(format!("`{name}` is a value of `{of}`: write `{of} == {name}`"));
        }
        let attribute = self.names.attributes.iter().find(|a| a.values.iter().any(|v| v == name));
        if let (true, Some(attribute)) = (self.scope.act, attribute) {
            return Some(format!("write `act.{} == {name}`", attribute.id));
        }
        let what = match (self.scope.state, self.scope.parameters) {
            (true, true) => "a variable, a type, a parameter or a quantity",
            (true, false) => "a variable or a type",
            (false, true) => "a parameter or a quantity",
            (false, false) => "a property of the act, such as `act.means`",
        };
        Some(format!("{} reads {what}", self.scope.what))
    }
}

fn mirrored(op: Binary) -> Binary {
    match op {
        Binary::Less => Binary::Greater,
        Binary::LessOrEqual => Binary::GreaterOrEqual,
        Binary::Greater => Binary::Less,
        Binary::GreaterOrEqual => Binary::LessOrEqual,
        same => same,
    }
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Number(x) => Some(*x),
        Expr::Unary(Unary::Minus, inner) => match **inner {
            Expr::Number(x) => Some(-x),
            _ => None,
        },
        _ => None,
    }
}

fn has_value(kind: &Type, ast: &Ast, names: &Names) -> bool {
    match &ast.kind {
        Kind::Name(name) => value_position(kind, name, names).is_some(),
        _ => true,
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
