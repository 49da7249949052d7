//! What the focal move changes, in three readings: two plays from the same forks, compared.
//!
//! *If they do it*: the play is kept, and the fork's weight is that of coming there and choosing so.
//! *If you do it*: the play is kept, and the weight is that of coming there. *As a policy*: two games
//! solved anew, weighted by coming there.

use quantal::{Game, NodeId, PlayerId, Viewer};

use crate::base::Base;
use crate::crisis::Crisis;
use crate::findings::{Change, Effect, FirebreakChange, Reading};
use crate::outcome::{Before, Measured, measure};
use crate::play::{Play, Start, flow, payoff_to_come, total};
use crate::policy::{Policy, SIDES, Side};
use crate::question::{Asked, Fork};

/// The effect in its three readings.
pub(crate) fn effect(
    crisis: &Crisis<'_>,
    game: &Game,
    (asked, base): (&Asked, &Base),
    policies: &[Policy; 2],
    start: &Start,
) -> Effect {
    let graph = game.graph();
    let own_starts = |extra: &dyn Fn(&Fork) -> f64| -> Option<Vec<Start>> {
        let actors = (0..graph.n_players()).map(|p| Viewer::Player(PlayerId::new(p)));
        actors.map(|v| base.arrival.over_forks(game, &asked.forks, v, extra)).collect()
    };
    let own = own_starts(&|_| 0.0).expect("an actor holds possible what the analyst does");
    let kept = SIDES.map(|side| {
        let forced: Vec<_> = asked.forks.iter().map(|f| (f.node, side.chosen(f))).collect();
        base.play.forcing(graph, &forced)
    });
    let chosen = |side: Side| -> Option<(Start, Vec<Start>)> {
        let by_choice = |fork: &Fork| base.play.log_move(side.chosen(fork));
        let start = base.arrival.over_forks(game, &asked.forks, Viewer::Analyst, by_choice)?;
        Some((start, own_starts(&by_choice)?))
    };
    let if_they_do_it =
        chosen(Side::Focal).zip(chosen(Side::Reference)).map(|(focal, reference)| {
            let focal = Course::new(&kept[0], base, &focal.0, &focal.1);
            let reference = Course::new(&kept[1], base, &reference.0, &reference.1);
            reading(crisis, game, &focal, &reference)
        });
    let [focal, reference] = [&kept[0], &kept[1]].map(|play| Course::new(play, base, start, &own));
    let if_you_do_it = reading(crisis, game, &focal, &reference);
    let [focal, reference] =
        [&policies[0], &policies[1]].map(|policy| Course::new(&policy.play, base, start, &own));
    let as_policy = reading(crisis, game, &focal, &reference);
    let reach = flow(graph, &[(NodeId(0), 1.0)], &base.steps);
    let p_available = total(asked.forks.iter().map(|f| reach[f.node.index()])).min(1.0);
    Effect { p_available, if_they_do_it, if_you_do_it, as_policy }
}

/// One side of a reading: how it is played, and from where, in everybody's eyes.
struct Course<'a> {
    /// The play.
    play: &'a Play,
    /// The analyst's distribution over the forks.
    start: &'a Start,
    /// Each actor's own.
    own_starts: &'a [Start],
    /// What had happened before.
    before: &'a Before,
}

impl<'a> Course<'a> {
    fn new(play: &'a Play, base: &'a Base, start: &'a Start, own_starts: &'a [Start]) -> Self {
        Self { play, start, own_starts, before: &base.before }
    }

    fn measured(&self, crisis: &Crisis<'_>, game: &Game) -> Measured {
        let steps = self.play.steps(game, Viewer::Analyst);
        measure(crisis.template, &crisis.peaks, &steps, (self.start, self.before))
    }

    /// Expected payoff from the fork on, the payoff of the forced move included: by the analyst's
    /// probabilities and by the actor's own.
    fn payoffs(&self, game: &Game, actor: PlayerId) -> (f64, f64) {
        let expected = |viewer: Viewer, start: &[(NodeId, f64)]| {
            let steps = self.play.steps(game, viewer);
            let values = payoff_to_come(game, &steps, actor);
            total(start.iter().map(|&(node, weight)| weight * values[node.index()]))
        };
        (
            expected(Viewer::Analyst, self.start),
            expected(Viewer::Player(actor), &self.own_starts[actor.index()]),
        )
    }
}

/// Compares the two sides.
fn reading(
    crisis: &Crisis<'_>,
    game: &Game,
    focal: &Course<'_>,
    reference: &Course<'_>,
) -> Reading {
    let scenario = &crisis.template.scenario;
    let ladder = &scenario.ladders[0];
    let (of_focal, of_reference) = (focal.measured(crisis, game), reference.measured(crisis, game));
    let by_rung = |focal: &[f64], reference: &[f64]| -> Vec<(u8, Change)> {
        let pairs = focal.iter().zip(reference);
        let rungs = ladder.rungs.iter().zip(pairs);
        rungs.map(|(rung, (&focal, &reference))| (rung.rung, Change { focal, reference })).collect()
    };
    let firebreaks = ladder.firebreaks.iter().enumerate().map(|(at, firebreak)| {
        let (f, r) = (of_focal.firebreaks[at], of_reference.firebreaks[at]);
        let part = |way: usize| Change { focal: f[way], reference: r[way] };
        FirebreakChange {
            id: firebreak.id.clone(),
            p_cross: Change { focal: total(f), reference: total(r) },
            deliberate: part(0),
            inadvertent: part(1),
            accidental: part(2),
        }
    });
    let stages = of_focal.by_stage.iter().zip(&of_reference.by_stage);
    let payoffs = scenario.actors.iter().enumerate().map(|(at, actor)| {
        let (focal_by_analyst, focal_by_own) = focal.payoffs(game, PlayerId::new(at));
        let (by_analyst, by_own) = reference.payoffs(game, PlayerId::new(at));
        (
            actor.id.clone(),
            Change { focal: focal_by_analyst, reference: by_analyst },
            Change { focal: focal_by_own, reference: by_own },
        )
    });
    Reading {
        measure: Change {
            focal: of_focal.headline(scenario),
            reference: of_reference.headline(scenario),
        },
        expected_peak: Change {
            focal: of_focal.expected_peak,
            reference: of_reference.expected_peak,
        },
        rungs: by_rung(&of_focal.rungs, &of_reference.rungs),
        firebreaks: firebreaks.collect(),
        by_stage: stages.map(|((stage, f), (_, r))| (*stage, by_rung(f, r))).collect(),
        payoffs: payoffs.collect(),
    }
}
