//! How far apart an actor's moves are when everybody tosses coins: printed beside its stake.

use climbdown_lang::template::{Assignment, BadNumbers, Template};
use quantal::{PlayerId, action_values};

use crate::play::toss;

/// For each actor, the median over its information sets of the difference between its best and its
/// worst move, in payoff, when everybody tosses a coin at every turn; `None` for an actor who never
/// chooses. For information only: it grows with the cost of war, so it is no measure of a stake.
///
/// # Errors
/// [`BadNumbers`] as [`Template::instantiate`].
pub fn median_gaps(
    template: &Template,
    assignment: &Assignment,
) -> Result<Vec<Option<f64>>, BadNumbers> {
    let game = template.instantiate(assignment)?;
    let graph = game.graph();
    let values = action_values(&game, &toss(&game));
    let mut gaps: Vec<Vec<f64>> = vec![Vec::new(); graph.n_players()];
    for infoset in graph.infosets() {
        let own: Vec<f64> = graph.actions(infoset).map(|a| values[a.index()]).collect();
        if own.len() < 2 {
            continue;
        }
        let best = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let worst = own.iter().copied().fold(f64::INFINITY, f64::min);
        let PlayerId(player) = graph.infoset(infoset).player;
        gaps[player as usize].push(best - worst);
    }
    Ok(gaps.into_iter().map(median).collect())
}

fn median(mut xs: Vec<f64>) -> Option<f64> {
    xs.sort_by(f64::total_cmp);
    let middle = xs.len() / 2;
    match xs.len() {
        0 => None,
        n if n % 2 == 1 => Some(xs[middle]),
        _ => Some(f64::midpoint(xs[middle - 1], xs[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_one_or_the_mean_of_two() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}
