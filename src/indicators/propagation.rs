//! Average propagation lengths: through how many rounds, on average, a push in one industry reaches another.

use super::sources::DIETZENBACHER_ROMERO_2007;
use super::units::{Rows, sector_labels};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, note};
use crate::frame::Column;
use crate::frame::Measure::{Key, Pure};
use crate::kernel::dense;
use crate::model::Model;

/// Size of b_ij − δ_ij below which an industry is not reached at all and a mean number of rounds has no meaning:
/// rounding in an inverse with elements of order one.
pub const NOT_REACHED: f64 = 1e-14;

/// In how many rounds does a push in one industry reach another?
///
/// ```text
/// APL_ij = [B (B − I)]_ij / (B − I)_ij = Σ_k k [A^k]_ij / Σ_k [A^k]_ij
/// ```
/// # Terms
/// `apl`, keyed by the supplying row (`economy sector`) and the using row (`partner partner_sector`).
/// # Assumptions
/// The same from the demand side (A) and the cost side (D): the lengths are equal.
/// # Cost
/// The global inverse and one product of its size: 4 n³ flops, three n x n matrices. n² rows of output.
/// # Differences
/// Empty where (B − I)_ij is below [`NOT_REACHED`]: the user is not reached.
/// # Source
/// Dietzenbacher and Romero (2007), <https://doi.org/10.1177/0160017607305366>, after Dietzenbacher, Romero and Bosma
/// (2005).
pub struct PropagationLength;

static PROFILE: Profile = Profile {
    id: "apl",
    family: Family::Position,
    question: "In how many rounds, on average, does a push in one industry reach another?",
    equation: "APL_ij = [B (B − I)]_ij / (B − I)_ij",
    citations: &[DIETZENBACHER_ROMERO_2007],
    levels: &[Level::BilateralSector],
    columns: &[
        note("partner_sector", Key, "industry that uses, in the economy `partner`"),
        note("apl", Pure, "rounds from the row's industry to the user; empty where the user is not reached"),
    ],
    cautions: &["n² rows: name economies, partners or sectors for large tables"],
    cost: "global inverse and a product of its size: O(4 n³)",
    takes_satellites: true,
};

impl Indicator for PropagationLength {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn needs_inverse(&self) -> bool {
        true
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let axis = model.axis();
        let inverse = model.system().global_leontief()?;
        let mut rounds = inverse.clone();
        for i in 0..axis.n_rows() {
            rounds[(i, i)] -= 1.0;
        }
        let from = Rows::of(model, request);
        let to: Vec<usize> = (0..axis.n_rows())
            .filter(|&row| request.partners.is_empty() || request.partners.contains(&axis.economy_of(row)))
            .collect();
        let weighted = dense::multiply(inverse.as_view(), rounds.as_view());
        let pairs = || from.indices().iter().flat_map(|&i| to.iter().map(move |&j| (i, j)));
        let lengths = pairs()
            .map(|(i, j)| match rounds[(i, j)] {
                reached if reached.abs() > NOT_REACHED => weighted[(i, j)] / reached,
                _ => f64::NAN,
            })
            .collect();
        let economies = |pick: fn((usize, usize)) -> usize| {
            Column::labels(axis.economies(), pairs().map(|pair| axis.economy_of(pick(pair)) as u32).collect())
        };
        let keys = super::units::year_column(model.description().year, from.indices().len() * to.len())
            .with("economy", Key, economies(|pair| pair.0))
            .with("sector", Key, sector_labels(axis, pairs().map(|pair| pair.0)))
            .with("partner", Key, economies(|pair| pair.1));
        let columns = vec![sector_labels(axis, pairs().map(|pair| pair.1)), Column::Number(lengths)];
        Ok(Reading::of(&PROFILE, keys, columns))
    }
}
