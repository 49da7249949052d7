//! The tables and keys of the language: one list for the checker and for the schema of editors.

mod ladder;
mod scenario;

pub(crate) use ladder::LADDER;
pub(crate) use scenario::{NORM_STATES, SCENARIO};

/// What may stand behind a key.
#[derive(Debug)]
pub(crate) enum Kind {
    Text,
    /// A text of a form that an example shows.
    Like(&'static str),
    Integer,
    Number,
    Boolean,
    Date,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A number, or arithmetic in a string.
    Quantity,
    /// A condition in a string, or `true` or `false`.
    Condition,
    /// A value: a word, an expression in a string, an integer, `true` or `false`.
    Value,
    List(&'static Kind),
    /// One, or a list.
    OneOrMany(&'static Kind),
    /// Keys of the writer's choice; what they name.
    Map(&'static str, &'static Kind),
    /// Keys that are paths such as `seat.london`, with or without quotes; what they name.
    Paths(&'static str, &'static Kind),
    Table(&'static Fields),
    /// The first that fits.
    Any(&'static [Kind]),
}

/// A table with fixed keys.
#[derive(Debug)]
pub(crate) struct Fields {
    /// What it is, for messages: "a move".
    pub(crate) what: &'static str,
    pub(crate) fields: &'static [Field],
}

/// A key.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    /// What it means, for editors.
    pub(crate) text: &'static str,
}

const fn must(name: &'static str, kind: Kind, text: &'static str) -> Field {
    Field { name, kind, required: true, text }
}

const fn may(name: &'static str, kind: Kind, text: &'static str) -> Field {
    Field { name, kind, required: false, text }
}

impl Kind {
    /// What is expected, for messages.
    pub(crate) fn describe(&self) -> String {
        match self {
            Kind::Text => "a text in quotes".to_owned(),
            Kind::Like(example) => format!("a text such as \"{example}\""),
            Kind::Integer => "an integer".to_owned(),
            Kind::Number => "a number".to_owned(),
            Kind::Boolean => "true or false".to_owned(),
            Kind::Date => "a date without quotes, such as 2024-11-17".to_owned(),
            Kind::Word(words) => format!("one of {}", crate::names::list(words)),
            Kind::Quantity => "a number, or arithmetic in quotes".to_owned(),
            Kind::Condition => "a condition in quotes".to_owned(),
            Kind::Value => "a value, or an expression in quotes".to_owned(),
            Kind::List(inner) => format!("a list `[…]`, each {}", inner.describe()),
            Kind::OneOrMany(inner) => format!("{}, or a list of them", inner.describe()),
            Kind::Map(names, _) | Kind::Paths(names, _) => {
                format!("a table `{{ … }}` by {names}")
            }
            Kind::Table(fields) => {
                let names: Vec<&str> =
                    fields.fields.iter().filter(|f| f.required).map(|f| f.name).collect();
                if names.is_empty() {
                    "a table `{ … }`".to_owned()
                } else {
                    format!("a table `{{ {} }}`", names.join(", "))
                }
            }
            Kind::Any(kinds) => kinds.iter().map(Kind::describe).collect::<Vec<_>>().join("; or "),
        }
    }
}
