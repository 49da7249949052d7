//! How long sweeps and solves take on ladders of some size; prints one line per game and Λ.
//!
//! `cargo run --release -p quantal --example sweep_times -- 10 12 4`: stages, rungs, marks (each mark
//! doubles the states), then optionally players (5), games per cost of war (2), most sweeps (20000).

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::time::Instant;

use quantal::{Follow, Lambda, SolveOptions, solve};
use support::{Ladder, ladder};

#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let at = |k: usize, default: usize| given.get(k).copied().unwrap_or(default);
    let (n_players, most) = (at(3, 5), at(5, 20_000));
    for war_cost in [100.0, 1000.0] {
        for seed in 0..at(4, 2) as u64 {
            let shape = Ladder {
                n_players,
                n_stages: at(0, 8),
                n_rungs: at(1, 14),
                n_marks: at(2, 3) as u32,
                war_cost,
                seed,
            };
            let game = ladder(shape);
            for (value, trace) in
                [(1.0, true), (5.0, true), (20.0, true), (1.0, false), (5.0, false), (20.0, false)]
            {
                let follow = if trace { Follow::Twice } else { Follow::No };
                let options =
                    SolveOptions { tolerance: 1e-10, max_steps: most, follow, start: None };
                let lambda = Lambda::new(value).expect("these are precisions");
                let mut sweeps = 0;
                let begun = Instant::now();
                let found = solve(&game, lambda, &vec![1.0; n_players], &options, &mut |p| {
                    sweeps = p.steps;
                    true
                });
                let took = begun.elapsed().as_secs_f64() * 1e3;
                let result = match found {
                    Ok(e) => {
                        sweeps = e.certificate.steps;
                        format!(
                            "{:?}, residual {:.0e}",
                            e.certificate.branch, e.certificate.residual
                        )
                    }
                    Err(why) => format!("{why:?}"),
                };
                println!(
                    "{} nodes, war {war_cost}, game {seed}, Λ {value}, {}: {took:.0} ms, {sweeps} \
                     sweeps of {:.2} ms, {result}",
                    game.graph().n_nodes(),
                    if trace { "traced" } else { "untraced" },
                    took / sweeps.max(1) as f64,
                );
            }
        }
    }
}
