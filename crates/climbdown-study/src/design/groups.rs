//! Groups of inputs that are varied, and counted, together.

use super::input::Input;
use super::trouble::BadDesign;

/// A division of the inputs into groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    names: Vec<String>,
    /// Group of each input.
    of: Vec<usize>,
}

impl Groups {
    /// Each input by itself.
    #[must_use]
    pub fn each(inputs: &[Input]) -> Self {
        let names = inputs.iter().map(|input| input.name().to_owned()).collect();
        Self { names, of: (0..inputs.len()).collect() }
    }

    /// Groups by name, one name for each input, in the order in which they first occur.
    ///
    /// # Errors
    /// [`BadDesign::Groups`] if there are not as many names as inputs.
    pub fn named(inputs: &[Input], of_each: &[&str]) -> Result<Self, BadDesign> {
        if inputs.len() != of_each.len() {
            return Err(BadDesign::Groups(format!(
                "{} inputs have {} group names; give each input one",
                inputs.len(),
                of_each.len()
            )));
        }
        let mut names: Vec<String> = Vec::new();
        let mut of = Vec::with_capacity(inputs.len());
        for name in of_each {
            let known = names.iter().position(|known| known == name);
            of.push(known.unwrap_or(names.len()));
            if known.is_none() {
                names.push((*name).to_owned());
            }
        }
        Ok(Self { names, of })
    }

    /// Names of the groups.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The group of input `input`.
    #[must_use]
    pub fn of(&self, input: usize) -> usize {
        self.of[input]
    }

    /// The inputs of group `group`, in order.
    pub fn members(&self, group: usize) -> impl Iterator<Item = usize> + '_ {
        self.of.iter().enumerate().filter(move |(_, of)| **of == group).map(|(input, _)| input)
    }

    pub(crate) fn n_inputs(&self) -> usize {
        self.of.len()
    }
}
