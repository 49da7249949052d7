//! What is added up over all crises: bins of event forecasts, and the parts of their Brier score.

use serde_json::Value;

use super::Crisis;

/// Event forecasts of one bin, over all crises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bin {
    /// From this probability
    pub(crate) from: f64,
    /// to this one.
    pub(crate) to: f64,
    /// How many.
    pub(crate) n: f64,
    /// Sum of their probabilities.
    pub(crate) forecast: f64,
    /// How many of them happened.
    pub(crate) observed: f64,
}

impl Bin {
    /// Mean forecast.
    pub(crate) fn mean(&self) -> f64 {
        self.forecast / self.n
    }

    /// Observed share.
    pub(crate) fn share(&self) -> f64 {
        self.observed / self.n
    }
}

/// Reliability, resolution and uncertainty of bins (Murphy 1973, eq. 17).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parts {
    /// Distance of shares from forecasts.
    pub(crate) reliability: f64,
    /// Distance of shares from the overall share.
    pub(crate) resolution: f64,
    /// The score of the overall share.
    pub(crate) uncertainty: f64,
}

impl Parts {
    /// Of some bins; `None` if they are empty.
    pub(crate) fn of(bins: &[Bin]) -> Option<Self> {
        let held = || bins.iter().filter(|b| b.n > 0.0);
        let n: f64 = held().map(|b| b.n).sum();
        if n == 0.0 {
            return None;
        }
        let overall = held().map(|b| b.observed).sum::<f64>() / n;
        let mean = |of: &dyn Fn(&Bin) -> f64| held().map(|b| b.n * of(b)).sum::<f64>() / n;
        Some(Parts {
            reliability: mean(&|b| (b.mean() - b.share()) * (b.mean() - b.share())),
            resolution: mean(&|b| (b.share() - overall) * (b.share() - overall)),
            uncertainty: overall * (1.0 - overall),
        })
    }
}

fn calibration(crisis: &Crisis, silences: bool) -> &Value {
    let all = &crisis.replay["calibration"];
    if silences { &all["silences"] } else { all }
}

/// The bins of all crises added up, over acts or over silences.
pub(crate) fn bins(crises: &[Crisis], silences: bool) -> Vec<Bin> {
    let mut sums: Vec<Bin> = Vec::new();
    for crisis in crises {
        let list = calibration(crisis, silences)["bins"].as_array().map_or(&[][..], Vec::as_slice);
        for (at, bin) in list.iter().enumerate() {
            let number = |key: &str| bin[key].as_f64().unwrap_or(0.0);
            if sums.len() <= at {
                let (from, to) = (number("from"), number("to"));
                sums.push(Bin { from, to, n: 0.0, forecast: 0.0, observed: 0.0 });
            }
            let n = number("n");
            sums[at].n += n;
            sums[at].forecast += n * number("forecast");
            sums[at].observed += n * number("observed");
        }
    }
    sums
}

/// The mean Brier score per event forecast, over all crises.
pub(crate) fn brier(crises: &[Crisis], silences: bool) -> Option<f64> {
    let (mut sum, mut all) = (0.0, 0.0);
    for crisis in crises {
        let found = calibration(crisis, silences);
        let n = found["n"].as_f64().unwrap_or(0.0);
        sum += n * found["brier"].as_f64().unwrap_or(0.0);
        all += n;
    }
    (all > 0.0).then(|| sum / all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn crisis(n: f64, forecast: f64, observed: f64, brier: f64) -> Crisis {
        let bin =
            json!({"from": 0.0, "to": 0.5, "n": n, "forecast": forecast, "observed": observed});
        let empty = json!({"from": 0.5, "to": 1.0, "n": 0.0, "forecast": null, "observed": null});
        let replay = json!({"calibration": {"n": n, "brier": brier, "bins": [bin, empty]}});
        Crisis { folder: String::new(), replay, lessons: None }
    }

    #[test]
    fn bins_of_crises_are_weighed_by_how_many_forecasts_they_hold() {
        // 3 forecasts of 0.2, one of which came true, and 1 of 0.4 that did.
        let crises = [crisis(3.0, 0.2, 1.0 / 3.0, 0.24), crisis(1.0, 0.4, 1.0, 0.36)];
        let found = bins(&crises, false);
        assert!((found[0].mean() - 0.25).abs() < 1e-15);
        assert!((found[0].share() - 0.5).abs() < 1e-15);
        assert!((brier(&crises, false).unwrap() - 0.27).abs() < 1e-15);
        let parts = Parts::of(&found).unwrap();
        assert!((parts.reliability - 0.0625).abs() < 1e-15);
        assert_eq!((parts.resolution, parts.uncertainty), (0.0, 0.25));
        assert_eq!(Parts::of(&bins(&crises, true)), None);
    }
}
