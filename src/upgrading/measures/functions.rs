//! Functional upgrading: export income from functions above fabrication, as an index and as a share; with skills in place of
//! functions where occupations are not given.

use super::{Measure, Path, Profile, Scale, paths, sum};
use crate::stats::Sign;
use crate::upgrading::Kind;
use crate::upgrading::panel::{LABOUR, LABOUR_HIGH, Panel, Unit, YearFacts};
use crate::upgrading::specialisation::specialisation;

/// Does more of the export income come from research, management and marketing, and less from fabrication?
///
/// ```text
/// f_i  = labour_i / x_i (B e_s)_i      f_Ui = share_Ui f_i      U: all functions but fabrication
/// FS   = (f_Us / f_s) / (f_U / f)      share: f_Us / f_s
/// ```
/// An industry is compared with the same industry of the world, an economy with all of it: the mix of industries is then not
/// taken for a function. The world is the economies that have figures in all years used.
///
/// With `skills` U is the labour income of the high-skilled: a proxy, because engineers also run machines and skilled workers
/// do not always do research.
pub(super) struct UpperFunctions {
    skills: bool,
    index: bool,
    profile: &'static Profile,
}

const SOURCE: &str = "Timmer, Miroudot and de Vries (2019), Journal of Economic Geography 19(1), 1-30; shares of occupations in labour income";
const NEEDS_OCCUPATIONS: &str = "shares of business functions by economy, sector and year (--occupations) and labour compensation (--labour)";
const NEEDS_SKILLS: &str =
    "labour compensation, all and of the high-skilled (accounts labour and labour-high)";

const fn profile(
    id: &'static str,
    question: &'static str,
    equation: &'static str,
    scale: Scale,
    headline: bool,
    proxy: bool,
    needs: &'static str,
) -> Profile {
    Profile {
        id,
        kind: Kind::Functional,
        question,
        equation,
        source: SOURCE,
        scale,
        advance: Sign::Positive,
        headline,
        proxy,
        needs,
    }
}

static UPPER_FS_PROFILE: Profile = profile(
    "fs_upper",
    "Does the economy specialise in functions above fabrication?",
    "FS_U = (f_Us / f_s) / (f_U / f), U all functions but fabrication",
    Scale::Log,
    true,
    false,
    NEEDS_OCCUPATIONS,
);
static UPPER_SHARE_PROFILE: Profile = profile(
    "upper_share",
    "How much of the export income of labour comes from functions above fabrication?",
    "f_Us / f_s",
    Scale::Points,
    false,
    false,
    NEEDS_OCCUPATIONS,
);
static SKILL_FS_PROFILE: Profile = profile(
    "fs_skill",
    "Does the economy specialise in the work of the high-skilled? A proxy for functions",
    "(f_Hs / f_s) / (f_H / f), H labour income of the high-skilled",
    Scale::Log,
    true,
    true,
    NEEDS_SKILLS,
);
static SKILL_SHARE_PROFILE: Profile = profile(
    "skill_share",
    "How much of the export income of labour goes to the high-skilled? A proxy for functions",
    "f_Hs / f_s",
    Scale::Points,
    false,
    true,
    NEEDS_SKILLS,
);

pub(super) static UPPER_FS: UpperFunctions =
    UpperFunctions { skills: false, index: true, profile: &UPPER_FS_PROFILE };
pub(super) static UPPER_SHARE: UpperFunctions =
    UpperFunctions { skills: false, index: false, profile: &UPPER_SHARE_PROFILE };
pub(super) static SKILL_FS: UpperFunctions =
    UpperFunctions { skills: true, index: true, profile: &SKILL_FS_PROFILE };
pub(super) static SKILL_SHARE: UpperFunctions =
    UpperFunctions { skills: true, index: false, profile: &SKILL_SHARE_PROFILE };

impl UpperFunctions {
    /// Labour income of the upper functions of a row; NaN where not known.
    fn upper(&self, panel: &Panel, facts: &YearFacts, row: usize) -> f64 {
        if facts.output[row] == 0.0 {
            return 0.0;
        }
        if self.skills {
            return facts.account(LABOUR_HIGH).map_or(f64::NAN, |amounts| amounts[row]);
        }
        let (Some(shares), Some(labour)) = (&facts.functions, facts.account(LABOUR)) else { return f64::NAN };
        let share: f64 =
            shares.iter().zip(&panel.upper).filter(|(_, upper)| **upper).map(|(share, _)| share[row]).sum();
        share * labour[row]
    }

    /// Labour income of a row in functions that are known to sum to it.
    fn all(&self, facts: &YearFacts, row: usize) -> f64 {
        if facts.output[row] == 0.0 {
            return 0.0;
        }
        let Some(labour) = facts.account(LABOUR) else { return f64::NAN };
        match (&facts.functions, self.skills) {
            (_, true) => labour[row],
            (Some(shares), false) => shares.iter().map(|share| share[row]).sum::<f64>() * labour[row],
            (None, false) => f64::NAN,
        }
    }
}

impl Measure for UpperFunctions {
    fn profile(&self) -> &'static Profile {
        self.profile
    }

    fn paths(&self, panel: &Panel, units: &[Unit]) -> Result<Vec<Path>, String> {
        let years = panel.years();
        let known = |facts: &YearFacts, row: usize| {
            self.upper(panel, facts, row).is_finite() && self.all(facts, row).is_finite()
        };
        let balanced = panel.balanced(known);
        if !balanced.economies.iter().any(|has| *has) {
            return Err(self.profile.needs.to_owned());
        }
        let axis = panel.axis();
        let upper = |t: usize, row: usize| years[t].in_exports(row, self.upper(panel, &years[t], row));
        let all = |t: usize, row: usize| years[t].in_exports(row, self.all(&years[t], row));
        let world: Vec<Option<(Vec<f64>, Vec<f64>)>> = (0..years.len())
            .map(|t| {
                balanced.years[t].then(|| {
                    (
                        panel.by_sector(&balanced, |row| upper(t, row)),
                        panel.by_sector(&balanced, |row| all(t, row)),
                    )
                })
            })
            .collect();
        Ok(paths(panel, units, |unit, t| {
            let (own, whole) = (sum(panel, unit, |row| upper(t, row)), sum(panel, unit, |row| all(t, row)));
            if !self.index {
                return own / whole;
            }
            let Some((world_upper, world_all)) = &world[t] else { return f64::NAN };
            let of = |sums: &[f64]| {
                (0..axis.n_sectors())
                    .filter(|&sector| unit.sector.is_none_or(|own| own == sector))
                    .map(|sector| sums[sector])
                    .sum::<f64>()
            };
            specialisation(own, whole, of(world_upper), of(world_all))
        }))
    }
}
