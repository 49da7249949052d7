//! Shapley values: what each player of a set function adds, on average over the orders of joining.
//!
//! A set of players is a number whose bit k says whether player k is in it. Sets whose value is
//! `None` cannot be; orders that pass through one are left out of the average (Shapley 1953; for
//! games in which not every order is feasible, Faigle and Kern 1992).

/// The Shapley value of each of `n` players: the mean, over all feasible orders, of what the player
/// adds on joining those before it. Their sum is the value of all less the value of none.
///
/// `values` has one entry for each of the 2^n sets. `None` if no order is feasible.
pub(crate) fn shapley(n: usize, values: &[Option<f64>]) -> Option<Vec<f64>> {
    let n_sets = values.len();
    debug_assert_eq!(n_sets, 1 << n, "one value for each set");
    // Feasible orders of the members of a set, and of those who join after it; at most n! of each.
    let mut before = vec![0.0; n_sets];
    let mut after = vec![0.0; n_sets];
    for set in 0..n_sets {
        if values[set].is_some() {
            let members = (0..n).filter(|k| set >> k & 1 == 1);
            let orders: f64 = members.map(|k| before[set & !(1 << k)]).sum();
            before[set] = if set == 0 { 1.0 } else { orders };
        }
    }
    for set in (0..n_sets).rev() {
        if values[set].is_some() {
            let others = (0..n).filter(|k| set >> k & 1 == 0);
            let orders: f64 = others.map(|k| after[set | 1 << k]).sum();
            after[set] = if set + 1 == n_sets { 1.0 } else { orders };
        }
    }
    let n_orders = after[0];
    if n_orders == 0.0 {
        return None;
    }
    let share = |k: usize| -> f64 {
        let joined = (0..n_sets).filter(|set| set >> k & 1 == 0);
        let added = joined.filter_map(|set| {
            let with = set | 1 << k;
            let weight = before[set] * after[with] / n_orders;
            Some(weight * (values[with]? - values[set]?))
        });
        added.fold(0.0, |sum, x| sum + x)
    };
    Some((0..n).map(share).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::shapley;

    fn all(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    fn close(found: &[f64], expected: &[f64]) -> bool {
        found.len() == expected.len()
            && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    /// Straight from the definition: every order, one after the other.
    fn by_orders(n: usize, values: &[Option<f64>]) -> Option<Vec<f64>> {
        let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
        for _ in 0..n {
            let longer = |order: &Vec<usize>| -> Vec<Vec<usize>> {
                let others = (0..n).filter(|k| !order.contains(k));
                others.map(|k| order.iter().copied().chain([k]).collect()).collect()
            };
            orders = orders.iter().flat_map(longer).collect();
        }
        let mut sums = vec![0.0; n];
        let mut n_orders = 0.0;
        for order in orders {
            let sets: Vec<usize> =
                (0..=n).map(|len| order[..len].iter().map(|k| 1 << k).sum()).collect();
            let along: Option<Vec<f64>> = sets.iter().map(|&set| values[set]).collect();
            if let Some(along) = along {
                n_orders += 1.0;
                for (player, step) in order.iter().zip(along.windows(2)) {
                    sums[*player] += step[1] - step[0];
                }
            }
        }
        (n_orders > 0.0).then(|| sums.iter().map(|sum| sum / n_orders).collect())
    }

    #[test]
    fn the_runways_of_an_airport() {
        // Littlechild and Owen 1973: a runway for all costs what its largest user needs. With needs
        // of 1, 2 and 3 each length is shared equally by those who use it: 1/3, 1/3 + 1/2, and 1 more.
        let costs: Vec<f64> =
            (0..8u32).map(|set| f64::from(u32::BITS - set.leading_zeros())).collect();
        let found = shapley(3, &all(&costs)).expect("every order is feasible");
        assert!(close(&found, &[1.0 / 3.0, 5.0 / 6.0, 11.0 / 6.0]), "{found:?}");
    }

    #[test]
    fn a_left_glove_among_two_right_ones() {
        // The textbook market of Shapley and Shubik 1969: a pair is worth 1; 2/3, 1/6, 1/6.
        let worth = |set: usize| f64::from(u8::from(set & 1 == 1 && set & 0b110 != 0));
        let found = shapley(3, &all(&(0..8).map(worth).collect::<Vec<_>>()));
        let found = found.expect("every order is feasible");
        assert!(close(&found, &[2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]), "{found:?}");
    }

    #[test]
    fn one_who_cannot_come_first_is_counted_second_only() {
        // {0} cannot be, so 1 always joins first: it gets f(1) − f(∅) and 0 the rest.
        let found =
            shapley(2, &[Some(0.1), None, Some(0.3), Some(1.0)]).expect("one order is left");
        assert!(close(&found, &[0.7, 0.2]), "{found:?}");
        assert_eq!(shapley(2, &[Some(0.0), None, None, Some(1.0)]), None, "no order is left");
    }

    /// A set function on up to five players in which some sets, never none or all, cannot be.
    fn set_function() -> impl Strategy<Value = (usize, Vec<Option<f64>>)> {
        (1..=5usize).prop_flat_map(|n| {
            let values = prop::collection::vec(-1.0..1.0f64, 1 << n);
            let impossible = prop::collection::vec(prop::bool::weighted(0.15), 1 << n);
            (Just(n), values, impossible).prop_map(|(n, values, impossible)| {
                let last = values.len() - 1;
                let may_be = |set: usize| set == 0 || set == last || !impossible[set];
                let values = values.iter().enumerate();
                (n, values.map(|(set, &x)| may_be(set).then_some(x)).collect())
            })
        })
    }

    fn map(values: &[Option<f64>], change: impl Fn(usize, f64) -> f64) -> Vec<Option<f64>> {
        values.iter().enumerate().map(|(set, x)| x.map(|x| change(set, x))).collect()
    }

    proptest! {
        #[test]
        fn counting_orders_is_going_through_them((n, values) in set_function()) {
            match (shapley(n, &values), by_orders(n, &values)) {
                (Some(found), Some(expected)) => prop_assert!(close(&found, &expected)),
                (found, expected) => prop_assert_eq!(found, expected),
            }
        }

        #[test]
        fn shares_sum_to_the_whole((n, values) in set_function()) {
            if let Some(found) = shapley(n, &values) {
                let total = values[values.len() - 1].unwrap() - values[0].unwrap();
                prop_assert!((found.iter().sum::<f64>() - total).abs() < 1e-12);
            }
        }

        #[test]
        fn a_dummy_gets_its_own_worth((n, values) in set_function(), own in -1.0..1.0f64) {
            // Player n joins a game of n: whoever is there, it adds `own`.
            let joined = map(&values, |_, x| x + own);
            let larger: Vec<Option<f64>> = values.iter().copied().chain(joined).collect();
            if let Some(found) = shapley(n + 1, &larger) {
                prop_assert!((found[n] - own).abs() < 1e-12);
                let without = shapley(n, &values).expect("orders with a dummy left out are orders");
                prop_assert!(close(&found[..n], &without));
            }
        }

        #[test]
        fn players_who_add_the_same_get_the_same((n, values) in set_function()) {
            // Made symmetric in players 0 and 1: a set counts as its mirror image.
            prop_assume!(n >= 2);
            let mirror = |set: usize| set & !0b11 | (set & 1) << 1 | set >> 1 & 1;
            let lower = |set: usize| set.min(mirror(set));
            let symmetric: Vec<Option<f64>> = (0..values.len()).map(|set| values[lower(set)]).collect();
            if let Some(found) = shapley(n, &symmetric) {
                prop_assert!((found[0] - found[1]).abs() < 1e-12);
            }
        }

        #[test]
        fn the_shares_of_a_sum_are_sums_of_shares((n, values) in set_function(), other in prop::collection::vec(-1.0..1.0f64, 32)) {
            let second = map(&values, |set, _| other[set]);
            let sum = map(&values, |set, x| x + other[set]);
            let [a, b, both] = [&values, &second, &sum].map(|v| shapley(n, v));
            if let (Some(a), Some(b), Some(both)) = (a, b, both) {
                let added: Vec<f64> = a.iter().zip(&b).map(|(x, y)| x + y).collect();
                prop_assert!(close(&both, &added));
            }
        }
    }
}
