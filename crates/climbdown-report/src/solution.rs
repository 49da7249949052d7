//! `solve` for people: the certificate, what was looked for beside the equilibrium, what everybody does.

use climbdown_study::solution::{Limit, OneOfSeveral, Path, Several, Solution};
use quantal::{Claim, LimitBelief, TracePoint, math};

use crate::layout::{cell, push, wrap};
use crate::number::{given, of, plain, probability};
use crate::profile::{self, Names};
use crate::words;

/// Points of a branch that fit on a page; folds are always among them.
const MOST_POINTS: usize = 24;
/// Names of the columns of a branch.
const COLUMNS: [char; 6] = ['a', 'b', 'c', 'd', 'e', 'f'];

/// The solution, whose information sets are called by `names`.
#[must_use]
pub fn text(names: &Names<'_>, solution: &Solution) -> String {
    let certificate = &solution.equilibrium.certificate;
    let mut out = profile::certificate_line(certificate);
    if let Some(path) = &solution.path {
        out.push_str(&branch(names, path, certificate.lambda.get()));
    }
    if let Some(several) = &solution.several {
        out.push_str(&equilibria(names, several, certificate.lambda.get()));
    }
    if let Some(limit) = &solution.limit {
        out.push_str(&rational_limit(names, limit));
    }
    let is_alone =
        solution.path.is_none() && solution.several.is_none() && solution.limit.is_none();
    if !is_alone {
        let lambda = given(certificate.lambda.get());
        out.push_str(&format!("\nPROFILE   what everybody does at lambda {lambda}\n"));
    }
    out.push_str(&profile::text(names, &solution.equilibrium.profile));
    out
}

fn branch(names: &Names<'_>, path: &Path, lambda: f64) -> String {
    let trace = &path.trace;
    let n_folds = trace.folds().count();
    let mut found = format!(
        "from lambda 0 to {}: {}, {}",
        given(path.max.get()),
        of(trace.points.len(), "point"),
        of(n_folds, "fold")
    );
    for (from, to) in &trace.bifurcations {
        found.push_str(&match (at(*from), at(*to)) {
            (from, to) if from == to => format!("; others leave it near lambda {from}"),
            (from, to) => format!("; others leave it between lambda {from} and {to}"),
        });
    }
    found.push('.');
    if let Some(why) = &trace.stopped {
        let last = trace.points.last().map_or(0.0, |point| point.lambda);
        let why = words::unsolved(why);
        found.push_str(&format!(" It could be followed to lambda {} only: {why}.", at(last)));
    }
    let mut out = String::from("\n");
    out.push_str(&wrap("BRANCH   ", "  ", &found));
    if path.movers.is_empty() {
        push(&mut out, "  Nobody's choice depends on lambda.");
        return out;
    }
    out.push_str(&wrap(
        "  ",
        "  ",
        &format!(
            "The actions that move most, counted by how often their turn comes at lambda {}:",
            given(lambda)
        ),
    ));
    for (mover, column) in path.movers.iter().zip(COLUMNS) {
        let label = &names.graph().infoset(mover.infoset).actions[mover.position];
        let text = format!("{}: {label}", names.place(mover.infoset));
        out.push_str(&wrap(&format!("    {column}  "), "       ", &text));
    }
    let mut head = format!("  {:>12}  {:<10}", "lambda", "");
    for (_, column) in path.movers.iter().zip(COLUMNS) {
        head.push_str(&format!("{column:>8}"));
    }
    push(&mut out, &head);
    let shown = shown(&trace.points);
    let mut passed = 0.0;
    for &k in &shown {
        let point = &trace.points[k];
        let forks = trace.bifurcations.iter().any(|(_, to)| passed < *to && *to <= point.lambda);
        passed = point.lambda.max(passed);
        let mark = match (point.is_fold, forks) {
            (true, _) => "fold",
            (_, true) => "bifurcated",
            _ => "",
        };
        let mut line = format!("  {:>12}  {}", at(point.lambda), cell(mark, 10));
        for mover in path.movers.iter().take(COLUMNS.len()) {
            line.push_str(&format!("{:>8}", probability(point.profile.probability(mover.action))));
        }
        push(&mut out, &line);
    }
    if shown.len() < trace.points.len() {
        let text =
            format!("  {} of {}; --json has all.", shown.len(), of(trace.points.len(), "point"));
        push(&mut out, &text);
    }
    out
}

/// Λ on a branch: turning points are known to eight digits, four decimals say which.
fn at(lambda: f64) -> String {
    format!("{lambda:.4}")
}

/// The first, the last and every fold, and others evenly between them.
fn shown(points: &[TracePoint]) -> Vec<usize> {
    let n = points.len();
    let n_folds = points.iter().filter(|point| point.is_fold).count();
    let others = MOST_POINTS.saturating_sub(n_folds).max(2);
    let is_even = |k: usize| {
        n <= others || k == 0 || (k * (others - 1)) / (n - 1) > ((k - 1) * (others - 1)) / (n - 1)
    };
    (0..n).filter(|&k| points[k].is_fold || is_even(k)).collect()
}

fn equilibria(names: &Names<'_>, several: &Several, lambda: f64) -> String {
    let mut found = format!(
        "at lambda {} from {} (seed {}): ",
        given(lambda),
        of(several.n_starts, "start"),
        several.seed
    );
    found.push_str(&match several.n_others() {
        0 if several.list.iter().all(|one| one.share_of_starts == 0.0) => {
            "no start led to an equilibrium, so nothing is known of others.".to_owned()
        }
        0 => "none but the solution. What was not found may exist all the same.".to_owned(),
        n => format!("{} besides the solution.", of(n, "other")),
    });
    let mut out = String::from("\n");
    out.push_str(&wrap("EQUILIBRIA   ", "  ", &found));
    for (k, one) in several.list.iter().enumerate() {
        let c = &one.equilibrium.certificate;
        let text = format!(
            "{} of the starts, largest regret {} units{}",
            share(one),
            plain(c.max_regret),
            if one.is_the_solution {
                ": the solution"
            } else {
                "; differs from the solution most at"
            }
        );
        out.push_str(&wrap(&format!("  {:>2}  ", k + 1), "      ", &text));
        for d in &one.differs {
            let label = &names.graph().infoset(d.infoset).actions[d.position];
            let (here, there) = (probability(d.here), probability(d.there));
            let text = format!("{}: {label} {here}, not {there}", names.place(d.infoset));
            out.push_str(&wrap("        ", "          ", &text));
        }
    }
    out
}

fn share(one: &OneOfSeveral) -> String {
    match one.share_of_starts {
        0.0 => "none".to_owned(),
        share => probability(share),
    }
}

/// What the rational limit may be called, in a sentence.
pub(crate) fn claim_sentence(limit: &Limit) -> String {
    let c = &limit.found.equilibrium.certificate;
    let regret = precise(c.max_regret);
    let mut sentence = match limit.found.claim {
        Claim::SequentialEquilibrium => format!("Sequential equilibrium to {regret} units"),
        Claim::AgentEquilibrium => format!("Agent {regret}-equilibrium under own beliefs"),
    };
    sentence.push_str(&format!(
        ": the branch at lambda {}, where nobody would gain more by another action",
        given((c.lambda.get() * 1e4).round() / 1e4)
    ));
    if !limit.found.is_within_bound {
        let bound = given(limit.regret_bound);
        sentence.push_str(&format!("; the bound asked for, {bound}, was not reached"));
    }
    sentence.push('.');
    sentence
}

/// Two digits, however small.
fn precise(x: f64) -> String {
    if x == 0.0 || x >= 0.01 { plain(x) } else { format!("{x:.1e}") }
}

fn rational_limit(names: &Names<'_>, limit: &Limit) -> String {
    let found = &limit.found;
    let mut out = String::from("\n");
    out.push_str(&wrap("RATIONAL LIMIT   ", "  ", &claim_sentence(limit)));
    let branch = words::branch_sentence(found.equilibrium.certificate.branch);
    out.push_str(&wrap("  ", "  ", &format!("It is one selection among equilibria: {branch}.")));
    let graph = names.graph();
    for infoset in names.order() {
        out.push_str(&wrap("  ", "    ", &names.place(infoset)));
        let actions: Vec<String> = graph
            .actions(infoset)
            .zip(&graph.infoset(infoset).actions)
            .map(|(a, label)| {
                format!("{label} {}", probability(found.equilibrium.profile.probability(a)))
            })
            .collect();
        out.push_str(&wrap("    plays ", "          ", &actions.join(", ")));
        out.push_str(&wrap("    ", "      ", &belief(&found.beliefs[infoset.index()])));
    }
    out
}

/// How its owner expects to come to an information set, and where it thinks it is then.
fn belief(belief: &LimitBelief) -> String {
    let Some(shares) = &belief.belief else {
        return "not reached in its owner's own draws".to_owned();
    };
    let p = math::exp(belief.log_reach);
    let reach = if p >= 0.001 {
        probability(p.min(1.0))
    } else {
        format!("10^{:.0}", belief.log_reach / std::f64::consts::LN_10)
    };
    let mut text = format!("reached with probability {reach}");
    if shares.len() > 1 {
        let each: Vec<String> =
            shares.iter().map(|(node, p)| format!("node {} {}", node.0, probability(*p))).collect();
        text.push_str(&format!("; believes {}", each.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use quantal::BehaviorProfile;

    fn points(n: usize, folds: &[usize]) -> Vec<TracePoint> {
        let point = |k| TracePoint {
            lambda: k as f64,
            profile: BehaviorProfile::from_logs(Vec::new()),
            is_fold: folds.contains(&k),
        };
        (0..n).map(point).collect()
    }

    #[test]
    fn of_a_long_branch_the_ends_and_the_folds_are_shown() {
        for (n, folds) in [(1, &[][..]), (2, &[]), (24, &[]), (25, &[7]), (300, &[1, 2, 298])] {
            let shown = shown(&points(n, folds));
            assert!(shown.contains(&0) && shown.contains(&(n - 1)), "{n}");
            assert!(folds.iter().all(|k| shown.contains(k)), "{n}");
            assert!(
                shown.len() <= MOST_POINTS && shown.len() >= n.min(MOST_POINTS - 2),
                "{n}: {shown:?}"
            );
        }
    }
}
