//! What would turn an undetermined verdict into one of the other two, from the reason that the verdict states.

use crate::claims::{Card, Reason, Verdict, VerdictRecord};

/// What would settle a claim, in a sentence; empty when it is settled on these data.
pub fn what_would_settle(card: &Card, record: &VerdictRecord) -> String {
    let Verdict::Undetermined(reason) = record.verdict else { return String::new() };
    // Claims that wait say what they wait for.
    if let Some((_, missing)) = record.reason.split_once("would need ") {
        return missing.to_owned();
    }
    // Some reasons end with it: "the suppliers of the rest would settle it".
    if let Some(clause) = record
        .reason
        .split("; ")
        .find(|clause| clause.contains(" would settle") || clause.contains(" would tell"))
    {
        return clause.to_owned();
    }
    match reason {
        Reason::SignFlips => {
            "a reason, from outside these numbers, to prefer one of the ways of measuring that disagree".into()
        }
        Reason::Power => {
            "more years or more economies: the test would miss an effect of twice the material size too often".into()
        }
        Reason::Data => card.data.to_owned(),
        Reason::Causal => {
            "a design that isolates the cause (a policy change that some faced and others did not); tables describe only"
                .into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::CLAIMS;

    #[test]
    fn every_reason_has_an_answer_and_a_verdict_has_none() {
        let card = CLAIMS[2].card();
        for reason in [Reason::SignFlips, Reason::Power, Reason::Data, Reason::Causal] {
            let record = VerdictRecord::undetermined(card, reason, "detail");
            assert!(what_would_settle(card, &record).len() > 20);
        }
        let waiting = VerdictRecord::undetermined(card, Reason::Data, "would need prices by year");
        assert_eq!(what_would_settle(card, &waiting), "prices by year");
        let open =
            VerdictRecord::undetermined(card, Reason::Data, "38 % if from A; the suppliers would settle it");
        assert_eq!(what_would_settle(card, &open), "the suppliers would settle it");
        let settled = VerdictRecord { verdict: Verdict::Supported, ..waiting };
        assert_eq!(what_would_settle(card, &settled), "");
    }
}
