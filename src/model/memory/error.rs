//! Work that does not fit, and what to try instead.

use std::fmt;

use crate::machine;

/// Another way to the same that may take less memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// A solver with smaller factors, by id; it takes no negative cells.
    Solver(&'static str),
    /// Cells in single precision.
    SinglePrecision,
    /// An option of the command, as it is typed.
    Option(&'static str),
    /// A file for each table.
    FileEach,
    /// A file that holds the cells that are not zero.
    NonZeros,
    /// Fewer years at a time.
    FewerYears,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Solver(id) => write!(f, "where no cell is negative `--solver {id}`"),
            Self::SinglePrecision => f.write_str("`--store f32`"),
            Self::Option(option) => write!(f, "`{option}`"),
            Self::FileEach => f.write_str("one file a table in a folder (`-o FOLDER/`)"),
            Self::NonZeros => {
                f.write_str("an output named .parquet, which holds the cells that are not zero")
            }
            Self::FewerYears => f.write_str("fewer years (`--year`)"),
        }
    }
}

/// Work that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} needs about {} of memory at its peak, {}",
    machine::readable_above(*.needed, *.there), machine::limit(*.there, *.stated)
)]
#[non_exhaustive]
pub struct MemoryError {
    /// What was asked for, with the size of the table.
    pub what: String,
    /// Predicted peak, in bytes.
    pub needed: u64,
    /// What may be used, in bytes.
    pub there: u64,
    /// Was the limit stated, or is it what the machine has left?
    pub stated: bool,
    /// Other ways to the same, each with the bytes that it takes: told where they fit.
    pub ways: Vec<(Way, u64)>,
    /// What could be asked instead, in the words of the command, for less.
    pub less: Option<&'static str>,
    /// Is the work itself to make the table smaller?
    pub adds_up: bool,
}

impl MemoryError {
    /// What to try.
    pub fn hint(&self) -> String {
        let fit = self.ways.iter().filter(|(_, bytes)| *bytes <= self.there);
        let mut ways: Vec<String> =
            fit.map(|(way, bytes)| format!("{way} (about {})", machine::readable_up(*bytes))).collect();
        ways.extend(self.less.map(str::to_owned));
        if !self.adds_up {
            ways.push("fewer sectors or economies (`vadex aggregate`)".into());
        }
        ways.push(if self.stated { "a larger --memory".into() } else { "a machine with more memory".into() });
        ways.join(", ")
    }
}
