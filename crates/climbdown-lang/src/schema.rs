//! JSON Schema (draft 2020-12) of scenario and ladder files, so that editors complete and validate.
//!
//! It is made from the same tables of keys as the checker uses. It knows keys and kinds of values;
//! names, domains and probabilities are the checker's.

use crate::keys::{Fields, Kind, LADDER, SCENARIO};

/// The schema of scenario files.
#[must_use]
pub fn scenario_schema() -> String {
    document("Climbdown scenario", &SCENARIO)
}

/// The schema of ladder files.
#[must_use]
pub fn ladder_schema() -> String {
    document("Climbdown ladder", &LADDER)
}

/// A piece of JSON.
enum Json {
    Text(String),
    Boolean(bool),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

fn document(title: &str, fields: &Fields) -> String {
    let Json::Object(body) = table(fields) else { return String::new() };
    let mut all = vec![
        pair("$schema", text("https://json-schema.org/draft/2020-12/schema")),
        pair("title", text(title)),
    ];
    all.extend(body);
    let mut out = String::new();
    write(&Json::Object(all), 0, &mut out);
    out.push('\n');
    out
}

fn text(s: &str) -> Json {
    Json::Text(s.to_owned())
}

fn pair(key: &str, value: Json) -> (String, Json) {
    (key.to_owned(), value)
}

fn typed(name: &str) -> Json {
    Json::Object(vec![pair("type", text(name))])
}

fn one_of_types(names: &[&str]) -> Json {
    Json::Object(vec![pair("type", Json::List(names.iter().map(|n| text(n)).collect()))])
}

fn table(fields: &Fields) -> Json {
    let properties = fields.fields.iter().map(|field| {
        let mut value = schema(&field.kind);
        if let Json::Object(parts) = &mut value {
            parts.insert(0, pair("description", text(field.text)));
        }
        pair(field.name, value)
    });
    let required: Vec<Json> =
        fields.fields.iter().filter(|f| f.required).map(|f| text(f.name)).collect();
    let mut parts = vec![
        pair("type", text("object")),
        pair("properties", Json::Object(properties.collect())),
        pair("additionalProperties", Json::Boolean(false)),
    ];
    if !required.is_empty() {
        parts.push(pair("required", Json::List(required)));
    }
    Json::Object(parts)
}

fn schema(kind: &Kind) -> Json {
    match kind {
        Kind::Text => typed("string"),
        Kind::Like(example) => Json::Object(vec![
            pair("type", text("string")),
            pair("examples", Json::List(vec![text(example)])),
        ]),
        Kind::Integer => typed("integer"),
        Kind::Number => typed("number"),
        Kind::Boolean => typed("boolean"),
        Kind::Date => {
            Json::Object(vec![pair("type", text("string")), pair("format", text("date"))])
        }
        Kind::Word(words) => {
            let words = words.iter().map(|w| text(w)).collect();
            Json::Object(vec![pair("type", text("string")), pair("enum", Json::List(words))])
        }
        Kind::Quantity => one_of_types(&["number", "string"]),
        Kind::Condition => one_of_types(&["string", "boolean"]),
        Kind::Value => one_of_types(&["string", "number", "boolean"]),
        Kind::List(inner) => {
            Json::Object(vec![pair("type", text("array")), pair("items", schema(inner))])
        }
        Kind::OneOrMany(inner) => {
            let list =
                Json::Object(vec![pair("type", text("array")), pair("items", schema(inner))]);
            Json::Object(vec![pair("anyOf", Json::List(vec![schema(inner), list]))])
        }
        Kind::Map(_, inner) => Json::Object(vec![
            pair("type", text("object")),
            pair("additionalProperties", schema(inner)),
        ]),
        // `a.b = 1` and `"a.b" = 1` say the same, so tables within are as good.
        Kind::Paths(_, inner) => {
            let either = Json::List(vec![schema(inner), typed("object")]);
            let inner = Json::Object(vec![pair("anyOf", either)]);
            Json::Object(vec![pair("type", text("object")), pair("additionalProperties", inner)])
        }
        Kind::Table(fields) => table(fields),
        Kind::Any(kinds) => {
            let all = kinds.iter().map(schema).collect();
            Json::Object(vec![pair("anyOf", Json::List(all))])
        }
    }
}

fn write(json: &Json, depth: usize, out: &mut String) {
    let (open, close, items): (char, char, Vec<(Option<&str>, &Json)>) = match json {
        Json::Text(s) => return quote(s, out),
        Json::Boolean(b) => return out.push_str(if *b { "true" } else { "false" }),
        Json::List(list) => ('[', ']', list.iter().map(|item| (None, item)).collect()),
        Json::Object(pairs) => {
            ('{', '}', pairs.iter().map(|(key, value)| (Some(key.as_str()), value)).collect())
        }
    };
    out.push(open);
    for (i, (key, value)) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        new_line(depth + 1, out);
        if let Some(key) = key {
            quote(key, out);
            out.push_str(": ");
        }
        write(value, depth + 1, out);
    }
    if !items.is_empty() {
        new_line(depth, out);
    }
    out.push(close);
}

fn new_line(depth: usize, out: &mut String) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

fn quote(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
}
