//! The catalog: every game against the answers written beside it.
//!
//! `catalog/answers/NAME.json` has the citation and what is known of the game: the branch at several λ,
//! its limit, equilibria, and what happens to players who differ on chance. To write the page that lists
//! them again: `QUANTAL_BLESS=1 cargo test -p quantal --test catalog`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quantal::{
    BehaviorProfile, Branch, Equilibrium, Game, GameFile, InfosetId, Lambda, NodeId, NodeKind,
    PlayerId, SolveOptions, StartNode, Viewer, log_reach, reach, read_game, solve, values,
};
use serde_json::Value;
use support::solved;

mod support;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog")
}

/// A game of the catalog.
struct Case {
    name: String,
    text: String,
    file: GameFile,
    answers: Value,
}

fn names() -> Vec<(String, PathBuf)> {
    let files = std::fs::read_dir(folder()).unwrap().map(|f| f.unwrap().path());
    let games = files.filter(|f| f.extension().is_some_and(|e| e == "efg" || e == "nfg"));
    let name = |f: &PathBuf| f.file_stem().unwrap().to_string_lossy().into_owned();
    let mut names: Vec<(String, PathBuf)> = games.map(|f| (name(&f), f)).collect();
    names.sort();
    names
}

fn cases() -> Vec<Case> {
    let case = |(name, path): (String, PathBuf)| {
        let text = std::fs::read_to_string(&path).unwrap();
        let file = read_game(&path.to_string_lossy(), &text).unwrap();
        let answers = std::fs::read_to_string(folder().join(format!("answers/{name}.json")));
        let answers = serde_json::from_str(&answers.unwrap_or_else(|_| panic!("{name}: no answers")));
        Case { name, text, file, answers: answers.unwrap() }
    };
    names().into_iter().map(case).collect()
}

fn case(name: &str) -> Case {
    cases().into_iter().find(|c| c.name == name).unwrap()
}

impl Case {
    fn game(&self) -> &Game {
        self.file.game()
    }

    fn n_players(&self) -> usize {
        self.game().graph().n_players()
    }

    /// "player:information set" with the numbers of the file.
    fn key(&self, i: InfosetId) -> String {
        let player = self.game().graph().infoset(i).player.0 + 1;
        format!("{player}:{}", self.file.infoset_number(i))
    }

    /// The largest difference of `profile` from the probabilities written in `expected`.
    fn off(&self, profile: &BehaviorProfile, expected: &Value) -> f64 {
        let graph = self.game().graph();
        let mut worst: f64 = 0.0;
        let mut n_seen = 0;
        for i in graph.infosets() {
            let Some(row) = expected.get(self.key(i)) else { continue };
            n_seen += 1;
            let row = row.as_array().unwrap();
            assert_eq!(row.len(), graph.actions(i).len(), "{} {}", self.name, self.key(i));
            for (action, p) in graph.actions(i).zip(row) {
                worst = worst.max((profile.probability(action) - p.as_f64().unwrap()).abs());
            }
        }
        assert_eq!(n_seen, expected.as_object().unwrap().len(), "{}: {expected}", self.name);
        worst
    }

    /// The largest difference of the probabilities of outcomes, by their names in the file.
    fn outcome_off(&self, game: &Game, e: &Equilibrium, viewer: Viewer, expected: &Value) -> f64 {
        let GameFile::Efg(file) = &self.file else { return 0.0 };
        let reach = reach(game, &e.profile, viewer);
        let graph = game.graph();
        let mut found: BTreeMap<&str, f64> = BTreeMap::new();
        for node in graph.nodes().filter(|&n| graph.kind(n) == NodeKind::Terminal) {
            *found.entry(file.outcome_name(node)).or_default() += reach[node.index()];
        }
        if found.keys().all(|name| name.is_empty()) {
            return 0.0;
        }
        let expected = expected.as_object().unwrap();
        let off = |(name, p): (&String, &Value)| {
            (found.get(name.as_str()).copied().unwrap_or(0.0) - p.as_f64().unwrap()).abs()
        };
        expected.iter().map(off).fold(0.0, f64::max)
    }

    fn solved(&self, lambda: f64) -> Equilibrium {
        solved(self.game(), lambda, &vec![1.0; self.n_players()])
    }

    /// Whether the branch is known to bifurcate below `lambda`: then other solvers may leave it.
    fn is_undetermined(&self, lambda: f64) -> bool {
        let flags = &self.answers["flags"];
        let from = flags["selection_undetermined_above"][0].as_f64();
        from.is_some_and(|from| lambda > from)
    }
}

#[test]
fn every_game_is_written_as_our_writer_writes_it() {
    for case in cases() {
        let again = match &case.file {
            GameFile::Efg(file) => {
                let again = file.write();
                assert_eq!(again.warnings, [], "{}", case.name);
                again.text
            }
            GameFile::Nfg(file) => file.write(),
        };
        assert_eq!(again, case.text, "{}", case.name);
    }
}

#[test]
fn every_game_has_its_answers_on_the_branch() {
    let mut n_rows = 0;
    let mut wrong = Vec::new();
    for case in cases() {
        let Some(rows) = case.answers["aqre"]["rows"].as_array() else { continue };
        let tolerance = case.answers["aqre"]["tolerance"].as_f64().unwrap();
        for row in rows {
            let lambda = row["lambda"].as_f64().unwrap();
            if case.is_undetermined(lambda) {
                continue;
            }
            let e = case.solved(lambda);
            n_rows += 1;
            let mut off = case.off(&e.profile, &row["profile"]);
            if let Some(payoffs) = row["payoffs"].as_array() {
                for (p, expected) in payoffs.iter().enumerate() {
                    let value = values(case.game(), &e.profile, PlayerId::new(p), Viewer::Analyst)[0];
                    off = off.max((value - expected.as_f64().unwrap()).abs());
                }
            }
            if !row["outcome"].is_null() {
                off = off.max(case.outcome_off(case.game(), &e, Viewer::Analyst, &row["outcome"]));
            }
            if off > tolerance {
                wrong.push(format!("{} at λ {lambda}: off by {off:e}, {:?}", case.name, e.certificate.branch));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {n_rows}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(n_rows >= 250, "{n_rows}");
}
