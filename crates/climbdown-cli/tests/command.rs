//! The command as it is run: exit codes, where output goes, files that are no scenarios.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const TINY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/tiny-ladder");

fn climbdown(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_climbdown"))
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the command can be run")
}

fn here(arguments: &[&str]) -> Output {
    climbdown(Path::new("."), arguments)
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_wrong_use_ends_with_2_and_prints_nothing() {
    for arguments in [
        &[][..],
        &["asses", TINY],
        &["assess"],
        &["assess", TINY, "--set", "p_talks"],
        &["assess", TINY, "--set", "p_talsk=0.3"],
        &["assess", TINY, "--lambda=-1"],
        &["assess", TINY, "--lambda=1e300"],
        &["assess", TINY, "--lambda=nan"],
        &["assess", TINY, "--lambda", "5", "--lambda-raw", "5"],
        &["assess", TINY, "--threads", "0"],
        &["explain", TINY],
        &["explain", TINY, "--why", "no-such-name"],
        &["export", TINY, "--to", "docx"],
        &["new", "a/b"],
        &["solve", TINY, "--trace", "-1"],
        &["solve", TINY, "--trace", "0"],
        &["solve", TINY, "--trace=nan"],
        &["solve", TINY, "--trace", "1e9"],
        &["solve", TINY, "--equilibria", "0"],
        &["solve", TINY, "--equilibria", "-3"],
        &["solve", TINY, "--equilibria", "1.5"],
        &["solve", TINY, "--limit", "0"],
        &["solve", TINY, "--limit=-0.1"],
        &["assess", TINY, "--trace", "5"],
        &["offramps", TINY, "--risk", "rungs.99"],
        &["offramps", TINY, "--risk", "effect.p_available"],
        &["offramps", TINY, "--below", "1.5"],
        &["offramps", TINY, "--below", "-0.1"],
        &["offramps", TINY, "--below", "nan"],
        &["offramps", TINY, "--draws", "-1"],
    ] {
        let out = here(arguments);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {}", said(&out.stderr));
        assert!(out.stdout.is_empty() && !out.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn results_go_to_stdout_and_everything_else_to_stderr() {
    let out = here(&["assess", TINY, "--set", "war=500"]);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out.stderr));
    assert!(said(&out.stdout).contains("ANSWER") && !said(&out.stdout).contains("warning"));
    assert!(said(&out.stderr).contains("outside its range"));
    assert!(!said(&out.stderr).contains('\u{1b}'), "no progress bar in a pipe");
    let quiet = here(&["assess", TINY, "--set", "war=500", "--quiet"]);
    assert!(quiet.stderr.is_empty());
    assert_eq!(quiet.stdout, out.stdout);
}

#[test]
fn json_is_json() {
    for arguments in [
        &["assess", TINY, "--json"][..],
        &["check", TINY, "--json"],
        &["solve", TINY, "--json"],
        &["solve", TINY, "--json", "--trace", "2", "--limit", "0.3"],
        &["export", TINY, "--to", "json"],
        &["schema"],
    ] {
        let out = here(arguments);
        assert_eq!(out.status.code(), Some(0), "{arguments:?}: {}", said(&out.stderr));
        let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&out.stdout);
        assert!(parsed.is_ok(), "{arguments:?}");
    }
}

#[test]
fn the_same_bytes_with_one_thread_and_two() {
    for form in [&["--json"][..], &[]] {
        let one = here(&[&["assess", TINY, "--threads", "1"], form].concat());
        let two = here(&[&["assess", TINY, "--threads", "2"], form].concat());
        assert_eq!(one.status.code(), Some(0));
        assert!(one.stdout == two.stdout, "the number of threads changed the answer");
    }
}

#[test]
fn files_that_are_no_scenario_end_with_1_and_no_panic() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let put = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("the file can be written");
    };
    put("empty.toml", b"");
    put("binary.toml", &[0, 159, 146, 150, 7, 0, 0, 1]);
    put("latin.toml", b"title = \"caf\xe9\"");
    put("deep.toml", format!("x = {}1{}", "[".repeat(100_000), "]".repeat(100_000)).as_bytes());
    put(
        "parens.toml",
        format!("climbdown = 1\n[quantities]\nq = \"{}\"\n", "(".repeat(90_000)).as_bytes(),
    );
    put("dotted.toml", format!("{}x = 1\n", "a.".repeat(200_000)).as_bytes());
    put("empty.efg", b"");
    put("empty.nfg", b"");
    put("short.nfg", b"NFG 1 R \"\" { \"A\" } { 2 }\n1");
    put("deep.efg", "p \"\" 1 1 \"\" { \"a\" } 0\n".repeat(50_000).as_bytes());
    let large = fs::File::create(folder.path().join("large.toml")).expect("a large file");
    large.set_len(100 * 1024 * 1024).expect("a large file");
    fs::create_dir(folder.path().join("folder.toml")).expect("a folder");
    for name in [
        "empty.toml",
        "binary.toml",
        "latin.toml",
        "deep.toml",
        "parens.toml",
        "dotted.toml",
        "large.toml",
        "folder.toml",
        "missing.toml",
        "missing",
        "folder.toml/x",
    ] {
        for command in ["assess", "check", "solve"] {
            let out = climbdown(folder.path(), &[command, name]);
            let error = said(&out.stderr) + &said(&out.stdout);
            assert_eq!(out.status.code(), Some(1), "{command} {name}: {error}");
            assert!(error.contains("error["), "{command} {name}: {error}");
            assert!(!error.contains("panicked") && !error.contains("bug"), "{name}: {error}");
        }
        let out = climbdown(folder.path(), &["explain", name, "--at", "syntax"]);
        assert!(matches!(out.status.code(), Some(0 | 1)), "{name}: {}", said(&out.stderr));
    }
    for name in ["empty.efg", "deep.efg", "missing.efg", "empty.nfg", "short.nfg"] {
        let out = climbdown(folder.path(), &["solve", name]);
        assert_eq!(out.status.code(), Some(1), "{name}: {}", said(&out.stderr));
    }
}

#[test]
fn over_budget_ends_with_3() {
    let out = here(&["assess", TINY, "--budget-nodes", "50"]);
    assert_eq!(out.status.code(), Some(3), "{}", said(&out.stderr));
    assert!(out.stdout.is_empty());
}

#[test]
fn a_new_scenario_runs_and_is_not_overwritten() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let made = climbdown(folder.path(), &["new", "mine"]);
    assert_eq!(made.status.code(), Some(0), "{}", said(&made.stderr));
    let text = fs::read(folder.path().join("mine/scenario.toml")).expect("it was written");
    let answer = climbdown(folder.path(), &["assess", "mine"]);
    assert_eq!(answer.status.code(), Some(0), "{}", said(&answer.stderr));
    let inside = climbdown(&folder.path().join("mine"), &["assess", "."]);
    assert_eq!(inside.status.code(), Some(0), "{}", said(&inside.stderr));
    let again = climbdown(folder.path(), &["new", "mine"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(again.stdout.is_empty() && said(&again.stderr).contains("exists already"));
    assert_eq!(fs::read(folder.path().join("mine/scenario.toml")).expect("still there"), text);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_climbdown"))
        .args(["export", TINY, "--to", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command can be run");
    drop(child.stdout.take());
    let out = child.wait_with_output().expect("it ends");
    assert!(!said(&out.stderr).contains("error"), "{}", said(&out.stderr));
    assert_eq!(out.status.code(), Some(0));
}

#[test]
fn help_and_version_are_printed() {
    let help = here(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    for command in ["assess", "check", "solve", "explain", "export", "new", "schema"] {
        assert!(said(&help.stdout).contains(command), "{command}");
    }
    assert!(said(&here(&["--version"]).stdout).starts_with("climbdown "));
}

#[test]
fn a_risk_that_is_none_is_answered_with_one_that_is_meant() {
    let out = here(&["offramps", TINY, "--risk", "firebreak.F3"]);
    assert!(said(&out.stderr).contains("did you mean `firebreaks.F3`?"), "{}", said(&out.stderr));
}

#[test]
fn a_scenario_without_levers_says_so() {
    let out = here(&["offramps", TINY]);
    assert_eq!(out.status.code(), Some(0), "{}", said(&out.stderr));
    assert!(said(&out.stdout).contains("declares no levers"), "{}", said(&out.stdout));
    let out = here(&["offramps", TINY, "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(json["off_ramps"], serde_json::json!([]));
    assert_eq!(json["off_ramp_search"]["risk"], "firebreaks.F3");
}
