//! What the unallocated part probably does: percentiles under priors that the table offers.
//!
//! ```text
//! w ~ Dirichlet(α p)      E[w] = p      T_c = T_c(identified) + (o/F) Σ_j (V B)_cj w_j
//! sd(T_c) = (o/F) sqrt( (Σ_j p_j m_j² − (Σ_j p_j m_j)²) / (α + 1) ),   m = (V B)_c,·
//! ```
//! p is the prior of [`super::allocation`]; α says how firmly it is held: 1 hardly, 100 firmly. Mean and standard
//! deviation have the closed form above and are printed beside the simulated percentiles, which have none. Priors are
//! opinions; certainty is in [`super::bounds`].

use serde::Serialize;

use super::allocation::{Prior, prior_weights};
use super::error::ProductError;
use super::trace::{AssemblyContent, Embedded};
use crate::stats;

/// Concentrations: how firmly a prior is held.
pub const CONCENTRATIONS: [f64; 3] = [1.0, 10.0, 100.0];
/// Draws of each prior and concentration.
pub const DRAWS: usize = 10_000;
/// Seed of every draw; results do not depend on the number of threads.
const SEED: u64 = 20_110_501;
/// Suppliers with a smaller part of the prior are drawn together, as one supplier of their average content: an import mix
/// has hundreds of them. The mean stays exact; the interval misses the little that they could differ from each other.
const SMALLEST_WEIGHT: f64 = 1e-3;
/// Two-sided 95 %.
const TAILS: [f64; 3] = [0.025, 0.5, 0.975];

/// An economy's traced share under one prior.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriorShare {
    /// Economy, index on the table's axis.
    pub economy: usize,
    /// Prior.
    pub prior: Prior,
    /// Concentration.
    pub concentration: f64,
    /// Exact mean, from the prior itself.
    pub mean: f64,
    /// Exact standard deviation.
    pub deviation: f64,
    /// Simulated 2.5th percentile.
    pub low: f64,
    /// Simulated median.
    pub median: f64,
    /// Simulated 97.5th percentile.
    pub high: f64,
    /// Part of the prior held by suppliers that were drawn together.
    pub pooled: f64,
}

/// Percentiles for the economies asked for, with the assembly payment all local; none when everything is allocated or
/// `draws` is zero.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// `draws` times the suppliers of the prior, for each prior and concentration; parallel over draws.
pub fn prior_shares(
    embedded: &Embedded,
    economies: &[usize],
    draws: usize,
) -> Result<Vec<PriorShare>, ProductError> {
    let rest = embedded.unallocated_share();
    if rest <= 0.0 || draws == 0 {
        return Ok(Vec::new());
    }
    let by_origin = embedded.model().value_added_by_origin()?;
    let identified = embedded.identified_shares(AssemblyContent::Local)?;
    let mut all = Vec::new();
    for prior in Prior::ALL {
        let Some(weights) = prior_weights(embedded, prior) else { continue };
        let suppliers = Suppliers::of(&weights);
        if suppliers.weights.len() < 2 {
            continue;
        }
        for concentration in CONCENTRATIONS {
            let parameters: Vec<f64> =
                suppliers.weights.iter().map(|weight| concentration * weight).collect();
            let seed = stats::seed_for(SEED, &format!("{} {concentration}", prior.name()));
            let drawn = stats::dirichlet(&parameters, draws, seed)?;
            for &economy in economies {
                let multipliers = suppliers.averages(&weights, |row| by_origin[(economy, row)]);
                let moment = |power: i32| -> f64 {
                    let of = |row: usize| by_origin[(economy, row)].powi(power);
                    weights.iter().enumerate().map(|(row, weight)| weight * of(row)).sum()
                };
                let (first, second) = (moment(1), moment(2));
                let shares: Vec<f64> = drawn
                    .iter()
                    .map(|w| {
                        let bought: f64 = w.iter().zip(&multipliers).map(|(w, m)| w * m).sum();
                        identified[economy] + rest * bought
                    })
                    .collect();
                let [low, median, high] = TAILS.map(|p| stats::quantile(&shares, p));
                all.push(PriorShare {
                    economy,
                    prior,
                    concentration,
                    mean: identified[economy] + rest * first,
                    deviation: rest * ((second - first * first).max(0.0) / (concentration + 1.0)).sqrt(),
                    low: low?,
                    median: median?,
                    high: high?,
                    pooled: suppliers.pooled(),
                });
            }
        }
    }
    Ok(all)
}

/// The suppliers of a prior as they are drawn: the large ones each, the small ones together at the end.
struct Suppliers {
    large: Vec<usize>,
    small: Vec<usize>,
    /// One weight a drawn supplier; they add up to one.
    weights: Vec<f64>,
}

impl Suppliers {
    fn of(weights: &[f64]) -> Self {
        let (mut large, mut small) = (Vec::new(), Vec::new());
        for (row, &weight) in weights.iter().enumerate() {
            if weight >= SMALLEST_WEIGHT {
                large.push(row);
            } else if weight > 0.0 {
                small.push(row);
            }
        }
        let mut drawn: Vec<f64> = large.iter().map(|&row| weights[row]).collect();
        let pooled: f64 = small.iter().map(|&row| weights[row]).sum();
        // A pool below one millionth is nothing, and too small to be drawn.
        if pooled > 1e-6 {
            drawn.push(pooled);
        }
        Self { large, small, weights: drawn }
    }

    fn pooled(&self) -> f64 {
        if self.weights.len() > self.large.len() { self.weights[self.large.len()] } else { 0.0 }
    }

    /// `content` of each drawn supplier; the pool has the weighted average of its members.
    fn averages(&self, weights: &[f64], content: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut averages: Vec<f64> = self.large.iter().map(|&row| content(row)).collect();
        if self.weights.len() > self.large.len() {
            let sum: f64 = self.small.iter().map(|&row| weights[row] * content(row)).sum();
            averages.push(sum / self.pooled());
        }
        averages
    }
}
