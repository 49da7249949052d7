//! The kind of a move: what the act it leads to crosses or breaks, and the reference act does not.
//!
//! It looks at codes, not at probabilities of being taken (model.md §7): each act is coded in the
//! states of positive analyst probability where it can first be taken after its move.

use std::collections::{BTreeMap, BTreeSet};

use climbdown_lang::scenario::{MoveId, NormId, NormKind, RedLineId, Scenario};
use climbdown_lang::template::{Template, Touch};
use quantal::{EdgeId, Game, NodeId, Viewer};

use crate::crisis::{Crisis, possible_where};
use crate::findings::{Caveat, Degree, Kind, LineTouched};
use crate::play::Play;
use crate::policy::{Policy, SIDES};
use crate::question::{Asked, edge_of_move};

/// The kind of the question's move, and a caveat for an act that is never taken.
pub(crate) fn kind_of(
    crisis: &Crisis<'_>,
    game: &Game,
    asked: &Asked,
    policies: &[Policy; 2],
) -> (Kind, Vec<Caveat>) {
    kind_of_plays(crisis, game, asked, [&policies[0].play, &policies[1].play])
}

/// [`kind_of`] for the plays of the two policies.
pub(crate) fn kind_of_plays(
    crisis: &Crisis<'_>,
    game: &Game,
    asked: &Asked,
    plays: [&Play; 2],
) -> (Kind, Vec<Caveat>) {
    let template = crisis.template;
    let question = &template.scenario.question;
    let is_possible =
        possible_where(game, [Viewer::Analyst].into_iter(), &|edge| asked.known.allows(edge));
    let pairs =
        [(question.focal, question.focal_act), (question.reference, question.reference_act)];
    let mut caveats = Vec::new();
    let [focal, reference] = [0, 1].map(|side: usize| {
        let forks = asked.forks.iter().filter(|fork| is_possible[fork.node.index()]);
        let forks: Vec<_> = forks.map(|f| (f.node, SIDES[side].chosen(f))).collect();
        let edges = first_taken(template, game, plays[side], &forks, pairs[side]);
        if edges.is_empty() {
            let name = |id: MoveId| &template.scenario.moves[id.index()].id;
            let (made, act) = pairs[side];
            caveats.push(Caveat {
                about: Some("kind".to_string()),
                text: format!(
                    "After `{}` nobody can take `{}` within the horizon, so it crosses nothing here.",
                    name(made),
                    name(act)
                ),
            });
        }
        Crossed::on(template, &edges)
    });
    (kind(&template.scenario, &focal, &reference), caveats)
}

/// What an act crosses and breaks, over the states it is coded in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Crossed {
    /// Positions of firebreaks.
    firebreaks: BTreeSet<usize>,
    /// Stated lines.
    stated: BTreeSet<RedLineId>,
    /// Actual lines, under some type.
    actual: BTreeSet<RedLineId>,
    /// Norms and treaties, with the best state in which they are broken (0 intact).
    norms: BTreeMap<NormId, u8>,
}

impl Crossed {
    /// What the acts on `edges` cross and break.
    fn on(template: &Template, edges: &[EdgeId]) -> Self {
        let scenario = &template.scenario;
        let mut crossed = Self::default();
        for &edge in edges {
            let rung = template.act(edge).map_or(0, |act| act.rung);
            let firebreaks = scenario.ladders[0].firebreaks.iter().enumerate();
            crossed.firebreaks.extend(
                firebreaks
                    .filter(|(_, f)| scenario.start_rung < f.above && f.above <= rung)
                    .map(|(at, _)| at),
            );
            for touch in template.touches(edge) {
                match *touch {
                    Touch::Stated(line) => {
                        crossed.stated.insert(line);
                    }
                    Touch::Actual(line) => {
                        crossed.actual.insert(line);
                    }
                    Touch::Norm(norm, before) => {
                        let best = crossed.norms.entry(norm).or_insert(before);
                        *best = before.min(*best);
                    }
                }
            }
        }
        crossed
    }
}

/// Where `act` can first be taken once `made` has been taken at `forks`: its edges. If the act is
/// the move itself, those are the moves at the forks.
fn first_taken(
    template: &Template,
    game: &Game,
    play: &Play,
    forks: &[(NodeId, EdgeId)],
    (made, act): (MoveId, MoveId),
) -> Vec<EdgeId> {
    let graph = game.graph();
    if made == act {
        return forks.iter().map(|&(_, edge)| edge).collect();
    }
    let mut is_ahead = vec![false; graph.n_nodes()];
    for &(_, edge) in forks {
        is_ahead[graph.to(edge).index()] = true;
    }
    let mut found = Vec::new();
    for node in graph.nodes().filter(|n| n.index() > 0) {
        if !is_ahead[node.index()] {
            continue;
        }
        let is_possible = |&edge: &EdgeId| play.is_possible(game, edge, Viewer::Analyst);
        if let Some(edge) = edge_of_move(template, node, act).filter(is_possible) {
            found.push(edge);
            continue;
        }
        for edge in graph.edges(node).filter(is_possible) {
            is_ahead[graph.to(edge).index()] = true;
        }
    }
    found
}

/// What the focal act crosses or breaks that the reference act does not. A norm counts as broken by
/// the focal act alone also if the reference breaks it only when it is already in a worse state.
fn kind(scenario: &Scenario, focal: &Crossed, reference: &Crossed) -> Kind {
    let firebreaks = focal.firebreaks.difference(&reference.firebreaks);
    let red_lines = scenario.red_lines.iter().enumerate().filter_map(|(at, line)| {
        let id = RedLineId::new(at);
        let alone = |of: fn(&Crossed) -> &BTreeSet<RedLineId>| {
            of(focal).contains(&id) && !of(reference).contains(&id)
        };
        let (stated, actual) = (alone(|c| &c.stated), alone(|c| &c.actual));
        (stated || actual).then(|| LineTouched {
            id: line.id.clone(),
            owner: scenario.actors[line.owner.index()].id.clone(),
            stated,
            actual,
        })
    });
    let broken = |kind: NormKind| -> Vec<(String, String)> {
        let alone = focal.norms.iter().filter(|(norm, best)| {
            reference.norms.get(norm).is_none_or(|of_reference| *best < of_reference)
        });
        alone
            .map(|(norm, &best)| (&scenario.norms[norm.index()], best))
            .filter(|(norm, _)| norm.kind == kind)
            .map(|(norm, best)| (norm.id.clone(), NORM_STATES[best as usize].to_string()))
            .collect()
    };
    Kind {
        firebreaks: firebreaks.map(|&at| scenario.ladders[0].firebreaks[at].id.clone()).collect(),
        red_lines: red_lines.collect(),
        norms: broken(NormKind::Norm),
        treaties: broken(NormKind::Treaty),
    }
}

/// The states of a norm, in the order of its variable.
const NORM_STATES: [&str; 3] = ["intact", "eroded", "broken"];

/// The word for a kind.
pub(crate) fn degree_of_kind(kind: &Kind, stated_line_is_major: bool) -> Degree {
    let norms = || kind.norms.iter().chain(&kind.treaties);
    let is_stated = kind.red_lines.iter().any(|line| line.stated);
    let is_major = !kind.firebreaks.is_empty()
        || kind.red_lines.iter().any(|line| line.actual)
        || norms().any(|(_, state)| state == NORM_STATES[0])
        || (is_stated && stated_line_is_major);
    if is_major {
        Degree::Major
    } else if is_stated || norms().any(|(_, state)| state == NORM_STATES[1]) {
        Degree::Minor
    } else {
        Degree::None
    }
}
