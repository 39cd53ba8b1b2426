//! Average propagation lengths: through how many rounds, on average, a push in one industry reaches another.

use nalgebra::DMatrix;

use super::sources::DIETZENBACHER_ROMERO_2007;
use super::units::{Rows, sector_labels};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, flows};
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
/// The global inverse and one product of its size (less for named economies, sectors and partners): 4 n³ flops. n² rows of
/// output, which [`Indicator::run_pieces`](super::Indicator) hands over a few hundred suppliers at a time.
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
        flows("partner_sector", Key, "industry that uses, in the economy `partner`"),
        flows("apl", Pure, "rounds from the row's industry to the user; empty where the user is not reached"),
    ],
    cautions: &["n² rows: name economies, partners or sectors for large tables"],
    cost: "global inverse and a product of its size: O(4 n³)",
    takes_satellites: true,
};

/// Supplying rows whose products are formed together: the piece in which a result is handed over.
const SUPPLIERS: usize = 256;

/// The lengths from some supplying rows to all using rows that are wanted.
fn piece(model: &Model, inverse: &DMatrix<f64>, from: &[usize], to: &[usize]) -> Reading {
    let axis = model.axis();
    // (B − I) B = B (B − I): rows of the left side need rows of B − I alone.
    let mut rounds = inverse.select_rows(from);
    for (position, &row) in from.iter().enumerate() {
        rounds[(position, row)] -= 1.0;
    }
    let weighted = if to.len() == axis.n_rows() {
        dense::multiply(rounds.as_view(), inverse.as_view())
    } else {
        dense::multiply(rounds.as_view(), inverse.select_columns(to).as_view())
    };
    let pairs = || (0..from.len()).flat_map(|i| (0..to.len()).map(move |j| (i, j)));
    let lengths = pairs()
        .map(|(i, j)| match rounds[(i, to[j])] {
            reached if reached.abs() > NOT_REACHED => weighted[(i, j)] / reached,
            _ => f64::NAN,
        })
        .collect();
    let economies = |rows: &mut dyn Iterator<Item = usize>| {
        Column::labels(axis.economies(), rows.map(|row| axis.economy_of(row) as u32).collect())
    };
    let keys = super::units::year_column(model.description().year, from.len() * to.len())
        .with("economy", Key, economies(&mut pairs().map(|(i, _)| from[i])))
        .with("sector", Key, sector_labels(axis, pairs().map(|(i, _)| from[i])))
        .with("partner", Key, economies(&mut pairs().map(|(_, j)| to[j])));
    let columns = vec![sector_labels(axis, pairs().map(|(_, j)| to[j])), Column::Number(lengths)];
    Reading::of(&PROFILE, keys, columns)
}

/// Supplying and using rows of a request.
fn ends(model: &Model, request: &Request) -> (Vec<usize>, Vec<usize>) {
    let axis = model.axis();
    let to = (0..axis.n_rows())
        .filter(|&row| request.partners.is_empty() || request.partners.contains(&axis.economy_of(row)))
        .collect();
    (Rows::of(model, request).indices().to_vec(), to)
}

impl Indicator for PropagationLength {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn needs_inverse(&self) -> bool {
        true
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let (from, to) = ends(model, request);
        Ok(piece(model, model.system().global_leontief()?, &from, &to))
    }

    fn compute_pieces(
        &self,
        model: &Model,
        _level: Level,
        request: &Request,
        take: &mut dyn FnMut(Reading),
    ) -> Result<(), IndicatorError> {
        let (from, to) = ends(model, request);
        let inverse = model.system().global_leontief()?;
        from.chunks(SUPPLIERS).for_each(|from| take(piece(model, inverse, from, &to)));
        Ok(())
    }
}
