//! Game files of both formats: what is read is written again, and what is written loads elsewhere.
//!
//! `oracle/loads` holds texts our writers made; `oracle/loads.py` gives them to pygambit and OpenSpiel.
//! To make them again: `QUANTAL_BLESS=1 cargo test -p quantal --test interchange`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;

use quantal::{
    ActionId, BehaviorProfile, EfgWarning, Game, GameFile, NodeId, PlayerId, Seats, TextProblem,
    Viewer, read_efg, read_game, read_nfg, strategic_form, values, write_efg,
};
use support::{random_game, solved};

mod support;

/// Everything the format has: payoffs on the way, references, shared draws, gaps, names with anything.
const ALL_FORMS: &str = r#"EFG 2 R "a \"title\"" { "Ann" "Böb" "C\D" }
"it has
two lines"
c "root" 7 "nature" { "l" 1/7 "m" 2/7 "r" 4/7 } 12 "ante" { -1 -1/3 0 }
p "" 2 9 "nine" { "x" "y z" } 3 "toll" { 0, 1e1, .25 }
t "the end" 5 "win" { 3 4 5 }
c "" 7 0
t "" 0
t "" 5
t "" 3
p "" 2 9 0
t "" 5
p "again" 3 1 "" { "x" "x" "" } 0
t "" 6 "" { -2.5E-3, +1, 123456789012345678 }
t "" 6
t "" 5
p "" 1 1 { "only" } 0
t "" 6
"#;

/// Payoffs where they are collected, chances, names, numbers: all of a file but its bytes.
fn assert_same(a: &quantal::EfgGame, b: &quantal::EfgGame) {
    assert_eq!(a.game.graph().parts().edge_to, b.game.graph().parts().edge_to);
    assert_eq!(a.game.graph().parts().kinds, b.game.graph().parts().kinds);
    assert_eq!(a.game.graph().parts().infosets, b.game.graph().parts().infosets);
    assert_eq!(a.game.graph().parts().chance_labels, b.game.graph().parts().chance_labels);
    assert_eq!(a.game.graph().players(), b.game.graph().players());
    let (x, y) = (a.game.numbers(), b.game.numbers());
    assert_eq!(x.edge_payoffs, y.edge_payoffs);
    assert_eq!(x.terminal_payoffs, y.terminal_payoffs);
    assert_eq!(x.chance, y.chance);
    assert_eq!((&a.title, &a.comment), (&b.title, &b.comment));
    assert_eq!(a.infoset_numbers, b.infoset_numbers);
    assert_eq!(a.node_names, b.node_names);
    assert_eq!((&a.outcomes, &a.node_outcomes), (&b.outcomes, &b.node_outcomes));
    assert_eq!((&a.draws, &a.node_draws), (&b.draws, &b.node_draws));
}

#[test]
fn a_file_of_all_forms_comes_back_whole() {
    let read = read_efg(ALL_FORMS).unwrap();
    assert_eq!(read.comment, "it has\ntwo lines");
    assert_eq!(read.game.graph().players(), ["Ann", "Böb", "C\\D"]);
    assert_eq!(read.infoset_numbers, [9, 1, 1]);
    let written = read.write();
    assert_eq!(
        written.warnings,
        [EfgWarning::Quotes, EfgWarning::RefusedNames, EfgWarning::GambitOnly]
    );
    let again = read_efg(&written.text).unwrap();
    assert_same(&read, &again);
    assert_eq!(again.write().text, written.text);
    // A player's number and an information set's number go on through a solution.
    let e = solved(&read.game, 1.0, &[1.0; 3]);
    assert_eq!(e.profile.len(), 2 + 3 + 1);
}

#[test]
fn as_an_unrolled_tree_each_path_pays_the_same() {
    let read = read_efg(ALL_FORMS).unwrap();
    let tree = write_efg(&read.game, &read.title, 100).unwrap();
    let again = read_efg(&tree.text).unwrap();
    let even = |game: &Game| {
        let graph = game.graph();
        let mut logs = vec![0.0; graph.n_actions()];
        for i in graph.infosets() {
            for a in graph.actions(i) {
                logs[a.index()] = -quantal::math::ln(graph.actions(i).len() as f64);
            }
        }
        BehaviorProfile::from_logs(logs)
    };
    for p in (0..3).map(PlayerId::new) {
        let value = |g: &Game| values(g, &even(g), p, Viewer::Analyst)[0];
        let (a, b) = (value(&read.game), value(&again.game));
        assert!((a - b).abs() <= 1e-14 * a.abs(), "{a} {b}");
    }
    assert_eq!(read.game.numbers().chance, again.game.numbers().chance);
}

#[test]
fn names_gambit_cannot_hold_are_announced() {
    let game = |label: &str| {
        let text = format!(
            "EFG 2 R \"\" {{ \"A\" }}\np \"\" 1 1 \"\" {{ \"{label}\" }} 0\nt \"\" 1 \"\" {{ 0 }}\n"
        );
        read_efg(&text).unwrap()
    };
    for (label, name, warnings) in [
        (r"plain", r"plain", vec![]),
        (r"a\b", r"a\b", vec![]),
        (r"end\\", r"end\", vec![EfgWarning::Backslashes]),
        (r"two\\\\in a row", r"two\\in a row", vec![EfgWarning::Backslashes]),
        (r#"\"quoted\""#, r#""quoted""#, vec![EfgWarning::Quotes]),
        ("größer  gleich", "größer  gleich", vec![EfgWarning::RefusedNames]),
    ] {
        let read = game(label);
        let graph = read.game.graph();
        assert_eq!(graph.infoset(graph.infosets().next().unwrap()).actions[0], name);
        let written = read.write();
        assert_eq!(written.warnings, warnings, "{label}");
        assert_same(&read, &read_efg(&written.text).unwrap());
        // As an unrolled tree it has names that both other programs read.
        let tree = write_efg(&read.game, name, 10).unwrap();
        let is_plain = |c: char| c == '\n' || (c == ' ' || c.is_ascii_graphic()) && c != '\\';
        assert!(tree.text.lines().skip(1).all(|line| line.chars().all(is_plain)));
        let is_other = !matches!(name, "plain");
        assert_eq!(tree.warnings.contains(&EfgWarning::Renamed), is_other, "{name}");
    }
}

#[test]
fn depth_is_no_danger() {
    // A single path of a hundred thousand decisions, and one of as many references to a wide draw.
    let n = 100_000;
    let mut text = String::from("EFG 2 R \"\" { \"A\" }\n");
    for k in 1..=n {
        text += &format!("p \"\" 1 {k} \"\" {{ \"a\" }} 0\n");
    }
    text += "t \"\" 0\n";
    let deep = read_efg(&text).unwrap();
    assert_eq!(deep.game.graph().n_nodes(), n + 1);
    assert_same(&deep, &read_efg(&deep.write().text).unwrap());

    let wide: String = (0..1000).map(|k| format!("\"{k}\" 1/1000 ")).collect();
    let mut text = format!("EFG 2 R \"\" {{ \"A\" }}\nc \"\" 1 \"\" {{ {wide} }} 0\n");
    text += &"c \"\" 1 0\n".repeat(n);
    let error = read_efg(&text).unwrap_err();
    assert_eq!(error.problem, TextProblem::UnfinishedTree);
}

#[test]
fn strategic_files_of_both_forms_are_read_and_come_back() {
    let payoffs = "NFG 1 R \"Selten (IJGT, 75), Figure 2\" { \"P1\" \"P2\" } { 3 2 }\n\n\
                   1 1 0 2 0 2 1 1 0 3 2 0\n";
    let outcomes = "NFG 1 D \"Selten (IJGT, 75), Figure 2\" { \"P1\" \"P2\" }\n\
                    { { \"1\" \"2\" \"3\" } { \"1\" \"2\" } } \"a comment\"\n\
                    { { \"\" 1, 1 } { \"two\" 0 2/1 } { \"\" 0, 3 } { \"\" 2, 0 } }\n1 2 2 1 3 4\n";
    let (a, b) = (read_nfg(payoffs).unwrap(), read_nfg(outcomes).unwrap());
    let pay = |game: &Game, row: usize, column: usize| {
        let graph = game.graph();
        let behind = |node: NodeId, k: usize| graph.to(graph.edges(node).nth(k).unwrap());
        let end = behind(behind(NodeId(0), row), column);
        [0, 1].map(|p| game.terminal_payoff(end, PlayerId(p)))
    };
    for (row, column, expected) in
        [(0, 0, [1.0, 1.0]), (1, 0, [0.0, 2.0]), (0, 1, [1.0, 1.0]), (2, 1, [2.0, 0.0])]
    {
        assert_eq!(pay(&a.game, row, column), expected);
        assert_eq!(pay(&b.game, row, column), expected);
    }
    assert_eq!(b.comment, "a comment");
    for file in [a, b] {
        let again = read_nfg(&file.write()).unwrap();
        assert_eq!(again.game.numbers().terminal_payoffs, file.game.numbers().terminal_payoffs);
        assert_eq!(again.game.graph().parts().infosets, file.game.graph().parts().infosets);
        assert_eq!((&again.outcomes, &again.comment), (&file.outcomes, &file.comment));
        assert_eq!(again.write(), file.write());
        let numbered = read_nfg(&file.write_numbered()).unwrap();
        assert_eq!(numbered.game.numbers().terminal_payoffs, file.game.numbers().terminal_payoffs);
    }
}

#[test]
fn what_is_no_strategic_game_is_refused_with_its_place() {
    use TextProblem::{EntryCount, Expected, NoStrategy, PayoffCount, UnknownOutcome};
    let head = "NFG 1 R \"g\" { \"A\" \"B\" }\n";
    let refused = |rest: &str| {
        let error = read_nfg(&format!("{head}{rest}")).unwrap_err();
        (error.line, error.column, error.problem)
    };
    assert_eq!(refused("{ 2 2 }\n1 2 3"), (3, 6, EntryCount { found: 3, expected: 8 }));
    assert_eq!(refused("{ 1 1 }\n1 2 3"), (3, 6, EntryCount { found: 3, expected: 2 }));
    assert_eq!(refused("{ 1 0 }\n1 2"), (2, 5, NoStrategy(2)));
    assert_eq!(refused("{ { \"a\" } { } }\n1 2"), (2, 11, NoStrategy(2)));
    assert_eq!(
        refused("{ 1 }\n1"),
        (2, 5, Expected("the number of the player's strategies, or { their names }"))
    );
    assert_eq!(
        refused("{ 1 1 }\n{ { \"\" 1 } }\n1"),
        (3, 8, PayoffCount { found: 1, expected: 2 })
    );
    assert_eq!(refused("{ 1 1 }\n{ { \"\" 1 2 } }\n2"), (4, 1, UnknownOutcome(2)));
    assert_eq!(refused("{ 4000000000 1 }\n1").0, 2);
    assert_eq!(refused("{ 9 9 9 }").2, Expected("} after the strategies of the last player"));
}

#[test]
fn the_first_word_decides_the_format() {
    let nfg = "NFG 1 R \"\" { \"A\" } { 2 }\n0 1\n";
    let efg = "\u{feff}\n EFG 2 R \"\" { \"A\" }\nt \"\" 0\n";
    assert!(matches!(read_game("any", nfg), Ok(GameFile::Nfg(_))));
    assert!(matches!(read_game("any", efg), Ok(GameFile::Efg(_))));
    let file = read_game("any", nfg).unwrap();
    assert_eq!(file.infoset_number(file.game().graph().infosets().next().unwrap()), 1);
    for (name, expected) in [("a.efg", "EFG, as"), ("a.nfg", "NFG, as"), ("a", "EFG or NFG")] {
        assert!(read_game(name, "{}").unwrap_err().to_string().contains(expected));
    }
}

#[test]
fn the_strategic_form_of_a_game_has_its_payoffs() {
    let text = std::fs::read_to_string("catalog/centipede.efg").unwrap();
    let game = read_efg(&text).unwrap().game;
    for seats in [Seats::Players, Seats::Agents] {
        let form = strategic_form(&game, seats, "centipede", 1000).unwrap();
        assert_eq!(form.game.graph().n_terminals(), 16);
        let again = read_nfg(&form.write()).unwrap();
        assert_eq!(again.game.numbers().terminal_payoffs, form.game.numbers().terminal_payoffs);
    }
    // Not conditional on being reached, the first mover's agent takes with 0.0925 instead of 0.236.
    let agents = strategic_form(&game, Seats::Agents, "", 1000).unwrap();
    let takes = solved(&agents.game, 1.0, &[1.0; 4]).profile.probability(ActionId(0));
    assert!((takes - 0.092_510).abs() < 1e-6, "{takes}");
    let takes = solved(&game, 1.0, &[1.0; 2]).profile.probability(ActionId(0));
    assert!((takes - 0.236_193).abs() < 1e-6, "{takes}");
    let game = random_game(2, 5, 2, 3);
    let too_large = strategic_form(&game, Seats::Players, "", 10).unwrap_err();
    assert!(too_large.n_cells > 10 && too_large.budget == 10);
}

/// Texts for other programs, by name: `gambit_…` for pygambit alone, `both_…` for OpenSpiel, too.
fn loads() -> Vec<(&'static str, String)> {
    let all = read_efg(ALL_FORMS).unwrap();
    let ascii = read_efg(&ALL_FORMS.replace('ö', "o")).unwrap();
    let thirds = "EFG 2 R \"thirds\" { \"A\" \"B\" }\n\
                  c \"\" 1 \"\" { \"a\" 1/3 \"b\" 1/3 \"c\" 1/3 } 0\n\
                  c \"\" 2 \"\" { \"a\" 0.0000000000000001 \"b\" 0.9999999999999999 } 0\n\
                  t \"\" 1 \"\" { 1/3, 1e-300 }\nt \"\" 2 \"\" { 1e300, -0.1 }\n\
                  c \"\" 1 0\nt \"\" 1\nt \"\" 1\nt \"\" 2\np \"\" 2 1 \"B\" { \"x\" \"y\" } 0\n\
                  t \"\" 1\nt \"\" 2\n";
    let thirds = read_efg(thirds).unwrap();
    let nfg = "NFG 1 R \"three players\" { \"A\" \"B\" \"C\" }\n\
               { { \"u\" \"d\" } { \"l\" \"r\" \"m\" } { \"w\" \"e\" } } \"said\"\n\
               { { \"one\" 1, 0, 1/3 } { \"two\" 0 2 -1e-3 } }\n1 2 0 0 1 1 2 2 1 2 1 0\n";
    let nfg = read_nfg(nfg).unwrap();
    let merged = support::merged(2, 3, 7);
    let centipede = std::fs::read_to_string("catalog/centipede.efg").unwrap();
    let centipede = read_efg(&centipede).unwrap().game;
    let form = |seats| strategic_form(&centipede, seats, "centipede", 1000).unwrap();
    vec![
        ("gambit_all_forms.efg", ascii.write().text),
        ("gambit_outcomes.nfg", nfg.write()),
        ("gambit_plans.nfg", form(Seats::Players).write()),
        ("gambit_agents.nfg", form(Seats::Agents).write()),
        ("both_plans_numbered.nfg", form(Seats::Players).write_numbered()),
        ("both_all_forms.efg", write_efg(&all.game, "all forms", 1000).unwrap().text),
        ("both_thirds.efg", write_efg(&thirds.game, "thirds", 1000).unwrap().text),
        ("both_unrolled.efg", write_efg(&merged, "unrolled", 1000).unwrap().text),
        ("both_discounted.efg", write_efg(&random_game(3, 4, 2, 5), "", 10_000).unwrap().text),
        ("both_numbered.nfg", nfg.write_numbered()),
    ]
}

#[test]
fn the_texts_other_programs_are_given_are_what_we_write() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle/loads");
    for (name, text) in loads() {
        let path = folder.join(name);
        if std::env::var_os("QUANTAL_BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{name}");
    }
}
