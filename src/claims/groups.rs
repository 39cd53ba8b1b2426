//! Groups of economies that claims name, as ISO 3166 alpha-3 codes, in one place.
//!
//! Regions and the South are those of [`Regions::builtin`]. The groups here are named by the claims themselves:
//!
//! | group | members | from |
//! |---|---|---|
//! | BRIC | Brazil, Russia, India, China | O'Neill's four, the "large emerging economies" of S1 |
//! | BRICS | the four and South Africa | where a table has South Africa |
//! | large emerging | BRICS, Indonesia, Mexico, Turkey | the rest of the G20's emerging economies in WIOD |
//! | builders | Korea, Taiwan, China | S3: from assembly to components |
//! | assemblers | Mexico, Hungary, Czech Republic | joined chains as assembly sites near a large market |
//! | Malaysia | Malaysia | the case that Rasiah (2011) names |
//! | joiner | Thailand | the case that Baldwin (2011) names |
//! | reshoring | United States | S3 |
//!
//! An economy that a table does not have is not replaced: the claim says which are missing.

use super::data::{Series, WorldFacts};
use crate::indicators::{Region, Regions};
use crate::labels::economy_names::alpha3;

/// A group of economies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) members: &'static [&'static str],
}

pub(super) const BRICS: Group = Group { name: "BRICS", members: &["BRA", "RUS", "IND", "CHN", "ZAF"] };
pub(super) const BRIC_WITHOUT_CHINA: Group =
    Group { name: "BRICS without China", members: &["BRA", "RUS", "IND", "ZAF"] };
pub(super) const LARGE_EMERGING: Group = Group {
    name: "large emerging economies",
    members: &["BRA", "RUS", "IND", "CHN", "ZAF", "IDN", "MEX", "TUR"],
};
pub(super) const BUILDERS: Group = Group { name: "builders", members: &["KOR", "TWN", "CHN"] };
pub(super) const ASSEMBLERS: Group = Group { name: "assemblers", members: &["MEX", "HUN", "CZE"] };
pub(super) const JOINER: Group = Group { name: "joiner", members: &["THA"] };
pub(super) const MALAYSIA: Group = Group { name: "Malaysia", members: &["MYS"] };
pub(super) const RESHORING: Group = Group { name: "reshoring economy", members: &["USA"] };

impl Group {
    /// Positions of the members that a series has.
    pub(super) fn of(&self, series: &Series) -> Vec<usize> {
        self.members
            .iter()
            .filter_map(|code| series.economies.iter().position(|economy| is(economy, code)))
            .collect()
    }

    /// Is the economy called `name` a member?
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|code| is(name, code))
    }

    /// Codes of the members that a series has, and of those it lacks.
    pub(super) fn present_and_missing(&self, series: &Series) -> (Vec<&'static str>, Vec<&'static str>) {
        self.members.iter().partition(|code| series.economies.iter().any(|economy| is(economy, code)))
    }
}

/// Is an economy of a table, by its alpha-3 or alpha-2 code, the one of this alpha-3 code?
fn is(label: &str, code: &str) -> bool {
    label == code || alpha3(label) == Some(code)
}

/// Region of each economy of a table.
pub(super) fn regions(facts: &WorldFacts) -> Vec<Option<Region>> {
    Regions::builtin().on(&facts.axis)
}

/// Is each economy of a table counted to the South? Nothing for economies without a region.
pub(super) fn south(facts: &WorldFacts) -> Vec<Option<bool>> {
    regions(facts).into_iter().map(|region| region.map(|region| region.south)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_in_the_map_of_regions() {
        let regions = Regions::builtin();
        for group in
            [BRICS, BRIC_WITHOUT_CHINA, LARGE_EMERGING, BUILDERS, ASSEMBLERS, JOINER, MALAYSIA, RESHORING]
        {
            for code in group.members {
                assert!(regions.of(code).is_some(), "{code} of {}", group.name);
            }
        }
    }
}
