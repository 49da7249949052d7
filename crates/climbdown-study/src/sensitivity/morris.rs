//! Elementary effects from trajectories of Morris's.

use crate::design::{Groups, Kind, Runs, block_size, step_size};

use super::{Counted, Estimate, NotAnalysed, Resampling, deviation, mean, whole_blocks};

/// What moving one input at a time does to a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementaryEffects {
    /// What they rest on; trajectories with a hole are set aside whole.
    pub counted: Counted,
    /// Trajectories used.
    pub trajectories: usize,
    /// Trajectories set aside.
    pub trajectories_dropped: usize,
    /// One for each input, or group of inputs.
    pub groups: Vec<MorrisMeasures>,
}

/// The measures of one input or group, in units of the measure per unit of probability.
#[derive(Clone, Debug, PartialEq)]
pub struct MorrisMeasures {
    /// Its name.
    pub name: String,
    /// μ, the mean effect; `None` for a group of several, whose inputs move in different directions.
    pub mu: Option<Estimate>,
    /// μ*, the mean of the absolute effect (Campolongo, Cariboni and Saltelli 2007).
    pub mu_star: Estimate,
    /// σ, the standard deviation of the effect: interaction or curvature; `None` for a group of several.
    pub sigma: Option<Estimate>,
}

/// A standard deviation takes two.
const FEWEST_TRAJECTORIES: usize = 2;

/// Elementary effects of a measure (Morris 1991).
///
/// # Errors
/// [`NotAnalysed`], above all if the design is not one of trajectories.
pub fn morris(
    runs: &Runs<'_>,
    measure: &str,
    resampling: Resampling,
) -> Result<ElementaryEffects, NotAnalysed> {
    let resampling = resampling.checked()?;
    let design = runs.design();
    let Kind::Morris { n, n_levels, groups } = design.kind() else {
        return Err(NotAnalysed::OtherDesign(
            "elementary effects are read from trajectories: make a Morris design",
        ));
    };
    let size = block_size(design.kind());
    let (kept, outputs, counted) = whole_blocks(runs, measure, size)?;
    if kept.len() < FEWEST_TRAJECTORIES {
        let (left, needed) = (kept.len(), FEWEST_TRAJECTORIES);
        return Err(NotAnalysed::TooFew { counted, left, needed });
    }
    let rows = kept.iter().flat_map(|trajectory| trajectory * size..(trajectory + 1) * size);
    let points: Vec<Vec<f64>> = rows.map(|row| design.coordinates(row)).collect();
    let effects = effects(&points, &outputs, groups, *n_levels);
    Ok(ElementaryEffects {
        counted,
        trajectories: kept.len(),
        trajectories_dropped: n - kept.len(),
        groups: measures(&effects, groups, resampling),
    })
}

/// The effect of each group in each trajectory: change of the output over change of the coordinate. For a
/// group of several its absolute value.
pub(super) fn effects(
    points: &[Vec<f64>],
    outputs: &[f64],
    groups: &Groups,
    n_levels: usize,
) -> Vec<Vec<f64>> {
    let size = groups.len() + 1;
    let mut effects = vec![Vec::with_capacity(points.len() / size); groups.len()];
    for (points, outputs) in points.chunks_exact(size).zip(outputs.chunks_exact(size)) {
        for (points, outputs) in points.windows(2).zip(outputs.windows(2)) {
            let moves = |input: &usize| points[0][*input] != points[1][*input];
            let moved = (0..points[0].len()).find(moves).expect("each step moves a group");
            let group = groups.of(moved);
            let change = outputs[1] - outputs[0];
            let effect = if groups.members(group).count() > 1 {
                change.abs()
            } else if points[0][moved] < points[1][moved] {
                change
            } else {
                -change
            };
            effects[group].push(effect / step_size(n_levels));
        }
    }
    effects
}

/// The measures with their intervals; trajectories are resampled.
pub(super) fn measures(
    effects: &[Vec<f64>],
    groups: &Groups,
    resampling: Resampling,
) -> Vec<MorrisMeasures> {
    let n_trajectories = effects[0].len();
    let places: Vec<Vec<usize>> = (0..resampling.resamples)
        .map(|resample| resampling.places(n_trajectories, resample))
        .collect();
    let estimate = |effects: &[f64], statistic: &dyn Fn(&[f64]) -> f64| {
        let over: Vec<f64> = places
            .iter()
            .map(|places| {
                statistic(&places.iter().map(|&place| effects[place]).collect::<Vec<f64>>())
            })
            .collect();
        resampling.estimate(statistic(effects), &over)
    };
    effects
        .iter()
        .enumerate()
        .map(|(group, effects)| {
            let is_one = groups.members(group).count() == 1;
            let absolute: Vec<f64> = effects.iter().map(|effect| effect.abs()).collect();
            MorrisMeasures {
                name: groups.names()[group].clone(),
                mu: is_one.then(|| estimate(effects, &mean)),
                mu_star: estimate(&absolute, &mean),
                sigma: is_one.then(|| estimate(effects, &|effects| deviation(effects, 1))),
            }
        })
        .collect()
}
