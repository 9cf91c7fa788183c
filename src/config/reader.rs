//! Reads single variables: a text, a list of items, or a choice.

use super::problem::{Problem, Problems};
use super::var::Variable;
use std::collections::BTreeMap;

/// The given variables and the problems found so far. After a problem the reader goes on with a
/// default, so that one run finds every problem.
pub(super) struct Reader {
    pub(super) given: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Reader {
    /// A reader for these variables.
    pub(super) fn new(given: impl Iterator<Item = (String, String)>) -> Self {
        Self { given: given.collect(), problems: Vec::new() }
    }

    /// Returns the result, or the problems that were found on the way to it.
    pub(super) fn finish<T>(self, result: T) -> Result<T, Problems> {
        if self.problems.is_empty() { Ok(result) } else { Err(Problems(self.problems)) }
    }

    /// The value of a variable that is `on` or `off`.
    pub(super) fn switch(&mut self, variable: Variable) -> bool {
        self.choice(variable, [("on", true), ("off", false)])
    }

    /// The value of a variable that has one of the given names.
    pub(super) fn choice<T: Copy, const N: usize>(
        &mut self,
        variable: Variable,
        choices: [(&str, T); N],
    ) -> T {
        let value = self.value(variable);
        let find = |word: &str| choices.iter().find(|(name, _)| *name == word).map(|(_, it)| *it);
        if let Some(choice) = find(&value) {
            return choice;
        }
        let names = choices.map(|(name, _)| name).join(", ");
        self.problem(variable.name, format!("{value:?} is unknown; use one of {names}"));
        find(variable.default).expect("the default is one of the choices")
    }

    /// The items of a variable, which are separated by commas.
    pub(super) fn items(&mut self, variable: Variable) -> Vec<String> {
        let value = self.value(variable);
        if value.is_empty() {
            return Vec::new();
        }
        let mut items: Vec<_> = value.split(',').map(|item| item.trim().to_owned()).collect();
        if items.iter().any(String::is_empty) {
            let text = format!("{value:?} has an empty item; separate items with single commas");
            self.problem(variable.name, text);
            items.retain(|item| !item.is_empty());
        }
        items
    }

    /// The text of a variable, or its default.
    pub(super) fn value(&self, variable: Variable) -> String {
        let given = self.given.get(variable.name).filter(|_| self.is_given(variable));
        given.map_or(variable.default, |value| value.trim()).to_owned()
    }

    /// True if the variable is set. An empty value counts as unset, because SAM passes unset parameters
    /// that way.
    pub(super) fn is_given(&self, variable: Variable) -> bool {
        self.given.get(variable.name).is_some_and(|value| !value.trim().is_empty())
    }

    /// Adds a problem.
    pub(super) fn problem(&mut self, name: &str, text: String) {
        self.problems.push(Problem { name: name.to_owned(), text });
    }
}
