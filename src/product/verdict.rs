//! What the numbers of a product account allow to say on one statement, and why not more.

use serde::Serialize;

/// Why a statement is undetermined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// D1: the sign or the side of the line changes between admissible readings.
    #[serde(rename = "D1")]
    ReadingsDisagree,
    /// D2: too few observations.
    #[serde(rename = "D2")]
    TooFew,
    /// D3: it needs data that are not loaded.
    #[serde(rename = "D3")]
    DataMissing,
    /// D4: a causal question to a descriptive design.
    #[serde(rename = "D4")]
    Causal,
}

impl Reason {
    /// `D1` to `D4`.
    pub fn code(self) -> &'static str {
        match self {
            Self::ReadingsDisagree => "D1",
            Self::TooFew => "D2",
            Self::DataMissing => "D3",
            Self::Causal => "D4",
        }
    }
}

/// What the numbers allow to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// The numbers support it under every admissible reading.
    Supported,
    /// They contradict it under every admissible reading.
    NotSupported,
    /// Neither.
    Undetermined(Reason),
}

impl Verdict {
    /// Name without the reason.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "Supported",
            Self::NotSupported => "NotSupported",
            Self::Undetermined(_) => "Undetermined",
        }
    }

    /// The reason of an undetermined one.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Undetermined(reason) => Some(reason),
            _ => None,
        }
    }
}

/// One statement, judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    /// `arithmetic`, `share-direct`, `share-traced`, `capture`, `margin-gap`, `representative`, `dynamics`.
    pub id: &'static str,
    /// The statement in words.
    pub statement: String,
    /// Verdict.
    pub verdict: Verdict,
    /// The number it rests on; NaN when there is none.
    pub estimate: f64,
    /// Smallest value that the data allow.
    pub low: f64,
    /// Largest value that the data allow.
    pub high: f64,
    /// The line that the statement draws.
    pub threshold: f64,
    /// Figures, accounts or checks behind it.
    pub n: usize,
    /// Why, with numbers; what would settle it.
    pub because: String,
}
