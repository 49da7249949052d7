//! An answer as of a date on the tiny scenario, against a walk over every single path of the game.

#[allow(dead_code, reason = "shared by several tests")]
mod support;

use std::collections::BTreeMap;

use climbdown_lang::episode::{Episode, episode_as_of};
use climbdown_lang::template::{Assignment, Cause, Phase};
use climbdown_study::findings::Findings;
use climbdown_study::{AssessOptions, assess, assess_as_of};
use quantal::math::ln;
use quantal::{EdgeId, Follow, Lambda, NodeId, PlayerId, SolveOptions, StartNode, Viewer, solve};

use support::{Case, HISTORY, close, each_path, observed, tiny_with};

/// The question is asked in the third week; Northmark's boats stay out once they are, and it may like
/// them more than Southmark knows.
fn later(silence: &str) -> Case {
    let mood = "[types.north.mood]\nvalues = { calm = 0.7, keen = 0.3 }\n\
                believed = { south = { calm = 0.5, keen = 0.5 } }\nsource = \"judgement\"\n";
    tiny_with(HISTORY, mood, silence, &|toml| {
        [
            ("set = { boats = false, rumour", "set = { rumour"),
            ("gain_boats\", south", "gain_boats; 0.5 if mood == keen\", south"),
            ("stage = 0\nfocal", "stage = 2\nfocal"),
            ("reference = \"wait\"", "reference = \"pull-back\""),
            ("until = 2030-03-11", "until = \"horizon\""),
        ]
        .iter()
        .fold(toml, |toml, (from, to)| {
            assert!(toml.contains(from), "{from}");
            toml.replace(from, to)
        })
    })
}

fn known(case: &Case, date: &str) -> Episode {
    let point = Assignment::point(&case.template.scenario);
    let game = case.template.instantiate(&point).expect("numbers");
    let day = climbdown_lang::scenario::Time::day(date).expect("a date");
    episode_as_of(&case.template, &game, day).expect("a history the game has a place for")
}

fn options() -> AssessOptions {
    AssessOptions { lambda: 5.0, tolerance: 1e-12, band: Vec::new(), attribution: false }
}

fn answer(case: &Case, date: &str) -> Findings {
    let point = Assignment::point(&case.template.scenario);
    let known = (&known(case, date), date);
    assess_as_of(&case.template, &point, &options(), known, &mut |_, _| true).expect("an answer")
}

/// How likely the observations of the first two weeks are on a path: the boats, the disputed answer,
/// the act known by its means, and the silence. To Southmark the boats passed for waiting.
fn likelihood(case: &Case, path: &[(NodeId, EdgeId)], by: &str) -> f64 {
    let made = |k: usize| {
        let turn = &case.episode.turns[k];
        let is_it = |(n, _): &&(NodeId, EdgeId)| turn.nodes().any(|m| m == *n);
        path.iter().find(is_it).copied()
    };
    let mut product = 1.0;
    for k in 0..4 {
        let at = made(k);
        product *= match at {
            Some((_, edge)) if k == 0 && by != "north" && by != "analyst" => {
                let Cause::Move(Some(m)) = case.template.causes[edge.index()] else { panic!() };
                let name = case.template.scenario.moves[m.index()].id.as_str();
                f64::from(u8::from(["wait", "unmarked-boats"].contains(&name)))
            }
            _ => observed(case, k, at),
        };
    }
    product
}

const VIEWERS: [(&str, Viewer); 3] = [
    ("north", Viewer::Player(PlayerId(0))),
    ("south", Viewer::Player(PlayerId(1))),
    ("analyst", Viewer::Analyst),
];

#[test]
fn an_answer_as_of_a_date_is_the_walk_over_the_paths_that_agree_with_it() {
    let case = later("hold");
    let template = &case.template;
    let found = answer(&case, "2030-03-18");
    let as_of = found.as_of.as_ref().expect("as of a date");
    assert_eq!((as_of.acts, as_of.silences, as_of.left_out), (3, 1, 0));

    let solved = case.solved(&[]);
    let place = |n: NodeId| template.places[n.index()];
    let is_asked = |n: NodeId| {
        place(n).stage == 2 && place(n).phase == Phase::Turn(template.scenario.question.slot)
    };
    let name = |edge: EdgeId| match template.causes[edge.index()] {
        Cause::Move(Some(m)) => template.scenario.moves[m.index()].id.as_str(),
        _ => "hold",
    };

    // The outcome with everybody free.
    let rungs = &template.scenario.ladders[0].rungs;
    let (mut all, mut peaks) = (0.0, vec![0.0; rungs.len()]);
    // Weights at the question's turn, by viewer; where a viewer knows better, somebody else's reading.
    let mut at_turn: BTreeMap<&str, BTreeMap<NodeId, f64>> = BTreeMap::new();
    let mut forced: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (by, viewer) in VIEWERS {
        each_path(&solved, viewer, &mut |p, path, end| {
            let likely = likelihood(&case, path, by);
            let asked = path.iter().find(|(n, _)| is_asked(*n));
            if let Some(&(node, edge)) = asked {
                let loose = 1e-60 * likelihood(&case, path, "south");
                let weight = if by == "analyst" || likely > 0.0 { likely } else { loose };
                *at_turn.entry(by).or_default().entry(node).or_insert(0.0) += p * weight;
                if by == "analyst" && likely > 0.0 {
                    for side in ["stop-ships", "pull-back"] {
                        let open = template.graph.edges(node).find(|e| name(*e) == side);
                        let (weight, crossed) = forced.entry(side).or_default();
                        if open == Some(edge) {
                            let chosen = solved_probability(&solved, node, edge);
                            *weight += p * likely / chosen;
                            *crossed +=
                                p * likely / chosen * f64::from(u8::from(template.peak(end) >= 3));
                        }
                    }
                }
            }
            if by == "analyst" {
                all += p * likely;
                for (rung, sum) in rungs.iter().zip(&mut peaks) {
                    *sum += p * likely * f64::from(u8::from(template.peak(end) >= rung.rung));
                }
            }
        });
    }
    for (rung, p) in found.outcome.rungs.iter().zip(&peaks) {
        close(rung.p_peak_at_least, p / all, &rung.name);
    }
    let here: f64 = at_turn["analyst"].values().sum();
    close(found.effect.p_available, here / all, "the question's turn is reached");
    for (side, found) in [
        ("stop-ships", found.effect.if_you_do_it.measure.focal),
        ("pull-back", found.effect.if_you_do_it.measure.reference),
    ] {
        let (weight, crossed) = forced[side];
        close(found, crossed / weight, side);
    }

    // What everybody believes by then.
    let variable = |about: &str| {
        let at = template.scenario.variables.iter().position(|v| v.name == about);
        climbdown_lang::scenario::VariableId::new(at.expect("a variable"))
    };
    for (by, about) in [
        ("analyst", "south.resolve"),
        ("analyst", "north.mood"),
        ("north", "south.resolve"),
        ("south", "north.mood"),
    ] {
        let weights = &at_turn[by];
        let sum: f64 = weights.values().sum();
        let second = weights.iter().filter(|(n, _)| template.value(**n, variable(about)) == 1);
        let expected = second.map(|(_, w)| w).sum::<f64>() / sum;
        let said = as_of.beliefs.iter().find(|b| b.by == by && b.about == about);
        close(said.expect("a belief").values[1].1, expected, &format!("{by} on {about}"));
    }

    // The policy games begin with everybody's own view of where things stand.
    let (game, _) = &solved;
    let mut nodes: Vec<NodeId> = at_turn.values().flat_map(|w| w.keys().copied()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let log = |by: &str, n: &NodeId| ln(at_turn[by].get(n).copied().unwrap_or(0.0));
    let start: Vec<StartNode> = nodes
        .iter()
        .map(|n| StartNode { node: *n, log_weights: VIEWERS.map(|(by, _)| log(by, n)).to_vec() })
        .collect();
    let change = found.effect.as_policy.measure;
    for (side, said) in [("stop-ships", change.focal), ("pull-back", change.reference)] {
        // In the last week nothing is given up later.
        let keep = |node: NodeId, k: usize| {
            let both = ["stop-ships", "pull-back"]
                .map(|s| template.graph.edges(node).any(|e| name(e) == s));
            let edge = template.graph.edges(node).nth(k).expect("an action");
            !is_asked(node) || both != [true, true] || name(edge) == side
        };
        let part = game.conditioned(&start, &keep).expect("a game");
        let point = Assignment::point(&template.scenario);
        let stakes = template.stakes(&point);
        let how = SolveOptions {
            tolerance: 1e-12,
            max_steps: 50_000,
            follow: Follow::Twice,
            start: None,
        };
        let lambda = Lambda::new(5.0).expect("a precision");
        let policy = solve(&part.game, lambda, &stakes, &how, &mut |_| true).expect("it solves");
        let (mut weight, mut crossed) = (0.0, 0.0);
        each_path(&(part.game.clone(), policy.profile), Viewer::Analyst, &mut |p, _, end| {
            let end = part.nodes[end.index()].expect("not the root");
            weight += p;
            crossed += p * f64::from(u8::from(template.peak(end) >= 3));
        });
        close(said, crossed / weight, side);
    }
}

fn solved_probability(
    (game, profile): &(quantal::Game, quantal::BehaviorProfile),
    node: NodeId,
    edge: EdgeId,
) -> f64 {
    let graph = game.graph();
    let quantal::NodeKind::Decision(infoset) = graph.kind(node) else { panic!("a turn") };
    let mut pairs = graph.edges(node).zip(graph.actions(infoset));
    profile.probability(pairs.find(|(e, _)| *e == edge).expect("an action").1)
}

#[test]
fn what_is_known_later_is_not_known_yet() {
    let case = later("hold");
    // On the first day there are boats; the answer and the rest of the week are to come.
    let first = answer(&case, "2030-03-04").as_of.expect("as of a date");
    assert_eq!((first.acts, first.silences), (1, 0));
    // The second week ends on the 17th: only then is its missing answer a silence.
    let sixteenth = answer(&case, "2030-03-16").as_of.expect("as of a date");
    assert_eq!((sixteenth.acts, sixteenth.silences), (3, 0));
    let eve = answer(&case, "2030-03-17").as_of.expect("as of a date");
    assert_eq!((eve.acts, eve.silences), (3, 1));
    // Acts of the third week are at and after the question's turn.
    let end = answer(&case, "2030-03-24");
    let of_end = end.as_of.as_ref().expect("as of a date");
    assert_eq!((of_end.acts, of_end.silences, of_end.left_out), (3, 1, 2));
    assert!(end.caveats.iter().any(|c| c.text.contains("had begun")), "{:?}", end.caveats);
    let before = answer(&case, "2030-03-17");
    close(
        end.effect.as_policy.measure.focal,
        before.effect.as_policy.measure.focal,
        "what comes after the question does not count",
    );
    let unknown = answer(&later("unknown"), "2030-03-17").as_of.expect("as of a date");
    assert_eq!((unknown.acts, unknown.silences), (3, 0), "silence says nothing");
}

#[test]
fn a_question_at_the_start_is_the_plain_question() {
    let case = tiny_with(HISTORY, "", "hold", &|toml| toml);
    let point = Assignment::point(&case.template.scenario);
    let plain = assess(&case.template, &point, &options(), &mut |_, _| true).expect("an answer");
    let looked_back = answer(&case, "2030-03-20");
    for (a, b) in [
        (plain.effect.as_policy.measure.focal, looked_back.effect.as_policy.measure.focal),
        (plain.effect.as_policy.measure.reference, looked_back.effect.as_policy.measure.reference),
        (plain.outcome.expected_peak, looked_back.outcome.expected_peak),
        (plain.spiral.expected_acts, looked_back.spiral.expected_acts),
    ] {
        close(a, b, "nothing was known before the first turn");
    }
    assert_eq!(looked_back.as_of.expect("as of a date").left_out, 5);
}
