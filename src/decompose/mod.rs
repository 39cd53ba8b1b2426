//! Decompositions of gross exports: a model in, one row of named terms a unit out.
//!
//! One id is one definite list of terms, one citation and one set of levels; there are no option products. To add a
//! method: one file that implements [`Method`], one line in [`METHODS`].

mod vocabulary;

pub use vocabulary::{Kind, Term};

use crate::frame::{Column, Frame, Measure};
use crate::indicators::Level;
use crate::labels::Axis;
use crate::model::Model;
use crate::model::solver::SolveError;

/// Which exporters, importers and sectors are wanted; empty means all. Indices on the model's axis.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Exporting economies.
    pub exporters: Vec<usize>,
    /// Importing economies.
    pub importers: Vec<usize>,
    /// Exporting sectors.
    pub sectors: Vec<usize>,
}

/// Which labels a key column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Economies of the axis.
    Economy,
    /// Sectors of the axis.
    Sector,
}

/// A key column of a decomposition, as indices on the axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Column name: `exporter`, `sector`, `importer`, `origin`, ...
    pub name: &'static str,
    /// What the indices refer to.
    pub dimension: Dimension,
    /// One index a unit.
    pub indices: Vec<usize>,
}

/// An equation between terms that must hold in every unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Words: `gexp = dc + fc`.
    pub statement: &'static str,
    /// The term on the left.
    pub whole: &'static str,
    /// The terms whose sum it is.
    pub parts: &'static [&'static str],
}

/// Where a method comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Citation {
    /// Authors and year.
    pub authors: &'static str,
    /// Title and journal.
    pub work: &'static str,
    /// DOI without the resolver.
    pub doi: &'static str,
}

/// A way of taking exports apart.
pub trait Method: Sync {
    /// Flat id, as on the command line.
    fn id(&self) -> &'static str;
    /// The question it answers, in one sentence.
    fn summary(&self) -> &'static str;
    /// The paper.
    fn citation(&self) -> Citation;
    /// A known bias or limit that the user must meet with the numbers.
    fn caution(&self) -> Option<&'static str> {
        None
    }
    /// Levels at which it is defined.
    fn levels(&self) -> &'static [Level];
    /// Its terms, in column order; the same at every level.
    fn terms(&self) -> &'static [Term];
    /// Equations between its terms. Those without a residual member are evidence.
    fn identities(&self) -> &'static [Identity];
    /// Cost in G and N, in words.
    fn cost(&self) -> &'static str;
    /// Computes every unit of the scope.
    ///
    /// # Errors
    /// A level the method is not defined at; a failed solve.
    fn run(&self, model: &Model, level: Level, scope: &Scope) -> Result<Decomposition, DecomposeError>;
}

/// Every method, in the order of `vadex list methods`.
pub static METHODS: &[&dyn Method] = &[];

/// Why a decomposition could not be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecomposeError {
    /// The method is not defined at this level.
    #[error("method `{method}` is not defined at level `{level}`; it is at: {supported}")]
    UnsupportedLevel {
        /// Method id.
        method: &'static str,
        /// Level asked for.
        level: &'static str,
        /// Levels there are.
        supported: String,
    },
    /// No method of that name.
    #[error("unknown method `{name}`: there are {known}")]
    UnknownMethod {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A failed solve.
    #[error(transparent)]
    Solve(#[from] SolveError),
}

impl DecomposeError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::UnsupportedLevel { supported, .. } => format!("take one of: {supported}"),
            Self::UnknownMethod { .. } => "`vadex list methods` describes them".into(),
            Self::Solve(error) => error.hint(),
        }
    }
}

/// Terms by unit: the result of a method.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// Method id.
    pub method: &'static str,
    /// Level.
    pub level: Level,
    /// Key columns, in order.
    pub keys: Vec<Key>,
    /// Terms, in order.
    pub terms: &'static [Term],
    /// One vector a term, one value a unit.
    pub values: Vec<Vec<f64>>,
}

impl Decomposition {
    /// Number of units (rows).
    pub fn n_units(&self) -> usize {
        self.values.first().map_or(0, Vec::len)
    }

    /// Values of a term by symbol.
    pub fn term(&self, symbol: &str) -> Option<&[f64]> {
        let position = self.terms.iter().position(|term| term.symbol == symbol)?;
        self.values.get(position).map(Vec::as_slice)
    }

    /// The result as a frame: year, keys, one column a term.
    pub fn to_frame(&self, axis: &Axis, year: Option<i32>) -> Frame {
        let year = vec![year.map(i64::from); self.n_units()];
        let mut frame = Frame::new().with("year", Measure::Key, Column::Integer(year));
        for key in &self.keys {
            let names = match key.dimension {
                Dimension::Economy => axis.economies(),
                Dimension::Sector => axis.sectors(),
            };
            let codes = key.indices.iter().map(|&index| index as u32).collect();
            frame = frame.with(key.name, Measure::Key, Column::labels(names, codes));
        }
        for (term, values) in self.terms.iter().zip(&self.values) {
            frame = frame.with(term.symbol, Measure::Amount, Column::Number(values.clone()));
        }
        frame
    }
}
