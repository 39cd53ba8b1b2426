//! Why did the import content of exports change: technology, domestic sourcing or the mix of exports?
//!
//! Exact Shapley decomposition over all orderings, with the band over orderings. It attributes; it does not explain.

use nalgebra::{DMatrix, DVector};

use super::account::{NationalAccount, local_inverse};
use super::error::ClaimError;
use crate::stats::{Attribution, StatsError, shapley};

/// The factors, in the order of the contributions.
pub const FACTORS: [&str; 3] = ["technology", "sourcing", "mix"];

/// A change of the import content of exports, attributed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sourcing {
    /// Share before.
    pub before: f64,
    /// Share after.
    pub after: f64,
    /// Mean over orderings, in the order of [`FACTORS`].
    pub mean: [f64; 3],
    /// Smallest over orderings.
    pub min: [f64; 3],
    /// Largest over orderings.
    pub max: [f64; 3],
    /// Part due to prices; zero when no tables in previous-year prices were used.
    pub prices: f64,
}

impl Sourcing {
    /// The change that is attributed.
    pub fn total(&self) -> f64 {
        self.after - self.before
    }
}

/// What would the import content of exports be with some factors of one year and the others of another?
///
/// ```text
/// VS(T, D, m) = Σ_{i imported} [ T ∘ (1 − D) (I − T ∘ D)⁻¹ m ]_i
///                               (N,N)        (N,N)        (N)
/// T  total input coefficients, home and abroad       D  domestic share of each input       m  mix of exports, sums to 1
/// ```
/// `D` is not defined where an input is not used; there the other year's share stands in, so that a new input counts as
/// technology.
///
/// # Errors
/// A singular mixture of two years; an economy without exports.
///
/// # Cost
/// Eight N x N solves.
///
/// # Source
/// Dietzenbacher and Los (1998) <https://doi.org/10.1080/09535319800000023> for the orderings; Pei et al. (2012) for the
/// split of import ratios from technology.
pub fn decompose(
    before: &NationalAccount,
    after: &NationalAccount,
    imported: &[bool],
    exporting: &[bool],
    name: &str,
) -> Result<Sourcing, ClaimError> {
    let attribution = attribute(before, after, imported, exporting, name)?;
    Ok(of_attribution(&attribution))
}

fn of_attribution(attribution: &Attribution) -> Sourcing {
    let of = |pick: fn(&crate::stats::Contribution) -> f64| {
        std::array::from_fn(|factor| pick(&attribution.contributions[factor]))
    };
    Sourcing {
        before: attribution.before,
        after: attribution.after,
        mean: of(|c| c.mean),
        min: of(|c| c.min),
        max: of(|c| c.max),
        prices: 0.0,
    }
}

fn attribute(
    before: &NationalAccount,
    after: &NationalAccount,
    imported: &[bool],
    exporting: &[bool],
    name: &str,
) -> Result<Attribution, ClaimError> {
    let ((t0, d0), (t1, d1)) = (before.technology_and_sourcing(), after.technology_and_sourcing());
    let either = |mine: &DMatrix<f64>, other: &DMatrix<f64>| {
        // Used in neither year: any share does, nothing is bought.
        mine.zip_map(other, |a, b| {
            if !a.is_nan() {
                a
            } else if !b.is_nan() {
                b
            } else {
                1.0
            }
        })
    };
    let (d0, d1) = (either(&d0, &d1), either(&d1, &d0));
    let (m0, m1) = (mix(before, exporting), mix(after, exporting));
    shapley(FACTORS.len(), |changed| {
        let technology = changed.pick(0, &t0, &t1);
        let sourcing = changed.pick(1, &d0, &d1);
        let mix = changed.pick(2, &m0, &m1);
        let inverse = local_inverse(name, technology.component_mul(sourcing))?;
        let produced = inverse * mix;
        let bought = technology.zip_map(sourcing, |t, d| t * (1.0 - d)) * produced;
        Ok::<f64, ClaimError>(
            bought.iter().zip(imported).filter(|(_, counted)| **counted).map(|(value, _)| value).sum(),
        )
    })
}

fn mix(account: &NationalAccount, exporting: &[bool]) -> DVector<f64> {
    let total: f64 = account.exports.iter().zip(exporting).filter(|(_, is)| **is).map(|(e, _)| e).sum();
    DVector::from_iterator(
        account.exports.len(),
        account.exports.iter().zip(exporting).map(|(e, is)| if *is { e / total } else { 0.0 }),
    )
}

/// The same in prices of the year before: each year against its predecessor, added up; what is left between the two
/// price bases of a year is the part of prices.
///
/// `chain` holds, for each year after the first, the account before, the account in prices of the year before, and the
/// account in current prices.
///
/// # Errors
/// As [`decompose`].
pub fn decompose_in_previous_year_prices(
    chain: &[(&NationalAccount, &NationalAccount, &NationalAccount)],
    imported: &[bool],
    exporting: &[bool],
    name: &str,
) -> Result<Sourcing, ClaimError> {
    let share = |account: &NationalAccount| {
        let (content, exports) = account.import_content(imported, exporting);
        content / exports
    };
    let mut sum = Sourcing {
        before: chain.first().map_or(f64::NAN, |link| share(link.0)),
        after: chain.last().map_or(f64::NAN, |link| share(link.2)),
        mean: [0.0; 3],
        min: [0.0; 3],
        max: [0.0; 3],
        prices: 0.0,
    };
    for (before, in_old_prices, current) in chain {
        let link = decompose(before, in_old_prices, imported, exporting, name)?;
        for factor in 0..FACTORS.len() {
            sum.mean[factor] += link.mean[factor];
            sum.min[factor] += link.min[factor];
            sum.max[factor] += link.max[factor];
        }
        sum.prices += share(current) - share(in_old_prices);
    }
    Ok(sum)
}

impl From<StatsError> for ClaimError {
    fn from(error: StatsError) -> Self {
        Self::Stats { claim: "statistics".into(), error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(domestic: f64, imported: f64, exports: [f64; 2]) -> NationalAccount {
        let z = |v: f64| DMatrix::from_row_slice(2, 2, &[v, 0.5 * v, 0.2 * v, v]);
        NationalAccount::new("X", vec![100.0, 80.0], exports.to_vec(), z(domestic), z(imported)).unwrap()
    }

    #[test]
    fn contributions_add_up_to_the_change_of_vertical_specialisation() {
        let (a, b) = (account(20.0, 10.0, [30.0, 10.0]), account(12.0, 19.0, [10.0, 25.0]));
        let all = [true, true];
        let result = decompose(&a, &b, &all, &all, "X").unwrap();
        for (account, share) in [(&a, result.before), (&b, result.after)] {
            let (content, exports) = account.import_content(&all, &all);
            assert!((content / exports - share).abs() < 1e-14);
        }
        assert!((result.mean.iter().sum::<f64>() - result.total()).abs() < 1e-14);
        for factor in 0..3 {
            assert!(result.min[factor] <= result.mean[factor] && result.mean[factor] <= result.max[factor]);
        }
    }

    #[test]
    fn each_factor_alone_takes_the_whole_change() {
        let all = [true, true];
        let share = |domestic, imported| account(domestic, imported, [30.0, 10.0]);
        // The same total inputs, more of them from abroad.
        let only_sourcing = decompose(&share(20.0, 10.0), &share(15.0, 15.0), &all, &all, "X").unwrap();
        assert!((only_sourcing.mean[1] - only_sourcing.total()).abs() < 1e-14);
        // All inputs half as much again, in equal parts.
        let only_technology = decompose(&share(20.0, 10.0), &share(30.0, 15.0), &all, &all, "X").unwrap();
        assert!((only_technology.mean[0] - only_technology.total()).abs() < 1e-14);
        let other_mix =
            decompose(&share(20.0, 10.0), &account(20.0, 10.0, [10.0, 30.0]), &all, &all, "X").unwrap();
        assert!((other_mix.mean[2] - other_mix.total()).abs() < 1e-14 && other_mix.total().abs() > 1e-3);
    }

    #[test]
    fn a_price_that_doubles_is_told_as_price_when_the_price_table_is_there() {
        let all = [true, true];
        let before = account(20.0, 10.0, [30.0, 10.0]);
        // Nothing but the price of the first product changes: its rows double.
        let current = before.deflated("X", &[0.5, 1.0]).unwrap();
        let link = [(&before, &before, &current)];
        let chained = decompose_in_previous_year_prices(&link, &all, &all, "X").unwrap();
        assert!(chained.mean.iter().all(|part| part.abs() < 1e-14));
        assert!((chained.prices - chained.total()).abs() < 1e-14 && chained.prices.abs() > 1e-3);
    }
}
