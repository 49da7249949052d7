//! Ladder files: text to [`Ladder`].

use crate::expr::Expr;
use crate::keys::LADDER;
use crate::names::{self, Names};
use crate::parse;
use crate::report::Report;
use crate::resolve::{self, Scope};
use crate::scenario::{Attribute, Firebreak, Ladder, Rung, Thresholds};
use crate::shape;
use crate::source::{SourceFile, Span};
use crate::syntax::{self, Node, Table, Value};
use crate::types::Type;

const AXES: [&str; 3] = ["means", "ends", "involvement"];
const MAPPINGS: [&str; 4] = ["kahn", "mid", "cameo", "example"];

/// A small ladder for teaching, built in.
const PLAIN: &str = include_str!("../../../ladders/plain.toml");

/// Fourteen rungs for crises between major powers that act through clients.
const PROXY_CRISIS: &str = include_str!("../../../ladders/proxy-crisis.toml");

/// The names of the built-in ladders.
pub(crate) const BUILT_IN: &[&str] = &["plain", "proxy-crisis"];

/// A ladder that comes with the program, by its name.
#[must_use]
pub fn builtin_ladder(id: &str) -> Option<SourceFile> {
    let text = match id {
        "plain" => PLAIN,
        "proxy-crisis" => PROXY_CRISIS,
        _ => return None,
    };
    Some(SourceFile { name: format!("built-in/{id}.toml"), text: text.to_owned() })
}

/// Reads a ladder; `None` if it has errors.
pub(crate) fn read(file: u16, source: &SourceFile, report: &mut Report) -> Option<Ladder> {
    let before = report.list.len();
    let (root, whole) = syntax::read(file, source, report)?;
    let mut found = Report::default();
    shape::check(&root, &LADDER, &mut found);
    version(&root, &mut found);
    let ladder = if found.list.is_empty() { build(&root, &mut found) } else { None };
    if whole {
        report.list.append(&mut found.list);
    }
    let clean = !crate::diagnostic::has_errors(&report.list[before..]);
    ladder.filter(|_| clean)
}

fn version(root: &Table, report: &mut Report) {
    if let Some(entry) = root.entry("climbdown_ladder")
        && let Value::Integer(version) = entry.node.value
        && version != 1
    {
        let message = format!("this is version {version} of the ladder language");
        report.advise("E013", entry.node.span, message, "this program reads version 1".to_owned());
    }
}

fn build(root: &Table, report: &mut Report) -> Option<Ladder> {
    let roles = words(root.get("roles")?, "a role", report);
    let attributes = attributes(root, report);
    let mut names = Names { roles, attributes, ..Names::default() };
    let rungs = rungs(root, &names, report);
    let firebreaks = firebreaks(root, &rungs, report);
    let thresholds = thresholds(root.table("verdict")?, None, report);
    Some(Ladder {
        id: root.string("id")?,
        title: root.string("title")?,
        source: root.string("source")?,
        roles: std::mem::take(&mut names.roles),
        attributes: names.attributes,
        rungs,
        firebreaks,
        thresholds,
    })
}

/// A list of distinct names.
pub(crate) fn words(node: &Node, what: &str, report: &mut Report) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for item in node.as_list() {
        let Some(text) = item.as_text() else { continue };
        check_name(&text.text, item.span, what, report);
        if found.contains(&text.text) {
            report.say("E015", item.span, format!("`{}` stands twice in the list", text.text));
        } else {
            found.push(text.text.clone());
        }
    }
    if found.is_empty() {
        report.say("E019", node.span, "this list is empty");
    }
    if let (true, Some(item)) = (found.len() > 256, node.as_list().get(256)) {
        report.say("E018", item.span, format!("{what} list has at most 256 entries"));
    }
    found
}

/// Whether a word can be an id that no expression mentions; reports it if not.
pub(crate) fn check_id(name: &str, span: Span, what: &str, report: &mut Report) {
    if !names::is_name(name) {
        let message = format!("`{name}` cannot name {what}");
        report.advise("E014", span, message, NAMES.to_owned());
    }
}

const NAMES: &str = "names are letters, digits, `_` and `-`, beginning with a letter";

/// Whether a word can be used as a name in expressions; reports it if not.
pub(crate) fn check_name(name: &str, span: Span, what: &str, report: &mut Report) {
    if names::is_reserved(name) {
        let message = format!("`{name}` is a word of the language and cannot name {what}");
        report.advise("E014", span, message, "choose another name".to_owned());
    } else {
        check_id(name, span, what, report);
    }
}

fn attributes(root: &Table, report: &mut Report) -> Vec<Attribute> {
    let mut found = Vec::new();
    for axis in AXES {
        let codes = root.table("axes").and_then(|t| t.table(axis));
        let entries = codes.map_or(&[][..], |t| &t.entries);
        if entries.is_empty() {
            let span = codes.map_or(root.span, |t| t.span);
            report.say("E019", span, format!("the axis `{axis}` has no codes"));
        }
        for entry in entries {
            check_name(&entry.name, entry.span, "a code", report);
        }
        if let Some(entry) = entries.get(256) {
            report.say("E018", entry.span, "an axis has at most 256 codes");
        }
        found.push(Attribute {
            id: axis.to_owned(),
            values: entries.iter().map(|e| e.name.clone()).collect(),
            meanings: entries
                .iter()
                .map(|e| e.node.as_text().map_or(String::new(), |t| t.text.clone()))
                .collect(),
            ordered: true,
        });
    }
    for entry in root.entries("attributes") {
        check_name(&entry.name, entry.span, "an attribute", report);
        let taken = AXES.contains(&entry.name.as_str());
        if taken || ["by", "actor", "move", "when"].contains(&entry.name.as_str()) {
            let message = format!("`{}` is taken: every act has it", entry.name);
            report.say("E015", entry.span, message);
        }
        let Some(table) = entry.node.as_table() else { continue };
        let Some(values) = table.get("values") else { continue };
        found.push(Attribute {
            id: entry.name.clone(),
            values: words(values, "a value", report),
            meanings: Vec::new(),
            ordered: table.boolean("ordered").unwrap_or(false),
        });
    }
    found
}

fn rungs(root: &Table, names: &Names, report: &mut Report) -> Vec<Rung> {
    let mut found: Vec<Rung> = Vec::new();
    for node in root.get("rungs").map_or(&[][..], Node::as_list) {
        let Some(table) = node.as_table() else { continue };
        let rung = whole(table, "rung", 0..=255, report).unwrap_or(0);
        let rung = u8::try_from(rung).unwrap_or(0);
        if let Some(last) = found.last()
            && rung <= last.rung
        {
            let message = format!("rung {rung} stands after rung {}", last.rung);
            let help = "rungs are listed in ascending order, each once";
            report.advise("E060", table.span, message, help.to_owned());
        }
        let when = table.get("when").and_then(|n| condition(n, names, report));
        let mappings = MAPPINGS.iter().filter_map(|m| Some(((*m).to_owned(), table.string(m)?)));
        found.push(Rung {
            rung,
            name: table.string("name").unwrap_or_default(),
            when: when.unwrap_or(Expr::Number(1.0)),
            mappings: mappings.collect(),
        });
    }
    match (found.first(), root.get("rungs")) {
        (None, Some(node)) => report.say("E019", node.span, "the ladder has no rungs"),
        (Some(first), Some(node)) if first.rung != 0 || first.when != Expr::Number(1.0) => {
            let help = "begin with `rung = 0` and `when = \"true\"`: words without consequence";
            let message = "the ladder has no rung for acts that meet no condition";
            report.advise("E060", node.span, message, help.to_owned());
        }
        _ => {}
    }
    found
}

fn condition(node: &Node, names: &Names, report: &mut Report) -> Option<Expr> {
    let text = match &node.value {
        Value::Boolean(b) => return Some(Expr::Number(f64::from(u8::from(*b)))),
        Value::Text(text) => text,
        _ => return None,
    };
    let ast = parse::expression(text, report)?;
    let scope = Scope { parameters: false, act: true, ..Scope::numbers("the rule of a rung") };
    resolve::resolve(&ast, &Type::Boolean, scope, names, report).map(|r| r.expr)
}

fn firebreaks(root: &Table, rungs: &[Rung], report: &mut Report) -> Vec<Firebreak> {
    let mut found: Vec<Firebreak> = Vec::new();
    for node in root.get("firebreaks").map_or(&[][..], Node::as_list) {
        let Some(table) = node.as_table() else { continue };
        let Some(id) = table.text("id") else { continue };
        check_id(&id.text, id.span, "a firebreak", report);
        if found.iter().any(|f| f.id == id.text) {
            report.say("E015", id.span, format!("there are two firebreaks `{}`", id.text));
        }
        let Some(between) = table.get("between") else { continue };
        let ends: Vec<u8> = between
            .as_list()
            .iter()
            .filter_map(|n| match n.value {
                Value::Integer(i) => u8::try_from(i).ok(),
                _ => None,
            })
            .collect();
        let [below, above] = ends[..] else {
            report.say("E060", between.span, "a firebreak is between two rungs: `[below, above]`");
            continue;
        };
        let places = |r: u8| rungs.iter().position(|x| x.rung == r);
        if places(below).is_none_or(|b| places(above) != Some(b + 1)) {
            let message = format!("rungs {below} and {above} are not neighbours on this ladder");
            report.say("E060", between.span, message);
        }
        if found.last().is_some_and(|last| last.above >= above) {
            report.say("E060", table.span, "firebreaks are listed in ascending order");
        }
        let name = table.string("name").unwrap_or_default();
        found.push(Firebreak { id: id.text.clone(), name, below, above });
    }
    found
}

/// Thresholds of a verdict, filled in from others where they are missing.
pub(crate) fn thresholds(
    table: &Table,
    otherwise: Option<&Thresholds>,
    report: &mut Report,
) -> Thresholds {
    let number = |key: &str, other: Option<f64>| table.number(key).or(other).unwrap_or(0.0);
    let stated = table.string("stated_line").map(|word| word == "major");
    let found = Thresholds {
        major: number("major", otherwise.map(|t| t.major)),
        minor: number("minor", otherwise.map(|t| t.minor)),
        ratio: number("ratio", otherwise.map(|t| t.ratio)),
        stated_line_is_major: stated.or(otherwise.map(|t| t.stated_line_is_major)).unwrap_or(false),
        source: table.string("source").or(otherwise.map(|t| t.source.clone())).unwrap_or_default(),
    };
    if !(0.0 < found.minor && found.minor <= found.major && found.major <= 1.0) {
        let message = format!("minor = {}, major = {}", found.minor, found.major);
        let help = "they are changes of a probability: 0 < minor <= major <= 1";
        report.advise("E061", table.span, message, help.to_owned());
    }
    if found.ratio <= 1.0 {
        let message = format!("ratio = {}", found.ratio);
        report.advise("E061", table.span, message, "the ratio is above 1".to_owned());
    }
    found
}

/// The integer under `name`, within limits.
pub(crate) fn whole(
    table: &Table,
    name: &str,
    limits: std::ops::RangeInclusive<i64>,
    report: &mut Report,
) -> Option<i64> {
    let node = table.get(name)?;
    let Value::Integer(i) = node.value else { return None };
    if limits.contains(&i) {
        return Some(i);
    }
    let help = format!("it is an integer from {} to {}", limits.start(), limits.end());
    report.advise("E017", node.span, format!("`{name}` is {i}"), help);
    None
}
