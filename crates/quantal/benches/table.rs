//! The table of docs/benchmarks.md, measured in one run: `cargo xtask bench`.
//!
//! Times of one thread are processor time, which other work on the machine changes less than the time on
//! the wall; both sides of a ratio are taken one after the other. Medians of five.
#![allow(clippy::print_stdout, reason = "the table goes to standard output")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop")]

use std::fmt::Write as _;
use std::process::Command;
use std::time::Instant;

mod support;
#[path = "support/undisturbed.rs"]
mod undisturbed;

use quantal::families::{Circle, CircleShape, Contest, payoff_range};
use quantal::{
    BatchOptions, BatchSolution, BehaviorProfile, Equilibrium, Follow, Game, InfosetId, Lambda,
    Numbers, PlayerId, SolveOptions, Unsolved, bytes_in_lanes, math, read_efg, solve, solve_batch,
    write_efg,
};

use support::{Counts, alone, count, median, percent, processor_seconds, seconds, thousands};
use undisturbed::{seconds_undisturbed, sums, sums_seconds};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // Tests of all targets start this program, too; only `cargo bench` says so.
    if !arguments.iter().any(|a| a == "--bench") {
        return;
    }
    let python = arguments.iter().skip_while(|a| *a != "--python").nth(1);
    let mut table = Table::default();
    if let Some(python) = python {
        against_gambit(&mut table, python);
    }
    // `-- --only warm` for one part.
    let only = arguments.iter().skip_while(|a| *a != "--only").nth(1);
    let page = arguments.iter().skip_while(|a| *a != "--flagship").nth(1);
    if let Some(page) = page {
        flagship(&mut table, page);
    }
    let parts: [(&str, Part); 7] = [
        ("growth", growth),
        ("warm", warm),
        ("threads", two_threads),
        ("hard", hard_family),
        ("memory", memory),
        ("cold", cold),
        ("circles", circles),
    ];
    for (_, part) in parts.iter().filter(|(name, _)| only.is_none_or(|only| only == name)) {
        part(&mut table);
    }
    println!("{}", table.page());
}

/// Measures something, and writes it into the table.
type Part = fn(&mut Table);

/// The rows, and the tables with what is behind them.
#[derive(Default)]
struct Table {
    rows: String,
    details: String,
    n_rows: usize,
    n_met: usize,
}

impl Table {
    fn row(&mut self, what: &str, at_least: &str, found: &str, is_met: bool) {
        self.row_with(what, at_least, found, is_met, if is_met { "met" } else { "**not met**" });
    }

    fn row_with(&mut self, what: &str, at_least: &str, found: &str, is_met: bool, word: &str) {
        self.n_rows += 1;
        self.n_met += usize::from(is_met);
        writeln!(self.rows, "| {what} | {at_least} | {found} | {word} |").unwrap();
        eprint_row(what, found, word);
    }

    fn page(&self) -> String {
        format!(
            "# Benchmarks\n\n\
             Written by `cargo xtask bench`; do not edit. Machine: {}.\n\n\
             Thresholds hold for an otherwise idle machine. Times of one thread are processor time of that \
             thread, ours and pygambit's alike; ratios are paired in this one run; medians of five. The families \
             are those of `quantal::families`; λ·range is Λ with the payoff range as unit.\n\n\
             {} of {} thresholds met.\n\n\
             | what | asked | measured | |\n|---|---|---|---|\n{}{}",
            machine(),
            self.n_met,
            self.n_rows,
            self.rows,
            self.details
        )
    }
}

#[expect(clippy::print_stderr, reason = "so that a person sees how far it is")]
fn eprint_row(what: &str, found: &str, word: &str) {
    eprintln!("{what}: {found} ({word})");
}

/// Cores and cache, and nothing else that would name the machine.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let caches: Vec<String> = (0..5)
        .filter_map(|k| {
            let read = |what: &str| {
                let path = format!("/sys/devices/system/cpu/cpu0/cache/index{k}/{what}");
                std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
            };
            let is_code = read("type")? == "Instruction";
            (!is_code).then_some(format!("L{} {}", read("level")?, read("size")?))
        })
        .collect();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    format!("{cores} cores, {}; load at the end {load}", caches.join(", "))
}

fn try_solve(
    game: &Game,
    lambda: f64,
    units: &[f64],
    follow: Follow,
) -> Result<Equilibrium, Unsolved> {
    let options = SolveOptions { tolerance: 1e-8, max_steps: 20_000, follow, start: None };
    solve(game, Lambda::new(lambda).unwrap(), units, &options, &mut |_| true)
}

fn start_of(base: &Game, lambda: f64, units: &[f64]) -> Option<BehaviorProfile> {
    try_solve(base, lambda, units, Follow::Twice).ok().map(|e| e.profile)
}

fn batch(
    base: &Game,
    draws: &[Numbers],
    lambda: f64,
    units: &[f64],
    start: Option<BehaviorProfile>,
    audit_share: f64,
) -> BatchSolution {
    let options = BatchOptions {
        tolerance: 1e-8,
        max_sweeps: 40,
        newton_steps: 0,
        follow: Follow::Twice,
        max_steps: 20_000,
        start,
        audit_share,
        seed: 1,
        first_draw: 0,
    };
    solve_batch(base, draws, Lambda::new(lambda).unwrap(), units, &options)
}

/// The branch to λ = 5, ours and Gambit's, on files our writer wrote.
fn against_gambit(table: &mut Table, python: &str) {
    let folder = std::env::temp_dir().join(format!("quantal-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let script = folder.join("gambit.py");
    std::fs::write(&script, include_str!("gambit.py")).unwrap();
    let mut details = String::from(
        "\n## Against Gambit\n\nThe branch from 0 to λ = 5 per payoff, easy family, the same file for both, certified \
         at a log-residual of 1e-10. *Once*: each follows the branch once. *Twice*: ours as `solve` does it, the \
         second time with every step cut in two, and a look beyond λ for more crossings. Medians of nine pairs, of three \
         in the last row.\n\n\
         | information sets | pygambit, s | once, ms | ratio | twice, ms | ratio | largest difference of a probability |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let mut found = Vec::new();
    let mut is_met = true;
    for (n_turns, asked) in [(3, 6_000.0), (4, 20_000.0), (5, 50_000.0)] {
        let text =
            write_efg(&Contest::new(n_turns, false, 1).base(), "contest", 100_000).unwrap().text;
        let file = folder.join(format!("contest-{n_turns}.efg"));
        std::fs::write(&file, &text).unwrap();
        let read = read_efg(&text).unwrap();
        let walk = |follow| {
            let options = SolveOptions { tolerance: 1e-10, max_steps: 20_000, follow, start: None };
            let lambda = Lambda::new(5.0).unwrap();
            solve(&read.game, lambda, &[1.0, 1.0], &options, &mut |_| true).unwrap()
        };
        let n_pairs = if n_turns == 5 { 3 } else { 9 };
        // Seconds of theirs, ours once and ours twice, one after the other so that all see the same load.
        let mut times: Vec<[f64; 3]> = Vec::new();
        let mut probabilities: Vec<f64> = Vec::new();
        for _ in 0..n_pairs {
            let [once, twice] = [Follow::Once, Follow::Twice].map(|f| seconds(|| walk(f)));
            // So that a quiet moment is known by the time it is asked for.
            sums_seconds();
            let output = Command::new(python).arg(&script).arg(&file).arg("5").output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let mut lines = text.lines().skip(1);
            let theirs = lines.next().expect("pygambit answers").parse().unwrap();
            probabilities = lines.next().unwrap().split(' ').map(|p| p.parse().unwrap()).collect();
            times.push([theirs, once, twice]);
        }
        let of = |measure: fn(&[f64; 3]) -> f64| median(times.iter().map(measure).collect());
        let profile = walk(Follow::Once).profile;
        let graph = read.game.graph();
        let mut own = Vec::new();
        for player in (0..graph.n_players()).map(PlayerId::new) {
            let mut sets: Vec<InfosetId> =
                graph.infosets().filter(|&i| graph.infoset(i).player == player).collect();
            sets.sort_by_key(|i| read.infoset_numbers[i.index()]);
            own.extend(
                sets.into_iter().flat_map(|i| graph.actions(i)).map(|a| profile.probability(a)),
            );
        }
        assert_eq!(own.len(), probabilities.len(), "the same actions");
        let off = own.iter().zip(&probabilities).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let ratio = of(|t| t[0] / t[1]);
        is_met &= ratio >= asked && off < 1e-8;
        found.push(thousands(ratio));
        let n_infosets = graph.n_infosets();
        let (ratio, with_check) = (thousands(ratio), thousands(of(|t| t[0] / t[2])));
        let (theirs, once, twice) = (of(|t| t[0]), of(|t| t[1]) * 1e3, of(|t| t[2]) * 1e3);
        writeln!(
            details,
            "| {n_infosets} | {theirs:.3} | {once:.4} | {ratio} | {twice:.4} | {with_check} | {off:.1e} |"
        )
        .unwrap();
    }
    let _ = std::fs::remove_dir_all(&folder);
    table.row(
        "full branch to λ = 5 against pygambit, each following it once, same file, 14 / 30 / 62 information sets, times faster",
        "6,000 / 20,000 / 50,000",
        &found.join(" / "),
        is_met,
    );
    table.details.push_str(&details);
}

/// Cold solves of the easy family from 1,000 to 1,000,000 nodes.
fn growth(table: &mut Table) {
    let mut details = String::from(
        "\n## Growth\n\nEasy family, λ·range = 5, cold, one thread, log-residual 1e-8; the last column follows \
         the branch and certifies.\n\n| nodes | cold, ms | ns per node | traced, ms |\n|---|---|---|---|\n",
    );
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for n_turns in [6, 8, 10, 12, 14, 16] {
        let base = Contest::new(n_turns, false, 1).base();
        let units = [payoff_range(&base); 2];
        let n = base.graph().n_nodes();
        let cold = seconds(|| try_solve(&base, 5.0, &units, Follow::No).unwrap());
        let traced = if n < 100_000 {
            format!(
                "{:.3}",
                1e3 * seconds(|| try_solve(&base, 5.0, &units, Follow::Twice).unwrap())
            )
        } else {
            String::from("not run")
        };
        let (ms, per_node) = (cold * 1e3, cold * 1e9 / n as f64);
        writeln!(details, "| {} | {ms:.3} | {per_node:.0} | {traced} |", thousands(n as f64))
            .unwrap();
        xs.push(math::ln(n as f64));
        ys.push(math::ln(cold));
        if n_turns == 16 {
            table.row(
                "1,300,000-node tree, cold, λ·range = 5, one thread",
                "≤ 1.5 s",
                &format!("{cold:.2} s"),
                cold <= 1.5,
            );
        }
    }
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (x, y) = (mean(&xs), mean(&ys));
    let slope = xs.iter().zip(&ys).map(|(a, b)| (a - x) * (b - y)).sum::<f64>()
        / xs.iter().map(|a| (a - x) * (a - x)).sum::<f64>();
    table.row(
        "growth of time with size, 1,000 to 1,000,000 nodes, easy family",
        "exponent ≤ 1.15",
        &format!("{slope:.2}"),
        slope <= 1.15,
    );
    table.details.push_str(&details);
}

/// Warm solves a second of draws that move every parameter by up to 10 %.
fn warm(table: &mut Table) {
    let mut details = String::from(
        "\n## Warm solves\n\nEasy family, λ·range = 5, every parameter moved by up to ±10 %, one thread, log-residual \
         1e-8 measured on what is returned. Solves a second are medians of 21 times, each between two \
         sums of exponentials that took at most a tenth longer than the fastest such sums (if 200 do not suffice, of all): threads of a virtual \
         machine may share a core. *At any load*: the median of all times taken.\n\n\
         | nodes | solves a second | at any load | sweeps, mean | one at a time | ratio |\n|---|---|---|---|---|---|\n",
    );
    let (mut found, mut is_met) = (Vec::new(), true);
    for (n_turns, n_draws, asked) in [(3, 1_000, 400_000.0), (6, 400, 20_000.0), (9, 64, 2_000.0)] {
        let contest = Contest::new(n_turns, false, 1);
        let base = contest.base();
        let units = [payoff_range(&base); 2];
        let draws: Vec<Numbers> = (0..n_draws).map(|d| contest.numbers(d, 0.1)).collect();
        let start = start_of(&base, 5.0, &units);
        let solve_all = || batch(&base, &draws, 5.0, &units, start.clone(), 0.0);
        let (per_batch, at_any_load) = alone(|| seconds_undisturbed(solve_all));
        let solution = batch(&base, &draws, 5.0, &units, start.clone(), 0.0);
        assert!(solution.retried.is_empty(), "all draws settle in lanes");
        let sweeps: usize =
            solution.draws.iter().map(|d| d.as_ref().unwrap().certificate.steps).sum();
        let games: Vec<Game> = (0..8).map(|d| contest.game(d, 0.1)).collect();
        let options = SolveOptions { tolerance: 1e-8, max_steps: 1000, follow: Follow::No, start };
        let lambda = Lambda::new(5.0).unwrap();
        let single = seconds(|| {
            for game in &games {
                std::hint::black_box(solve(game, lambda, &units, &options, &mut |_| true)).unwrap();
            }
        }) / games.len() as f64;
        let rate = n_draws as f64 / per_batch;
        is_met &= rate >= asked;
        found.push(thousands(rate));
        writeln!(
            details,
            "| {} | {} | {} | {:.1} | {} | {:.1} |",
            thousands(base.graph().n_nodes() as f64),
            thousands(rate),
            thousands(n_draws as f64 / at_any_load),
            sweeps as f64 / n_draws as f64,
            thousands(1.0 / single),
            rate * single
        )
        .unwrap();
    }
    table.row(
        "warm re-solves per second, one thread, λ·range = 5, residual ≤ 1e-8: 120 / 1,200 / 10,000 nodes",
        "400,000 / 20,000 / 2,000",
        &found.join(" / "),
        is_met,
    );
    table.details.push_str(&details);
}

/// The same batch by one thread and by two, while the machine has two cores to give.
fn two_threads(table: &mut Table) {
    let contest = Contest::new(6, false, 1);
    let base = contest.base();
    let units = [payoff_range(&base); 2];
    let draws: Vec<Numbers> = (0..4_000).map(|d| contest.numbers(d, 0.1)).collect();
    let start = start_of(&base, 5.0, &units);
    let since = Instant::now();
    let pools = [1, 2]
        .map(|n_threads| rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap());
    // On the wall, and of the busier thread.
    let run = |pool: &rayon::ThreadPool| {
        let clock = || pool.broadcast(|_| processor_seconds(since));
        let (before, start_time) = (clock(), Instant::now());
        pool.install(|| batch(&base, &draws, 5.0, &units, start.clone(), 0.0));
        let wall = start_time.elapsed().as_secs_f64();
        let busy = clock().iter().zip(&before).map(|(a, b)| a - b).fold(0.0, f64::max);
        (wall, busy)
    };
    // Each thread for itself: two cores do twice what one does, two threads that share a core do not.
    let sums_by_each = |pool: &rayon::ThreadPool| {
        let start_time = Instant::now();
        pool.broadcast(|_| sums());
        start_time.elapsed().as_secs_f64()
    };
    let two_cores = || 2.0 * sums_by_each(&pools[0]) / sums_by_each(&pools[1]);
    // One after the other, so that both sides of a ratio see the same load.
    let (mut all, mut with_cores) = (Vec::new(), Vec::new());
    let mut before = two_cores();
    while with_cores.len() < 15 && all.len() < 300 {
        let (one, two) = (run(&pools[0]), run(&pools[1]));
        let after = two_cores();
        all.push((one.0 / two.0, one.1 / two.1));
        if [before, after].iter().all(|rate| (1.9..=2.1).contains(rate)) {
            with_cores.push((one.0 / two.0, one.1 / two.1));
        }
        before = after;
    }
    let of = |ratios: &[(f64, f64)], part: fn(&(f64, f64)) -> f64| {
        if ratios.is_empty() { f64::NAN } else { median(ratios.iter().map(part).collect()) }
    };
    let (wall, busy) = (of(&with_cores, |r| r.0), of(&with_cores, |r| r.1));
    let is_met = with_cores.len() == 15 && wall >= 1.8;
    let word = match (is_met, with_cores.len() < 15) {
        (true, _) => "met",
        (false, true) => "**not met**: the machine seldom had two cores to give",
        (false, false) => "**not met**",
    };
    table.row_with(
        "two threads against one, batch at 1,200 nodes (on the wall; by processor time of the busier thread)",
        "≥ 1.8",
        &format!("{wall:.2}; {busy:.2}"),
        is_met,
        word,
    );
    writeln!(
        table.details,
        "\n## Two threads\n\nOne thread and two in turn. A pair counts if, before it and after it, sums of \
         exponentials that each thread takes for itself were done at 1.9 to 2.1 times the rate by two threads: \
         threads of a virtual machine may share a core. {} of {} pairs counted; over all pairs the medians are \
         {:.2} and {:.2}.",
        with_cores.len(),
        all.len(),
        of(&all, |r| r.0),
        of(&all, |r| r.1)
    )
    .unwrap();
}

/// Attrition: every draw solved in a batch and followed from Λ = 0.
fn hard_family(table: &mut Table) {
    let mut details = String::from(
        "\n## Hard family\n\nFive base games, 40 draws of each, every parameter moved by up to ±10 %. *In lanes*: settled \
         there from the base's solution; the others were followed from Λ = 0. *On the branch*: agrees with \
         that to 1e-5 in every probability, the branch being followed with two step sizes that agree.\n\n\
         | nodes | λ·range | in lanes | converged | on the branch |\n|---|---|---|---|---|\n",
    );
    let (mut n, mut n_on_branch) = (0, 0);
    for n_turns in [5, 6] {
        for lambda in [5.0, 10.0, 20.0, 50.0] {
            let mut sum = Counts { n: 0, in_lanes: 0, converged: 0, on_branch: 0 };
            let mut n_nodes = 0;
            for seed in 1..=5 {
                let contest = Contest::new(n_turns, true, seed);
                let base = contest.base();
                n_nodes = base.graph().n_nodes();
                let units = [payoff_range(&base); 2];
                let draws: Vec<Numbers> = (0..40).map(|d| contest.numbers(d, 0.1)).collect();
                let start = start_of(&base, lambda, &units);
                let c = count(&batch(&base, &draws, lambda, &units, start, 1.0));
                sum.n += c.n;
                sum.in_lanes += c.in_lanes;
                sum.converged += c.converged;
                sum.on_branch += c.on_branch;
            }
            n += sum.n;
            n_on_branch += sum.on_branch;
            writeln!(
                details,
                "| {} | {lambda} | {:.1} % | {:.1} % | {:.1} % |",
                thousands(n_nodes as f64),
                percent(sum.in_lanes, sum.n),
                percent(sum.converged, sum.n),
                percent(sum.on_branch, sum.n)
            )
            .unwrap();
        }
    }
    let share = percent(n_on_branch, n);
    table.row(
        "hard family (attrition), λ·range ≤ 50: converged and on the branch by audit",
        "≥ 99 %",
        &format!("{share:.1} % of {}", thousands(n as f64)),
        share >= 99.0,
    );
    table.details.push_str(&details);
}

/// Bytes for each node and lane.
fn memory(table: &mut Table) {
    let per_node = |game: &Game| bytes_in_lanes(game) as f64 / game.graph().n_nodes() as f64;
    let tree = per_node(&Contest::new(9, true, 1).base());
    let shape = CircleShape { n_stages: 6, n_levels: 5, n_marks: 2, breakdown: 100.0, seed: 1 };
    let graph = per_node(&Circle::new(shape).base());
    table.row(
        "memory per node and lane, acceleration included (lanes hold no tangents): tree; layered graph of four players",
        "≤ 80 bytes",
        &format!("{tree:.0}; {graph:.0}"),
        tree <= 80.0,
    );
}

/// The layered graph of 250,000 nodes.
fn cold(table: &mut Table) {
    let shape = CircleShape { n_stages: 6, n_levels: 12, n_marks: 6, breakdown: 2.0, seed: 1 };
    let base = Circle::new(shape).base();
    let n = base.graph().n_nodes();
    let units = [payoff_range(&base); 4];
    let time = seconds(|| try_solve(&base, 10.0, &units, Follow::No).unwrap());
    table.row(
        &format!(
            "layered graph ({} nodes, 16 type combinations, four seats), cold, λ·range = 10, one thread",
            thousands(n as f64)
        ),
        "≤ 1.0 s",
        &format!("{time:.2} s"),
        time <= 1.0,
    );
}

/// The row of the flagship, as the bench of its own wrote it: the measured figures and whether it is met, and
/// below what is behind them.
fn flagship(table: &mut Table, page: &str) {
    let text = std::fs::read_to_string(page).unwrap();
    let (row, details) = text.split_once('\n').unwrap();
    let (found, is_met) = row.split_once('\t').unwrap();
    table.row(
        "flagship-shaped game under situation memory, 10,000 nodes, war at 100 and 1,000 stakes, Λ = 5 and 20: converged \
         and on the branch by audit; warm re-solves a second, one thread",
        "≥ 99 %; reported",
        found,
        is_met == "true",
    );
    table.details.push_str(details);
}

/// Games of four who all know something and signal at every turn, with a breakdown far worse than everyday
/// stakes: where the branch has more folds than can be followed.
fn circles(table: &mut Table) {
    let mut details = String::from(
        "\n### Four who all signal\n\nThe generated family `Circle`, no row above: four seats with two types each, one \
         stake = 1, every parameter moved by up to ±10 %; 8 draws, every one followed from Λ = 0 as well. Solves a \
         second: one thread, in lanes; – where some draws did not settle there. At Λ = 20 its branch has more folds \
         than anything here can follow (docs/decisions/0036-the-flagship-cut-to-six-weeks.md).\n\n\
         | nodes | breakdown | Λ | in lanes | converged | on the branch | solves a second |\n|---|---|---|---|---|---|---|\n",
    );
    for breakdown in [100.0, 1000.0] {
        for lambda in [5.0, 20.0] {
            let shape = CircleShape { n_stages: 6, n_levels: 6, n_marks: 2, breakdown, seed: 1 };
            let circle = Circle::new(shape);
            let base = circle.base();
            let units = [1.0; 4];
            let draws: Vec<Numbers> = (0..8).map(|d| circle.numbers(d, 0.1)).collect();
            let start = start_of(&base, lambda, &units);
            let c = count(&batch(&base, &draws, lambda, &units, start.clone(), 1.0));
            // Where draws have to be followed one by one, a rate would be that of the other method.
            let rate = if c.in_lanes == c.n {
                let time =
                    alone(|| seconds(|| batch(&base, &draws, lambda, &units, start.clone(), 0.0)));
                thousands(c.n as f64 / time)
            } else {
                String::from("–")
            };
            writeln!(
                details,
                "| {} | {breakdown} | {lambda} | {:.0} % | {:.0} % | {:.0} % | {rate} |",
                thousands(base.graph().n_nodes() as f64),
                percent(c.in_lanes, c.n),
                percent(c.converged, c.n),
                percent(c.on_branch, c.n)
            )
            .unwrap();
        }
    }
    table.details.push_str(&details);
}
