//! Values of expressions where they can be known without a game: at one point, over ranges, over
//! the values of a few variables.

use std::collections::BTreeSet;

use crate::eval::{binary, unary};
use crate::expr::{ActField, Binary, Expr};
use crate::scenario::{Parameter, ParameterId, Quantity, QuantityId, VariableId};

/// What the names stand for; whatever is `None` makes the value unknown.
pub(crate) struct At<'a> {
    pub(crate) parameters: &'a [f64],
    pub(crate) quantities: &'a [Option<f64>],
    pub(crate) variable: &'a dyn Fn(VariableId) -> Option<f64>,
    pub(crate) act: &'a dyn Fn(ActField) -> Option<f64>,
    pub(crate) stage: Option<f64>,
    pub(crate) peak_seen: Option<f64>,
}

impl<'a> At<'a> {
    /// No state at all: arithmetic in parameters.
    pub(crate) fn numbers(parameters: &'a [f64], quantities: &'a [Option<f64>]) -> Self {
        Self {
            parameters,
            quantities,
            variable: &|_| None,
            act: &|_| None,
            stage: None,
            peak_seen: None,
        }
    }

    /// The value of an expression; `None` if it reads something unknown.
    pub(crate) fn value(&self, expr: &Expr) -> Option<f64> {
        let truth = |b: bool| f64::from(u8::from(b));
        Some(match expr {
            Expr::Number(x) => *x,
            Expr::Parameter(id) => *self.parameters.get(id.index())?,
            Expr::Quantity(id) => (*self.quantities.get(id.index())?)?,
            Expr::Variable(id) => (self.variable)(*id)?,
            Expr::Stage => self.stage?,
            Expr::PeakSeen => self.peak_seen?,
            Expr::Act(field) => (self.act)(*field)?,
            Expr::Stated => return None,
            Expr::Unary(op, a) => unary(*op, self.value(a)?),
            // One side can decide, whatever the other is.
            Expr::Binary(Binary::And, a, b) => match (self.value(a), self.value(b)) {
                (Some(0.0), _) | (_, Some(0.0)) => 0.0,
                (a, b) => binary(Binary::And, a?, b?),
            },
            Expr::Binary(Binary::Or, a, b) => match (self.value(a), self.value(b)) {
                (Some(x), _) | (_, Some(x)) if x != 0.0 => 1.0,
                (a, b) => binary(Binary::Or, a?, b?),
            },
            Expr::Binary(op, a, b) => binary(*op, self.value(a)?, self.value(b)?),
            Expr::If(c, a, b) => {
                if self.value(c)? == 0.0 {
                    self.value(b)?
                } else {
                    self.value(a)?
                }
            }
            Expr::In(x, list) => {
                let x = self.value(x)?;
                let mut found = false;
                for item in list {
                    found |= same(x, self.value(item)?);
                }
                truth(found)
            }
        })
    }
}

#[expect(clippy::float_cmp, reason = "positions in domains are exact")]
fn same(a: f64, b: f64) -> bool {
    a == b
}

/// The numbers of a file: parameters and quantities, and what depends on what.
pub(crate) struct Numbers<'a> {
    parameters: &'a [Parameter],
    quantities: &'a [Quantity],
    /// For each quantity, the quantities it needs, itself last, and the parameters.
    needs: Vec<(BTreeSet<QuantityId>, BTreeSet<ParameterId>)>,
    point: Vec<f64>,
    at_point: Vec<Option<f64>>,
}

/// Most quantities evaluated for one expression; no file written by people comes near it.
const MAX_WORK: usize = 200_000;

/// Takes the values at a corner and what describes it, and says whether to go on.
type Corner<'a> = dyn FnMut(&[f64], &dyn Fn() -> String) -> bool + 'a;

/// Up to this many parameters, all corners of their ranges are tried (2^10).
const MAX_CORNERS: usize = 10;

impl<'a> Numbers<'a> {
    pub(crate) fn new(parameters: &'a [Parameter], quantities: &'a [Quantity]) -> Self {
        let point: Vec<f64> = parameters.iter().map(|p| p.value).collect();
        let mut numbers =
            Self { parameters, quantities, needs: Vec::new(), point, at_point: Vec::new() };
        for (i, quantity) in quantities.iter().enumerate() {
            let (mut quantities, parameters) = numbers.used_by([&quantity.value]);
            quantities.insert(QuantityId::new(i));
            numbers.needs.push((quantities, parameters));
        }
        let every = (0..quantities.len()).map(QuantityId::new).collect();
        numbers.at_point = numbers.quantities_at(&numbers.point, &every);
        numbers
    }

    /// Quantities and parameters that some expressions depend on.
    pub(crate) fn used_by<'e>(
        &self,
        exprs: impl IntoIterator<Item = &'e Expr>,
    ) -> (BTreeSet<QuantityId>, BTreeSet<ParameterId>) {
        let mut found = (BTreeSet::new(), BTreeSet::new());
        for expr in exprs {
            expr.walk(&mut |part| match part {
                Expr::Parameter(id) => {
                    found.1.insert(*id);
                }
                Expr::Quantity(id) => {
                    if let (false, Some(needs)) = (found.0.contains(id), self.needs.get(id.index()))
                    {
                        found.0.extend(&needs.0);
                        found.1.extend(&needs.1);
                    }
                }
                _ => {}
            });
        }
        found
    }

    fn quantities_at(&self, point: &[f64], which: &BTreeSet<QuantityId>) -> Vec<Option<f64>> {
        let mut values = vec![None; self.quantities.len()];
        for id in which {
            let value = At::numbers(point, &values).value(&self.quantities[id.index()].value);
            values[id.index()] = value;
        }
        values
    }

    /// The value at the point values of all parameters; `None` if it reads state.
    pub(crate) fn at_point(&self, expr: &Expr) -> Option<f64> {
        self.point().value(expr)
    }

    /// The point values.
    pub(crate) fn point(&self) -> At<'_> {
        At::numbers(&self.point, &self.at_point)
    }

    /// Calls `visit` with the values of `exprs` at corners of the ranges of the parameters they
    /// read, and a description of the corner. Stops when `visit` says so.
    pub(crate) fn over_ranges(&self, exprs: &[Expr], visit: &mut Corner<'_>) {
        let (quantities, parameters) = self.used_by(exprs);
        let ends: Vec<(usize, f64, f64)> = parameters
            .iter()
            .filter_map(|id| {
                let (low, high) = self.parameters[id.index()].range?;
                Some((id.index(), low, high))
            })
            .collect();
        let all = ends.len() <= MAX_CORNERS;
        let n_corners: usize = if all { 1 << ends.len() } else { 2 * ends.len() };
        let n_corners = n_corners.min(MAX_WORK / (1 + quantities.len()));
        for corner in 0..n_corners {
            let mut point = self.point.clone();
            let mut moved = Vec::new();
            for (bit, (index, low, high)) in ends.iter().enumerate() {
                let at_high = if all {
                    corner >> bit & 1 == 1
                } else if corner / 2 == bit {
                    corner % 2 == 1
                } else {
                    continue;
                };
                point[*index] = if at_high { *high } else { *low };
                moved.push(*index);
            }
            let at = self.quantities_at(&point, &quantities);
            let at = At::numbers(&point, &at);
            let values: Option<Vec<f64>> = exprs.iter().map(|e| at.value(e)).collect();
            let Some(values) = values else { return };
            let describe = || {
                let parts =
                    moved.iter().map(|i| format!("{} = {}", self.parameters[*i].name, point[*i]));
                parts.collect::<Vec<_>>().join(", ")
            };
            if !visit(&values, &describe) {
                return;
            }
        }
    }
}
