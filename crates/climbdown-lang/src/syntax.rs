//! TOML text as a tree of spanned values, in the order in which they stand in the file.

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::limits::{self, MAX_ENTRIES};
use crate::report::Report;
use crate::source::{SourceFile, Span};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// What TOML can say, as far as a scenario needs it.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Text),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Date(Date),
    Array(Vec<Node>),
    Table(Table),
    /// Already reported.
    Invalid,
}

/// The content of a string.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// Where the content begins if it stands in the file letter by letter (no escapes).
    pub(crate) begins: Option<u32>,
    /// The string with its quotes.
    pub(crate) span: Span,
}

impl Text {
    /// The place of bytes `start..end` of the content.
    pub(crate) fn at(&self, start: usize, end: usize) -> Span {
        let Some(begins) = self.begins else { return self.span };
        let offset = |i: usize| begins + u32::try_from(i).unwrap_or(0);
        Span { file: self.span.file, start: offset(start), end: offset(end) }
    }
}

/// Keys and values in file order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) span: Span,
    pub(crate) entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) node: Node,
}

impl Node {
    pub(crate) fn as_table(&self) -> Option<&Table> {
        if let Value::Table(table) = &self.value { Some(table) } else { None }
    }

    pub(crate) fn as_text(&self) -> Option<&Text> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    pub(crate) fn as_list(&self) -> &[Node] {
        if let Value::Array(list) = &self.value { list } else { &[] }
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        match self.value {
            #[expect(clippy::cast_precision_loss, reason = "numbers of a scenario are small")]
            Value::Integer(i) => Some(i as f64),
            Value::Number(x) => Some(x),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a text",
            Value::Integer(_) => "an integer",
            Value::Number(_) => "a number",
            Value::Boolean(_) => "true or false",
            Value::Date(_) => "a date",
            Value::Array(_) => "a list",
            Value::Table(_) => "a table",
            Value::Invalid => "unreadable",
        }
    }
}

impl Table {
    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.name == name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|e| &e.node)
    }

    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.get(name)?.as_table()
    }

    /// The entries of the table under `name`; none if it is missing.
    pub(crate) fn entries(&self, name: &str) -> &[Entry] {
        self.table(name).map_or(&[], |t| &t.entries)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&Text> {
        self.get(name)?.as_text()
    }

    pub(crate) fn string(&self, name: &str) -> Option<String> {
        self.text(name).map(|t| t.text.clone())
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_number()
    }

    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        if let Value::Boolean(b) = self.get(name)?.value { Some(b) } else { None }
    }

    pub(crate) fn date(&self, name: &str) -> Option<Date> {
        if let Value::Date(d) = self.get(name)?.value { Some(d) } else { None }
    }

    /// One text or a list of texts.
    pub(crate) fn texts(&self, name: &str) -> Vec<&Text> {
        match self.get(name).map(|n| &n.value) {
            Some(Value::Text(text)) => vec![text],
            Some(Value::Array(list)) => list.iter().filter_map(Node::as_text).collect(),
            _ => Vec::new(),
        }
    }

    /// Entries with the keys of inner tables joined by dots, so that `a.b = 1` and `"a.b" = 1`
    /// say the same.
    pub(crate) fn paths(&self) -> Vec<(String, Span, &Node)> {
        let mut found = Vec::new();
        let mut waiting: Vec<(String, &Table)> = vec![(String::new(), self)];
        while let Some((prefix, table)) = waiting.pop() {
            for entry in &table.entries {
                let path = format!("{prefix}{}", entry.name);
                match &entry.node.value {
                    Value::Table(inner) => waiting.push((format!("{path}."), inner)),
                    _ => found.push((path, entry.span, &entry.node)),
                }
            }
        }
        found.sort_by_key(|(_, span, _)| *span);
        found
    }
}

/// Reads a file. `None` if it was refused before parsing; a tree with gaps after syntax errors.
pub(crate) fn read(file: u16, source: &SourceFile, report: &mut Report) -> Option<(Table, bool)> {
    if let Some(refusal) = limits::refusal(file, source) {
        report.list.push(refusal);
        return None;
    }
    let (tree, errors) = DeTable::parse_recoverable(&source.text);
    let whole = errors.is_empty();
    let more = errors.len().saturating_sub(MAX_SYNTAX_ERRORS);
    for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
        let range = error.span().unwrap_or(0..0);
        let text = source.text.get(range.clone()).unwrap_or("");
        syntax_error(span_of(file, range), text, error.message(), report);
    }
    if more > 0 {
        let end = span_of(file, source.text.len()..source.text.len());
        report.say("E004", end, format!("and {more} more places that are not TOML"));
    }
    let broken: Vec<Span> =
        report.list.iter().filter(|d| d.code == "E004").map(|d| d.span).collect();
    let mut reader = Reader { file, text: &source.text, broken, report };
    let mut table = reader.table(tree.get_ref(), 0);
    table.span = Span { file, start: 0, end: 0 };
    Some((table, whole))
}

/// After this many syntax errors the rest are only counted.
const MAX_SYNTAX_ERRORS: usize = 50;

fn syntax_error(span: Span, text: &str, message: &str, report: &mut Report) {
    let (what, expected) = match message.split_once(", expected ") {
        Some((what, expected)) => (what, Some(expected)),
        None => (message, None),
    };
    if what.contains("duplicate key") {
        report.advise(
            "E005",
            span,
            format!("`{text}` stands twice in its table"),
            "keep one of the two; two tables of one name are written as one".to_owned(),
        );
        return;
    }
    report.advise(
        "E004",
        span,
        format!("this is not TOML: {}", what.replace("basic string", "text in quotes")),
        expected.map(|e| format!("expected here: {e}")),
    );
}

fn span_of(file: u16, range: std::ops::Range<usize>) -> Span {
    let place = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    Span { file, start: place(range.start), end: place(range.end) }
}

struct Reader<'a> {
    file: u16,
    text: &'a str,
    /// Places already reported: what came of them is not reported again.
    broken: Vec<Span>,
    report: &'a mut Report,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> Table {
        let mut pairs: Vec<(&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)> =
            table.iter().collect();
        pairs.sort_by_key(|(key, _)| key.span().start);
        if let Some((key, _)) = pairs.get(MAX_ENTRIES) {
            self.too_many(key.span());
            pairs.truncate(MAX_ENTRIES);
        }
        let entries = pairs
            .into_iter()
            .map(|(key, value)| Entry {
                name: key.get_ref().to_string(),
                span: span_of(self.file, key.span()),
                node: self.node(value, depth + 1),
            })
            .collect();
        Table { span: Span::default(), entries }
    }

    fn node(&mut self, spanned: &Spanned<DeValue<'_>>, depth: usize) -> Node {
        let span = span_of(self.file, spanned.span());
        if depth > limits::MAX_DEPTH {
            self.report.advise(
                "E003",
                span,
                format!("tables are nested deeper than {}", limits::MAX_DEPTH),
                "give the inner tables names of their own".to_owned(),
            );
            return Node { span, value: Value::Invalid };
        }
        let value = match spanned.get_ref() {
            DeValue::String(text) => Value::Text(self.string(text, span)),
            DeValue::Integer(integer) => {
                let digits = integer.as_str().replace('_', "");
                match i64::from_str_radix(&digits, integer.radix()) {
                    Ok(i) => Value::Integer(i),
                    Err(_) => self.invalid(span, "this integer is too large"),
                }
            }
            DeValue::Float(float) => match float.as_str().replace('_', "").parse::<f64>() {
                Ok(x) if x.is_finite() => Value::Number(x),
                _ => self.invalid(span, "numbers are finite"),
            },
            DeValue::Boolean(b) => Value::Boolean(*b),
            DeValue::Datetime(datetime) => match (datetime.date, datetime.time) {
                (Some(d), None) => {
                    let parts = (i16::try_from(d.year), i8::try_from(d.month), i8::try_from(d.day));
                    let date = if let (Ok(y), Ok(m), Ok(d)) = parts {
                        Date::new(y, m, d).ok()
                    } else {
                        None
                    };
                    match date {
                        Some(date) => Value::Date(date),
                        None => self.invalid(span, "there is no such date"),
                    }
                }
                _ => self.invalid(span, "dates are days, such as 2024-11-17, without a time"),
            },
            DeValue::Array(array) => {
                if let Some(item) = array.get(MAX_ENTRIES) {
                    self.too_many(item.span());
                }
                let items = array.iter().take(MAX_ENTRIES).map(|v| self.node(v, depth + 1));
                Value::Array(items.collect())
            }
            DeValue::Table(inner) => {
                let mut table = self.table(inner, depth);
                table.span = span;
                Value::Table(table)
            }
        };
        Node { span, value }
    }

    fn string(&self, text: &DeString<'_>, span: Span) -> Text {
        let raw = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let mut begins = None;
        for quotes in ["\"\"\"", "'''", "\"", "'"] {
            let Some(inside) = raw.strip_prefix(quotes).and_then(|r| r.strip_suffix(quotes)) else {
                continue;
            };
            let trimmed = inside.strip_prefix("\r\n").or(inside.strip_prefix('\n'));
            let content = if quotes.len() == 3 { trimmed.unwrap_or(inside) } else { inside };
            if content == text.as_ref() {
                let skipped = quotes.len() + inside.len() - content.len();
                begins = Some(span.start + u32::try_from(skipped).unwrap_or(0));
            }
            break;
        }
        Text { text: text.to_string(), begins, span }
    }

    fn invalid(&mut self, span: Span, message: &str) -> Value {
        if !self.broken.iter().any(|b| span.start <= b.end && b.start <= span.end) {
            self.report.say("E012", span, message);
        }
        Value::Invalid
    }

    fn too_many(&mut self, range: std::ops::Range<usize>) {
        self.report.say(
            "E006",
            span_of(self.file, range),
            format!("a table or list has at most {MAX_ENTRIES} entries"),
        );
    }
}
