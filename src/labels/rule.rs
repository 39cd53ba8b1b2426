//! The rule that labels obey.

/// What a label must be, so that `ECONOMY.code` can be taken apart again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelRule {
    point_allowed: bool,
}

/// The rule for economies, or for anything else (sectors, categories of final demand).
pub fn rule(dimension: &str) -> LabelRule {
    LabelRule { point_allowed: dimension != "economy" }
}

impl LabelRule {
    /// Does a label obey?
    pub fn holds(self, label: &str) -> bool {
        !label.is_empty() && label.trim() == label && (self.point_allowed || !label.contains('.'))
    }

    /// The rule in words.
    pub fn words(self) -> &'static str {
        if self.point_allowed {
            "a label must not be empty and must not begin or end with a blank"
        } else {
            "an economy's label must not be empty, hold no point and not begin or end with a blank"
        }
    }
}
