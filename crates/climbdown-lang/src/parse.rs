//! Tokens as expression trees (Pratt 1973).

use crate::ast::{Ast, Kind, Term};
use crate::expr::{Binary, Unary};
use crate::lex::{self, Token, TokenKind};
use crate::limits::MAX_DEPTH;
use crate::names;
use crate::report::Report;
use crate::source::Span;
use crate::syntax::Text;

const FUNCTIONS: &[&str] = &["min", "max", "abs", "exp", "ln", "sqrt"];

/// Reads an expression; `None` after a report.
pub(crate) fn expression(text: &Text, report: &mut Report) -> Option<Ast> {
    let mut parser = Parser::new(text, report)?;
    let ast = parser.expression(0)?;
    parser.end()?;
    Some(ast)
}

/// Reads terms `value if condition; …`; `None` after a report.
pub(crate) fn terms(text: &Text, report: &mut Report) -> Option<Vec<Term>> {
    let mut parser = Parser::new(text, report)?;
    let mut found = Vec::new();
    loop {
        let value = parser.expression(0)?;
        let condition = if parser.take("if") { Some(parser.expression(0)?) } else { None };
        let end = condition.as_ref().map_or(value.span, |c| c.span);
        found.push(Term { span: join(value.span, end), value, condition });
        if !parser.take(";") || parser.peek().kind == TokenKind::End {
            break;
        }
    }
    parser.end()?;
    Some(found)
}

struct Parser<'a> {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    report: &'a mut Report,
}

fn join(a: Span, b: Span) -> Span {
    Span { file: a.file, start: a.start.min(b.start), end: a.end.max(b.end) }
}

impl<'a> Parser<'a> {
    fn new(text: &Text, report: &'a mut Report) -> Option<Self> {
        let tokens = lex::tokens(text, report)?;
        if tokens.len() == 1 {
            report.say("E020", text.span, "this expression is empty");
            return None;
        }
        Some(Self { tokens, next: 0, depth: 0, report })
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.next]
    }

    fn advance(&mut self) -> Token {
        let token = self.tokens[self.next].clone();
        if self.next + 1 < self.tokens.len() {
            self.next += 1;
        }
        token
    }

    fn take(&mut self, symbol: &'static str) -> bool {
        let found = self.peek().kind == TokenKind::Symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    fn require(&mut self, symbol: &'static str, after: &str) -> Option<()> {
        if self.take(symbol) {
            return Some(());
        }
        let span = self.peek().span;
        let message = format!("`{symbol}` is missing {after}, before {}", self.here());
        self.report.say("E020", span, message);
        None
    }

    fn end(&mut self) -> Option<()> {
        if self.peek().kind == TokenKind::End {
            return Some(());
        }
        let span = self.peek().span;
        let help = match &self.peek().kind {
            TokenKind::Symbol(";") => "terms separated by `;` are for payoffs only",
            TokenKind::Symbol("if") => "a choice is written `if c then a else b`",
            TokenKind::Symbol(")" | "]") => "a bracket is closed that was not opened",
            _ => "an operator such as `and`, `+` or `==` may be missing",
        };
        let message = format!("{} does not continue the expression", self.here());
        self.report.advise("E020", span, message, help.to_owned());
        None
    }

    fn here(&self) -> String {
        match &self.peek().kind {
            TokenKind::Number(x) => format!("`{x}`"),
            TokenKind::Name(name) => format!("`{name}`"),
            TokenKind::Symbol(symbol) => format!("`{symbol}`"),
            TokenKind::End => "the end".to_owned(),
        }
    }

    /// An expression whose operators bind more tightly than `floor`.
    fn expression(&mut self, floor: u8) -> Option<Ast> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = self.peek().span;
            self.report.advise(
                "E003",
                span,
                format!("this expression is nested deeper than {MAX_DEPTH}"),
                "split it into simpler parts".to_owned(),
            );
            return None;
        }
        let mut left = self.prefix()?;
        while let Some((symbol, strength)) = self.infix() {
            if strength <= floor {
                break;
            }
            self.advance();
            left = self.rest_of(left, symbol, strength)?;
        }
        self.depth -= 1;
        Some(left)
    }

    fn infix(&self) -> Option<(&'static str, u8)> {
        let TokenKind::Symbol(symbol) = self.peek().kind else { return None };
        let strength = match symbol {
            "or" => 1,
            "and" => 2,
            "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" => 4,
            "+" | "-" => 5,
            "*" | "/" => 6,
            "^" => 8,
            _ => return None,
        };
        Some((symbol, strength))
    }

    fn rest_of(&mut self, left: Ast, symbol: &'static str, strength: u8) -> Option<Ast> {
        if symbol == "in" {
            self.require("[", "after `in`")?;
            let items = self.arguments("]")?;
            let end = self.tokens[self.next - 1].span;
            let span = join(left.span, end);
            return Some(Ast { span, kind: Kind::In(Box::new(left), items) });
        }
        let op = match symbol {
            "or" => Binary::Or,
            "and" => Binary::And,
            "==" => Binary::Equal,
            "!=" => Binary::NotEqual,
            "<" => Binary::Less,
            "<=" => Binary::LessOrEqual,
            ">" => Binary::Greater,
            ">=" => Binary::GreaterOrEqual,
            "+" => Binary::Add,
            "-" => Binary::Subtract,
            "*" => Binary::Multiply,
            "/" => Binary::Divide,
            _ => Binary::Power,
        };
        // Powers are read from the right: 2 ^ 3 ^ 2 = 2 ^ 9.
        let right = self.expression(if op == Binary::Power { strength - 1 } else { strength })?;
        let compares = strength == 4;
        if compares && let Some((next, 4)) = self.infix() {
            let span = self.peek().span;
            self.report.advise(
                "E020",
                span,
                format!("`{next}` cannot follow a comparison"),
                "write `a < b and b < c`".to_owned(),
            );
            return None;
        }
        let span = join(left.span, right.span);
        Some(Ast { span, kind: Kind::Binary(op, Box::new(left), Box::new(right)) })
    }

    fn prefix(&mut self) -> Option<Ast> {
        let token = self.advance();
        let span = token.span;
        let kind = match token.kind {
            TokenKind::Number(x) => Kind::Number(x),
            TokenKind::Name(name) => return self.name(name, span),
            TokenKind::Symbol("-") => {
                let inner = self.expression(7)?;
                return Some(Ast {
                    span: join(span, inner.span),
                    kind: Kind::Unary(Unary::Minus, Box::new(inner)),
                });
            }
            TokenKind::Symbol("+") => return self.expression(7),
            TokenKind::Symbol("not") => {
                let inner = self.expression(3)?;
                return Some(Ast {
                    span: join(span, inner.span),
                    kind: Kind::Unary(Unary::Not, Box::new(inner)),
                });
            }
            TokenKind::Symbol("(") => {
                let inner = self.expression(0)?;
                self.require(")", "to close the parenthesis")?;
                return Some(inner);
            }
            TokenKind::Symbol("if") => {
                let condition = self.expression(0)?;
                self.require("then", "after the condition")?;
                let yes = self.expression(0)?;
                self.require("else", "after the first choice")?;
                let no = self.expression(0)?;
                let span = join(span, no.span);
                let parts = (Box::new(condition), Box::new(yes), Box::new(no));
                return Some(Ast { span, kind: Kind::If(parts.0, parts.1, parts.2) });
            }
            TokenKind::Symbol(symbol) => {
                let message = format!("a value is missing before `{symbol}`");
                self.report.say("E020", span, message);
                return None;
            }
            TokenKind::End => {
                self.report.say("E020", span, "a value is missing at the end");
                return None;
            }
        };
        Some(Ast { span, kind })
    }

    fn name(&mut self, name: String, span: Span) -> Option<Ast> {
        if self.peek().kind == TokenKind::Symbol("(") {
            return self.call(&name, span);
        }
        let kind = match name.as_str() {
            "true" => Kind::Boolean(true),
            "false" => Kind::Boolean(false),
            _ => Kind::Name(name),
        };
        Some(Ast { span, kind })
    }

    fn call(&mut self, name: &str, span: Span) -> Option<Ast> {
        if !FUNCTIONS.contains(&name) {
            self.report.advise(
                "E020",
                span,
                format!("there is no function `{name}`"),
                names::suggest(name, FUNCTIONS.iter().copied(), "functions"),
            );
            return None;
        }
        self.advance();
        let mut arguments = self.arguments(")")?;
        let span = join(span, self.tokens[self.next - 1].span);
        let unary = match name {
            "abs" => Some(Unary::Abs),
            "exp" => Some(Unary::Exp),
            "ln" => Some(Unary::Ln),
            "sqrt" => Some(Unary::Sqrt),
            _ => None,
        };
        let n = arguments.len();
        if let Some(op) = unary {
            if let (1, Some(argument)) = (n, arguments.pop()) {
                return Some(Ast { span, kind: Kind::Unary(op, Box::new(argument)) });
            }
            self.report.say("E020", span, format!("`{name}` takes one argument, not {n}"));
            return None;
        }
        let op = if name == "min" { Binary::Min } else { Binary::Max };
        if n < 2 {
            self.report.say("E020", span, format!("`{name}` takes at least two arguments"));
            return None;
        }
        arguments
            .into_iter()
            .reduce(|a, b| Ast { span, kind: Kind::Binary(op, Box::new(a), Box::new(b)) })
    }

    /// What stands between the bracket just opened and `close`, separated by commas.
    fn arguments(&mut self, close: &'static str) -> Option<Vec<Ast>> {
        let mut found = Vec::new();
        while !self.take(close) {
            if !found.is_empty() {
                self.require(",", "between the values")?;
                if self.take(close) {
                    break;
                }
            }
            found.push(self.expression(0)?);
        }
        Some(found)
    }
}
