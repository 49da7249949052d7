//! Every game of the catalog against pygambit's answer, to 1e-8.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};

use quantal::{Branch, Follow, Game, SolveOptions, read_efg, read_game, write_efg};
use sha2::{Digest, Sha256};
use support::{merged, solved};

mod support;

/// Digits that two programs with tolerances of their own may be asked to share.
const AGREEMENT: f64 = 1e-8;

fn catalog() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog")
}

fn names() -> Vec<String> {
    let files = std::fs::read_dir(catalog()).unwrap().map(|f| f.unwrap().path());
    let games = files.filter(|f| f.extension().is_some_and(|e| e == "efg" || e == "nfg"));
    let mut names: Vec<String> =
        games.map(|f| f.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn text(name: &str) -> String {
    let path = |ending: &str| catalog().join(format!("{name}.{ending}"));
    std::fs::read_to_string(path("efg")).or_else(|_| std::fs::read_to_string(path("nfg"))).unwrap()
}

/// Per λ of the oracle: λ, the largest difference from its answer, and how the branch ran.
fn differences(name: &str, game: &Game) -> Vec<(f64, f64, Branch)> {
    let answer = std::fs::read(catalog().join(format!("oracle/{name}.json"))).unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    let hash: String = Sha256::digest(text(name)).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(answer["sha256"], hash, "{name}: the oracle answered another file");
    let graph = game.graph();
    let mut differences = Vec::new();
    for (row, lambda) in answer["lambda"].as_array().unwrap().iter().enumerate() {
        let lambda = lambda.as_f64().unwrap();
        let units = vec![1.0; graph.n_players()];
        let found = solved(game, lambda, &units);
        let mut worst: f64 = 0.0;
        for i in graph.infosets() {
            let set = graph.infoset(i);
            let key = format!("{}/{}", graph.players()[set.player.index()], set.label);
            for (k, action) in graph.actions(i).enumerate() {
                let expected = answer["profile"][&key][row][k].as_f64().unwrap();
                worst = worst.max((found.profile.probability(action) - expected).abs());
            }
        }
        differences.push((lambda, worst, found.certificate.branch));
    }
    differences
}

/// The largest difference from the oracle over all its λ, and how the branches ran.
fn furthest(name: &str, game: &Game) -> (f64, Vec<Branch>) {
    let differences = differences(name, game);
    let worst = differences.iter().map(|d| d.1).fold(0.0, f64::max);
    (worst, differences.into_iter().map(|d| d.2).collect())
}

#[test]
fn every_game_of_the_catalog_agrees_with_pygambit() {
    let names = names();
    assert!(names.len() >= 60, "{names:?}");
    let (mut wrong, mut elsewhere) = (Vec::new(), Vec::new());
    for name in names {
        let file = read_game(&name, &text(&name)).unwrap();
        for (lambda, off, branch) in differences(&name, file.game()) {
            if off > AGREEMENT && ELSEWHERE.contains(&(name.as_str(), lambda)) {
                elsewhere.push((name.clone(), lambda));
            } else if off > AGREEMENT {
                wrong.push(format!("{name} at λ {lambda}: off by {off:e}, {branch:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(elsewhere.len(), ELSEWHERE.len(), "{elsewhere:?}");
}

/// Games whose branch forks below this λ: symmetric ones, and one with a signal whose cost does not
/// depend on type. The oracle leaves the symmetric branch there without saying so.
const ELSEWHERE: &[(&str, f64)] =
    &[("attrition", 8.0), ("burned_money", 2.66667), ("mutual_deterrence_30", 4.0)];

#[test]
fn a_branch_that_folds_is_followed_to_its_first_crossing() {
    // λ = 2, 2.7 and 5; the folds lie at 2.79 and 2.61, so 2.7 is crossed three times.
    let game = read_efg(&text("three_by_three_fold")).unwrap().game;
    let (_, branches) = furthest("three_by_three_fold", &game);
    assert_eq!(branches, [Branch::Traced, Branch::FirstCrossingOf(3), Branch::FirstCrossingOf(1)]);
}

#[test]
fn merged_histories_are_imperfect_recall_on_the_unrolled_tree() {
    // The graph itself against the oracle's answer for the tree, and the tree against the file.
    for (name, players, layers, seed) in
        [("merged_two", 2, 4, 11), ("merged_three", 3, 4, 5), ("merged_deep", 2, 5, 23)]
    {
        let game = merged(players, layers, seed);
        let tree = read_efg(&text(name)).unwrap();
        assert!(game.graph().n_nodes() < tree.game.graph().n_nodes());
        assert_eq!(write_efg(&game, &tree.title, 1000).unwrap().text, text(name));
        let (off, _) = furthest(name, &game);
        assert!(off <= AGREEMENT, "{name} is off by {off:e}");
    }
}

#[test]
fn a_start_beyond_the_fold_is_never_called_traced() {
    let game = read_efg(&text("three_by_three_fold")).unwrap().game;
    let far = solved(&game, 5.0, &[1.0; 2]).profile;
    let options =
        SolveOptions { tolerance: 1e-10, max_steps: 5000, follow: Follow::No, start: Some(far) };
    let lambda = quantal::Lambda::new(2.7).unwrap();
    let found = quantal::solve(&game, lambda, &[1.0; 2], &options, &mut |_| true).unwrap();
    assert_eq!(found.certificate.branch, Branch::WarmUnverified);
    let first = solved(&game, 2.7, &[1.0; 2]).profile;
    let off = (0..first.len())
        .map(quantal::ActionId::new)
        .map(|a| (first.probability(a) - found.profile.probability(a)).abs())
        .fold(0.0, f64::max);
    assert!(off > 0.01, "another equilibrium at the same λ, {off} apart");
}
