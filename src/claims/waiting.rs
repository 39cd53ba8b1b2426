//! Claims that have no test yet: one type for all, each naming exactly what would settle it. Where that is loaded already, the
//! claim says that it is not used: a test that is not written is no fault of the data.

use super::data::LABOUR;
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Reason, Series, VerdictRecord};

/// What is loaded of that which a claim waits for, in words; nothing while some of it is missing.
type Loaded = fn(&ClaimData) -> Option<String>;

/// A claim without a test.
#[derive(Debug)]
pub(super) struct Waiting {
    card: &'static Card,
    reason: Reason,
    missing: &'static str,
    loaded: Loaded,
}

impl Waiting {
    /// Data are missing (D3).
    pub(super) const fn for_data(card: &'static Card, missing: &'static str) -> Self {
        Self { card, reason: Reason::Data, missing, loaded: nothing }
    }

    /// The question is causal (D4): these data would identify it.
    pub(super) const fn for_causal_data(card: &'static Card, missing: &'static str) -> Self {
        Self { card, reason: Reason::Causal, missing, loaded: nothing }
    }

    /// The same where a user can give what is missing: for D3 all of it, for D4 the part that accounts can tell.
    pub(super) const fn unless(self, loaded: Loaded) -> Self {
        Self { loaded, ..self }
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
    fn evaluate(&self, data: &ClaimData, _options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let needs = format!("would need {}, and a test of its own that is not written", self.missing);
        let mut record = VerdictRecord::undetermined(self.card, self.reason, &needs);
        let code = self.reason.code();
        match ((self.loaded)(data), self.reason) {
            (loaded, Reason::Causal) => {
                let unused =
                    loaded.map_or_else(String::new, |loaded| format!(" (loaded and not used: {loaded})"));
                record.reason =
                    format!("{code} a causal question, of which nothing is computed{unused}: {needs}");
            }
            (Some(loaded), _) => {
                record.reason = format!(
                    "{code} no test: loaded and not used are {loaded}; would need a test of its own, which is not written"
                );
            }
            (None, _) => {}
        }
        Ok(Outcome::bare(record))
    }
}

/// No option and no table gives it.
fn nothing(_data: &ClaimData) -> Option<String> {
    None
}

/// Tables in prices of the year before (`--prices`).
pub(super) fn prices(data: &ClaimData) -> Option<String> {
    let priced = |series: &&Series| series.years.iter().any(|facts| facts.previous_year_prices.is_some());
    let series = data.series.iter().find(priced)?;
    Some(format!("tables of {} in previous-year prices", series.name))
}

/// Shares of business functions (`--occupations`) and labour compensation.
pub(super) fn income_by_function(data: &ClaimData) -> Option<String> {
    let shares = data.extra.occupations.as_ref()?;
    let paid = |series: &&Series| {
        series
            .years
            .iter()
            .any(|facts| facts.world.as_ref().is_some_and(|world| world.satellite(LABOUR).is_some()))
    };
    let series = data.series.iter().find(paid)?;
    Some(format!("business functions of {} and labour compensation beside {}", shares.path(), series.name))
}
