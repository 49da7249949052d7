//! Replay on the tiny scenario, against a walk over every single path of the game.

#[allow(dead_code, reason = "shared by several tests")]
mod support;

use climbdown_lang::episode::{Seen, looks};
use climbdown_lang::scenario::ActorId;
use climbdown_lang::template::Cause;
use climbdown_study::replay::BASELINES;
use quantal::math::ln;
use quantal::{EdgeId, NodeId, PlayerId, Viewer};

use support::{HISTORY, RESOLVE, belief, close, observed, tiny, tiny_with, told, walk_all};

const RIVALS: &str = "
[hypotheses.slope.steep]
claim = \"Collisions get out of hand\"
prior = 0.4
fixes = { p_slide = 0.2, war = 9 }
[hypotheses.slope.flat]
claim = \"They do not\"
prior = 0.6
fixes = { p_slide = 0.02 }
";

#[test]
fn the_filter_is_the_walk_over_every_path() {
    let case = tiny(HISTORY, "", "hold");
    let found = case.replay();
    assert_eq!(found.steps.len(), 6);
    assert_eq!((found.acts.n, found.silences.n, found.rivals.len()), (5, 1, 0));
    let solved = case.solved(&[]);
    let all = walk_all(&case, &solved, (Viewer::Analyst, RESOLVE), &|k, at| observed(&case, k, at));
    for (k, step) in found.steps.iter().enumerate() {
        for (account, said) in step.accounts.iter().enumerate() {
            let with = walk_all(&case, &solved, (Viewer::Analyst, RESOLVE), &|j, at| match j {
                j if j == k => told(&case, k, account, at),
                j => observed(&case, j, at),
            });
            let p = with[k + 1].0 / all[k].0;
            close(said.probability, p, &format!("step {k}, {}", said.event));
        }
        let after = &all[k + 1];
        for (value, p) in belief(step, "analyst", RESOLVE).into_iter().enumerate() {
            let value = u8::try_from(value).expect("few values");
            close(p, after.1[&value] / after.0, &format!("belief after step {k}"));
        }
    }
    let sum: f64 = found.steps.iter().filter(|s| s.row.is_some()).map(|s| s.score.log).sum();
    close(found.acts.model.log, sum, "the total");
    let disputed = &found.steps[1];
    let p: Vec<f64> = disputed.accounts.iter().map(|a| a.probability).collect();
    close(disputed.score.log, (0.6 * ln(p[0]) + 0.3 * ln(p[1])) / 0.9, "two accounts");
}

#[test]
fn an_actor_sees_what_a_hidden_move_looked_like() {
    let case = tiny(HISTORY, "", "hold");
    let (found, solved) = (case.replay(), case.solved(&[]));
    // Southmark's own draw is its own; Northmark knows of its boats, and believes other odds.
    let north = walk_all(&case, &solved, (Viewer::Player(PlayerId::new(0)), RESOLVE), &|k, at| {
        observed(&case, k, at)
    });
    for (k, step) in found.steps.iter().enumerate() {
        let (all, by) = &north[k + 1];
        close(
            belief(step, "north", RESOLVE)[1],
            by[&1] / all,
            &format!("Northmark after step {k}"),
        );
    }
    assert!(found.steps[0].beliefs.iter().all(|b| b.by != "south"), "its type is no news to it");
    let root = case.episode.turns[0].nodes().next().expect("a node");
    let boats = case.template.graph.edges(root).nth(1).expect("the second move");
    let seen = |actor| looks(&case.template, root, boats, ActorId::new(actor)).map(|m| m.index());
    assert_eq!((seen(0), seen(1)), (Some(1), Some(0)), "to Southmark it looks like waiting");
}

#[test]
fn who_did_not_see_a_hidden_move_learns_what_it_looked_like() {
    // Northmark may like its boats more than Southmark knows.
    let mood = "[types.north.mood]\nvalues = { calm = 0.7, keen = 0.3 }\n\
                believed = { south = { calm = 0.5, keen = 0.5 } }\nsource = \"judgement\"\n";
    let case = tiny_with(HISTORY, mood, "hold", &|toml| {
        let changed = toml.replace(
            "pays = { north = \"gain_boats\"",
            "pays = { north = \"gain_boats; 0.5 if mood == keen\"",
        );
        assert_ne!(changed, toml);
        changed
    });
    let (found, solved) = (case.replay(), case.solved(&[]));
    let looked = |k: usize, at: Option<(NodeId, EdgeId)>| {
        let Some((_, edge)) = at else { return observed(&case, k, at) };
        let Cause::Move(Some(made)) = case.template.causes[edge.index()] else {
            return observed(&case, k, at);
        };
        let made = case.template.scenario.moves[made.index()].id.as_str();
        // The boats of the first week passed for waiting.
        if k == 0 {
            f64::from(u8::from(["wait", "unmarked-boats"].contains(&made)))
        } else {
            observed(&case, k, at)
        }
    };
    let south = (Viewer::Player(PlayerId::new(1)), "north.mood");
    let walked = walk_all(&case, &solved, south, &looked);
    let analyst =
        walk_all(&case, &solved, (Viewer::Analyst, "north.mood"), &|k, at| observed(&case, k, at));
    for (k, step) in found.steps.iter().enumerate() {
        for (by, walked) in [("south", &walked[k + 1]), ("analyst", &analyst[k + 1])] {
            let expected = walked.1[&1] / walked.0;
            close(belief(step, by, "north.mood")[1], expected, &format!("{by} after step {k}"));
        }
    }
    let keen = |by| belief(&found.steps[0], by, "north.mood")[1];
    assert!(keen("analyst") > 0.3 + 0.05, "the analyst knows of the boats: {}", keen("analyst"));
    assert!((keen("south") - 0.5).abs() < 0.1, "and Southmark does not: {}", keen("south"));
}

#[test]
fn explanations_that_fix_parameters_are_weighed_by_what_their_games_expected() {
    let case = tiny(HISTORY, RIVALS, "hold");
    let found = case.replay();
    let likely: Vec<f64> = [&[("p_slide", 0.2), ("war", 9.0)][..], &[("p_slide", 0.02)]]
        .iter()
        .map(|set| {
            let solved = case.solved(set);
            let all = walk_all(&case, &solved, (Viewer::Analyst, RESOLVE), &|k, at| {
                observed(&case, k, at)
            });
            all.last().expect("the whole history").0
        })
        .collect();
    let sum = 0.4 * likely[0] + 0.6 * likely[1];
    let set = &found.hypotheses[0];
    for (h, (prior, likely)) in set.hypotheses.iter().zip([0.4, 0.6].iter().zip(&likely)) {
        close(h.posterior.expect("computed"), prior * likely / sum, &h.id);
        close(h.log_likelihood.expect("possible"), ln(*likely), &h.id);
    }
    assert_eq!(found.rivals.len(), 2);
    assert_eq!(found.baselines, [&BASELINES[..], &["file_values"]].concat());
}

#[test]
fn forecasts_sum_to_one_and_silences_are_scored_apart() {
    for (more, silence) in [("", "hold"), (RIVALS, "hold"), (RIVALS, "unknown")] {
        let case = tiny(HISTORY, more, silence);
        let found = case.replay();
        for step in &found.steps {
            let sum: f64 = step.forecast.iter().map(|(_, p)| p).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{step:?}");
            assert!(step.forecast.iter().any(|(event, _)| *event == step.observed), "{step:?}");
            assert!(step.score.log <= 0.0 && (0.0..=2.0).contains(&step.score.brier));
        }
        let n_silences = usize::from(silence == "hold");
        assert_eq!((found.silences.n, found.n_unobserved), (n_silences, 1 - n_silences));
        let unobserved = case.episode.turns.iter().filter(|t| t.seen == Seen::Nothing).count();
        assert_eq!(unobserved, found.n_unobserved);
    }
}

#[test]
fn who_expects_every_open_move_alike_loses_the_logarithm_of_their_number() {
    let found = tiny(HISTORY, "", "hold").replay();
    // Boats among wait, boats, stop-ships.
    let step = &found.steps[0];
    close(step.baselines[0].log, -ln(3.0), "uniform");
    close(step.baselines[1].log, -ln(3.0), "persistence has nothing to repeat yet");
    close(step.baselines[2].log, -ln(3.0), "and no rung was seen yet");
    // The last act is new at its position: a third of what persistence spreads over all moves.
    let last = found.steps.last().expect("steps");
    close(last.baselines[0].log, -ln(3.0), "bear-it, escort and fire are open");
    close(last.baselines[1].log, ln(0.2 / 3.0), "never seen there before");
}

#[test]
fn forecasts_of_people_are_scored_over_the_turns_they_are_about() {
    let given = "
[[forecasts]]
who = \"a columnist\"
date = 2030-03-04
seat = \"northport\"
moves = { wait = 0.5, unmarked-boats = 0.3, stop-ships = 0.2 }
source = \"s\"
[[forecasts]]
who = \"a columnist\"
date = 2030-03-20
seat = \"southport\"
moves = { fire = 1 }
source = \"s\"
[[forecasts]]
who = \"a doubter\"
date = 2030-03-04
seat = \"northport\"
moves = { pull-back = 0.5, wait = 0.25, unmarked-boats = 0.25 }
source = \"s\"
[[forecasts]]
who = \"a doubter\"
date = 2030-03-13
seat = \"southport\"
moves = { escort = 1 }
source = \"s\"
";
    let found = tiny(HISTORY, given, "hold").replay();
    let [columnist, doubter] = &found.acts.people[..] else { panic!("{:?}", found.acts.people) };
    assert_eq!((columnist.who.as_str(), columnist.n), ("a columnist", 2));
    close(columnist.own.log, ln(0.3), "boats were given 0.3, and fire was certain");
    close(columnist.own.brier, 0.7 * 0.7 + 0.5 * 0.5 + 0.2 * 0.2, "the same by Brier");
    let (first, last) = (&found.steps[0], &found.steps[5]);
    close(columnist.model.log, first.score.log + last.score.log, "the model on the same turns");
    let uniform = first.baselines[0].log + last.baselines[0].log;
    close(columnist.baselines[0].log, uniform, "and who expects every move alike");
    // Pulling back is not open at first, so the rest counts double.
    assert_eq!((doubter.who.as_str(), doubter.n), ("a doubter", 1));
    close(doubter.own.log, ln(0.5), "boats at even chances with waiting");
    // A silence is scored apart, and what was held impossible costs everything.
    let [silent] = &found.silences.people[..] else { panic!("{:?}", found.silences.people) };
    assert_eq!((silent.n, silent.own.log), (1, f64::NEG_INFINITY));
}

#[test]
fn a_crisis_that_is_over_surprises_nobody_by_its_silence() {
    let history = "\
2030-03-04,northport,,wait,,,,,,,,s,high
2030-03-11,northport,,settle,,,,,,,,s,high
";
    let found = tiny(history, "", "hold").replay();
    let last = found.steps.last().expect("the answer to the settlement");
    assert_eq!((last.seat.as_str(), last.row), ("southport", None));
    close(last.score.log, 0.0, "the model, but for rounding");
    for (name, score) in BASELINES.iter().zip(&last.baselines) {
        assert_eq!((score.log, score.brier), (0.0, 0.0), "{name}");
    }
}
