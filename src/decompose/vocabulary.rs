//! The terms of all methods: one symbol, one meaning, wherever it appears.

/// Is a term computed by its own formula, or as what is left over?
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By its own formula: an identity of primary terms is evidence.
    Primary,
    /// As a remainder: an identity with it holds by construction and proves nothing.
    Residual,
}

/// A named part of exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Lower-case symbol, the column name.
    pub symbol: &'static str,
    /// What it is, in words.
    pub meaning: &'static str,
    /// Primary or residual in this method.
    pub kind: Kind,
    /// How it is computed, in the letters of `notation.md`.
    pub equation: &'static str,
}
