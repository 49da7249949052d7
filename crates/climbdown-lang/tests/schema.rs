//! The schema of editors and the checker know the same keys.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::path::Path;

use climbdown_lang::schema::{ladder_schema, scenario_schema};
use serde_json::Value as Json;
use toml::Value as Toml;

/// Checks a value against the part of JSON Schema that the schemas use; collects the keys it uses.
fn conforms(value: &Toml, schema: &Json, path: &str, used: &mut BTreeSet<String>) -> bool {
    if let Some(all) = schema["anyOf"].as_array() {
        return all.iter().any(|s| conforms(value, s, path, used));
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().any(|w| w.as_str() == value.as_str());
    }
    let types: Vec<&str> = match &schema["type"] {
        Json::Array(list) => list.iter().filter_map(Json::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let kinds: &[&str] = match value {
        Toml::String(_) => &["string"],
        Toml::Datetime(_) => return schema["format"].as_str() == Some("date"),
        Toml::Integer(_) => &["integer", "number"],
        Toml::Float(_) => &["number"],
        Toml::Boolean(_) => &["boolean"],
        Toml::Array(_) => &["array"],
        Toml::Table(_) => &["object"],
    };
    if !types.iter().any(|t| kinds.contains(t)) {
        return false;
    }
    match value {
        Toml::Array(items) => items.iter().all(|item| conforms(item, &schema["items"], path, used)),
        Toml::Table(table) => {
            let required = schema["required"].as_array().into_iter().flatten();
            let complete = required.filter_map(Json::as_str).all(|key| table.contains_key(key));
            complete
                && table.iter().all(|(key, value)| match schema["properties"].get(key) {
                    Some(inner) => {
                        let path = format!("{path}.{key}");
                        let fits = conforms(value, inner, &path, used);
                        used.insert(path);
                        fits
                    }
                    None if schema["additionalProperties"].is_object() => {
                        let inner = &schema["additionalProperties"];
                        conforms(value, inner, &format!("{path}.*"), used)
                    }
                    // A plain object: paths with dots.
                    None => schema["properties"].is_null(),
                })
        }
        _ => true,
    }
}

/// Every key of a schema.
fn keys(schema: &Json, path: &str, found: &mut BTreeSet<String>) {
    for inner in schema["anyOf"].as_array().into_iter().flatten() {
        keys(inner, path, found);
    }
    keys_if_any(&schema["items"], path, found);
    keys_if_any(&schema["additionalProperties"], &format!("{path}.*"), found);
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        keys(inner, &path, found);
        found.insert(path);
    }
}

fn keys_if_any(schema: &Json, path: &str, found: &mut BTreeSet<String>) {
    if schema.is_object() {
        keys(schema, path, found);
    }
}

fn compare(schema: &str, folder: &str) {
    let schema: Json = serde_json::from_str(schema).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut used = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let value = Toml::Table(toml::from_str(&text).unwrap());
        assert!(conforms(&value, &schema, "", &mut used), "{} breaks the schema", path.display());
    }
    let mut known = BTreeSet::new();
    keys(&schema, "", &mut known);
    let unused: Vec<&String> = known.difference(&used).filter(|k| !is_remark(k)).collect();
    assert!(unused.is_empty(), "no good case uses {unused:#?}");
}

/// Sources and notes may stand nearly everywhere.
fn is_remark(path: &str) -> bool {
    path.ends_with(".source") || path.ends_with(".note")
}

#[test]
fn good_scenarios_fit_the_schema_and_use_all_of_it() {
    compare(&scenario_schema(), "cases/good");
}

#[test]
fn good_ladders_fit_the_schema_and_use_all_of_it() {
    compare(&ladder_schema(), "cases/good/ladders");
}

#[test]
fn what_is_no_key_breaks_the_schema() {
    let schema: Json = serde_json::from_str(&scenario_schema()).unwrap();
    let value = Toml::Table(toml::from_str("climbdwon = 1").unwrap());
    assert!(!conforms(&value, &schema, "", &mut BTreeSet::new()));
}
