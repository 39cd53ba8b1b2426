//! Which rows of a method may be added up, over which key: not every sum of rows is what the method says of the sum.
//!
//! A term that is a multiplier of its exporter times a flow is linear in the flow: over importers and sectors it adds up to
//! the term of the summed flow, because every row has the same perimeter, the exporter's border (or the world's). Where each
//! row has a perimeter of its own (`bm-self`, the extraction of one partner) what two flows share is counted in both, and the
//! sum of their rows is neither of the two flows together nor of anything else. Rows of several exporters, and of several
//! importers where imports are taken apart, are separate decompositions whatever the method: their sum is a sum of these,
//! with the trade between them inside, and not the decomposition of a union.

use super::{DecomposeError, METHODS, Method};

/// A key over which rows can be added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SumOver {
    /// Exporting economies.
    Exporter,
    /// Exporting sectors.
    Sector,
    /// Importing economies.
    Importer,
}

impl SumOver {
    /// Every key, in the order of the columns.
    pub const ALL: [Self; 3] = [Self::Exporter, Self::Sector, Self::Importer];

    /// The key's id, which is also the name of its column.
    pub fn id(self) -> &'static str {
        match self {
            Self::Exporter => "exporter",
            Self::Sector => "sector",
            Self::Importer => "importer",
        }
    }
}

/// What the sum of rows that differ in one key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sums {
    /// The decomposition of the summed flow, term by term.
    OfFlow,
    /// The same, save terms that do not add up and are left empty.
    OfFlowSave {
        /// Their symbols.
        terms: &'static [&'static str],
        /// Why they do not add up.
        reason: &'static str,
    },
    /// A sum of decompositions, each of its own economy: trade between them is inside.
    OfDecompositions,
    /// Nothing.
    None {
        /// Why the rows do not add up.
        reason: &'static str,
    },
}

impl Sums {
    /// Terms that do not add up.
    pub fn apart(self) -> &'static [&'static str] {
        match self {
            Self::OfFlowSave { terms, .. } => terms,
            Self::OfFlow | Self::OfDecompositions | Self::None { .. } => &[],
        }
    }

    /// What holds for most methods: separate decompositions over exporters, one flow over sectors and importers.
    pub(super) fn of_exports(key: SumOver) -> Self {
        match key {
            SumOver::Exporter => Self::OfDecompositions,
            SumOver::Sector | SumOver::Importer => Self::OfFlow,
        }
    }
}

/// Can rows of a method be added up over a key?
///
/// # Errors
/// [`DecomposeError::NotAdditive`], with the reason.
pub fn check_sum(method: &dyn Method, key: SumOver) -> Result<Sums, DecomposeError> {
    match method.sums(key) {
        Sums::None { reason } => Err(DecomposeError::NotAdditive {
            method: method.id(),
            key: key.id(),
            reason,
            others: METHODS
                .iter()
                .filter(|other| other.sums(key) == Sums::OfFlow && has_key(**other, key))
                .map(|other| other.id())
                .collect::<Vec<_>>()
                .join(", "),
        }),
        sums => Ok(sums),
    }
}

/// Have the rows of a method the key, at some level?
fn has_key(method: &dyn Method, key: SumOver) -> bool {
    method.levels().iter().any(|&level| method.keys(level).contains(&key.id()))
}

/// Over which keys the rows of a method add up, in words.
pub fn sums_in_words(method: &dyn Method) -> String {
    let told = |key: SumOver| match method.sums(key) {
        Sums::OfFlow => format!("{}: of the summed flow", key.id()),
        Sums::OfFlowSave { terms, reason } => {
            format!("{}: of the summed flow, without {} ({reason})", key.id(), terms.join(", "))
        }
        Sums::OfDecompositions => format!("{}: of separate decompositions", key.id()),
        Sums::None { reason } => format!("{}: none, {reason}", key.id()),
    };
    let keys = SumOver::ALL.into_iter().filter(|key| has_key(method, *key));
    keys.map(told).collect::<Vec<_>>().join("; ")
}
