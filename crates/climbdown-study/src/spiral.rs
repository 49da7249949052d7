//! The findings on the spiral: R under free play, at Λ = 0 and under both policies.

use quantal::{Game, NodeId, Viewer};

use crate::crisis::Crisis;
use crate::findings::{Reply, Spiral};
use crate::outcome::Measured;
use crate::play::{Play, Start, flow, toss};
use crate::policy::Policy;
use crate::replies::{Replies, expected_acts, replies};

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
    let under = |play: &Play, start: &[(NodeId, f64)], first_stage: u32| -> Replies {
        let steps = play.steps(game, Viewer::Analyst);
        let through = flow(graph, start, &steps);
        replies(exchange, graph, play, (&steps, &through), first_stage)
    };
    let (root, first_stage) = from;
    let free = under(base, root, first_stage);
    let at_zero = under(&Play::of_profile(graph, &toss(game)), root, first_stage);
    let by_policy =
        [0, 1].map(|side: usize| under(&policies[side].play, start, scenario.question.stage).ratio);
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
        focal: known(by_policy[0]),
        reference: known(by_policy[1]),
        expected_acts: expected_acts(exchange, graph, (&steps, &through)),
        p_ceiling: measured.rungs.last().copied().unwrap_or(0.0),
    }
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
