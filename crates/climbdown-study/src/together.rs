//! Independent games side by side: the same results in the same order at any number of threads.

use quantal::Progress;

/// Told how far a named game is; `false` stops everything.
pub(crate) type Watch<'a> = &'a mut dyn FnMut(&str, Progress) -> bool;

/// A piece of work that can be watched.
pub(crate) type Job<'a, T> = Box<dyn FnOnce(Watch<'_>) -> T + Send + 'a>;

/// Does `main` here, watched by `watch`, and the jobs beside it on other threads; they stop when
/// `main` fails or `watch` says so. The results come in the order of `jobs`.
#[cfg(feature = "parallel")]
pub(crate) fn together<M, E, T: Send>(
    jobs: Vec<Job<'_, T>>,
    main: impl FnOnce(Watch<'_>) -> Result<M, E>,
    watch: Watch<'_>,
) -> Result<(M, Vec<T>), E> {
    use std::sync::atomic::{AtomicBool, Ordering};

    let goes_on = AtomicBool::new(true);
    let mut results: Vec<Option<T>> = jobs.iter().map(|_| None).collect();
    let done = rayon::in_place_scope(|scope| {
        for (result, job) in results.iter_mut().zip(jobs) {
            let goes_on = &goes_on;
            scope.spawn(move |_| *result = Some(job(&mut |_, _| goes_on.load(Ordering::Relaxed))));
        }
        let done = main(&mut |name, progress| {
            let is_wanted = watch(name, progress);
            goes_on.fetch_and(is_wanted, Ordering::Relaxed);
            is_wanted
        });
        goes_on.fetch_and(done.is_ok(), Ordering::Relaxed);
        done
    })?;
    Ok((done, results.into_iter().map(|r| r.expect("the scope waits for every job")).collect()))
}

/// Does `main`, then the jobs one by one.
#[cfg(not(feature = "parallel"))]
pub(crate) fn together<M, E, T: Send>(
    jobs: Vec<Job<'_, T>>,
    main: impl FnOnce(Watch<'_>) -> Result<M, E>,
    watch: Watch<'_>,
) -> Result<(M, Vec<T>), E> {
    let done = main(watch)?;
    Ok((done, jobs.into_iter().map(|job| job(watch)).collect()))
}

/// `make` of every number below `n`, in order; on several threads where there are some.
#[cfg(feature = "parallel")]
pub(crate) fn each<T: Send>(n: usize, make: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    use rayon::prelude::*;
    (0..n).into_par_iter().map(make).collect()
}

/// `make` of every number below `n`, in order.
#[cfg(not(feature = "parallel"))]
pub(crate) fn each<T: Send>(n: usize, make: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..n).map(make).collect()
}

/// Threads there are to work on.
#[cfg(feature = "parallel")]
fn n_threads() -> usize {
    rayon::current_num_threads()
}

/// Threads there are to work on.
#[cfg(not(feature = "parallel"))]
fn n_threads() -> usize {
    1
}

/// Does `work` on every item, side by side; the results come in the order of `items`.
pub(crate) fn each_of<I: Sync, T: Send>(
    items: &[I],
    work: &(dyn Fn(&I, Watch<'_>) -> T + Sync),
    watch: Watch<'_>,
) -> Vec<T> {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let next = AtomicUsize::new(0);
    // Whoever is free takes the next item, so that the one who watches is busy to the end.
    let take = |watch: Watch<'_>| -> Vec<(usize, T)> {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item, watch)));
        }
    };
    let take = &take;
    let helper = |_| -> Job<'_, Vec<(usize, T)>> { Box::new(move |watch| take(watch)) };
    // Whoever calls works, too.
    let helpers = (1..items.len().min(n_threads())).map(helper).collect();
    let main = |watch: Watch<'_>| Ok::<_, Infallible>(take(watch));
    let Ok((first, others)) = together(helpers, main, watch);
    let mut all: Vec<(usize, T)> = first.into_iter().chain(others.into_iter().flatten()).collect();
    all.sort_by_key(|&(at, _)| at);
    all.into_iter().map(|(_, result)| result).collect()
}
