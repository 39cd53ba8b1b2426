//! Claims that cannot be put to the tables at hand: one type for all, each naming exactly what would settle it.

use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Reason, VerdictRecord};

/// A claim whose evidence is not in input-output tables, or whose test is not part of this build.
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

    /// The tables could answer, this build does not ask them.
    pub(super) const fn for_test(card: &'static Card) -> Self {
        Self { card, reason: Reason::Data, missing: "" }
    }
}

impl Claim for Waiting {
    fn card(&self) -> &'static Card {
        self.card
    }

    fn evaluate(&self, _data: &ClaimData, _options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let detail = if self.missing.is_empty() {
            "the test of this claim is not part of this build".to_owned()
        } else {
            format!("would need {}", self.missing)
        };
        Ok(Outcome::bare(VerdictRecord::undetermined(self.card, self.reason, &detail)))
    }
}
