//! Reading and writing `.efg`: what is refused, where it says so, and what cannot be written.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use quantal::{EdgeId, EfgWarning, NodeId, PlayerId, TextProblem, Viewer, read_efg, write_efg};
use support::{Ladder, ladder};

mod support;

fn refused(text: &str) -> (usize, usize, TextProblem) {
    let error = read_efg(text).unwrap_err();
    assert!(
        error.to_string().starts_with(&format!("line {}, column {}", error.line, error.column))
    );
    (error.line, error.column, error.problem)
}

#[test]
fn what_is_no_game_is_refused_with_its_place() {
    use TextProblem::{
        AbsentMinded, BadNumber, Expected, HugeNumber, NotADistribution, NullOutcome, OpenQuote,
        OtherActions, OtherChances, OtherName, OtherOutcome, PayoffCount, TextAfterGame,
        UnfinishedTree, UnknownInfoset, UnknownOutcome, UnknownPlayer,
    };
    let head = "EFG 2 R \"g\" { \"A\" \"B\" }\n";
    let tree = |nodes: &str| refused(&format!("{head}{nodes}"));
    assert_eq!(refused(""), (1, 1, Expected("EFG, as .efg files begin")));
    assert_eq!(refused("NFG 1"), (1, 1, Expected("EFG, as .efg files begin")));
    assert_eq!(refused("EFG 1 R"), (1, 5, Expected("version 2")));
    assert_eq!(refused("EFG 2 R \"g"), (1, 9, OpenQuote));
    assert_eq!(refused(head), (2, 1, UnfinishedTree));
    assert_eq!(tree("x \"\" 1"), (2, 1, Expected("a node: c, p or t")));
    assert_eq!(tree("t \"\" 1 \"\" { 1 }"), (2, 6, PayoffCount { found: 1, expected: 2 }));
    assert_eq!(tree("t \"\" 1 \"\" { 1, 2/0 }"), (2, 16, BadNumber("2/0".to_owned())));
    assert_eq!(tree("t \"\" 1 \"\" { 1, nan }"), (2, 16, BadNumber("nan".to_owned())));
    assert_eq!(tree("t \"\" 7"), (2, 6, UnknownOutcome(7)));
    assert_eq!(
        tree("p \"\" 3 1 \"\" { \"a\" } 0"),
        (2, 6, UnknownPlayer { player: 3, n_players: 2 })
    );
    assert_eq!(tree("p \"\" 1 1 0"), (2, 8, UnknownInfoset(1)));
    assert_eq!(tree("p \"\" 1 1 \"\" { \"a\" \"b\" } 0\nt \"\" 0\n"), (4, 1, UnfinishedTree));
    assert_eq!(tree("t \"\" 0\nt \"\" 0\n"), (3, 1, TextAfterGame));
    let twice = "p \"\" 1 1 \"\" { \"a\" } 0\np \"\" 1 1 \"\" { \"b\" } 0\nt \"\" 0\n";
    assert_eq!(tree(twice), (3, 8, OtherActions(1)));
    let absent = "p \"\" 1 1 \"\" { \"a\" } 0\np \"\" 1 1 0\nt \"\" 0\n";
    assert_eq!(tree(absent), (3, 1, AbsentMinded { player: 1, infoset: 1 }));
    assert_eq!(tree("t \"\" 1 \"\" { 1e400 0 }"), (2, 13, HugeNumber("1e400".to_owned())));
    assert_eq!(tree("t \"\" 0 \"\" { 1 2 }"), (2, 6, NullOutcome));
    let first = "p \"\" 1 1 \"one\" { \"a\" \"b\" } 0\nt \"\" 1 \"x\" { 1 2 }\n";
    assert_eq!(tree(&format!("{first}t \"\" 1 \"y\"")), (4, 6, OtherOutcome(1)));
    assert_eq!(tree(&format!("{first}t \"\" 1 \"x\" {{ 1 3 }}")), (4, 6, OtherOutcome(1)));
    assert_eq!(tree(&format!("{first}p \"\" 1 1 \"two\" 0")), (4, 8, OtherName(1)));
    let thirds = "c \"\" 1 \"\" { \"l\" 0.333 \"m\" 0.333 \"r\" 0.333 } 0";
    assert!(matches!(tree(thirds), (2, 11, NotADistribution { .. })));
    let draw = |p: &str| format!("c \"\" 1 \"\" {{ \"l\" {p} \"r\" 1/2 }} 0\n");
    assert_eq!(tree(&(draw("0.5") + &draw("1/3"))), (3, 6, OtherChances(1)));
    assert_eq!(
        tree("c \"\" 1 \"\" { \"l\" -1 \"r\" 2 } 0"),
        (2, 11, NotADistribution { sum: 1.0 })
    );
}

#[test]
fn fractions_escapes_references_and_payoffs_on_the_way_are_read() {
    let text = r#"EFG 2 R "a \"quoted\" title" { "A" "B" } "a comment"
c "draw" 1 "" { "l" 1/4 "r" 3/4 } 1 "ante" { -1 0.5 }
p "" 2 9 "nine" { "x" "y" } 2 "toll" { 0, 1e1 }
t "" 3 "win" { 3 4 }
t "" 0
p "" 2 9 0
t "" 3
t "lost" 4 "lose" { -.5, 2 }"#;
    let read = read_efg(text).unwrap();
    assert_eq!(read.title, "a \"quoted\" title");
    assert_eq!(read.comment, "a comment");
    assert_eq!(read.infoset_numbers, [9]);
    let outcomes: Vec<&str> = (0..7).map(|n| read.outcome_name(NodeId(n))).collect();
    assert_eq!(outcomes, ["ante", "toll", "win", "", "", "win", "lose"]);
    assert_eq!(read.node_names[6], "lost");
    let (a, b) = (PlayerId(0), PlayerId(1));
    assert_eq!(read.game.probability(EdgeId(1), Viewer::Player(a)), 0.75);
    // The ante at the root is collected on both draws, the toll on the way into its node.
    assert_eq!(read.game.edge_payoff(EdgeId(0), b), 10.5);
    assert_eq!(read.game.edge_payoff(EdgeId(1), b), 0.5);
    assert_eq!(read.game.terminal_payoff(NodeId(5), a), 3.0);
    assert_eq!(read.game.terminal_payoff(NodeId(3), a), 0.0);
    // Written again, the payoffs of each path are the same sums.
    let again = read_efg(&write_efg(&read.game, &read.title, 100).unwrap().text).unwrap();
    let ends: Vec<f64> = [2, 3, 5, 6].map(|n| again.game.terminal_payoff(NodeId(n), b)).into();
    assert_eq!(ends, [14.5, 10.5, 4.5, 2.5]);
}

#[test]
fn a_tree_over_budget_is_refused_with_its_size() {
    let shape =
        Ladder { n_players: 2, n_stages: 6, n_rungs: 6, n_marks: 0, war_cost: 9.0, seed: 1 };
    let game = ladder(shape);
    // A stage: three moves, then three more, then a draw that ends the game or goes on. The first
    // stage lacks its first mover: nature draws one of four types there.
    let mut stages = 1u128;
    for _ in 0..5 {
        stages = 1 + 3 + 9 * (1 + 1 + stages);
    }
    let too_large = write_efg(&game, "", 1_000_000).unwrap_err();
    assert_eq!(too_large.n_nodes, 1 + 4 * (1 + 3 * (1 + 1 + stages)));
    assert_eq!(too_large.budget, 1_000_000);
}

#[test]
fn what_the_format_cannot_hold_is_named() {
    let shape =
        Ladder { n_players: 2, n_stages: 1, n_rungs: 3, n_marks: 0, war_cost: 9.0, seed: 1 };
    let game = ladder(shape);
    let written = write_efg(&game, "", 1000).unwrap();
    assert_eq!(written.warnings, [EfgWarning::Discounts, EfgWarning::DifferingPriors]);
    let again = read_efg(&written.text).unwrap().game;
    for edge in game.graph().edges(NodeId(0)) {
        let analyst = game.probability(edge, Viewer::Analyst);
        let off = again.probability(edge, Viewer::Player(PlayerId(0))) - analyst;
        assert!(off.abs() < 1e-16);
    }
}
