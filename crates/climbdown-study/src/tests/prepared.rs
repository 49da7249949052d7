//! A question asked many times gives what it gives when asked once.

use climbdown_lang::part::Certainty;
use climbdown_lang::scenario::{Distribution, Parameter, Scenario, VariableKind};
use climbdown_lang::source::Span;
use climbdown_lang::template::{Assignment, Template};
use quantal::families::uniform;

use super::sketch::{compiled, number, pays, reprisals, reprisals_asked_late};
use crate::findings::{Change, Findings};
use crate::prepared::{Answer, Asking, Case, Prepared};
use crate::{AssessOptions, Unanswered, assess};

const LAMBDA: f64 = 3.0;

/// A sketch whose first payoff, discount and private draw are parameters.
pub(super) fn with_parameters(mut s: Scenario) -> Template {
    let parameter = |name: &str, value: f64, range: (f64, f64)| Parameter {
        name: name.into(),
        value,
        range: Some(range),
        distribution: Distribution::Uniform,
        unit: "stakes".into(),
        source: "judgement".into(),
        span: Span::default(),
    };
    let reads = |k: usize| {
        climbdown_lang::expr::Expr::Parameter(climbdown_lang::scenario::ParameterId::new(k))
    };
    s.parameters = vec![
        parameter("gain", 0.5, (0.0, 1.0)),
        parameter("patience", 0.9, (0.6, 1.0)),
        parameter("p_resolute", 0.3, (0.1, 0.6)),
    ];
    let north = climbdown_lang::scenario::ActorId(0);
    let strike = s.moves.iter().position(|m| m.id == "strike").unwrap();
    s.moves[strike].pays[0] = pays(north, reads(0));
    s.actors[1].discount = reads(1);
    let minus = climbdown_lang::expr::Binary::Subtract;
    let rest = |k| {
        let (one, p) = (Box::new(number(1.0)), Box::new(reads(k)));
        climbdown_lang::expr::Expr::Binary(minus, one, p)
    };
    s.draws[0].analyst = vec![rest(2), reads(2)];
    compiled(s)
}

fn templates() -> Vec<Template> {
    [reprisals(), reprisals_asked_late()].map(with_parameters).into()
}

fn asking(draw_tolerance: f64) -> Asking {
    Asking { lambda: LAMBDA, tolerance: 1e-11, draw_tolerance, audit_share: 0.0, seed: 1 }
}

fn case(template: &Template, draw: usize) -> Case {
    let parameters = template.scenario.parameters.iter().enumerate();
    let value = |(j, p): (usize, &Parameter)| {
        let (low, high) = p.range.unwrap();
        low + (high - low) * uniform(7, j as u64, draw as u64)
    };
    Case::plain(Assignment { values: parameters.map(value).collect() })
}

fn prepared(template: &Template) -> (Prepared<'_>, Case) {
    let base = Case::plain(Assignment::point(&template.scenario));
    let ready = Prepared::new(template, &base, asking(1e-11), &mut |_, _| true).unwrap();
    (ready, base)
}

fn in_full(template: &Template, case: &Case) -> Findings {
    let options =
        AssessOptions { lambda: LAMBDA, tolerance: 1e-11, band: vec![LAMBDA], attribution: false };
    assess(template, &case.assignment, &options, &mut |_, _| true).unwrap()
}

fn assert_same(answer: &Answer, found: &Findings, within: f64) {
    let same = |a: Change, b: Change| {
        assert!((a.focal - b.focal).abs() <= within, "{a:?} {b:?}");
        assert!((a.reference - b.reference).abs() <= within, "{a:?} {b:?}");
    };
    let reading = &found.effect.as_policy;
    same(answer.measure, reading.measure);
    same(answer.expected_peak, reading.expected_peak);
    for (a, (_, b)) in answer.rungs.iter().zip(&reading.rungs) {
        same(*a, *b);
    }
    for (a, b) in answer.firebreaks.iter().zip(&reading.firebreaks) {
        same(a[0], b.deliberate);
        same(a[1], b.inadvertent);
        same(a[2], b.accidental);
    }
    for (a, (_, by_analyst, _)) in answer.payoffs.iter().zip(&reading.payoffs) {
        same(*a, *by_analyst);
    }
    same(answer.preference[0].unwrap(), reading.payoffs[0].2);
    let (rules, total) = (answer.rules_total.unwrap(), found.rules_change.total.unwrap());
    assert!((rules - total).abs() <= within, "{rules} {total}");
    assert_eq!(answer.kind, found.verdict.kind);
    assert_eq!(answer.degree, found.verdict.degree);
    assert_eq!(answer.sign(), found.verdict.sign);
    assert!((answer.margin - found.verdict.margin).abs() <= 2.0 * within);
}

#[test]
fn the_base_answer_is_that_of_the_full_assessment() {
    for template in templates() {
        let (ready, base) = prepared(&template);
        assert_same(&ready.at_base(&base).unwrap(), &in_full(&template, &base), 1e-12);
    }
}

#[test]
fn each_draw_is_answered_as_if_it_had_been_asked_in_full() {
    for template in templates() {
        let (ready, _) = prepared(&template);
        let draws = |k: usize| case(&template, k);
        let (answers, audits) = ready.answers(21, 0, &draws, &mut |_| true).unwrap();
        assert_eq!(audits.n_mismatched, 0);
        for (k, answer) in answers.iter().enumerate() {
            assert_same(answer.as_ref().unwrap(), &in_full(&template, &case(&template, k)), 1e-9);
        }
    }
}

#[test]
fn an_answer_does_not_depend_on_its_neighbours_or_on_threads() {
    for template in templates() {
        let (ready, _) = prepared(&template);
        let draws = |k: usize| case(&template, k);
        let ask = |n: usize, first: usize| {
            ready.answers(n, first, &|k| draws(first + k), &mut |_| true).unwrap().0
        };
        let whole = format!("{:?}", ask(20, 0));
        let in_parts: Vec<_> =
            [(7, 0), (1, 7), (12, 8)].into_iter().flat_map(|(n, first)| ask(n, first)).collect();
        assert_eq!(format!("{in_parts:?}"), whole);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(pool.install(|| format!("{:?}", ask(20, 0))), whole);
    }
}

/// The analyst's certainty about a type changes no behaviour: what is measured without it is the mean over
/// the values of the type, by their probabilities (law of total probability).
#[test]
fn certainty_of_the_analyst_splits_the_answer_by_type() {
    let template = with_parameters(reprisals());
    let (ready, base) = prepared(&template);
    let types = template.scenario.variables.iter();
    let at = types.enumerate().find(|(_, v)| matches!(v.kind, VariableKind::Type(_))).unwrap().0;
    let variable = climbdown_lang::scenario::VariableId::new(at);
    let certain = |k: usize| {
        let certainty = Certainty { variable, value: k as u8, known_to: Vec::new() };
        Case { certainties: vec![certainty], ..base.clone() }
    };
    let (split, _) = ready.answers(2, 0, &certain, &mut |_| true).unwrap();
    let [cautious, resolute] = [0, 1].map(|k: usize| split[k].clone().unwrap());
    let whole = ready.at_base(&base).unwrap();
    assert!(cautious.measure.focal < resolute.measure.focal);
    for (k, rung) in whole.rungs.iter().enumerate() {
        let mean = 0.7 * cautious.rungs[k].focal + 0.3 * resolute.rungs[k].focal;
        assert!((mean - rung.focal).abs() < 1e-9);
    }
    let own = |answer: &Answer| answer.preference[0].unwrap().change();
    assert!((own(&cautious) - own(&whole)).abs() < 1e-12, "nobody in the game knows more");
}

/// Numbers shown once for all that are alike are the numbers shown in full.
#[test]
fn what_is_alike_is_alike_in_every_draw() {
    for template in templates() {
        let (ready, _) = prepared(&template);
        let types = template.scenario.variables.iter();
        let at = types.enumerate().find(|(_, v)| matches!(v.kind, VariableKind::Type(_)));
        let variable = climbdown_lang::scenario::VariableId::new(at.unwrap().0);
        let certainty = Certainty { variable, value: 1, known_to: vec![0] };
        for course in &ready.sides {
            let (part, graph) = (&course.part, course.derived.game.graph());
            let base = course.derived.game.numbers();
            let (n, alike) = (graph.n_chance_edges(), part.alike());
            let n_root = course.derived.edges.iter().filter(|e| e.is_none()).count();
            let root: Vec<Vec<f64>> =
                base.chance.chunks_exact(n).map(|row| row[..n_root].to_vec()).collect();
            let mut short = course.alike.clone();
            for (k, certainties) in [vec![], vec![certainty.clone()], vec![]].iter().enumerate() {
                let values = template.evaluate(&case(&template, k).assignment, certainties);
                let full = template.numbers(part, &values, &root).unwrap();
                template.write_alike(part, &values, &root, &mut short).unwrap();
                assert_eq!(short, alike.first(graph, &full));
                for (c, &class) in alike.chance.iter().enumerate() {
                    for viewer in 0..graph.n_viewers() {
                        let of_class = short.chance.len() / graph.n_viewers() * viewer;
                        let shown = short.chance[of_class + class as usize];
                        assert_eq!(shown, full.chance[viewer * n + c], "chance edge {c}");
                    }
                }
                let n_players = graph.n_players();
                let row = |all: &[f64], k: usize| all[k * n_players..][..n_players].to_vec();
                for (edge, &class) in alike.edges.iter().enumerate() {
                    let shown = match class {
                        quantal::Alike::NOTHING => vec![0.0; n_players],
                        class => row(&short.edge_payoffs, class as usize),
                    };
                    assert_eq!(shown, row(&full.edge_payoffs, edge), "edge {edge}");
                }
                for (end, &class) in alike.ends.iter().enumerate() {
                    let shown = row(&short.terminal_payoffs, class as usize);
                    assert_eq!(shown, row(&full.terminal_payoffs, end), "end {end}");
                }
            }
            let n_shown = short.chance.len() / graph.n_viewers();
            assert!(n_shown < n, "{n_shown} classes of {n} chance edges");
        }
    }
}

/// A draw in which an actor holds something impossible has a game of another structure.
#[test]
fn draws_at_the_end_of_a_range_are_answered_by_themselves() {
    let mut common = reprisals();
    common.draws[0].believed.clear();
    let template = with_parameters(common);
    let (ready, base) = prepared(&template);
    let certain = Case::plain(Assignment { values: vec![0.5, 1.0, 0.0] });
    let draws = [base.clone(), certain.clone(), base];
    let (answers, _) = ready.answers(3, 0, &|k| draws[k].clone(), &mut |_| true).unwrap();
    assert_eq!(format!("{:?}", answers[0]), format!("{:?}", answers[2]));
    assert_same(answers[1].as_ref().unwrap(), &in_full(&template, &certain), 1e-9);
}

#[test]
fn a_draw_whose_numbers_are_no_game_says_so_and_spoils_nothing() {
    let template = with_parameters(reprisals());
    let (ready, base) = prepared(&template);
    let wrong = Case::plain(Assignment { values: vec![f64::INFINITY, 0.9, 0.3] });
    let draws = [wrong, base.clone()];
    let (answers, _) = ready.answers(2, 0, &|k| draws[k].clone(), &mut |_| true).unwrap();
    assert!(matches!(answers[0], Err(Unanswered::Numbers(_))), "{:?}", answers[0]);
    assert!(answers[1].is_ok());
}
