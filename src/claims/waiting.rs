//! Claims that have no test yet: one type for all, each naming exactly what would settle it.

use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Reason, VerdictRecord};

/// A claim without a test.
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

    fn waits_for(&self) -> Option<&'static str> {
        Some(self.missing)
    }

    // Whatever is loaded: there is no test that could use it.
    fn evaluate(&self, _data: &ClaimData, _options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let needs = format!("would need {}, and a test of its own that is not written", self.missing);
        let mut record = VerdictRecord::undetermined(self.card, self.reason, &needs);
        if self.reason == Reason::Causal {
            let code = self.reason.code();
            record.reason = format!("{code} a causal question, of which nothing is computed: {needs}");
        }
        Ok(Outcome::bare(record))
    }
}
