//! Texts that are no scenarios at all get a clear error, and nothing panics.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::sync::OnceLock;

use climbdown_lang::source::SourceFile;
use climbdown_lang::{Checked, Sources, check, text};
use proptest::prelude::*;

const MIB: usize = 1024 * 1024;

fn check_text(scenario: String) -> Checked {
    let scenario = SourceFile { name: "scenario.toml".to_owned(), text: scenario };
    let ladders = ladders();
    check(&Sources { scenario, ladders, history: None })
}

fn ladders() -> Vec<SourceFile> {
    static LADDERS: OnceLock<Vec<SourceFile>> = OnceLock::new();
    LADDERS.get_or_init(|| files("cases/good/ladders")).clone()
}

fn files(folder: &str) -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.is_file());
    paths.sort();
    paths
        .iter()
        .map(|p| {
            let name = p.file_name().unwrap().to_str().unwrap();
            text(name, &std::fs::read(p).unwrap()).unwrap()
        })
        .collect()
}

fn only_code(checked: &Checked) -> &'static str {
    assert!(checked.scenario.is_none());
    assert_eq!(checked.diagnostics.len(), 1, "{:#?}", checked.diagnostics);
    checked.diagnostics[0].code
}

#[test]
fn an_empty_file_is_one_error() {
    assert_eq!(only_code(&check_text(String::new())), "E007");
    assert_eq!(only_code(&check_text(" \n\t\n".to_owned())), "E007");
}

#[test]
fn binary_files_and_other_encodings_are_refused() {
    let binary = text("scenario.toml", b"climbdown = 1\n\0\x01\x02").unwrap_err();
    assert_eq!(binary.code, "E001");
    assert!(binary.message.contains("line 2"), "{}", binary.message);
    let latin = text("scenario.toml", b"title = \"caf\xe9\"").unwrap_err();
    assert_eq!(latin.code, "E001");
    assert!(text("scenario.toml", "title = \"café\"".as_bytes()).is_ok());
}

#[test]
fn files_over_four_mebibytes_are_refused() {
    for n in [5 * MIB, 100 * MIB] {
        let bytes = vec![b'#'; n];
        assert_eq!(text("scenario.toml", &bytes).unwrap_err().code, "E002");
        let long = String::from_utf8(bytes).unwrap();
        assert_eq!(only_code(&check_text(long)), "E002");
    }
}

#[test]
fn a_long_comment_within_the_limit_is_read() {
    let long = format!("#{}\n", "x".repeat(3 * MIB));
    let checked = check_text(long);
    assert!(checked.diagnostics.iter().all(|d| d.code == "E011"));
}

#[test]
fn deep_nesting_is_refused_before_it_is_parsed() {
    let brackets = format!("climbdown = 1\na = {}", "[".repeat(100_000));
    assert_eq!(only_code(&check_text(brackets)), "E003");
    let tables = format!("climbdown = 1\na = {}", "{ b = ".repeat(100_000));
    assert_eq!(only_code(&check_text(tables)), "E003");
    let keys = format!("climbdown = 1\n{}c = 1", "a.b.".repeat(10_000));
    assert!(check_text(keys).scenario.is_none());
    let header = format!("climbdown = 1\n[{}c]\nd = 1", "a.b.".repeat(10_000));
    assert!(check_text(header).scenario.is_none());
    // Brackets in texts and comments are no nesting.
    let harmless = format!("climbdown = 1 # {0}\ntitle = \"{0}\"", "[".repeat(1000));
    assert!(check_text(harmless).diagnostics.iter().all(|d| d.code != "E003"));
}

#[test]
fn deep_and_long_expressions_are_refused() {
    for deep in ["(", "not ", "-", "if a then b else ", "min(1, ", "2 ^ "] {
        let deep = format!("[ends.war]\nwhen = \"{}true\"", deep.repeat(10_000));
        assert!(check_text(deep).diagnostics.iter().any(|d| d.code == "E003"));
    }
    for deep in ["(", "not ", "- ", "if true then 1 else ", "min(1, ", "2 ^ "] {
        let deep = format!("[ends.war]\nwhen = \"{}true\"", deep.repeat(100));
        assert!(check_text(deep).diagnostics.iter().any(|d| d.code == "E003"));
    }
    for long in ["stage + ", "stage and "] {
        let long = format!("[ends.war]\nwhen = \"{}true\"", long.repeat(100_000));
        assert!(check_text(long).diagnostics.iter().any(|d| d.code == "E003"));
    }
}

#[test]
fn the_longest_expressions_are_read() {
    let long = format!("{}gain", "gain + ".repeat(480));
    let text = good("two-actors.toml").replace("\"gain\"", &format!("\"{long}\""));
    let checked = check_text(text);
    assert!(checked.scenario.is_some(), "{:#?}", checked.diagnostics);
}

#[test]
fn too_many_entries_are_refused() {
    use std::fmt::Write as _;
    let mut many = String::from("[parameters]\n");
    for i in 0..70_000 {
        writeln!(many, "p{i} = \"1 [0, 1] 1; judgement\"").unwrap();
    }
    let checked = check_text(many);
    assert!(checked.diagnostics.iter().any(|d| d.code == "E006"));
}

#[test]
fn quantities_that_double_each_other_are_no_bomb() {
    use std::fmt::Write as _;
    let mut bomb = good("two-actors.toml");
    bomb.push_str("\n[quantities]\nq0 = \"gain\"\n");
    for i in 1..200 {
        writeln!(bomb, "q{i} = \"(q{0} + q{0}) / 2\"", i - 1).unwrap();
    }
    let checked = check_text(bomb);
    assert!(checked.scenario.is_some(), "{:#?}", checked.diagnostics);
}

#[test]
fn a_missing_ladder_lists_what_there_is() {
    let lost = good("two-actors.toml").replace("\"plain\"", "\"nowhere\"");
    let checked = check_text(lost);
    assert_eq!(only_code(&checked), "E031");
    let help = checked.diagnostics[0].help.as_deref().unwrap();
    assert!(help.contains("`plain`") && help.contains("`long`"), "{help}");
}

fn good(name: &str) -> String {
    goods().iter().find(|f| f.name == name).unwrap().text.clone()
}

fn goods() -> Vec<SourceFile> {
    static GOODS: OnceLock<Vec<SourceFile>> = OnceLock::new();
    GOODS.get_or_init(|| files("cases/good")).clone()
}

/// A change of a text at a random place.
#[derive(Clone, Debug)]
enum Slip {
    Delete(usize, usize),
    Insert(usize, String),
    Swap(usize, usize, usize),
}

fn slips() -> impl Strategy<Value = Vec<Slip>> {
    let word = prop_oneof![
        Just("=".to_owned()),
        Just("\"".to_owned()),
        Just("{ ".to_owned()),
        Just("]".to_owned()),
        Just("\n".to_owned()),
        Just("\n[moves.x]\n".to_owned()),
        Just(" = { 0 = \"rest\" }\n".to_owned()),
        Just("é".to_owned()),
        Just("-1e308".to_owned()),
        Just(" if ".to_owned()),
        Just("act.means".to_owned()),
        "[ -~]{0,3}",
    ];
    let slip = prop_oneof![
        (any::<usize>(), 0usize..40).prop_map(|(at, n)| Slip::Delete(at, n)),
        (any::<usize>(), word).prop_map(|(at, word)| Slip::Insert(at, word)),
        (any::<usize>(), any::<usize>(), 1usize..30).prop_map(|(a, b, n)| Slip::Swap(a, b, n)),
    ];
    prop::collection::vec(slip, 1..6)
}

fn slipped(text: &str, slips: &[Slip]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for slip in slips {
        let n = bytes.len().max(1);
        match slip {
            Slip::Delete(at, length) => {
                let at = at % n;
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Slip::Insert(at, word) => {
                let at = (at % n).min(bytes.len());
                bytes.splice(at..at, word.bytes());
            }
            Slip::Swap(a, b, length) => {
                let (a, b) = ((a % n).min(bytes.len()), (b % n).min(bytes.len()));
                let part = bytes[a..(a + length).min(bytes.len())].to_vec();
                bytes.splice(b..b, part);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn slips_of_the_pen_never_panic(which in any::<usize>(), slips in slips()) {
        let files: Vec<_> = goods().into_iter().filter(|f| f.name.ends_with(".toml")).collect();
        let file = &files[which % files.len()];
        let text = slipped(&file.text, &slips);
        let checked = check_text(text);
        let errors = checked.diagnostics.iter().any(|d| d.code.starts_with('E'));
        prop_assert_eq!(checked.scenario.is_none(), errors);
        for d in &checked.diagnostics {
            let place = checked.map.position(d.span);
            prop_assert!(place.line >= 1 && place.column >= 1);
        }
    }

    #[test]
    fn slips_in_ladders_and_histories_never_panic(slips in slips(), rows in slips()) {
        let goods = goods();
        let find = |name: &str| goods.iter().find(|f| f.name == name).unwrap().clone();
        let mut ladders = ladders();
        ladders[0].text = slipped(&ladders[0].text, &slips);
        let mut history = find("strait.csv");
        history.text = slipped(&history.text, &rows);
        let checked = check(&Sources {
            scenario: find("strait.toml"),
            ladders,
            history: Some(history),
        });
        let errors = checked.diagnostics.iter().any(|d| d.code.starts_with('E'));
        prop_assert_eq!(checked.scenario.is_none(), errors);
    }

    #[test]
    fn any_text_is_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(file) = text("x", &bytes) {
            let checked = check_text(file.text);
            prop_assert!(checked.scenario.is_none());
        }
    }
}
