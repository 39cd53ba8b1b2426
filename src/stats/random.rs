//! Seeded random draws that do not depend on the number of threads.
//!
//! Draw `d` of a procedure with seed `s` reads ChaCha8 stream `d` of key `s`, so each draw has its own source and may be
//! computed on any thread in any order. Indices, normals and gammas are made here from raw bits, so a new release of
//! `rand` cannot change published numbers. This file resamples nothing and tests nothing.
//!
//! # Source
//! Marsaglia & Tsang (2000), *ACM Transactions on Mathematical Software* 26(3), for the gamma.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::error::{StatsError, require_finite, require_observations, require_range};

/// Draws that one rayon task handles at least: below this, handing over work costs more than the work.
const DRAWS_PER_TASK: usize = 128;

/// The generator of one draw.
pub(super) type DrawRng = ChaCha8Rng;

/// A seed for one labelled piece of work (a unit, a specification), so that pieces do not share random numbers.
///
/// FNV-1a of the label, mixed with `seed`; stable across platforms and releases.
#[must_use]
pub fn seed_for(seed: u64, label: &str) -> u64 {
    let hash = label
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
    // SplitMix64 finaliser: neighbouring seeds and labels end far apart.
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ hash;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Runs `draw` for 0..`draws` in parallel, in order, each with its own stream and a reusable scratch value.
pub(super) fn par_draws<S, T, I, F>(draws: usize, seed: u64, scratch: I, draw: F) -> Vec<T>
where
    T: Send,
    I: Fn() -> S + Sync + Send,
    F: Fn(&mut S, &mut DrawRng, usize) -> T + Sync + Send,
{
    let base = DrawRng::seed_from_u64(seed);
    (0..draws)
        .into_par_iter()
        .with_min_len(DRAWS_PER_TASK)
        .map_init(scratch, |state, index| {
            let mut rng = base.clone();
            rng.set_stream(index as u64);
            draw(state, &mut rng, index)
        })
        .collect()
}

/// The generator of draw `index` under `seed`.
pub(super) fn stream(seed: u64, index: u64) -> DrawRng {
    let mut rng = DrawRng::seed_from_u64(seed);
    rng.set_stream(index);
    rng
}

/// A uniform index in 0..`count` (bias below `count` / 2³²).
pub(super) fn index_below(rng: &mut DrawRng, count: usize) -> usize {
    ((u64::from(rng.next_u32()) * count as u64) >> 32) as usize
}

/// A uniform number in the open unit interval.
pub(super) fn unit_open(rng: &mut DrawRng) -> f64 {
    ((rng.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// A standard normal number (Marsaglia's polar method, second value discarded).
pub(super) fn standard_normal(rng: &mut DrawRng) -> f64 {
    loop {
        let u = 2.0 * unit_open(rng) - 1.0;
        let v = 2.0 * unit_open(rng) - 1.0;
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            return u * (-2.0 * s.ln() / s).sqrt();
        }
    }
}

/// Logarithm of a gamma number with unit scale. The logarithm survives shapes so small that the number itself is zero.
fn ln_gamma_draw(rng: &mut DrawRng, shape: f64) -> f64 {
    if shape < 1.0 {
        let boost = unit_open(rng).ln() / shape;
        return ln_gamma_draw(rng, shape + 1.0) + boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = standard_normal(rng);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && unit_open(rng).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return (d * v).ln();
        }
    }
}

/// Random points of the simplex: which weights are plausible around a prior, at a given concentration?
///
/// ```text
/// w = g / Σ g,   g_i ~ Gamma(α_i, 1)        E[w_i] = α_i / Σ α
/// ```
///
/// Returns `draws` vectors of the length of `concentration`, each summing to one.
///
/// # Errors
/// [`StatsError::TooFewObservations`] for fewer than two components, [`StatsError::NotFinite`] and
/// [`StatsError::OutOfRange`] for a concentration that is not positive.
///
/// # Cost
/// O(draws · components), parallel over draws; the same on any number of threads.
///
/// # Example
/// ```
/// # use vadex::stats;
/// let w = stats::dirichlet(&[5.0, 3.0, 2.0], 100, 7)?;
/// assert!((w[0].iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// # Ok::<(), stats::StatsError>(())
/// ```
pub fn dirichlet(concentration: &[f64], draws: usize, seed: u64) -> Result<Vec<Vec<f64>>, StatsError> {
    require_observations("Dirichlet concentration", 2, concentration.len())?;
    require_finite("Dirichlet concentration", concentration)?;
    for &alpha in concentration {
        require_range("concentration", alpha, 1e-6, 1e12)?;
    }
    Ok(par_draws(
        draws,
        seed,
        || (),
        |(), rng, _| {
            let logs: Vec<f64> = concentration.iter().map(|&a| ln_gamma_draw(rng, a)).collect();
            let largest = logs.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
            let total: f64 = logs.iter().map(|l| (l - largest).exp()).sum();
            logs.iter().map(|l| (l - largest).exp() / total).collect()
        },
    ))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Runs `work` on pools of one and of two threads and returns both results.
    pub(crate) fn on_one_and_two_threads<T: Send>(work: impl Fn() -> T + Sync + Send) -> (T, T) {
        let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        (pool(1).install(&work), pool(2).install(&work))
    }

    #[test]
    fn normal_draws_have_the_moments_of_the_normal() {
        let z: Vec<f64> = par_draws(40_000, 1, || (), |(), rng, _| standard_normal(rng));
        let n = z.len() as f64;
        let moment = |k: i32| z.iter().map(|v| v.powi(k)).sum::<f64>() / n;
        assert!(moment(1).abs() < 0.02, "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < 0.03, "{}", moment(2));
        assert!((moment(4) - 3.0).abs() < 0.2, "{}", moment(4));
    }

    #[test]
    fn dirichlet_moments_match_theory_even_for_tiny_concentrations() {
        for alpha in [[5.0, 3.0, 2.0], [0.05, 0.03, 0.02]] {
            let total: f64 = alpha.iter().sum();
            let w = dirichlet(&alpha, 20_000, 3).unwrap();
            for i in 0..3 {
                let mean = w.iter().map(|v| v[i]).sum::<f64>() / 20_000.0;
                let p = alpha[i] / total;
                assert!((mean - p).abs() < 0.012, "mean {mean} is not {p}");
                let variance = w.iter().map(|v| (v[i] - mean).powi(2)).sum::<f64>() / 20_000.0;
                let expected = p * (1.0 - p) / (total + 1.0);
                assert!((variance / expected - 1.0).abs() < 0.05, "{variance} is not {expected}");
            }
            assert!(w.iter().all(|v| (v.iter().sum::<f64>() - 1.0).abs() < 1e-12));
        }
    }

    #[test]
    fn draws_are_the_same_on_one_thread_and_on_two_and_differ_by_seed() {
        let (one, two) = on_one_and_two_threads(|| dirichlet(&[1.0, 2.0], 1000, 9).unwrap());
        assert_eq!(one, two);
        assert_ne!(one, dirichlet(&[1.0, 2.0], 1000, 10).unwrap());
        assert_ne!(one[0], one[1]);
    }

    #[test]
    fn indices_cover_their_range_evenly() {
        let mut count = [0_u32; 15];
        for d in 0..30_000 {
            count[index_below(&mut stream(4, d), 15)] += 1;
        }
        assert!(count.iter().all(|&c| (1800..2200).contains(&c)), "{count:?}");
    }

    #[test]
    fn labels_and_seeds_give_different_seeds() {
        let all: std::collections::HashSet<u64> =
            (0..50).flat_map(|s| ["DEU", "FRA", ""].map(|label| seed_for(s, label))).collect();
        assert_eq!(all.len(), 150);
        assert!(dirichlet(&[1.0, 0.0], 1, 0).is_err());
        assert!(dirichlet(&[1.0], 1, 0).is_err());
    }
}
