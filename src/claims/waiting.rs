//! Claims that input-output tables cannot settle: one type for all, each naming exactly what would.

use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Reason, VerdictRecord};

/// A claim whose evidence is not in input-output tables.
#[derive(Debug)]
pub(super) struct Waiting {
    card: &'static Card,
    reason: Reason,
    missing: &'static str,
}

impl Waiting {
    /// Data are missing (D3).
    pub(super) const fn for_data(card: &'static Card, missing: &'static str) -> Self {
        Self { card, reason: Reason::Data, missing }
    }

    /// The question is causal (D4): these data would identify it.
    pub(super) const fn for_causal_data(card: &'static Card, missing: &'static str) -> Self {
        Self { card, reason: Reason::Causal, missing }
    }
}

impl Claim for Waiting {
    fn card(&self) -> &'static Card {
        self.card
    }

    // Whatever is loaded: there is no test that could use it.
    fn evaluate(&self, _data: &ClaimData, _options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let detail = format!("would need {}, and a test of its own that is not written", self.missing);
        Ok(Outcome::bare(VerdictRecord::undetermined(self.card, self.reason, &detail)))
    }
}
