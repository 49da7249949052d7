//! The findings on the spiral: R under free play, at Λ = 0 and under both policies; how long an
//! exchange runs on.

use quantal::{Game, NodeId, Viewer};

use crate::crisis::Crisis;
use crate::findings::{Change, Reply, Spiral};
use crate::outcome::Measured;
use crate::play::{Play, Start, flow, toss};
use crate::policy::Policy;
use crate::replies::{Replies, expected_acts, replies};
use crate::rounds::rounds;

/// Replies and ratios; `measured` is the outcome of the base game, `start` the analyst's
/// distribution over the forks, over which R under the two policies is averaged. Free play is averaged
/// from `from` on: where, and in which stage.
pub(crate) fn spiral(
    crisis: &Crisis<'_>,
    game: &Game,
    (base, policies): (&Play, &[Policy; 2]),
    (from, start): ((&Start, u32), &Start),
    measured: &Measured,
) -> Spiral {
    let scenario = &crisis.template.scenario;
    let exchange = &crisis.exchange;
    let graph = game.graph();
    let acts = exchange.acts();
    let under =
        |play: &Play, start: &[(NodeId, f64)], first_stage: u32, worth: &[f64]| -> Replies {
            let steps = play.steps(game, Viewer::Analyst);
            let through = flow(graph, start, &steps);
            replies(exchange, graph, play, (&steps, &through), (first_stage, worth))
        };
    let (root, first_stage) = from;
    let free = under(base, root, first_stage, &acts);
    let severe = under(base, root, first_stage, &exchange.severity);
    let at_zero = under(&Play::of_profile(graph, &toss(game)), root, first_stage, &acts);
    let asked_at = scenario.question.stage;
    let by_policy =
        [0, 1].map(|side: usize| under(&policies[side].play, start, asked_at, &acts).ratio);
    let run_on = [0, 1].map(|side: usize| {
        let steps = policies[side].play.steps(game, Viewer::Analyst);
        rounds((crisis.template, exchange), start, &steps)
    });
    let steps = base.steps(game, Viewer::Analyst);
    let through = flow(graph, root, &steps);
    let list = listed(crisis, &free);
    let known = |ratio: Option<f64>| crisis.escalatory_rung.and(ratio);
    Spiral {
        escalatory_rung: crisis.escalatory_rung.unwrap_or(scenario.start_rung.saturating_add(1)),
        inhibition: list.iter().filter(|reply| reply.direct < 0.0).cloned().collect(),
        replies: list,
        ratio: known(free.ratio),
        ratio_at_lambda_0: known(at_zero.ratio),
        severity_ratio: known(severe.ratio),
        p_rounds: crisis.escalatory_rung.map(|_| side_by_side(&run_on)),
        focal: known(by_policy[0]),
        reference: known(by_policy[1]),
        expected_acts: expected_acts(exchange, graph, (&steps, &through)),
        p_ceiling: measured.rungs.last().copied().unwrap_or(0.0),
    }
}

/// The same round under both policies; a round that is not on a list has probability 0.
fn side_by_side([focal, reference]: &[Vec<f64>; 2]) -> Vec<Change> {
    let at = |list: &[f64], n: usize| list.get(n).copied().unwrap_or(0.0);
    (0..focal.len().max(reference.len()))
        .map(|n| Change { focal: at(focal, n), reference: at(reference, n) })
        .collect()
}

/// The pairs of positions with a reply, in the order of `turns`.
fn listed(crisis: &Crisis<'_>, replies: &Replies) -> Vec<Reply> {
    let scenario = &crisis.template.scenario;
    let named = |position: usize| {
        let seat = scenario.slots[position].seat;
        (position, scenario.seats[seat.index()].id.clone())
    };
    let n = scenario.slots.len();
    (0..n)
        .flat_map(|from| (0..n).map(move |to| (from, to)))
        .map(|(from, to)| Reply {
            from: named(from),
            to: named(to),
            total: replies.total[from][to],
            direct: replies.direct[from][to],
        })
        .filter(|reply| reply.total != 0.0 || reply.direct != 0.0)
        .collect()
}
