//! Exact attribution of a change to its factors, over all orderings.
//!
//! When y = f(a, b, c) moves, how much is due to each argument depends on the order in which they are changed. This
//! averages over all orders and says how far they disagree. It knows factors by number only; what they are (technology,
//! sourcing, export mix) is the caller's business.

use serde::{Deserialize, Serialize};

use super::error::{StatsError, require_finite, require_observations};

/// Most factors: 2⁸ = 256 evaluations stand for 40 320 orderings.
pub const MOST_FACTORS: usize = 8;

/// Which factors have their new value: bit i for factor i.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Changed(u32);

impl Changed {
    /// Does factor `i` have its new value?
    #[must_use]
    pub const fn contains(self, i: usize) -> bool {
        self.0 >> i & 1 == 1
    }

    /// `after` if factor `i` has its new value, `before` if not.
    #[must_use]
    pub const fn pick<'a, T: ?Sized>(self, i: usize, before: &'a T, after: &'a T) -> &'a T {
        if self.contains(i) { after } else { before }
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }
}

/// What one factor contributed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contribution {
    /// Mean over all orderings: the Shapley value.
    pub mean: f64,
    /// Smallest over orderings.
    pub min: f64,
    /// Largest over orderings.
    pub max: f64,
    /// Contribution when this factor changes first.
    pub first: f64,
    /// Contribution when this factor changes last.
    pub last: f64,
}

/// Attribution of one change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attribution {
    /// f with every factor at its old value.
    pub before: f64,
    /// f with every factor at its new value.
    pub after: f64,
    /// One entry for each factor.
    pub contributions: Vec<Contribution>,
}

impl Attribution {
    /// `after − before`; the means of the contributions add up to it.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.after - self.before
    }
}

/// How much of `f(after) − f(before)` is due to each of `factors` factors?
///
/// ```text
/// φ_i = Σ over S not holding i of  |S|! (k − |S| − 1)! / k!  ·  [f(S ∪ i) − f(S)]
/// ```
/// The mean over all k! orderings. An ordering enters factor i's contribution only through the set S changed before it,
/// so min and max over the 2^{k−1} sets are min and max over orderings.
///
/// # Assumptions
/// Factors can be set independently of each other. The weights are symmetric, not causal.
///
/// # Errors
/// [`StatsError::TooManyFactors`] above [`MOST_FACTORS`], [`StatsError::TooFewObservations`] for no factor,
/// [`StatsError::NotFinite`] when `f` is not finite (position = the bits of the subset), and whatever `f` returns.
///
/// # Cost
/// 2^k evaluations of `f`, each subset once, in increasing order of bits.
///
/// # Source
/// Shapley (1953); Dietzenbacher & Los (1998) doi:10.1080/09535319800000023 for the orderings of a structural
/// decomposition.
///
/// # Example
/// ```
/// use vadex::stats::{StatsError, shapley};
/// // price 2 → 3, quantity 10 → 14: the joint part 1 · 4 is shared equally.
/// let a = shapley(2, |s| Ok::<f64, StatsError>(s.pick(0, &2.0, &3.0) * s.pick(1, &10.0, &14.0)))?;
/// assert!((a.contributions[0].mean - 12.0).abs() < 1e-12 && (a.contributions[1].mean - 10.0).abs() < 1e-12);
/// # Ok::<(), StatsError>(())
/// ```
pub fn shapley<E, F>(factors: usize, mut f: F) -> Result<Attribution, E>
where
    E: From<StatsError>,
    F: FnMut(Changed) -> Result<f64, E>,
{
    let mut outputs = shapley_many(factors, |changed| Ok::<_, E>(vec![f(changed)?]))?;
    // One output asked for, one returned: `shapley_many` keeps the number of outputs.
    Ok(outputs.swap_remove(0))
}

/// As [`shapley`], for several outputs computed together: one attribution for each.
///
/// # Errors
/// As [`shapley`], and [`StatsError::LengthMismatch`] when `f` changes the number of outputs or returns none.
pub fn shapley_many<E, F>(factors: usize, mut f: F) -> Result<Vec<Attribution>, E>
where
    E: From<StatsError>,
    F: FnMut(Changed) -> Result<Vec<f64>, E>,
{
    require_observations("factors", 1, factors)?;
    if factors > MOST_FACTORS {
        return Err(StatsError::TooManyFactors { limit: MOST_FACTORS, found: factors }.into());
    }
    let mut values: Vec<Vec<f64>> = Vec::with_capacity(1 << factors);
    for bits in 0..1_u32 << factors {
        let value = f(Changed(bits))?;
        let expected = values.first().map_or(value.len().max(1), Vec::len);
        super::error::require_length("outputs of a subset", expected, value.len())?;
        if require_finite("value of a subset", &value).is_err() {
            return Err(StatsError::NotFinite {
                what: "value of a subset".to_owned(),
                position: bits as usize,
                value: value.into_iter().find(|v| !v.is_finite()).unwrap_or(f64::NAN),
            }
            .into());
        }
        values.push(value);
    }
    let full = values.len() - 1;
    Ok((0..values[0].len())
        .map(|output| Attribution {
            before: values[0][output],
            after: values[full][output],
            contributions: (0..factors)
                .map(|i| contribution(factors, i, |bits| values[bits][output]))
                .collect(),
        })
        .collect())
}

fn contribution(factors: usize, i: usize, value: impl Fn(usize) -> f64) -> Contribution {
    let own = 1_usize << i;
    let others = ((1_usize << factors) - 1) & !own;
    let (mut mean, mut min, mut max) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
    for set in (0..1_usize << factors).filter(|s| s & own == 0) {
        let step = value(set | own) - value(set);
        mean += step * ordering_share(factors, set.count_ones() as usize);
        min = min.min(step);
        max = max.max(step);
    }
    Contribution { mean, min, max, first: value(own) - value(0), last: value(others | own) - value(others) }
}

/// `s! (k − s − 1)! / k!` = 1 / (k · C(k − 1, s)): the share of orderings in which a given set of size s goes before i.
fn ordering_share(factors: usize, size: usize) -> f64 {
    let choose = (0..size).fold(1.0, |c, j| c * (factors - 1 - j) as f64 / (j + 1) as f64);
    1.0 / (factors as f64 * choose)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<f64, StatsError>;

    /// A function with interactions of every order and no symmetry.
    fn tangled(x: &[f64]) -> f64 {
        let product: f64 = x.iter().product();
        let alternating: f64 = x.iter().enumerate().map(|(i, v)| v.powi(i as i32 + 1)).sum();
        product.exp() + alternating / (1.0 + x[0] * x[0])
    }

    fn run(before: &[f64], after: &[f64]) -> Attribution {
        shapley(before.len(), |s| -> Outcome {
            let x: Vec<f64> = (0..before.len()).map(|i| *s.pick(i, &before[i], &after[i])).collect();
            Ok(tangled(&x))
        })
        .unwrap()
    }

    /// The definition: walk through every ordering.
    fn by_orderings(before: &[f64], after: &[f64]) -> Vec<(f64, f64, f64)> {
        fn walk(rest: &[usize], done: Vec<usize>, all: &mut Vec<Vec<usize>>) {
            if rest.is_empty() {
                all.push(done);
                return;
            }
            for &next in rest {
                let others: Vec<usize> = rest.iter().copied().filter(|&i| i != next).collect();
                let mut longer = done.clone();
                longer.push(next);
                walk(&others, longer, all);
            }
        }
        let k = before.len();
        let mut orders = Vec::new();
        walk(&(0..k).collect::<Vec<_>>(), Vec::new(), &mut orders);
        let mut out = vec![(0.0, f64::INFINITY, f64::NEG_INFINITY); k];
        for order in &orders {
            let mut x = before.to_vec();
            for &i in order {
                let old = tangled(&x);
                x[i] = after[i];
                let step = tangled(&x) - old;
                out[i].0 += step / orders.len() as f64;
                out[i].1 = out[i].1.min(step);
                out[i].2 = out[i].2.max(step);
            }
        }
        out
    }

    const BEFORE: [f64; 5] = [0.3, 1.1, 0.5, -0.2, 0.9];
    const AFTER: [f64; 5] = [0.7, 0.8, 0.9, 0.4, 1.2];

    #[test]
    fn subsets_give_the_same_mean_min_and_max_as_all_orderings() {
        for k in 1..=5 {
            let a = run(&BEFORE[..k], &AFTER[..k]);
            for (c, (mean, min, max)) in a.contributions.iter().zip(by_orderings(&BEFORE[..k], &AFTER[..k])) {
                assert!((c.mean - mean).abs() < 1e-13, "{k}: {c:?} {mean}");
                assert!((c.min - min).abs() < 1e-13 && (c.max - max).abs() < 1e-13, "{k}: {c:?} {min} {max}");
                assert!(c.min <= c.first && c.first <= c.max && c.min <= c.last && c.last <= c.max);
            }
        }
    }

    #[test]
    fn contributions_add_to_the_total_change() {
        for k in 1..=5 {
            let a = run(&BEFORE[..k], &AFTER[..k]);
            let sum: f64 = a.contributions.iter().map(|c| c.mean).sum();
            assert!((sum - a.total()).abs() < 1e-13 * a.after.abs(), "{k}");
        }
    }

    #[test]
    fn renumbering_the_factors_renumbers_the_contributions() {
        let turn = [2, 0, 3, 1];
        let plain = shapley(4, |s| -> Outcome { Ok((s.bits() as f64).powf(1.3)) }).unwrap();
        let turned = shapley(4, |s| -> Outcome {
            let bits: u32 = (0..4).map(|i| u32::from(s.contains(i)) << turn[i]).sum();
            Ok(f64::from(bits).powf(1.3))
        })
        .unwrap();
        for (i, &original) in turn.iter().enumerate() {
            let (a, b) = (turned.contributions[i], plain.contributions[original]);
            assert!((a.mean - b.mean).abs() < 1e-13 && (a.max - b.max).abs() < 1e-13);
        }
    }

    #[test]
    fn additive_functions_have_no_spread_and_idle_factors_get_nothing() {
        let a = shapley(3, |s| -> Outcome {
            Ok(f64::from(u8::from(s.contains(0))) * 4.0 + f64::from(u8::from(s.contains(1))))
        })
        .unwrap();
        for (c, expected) in a.contributions.iter().zip([4.0, 1.0, 0.0]) {
            assert!((c.mean - expected).abs() < 1e-15 && (c.max - c.min).abs() < 1e-15);
        }
    }

    #[test]
    fn each_subset_is_evaluated_once_and_outputs_stay_apart() {
        let mut calls = Vec::new();
        let many = shapley_many(3, |s| {
            calls.push(s.bits());
            let b = f64::from(s.bits());
            Ok::<_, StatsError>(vec![b, b * b])
        })
        .unwrap();
        assert_eq!(calls, (0..8).collect::<Vec<_>>());
        let alone = shapley(3, |s| -> Outcome { Ok(f64::from(s.bits()).powi(2)) }).unwrap();
        assert_eq!(many[1], alone);
    }

    #[test]
    fn too_many_factors_no_factor_and_undefined_values_are_refused() {
        assert_eq!(
            shapley(9, |_| -> Outcome { Ok(0.0) }),
            Err(StatsError::TooManyFactors { limit: 8, found: 9 })
        );
        assert!(shapley(0, |_| -> Outcome { Ok(0.0) }).is_err());
        assert!(matches!(
            shapley(2, |s| -> Outcome { Ok(if s.bits() == 2 { f64::NAN } else { 0.0 }) }),
            Err(StatsError::NotFinite { position: 2, .. })
        ));
        assert!(shapley_many(1, |s| Ok::<_, StatsError>(vec![0.0; 1 + s.bits() as usize])).is_err());
        assert!(shapley_many(1, |_| Ok::<_, StatsError>(Vec::new())).is_err());
        assert_eq!(shapley(8, |s| -> Outcome { Ok(f64::from(s.bits())) }).unwrap().contributions.len(), 8);
    }
}
