//! The games of a replay: the file's own, and one for each combination of hypotheses that fix
//! parameters. Sets are independent of one another, so the prior of a combination is a product.

use climbdown_lang::eval::number;
use climbdown_lang::scenario::{Fixes, Hypothesis, Scenario, VariableId};
use climbdown_lang::template::{Assignment, Template};
use quantal::{Certificate, Equilibrium, Game, Lambda, Unsolved};

use crate::Unanswered;
use crate::play::Play;
use crate::policy::{Solving, solved_along};
use crate::together::{Job, Watch, together};

/// Most games of one replay: a combination is a game to be solved; by feel.
pub(crate) const MOST_GAMES: usize = 36;

/// A draw that is known: the variable and the position of its value.
pub(crate) type Fixed = (VariableId, u8);

/// One combination of hypotheses.
pub(crate) struct World {
    /// For each set that fixes parameters: the set and the hypothesis, by position.
    pub(crate) holds: Vec<(usize, usize)>,
    /// Its prior.
    pub(crate) prior: f64,
    /// Draws that the hypotheses fix.
    pub(crate) fixed: Vec<Fixed>,
    /// The game with their parameters.
    pub(crate) game: Game,
    /// How it is played.
    pub(crate) play: Play,
    /// How well it is solved.
    pub(crate) certificate: Certificate,
}

/// The sets of which a hypothesis fixes a parameter.
pub(crate) fn sets_of_games(scenario: &Scenario) -> Vec<usize> {
    let fixes_number = |h: &Hypothesis| h.fixes.iter().any(|f| matches!(f, Fixes::Parameter(..)));
    (0..scenario.hypothesis_sets.len())
        .filter(|&s| scenario.hypothesis_sets[s].hypotheses.iter().any(fixes_number))
        .collect()
}

/// The prior of a hypothesis.
pub(crate) fn prior(scenario: &Scenario, assignment: &Assignment, h: &Hypothesis) -> f64 {
    number(&h.prior, scenario, &assignment.values)
}

/// Every combination of one hypothesis per set; none if there would be too many.
fn combinations(scenario: &Scenario, sets: &[usize]) -> Vec<Vec<(usize, usize)>> {
    let size = |&s: &usize| scenario.hypothesis_sets[s].hypotheses.len();
    let n = sets.iter().map(size).try_fold(1usize, usize::checked_mul);
    if sets.is_empty() || n.is_none_or(|n| n > MOST_GAMES) {
        return Vec::new();
    }
    let mut all = vec![Vec::new()];
    for set in sets {
        let longer = |known: &Vec<(usize, usize)>| {
            let known = known.clone();
            (0..size(set)).map(move |h| known.iter().copied().chain([(*set, h)]).collect())
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// Solves the game of the file, which comes first, and those of the combinations.
///
/// # Errors
/// If a game cannot be made or solved.
pub(crate) fn worlds(
    template: &Template,
    assignment: &Assignment,
    lambda: Lambda,
    tolerance: f64,
    watch: Watch<'_>,
) -> Result<Vec<World>, Unanswered> {
    let scenario = &template.scenario;
    let stakes = template.stakes(assignment);
    let solving = Solving { stakes: &stakes, tolerance };
    let mut holds = vec![Vec::new()];
    holds.extend(combinations(scenario, &sets_of_games(scenario)));
    let mut drafts = Vec::new();
    for holds in holds {
        let (mut values, mut fixed, mut p) = (assignment.values.clone(), Vec::new(), 1.0);
        for &(set, h) in &holds {
            let hypothesis = &scenario.hypothesis_sets[set].hypotheses[h];
            p *= prior(scenario, assignment, hypothesis);
            for fix in &hypothesis.fixes {
                match *fix {
                    Fixes::Parameter(at, x) => values[at.index()] = x,
                    Fixes::Type(variable, value) => fixed.push((variable, value)),
                }
            }
        }
        let game = template.instantiate(&Assignment { values }).map_err(Unanswered::Numbers)?;
        drafts.push((holds, p, fixed, game));
    }
    let solve = |game: &Game, watch: &mut dyn FnMut(quantal::Progress) -> bool| {
        solved_along(game, &[lambda], solving, watch).pop().expect("one answer")
    };
    let jobs: Vec<Job<'_, Result<Equilibrium, Unsolved>>> = drafts[1..]
        .iter()
        .map(|(.., game)| -> Job<'_, Result<Equilibrium, Unsolved>> {
            let solve = &solve;
            Box::new(move |watch| solve(game, &mut |p| watch("rival explanation", p)))
        })
        .collect();
    let unsolved = |name: &str, why| Unanswered::Unsolved(name.to_owned(), why);
    let main = |watch: Watch<'_>| {
        solve(&drafts[0].3, &mut |p| watch("the game", p)).map_err(|why| unsolved("the game", why))
    };
    let (first, others) = together(jobs, main, watch)?;
    let mut found = Vec::new();
    for ((holds, prior, fixed, game), solved) in
        drafts.into_iter().zip([Ok(first)].into_iter().chain(others))
    {
        let solved = solved.map_err(|why| unsolved(&in_words(scenario, &holds), why))?;
        let play = Play::of_profile(game.graph(), &solved.profile);
        let certificate = solved.certificate;
        found.push(World { holds, prior, fixed, game, play, certificate });
    }
    Ok(found)
}

fn in_words(scenario: &Scenario, holds: &[(usize, usize)]) -> String {
    let name = |&(set, h): &(usize, usize)| {
        let set = &scenario.hypothesis_sets[set];
        format!("{}.{}", set.id, set.hypotheses[h].id)
    };
    format!("the game under {}", holds.iter().map(name).collect::<Vec<_>>().join(", "))
}
