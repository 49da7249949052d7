//! Runs: the results of a design, which remember it.

use super::trouble::BadRuns;
use super::{Design, Fingerprint};

/// What one row came to: a value for each measure, `None` where a measure has none in this row; `None`
/// altogether if the row's game did not solve.
pub type Results = Option<Vec<Option<f64>>>;

/// Results of some rows of a design, as they come from one shard.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Of the design they were computed for.
    pub design: Fingerprint,
    /// What was measured.
    pub measures: Vec<String>,
    /// Rows by number, from 0, in any order.
    pub rows: Vec<(usize, Results)>,
}

/// The results of a design, complete and in its order.
///
/// An analysis reads the design through the runs, so results cannot meet the inputs of another sample.
/// Draws that failed stay in their place as failed; nothing is put in for them.
#[derive(Clone, Debug)]
pub struct Runs<'d> {
    design: &'d Design,
    measures: Vec<String>,
    rows: Vec<Results>,
}

impl<'d> Runs<'d> {
    /// Puts parts together.
    ///
    /// # Errors
    /// [`BadRuns`] if a part is of another design or measured other things, a row is missing, there twice or
    /// not of the design, or a value is not finite.
    pub fn assemble(
        design: &'d Design,
        parts: impl IntoIterator<Item = Part>,
    ) -> Result<Self, BadRuns> {
        let n = design.n_rows();
        let mut rows: Vec<Option<Results>> = vec![None; n];
        let mut measures: Option<Vec<String>> = None;
        for part in parts {
            if part.design != design.fingerprint() {
                let (expected, found) = (design.fingerprint(), part.design);
                return Err(BadRuns::OtherDesign { expected, found });
            }
            let expected = measures.get_or_insert_with(|| part.measures.clone());
            if *expected != part.measures {
                let (expected, found) = (expected.clone(), part.measures);
                return Err(BadRuns::OtherMeasures { expected, found });
            }
            for (row, results) in part.rows {
                if let Some(values) = &results {
                    well_formed(row, values, expected)?;
                }
                let place = rows.get_mut(row).ok_or(BadRuns::NoSuchRow { row, rows: n })?;
                if place.replace(results).is_some() {
                    return Err(BadRuns::Twice(row));
                }
            }
        }
        if let Some(first) = rows.iter().position(Option::is_none) {
            let count = rows.iter().filter(|row| row.is_none()).count();
            return Err(BadRuns::Missing { first, count });
        }
        let rows = rows.into_iter().flatten().collect();
        Ok(Self { design, measures: measures.unwrap_or_default(), rows })
    }

    /// The design these are the results of.
    #[must_use]
    pub fn design(&self) -> &'d Design {
        self.design
    }

    /// What was measured.
    #[must_use]
    pub fn measures(&self) -> &[String] {
        &self.measures
    }

    /// What each row came to, in the order of the design.
    #[must_use]
    pub fn rows(&self) -> &[Results] {
        &self.rows
    }

    /// How many draws failed: the first thing to say of any runs.
    #[must_use]
    pub fn n_failed(&self) -> usize {
        self.rows.iter().filter(|row| row.is_none()).count()
    }

    /// The values of a measure, row by row; `None` where the draw failed or the measure has no value.
    /// `None` altogether if nothing of that name was measured.
    #[must_use]
    pub fn column(&self, measure: &str) -> Option<Vec<Option<f64>>> {
        let at = self.measures.iter().position(|name| name == measure)?;
        Some(self.rows.iter().map(|row| row.as_ref().and_then(|values| values[at])).collect())
    }
}

fn well_formed(row: usize, values: &[Option<f64>], measures: &[String]) -> Result<(), BadRuns> {
    if values.len() != measures.len() {
        let (found, expected) = (values.len(), measures.len());
        return Err(BadRuns::Length { row, found, expected });
    }
    let is_odd = |value: &Option<f64>| value.is_some_and(|value| !value.is_finite());
    match values.iter().position(is_odd) {
        Some(at) => Err(BadRuns::NotFinite { row, measure: measures[at].clone() }),
        None => Ok(()),
    }
}
