//! Names of a scenario file to economies and sectors of a table.

use std::collections::BTreeMap;

use crate::labels::{self, Axis, LabelError};

/// Names that a file gives to sets of labels. A name stands for all of its labels that the table has, so that one file
/// serves tables of several classifications.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Sector names.
    pub sectors: BTreeMap<String, Vec<String>>,
    /// Economy names.
    pub economies: BTreeMap<String, Vec<String>>,
}

impl Names {
    /// Sectors behind a list of names or labels, each once; an empty list stands for all.
    ///
    /// # Errors
    /// A name that neither the file nor the table knows.
    pub(super) fn sectors(&self, axis: &Axis, wanted: &[String]) -> Result<Vec<usize>, LabelError> {
        resolve("sector", &self.sectors, axis.sectors(), wanted)
    }

    /// Economies behind a list of names or labels, each once; an empty list stands for all.
    ///
    /// # Errors
    /// A name that neither the file nor the table knows.
    pub(super) fn economies(&self, axis: &Axis, wanted: &[String]) -> Result<Vec<usize>, LabelError> {
        resolve("economy", &self.economies, axis.economies(), wanted)
    }

    /// One economy: a label of the table, or a name of the file; the first that the table has.
    ///
    /// # Errors
    /// A name that neither the file nor the table knows.
    pub(super) fn economy(&self, axis: &Axis, wanted: &str) -> Result<usize, LabelError> {
        let found = resolve("economy", &self.economies, axis.economies(), &[wanted.to_owned()])?;
        // `resolve` finds at least one label for each name.
        Ok(found[0])
    }
}

fn resolve(
    kind: &'static str,
    names: &BTreeMap<String, Vec<String>>,
    known: &[String],
    wanted: &[String],
) -> Result<Vec<usize>, LabelError> {
    if wanted.is_empty() {
        return Ok((0..known.len()).collect());
    }
    let mut found: Vec<usize> = Vec::new();
    for name in wanted {
        let Some(labels) = names.get(name) else {
            found.push(labels::find(kind, known, name)?);
            continue;
        };
        let of_table: Vec<usize> =
            labels.iter().filter_map(|label| known.iter().position(|other| other == label)).collect();
        if of_table.is_empty() {
            // The look-up fails by construction; it is asked for the form of its message.
            found.push(labels::find(kind, known, &format!("{name} ({})", labels.join(", ")))?);
        }
        found.extend(of_table);
    }
    let mut seen = vec![false; known.len()];
    found.retain(|&index| !std::mem::replace(&mut seen[index], true));
    Ok(found)
}
