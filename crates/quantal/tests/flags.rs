//! What the catalog says of its games beside their equilibria, against what the solver says: whether the
//! branch folds or bifurcates, how many equilibria there are, whose priors differ; and figures that are
//! read off an equilibrium: likelihoods, ends, replies.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};

use quantal::{
    ActionId, BehaviorProfile, Branch, Claim, Equilibrium, Follow, Found, Game, GameFile,
    InfosetId, Lambda, NodeId, NodeKind, PlayerId, SolveOptions, Trace, Viewer, claim,
    other_equilibria, reach, read_game, solve, trace,
};
use serde_json::Value;

const OPTIONS: SolveOptions =
    SolveOptions { tolerance: 1e-10, max_steps: 40_000, follow: Follow::Twice, start: None };

struct Case {
    name: String,
    file: GameFile,
    answers: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog")
}

fn case(name: &str) -> Case {
    let text = |path: PathBuf| std::fs::read_to_string(path).ok();
    let game = ["efg", "nfg"].iter().find_map(|e| text(folder().join(format!("{name}.{e}"))));
    let answers = text(folder().join(format!("answers/{name}.json"))).unwrap();
    Case {
        name: name.to_owned(),
        file: read_game(name, &game.unwrap()).unwrap(),
        answers: serde_json::from_str(&answers).unwrap(),
    }
}

fn cases() -> Vec<Case> {
    let files = std::fs::read_dir(folder().join("answers")).unwrap();
    let mut names: Vec<String> = files
        .map(|f| f.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.iter().map(|name| case(name)).collect()
}

impl Case {
    fn game(&self) -> &Game {
        self.file.game()
    }

    fn units(&self) -> Vec<f64> {
        vec![1.0; self.game().graph().n_players()]
    }

    fn rows(&self, key: &str) -> &[Value] {
        self.answers[key]["rows"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The largest λ of its answers.
    fn last(&self) -> Option<f64> {
        self.rows("aqre").iter().map(|row| number(&row["lambda"])).reduce(f64::max)
    }

    fn solved(&self, lambda: f64) -> Equilibrium {
        let lambda = Lambda::new(lambda).unwrap();
        solve(self.game(), lambda, &self.units(), &OPTIONS, &mut |_| true).unwrap()
    }

    fn traced(&self, max: f64) -> Trace {
        let max = Lambda::new(max).unwrap();
        trace(self.game(), max, &self.units(), &OPTIONS, &mut |_| true).unwrap()
    }

    fn others(&self, lambda: f64, n_starts: usize) -> Vec<Found> {
        let lambda = Lambda::new(lambda).unwrap();
        let options = SolveOptions { max_steps: 400_000, ..OPTIONS };
        other_equilibria(self.game(), lambda, &self.units(), n_starts, 1, &options, &mut |_| true)
    }

    /// The information set with this number of this player, both as in the file.
    fn infoset(&self, player: u32, number: u32) -> InfosetId {
        let graph = self.game().graph();
        let is_it = |i: &InfosetId| {
            graph.infoset(*i).player.0 + 1 == player && self.file.infoset_number(*i) == number
        };
        graph.infosets().find(is_it).unwrap()
    }

    fn action(&self, player: u32, number: u32, position: usize) -> ActionId {
        self.game().graph().actions(self.infoset(player, number)).nth(position).unwrap()
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is a number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn has(case: &Case, flag: &str) -> bool {
    case.answers["flags"][flag] == true
}

#[test]
fn a_branch_without_a_flag_neither_folds_nor_bifurcates() {
    let mut n_plain = 0;
    for case in cases() {
        let flags = &case.answers["flags"];
        let Some(last) =
            case.last().filter(|_| flags["folds"].is_null() && !has(&case, "bifurcates"))
        else {
            continue;
        };
        let found = case.traced(last);
        let folds: Vec<f64> = found.folds().map(|p| p.lambda).collect();
        assert!(found.stopped.is_none(), "{}: {:?}", case.name, found.stopped);
        assert!(folds.is_empty(), "{} folds at {folds:?}", case.name);
        assert!(found.bifurcations.is_empty(), "{}: {:?}", case.name, found.bifurcations);
        assert_eq!(case.solved(last).certificate.branch, Branch::Traced, "{}", case.name);
        n_plain += 1;
    }
    assert!(n_plain >= 48, "{n_plain}");
}

#[test]
fn a_branch_with_a_flag_does_what_the_flag_says() {
    let fold = case("three_by_three_fold");
    let expected = numbers(&fold.answers["flags"]["folds"]);
    let found = fold.traced(fold.last().unwrap());
    assert!(found.bifurcations.is_empty());
    let folds: Vec<f64> = found.folds().map(|p| p.lambda).collect();
    assert_eq!(folds.len(), expected.len());
    for (found, expected) in folds.iter().zip(&expected) {
        assert!((found - expected).abs() <= number(&fold.answers["flags"]["tolerance"]));
    }

    for (name, beyond) in [("burned_money", 2.0), ("mutual_deterrence_30", 5.0), ("attrition", 5.0)]
    {
        let case = case(name);
        assert!(has(&case, "bifurcates"));
        let found = case.traced(beyond);
        assert!(!found.bifurcations.is_empty(), "{name}");
        assert_eq!(case.solved(beyond).certificate.branch, Branch::SelectionUndetermined, "{name}");
        let from = &case.answers["flags"]["selection_undetermined_above"];
        if from.is_array() {
            let (low, high) = found.bifurcations[0];
            assert!(low < number(&from[1]) && high > number(&from[0]), "{name}: {low} {high}");
        }
    }
    // The fold of the silent branch, after the bifurcation.
    let burned = case("burned_money");
    let folds: Vec<f64> = burned.traced(4.0).folds().map(|p| p.lambda).collect();
    let expected = numbers(&burned.answers["flags"]["folds_after"]);
    assert_eq!(folds.len(), expected.len(), "{folds:?}");
    assert!(folds.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{folds:?}");

    let symmetric: Vec<Case> = cases().into_iter().filter(|c| has(c, "symmetric")).collect();
    assert_eq!(symmetric.len(), 4);
    for case in symmetric {
        // Both players the same, wherever the branch is determined.
        let graph = case.game().graph();
        for row in case.rows("aqre") {
            let e = case.solved(number(&row["lambda"]));
            if e.certificate.branch != Branch::Traced {
                continue;
            }
            for i in graph.infosets().filter(|&i| graph.infoset(i).player == PlayerId(0)) {
                let other = case.infoset(2, case.file.infoset_number(i));
                for (a, b) in graph.actions(i).zip(graph.actions(other)) {
                    let off = e.profile.probability(a) - e.profile.probability(b);
                    assert!(off.abs() < 1e-8, "{}: {off:e}", case.name);
                }
            }
        }
    }
}

#[test]
fn where_everybody_knows_everything_there_is_one_equilibrium() {
    // Backward recursion leaves no choice: each information set is a single node.
    let mut n_games = 0;
    for case in cases() {
        let graph = case.game().graph();
        if graph.infosets().any(|i| graph.infoset_nodes(i).len() > 1) {
            continue;
        }
        let lambda = case.last().unwrap_or(2.0);
        assert_eq!(case.others(lambda, 6).len(), 1, "{}", case.name);
        n_games += 1;
    }
    assert!(n_games >= 10, "{n_games}");
}

#[test]
fn as_many_equilibria_are_found_as_there_are() {
    let mut n_games = 0;
    for case in cases() {
        let Some(n) = case.answers["flags"]["n_equilibria"].as_u64() else { continue };
        // Of several, so precise that each Nash equilibrium has its logit equilibrium beside it.
        let lambda = if n == 1 { 2.0 } else { case.last().unwrap() };
        let found = case.others(lambda, 60);
        assert_eq!(found.len() as u64, n, "{}", case.name);
        for one in &found {
            let c = &one.equilibrium.certificate;
            assert!(c.converged && c.residual <= OPTIONS.tolerance, "{}", case.name);
        }
        n_games += 1;
    }
    assert_eq!(n_games, 6);
}

/// What the trustworthy of both players do: near 1, all cooperate.
fn trustworthy(case: &Case, profile: &BehaviorProfile) -> [f64; 2] {
    [1, 2].map(|player| profile.probability(case.action(player, 1, 0)))
}

#[test]
fn trust_is_an_equilibrium_where_it_can_be_and_is_selected_where_it_should() {
    for (name, cooperates) in [("trust_70", true), ("trust_45", false), ("trust_20", false)] {
        let case = case(name);
        let all = case.others(8.0, 60);
        let is_trusting = |e: &Equilibrium| trustworthy(&case, &e.profile).iter().all(|p| *p > 0.9);
        let is_wary = |e: &Equilibrium| trustworthy(&case, &e.profile).iter().all(|p| *p < 0.1);
        let trusting = all.iter().any(|f| is_trusting(&f.equilibrium));
        assert_eq!(trusting, has(&case, "cooperative_equilibrium"), "{name}");
        assert!(all.iter().any(|f| is_wary(&f.equilibrium)), "{name}: mutual defection always");
        let followed = case.solved(8.0);
        assert_eq!(followed.certificate.branch, Branch::Traced, "{name}");
        assert_eq!(
            (is_trusting(&followed), is_wary(&followed)),
            (cooperates, !cooperates),
            "{name}"
        );
    }
}

#[test]
fn below_the_threshold_to_strike_and_to_avoid_are_both_equilibria() {
    for name in ["ambiguity_bold", "ambiguity_cautious"] {
        let case = case(name);
        assert!(has(&case, "second_equilibrium"));
        let all = case.others(case.last().unwrap(), 40);
        let strikes = |f: &Found| f.equilibrium.profile.probability(case.action(1, 1, 0));
        assert!(all.iter().any(|f| strikes(f) > 0.9), "{name}");
        assert!(all.iter().any(|f| strikes(f) < 0.1), "{name}");
    }
}

#[test]
fn where_priors_differ_nothing_is_called_sequential() {
    let (mut n_differ, mut n_agree) = (0, 0);
    for case in cases() {
        let graph = case.game().graph();
        let n = graph.n_players();
        for row in case.rows("subjective") {
            let mut changed = case.game().numbers().clone();
            let views: Vec<Vec<f64>> =
                row["chance"].as_array().unwrap().iter().map(numbers).collect();
            changed.chance = views.concat();
            let game = Game::new(case.game().shared_graph().clone(), changed).unwrap();
            let differ = views[..n].iter().any(|view| *view != views[0]);
            let expected =
                if differ { Claim::AgentEquilibrium } else { Claim::SequentialEquilibrium };
            assert_eq!(claim(&game), expected, "{}: {}", case.name, row["case"]);
            n_differ += usize::from(differ);
            n_agree += usize::from(!differ);
        }
    }
    assert!(n_differ >= 20 && n_agree > 0, "{n_differ} {n_agree}");
}

#[test]
fn the_precision_most_likely_to_have_given_the_data_is_the_published_one() {
    let case = case("ochs_pennies");
    let known = &case.answers["likelihood"];
    let n_each = number(&known["data"]["n_each"]);
    let likelihood = |lambda: f64| {
        let e = case.solved(lambda);
        let of = |player: u32| -> f64 {
            let seen = numbers(&known["data"][format!("{player}:1")]);
            let each = seen.iter().enumerate();
            each.map(|(k, p)| p * e.profile.log_probability(case.action(player, 1, k))).sum()
        };
        n_each * (of(1) + of(2))
    };
    let (at, tolerance) = (number(&known["lambda"]), number(&known["tolerance"]));
    assert!((likelihood(at) - number(&known["log_likelihood"])).abs() < 1e-6, "{}", likelihood(at));
    assert!(likelihood(at) > likelihood(at - tolerance));
    assert!(likelihood(at) > likelihood(at + tolerance));
}

#[test]
fn the_unique_equilibrium_in_mixed_strategies_is_the_limit() {
    let case = case("ochs_pennies");
    let nash = &case.answers["nash"];
    let e = case.solved(3e4);
    for player in 1..=2 {
        for (k, p) in numbers(&nash["profile"][format!("{player}:1")]).into_iter().enumerate() {
            let off = (e.profile.probability(case.action(player, 1, k)) - p).abs();
            assert!(off <= number(&nash["tolerance"]), "{off:e}");
        }
    }
}

#[test]
fn the_centipede_ends_where_it_should() {
    for name in ["centipede", "centipede_6"] {
        let case = case(name);
        let graph = case.game().graph();
        let rows = case.rows("ends");
        assert_eq!(rows.len(), 7);
        for row in rows {
            let e = case.solved(number(&row["lambda"]));
            let reach = reach(case.game(), &e.profile, Viewer::Analyst);
            let ends = graph.nodes().filter(|&n| graph.kind(n) == NodeKind::Terminal);
            let expected = numbers(&row["probability"]);
            let found: Vec<f64> = ends.map(|n| reach[n.index()]).collect();
            assert_eq!(found.len(), expected.len());
            let off = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
            assert!(
                off.fold(0.0, f64::max) <= number(&case.answers["ends"]["tolerance"]),
                "{name}"
            );
        }
    }
}

#[test]
fn each_reprisal_draws_the_next_as_often_as_written_down() {
    let case = case("reprisal_ladder");
    let tolerance = number(&case.answers["replies"]["tolerance"]);
    let rows = case.rows("replies");
    assert_eq!(rows.len(), 5);
    for row in rows {
        let e = case.solved(number(&row["lambda"]));
        // Moves 2 to 6, the players in turn; escalating is the second action.
        let reply = |k: u32| e.profile.probability(case.action(k % 2 + 1, (k + 1).div_ceil(2), 1));
        let found: Vec<f64> = (1..6).map(reply).collect();
        let (mut expected_moves, mut so_far) = (1.0, 1.0);
        for p in &found {
            so_far *= p;
            expected_moves += so_far;
        }
        let expected = numbers(&row["reply"]);
        let off = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(off <= tolerance, "{row}: {found:?}");
        assert!(
            (expected_moves - number(&row["expected_moves_once_begun"])).abs() <= 4.0 * tolerance
        );
        assert!((so_far - number(&row["ceiling_once_begun"])).abs() <= tolerance);
    }
}

#[test]
fn escalating_rather_than_holding_changes_what_follows_as_written_down() {
    let case = case("three_actor_reprisals");
    let graph = case.game().graph();
    let tolerance = number(&case.answers["replies"]["tolerance"]);
    let rows = case.rows("replies");
    assert_eq!(rows.len(), 4);
    for row in rows {
        let e = case.solved(number(&row["lambda"]));
        let reach = reach(case.game(), &e.profile, Viewer::Analyst);
        // Expected escalatory acts (the second action) by each player from each node on.
        let mut ahead = vec![[0.0f64; 3]; graph.n_nodes()];
        let (mut effect, mut weight) = ([[0.0f64; 3]; 3], [0.0f64; 3]);
        for node in graph.nodes().rev() {
            let NodeKind::Decision(i) = graph.kind(node) else { continue };
            let mover = graph.infoset(i).player.index();
            let next: Vec<NodeId> = graph.edges(node).map(|edge| graph.to(edge)).collect();
            let p: Vec<f64> = graph.actions(i).map(|a| e.profile.probability(a)).collect();
            let (held, mut risen) = (ahead[next[0].index()], ahead[next[1].index()]);
            let w = reach[node.index()] * p[1];
            weight[mover] += w;
            for j in 0..3 {
                effect[mover][j] += w * (risen[j] - held[j]);
            }
            risen[mover] += 1.0;
            for j in 0..3 {
                ahead[node.index()][j] = p[0] * held[j] + p[1] * risen[j];
            }
        }
        for (i, expected) in row["total_effect"].as_array().unwrap().iter().enumerate() {
            for (j, expected) in numbers(expected).into_iter().enumerate() {
                let found = effect[i][j] / weight[i];
                assert!((found - expected).abs() <= tolerance, "{i} {j}: {found} for {expected}");
            }
        }
        for (j, expected) in numbers(&row["expected_acts"]).into_iter().enumerate() {
            assert!((ahead[0][j] - expected).abs() <= tolerance);
        }
    }
}

#[test]
fn the_dollar_auction_opens_as_backward_induction_says() {
    // The best action by own payoff; of equals the first, which is to pass.
    let case = case("dollar_auction");
    let (game, graph) = (case.game(), case.game().graph());
    let mut value = vec![[0.0f64; 2]; graph.n_nodes()];
    let mut best = 0;
    for node in graph.nodes().rev() {
        match graph.kind(node) {
            NodeKind::Decision(i) => {
                let mover = graph.infoset(i).player.index();
                let next: Vec<[f64; 2]> =
                    graph.edges(node).map(|edge| value[graph.to(edge).index()]).collect();
                best = (0..next.len())
                    .fold(0, |b, k| if next[k][mover] > next[b][mover] { k } else { b });
                value[node.index()] = next[best];
            }
            _ => value[node.index()] = [0, 1].map(|p| game.terminal_payoff(node, PlayerId(p))),
        }
    }
    let expected = case.answers["spe"]["root_action"].as_str().unwrap();
    assert_eq!(graph.infoset(InfosetId(0)).actions[best], expected);
    // O'Neill (1986): (budget − 1) mod (stake − 1) + 1, with stake 4 and budget 6.
    assert_eq!(expected, format!("bid{}", (6 - 1) % (4 - 1) + 1));
}
