//! Scenarios in docs/benchmarks.md, for `cargo xtask bench`. The flagship, cut to six weeks, which are some 10,000
//! nodes: whether its draws are on the branch, and how many are solved again in a second. With `--starter`, the
//! nodes of the starter's game and the seconds one certified solve of a draw takes; with `--policies`, the nodes
//! of the flagship's game and of its two policy games together.
#![allow(clippy::print_stdout, reason = "the row goes to standard output")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

#[path = "../../quantal/benches/support/mod.rs"]
mod support;

use climbdown_lang::source::SourceFile;
use climbdown_lang::template::{Assignment, CompileOptions, Template};
use climbdown_lang::{Sources, check, compile};
use climbdown_study::prepared::{Asking, Case, Prepared};
use quantal::families::uniform;
use quantal::{
    ActionId, Batch, BatchOptions, Derived, Draws, EdgeId, Follow, Game, Lambda, Numbers,
    SolveOptions, solve, solve_batch,
};

use support::{alone, count, percent, seconds, seconds_of, thousands};

/// Stages of two weeks.
const HORIZON: &str = "\nhorizon = 3\n";
/// Draws for each pair of a cost of war and Λ.
const N_DRAWS: usize = 50;
/// Most that a parameter is moved by, as a share of it.
const SPREAD: f64 = 0.1;

fn main() {
    // Tests of all targets start this program, too; only `cargo bench` says so.
    if !std::env::args().any(|a| a == "--bench") {
        return;
    }
    if std::env::args().any(|a| a == "--starter") {
        let template = starter();
        let seconds = again(&template);
        println!("{}\t{seconds}", template.graph.n_nodes());
        return;
    }
    if std::env::args().any(|a| a == "--policies") {
        let template = flagship(&str::to_owned);
        let base = Case::plain(Assignment::point(&template.scenario));
        let asking = Asking {
            lambda: template.scenario.lambda,
            tolerance: 1e-10,
            draw_tolerance: 1e-8,
            audit_share: 0.0,
            seed: 1,
        };
        let ready = Prepared::new(&template, &base, asking, &mut |_, _| true).unwrap();
        let [focal, reference] = ready.n_nodes();
        println!("{}\t{}", template.graph.n_nodes(), focal + reference);
        return;
    }
    let template = flagship(&cut);
    let mut details = String::new();
    let n_nodes = thousands(template.graph.n_nodes() as f64);
    writeln!(
        details,
        "\n## The flagship, cut to six weeks\n\n`scenarios/atacms-2024` with a horizon of three stages: {n_nodes} nodes, situation \
         memory. {N_DRAWS} draws of each row, every parameter that has a range moved by up to ±10 %, and no further than its \
         range; each solved from the base's solution, and followed from Λ = 0 as well, with two step sizes. *In \
         lanes*: settled there. *On the branch*: agrees with what was followed to 1e-5 in every probability. Solves a \
         second: warm, one thread, log-residual 1e-8 measured on what is returned; – where some draws did not settle \
         in lanes.\n\n\
         | war | Λ | in lanes | converged | on the branch | sweeps, mean | solves a second |\n|---|---|---|---|---|---|---|"
    )
    .unwrap();
    let (mut n, mut n_on_branch, mut rates) = (0, 0, Vec::new());
    for war in [100.0, 1000.0] {
        for lambda in [5.0, 20.0] {
            let measured = measured(&template, war, lambda);
            n += N_DRAWS;
            n_on_branch += measured.n_on_branch;
            rates.push(measured.rate);
            details.push_str(&measured.line);
        }
    }
    let share = percent(n_on_branch, n);
    println!("{share:.1} % of {n} ({n_nodes} nodes); {}\t{}", rates.join(" / "), share >= 99.0);
    print!("{details}");
}

/// One row of the table.
struct Measured {
    n_on_branch: usize,
    rate: String,
    line: String,
}

/// Draws whose numbers are given, one for all that are alike.
struct Given(Vec<Numbers>);

impl Draws for Given {
    fn n_draws(&self) -> usize {
        self.0.len()
    }
    fn show(&self, _: usize, _: &mut dyn FnMut(&Numbers)) {
        panic!("all draws settle in lanes")
    }
    fn show_alike(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        read(&self.0[draw]);
    }
}

/// Seconds for one draw of `template`, warm, certified at a log-residual of 1e-8, one thread; as in a study the
/// game is laid out once, and draws show what is alike once.
fn again(template: &Template) -> f64 {
    const N: usize = 256;
    let point = Assignment::point(&template.scenario);
    let stakes = template.stakes(&point);
    let (base, draws) = draws(template, &point, N);
    let graph = base.graph();
    let whole = Derived {
        game: base.clone(),
        nodes: graph.nodes().map(Some).collect(),
        edges: (0..graph.n_edges()).map(|e| Some(EdgeId::new(e))).collect(),
        infosets: graph.infosets().collect(),
        actions: (0..graph.n_actions()).map(ActionId::new).collect(),
    };
    let alike = template.part(&whole).alike().clone();
    let given = Given(draws.iter().map(|draw| alike.first(graph, draw)).collect());
    let precision = Lambda::new(template.scenario.lambda).unwrap();
    let options = options(&base, precision, &stakes, 0.0);
    let batch = Batch::new(&base, precision, &stakes, &options).alike(alike);
    assert!(batch.solve(&given, 0).retried.is_empty(), "all draws settle in lanes");
    alone(|| seconds_of(21, || batch.solve(&given, 0))) / N as f64
}

/// The game at `point`, and draws around it.
fn draws(template: &Template, point: &Assignment, n: usize) -> (Game, Vec<Numbers>) {
    let base = template.instantiate(point).unwrap();
    let of_base = base.numbers().chance.clone();
    let analyst = base.graph().n_players() * base.graph().n_chance_edges();
    let drawn = |draw: usize| {
        let mut drawn = point.clone();
        for (k, (value, p)) in
            drawn.values.iter_mut().zip(&template.scenario.parameters).enumerate()
        {
            let Some((low, high)) = p.range else { continue };
            let moved = 1.0 + SPREAD * (2.0 * uniform(1, 1 + draw as u64, k as u64) - 1.0);
            *value = (*value * moved).clamp(low.min(*value), high.max(*value));
        }
        let mut numbers = template.instantiate(&drawn).unwrap().numbers().clone();
        // What the analyst holds likely is nothing to how the game is played.
        numbers.chance[analyst..].copy_from_slice(&of_base[analyst..]);
        numbers
    };
    let draws = (0..n).map(drawn).collect();
    (base, draws)
}

/// From the base's solution, if it has one.
fn options(base: &Game, lambda: Lambda, stakes: &[f64], audit_share: f64) -> BatchOptions {
    let once =
        SolveOptions { tolerance: 1e-10, max_steps: 50_000, follow: Follow::Twice, start: None };
    BatchOptions {
        tolerance: 1e-8,
        max_sweeps: 40,
        newton_steps: 0,
        follow: Follow::Twice,
        max_steps: 50_000,
        start: solve(base, lambda, stakes, &once, &mut |_| true).ok().map(|e| e.profile),
        audit_share,
        seed: 1,
        first_draw: 0,
    }
}

fn measured(template: &Template, war: f64, lambda: f64) -> Measured {
    let mut point = Assignment::point(&template.scenario);
    let parameters = &template.scenario.parameters;
    let at =
        parameters.iter().position(|p| p.name == "war").expect("the flagship has the parameter");
    point.values[at] = war;
    let stakes = template.stakes(&point);
    let (base, draws) = draws(template, &point, N_DRAWS);
    let precision = Lambda::new(lambda).unwrap();
    let mut options = options(&base, precision, &stakes, 1.0);
    let solution = solve_batch(&base, draws.as_slice(), precision, &stakes, &options);
    let counts = count(&solution);
    let steps = solution.draws.iter().flatten().map(|e| e.certificate.steps as f64).sum::<f64>();
    options.audit_share = 0.0;
    let again = || solve_batch(&base, draws.as_slice(), precision, &stakes, &options);
    // Where draws have to be followed one by one, a rate would be that of the other method.
    let rate = match counts.in_lanes == counts.n {
        true => thousands(counts.n as f64 / alone(|| seconds(again))),
        false => String::from("–"),
    };
    let line = format!(
        "| {war} | {lambda} | {:.0} % | {:.0} % | {:.0} % | {:.1} | {rate} |\n",
        percent(counts.in_lanes, counts.n),
        percent(counts.converged, counts.n),
        percent(counts.on_branch, counts.n),
        steps / counts.converged.max(1) as f64,
    );
    Measured { n_on_branch: counts.on_branch, rate, line }
}

/// The text of the flagship, cut to six weeks.
fn cut(text: &str) -> String {
    let (before, after) = text.split_once("\nhorizon = ").unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    format!("{before}{HORIZON}{after}\n")
}

fn flagship(change: &dyn Fn(&str) -> String) -> Template {
    compiled("scenarios/atacms-2024/scenario.toml", "ladders/proxy-crisis.toml", change)
}

/// What `climbdown new` writes.
fn starter() -> Template {
    let folder = "crates/climbdown-engine/starter";
    let name = |text: &str| text.replace("NAME", "starter");
    compiled(&format!("{folder}/scenario.toml"), &format!("{folder}/ladder.toml"), &name)
}

/// A scenario without its history, changed.
fn compiled(scenario: &str, ladder: &str, change: &dyn Fn(&str) -> String) -> Template {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| {
        let text = std::fs::read_to_string(root.join(path)).unwrap();
        SourceFile { name: path.to_owned(), text }
    };
    let mut scenario = read(scenario);
    let text = scenario.text.split("\n[history]").next().unwrap();
    scenario.text = change(text) + "\n";
    let ladders = vec![read(ladder)];
    let checked = check(&Sources { scenario, ladders, history: None });
    let scenario = checked.scenario.unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let options = CompileOptions { memory: scenario.memory, budget_nodes: 100_000 };
    compile(&Arc::new(scenario), &options).unwrap()
}
