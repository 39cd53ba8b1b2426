//! Split economies part by part: what the processing exporters of an economy and everybody else in it make, and for whom.
//!
//! Claims take a split economy as one exporter; C19 and C20 ask for its parts. The guide to OECD's extended tables names them:
//!
//! ```text
//! CN1  China: activities excluding export processing          CN2  China: export processing
//! MX1  Mexico: activities excluding global manufacturing      MX2  Mexico: global manufacturing
//! ```
//! The first part makes all that is used at home and exports what is not processed; whatever of the economy is not the second
//! part is ordinary here. The edition of 2016 has four parts of China and three of Mexico: which of them process is not known
//! here, and nothing is guessed.

use nalgebra::DMatrix;

use super::account::local_inverse;
use super::data::{ClaimData, JOBS, Series, WorldFacts};
use super::error::ClaimError;
use super::measures::exports;
use super::study::FEWEST_YEARS;
use super::{Card, Outcome, Reason, VerdictRecord};
use crate::labels::Axis;
use crate::model::Model;

/// The split economy that C20 is about.
pub(super) const CHINA: &str = "CHN";

/// Economies whose parts are known: the whole, the ordinary part, the processing part.
const KNOWN: [[&str; 3]; 2] = [[CHINA, "CN1", "CN2"], ["MEX", "MX1", "MX2"]];

/// What the parts are, in words.
pub(super) const GUIDE: &str = "OECD's guide: CN1 is China's activities excluding export processing, CN2 its export processing; MX1 is \
     Mexico's activities excluding global manufacturing, MX2 its global manufacturing";

/// A part of a split economy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Everything but processing: what is made for use at home, and exports of it.
    Ordinary,
    /// Export processing.
    Processing,
}

impl Kind {
    /// In one word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Processing => "processing",
        }
    }
}

/// What is made for one use, and what of it is own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Made {
    /// What buyers pay: exports, or domestic products in final demand at home.
    pub(super) sold: f64,
    /// Own value added in it, v L.
    pub(super) value_added: f64,
    /// Imports in it, a^M L: counted by themselves, not as what value added leaves.
    pub(super) imports: f64,
    /// Own jobs in it; NaN where those of some industry are not known.
    pub(super) jobs: f64,
}

impl Made {
    /// Cents of own value added a dollar.
    pub(super) fn cents(&self) -> f64 {
        100.0 * self.value_added / self.sold
    }
}

/// A split economy whose parts are known, in one year.
#[derive(Debug, Clone)]
pub(super) struct SplitFacts {
    /// The economy on the axis of the table.
    pub(super) economy: usize,
    processing: &'static str,
    /// L = (I − A_home)⁻¹ over all rows of the economy, (n, n).
    local_leontief: DMatrix<f64>,
}

impl SplitFacts {
    /// Every economy of a table that has known parts.
    ///
    /// # Errors
    /// A singular domestic block; `name` says of which table.
    pub(super) fn of(model: &Model, name: &str) -> Result<Vec<Self>, ClaimError> {
        let axis = model.axis();
        let inputs = model.system().input_coefficients();
        let mut all = Vec::new();
        for economy in 0..axis.n_economies() {
            let Some(processing) = processing_part(axis, economy) else { continue };
            let home = axis.block(economy);
            let coefficients =
                DMatrix::from_fn(home.len(), home.len(), |i, j| inputs.get(home.start + i, home.start + j));
            let whose = format!("{} in {name}", axis.economies()[economy]);
            all.push(Self { economy, processing, local_leontief: local_inverse(&whose, coefficients)? });
        }
        Ok(all)
    }

    /// Which part a row of the economy belongs to.
    pub(super) fn kind(&self, facts: &WorldFacts, row: usize) -> Kind {
        if facts.axis.member_of(row) == self.processing { Kind::Processing } else { Kind::Ordinary }
    }

    /// Own value added in a unit that each row of the economy sells, (n): v L.
    pub(super) fn own_content(&self, facts: &WorldFacts) -> Vec<f64> {
        self.content(facts, |row| facts.value_added_share[row])
    }

    /// The same with what comes back in imports, (n): v_s B_ss.
    pub(super) fn own_content_with_returns(&self, facts: &WorldFacts) -> Vec<f64> {
        facts.axis.block(self.economy).map(|row| facts.value_added_by_origin[(self.economy, row)]).collect()
    }

    /// a' L of an amount `a` in a unit of output of each row of the economy.
    fn content(&self, facts: &WorldFacts, amount: impl Fn(usize) -> f64) -> Vec<f64> {
        let amounts: Vec<f64> = facts.axis.block(self.economy).map(amount).collect();
        self.local_leontief
            .column_iter()
            .map(|column| column.iter().zip(&amounts).map(|(inverse, amount)| inverse * amount).sum())
            .collect()
    }

    /// All that is made for one use: `sold` by row.
    fn made(&self, facts: &WorldFacts, sold: impl Fn(usize) -> f64) -> Made {
        let sold: Vec<f64> = facts.axis.block(self.economy).map(sold).collect();
        let in_it =
            |content: &[f64]| -> f64 { sold.iter().zip(content).map(|(sold, part)| sold * part).sum() };
        let imported = |row: usize| -> f64 {
            (0..facts.axis.n_economies())
                .filter(|&t| t != self.economy)
                .map(|t| facts.inputs_by_origin[(t, row)])
                .sum()
        };
        let jobs = facts.satellite(JOBS).map_or(f64::NAN, |jobs| {
            // A row without output has no jobs in anybody's purchases.
            let per_output = |row: usize| {
                let output = facts.gross_output[row];
                if output > 0.0 { jobs[row] / output } else { 0.0 }
            };
            in_it(&self.content(facts, per_output))
        });
        Made {
            sold: sold.iter().sum(),
            value_added: in_it(&self.own_content(facts)),
            imports: in_it(&self.content(facts, imported)),
            jobs,
        }
    }

    /// Exports of one part.
    pub(super) fn exports(&self, facts: &WorldFacts, kind: Kind) -> Made {
        self.made(facts, |row| if self.kind(facts, row) == kind { exports(facts, row) } else { 0.0 })
    }

    /// What final demand at home buys of domestic products.
    pub(super) fn at_home(&self, facts: &WorldFacts) -> Made {
        self.made(facts, |row| facts.final_demand[(row, self.economy)])
    }

    /// (content, exports) of one part by sector, `content` being that of a unit of each row of the economy.
    pub(super) fn by_sector(&self, facts: &WorldFacts, kind: Kind, content: &[f64]) -> Vec<(f64, f64)> {
        let mut sums = vec![(0.0, 0.0); facts.axis.n_sectors()];
        for (row, part) in facts.axis.block(self.economy).zip(content) {
            if self.kind(facts, row) == kind {
                let sold = exports(facts, row);
                let (own, all) = &mut sums[facts.axis.sector_of(row)];
                *own += part * sold;
                *all += sold;
            }
        }
        sums
    }
}

/// The name of the processing part of an economy with known parts; nothing of any other.
fn processing_part(axis: &Axis, economy: usize) -> Option<&'static str> {
    let [whole, ordinary, processing] =
        KNOWN.into_iter().find(|[whole, ..]| *whole == axis.economies()[economy])?;
    let has = |name: &str| axis.block(economy).any(|row| axis.member_of(row) == name);
    let known = axis.block(economy).all(|row| [whole, ordinary, processing].contains(&axis.member_of(row)));
    (known && has(processing) && (has(ordinary) || has(whole))).then_some(processing)
}

/// A split economy in one year of a series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Apart<'a> {
    pub(super) year: i32,
    pub(super) world: &'a WorldFacts,
    pub(super) split: &'a SplitFacts,
}

/// Economy `s` of a series in every year, when each tells its parts and both export.
pub(super) fn apart(series: &Series, s: usize) -> Option<Vec<Apart<'_>>> {
    series
        .years
        .iter()
        .map(|facts| {
            let world = facts.world.as_ref()?;
            let position = series.on_axis(world, s)?;
            let split = world.splits.iter().find(|split| split.economy == position)?;
            let both = [Kind::Ordinary, Kind::Processing]
                .into_iter()
                .all(|kind| split.exports(world, kind).sold > 0.0);
            both.then_some(Apart { year: facts.year, world, split })
        })
        .collect()
}

/// Positions of the economies of a series whose parts are told apart.
pub(super) fn split_economies(series: &Series) -> Vec<usize> {
    series.judged().into_iter().filter(|&s| apart(series, s).is_some()).collect()
}

/// Series that have the parts asked for, in enough years, and why the others are not used; nothing when none has them.
pub(super) fn with_parts(
    data: &ClaimData,
    has: impl Fn(&Series) -> bool,
) -> Option<(Vec<&Series>, Vec<String>)> {
    let (mut usable, mut unfit) = (Vec::new(), Vec::new());
    let mut some = false;
    for series in &data.series {
        if !has(series) {
            unfit.push(format!("{}: no parts of a split economy are told apart", series.name));
            continue;
        }
        some = true;
        match series.usable(FEWEST_YEARS) {
            Ok(()) => usable.push(series),
            Err(why) => unfit.push(why),
        }
    }
    some.then_some((usable, unfit))
}

/// No verdict without tables whose parts are told apart: what is missing, and what is loaded that does not help.
pub(super) fn waits(card: &'static Card, reason: Reason, data: &ClaimData, missing: &str) -> Outcome {
    let loaded: Vec<String> = data
        .series
        .iter()
        .filter(|series| !series.united.is_empty())
        .map(|series| format!("{} of {}", series.united.join(" and "), series.name))
        .collect();
    let unused = if loaded.is_empty() {
        String::new()
    } else {
        format!(" (loaded and not used: {})", loaded.join(" and "))
    };
    let mut record = VerdictRecord::undetermined(card, reason, "");
    record.reason = match reason {
        Reason::Causal => {
            format!(
                "{} a causal question, of which nothing is computed{unused}: would need {missing}",
                reason.code()
            )
        }
        _ => format!("{reason}{unused}: would need {missing}"),
    };
    Outcome::bare(record)
}
