//! A course: one way the crisis goes, from the root to the end, whoever plays it how at which turn.
//!
//! A lever cuts it. Before the cut structure, numbers and play are those of the course it is cut from, node
//! by node and edge by edge; after it stands the game with the lever, known to all and solved anew from
//! where everybody is at the cut, as everybody sees it.

use std::collections::HashMap;
use std::sync::Arc;

use climbdown_lang::diagnostic::Diagnostic;
use climbdown_lang::lever::{Taken, changes_moves, with_levers};
use climbdown_lang::scenario::{Measure, SlotId};
use climbdown_lang::template::{CompileOptions, Phase, Place, Template};
use climbdown_lang::{compile_levers, part::Values};
use quantal::math::{exp, ln};
use quantal::{
    BehaviorProfile, Certificate, Derived, EdgeId, Equilibrium, Follow, Game, Lambda, NodeId,
    NodeKind, Numbers, PlayerId, SolveOptions, StartNode, Unsolved, Viewer, solve,
};

use crate::Unanswered;
use crate::clock::Clock;
use crate::crisis::possible;
use crate::outcome::{Before, measure, value_of};
use crate::peaks::Peaks;
use crate::play::{Play, Start, normalised, payoff_to_come, toss, total};
use crate::policy::{Side, leaves, viewers};
use crate::prepared::{Case, Prepared};
use crate::question::{Asked, locate};

/// Most sweeps for one game.
const MOST_SWEEPS: usize = 5_000;

/// Where a course is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// At the beginning of a stage.
    Stage(u32),
    /// At the question's turn.
    Turn(u32, SlotId),
}

impl Cut {
    /// Earlier cuts have smaller ones.
    pub(crate) fn order(self) -> (u32, usize) {
        match self {
            Self::Stage(stage) => (stage, 0),
            Self::Turn(stage, slot) => (stage, slot.index() + 1),
        }
    }

    /// The first turn behind it.
    pub(crate) fn from(self) -> (u32, SlotId) {
        match self {
            Self::Stage(stage) => (stage, SlotId(0)),
            Self::Turn(stage, slot) => (stage, slot),
        }
    }

    fn is_before(self, place: Place, clock: &Clock) -> bool {
        match self {
            Self::Stage(stage) => place.stage < stage,
            Self::Turn(stage, slot) => clock.place(place) < clock.turn(stage, slot.index()),
        }
    }
}

/// Why there is no course.
#[derive(Clone, Debug)]
pub(crate) enum NoCourse {
    /// The game with the lever is none: over the budget, or moves at the same time disagree.
    NoGame(Vec<Diagnostic>),
    /// All else.
    Unanswered(Unanswered),
}

impl From<Unanswered> for NoCourse {
    fn from(why: Unanswered) -> Self {
        Self::Unanswered(why)
    }
}

/// How courses are found.
pub(crate) struct How<'a> {
    pub(crate) ready: &'a Prepared<'a>,
    pub(crate) case: &'a Case,
    pub(crate) clock: &'a Clock,
    pub(crate) tolerance: f64,
    /// Whether games are solved from the play without the lever instead of followed from Λ = 0.
    pub(crate) is_warm: bool,
}

/// A game behind a cut, so that it can be solved again with other numbers.
#[derive(Clone)]
pub(crate) struct Solved {
    template: Arc<Template>,
    point: BehaviorProfile,
}

impl Solved {
    /// The policy game of `side` at the numbers the question was prepared with.
    pub(crate) fn policy(ready: &Prepared<'_>, template: &Arc<Template>, side: Side) -> Self {
        let point = ready.sides[side as usize].point.profile.clone();
        Self { template: Arc::clone(template), point }
    }
}

/// One way the crisis goes.
#[derive(Clone)]
pub(crate) struct Course {
    pub(crate) template: Arc<Template>,
    pub(crate) game: Game,
    pub(crate) play: Play,
    pub(crate) asked: Asked,
    /// Of the game behind the last cut.
    pub(crate) certificate: Option<Certificate>,
    /// The games behind all cuts, in order.
    pub(crate) solved: Vec<Solved>,
}

/// A cut to be made.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) cut: Cut,
    /// All levers in force behind it, those of earlier cuts first.
    pub(crate) taken: &'a [Taken],
    /// How many of them were in force before.
    pub(crate) n_known: usize,
    /// Whether the focal move is forced at this cut, which then is the question's turn.
    pub(crate) is_forced: bool,
    /// The same cut as solved with other numbers, to begin from.
    pub(crate) near: Option<&'a Solved>,
}

impl How<'_> {
    /// The question's turn.
    pub(crate) fn turn(&self) -> Cut {
        let question = &self.ready.template.scenario.question;
        Cut::Turn(question.stage, question.slot)
    }

    /// The course of the base game, everybody free, at the numbers the question was prepared with.
    pub(crate) fn free(&self, template: &Arc<Template>) -> Course {
        let ready = self.ready;
        let profile = ready.before.as_ref().map_or(&ready.toss, |b| &b.point.profile);
        Course {
            template: Arc::clone(template),
            game: ready.base.clone(),
            play: Play::of_profile(ready.base.graph(), profile),
            asked: ready.asked.clone(),
            certificate: None,
            solved: Vec::new(),
        }
    }

    /// The course of a policy at the numbers the question was prepared with.
    pub(crate) fn policy(&self, free: &Course, side: Side) -> Course {
        let solved = &self.ready.sides[side as usize];
        let later = Play::of_part(free.game.graph(), &solved.derived, &solved.point.profile);
        let (_, n_edges) = self.before(&free.template, self.turn());
        Course {
            play: free.play.until(n_edges, &later),
            certificate: Some(solved.point.certificate.clone()),
            solved: vec![Solved::policy(self.ready, &free.template, side)],
            ..free.clone()
        }
    }

    /// The course of the base game at other numbers, from the solution at the prepared ones.
    pub(crate) fn free_again(&self, template: &Arc<Template>) -> Result<Course, NoCourse> {
        let values = template.evaluate(&self.case.assignment, &self.case.certainties);
        let game = template.game(&values).map_err(Unanswered::Numbers)?;
        let profile = match &self.ready.before {
            None => self.ready.toss.clone(),
            Some(before) => self.solve(&game, Some(&before.point.profile), &mut |_| true)?.profile,
        };
        Ok(Course {
            template: Arc::clone(template),
            play: Play::of_profile(game.graph(), &profile),
            game,
            asked: self.ready.asked.clone(),
            certificate: None,
            solved: Vec::new(),
        })
    }

    fn solve(
        &self,
        game: &Game,
        near: Option<&BehaviorProfile>,
        watch: &mut dyn FnMut(quantal::Progress) -> bool,
    ) -> Result<Equilibrium, NoCourse> {
        let near = near.filter(|p| p.len() == game.graph().n_actions());
        let options = |start: Option<&BehaviorProfile>| SolveOptions {
            tolerance: self.tolerance,
            max_steps: MOST_SWEEPS,
            follow: if start.is_none() { Follow::Twice } else { Follow::No },
            start: start.cloned(),
        };
        let lambda: Lambda = self.ready.lambda;
        let mut solved = |start| solve(game, lambda, &self.ready.stakes, &options(start), watch);
        let found = match near {
            None => solved(None),
            Some(_) => match solved(near) {
                Err(Unsolved::NotConverged { .. }) => solved(None),
                other => other,
            },
        };
        found.map_err(|why| Unanswered::Unsolved("game with a lever".to_owned(), why).into())
    }

    /// How many nodes and edges come before a cut; they are the first ones.
    fn before(&self, template: &Template, cut: Cut) -> (usize, usize) {
        let graph = &template.graph;
        let is_behind = |n: &NodeId| {
            graph.terminal_index(*n).is_some()
                || !cut.is_before(template.places[n.index()], self.clock)
        };
        let node = graph.nodes().find(is_behind).expect("a game has terminal nodes");
        (node.index(), graph.edges(node).next().map_or(graph.n_edges(), |e| e.index()))
    }

    /// Everybody's reach of the nodes a cut leads to, as natural logarithms: `[node][viewer]`, nodes
    /// ascending. With `is_available`, over the states of the question's turn where both moves are open.
    pub(crate) fn arriving(
        &self,
        course: &Course,
        cut: Cut,
        is_available: bool,
    ) -> Vec<(NodeId, Vec<f64>)> {
        let Course { template, game, play, asked, .. } = course;
        let graph = game.graph();
        let n_viewers = graph.n_viewers();
        let (n_before, _) = self.before(template, cut);
        let question = &template.scenario.question;
        let turn = Place { stage: question.stage, phase: Phase::Turn(question.slot) };
        let is_fork =
            |node: NodeId| asked.forks.binary_search_by_key(&node, |fork| fork.node).is_ok();
        let counts =
            |node: NodeId| !is_available || template.places[node.index()] != turn || is_fork(node);
        let mut logs = vec![f64::NEG_INFINITY; graph.n_nodes() * n_viewers];
        let mut is_entered = vec![false; graph.n_nodes()];
        logs[..n_viewers].fill(0.0);
        is_entered[0] = n_before == 0;
        for node in graph.nodes().take(n_before).filter(|&node| counts(node)) {
            for edge in graph.edges(node) {
                let to = graph.to(edge).index();
                is_entered[to] |= to >= n_before;
                for (v, viewer) in viewers(game).enumerate() {
                    let here = logs[node.index() * n_viewers + v];
                    let step = match graph.kind(node) {
                        NodeKind::Chance => ln(game.probability(edge, viewer)),
                        _ => play.log_move(edge),
                    };
                    let there = &mut logs[to * n_viewers + v];
                    *there = log_sum(*there, here + step);
                }
            }
        }
        let is_there = |node: &NodeId| match cut {
            Cut::Stage(stage) => template.places[node.index()].stage >= stage,
            Cut::Turn(..) => template.places[node.index()] == turn,
        };
        graph
            .nodes()
            .filter(|node| is_entered[node.index()] && is_there(node) && counts(*node))
            .map(|node| (node, logs[node.index() * n_viewers..][..n_viewers].to_vec()))
            .collect()
    }

    /// `viewer`'s distribution among them.
    pub(crate) fn start(
        &self,
        course: &Course,
        arriving: &[(NodeId, Vec<f64>)],
        viewer: Viewer,
    ) -> Option<Start> {
        let v = course.game.graph().viewer_index(viewer);
        normalised(&arriving.iter().map(|(node, logs)| (*node, logs[v])).collect::<Vec<_>>())
    }

    /// Cuts `course`, and solves what comes after.
    pub(crate) fn cut(
        &self,
        course: &Course,
        step: Step<'_>,
        watch: &mut dyn FnMut(quantal::Progress) -> bool,
    ) -> Result<Course, NoCourse> {
        let Step { cut, taken, n_known, is_forced, near } = step;
        let scenario = &course.template.scenario;
        let is_new = |t: &Taken| changes_moves(&scenario.levers[t.lever].changes);
        let template = match near {
            Some(near) => Arc::clone(&near.template),
            None if taken[n_known..].iter().any(is_new) => {
                let old = &course.template;
                let options = CompileOptions { memory: old.memory, budget_nodes: old.budget_nodes };
                Arc::new(compile_levers(scenario, &options, taken).map_err(NoCourse::NoGame)?)
            }
            None => Arc::clone(&course.template),
        };
        let assignment = with_levers(scenario, &self.case.assignment, taken);
        let values: Values = template.evaluate(&assignment, &self.case.certainties);
        let later = template.game(&values).map_err(Unanswered::Numbers)?;
        let (n_nodes, n_edges) = self.before(&course.template, cut);
        let game = spliced(&course.game, &later, n_nodes, n_edges);
        let asked = if is_forced {
            locate(&template, self.clock, &possible(&game, viewers(&game)))?
        } else {
            course.asked.clone()
        };
        let mut cut_there = Course { template, game, asked, ..course.clone() };
        let is_idle =
            !is_forced && !self.ready.asked.is_preceded && cut.order() < self.turn().order();
        if is_idle {
            // Nobody decides between the cut and the question's turn, where the next cut is.
            let graph = cut_there.game.graph();
            cut_there.play = Play::of_profile(graph, &toss(&cut_there.game));
            return Ok(cut_there);
        }
        // What comes before the cut is the same in both, so that play leads there as it did.
        let prefix = Play::coin_toss(&cut_there.game, |_, _| true);
        cut_there.play = course.play.until(n_edges, &prefix);
        let start: Vec<StartNode> = self
            .arriving(&cut_there, cut, false)
            .into_iter()
            .map(|(node, log_weights)| StartNode { node, log_weights })
            .collect();
        let graph = cut_there.game.graph();
        let is_left = if is_forced {
            leaves(&cut_there.asked, Side::Focal, graph)
        } else {
            vec![true; graph.n_edges()]
        };
        let keep = |node: NodeId, k: usize| {
            let edge = graph.edges(node).nth(k);
            is_left[edge.expect("only the actions of the node are asked about").index()]
        };
        let part = cut_there.game.conditioned(&start, &keep).map_err(|law| {
            Unanswered::Question(format!("the game behind the lever is none: {law:?}"))
        })?;
        let guess = (self.is_warm && near.is_none())
            .then(|| as_without(course, &cut_there.template, &part));
        let near = near.map(|n| &n.point).or(guess.as_ref());
        let found = self.solve(&part.game, near, watch)?;
        let later = Play::of_part(graph, &part, &found.profile);
        cut_there.play = course.play.until(n_edges, &later);
        cut_there.certificate = Some(found.certificate);
        cut_there
            .solved
            .push(Solved { template: Arc::clone(&cut_there.template), point: found.profile });
        Ok(cut_there)
    }

    /// The measure, over the states of the question's turn where both moves are open; `None` if the analyst
    /// holds all of them impossible.
    pub(crate) fn risk(&self, course: &Course, of: Measure) -> Option<f64> {
        let Course { template, game, play, asked, .. } = course;
        let arriving = self.arriving(course, self.turn(), true);
        let start = self.start(course, &arriving, Viewer::Analyst)?;
        let peaks = Peaks::of(template);
        let steps = play.steps(game, Viewer::Analyst);
        let before = Before::reaching(template, &peaks, &steps, &asked.turn);
        let measured = measure(template, &peaks, &steps, (&start, &before));
        Some(value_of(of, &template.scenario, &measured.rungs, &measured.firebreaks))
    }

    /// Payoff to come of an actor at each node, by its own probabilities.
    pub(crate) fn to_come(&self, course: &Course, actor: PlayerId) -> Vec<f64> {
        let steps = course.play.steps(&course.game, Viewer::Player(actor));
        payoff_to_come(&course.game, &steps, actor)
    }
}

/// A profile of `part` to begin from: at each information set what `course` does in the same state at the
/// same place, and a coin toss where it knows no such state or move.
fn as_without(course: &Course, template: &Template, part: &Derived) -> BehaviorProfile {
    let old = &course.template;
    let at = |n: NodeId| ((old.places[n.index()], old.state(n)), n);
    let known: HashMap<(Place, &[u8]), NodeId> = old.graph.nodes().map(at).collect();
    let graph = part.game.graph();
    let mut logs = vec![0.0; graph.n_actions()];
    for infoset in graph.infosets() {
        let inside = graph.infoset_nodes(infoset)[0];
        let here = part.nodes[inside.index()].expect("only the new root has no origin");
        let before = known.get(&(template.places[here.index()], template.state(here)));
        let fallback = -ln(f64::from(u32::try_from(graph.edges(inside).len()).unwrap_or(1)));
        let log = |edge: EdgeId| {
            let origin = part.edges[edge.index()].expect("moves come from the whole game");
            let same = |e: &EdgeId| old.causes[e.index()] == template.causes[origin.index()];
            let log = course.play.log_move(old.graph.edges(*before?).find(same)?);
            log.is_finite().then_some(log)
        };
        let menu: Vec<f64> =
            graph.edges(inside).map(|edge| log(edge).unwrap_or(fallback)).collect();
        let total = ln(total(menu.iter().map(|&log| exp(log))));
        for (action, log) in graph.actions(infoset).zip(menu) {
            logs[action.index()] = log - total;
        }
    }
    BehaviorProfile::from_logs(logs)
}

/// Expected value over a start.
pub(crate) fn expected(values: &[f64], start: &Start) -> f64 {
    total(start.iter().map(|&(node, weight)| weight * values[node.index()]))
}

/// ln(e^a + e^b).
fn log_sum(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY { high } else { high + ln(1.0 + exp(low - high)) }
}

/// `later` with the numbers of `earlier` on what comes before: its first nodes and edges.
fn spliced(earlier: &Game, later: &Game, n_nodes: usize, n_edges: usize) -> Game {
    let graph = later.graph();
    let n_players = graph.n_players();
    let mut numbers: Numbers = later.numbers().clone();
    let payoffs = n_edges * n_players;
    numbers.edge_payoffs[..payoffs].copy_from_slice(&earlier.numbers().edge_payoffs[..payoffs]);
    let first = graph.nodes().take(n_nodes);
    let n_chance: usize =
        first.filter(|&n| graph.kind(n) == NodeKind::Chance).map(|n| graph.edges(n).len()).sum();
    let (old, new) = (earlier.graph().n_chance_edges(), graph.n_chance_edges());
    for v in 0..graph.n_viewers() {
        let from = &earlier.numbers().chance[v * old..][..n_chance];
        numbers.chance[v * new..][..n_chance].copy_from_slice(from);
    }
    Game::new(Arc::clone(later.shared_graph()), numbers)
        .expect("numbers of two games, side by side")
}
