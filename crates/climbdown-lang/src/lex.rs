//! Expression text as tokens.

use crate::report::Report;
use crate::source::Span;
use crate::syntax::Text;

/// Longest expression, in tokens; so that no later step nests deeper than it can.
const MAX_TOKENS: usize = 1000;

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) span: Span,
    pub(crate) kind: TokenKind,
}

/// The kinds of token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    Number(f64),
    Name(String),
    /// Operators, brackets, commas and words such as `and`.
    Symbol(&'static str),
    End,
}

const WORDS: &[&str] = &["and", "or", "not", "in", "if", "then", "else"];
const SYMBOLS: &[&str] =
    &["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", ";"];

/// The tokens of a text, the last being [`TokenKind::End`]; `None` after a report.
pub(crate) fn tokens(text: &Text, report: &mut Report) -> Option<Vec<Token>> {
    let source = text.text.as_str();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if found.len() >= MAX_TOKENS {
            report.advise(
                "E003",
                text.at(at, at + first.len_utf8()),
                format!("this expression has more than {MAX_TOKENS} words and signs"),
                "split it into simpler parts".to_owned(),
            );
            return None;
        }
        let rest = &source[at..];
        let (kind, length) = if first.is_alphabetic() {
            let length = name_length(rest);
            match WORDS.iter().find(|w| **w == &rest[..length]) {
                Some(word) => (TokenKind::Symbol(word), length),
                None => (TokenKind::Name(rest[..length].to_owned()), length),
            }
        } else if first.is_ascii_digit() {
            let length = number_length(rest);
            match rest[..length].replace('_', "").parse::<f64>() {
                Ok(x) if x.is_finite() => (TokenKind::Number(x), length),
                _ => {
                    let span = text.at(at, at + length);
                    report.say("E020", span, format!("`{}` is not a number", &rest[..length]));
                    return None;
                }
            }
        } else if let Some(symbol) = SYMBOLS.iter().find(|s| rest.starts_with(**s)) {
            (TokenKind::Symbol(symbol), symbol.len())
        } else {
            let span = text.at(at, at + first.len_utf8());
            let help = match first {
                '=' => Some("to compare, write `==`"),
                '&' => Some("write `and`"),
                '|' => Some("write `or`"),
                '!' => Some("write `not`, or `!=` to compare"),
                '.' => Some("write the digit before the point: `0.5`"),
                '%' => Some("write a share: 30 % is `0.3`"),
                '"' | '\'' => Some("values stand without quotes inside an expression"),
                '–' | '−' => Some("write the hyphen `-` for minus"),
                _ => None,
            };
            report.advise(
                "E020",
                span,
                format!("`{first}` has no meaning in an expression"),
                help.map(str::to_owned),
            );
            return None;
        };
        found.push(Token { span: text.at(at, at + length), kind });
        at += length;
    }
    found.push(Token { span: text.at(source.len(), source.len()), kind: TokenKind::End });
    Some(found)
}

/// A name runs on over a hyphen or a dot only if it goes on behind it.
fn name_length(rest: &str) -> usize {
    let mut end = 0;
    let mut letters = rest.char_indices().peekable();
    while let Some((i, c)) = letters.next() {
        let goes_on = match c {
            '-' => letters.peek().is_some_and(|(_, n)| n.is_alphanumeric() || *n == '_'),
            '.' => letters.peek().is_some_and(|(_, n)| n.is_alphanumeric()),
            _ => c.is_alphanumeric() || c == '_',
        };
        if !goes_on {
            break;
        }
        end = i + c.len_utf8();
    }
    end
}

fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |mut i: usize| {
        while i < bytes.len() && (bytes[i].is_ascii_digit() || bytes[i] == b'_') {
            i += 1;
        }
        i
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    end
}
