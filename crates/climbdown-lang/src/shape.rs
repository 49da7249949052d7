//! Whether a tree has the tables and keys of the language, whatever they say.

use crate::keys::{Fields, Kind};
use crate::names;
use crate::report::Report;
use crate::syntax::{Entry, Node, Table, Value};

/// Reports unknown keys, missing keys and wrong kinds of values.
pub(crate) fn check(root: &Table, fields: &Fields, report: &mut Report) {
    Shape { head: fields, report }.table(root, fields);
}

struct Shape<'a> {
    head: &'a Fields,
    report: &'a mut Report,
}

impl Shape<'_> {
    fn table(&mut self, table: &Table, fields: &Fields) {
        for entry in &table.entries {
            match fields.fields.iter().find(|f| f.name == entry.name) {
                Some(field) => self.node(&entry.node, &field.kind, &entry.name),
                None => self.unknown(entry, fields),
            }
        }
        for field in fields.fields.iter().filter(|f| f.required) {
            if table.get(field.name).is_none() {
                let message = format!("{} needs `{}`", fields.what, field.name);
                let name = field.name;
                let written = match &field.kind {
                    Kind::Table(_) if fields.what == self.head.what && name != "start_rung" => {
                        format!("[{name}]")
                    }
                    Kind::Map(..) if fields.what == self.head.what => format!("[{name}.NAME]"),
                    Kind::List(Kind::Table(_)) if fields.what == self.head.what => {
                        format!("[[{name}]]")
                    }
                    Kind::Table(inner) => {
                        let keys = inner.fields.iter().filter(|f| f.required).map(|f| f.name);
                        format!("{name} = {{ {} }}", keys.collect::<Vec<_>>().join(", "))
                    }
                    _ => format!("{name} = …"),
                };
                let help = format!("write `{written}`: {}", field.text);
                self.report.advise("E011", table.span, message, help);
            }
        }
    }

    fn unknown(&mut self, entry: &Entry, fields: &Fields) {
        let message = format!("`{}` is not a key of {}", entry.name, fields.what);
        let known = fields.fields.iter().map(|f| f.name);
        let in_head = self.head.fields.iter().any(|f| f.name == entry.name);
        let help = match names::nearest(&entry.name, known.clone()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if in_head => Some(format!(
                "`{}` belongs to the top of the file, before the first table",
                entry.name
            )),
            None => names::suggest(&entry.name, known, "keys"),
        };
        self.report.advise("E010", entry.span, message, help);
    }

    fn node(&mut self, node: &Node, kind: &Kind, name: &str) {
        if matches!(node.value, Value::Invalid) {
            return;
        }
        if !fits(node, kind) {
            let message = format!("`{name}` is {}", node.describe());
            let help = format!("it must be {}", kind.describe());
            self.report.advise("E012", node.span, message, help);
            return;
        }
        match (kind, &node.value) {
            (Kind::Word(words), Value::Text(text)) if !words.contains(&text.text.as_str()) => {
                let message = format!("`{}` is not a value of `{name}`", text.text);
                let help = names::suggest(&text.text, words.iter().copied(), "values");
                self.report.advise("E016", node.span, message, help);
            }
            (Kind::List(inner) | Kind::OneOrMany(inner), Value::Array(items)) => {
                items.iter().for_each(|item| self.node(item, inner, name));
            }
            (Kind::OneOrMany(inner), _) => self.node(node, inner, name),
            (Kind::Map(_, inner), Value::Table(table)) => {
                for entry in &table.entries {
                    if matches!(kind, Kind::Map("variable" | "parameter" | "quantity", _))
                        && belongs_to_head(entry)
                    {
                        let message = format!("`{}` stands under a table", entry.name);
                        let help = "it belongs to the top of the file, before the first table";
                        self.report.advise("E010", entry.span, message, help.to_owned());
                        continue;
                    }
                    self.node(&entry.node, inner, &entry.name);
                }
            }
            (Kind::Paths(_, inner), Value::Table(table)) => {
                for (path, _, node) in table.paths() {
                    self.node(node, inner, &path);
                }
            }
            (Kind::Table(fields), Value::Table(table)) => self.table(table, fields),
            (Kind::Any(kinds), _) => {
                if let Some(kind) = best(node, kinds) {
                    self.node(node, kind, name);
                }
            }
            _ => {}
        }
    }
}

/// Whether an entry of a table with free names is a key of the head that slipped below it.
pub(crate) fn belongs_to_head(entry: &Entry) -> bool {
    match (entry.name.as_str(), &entry.node.value) {
        ("start_rung", Value::Table(table)) => table.get("value").is_some(),
        ("id" | "title" | "summary" | "ladder" | "memory", Value::Text(_)) => true,
        ("lambda", Value::Integer(_) | Value::Number(_)) => true,
        _ => false,
    }
}

/// The alternative the writer meant: the first that fits, among tables the one whose keys are used.
fn best<'a>(node: &Node, kinds: &'a [Kind]) -> Option<&'a Kind> {
    let mut fitting = kinds.iter().filter(|k| fits(node, k));
    let first = fitting.next()?;
    let (Kind::Table(_), Some(table)) = (first, node.as_table()) else { return Some(first) };
    let used = |kind: &&Kind| match kind {
        Kind::Table(fields) => {
            table.entries.iter().any(|e| fields.fields.iter().any(|f| f.name == e.name))
        }
        _ => false,
    };
    kinds.iter().find(used).or(Some(first))
}

/// Whether the TOML type is right; what is inside is looked at later.
fn fits(node: &Node, kind: &Kind) -> bool {
    match (kind, &node.value) {
        (Kind::Any(kinds), _) => kinds.iter().any(|k| fits(node, k)),
        (Kind::OneOrMany(inner), value) => matches!(value, Value::Array(_)) || fits(node, inner),
        (_, Value::Text(_)) => {
            matches!(kind, Kind::Text | Kind::Like(_) | Kind::Word(_) | Kind::Quantity)
                || matches!(kind, Kind::Condition | Kind::Value)
        }
        (_, Value::Integer(_)) => {
            matches!(kind, Kind::Integer | Kind::Number | Kind::Quantity | Kind::Value)
        }
        (_, Value::Number(_)) => matches!(kind, Kind::Number | Kind::Quantity | Kind::Value),
        (_, Value::Boolean(_)) => matches!(kind, Kind::Boolean | Kind::Condition | Kind::Value),
        (_, Value::Date(_)) => matches!(kind, Kind::Date),
        (_, Value::Array(_)) => matches!(kind, Kind::List(_)),
        (_, Value::Table(_)) => {
            matches!(kind, Kind::Map(..) | Kind::Paths(..) | Kind::Table(_))
        }
        (_, Value::Invalid) => true,
    }
}
