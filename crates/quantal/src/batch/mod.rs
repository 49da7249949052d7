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
mod alike;
mod block;
mod forward;
mod layout;
mod public;
mod rows;
mod side_by_side;
mod slots;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

pub use alike::Alike;
use block::Block;
use layout::Layout;
use public::PublicBlock;
use side_by_side::{Room, SideBySide};

use crate::certificate::Branch;
use crate::families::uniform;
use crate::game::{BrokenLaw, Game, Numbers};
use crate::lanes::{Eight, One, Pack as _};
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
    /// The same, with one entry for each class where a batch is of draws [`Batch::alike`]: payoffs
    /// `[class * n_players + player]`, probabilities `[viewer * n_classes + class]`.
    ///
    /// # Panics
    /// When the draws know of no classes.
    fn show_alike(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        let _ = (draw, read);
        panic!("draws of a batch of draws alike show them so")
    }
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
    /// How a draw is followed from Λ = 0 that neither settled. With [`Follow::Once`] any fixed point will do, if
    /// a third of `max_steps` finds one, else a walk of a sixth; and a draw of the audit is followed twice only
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
    show_alike: &'a ShowDraw<'a>,
}

/// Shows the numbers of a draw to whoever reads them.
type ShowDraw<'a> = dyn Fn(usize, &mut dyn FnMut(&Numbers)) + Sync + 'a;

impl Shown<'_> {
    fn show(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        (self.show)(draw, read);
    }
    fn show_alike(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        (self.show_alike)(draw, read);
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

    /// The same for draws whose numbers are alike in classes; they are asked to [`Draws::show_alike`] then. What
    /// is found is the same.
    ///
    /// # Panics
    /// When `alike` is of another game than the base, or the base game's probabilities are not so.
    #[must_use]
    pub fn alike(mut self, alike: Alike) -> Self {
        self.layout.take_alike(alike);
        self
    }

    /// [`solve_batch`], the first of `draws` being draw `first_draw` of the design.
    #[must_use]
    pub fn solve(&self, draws: &(impl Draws + ?Sized), first_draw: usize) -> BatchSolution {
        let show = |draw: usize, read: &mut dyn FnMut(&Numbers)| draws.show(draw, read);
        let show_alike = |draw: usize, read: &mut dyn FnMut(&Numbers)| draws.show_alike(draw, read);
        let shown = Shown { n_draws: draws.n_draws(), show: &show, show_alike: &show_alike };
        self.solve_shown(&shown, first_draw)
    }

    fn solve_shown(&self, draws: &Shown<'_>, first_draw: usize) -> BatchSolution {
        let Self { layout, start, lambda, units, options } = self;
        let task = Task { layout, start, lambda: *lambda, units, options };
        let mut found = self.in_lanes(&task, draws);
        let retried: Vec<usize> = (0..found.len()).filter(|&d| found[d].is_none()).collect();
        let again = each(retried.len(), |k| task.once_more(draws, retried[k]));
        let mut walks = vec![0; found.len()];
        for (&draw, (result, n_walks)) in retried.iter().zip(again) {
            found[draw] = Some(result);
            walks[draw] = n_walks;
        }
        let is_chosen = |draw: usize| {
            let position = (first_draw + draw) as u64;
            options.audit_share > 0.0
                && uniform(options.seed, AUDIT, position) < options.audit_share
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
                && let Ok(branch) = task.follow(draws, draw, Follow::Once, 3)
                && is_near(draw, &branch)
            {
                return Some(true);
            }
            let branch = task.follow(draws, draw, Follow::Twice, 1).ok()?;
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

    /// Every draw that lanes settle.
    fn in_lanes(&self, task: &Task<'_>, draws: &Shown<'_>) -> Vec<Found> {
        let n = draws.n_draws;
        // A function of the game's size only.
        let n_lanes = if self.is_wide() { Eight::N } else { One::N };
        // Each room takes the next draws whenever a lane is free: lanes stand empty only at the end of all.
        let n_rooms = n.div_ceil(2 * n_lanes).min(n_threads());
        let size = (n / (16 * n_rooms.max(1))).max(1);
        let mut found: Vec<Found> = (0..n).map(|_| None).collect();
        let waiting = Mutex::new(found.chunks_mut(size).enumerate());
        let next_few = || waiting.lock().expect("whoever holds it does not panic").next();
        each(n_rooms, |_| {
            // Those of its own, the latest at the end.
            let own: RefCell<Vec<(usize, &mut [Found])>> = RefCell::default();
            let mut left = 0..0;
            let next = || {
                if left.is_empty() {
                    let (at, few) = next_few()?;
                    left = at * size..at * size + few.len();
                    own.borrow_mut().push((left.start, few));
                }
                left.next()
            };
            let mut keep = |draw: usize, equilibrium| {
                let mut own = own.borrow_mut();
                let holder =
                    own.iter_mut().rev().find(|(first, _)| *first <= draw && draw < *first + size);
                let (first, few) = holder.expect("a room keeps what it has begun");
                few[draw - *first] = Some(Ok(equilibrium));
            };
            self.new_room().solve(task, draws, &mut std::iter::from_fn(next), &mut keep);
        });
        found
    }

    fn is_wide(&self) -> bool {
        self.layout.base.graph().n_nodes() <= MOST_WIDE
    }

    fn new_room(&self) -> Box<dyn Room> {
        let layout = &self.layout;
        match (self.is_wide(), &layout.public) {
            (true, Some(_)) => Box::new(SideBySide::<Eight, PublicBlock<_>>::new(layout)),
            (true, None) => Box::new(SideBySide::<Eight, Block<_>>::new(layout)),
            (false, Some(_)) => Box::new(SideBySide::<One, PublicBlock<_>>::new(layout)),
            (false, None) => Box::new(SideBySide::<One, Block<_>>::new(layout)),
        }
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

/// Threads that [`each`] works with.
#[cfg(feature = "parallel")]
fn n_threads() -> usize {
    rayon::current_num_threads()
}

/// Threads that [`each`] works with.
#[cfg(not(feature = "parallel"))]
fn n_threads() -> usize {
    1
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

/// What is known of a draw: `None` as long as nothing is.
type Found = Option<Result<Equilibrium, Untaken>>;

/// What all draws of a batch share.
#[derive(Clone, Copy)]
struct Task<'a> {
    layout: &'a Layout<'a>,
    start: &'a [f64],
    lambda: Lambda,
    units: &'a [f64],
    options: &'a BatchOptions,
}

impl Task<'_> {
    /// A draw that lanes did not settle: by Newton's method from the same start, else as
    /// [`BatchOptions::follow`] says; and how often it was followed.
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
            return (self.follow(draws, draw, options.follow, 1), 2);
        }
        match self.follow(draws, draw, Follow::No, 3) {
            Ok(found) => (Ok(found), 0),
            Err(_) => (self.follow(draws, draw, Follow::Once, 6), 1),
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

    /// A draw solved from weights, or followed from Λ = 0, with one `part`th of the sweeps there are for it.
    fn follow(
        &self,
        draws: &Shown<'_>,
        draw: usize,
        follow: Follow,
        part: usize,
    ) -> Result<Equilibrium, Untaken> {
        let game = self.game(draws, draw)?;
        let options = SolveOptions {
            tolerance: self.options.tolerance,
            max_steps: self.options.max_steps / part,
            follow,
            start: None,
        };
        solve(&game, self.lambda, self.units, &options, &mut |_| true).map_err(Untaken::Unsolved)
    }
}
