//! The data sets of `oracle/ema.py`, by the same formulas.

use climbdown_study::discovery::{Input, Sample, Values};
use quantal::families::uniform;

pub const NAMES: [&str; 3] = ["planted", "curved", "mixed"];
const GRID: f64 = (1 << 20) as f64;

pub fn on_grid(seed: u64, stream: u64, index: u64) -> f64 {
    (uniform(seed, stream, index) * GRID).floor() / GRID
}

pub fn real(name: &str, values: Vec<f64>) -> Input {
    Input { name: name.to_owned(), values: Values::Real(values) }
}

/// Columns and outcomes before they are a sample.
pub struct Data {
    pub inputs: Vec<Input>,
    pub interest: Vec<f64>,
}

impl Data {
    pub fn sample(self) -> Sample {
        Sample::new(self.inputs, &self.interest, 0).unwrap()
    }

    /// Row i as it was, at place `order[i]`.
    pub fn reordered(&self, order: &[usize]) -> Data {
        let inputs = self.inputs.iter().map(|Input { name, values }| {
            let values = match values {
                Values::Real(v) => Values::Real(order.iter().map(|&i| v[i]).collect()),
                Values::Whole(v) => Values::Whole(order.iter().map(|&i| v[i]).collect()),
                Values::Labels { labels, of_row } => Values::Labels {
                    labels: labels.clone(),
                    of_row: order.iter().map(|&i| of_row[i]).collect(),
                },
            };
            Input { name: name.clone(), values }
        });
        Data {
            inputs: inputs.collect(),
            interest: order.iter().map(|&i| self.interest[i]).collect(),
        }
    }
}

pub fn data(name: &str) -> Data {
    match name {
        "planted" => planted(),
        "curved" => curved(),
        "mixed" => mixed(),
        _ => panic!("no data set {name}"),
    }
}

fn columns(seed: u64, n_columns: u64, n_rows: u64) -> Vec<Vec<f64>> {
    (0..n_columns).map(|s| (0..n_rows).map(|i| on_grid(seed, s, i)).collect()).collect()
}

fn outcomes(seed: u64, stream: u64, chances: impl Iterator<Item = f64>) -> Vec<f64> {
    let of_interest = |(i, chance)| f64::from(u8::from(uniform(seed, stream, i) < chance));
    (0..).zip(chances).map(of_interest).collect()
}

fn planted() -> Data {
    let x = columns(1, 5, 700);
    let chance = |i: usize| if x[0][i] < 0.4 && x[1][i] > 0.6 { 0.9 } else { 0.05 };
    let interest = outcomes(1, 5, (0..700).map(chance));
    let inputs = x.iter().enumerate().map(|(j, x)| real(&format!("x{j}"), x.clone())).collect();
    Data { inputs, interest }
}

fn curved() -> Data {
    let scale: [(&str, f64, f64); 6] = [
        ("a", 8.0, -3.0),
        ("b", 1024.0, 0.0),
        ("c", 1.0, 0.0),
        ("d", 1.0, 0.0),
        ("e", 1.0, 0.0),
        ("f", 16.0, -8.0),
    ];
    let u = columns(2, 6, 900);
    let x: Vec<Vec<f64>> = u
        .iter()
        .zip(scale)
        .map(|(u, (_, by, from))| u.iter().map(|u| by * u + from).collect())
        .collect();
    let chance = |i: usize| {
        let is_inside =
            (x[0][i] < 0.0 && x[1][i] < 320.0) || x[2][i] * x[2][i] + x[3][i] * x[4][i] > 1.125;
        if is_inside { 0.97 } else { 0.02 }
    };
    let interest = outcomes(2, 6, (0..900).map(chance));
    Data { inputs: x.iter().zip(scale).map(|(x, (n, ..))| real(n, x.clone())).collect(), interest }
}

fn mixed() -> Data {
    let u = columns(3, 5, 700);
    let pick = |u: &[f64], n: f64| u.iter().map(|u| (n * u).floor() as usize).collect::<Vec<_>>();
    let stage: Vec<i64> = pick(&u[1], 8.0).iter().map(|&s| s as i64 - 2).collect();
    let (channel, regime) = (pick(&u[2], 4.0), pick(&u[3], 2.0));
    let chance = |i: usize| {
        let is_inside = (u[0][i] < 0.6 && stage[i] >= 1 && channel[i] >= 2)
            || (stage[i] < 1 && regime[i] == 0 && u[4][i] > 0.5);
        if is_inside { 0.95 } else { 0.04 }
    };
    let interest = outcomes(3, 5, (0..700).map(chance));
    let labels = |name: &str, labels: &[&str], of_row: &[usize]| Input {
        name: name.to_owned(),
        values: Values::Labels {
            labels: labels.iter().map(|&l| l.to_owned()).collect(),
            of_row: of_row.to_vec(),
        },
    };
    let inputs = vec![
        real("a", u[0].clone()),
        Input { name: "stage".to_owned(), values: Values::Whole(stage.clone()) },
        labels("channel", &["envoy", "hotline", "letter", "press"], &channel),
        labels("regime", &["closed", "open"], &regime),
        real("fixed", vec![1.5; 700]),
        real("z", u[4].clone()),
    ];
    Data { inputs, interest }
}
