//! `simulate` as it is typed: files on the disk, the same at any number of threads.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn climbdown(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_climbdown"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .expect("the command runs")
}

const TINY: &str = "scenarios/tiny-ladder";

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    for policy in ["free", "focal", "reference"] {
        let mut seen = Vec::new();
        for threads in ["1", "2", "5"] {
            let common = ["simulate", TINY, "--policy", policy, "--threads", threads];
            let told = climbdown(&[&common[..], &["--paths", "4"]].concat());
            assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
            let mut all = vec![told.stdout];
            for name in ["p.csv", "p.parquet"] {
                let path = file(name);
                let made = climbdown(&[&common[..], &["--paths", "40", "--out", &path]].concat());
                assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
                assert!(String::from_utf8_lossy(&made.stdout).contains("40 paths, one row"));
                all.push(fs::read(&path).expect("the file is there"));
            }
            seen.push(all);
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{policy}");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 2, "only the files asked for are left");
}

#[test]
fn another_seed_is_another_sample() {
    let of = |seed: &str| climbdown(&["simulate", TINY, "--paths", "3", "--seed", seed]).stdout;
    assert_ne!(of("1"), of("2"));
}

#[test]
fn bad_values_are_usage_errors() {
    for arguments in [
        &["simulate", TINY, "--paths", "0"][..],
        &["simulate", TINY, "--paths", "-1"],
        &["simulate", TINY, "--paths", "many"],
        &["simulate", TINY, "--out", "paths.txt"],
        &["simulate", TINY, "--policy", "both"],
        &["simulate", TINY, "--out", "no/such/folder/p.csv"],
    ] {
        let done = climbdown(arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(!done.stderr.is_empty() && done.stdout.is_empty(), "{arguments:?}");
    }
}
