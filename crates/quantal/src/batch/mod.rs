//! Many draws of one game solved side by side: the same structure, other numbers.
//!
//! Draws are put into the lanes of a few wide numbers and swept together, each with its own
//! acceleration, each frozen where it has converged. What a draw gets depends on the draw, the base game
//! and its solution alone: not on its neighbours, on threads, or on how a batch is cut into parts.
//! Draws that do not converge are tried one by one with Newton's method, if that is wanted, then followed from
//! Λ = 0, and reported if that fails, too.
//!
//! A small residual does not show that a draw is on the branch from Λ = 0. Some draws are therefore
//! followed from there as well, and the [`Audit`] counts how often the two differ.

mod acceleration;
mod block;
mod layout;
mod public;
mod rows;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use acceleration::Acceleration;
use block::{Block, Measured, Sides, log_policy};
use layout::Layout;
use public::PublicBlock;

use crate::certificate::{Branch, Certificate};
use crate::families::uniform;
use crate::game::{BrokenLaw, Game, Numbers};
use crate::lanes::{Eight, One, Pack};
use crate::path::furthest_probability;
use crate::profile::{BehaviorProfile, Lambda};
use crate::solve::{Equilibrium, Follow, SolveOptions, Unsolved, solve};

/// Numbers for one graph, one set for each draw.
pub trait Draws: Sync {
    /// How many draws.
    fn n_draws(&self) -> usize;
    /// Shows the numbers of draw `draw` to `read`. It may be asked for any draw at any time, several
    /// times, by several threads, and must show the same numbers each time.
    fn show(&self, draw: usize, read: &mut dyn FnMut(&Numbers));
}

impl Draws for [Numbers] {
    fn n_draws(&self) -> usize {
        self.len()
    }
    fn show(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        read(&self[draw]);
    }
}

/// Draws made when they are needed, by a function of their position.
pub struct Filled<F> {
    /// How many.
    pub n_draws: usize,
    /// The numbers of a draw.
    pub fill: F,
}

impl<F: Fn(usize) -> Numbers + Sync> Draws for Filled<F> {
    fn n_draws(&self) -> usize {
        self.n_draws
    }
    fn show(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        read(&(self.fill)(draw));
    }
}

/// How to solve a batch.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// Largest log-residual accepted.
    pub tolerance: f64,
    /// Sweeps in lanes before a draw is solved by itself instead; about 40.
    pub max_sweeps: usize,
    /// Steps that a draw which lanes did not settle may take by Newton's method from the same start, before it
    /// is followed from Λ = 0; 0 to follow it at once. Where Λ is large such a draw is often not on the branch.
    pub newton_steps: usize,
    /// How a draw is followed from Λ = 0 that neither settled. With [`Follow::Once`] any fixed point will do
    /// where the walk fails, each getting a third of `max_steps`; and a draw of the audit is followed twice only
    /// where one walk does not confirm it, or where one walk had found it.
    pub follow: Follow,
    /// Most sweeps for a draw that is followed.
    pub max_steps: usize,
    /// Where every draw begins: the solution of the design's base, never that of another draw. Play by
    /// weights if absent.
    pub start: Option<BehaviorProfile>,
    /// Share of the draws to audit, chosen by (`seed`, position in the design).
    pub audit_share: f64,
    /// Seed of the choice.
    pub seed: u64,
    /// Position of the first draw in the design: a part of a batch audits what the whole would.
    pub first_draw: usize,
}

/// Why a draw has no equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub enum Untaken {
    /// Its numbers are not those of a game.
    Broken(BrokenLaw),
    /// Nothing converged.
    Unsolved(Unsolved),
}

/// How often draws solved in lanes were on the branch from Λ = 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Draws solved in lanes that were followed from Λ = 0 as well.
    pub n_audited: usize,
    /// Those whose solution differs from the branch in some probability by more than 1e-5: their
    /// positions.
    pub mismatched: Vec<usize>,
    /// Those that could not be followed: their positions. They are neither right nor wrong.
    pub not_followed: Vec<usize>,
}

impl Audit {
    /// Share of the followed draws that were not on the branch; `None` if none was followed.
    #[must_use]
    pub fn mismatch_rate(&self) -> Option<f64> {
        let followed = self.n_audited - self.not_followed.len();
        (followed > 0).then(|| self.mismatched.len() as f64 / followed as f64)
    }
}

/// A solved batch.
#[derive(Clone, Debug)]
pub struct BatchSolution {
    /// One result for each draw. Solutions from lanes are [`Branch::WarmUnverified`], those that were
    /// followed from Λ = 0 say so.
    pub draws: Vec<Result<Equilibrium, Untaken>>,
    /// Draws that lanes did not settle: their positions.
    pub retried: Vec<usize>,
    /// What the audit found.
    pub audit: Audit,
}

/// Largest difference in a probability between a draw and its branch: far above what the tolerance
/// leaves open, far below the distance of two equilibria.
const SAME: f64 = 1e-5;
/// Stream of [`uniform`] for the audit.
const AUDIT: u64 = 0xA0D1;
/// Rounds of settling and measuring before a lane is given up; the second asks for more.
const ROUNDS: usize = 3;

/// Nodes up to which eight draws are swept side by side. Far beyond the cache eight lanes still do twice the
/// work of one (decision 0015); this bounds what they need, at 80 bytes for each node and lane.
const MOST_WIDE: usize = 250_000;

/// Solves every draw of `draws` on the graph of `base` at `lambda`, with λ_i = Λ / units\[i\].
///
/// Draws whose numbers are impossible elsewhere than in the base game, or whose weights differ from it, are
/// solved one by one.
///
/// # Panics
/// When `units` is not one positive number per player, or `options.start` is of another game.
#[must_use]
pub fn solve_batch(
    base: &Game,
    draws: &(impl Draws + ?Sized),
    lambda: Lambda,
    units: &[f64],
    options: &BatchOptions,
) -> BatchSolution {
    Batch::new(base, lambda, units, options).solve(draws, options.first_draw)
}

/// Draws of whatever kind: the lanes are compiled once, and not with each kind.
struct Shown<'a> {
    n_draws: usize,
    show: &'a ShowDraw<'a>,
}

/// Shows the numbers of a draw to whoever reads them.
type ShowDraw<'a> = dyn Fn(usize, &mut dyn FnMut(&Numbers)) + Sync + 'a;

impl Shown<'_> {
    fn show(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        (self.show)(draw, read);
    }
}

/// A design's base game made ready for draws: what they share is laid out once, for any number of parts.
#[derive(Debug)]
pub struct Batch<'a> {
    layout: Layout<'a>,
    start: Vec<f64>,
    lambda: Lambda,
    units: &'a [f64],
    options: &'a BatchOptions,
}

impl<'a> Batch<'a> {
    /// Lays `base` out.
    ///
    /// # Panics
    /// When `units` is not one positive number per player, or `options.start` is of another game.
    #[must_use]
    pub fn new(
        base: &'a Game,
        lambda: Lambda,
        units: &'a [f64],
        options: &'a BatchOptions,
    ) -> Self {
        assert_eq!(units.len(), base.graph().n_players(), "one unit per player");
        assert!(units.iter().all(|u| u.is_finite() && *u > 0.0), "units are positive");
        let layout = Layout::new(base);
        let start = match &options.start {
            Some(start) => {
                let n = layout.kernel.n_actions();
                assert_eq!(start.len(), n, "the start is a profile of this game");
                layout.odds(start.logs())
            }
            None => layout.odds(&layout.kernel.by_weights()),
        };
        Self { layout, start, lambda, units, options }
    }

    /// [`solve_batch`], the first of `draws` being draw `first_draw` of the design.
    #[must_use]
    pub fn solve(&self, draws: &(impl Draws + ?Sized), first_draw: usize) -> BatchSolution {
        let show = |draw: usize, read: &mut dyn FnMut(&Numbers)| draws.show(draw, read);
        self.solve_shown(&Shown { n_draws: draws.n_draws(), show: &show }, first_draw)
    }

    fn solve_shown(&self, draws: &Shown<'_>, first_draw: usize) -> BatchSolution {
        let Self { layout, start, lambda, units, options } = self;
        let task = Task { layout, start, lambda: *lambda, units, options };
        // A function of the game's size only.
        let mut found = match (layout.base.graph().n_nodes(), &layout.public) {
            (0..=MOST_WIDE, Some(_)) => task.in_lanes::<Eight, PublicBlock<_>>(draws),
            (0..=MOST_WIDE, None) => task.in_lanes::<Eight, Block<_>>(draws),
            (_, Some(_)) => task.in_lanes::<One, PublicBlock<_>>(draws),
            (_, None) => task.in_lanes::<One, Block<_>>(draws),
        };
        let retried: Vec<usize> = (0..found.len()).filter(|&d| found[d].is_none()).collect();
        let again = each(retried.len(), |k| task.once_more(draws, retried[k]));
        let mut walks = vec![0; found.len()];
        for (&draw, (result, n_walks)) in retried.iter().zip(again) {
            found[draw] = Some(result);
            walks[draw] = n_walks;
        }
        let is_chosen = |draw: usize| {
            let position = (first_draw + draw) as u64;
            uniform(options.seed, AUDIT, position) < options.audit_share
        };
        let is_found = |draw: usize| matches!(found[draw], Some(Ok(_)));
        let audited: Vec<usize> =
            (0..found.len()).filter(|&d| is_chosen(d) && walks[d] < 2 && is_found(d)).collect();
        let is_near = |draw: usize, branch: &Equilibrium| {
            let own = found[draw].as_ref().and_then(|f| f.as_ref().ok());
            own.is_some_and(|own| {
                furthest_probability(own.profile.logs(), branch.profile.logs()) <= SAME
            })
        };
        let verdicts = each(audited.len(), |k| {
            let draw = audited[k];
            // A walk does not confirm itself.
            if options.follow == Follow::Once
                && walks[draw] == 0
                && let Ok(branch) = task.follow(draws, draw, Follow::Once)
                && is_near(draw, &branch)
            {
                return Some(true);
            }
            let branch = task.follow(draws, draw, Follow::Twice).ok()?;
            let is_followed =
                matches!(branch.certificate.branch, Branch::Traced | Branch::FirstCrossingOf(_));
            is_followed.then(|| is_near(draw, &branch))
        });
        let mut audit = Audit { n_audited: audited.len(), ..Audit::default() };
        for (&draw, verdict) in audited.iter().zip(verdicts) {
            match verdict {
                None => audit.not_followed.push(draw),
                Some(false) => audit.mismatched.push(draw),
                Some(true) => {}
            }
        }
        let draws = found.into_iter().map(|d| d.expect("what lanes did not settle was followed"));
        BatchSolution { draws: draws.collect(), retried, audit }
    }
}

/// Memory that one draw of `base` takes while it is solved in lanes, in bytes: numbers, sweep and
/// acceleration. What all lanes share (the graph, 4 to 12 bytes for each node and edge) is left out.
#[must_use]
pub fn bytes_in_lanes(base: &Game) -> usize {
    let layout = Layout::new(base);
    match layout.public {
        Some(_) => SideBySide::<One, PublicBlock<One>>::new(&layout).bytes(),
        None => SideBySide::<One, Block<One>>::new(&layout).bytes(),
    }
}

/// `make` of every number below `n`, in order; by several threads where there are some.
#[cfg(feature = "parallel")]
fn each<T: Send>(n: usize, make: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    use rayon::prelude::*;
    (0..n).into_par_iter().map(make).collect()
}

/// `make` of every number below `n`, in order.
#[cfg(not(feature = "parallel"))]
fn each<T: Send>(n: usize, make: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..n).map(make).collect()
}

/// What all draws of a batch share.
#[derive(Clone, Copy)]
struct Task<'a> {
    layout: &'a Layout<'a>,
    start: &'a [f64],
    lambda: Lambda,
    units: &'a [f64],
    options: &'a BatchOptions,
}

/// Blocks that one piece of work takes one after the other, so that their room is made once.
const BLOCKS_AT_ONCE: usize = 16;

impl Task<'_> {
    /// Every draw that lanes settle.
    fn in_lanes<P: Pack, B: Sides<P>>(
        &self,
        draws: &Shown<'_>,
    ) -> Vec<Option<Result<Equilibrium, Untaken>>> {
        let n = draws.n_draws;
        let per_piece = (P::N * BLOCKS_AT_ONCE).min(n.div_ceil(8).next_multiple_of(P::N)).max(P::N);
        let pieces = each(n.div_ceil(per_piece), |piece| {
            let mut lanes = SideBySide::<P, B>::new(self.layout);
            let mut found = Vec::with_capacity(per_piece);
            let end = n.min((piece + 1) * per_piece);
            for first in (piece * per_piece..end).step_by(P::N) {
                lanes.solve(self, draws, first, P::N.min(end - first), &mut found);
            }
            found
        });
        pieces.into_iter().flatten().map(|e| e.map(Ok)).collect()
    }

    /// A draw that lanes did not settle: by Newton's method from the same start, else followed from Λ = 0;
    /// and how often it was followed.
    fn once_more(&self, draws: &Shown<'_>, draw: usize) -> (Result<Equilibrium, Untaken>, u32) {
        if self.options.newton_steps > 0
            && self.options.start.is_some()
            && let Ok(game) = self.game(draws, draw)
        {
            let options = SolveOptions {
                tolerance: self.options.tolerance,
                max_steps: self.options.newton_steps,
                follow: Follow::No,
                start: self.options.start.clone(),
            };
            let warm = solve(&game, self.lambda, self.units, &options, &mut |_| true);
            if let Ok(equilibrium) = warm {
                return (Ok(equilibrium), 0);
            }
        }
        let options = self.options;
        if options.follow != Follow::Once {
            return (self.follow(draws, draw, options.follow), 2);
        }
        match self.follow(draws, draw, Follow::Once) {
            Ok(walked) => (Ok(walked), 1),
            Err(_) => (self.follow(draws, draw, Follow::No), 0),
        }
    }

    /// The game of a draw.
    fn game(&self, draws: &Shown<'_>, draw: usize) -> Result<Game, Untaken> {
        let mut game = None;
        draws.show(draw, &mut |numbers| {
            let graph = Arc::clone(self.layout.base.shared_graph());
            game = Some(Game::new(graph, numbers.clone()));
        });
        game.expect("the numbers of a draw are shown").map_err(Untaken::Broken)
    }

    /// A draw solved from weights, or followed from Λ = 0.
    fn follow(
        &self,
        draws: &Shown<'_>,
        draw: usize,
        follow: Follow,
    ) -> Result<Equilibrium, Untaken> {
        let game = self.game(draws, draw)?;
        let options = SolveOptions {
            tolerance: self.options.tolerance,
            max_steps: match (self.options.follow, follow) {
                (Follow::Once, Follow::Once | Follow::No) => self.options.max_steps / 3,
                _ => self.options.max_steps,
            },
            follow,
            start: None,
        };
        solve(&game, self.lambda, self.units, &options, &mut |_| true).map_err(Untaken::Unsolved)
    }
}

/// Room for as many draws as there are lanes.
struct SideBySide<P, B> {
    block: B,
    acceleration: Acceleration<P>,
    odds: Vec<P>,
    image: Vec<P>,
    logs: Vec<P>,
}

impl<P: Pack, B: Sides<P>> SideBySide<P, B> {
    fn new(layout: &Layout<'_>) -> Self {
        let (n, zero) = (layout.n_odds(), P::splat(0.0));
        Self {
            block: B::new(layout),
            acceleration: Acceleration::new(n),
            odds: vec![zero; n],
            image: vec![zero; n],
            logs: vec![zero; layout.kernel.n_actions()],
        }
    }

    fn bytes(&self) -> usize {
        let vectors = [&self.odds, &self.image, &self.logs];
        let vectors: usize = vectors.iter().map(|v| size_of_val(v.as_slice())).sum();
        self.block.bytes() + self.acceleration.bytes() + vectors
    }

    /// Solves the `n` draws from `first` on; appends one entry for each, `None` where it did not settle.
    fn solve(
        &mut self,
        task: &Task<'_>,
        draws: &Shown<'_>,
        first: usize,
        n: usize,
        found: &mut Vec<Option<Equilibrium>>,
    ) {
        let active = self.load(task, draws, first, n);
        let settled = pulp::Arch::new().dispatch(Settle { lanes: self, task, active });
        for lane in 0..n {
            let is_settled = settled.active.get(lane) == 2.0
                && settled.measured.is_sound(lane)
                && self.block.is_finite(task.layout, lane);
            found.push(is_settled.then(|| self.equilibrium(task, &settled, lane)));
        }
    }

    /// Puts the `n` draws from `first` on into the lanes; 1 where there is one that they can take.
    fn load(&mut self, task: &Task<'_>, draws: &Shown<'_>, first: usize, n: usize) -> P {
        let layout = task.layout;
        let lambda = task.lambda.get();
        let mut active = P::splat(0.0);
        // A draw may be dear to show: each is shown once, unless one needs room that moves the others.
        let mut is_moved = true;
        while std::mem::take(&mut is_moved) {
            for lane in 0..P::N {
                let mut is_taken = false;
                let mut take = |numbers: &Numbers| {
                    is_taken = layout.takes(numbers);
                    if is_taken {
                        is_moved |= self.block.make_room(layout, numbers);
                        self.block.load(layout, lane, numbers, lambda, task.units);
                    }
                };
                if lane < n {
                    draws.show(first + lane, &mut take);
                }
                if !is_taken {
                    self.block.load(layout, lane, layout.base_numbers(), lambda, task.units);
                }
                active.set(lane, f64::from(u8::from(is_taken)));
            }
        }
        for (x, start) in self.odds.iter_mut().zip(task.start) {
            *x = P::splat(*start);
        }
        active
    }

    fn equilibrium(&self, task: &Task<'_>, settled: &Settled<P>, lane: usize) -> Equilibrium {
        let measured = &settled.measured;
        let kernel = &task.layout.kernel;
        let regret: Vec<f64> = measured.regret.iter().map(|r| r.get(lane)).collect();
        let total = measured.total_reach.get(lane);
        let regret_by_reach = measured.regret_by_reach.get(lane);
        Equilibrium {
            profile: BehaviorProfile::from_logs(self.logs.iter().map(|l| l.get(lane)).collect()),
            certificate: Certificate {
                lambda: task.lambda,
                units: task.units.to_vec(),
                lambda_raw: task.units.iter().map(|u| task.lambda.get() / u).collect(),
                residual: measured.residual.get(lane),
                max_regret: regret.iter().copied().fold(0.0, f64::max),
                player_max_regret: regret,
                mean_regret: if total > 0.0 { regret_by_reach / total } else { 0.0 },
                steps: settled.sweeps.get(lane) as usize,
                branch: Branch::WarmUnverified,
                distance_to_singular: None,
                converged: true,
                excluded: (0..kernel.n_infosets())
                    .filter(|&i| kernel.excluded[i])
                    .map(crate::ids::InfosetId::new)
                    .collect(),
            },
        }
    }

    /// Sweeps until every lane has settled or may sweep no more.
    #[inline(always)]
    fn settle(&mut self, task: &Task<'_>, mut active: P) -> Settled<P> {
        let layout = task.layout;
        let zero = P::splat(0.0);
        // By lane: 0 not asked for or given up, 1 searching, 2 found.
        let mut sweeps = zero;
        let mut tolerance = 0.5 * task.options.tolerance;
        let mut round = 0;
        loop {
            self.acceleration.restart();
            let mut searching = active;
            for _ in 0..task.options.max_sweeps {
                let measured = self.block.sweep(layout, &self.odds, &mut self.image);
                let mut is_any = false;
                let mut settled = zero;
                for lane in 0..P::N {
                    if searching.get(lane) == 1.0 {
                        sweeps.set(lane, sweeps.get(lane) + 1.0);
                        if measured.residual.get(lane) <= tolerance {
                            settled.set(lane, 1.0);
                            searching.set(lane, 0.0);
                        } else {
                            is_any = true;
                        }
                    }
                }
                for (x, image) in self.odds.iter_mut().zip(&self.image) {
                    *x = P::choose(settled, P::splat(0.5), *image, *x);
                }
                if !is_any {
                    break;
                }
                self.acceleration.advance(&mut self.odds, &self.image, searching);
            }
            let measured = self.block.measure(layout, &self.odds, &mut self.image);
            round += 1;
            let mut is_any = false;
            for lane in 0..P::N {
                if active.get(lane) != 1.0 {
                    continue;
                }
                if measured.residual.get(lane) <= task.options.tolerance {
                    active.set(lane, 2.0);
                } else if searching.get(lane) == 1.0 || !measured.residual.get(lane).is_finite() {
                    active.set(lane, 0.0);
                } else {
                    is_any = true;
                }
            }
            if !is_any || round == ROUNDS {
                log_policy(layout, &self.odds, &mut self.logs);
                return Settled { active, sweeps, measured };
            }
            tolerance *= 0.125;
        }
    }
}

/// What a search in lanes left.
struct Settled<P> {
    /// By lane: 2 where it was found.
    active: P,
    sweeps: P,
    measured: Measured<P>,
}

/// A search in lanes, run on the widest registers there are.
struct Settle<'a, 'b, P, B> {
    lanes: &'a mut SideBySide<P, B>,
    task: &'a Task<'b>,
    active: P,
}

impl<P: Pack, B: Sides<P>> pulp::WithSimd for Settle<'_, '_, P, B> {
    type Output = Settled<P>;
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Settled<P> {
        self.lanes.settle(self.task, self.active)
    }
}
