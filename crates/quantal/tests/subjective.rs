//! Players who differ on chance: published cases, and an evaluator written another way.

use quantal::{
    ActionId, BehaviorProfile, Game, InfosetId, NodeId, NodeKind, PlayerId, Viewer, action_values,
    belief, certify, reach, read_efg, values,
};
use support::{Next, Turn, layered, random_game, solved};

mod support;

/// Q by listing every path: the owner's probability of each path through (I, a), times what the owner
/// collects after I, discounted to I, over the probability of all paths to I.
///
/// Follows the definition on histories, knows nothing of merged nodes, reach or backward induction.
struct Paths<'a> {
    game: &'a Game,
    profile: &'a BehaviorProfile,
    player: PlayerId,
    /// Per action: Σ p(path) · payoff after I. Per information set: Σ p(path to I), over paths to it.
    gain: Vec<f64>,
    weight: Vec<f64>,
}

/// A decision passed on the way: its action, and what the path to it and on to here is worth.
#[derive(Clone, Copy)]
struct Passed {
    action: ActionId,
    /// Payoffs collected since, discounted to the decision, and the discount that applies by now.
    collected: f64,
    discount: f64,
    /// Probability of the path without the action itself.
    probability: f64,
}

impl Paths<'_> {
    fn walk(&mut self, node: NodeId, probability: f64, passed: &[Passed]) {
        let graph = self.game.graph();
        let infoset = match graph.kind(node) {
            NodeKind::Terminal => {
                let end = self.game.terminal_payoff(node, self.player);
                for p in passed {
                    let total = p.collected + p.discount * end;
                    self.gain[p.action.index()] += p.probability * total;
                }
                return;
            }
            NodeKind::Chance => None,
            NodeKind::Decision(i) => Some(i),
        };
        if let Some(i) = infoset {
            self.weight[i.index()] += probability;
        }
        for (k, edge) in graph.edges(node).enumerate() {
            let action = infoset.and_then(|i| graph.actions(i).nth(k));
            let chosen = action.map_or_else(
                || self.game.probability(edge, Viewer::Player(self.player)),
                |a| self.profile.probability(a),
            );
            let payoff = self.game.edge_payoff(edge, self.player);
            let discount =
                if graph.is_next_stage(edge) { self.game.discount(self.player) } else { 1.0 };
            let mut passed: Vec<Passed> = passed
                .iter()
                .map(|p| Passed {
                    collected: p.collected + p.discount * payoff,
                    discount: p.discount * discount,
                    probability: p.probability * chosen,
                    ..*p
                })
                .collect();
            if let Some(action) = action {
                passed.push(Passed { action, collected: payoff, discount, probability });
            }
            self.walk(graph.to(edge), probability * chosen, &passed);
        }
    }
}

fn naive_action_values(game: &Game, profile: &BehaviorProfile) -> Vec<f64> {
    let graph = game.graph();
    let mut q = vec![0.0; graph.n_actions()];
    for player in (0..graph.n_players()).map(PlayerId::new) {
        let mut paths = Paths {
            game,
            profile,
            player,
            gain: vec![0.0; graph.n_actions()],
            weight: vec![0.0; graph.n_infosets()],
        };
        paths.walk(NodeId(0), 1.0, &[]);
        for i in graph.infosets().filter(|&i| graph.infoset(i).player == player) {
            for a in graph.actions(i) {
                q[a.index()] = paths.gain[a.index()] / paths.weight[i.index()];
            }
        }
    }
    q
}

/// Largest |log π − log logit(Q)| with Q from the paths.
fn naive_residual(game: &Game, profile: &BehaviorProfile, lambda: f64) -> f64 {
    let graph = game.graph();
    let q = naive_action_values(game, profile);
    let mut worst: f64 = 0.0;
    for i in graph.infosets() {
        let sum: f64 = graph.actions(i).map(|a| quantal::math::exp(lambda * q[a.index()])).sum();
        for a in graph.actions(i) {
            let expected = lambda * q[a.index()] - quantal::math::ln(sum);
            worst = worst.max((profile.log_probability(a) - expected).abs());
        }
    }
    worst
}

#[test]
fn equilibria_hold_for_an_evaluator_that_lists_paths() {
    // Subjective draws, discounts, merged histories (imperfect recall, own moves included).
    for (players, layers, states, seed) in
        [(2, 6, 2, 1), (2, 7, 3, 2), (3, 7, 2, 3), (3, 8, 3, 4), (1, 6, 2, 5), (4, 8, 2, 6)]
    {
        let game = random_game(players, layers, states, seed);
        for lambda in [0.7, 4.0] {
            let e = solved(&game, lambda, &vec![1.0; players]);
            let off = naive_residual(&game, &e.profile, lambda);
            assert!(off < 1e-9, "players {players}, seed {seed}, λ {lambda}: {off:e}");
        }
    }
}

#[test]
fn action_values_of_any_profile_are_those_of_its_paths() {
    let game = random_game(3, 7, 3, 9);
    let mut draws = support::Draws::new(77);
    let graph = game.graph();
    let mut logs = vec![0.0; graph.n_actions()];
    for i in graph.infosets() {
        let raw: Vec<f64> = graph.actions(i).map(|_| draws.between(0.01, 1.0)).collect();
        let sum: f64 = raw.iter().sum();
        for (a, x) in graph.actions(i).zip(raw) {
            logs[a.index()] = quantal::math::ln(x / sum);
        }
    }
    let profile = BehaviorProfile::from_logs(logs);
    let expected = naive_action_values(&game, &profile);
    for (q, e) in action_values(&game, &profile).iter().zip(expected) {
        assert!((q - e).abs() < 1e-12);
    }
}

#[test]
fn under_perfect_recall_too() {
    let text = include_str!("../catalog/chain_store.efg");
    let game = read_efg(text).unwrap().game;
    let e = solved(&game, 3.0, &[1.0; 3]);
    assert!(naive_residual(&game, &e.profile, 3.0) < 1e-9);
}

#[test]
fn mutual_optimism_matches_its_closed_form() {
    // Fey and Ramsay 2007 (AJPS 51:738-754); p_A = 0.7, p_B = 0.4, costs 0.1, demands 0.3 to 0.75:
    // accept(x) = L(λ[(1−x) − (1−p_B−c)]), demand(x) ∝ exp(λ[accept x + (1−accept)(p_A−c)]).
    let demands = [0.3, 0.45, 0.6, 0.75];
    let game = layered(2, vec![1.0; 2], 1, 0usize, |layer, &state| match layer {
        0 => Turn::Decision(
            0,
            String::new(),
            (0..4).map(|k| (vec![0.0; 2], Next::State(k))).collect(),
        ),
        1 => {
            let x = demands[state];
            Turn::Decision(
                1,
                state.to_string(),
                vec![
                    (vec![0.0; 2], Next::End(vec![x, 1.0 - x])),
                    (vec![0.0; 2], Next::State(state)),
                ],
            )
        }
        _ => Turn::Chance(vec![
            (vec![0.7, 0.4, 0.55], Next::End(vec![0.9, -0.1])),
            (vec![0.3, 0.6, 0.45], Next::End(vec![-0.1, 0.9])),
        ]),
    });
    for (lambda, p_war, demand, accept) in [
        (2.0, 0.5263405107, 0.1901262146, 0.5986876601),
        (5.0, 0.6047384356, 0.1053068301, 0.7310585786),
        (20.0, 0.9014799509, 0.001293550948, 0.98201379),
    ] {
        let e = solved(&game, lambda, &[1.0; 2]);
        let p = |a: u32| e.profile.probability(ActionId(a));
        assert!((p(0) - demand).abs() < 1e-8);
        assert!((p(4) - accept).abs() < 1e-8);
        let war: f64 = (0..4).map(|k| p(k) * p(5 + 2 * k)).sum();
        assert!((war - p_war).abs() < 1e-8, "λ {lambda}: {war}");
    }
}

#[test]
fn mistrust_between_two_who_could_trust_matches_its_table() {
    // After Jervis 1976, ch. 3; R, P, S = 4, 1, 0; temptation 1.5 (trustworthy) or 5. Each knows its
    // own type; A holds B trustworthy with t_A, B holds A so with t_B; the analyst knows both are.
    let game = |t_a: f64, t_b: f64| {
        layered(2, vec![1.0; 2], 1, (0usize, 0usize), move |layer, &(types, move_a)| {
            let temptation = |bit: usize| if types >> bit & 1 == 0 { 1.5 } else { 5.0 };
            match layer {
                0 => {
                    let draw = |a: usize, b: usize| {
                        let side = |p: f64, x: usize| if x == 0 { p } else { 1.0 - p };
                        let analyst = if a + b == 0 { 1.0 } else { 0.0 };
                        let p = vec![0.5 * side(t_a, b), 0.5 * side(t_b, a), analyst];
                        (p, Next::State((a | b << 1, 0)))
                    };
                    Turn::Chance(vec![draw(0, 0), draw(0, 1), draw(1, 0), draw(1, 1)])
                }
                1 => {
                    let on = |k| (vec![0.0; 2], Next::State((types, k)));
                    Turn::Decision(0, (types & 1).to_string(), vec![on(0), on(1)])
                }
                _ => {
                    let end = |k| {
                        let pay = match (move_a, k) {
                            (0, 0) => vec![4.0, 4.0],
                            (0, _) => vec![0.0, temptation(1)],
                            (_, 0) => vec![temptation(0), 0.0],
                            _ => vec![1.0, 1.0],
                        };
                        (vec![0.0; 2], Next::End(pay))
                    };
                    Turn::Decision(1, (types >> 1).to_string(), vec![end(0), end(1)])
                }
            }
        })
    };
    for (t_a, t_b, lambda, expected) in [
        (0.45, 0.45, 2.0, [0.5395300761, 0.119202922, 0.5395300761, 0.119202922]),
        (0.98, 0.3, 2.0, [0.9059436351, 0.119202922, 0.619299483, 0.119202922]),
        (0.98, 0.3, 4.0, [0.9791243984, 0.01798621, 0.571650253, 0.01798621]),
    ] {
        let game = game(t_a, t_b);
        let e = solved(&game, lambda, &[1.0; 2]);
        for i in game.graph().infosets() {
            let set = game.graph().infoset(i);
            let kind = usize::from(set.label.ends_with('1'));
            let first = game.graph().actions(i).next().unwrap();
            let off = e.profile.probability(first) - expected[2 * set.player.index() + kind];
            assert!(off.abs() < 1e-7, "{} at λ {lambda}: {off:e}", set.label);
        }
    }
}

#[test]
fn deterrence_under_double_misperception_matches_its_table() {
    // The game of the catalog; each side underrates the other's resolve. After Zagare and Kilgour
    // 2000, ch. 5, computed from the closed form f, x, y with each side's own posterior.
    let base = read_efg(include_str!("../catalog/unilateral_deterrence.efg")).unwrap().game;
    let mut numbers = base.numbers().clone();
    // Challenger's type, then the defender's behind each: by challenger, defender, analyst.
    let side = |p: f64| [p, 1.0 - p];
    numbers.chance = [(0.25, 0.1), (0.1, 0.6), (0.25, 0.6)]
        .iter()
        .flat_map(|&(c, d)| [side(c), side(d), side(d)].concat())
        .collect();
    let game = Game::new(base.shared_graph().clone(), numbers).unwrap();
    let e = solved(&game, 2.0, &[1.0; 2]);
    let labelled = |label: &str| {
        let i = game.graph().infosets().find(|&i| game.graph().infoset(i).label == label).unwrap();
        e.profile.probability(game.graph().actions(i).next().unwrap())
    };
    for (label, expected) in [
        ("Ch1_H", 0.62413644),
        ("Def_H", 0.143793567),
        ("Ch2_H", 0.268941421),
        ("Def_S", 0.242957807),
        ("Ch1_S", 0.777417876),
        ("Ch2_S", 0.880797078),
    ] {
        assert!((labelled(label) - expected).abs() < 1e-7, "{label}: {}", labelled(label));
    }
    // Status quo as each viewer expects it.
    let at_ends = |viewer: Viewer| -> f64 {
        let reach = reach(&game, &e.profile, viewer);
        let ends = game.graph().nodes().filter(|&n| game.terminal_payoff(n, PlayerId(0)) == 1.0);
        ends.map(|n| reach[n.index()]).sum()
    };
    assert!((at_ends(Viewer::Analyst) - 0.739097517).abs() < 1e-7);
    assert!((at_ends(Viewer::Player(PlayerId(1))) - 0.762089733).abs() < 1e-7);
}

#[test]
fn beliefs_far_below_the_smallest_float_are_right() {
    // Player 0 knows its type and goes on ten times at a cost of about 100 each, though leaving is
    // free; player 1 sees only that it went on. At λ = 5 that has probability e^−5000.
    let steps = 10usize;
    let cost = |kind: usize| if kind == 0 { 100.0 } else { 100.03 };
    let game = layered(2, vec![1.0; 2], 1, 0usize, |layer, &kind| {
        if layer == 0 {
            let p = vec![0.3; 3];
            return Turn::Chance(vec![(p, Next::State(0)), (vec![0.7; 3], Next::State(1))]);
        }
        if layer <= steps {
            let go = (vec![-cost(kind), 0.0], Next::State(kind));
            let leave = (vec![0.0; 2], Next::End(vec![0.0, 0.0]));
            return Turn::Decision(0, kind.to_string(), vec![go, leave]);
        }
        let bet = if kind == 0 { 1.0 } else { -1.0 };
        let end = |x: f64| (vec![0.0, x], Next::End(vec![0.0; 2]));
        Turn::Decision(1, String::new(), vec![end(bet), end(0.0)])
    });
    let lambda = 5.0;
    let e = solved(&game, lambda, &[1.0; 2]);
    assert!(e.certificate.residual <= 1e-10 && e.certificate.excluded.is_empty());
    let last = game.graph().infosets().last().unwrap();
    let nodes = game.graph().infoset_nodes(last);
    let log_reach = quantal::log_reach(&game, &e.profile, Viewer::Player(PlayerId(1)));
    assert!(log_reach[nodes[0].index()] < -921.0 * 5.0, "e^−921 is 1e-400");
    assert_eq!(reach(&game, &e.profile, Viewer::Analyst)[nodes[0].index()], 0.0);

    // In logarithms, backwards by hand: the odds of going on at each step, from the value behind.
    let log_odds_of_path = |kind: usize| -> f64 {
        let mut value = 0.0;
        let mut log_path = 0.0;
        for _ in 0..steps {
            let go = value - cost(kind);
            // log L(λ go) with λ go near −500: the exponential of it is far below one.
            let log_p = lambda * go - quantal::math::ln_1p(quantal::math::exp(lambda * go));
            log_path += log_p;
            value = quantal::math::exp(log_p) * go;
        }
        log_path
    };
    let odds = quantal::math::ln(0.3 / 0.7) + log_odds_of_path(0) - log_odds_of_path(1);
    let expected = 1.0 / (1.0 + quantal::math::exp(-odds));
    assert!((0.1..0.9).contains(&expected), "both types matter: {expected}");
    let found = belief(&game, &e.profile, last).unwrap();
    assert!((found[0].1 - expected).abs() < 1e-9, "{} is not {expected}", found[0].1);
    let q = 2.0 * expected - 1.0;
    let bet = 1.0 / (1.0 + quantal::math::exp(-lambda * q));
    let first = game.graph().actions(last).next().unwrap();
    assert!((e.profile.probability(first) - bet).abs() < 1e-8);
}

#[test]
fn what_everybody_holds_impossible_plays_by_weights_and_is_listed() {
    let game = layered(1, vec![1.0], 1, 0usize, |layer, &state| match layer {
        0 => Turn::Chance(vec![(vec![1.0, 1.0], Next::State(0)), (vec![0.0, 0.0], Next::State(1))]),
        _ => {
            let end = |x: f64| (vec![0.0], Next::End(vec![x]));
            Turn::Decision(0, state.to_string(), vec![end(1.0), end(5.0)])
        }
    });
    let mut numbers = game.numbers().clone();
    numbers.weights = vec![1.0, 1.0, 3.0, 1.0];
    let game = Game::new(game.shared_graph().clone(), numbers).unwrap();
    let e = solved(&game, 2.0, &[1.0]);
    assert_eq!(e.certificate.excluded, [InfosetId(1)]);
    assert!((e.profile.probability(ActionId(2)) - 0.75).abs() < 1e-15);
    assert_eq!(belief(&game, &e.profile, InfosetId(1)), None);
    assert!(e.certificate.residual <= 1e-10);
}

#[test]
fn regret_is_what_the_owner_forgoes_in_units_by_its_own_reach() {
    // One decision, values 0 and 3, played half and half: regret 1.5, in units of 2: 0.75.
    let game = layered(1, vec![1.0], 1, (), |_, ()| {
        let end = |x: f64| (vec![x], Next::End(vec![0.0]));
        Turn::Decision(0, String::new(), vec![end(0.0), end(3.0)])
    });
    let half = BehaviorProfile::from_logs(vec![quantal::math::ln(0.5); 2]);
    let lambda = quantal::Lambda::new(1.0).unwrap();
    let branch = quantal::Branch::WarmUnverified;
    let c = certify(&game, lambda, &[2.0], &half, 1e-10, 0, branch);
    assert!((c.max_regret - 0.75).abs() < 1e-15 && (c.mean_regret - 0.75).abs() < 1e-15);
    assert_eq!(c.players[0].max_regret, c.max_regret);
    assert_eq!(c.players[0].lambda_raw, 0.5);
    // log ½ against log L(−1.5) = −log(1 + e^1.5).
    let expected = quantal::math::ln_1p(quantal::math::exp(1.5)) - quantal::math::ln(2.0);
    assert!((c.residual - expected).abs() < 1e-14 && !c.converged);
    assert_eq!(values(&game, &half, PlayerId(0), Viewer::Analyst)[0], 1.5);
}
