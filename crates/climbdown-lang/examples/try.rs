//! scratch
#![allow(clippy::all, clippy::print_stdout, clippy::unwrap_used, missing_docs)]
use climbdown_lang::*;
use std::sync::Arc;
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let f = |p: String| source::SourceFile { text: std::fs::read_to_string(&p).unwrap(), name: p };
    let sc = f(format!("{dir}/scenario.toml"));
    let needs = check::needs(&sc);
    let ladders = needs
        .ladders
        .iter()
        .filter_map(|l| {
            std::fs::read_to_string(format!("ladders/{l}.toml"))
                .ok()
                .map(|t| source::SourceFile { name: format!("ladders/{l}.toml"), text: t })
        })
        .collect();
    let history = needs.history.map(|h| f(format!("{dir}/{h}")));
    let c = check::check(&check::Sources { scenario: sc, ladders, history });
    for d in &c.diagnostics {
        let p = c.map.position(d.span);
        println!(
            "{} {}:{}:{} {}  [{}]",
            d.code,
            p.file,
            p.line,
            p.column,
            d.message,
            d.help.clone().unwrap_or_default()
        );
    }
    let Some(s) = c.scenario else { return };
    let s = Arc::new(s);
    let t0 = std::time::Instant::now();
    let t = compile(&s, &template::CompileOptions { memory: s.memory, budget_nodes: 500000 });
    let t = match t {
        Ok(t) => t,
        Err(e) => {
            for d in e {
                println!("{} {} {:?}", d.code, d.message, d.help)
            }
            return;
        }
    };
    println!(
        "nodes {} edges {} infosets {} residuals {} compile {:?}",
        t.graph.n_nodes(),
        t.graph.n_edges(),
        t.graph.n_infosets(),
        t.residuals.len(),
        t0.elapsed()
    );
    for d in reachable::unreachable_parts(&t) {
        println!("{} {}", d.code, d.message)
    }
    let a = template::Assignment::point(&s);
    let t1 = std::time::Instant::now();
    let g = t
        .instantiate(&a)
        .map_err(|e| {
            let p = c.map.position(e.span);
            format!("{:?} {:?}", e, p)
        })
        .unwrap();
    println!("instantiate {:?}", t1.elapsed());
    for l in [1.0, 5.0, 20.0] {
        let t2 = std::time::Instant::now();
        let e = quantal::solve(
            &g,
            quantal::Lambda::new(l).unwrap(),
            &t.stakes(&a),
            &quantal::SolveOptions { tolerance: 1e-10, max_steps: 20000, trace: true, start: None },
            &mut |_| true,
        );
        match e {
            Ok(e) => {
                println!(
                    "L={l} {:?} steps {} res {:e} regret {} {:?}",
                    e.certificate.branch,
                    e.certificate.steps,
                    e.certificate.residual,
                    e.certificate.max_regret,
                    t2.elapsed()
                );
                let r = quantal::reach(&g, &e.profile, quantal::Viewer::Analyst);
                let mut p = [0.0; 16];
                for n in t.graph.nodes() {
                    if t.graph.terminal_index(n).is_some() {
                        for k in 0..=t.peak(n) as usize {
                            p[k] += r[n.index()]
                        }
                    }
                }
                println!("{:?}", p);
                if t.graph.n_infosets() < 4000 {
                    for i in t.graph.infosets().take(6) {
                        println!(
                            "{} {:?}",
                            t.graph.infoset(i).label,
                            t.graph
                                .actions(i)
                                .zip(&t.graph.infoset(i).actions)
                                .map(|(a, l)| format!("{l} {:.3}", e.profile.probability(a)))
                                .collect::<Vec<_>>()
                        );
                    }
                }
            }
            Err(e) => println!("L={l} {e:?} {:?}", t2.elapsed()),
        }
    }
}
