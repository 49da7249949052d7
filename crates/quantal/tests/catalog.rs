//! The catalog: every game against the answers written beside it.
//!
//! `catalog/answers/NAME.json` has the citation and what is known of the game: the branch at several λ,
//! its limit, equilibria, and what happens to players who differ on chance. To write the page that lists
//! them again: `QUANTAL_BLESS=1 cargo test -p quantal --test catalog`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quantal::{
    BehaviorProfile, Branch, Equilibrium, Follow, Game, GameFile, InfosetId, Lambda, NodeId,
    NodeKind, PlayerId, SolveOptions, StartNode, Viewer, reach, read_game, solve, values,
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
        let answers =
            serde_json::from_str(&answers.unwrap_or_else(|_| panic!("{name}: no answers")));
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
    let (mut wrong, mut waiting) = (Vec::new(), Vec::new());
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
                    let value =
                        values(case.game(), &e.profile, PlayerId::new(p), Viewer::Analyst)[0];
                    off = off.max((value - expected.as_f64().unwrap()).abs());
                }
            }
            if !row["outcome"].is_null() {
                off = off.max(case.outcome_off(case.game(), &e, Viewer::Analyst, &row["outcome"]));
            }
            if off > tolerance && WAITING.contains(&(case.name.as_str(), lambda)) {
                assert_eq!(e.certificate.branch, Branch::WarmUnverified, "{}", case.name);
                waiting.push((case.name.clone(), lambda));
            } else if off > tolerance {
                wrong.push(format!(
                    "{} at λ {lambda}: off by {off:e}, {:?}",
                    case.name, e.certificate.branch
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {n_rows}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(n_rows >= 300, "{n_rows}");
    let waiting: Vec<(&str, f64)> = waiting.iter().map(|(name, l)| (name.as_str(), *l)).collect();
    assert_eq!(waiting, WAITING, "what agrees by now is taken off the list");
}

/// Where the branch is not followed yet, and the certificate says so: a pitchfork, and the sharp turn of
/// a game that nearly has one.
const WAITING: &[(&str, f64)] = &[];

/// Limits that the branch is lost before.
const LIMITS_WAITING: &[&str] = &[];

/// The largest difference between two sums of payoffs along paths, over the players.
fn payoff_range(game: &Game) -> f64 {
    let graph = game.graph();
    let range = |p: usize| {
        let player = PlayerId::new(p);
        let mut ahead = vec![(0.0f64, 0.0f64); graph.n_nodes()];
        for node in graph.nodes().rev() {
            let end = game.terminal_payoff(node, player);
            let behind = graph.edges(node).map(|edge| {
                let (low, high) = ahead[graph.to(edge).index()];
                let paid = game.edge_payoff(edge, player);
                (paid + low, paid + high)
            });
            ahead[node.index()] =
                behind.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((end, end));
        }
        ahead[0].1 - ahead[0].0
    };
    (0..graph.n_players()).map(range).fold(0.0, f64::max)
}

/// Follows the branch up until `off` is at most `tolerance`; the last value otherwise.
fn follow(case: &Case, tolerance: f64, off: impl Fn(&Equilibrium) -> f64) -> Result<f64, String> {
    let mut last = String::new();
    for per_range in [64.0, 256.0, 1024.0, 4096.0, 16_384.0] {
        let lambda = Lambda::new(per_range / payoff_range(case.game())).unwrap();
        let options = SolveOptions {
            tolerance: 1e-10,
            max_steps: 40_000,
            follow: Follow::Twice,
            start: None,
        };
        let units = vec![1.0; case.n_players()];
        match solve(case.game(), lambda, &units, &options, &mut |_| true) {
            Ok(e) if off(&e) <= tolerance => return Ok(per_range),
            Ok(e) => last += &format!("; {per_range}: {:e} {:?}", off(&e), e.certificate.branch),
            Err(unsolved) => last += &format!("; {per_range}: {unsolved:?}"),
        }
    }
    Err(format!("{}{last}", case.name))
}

/// How near outcomes at a rational limit are called reached.
const LIMIT: f64 = 0.002;

#[test]
fn the_branch_leads_to_the_limits_written_down() {
    let mut wrong = Vec::new();
    let mut n_limits = 0;
    for case in cases() {
        let limit = &case.answers["limit"];
        if limit.is_object() {
            n_limits += 1;
            let tolerance = limit["tolerance"].as_f64().unwrap();
            let reached = follow(&case, tolerance, |e| case.off(&e.profile, &limit["profile"]));
            wrong.extend(reached.err());
        }
        let equilibrium = &case.answers["equilibrium"];
        if equilibrium["limit_of_branch"] == true {
            n_limits += 1;
            let outcome = &equilibrium["outcome"];
            let off = |e: &Equilibrium| case.outcome_off(case.game(), e, Viewer::Analyst, outcome);
            wrong.extend(follow(&case, LIMIT, off).err());
        }
    }
    let is_waiting = |line: &String| LIMITS_WAITING.iter().any(|name| line.starts_with(name));
    let (waiting, wrong): (Vec<String>, Vec<String>) = wrong.into_iter().partition(is_waiting);
    assert!(wrong.is_empty(), "{} of {n_limits}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(waiting.len(), LIMITS_WAITING.len(), "what is reached by now is taken off the list");
    assert_eq!(n_limits, 42);
}

#[test]
fn precisions_may_differ_by_player() {
    let case = case("egame12");
    let rows = case.answers["unequal_precision"]["rows"].as_array().unwrap();
    for row in rows {
        let units: Vec<f64> =
            row["lambda"].as_array().unwrap().iter().map(|l| 1.0 / l.as_f64().unwrap()).collect();
        let e = solved(case.game(), 1.0, &units);
        assert!(case.off(&e.profile, &row["profile"]) <= 1e-9);
        assert!(case.outcome_off(case.game(), &e, Viewer::Analyst, &row["outcome"]) <= 1e-9);
    }
    assert_eq!(rows.len(), 4);
}

#[test]
fn of_several_points_on_a_fold_the_first_is_reported() {
    let case = case("three_by_three_fold");
    let rows = case.answers["several"]["rows"].as_array().unwrap();
    for row in rows {
        let e = case.solved(row["lambda"].as_f64().unwrap());
        assert_eq!(row["profiles"].as_array().unwrap().len(), 3);
        assert!(case.off(&e.profile, &row["profiles"][0]) <= 1e-5, "{row}");
    }
    // Beyond the first turning point the branch has turned back once.
    let turns = case.answers["flags"]["folds"].as_array().unwrap();
    let beyond = turns[0].as_f64().unwrap() + 0.01;
    assert_eq!(case.solved(beyond).certificate.branch, Branch::FirstCrossingOf(1));
    let before = turns[1].as_f64().unwrap() - 0.01;
    assert_eq!(case.solved(before).certificate.branch, Branch::Traced);
}

#[test]
fn where_the_branch_forks_another_solver_may_be_elsewhere() {
    // Both the symmetric point and pygambit's are equilibria; which one is reported is not asserted.
    let case = case("burned_money");
    for row in case.answers["branches"]["rows"].as_array().unwrap() {
        let lambda = row["lambda"].as_f64().unwrap();
        for branch in ["symmetric", "pygambit"] {
            let graph = case.game().graph();
            let mut logs = vec![0.0; graph.n_actions()];
            for i in graph.infosets() {
                for (action, p) in
                    graph.actions(i).zip(row[branch][case.key(i)].as_array().unwrap())
                {
                    logs[action.index()] = quantal::math::ln(p.as_f64().unwrap());
                }
            }
            let profile = BehaviorProfile::from_logs(logs);
            let (lambda, how) = (Lambda::new(lambda).unwrap(), Branch::WarmUnverified);
            let c = quantal::certify(case.game(), lambda, &[1.0; 2], &profile, 1e-6, 0, how);
            assert!(c.residual < 1e-5, "{branch} at λ {lambda:?}: {:e}", c.residual);
        }
    }
}

#[test]
fn players_who_differ_on_chance_have_the_answers_written_down() {
    let mut n_rows = 0;
    for case in cases() {
        let Some(rows) = case.answers["subjective"]["rows"].as_array() else { continue };
        let tolerance = case.answers["subjective"]["tolerance"].as_f64().unwrap();
        for row in rows {
            let mut numbers = case.game().numbers().clone();
            let views = row["chance"].as_array().unwrap().iter();
            numbers.chance = views
                .flat_map(|view| view.as_array().unwrap().iter().map(|p| p.as_f64().unwrap()))
                .collect();
            let game = Game::new(case.game().shared_graph().clone(), numbers).unwrap();
            let e = solved(&game, row["lambda"].as_f64().unwrap(), &vec![1.0; case.n_players()]);
            let mut off = case.off(&e.profile, &row["profile"]);
            for (k, outcome) in row["outcome"].as_array().unwrap().iter().enumerate() {
                let is_player = k < case.n_players();
                let viewer =
                    if is_player { Viewer::Player(PlayerId::new(k)) } else { Viewer::Analyst };
                if outcome.is_object() {
                    off = off.max(case.outcome_off(&game, &e, viewer, outcome));
                }
            }
            n_rows += 1;
            assert!(off <= tolerance, "{}, {}: off by {off:e}", case.name, row["case"]);
        }
    }
    assert_eq!(n_rows, 10 + 15 + 20);
}

#[test]
fn the_dollar_auction_opens_as_oneill_says() {
    let case = case("dollar_auction");
    let graph = case.game().graph();
    let labels = &graph.infoset(InfosetId(0)).actions;
    for row in case.answers["root"]["rows"].as_array().unwrap() {
        let e = case.solved(row["lambda"].as_f64().unwrap());
        for (action, label) in graph.actions(InfosetId(0)).zip(labels) {
            let expected = row["profile"][label].as_f64().unwrap();
            assert!((e.profile.probability(action) - expected).abs() <= 1e-7, "{label}");
        }
        for (p, payoff) in row["payoffs"].as_array().unwrap().iter().enumerate() {
            let value = values(case.game(), &e.profile, PlayerId::new(p), Viewer::Analyst)[0];
            assert!((value - payoff.as_f64().unwrap()).abs() <= 1e-7);
        }
    }
}

#[test]
fn a_grid_of_types_comes_near_the_continuum() {
    let case = case("audience_cost_8x8");
    let near = &case.answers["approximation"];
    let e = case.solved(near["lambda"].as_f64().unwrap());
    let off = |expected| case.outcome_off(case.game(), &e, Viewer::Analyst, expected);
    assert!(off(&near["outcome"]) <= near["tolerance"].as_f64().unwrap());
    let continuum = &case.answers["continuum"];
    assert!(off(&continuum["outcome"]) <= continuum["tolerance"].as_f64().unwrap());
}

#[test]
fn with_types_known_escalation_goes_as_backward_induction_says() {
    // Start behind the draw of the types, each information set then a single node.
    let case = case("asymmetric_escalation_limited");
    let GameFile::Efg(file) = &case.file else { panic!("an .efg file") };
    let expected = case.answers["complete_information"].as_object().unwrap();
    let graph = case.game().graph();
    let mut n_seen = 0;
    for first in graph.edges(NodeId(0)) {
        for second in graph.edges(graph.to(first)) {
            let types = format!(
                "Ch_{}_Def_{}",
                graph.edge_label(NodeId(0), first),
                graph.edge_label(graph.to(first), second)
            );
            let start =
                StartNode { node: graph.to(second), log_weights: vec![0.0; graph.n_viewers()] };
            let derived = case.game().conditioned(&[start], &|_, _| true).unwrap();
            let e = solved(&derived.game, 50.0, &[1.0; 2]);
            let reach = reach(&derived.game, &e.profile, Viewer::Analyst);
            let is_named = |node: &Option<NodeId>| {
                node.is_some_and(|n| file.outcome_name(n) == expected[&types].as_str().unwrap())
            };
            let p: f64 =
                derived.nodes.iter().zip(&reach).filter(|(n, _)| is_named(n)).map(|x| x.1).sum();
            assert!(p > 0.99, "{types}: {p}");
            n_seen += 1;
        }
    }
    assert_eq!(n_seen, expected.len());
}

#[test]
fn outcomes_at_high_precision_are_those_written_down() {
    for case in cases() {
        let outcome = &case.answers["equilibrium"]["outcome_at_200"];
        if outcome.is_object() {
            let e = case.solved(200.0);
            let off = case.outcome_off(case.game(), &e, Viewer::Analyst, outcome);
            assert!(off <= 1e-6, "{}: {off:e}", case.name);
        }
    }
}
