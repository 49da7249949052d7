//! Types of expressions: what may be compared with what.

use std::rc::Rc;

use crate::names;
use crate::scenario::{Attribute, Domain, Variable};

/// The type of an expression.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    Number,
    Boolean,
    /// Values of an enumeration or codes of an attribute.
    Words {
        words: Rc<[String]>,
        ordered: bool,
        /// Whose values they are, for messages.
        of: Rc<str>,
    },
    Role,
    Actor,
    Move,
}

impl Type {
    pub(crate) fn of_variable(variable: &Variable) -> Self {
        match &variable.domain {
            Domain::Boolean => Type::Boolean,
            Domain::Words(words) => Type::Words {
                words: words.as_slice().into(),
                ordered: variable.ordered,
                of: variable.name.as_str().into(),
            },
            Domain::Integers { .. } => Type::Number,
            Domain::Actors => Type::Actor,
        }
    }

    pub(crate) fn of_attribute(attribute: &Attribute) -> Self {
        Type::Words {
            words: attribute.values.as_slice().into(),
            ordered: attribute.ordered,
            of: attribute.id.as_str().into(),
        }
    }

    /// Whether values of the two can be the same.
    pub(crate) fn agrees(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Words { words: a, .. }, Type::Words { words: b, .. }) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    pub(crate) fn is_ordered(&self) -> bool {
        matches!(self, Type::Number | Type::Words { ordered: true, .. })
    }

    /// What it is, for messages.
    pub(crate) fn describe(&self) -> String {
        match self {
            Type::Number => "a number".to_owned(),
            Type::Boolean => "true or false".to_owned(),
            Type::Words { of, words, .. } => {
                format!("a value of `{of}` ({})", names::list(words))
            }
            Type::Role => "a role".to_owned(),
            Type::Actor => "an actor".to_owned(),
            Type::Move => "a move".to_owned(),
        }
    }
}
