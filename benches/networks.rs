//! Seeded networks of firms with a known spectral radius: any number of firms and purchases, few firms with many
//! suppliers and few suppliers with many customers.
//!
//! Column j of A is scaled so that `Σ_i w_i a_ij = ρ w_j` with known w > 0. So w′A = ρ w′, and a nonnegative matrix with a
//! positive left eigenvector has that eigenvalue as its spectral radius (Perron and Frobenius: Berman and Plemmons 1994,
//! theorem 2.1.11, doi:10.1137/1.9781611971262).
//!
//! Tails: the share of a supplier in all purchases falls with its rank to the power −0.75 and the number of suppliers of a
//! buyer to the power −0.6, exponents of 2.3 and 2.7 of the degree distributions; firm networks have 2.1 to 3 (Bernard and
//! Moxnes 2018, doi:10.1146/annurev-economics-080217-053506).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sprs::CsMatI;

/// Supplier ranks before the power law sets in: keeps the largest hub at about 0.15 % of all purchases of 10⁶ firms.
const SHOULDER: f64 = 10.0;
/// Fall of a supplier's share with its rank.
const SUPPLIER_FALL: f64 = 0.75;
/// Fall of a buyer's number of suppliers with its rank.
const BUYER_FALL: f64 = 0.6;

/// What a network should be like.
#[derive(Debug, Clone, Copy)]
pub struct NetworkShape {
    /// Number of firms.
    pub firms: usize,
    /// Number of purchases, about: pairs drawn twice count once.
    pub edges: usize,
    /// ρ(A), below 1.
    pub spectral_radius: f64,
    /// Largest over smallest weight of the left eigenvector, 1 for equal column sums of ρ; column sums then differ from ρ
    /// by that factor at most.
    pub spread: f64,
    /// Seed of the drawing.
    pub seed: u64,
}

/// A network and what is known of it.
#[derive(Debug, Clone)]
pub struct Network {
    /// A, compressed rows: purchases of the column from the row, per unit of the column's sales.
    pub coefficients: CsMatI<f64, u32>,
    /// w > 0 with w′A = ρ w′.
    #[allow(dead_code, reason = "what the tests prove the radius with; a bench has no use for it")]
    pub left_eigenvector: Vec<f64>,
}

/// Draws a network.
///
/// # Panics
/// If there are no firms, or more purchases than `u32` counts.
pub fn network(shape: &NetworkShape) -> Network {
    let NetworkShape { firms: n, edges, spectral_radius, spread, seed } = *shape;
    assert!(n > 0 && edges < u32::MAX as usize / 2, "between one firm and 2³¹ purchases");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let supplier_of_rank = shuffled(n, &mut random);
    let buyer_rank = shuffled(n, &mut random);
    let weight: Vec<f64> = (0..n).map(|_| spread.powf(random.random::<f64>() - 0.5)).collect();
    let total: f64 = (0..n).map(|rank| (rank as f64 + SHOULDER).powf(-BUYER_FALL)).sum();
    let mut pointers = Vec::with_capacity(n + 1);
    let mut suppliers: Vec<u32> = Vec::with_capacity(edges + n);
    let mut values: Vec<f64> = Vec::with_capacity(edges + n);
    pointers.push(0_u32);
    let mut drawn = Vec::new();
    for j in 0..n {
        let rank = f64::from(buyer_rank[j]);
        let wanted = edges as f64 * (rank + SHOULDER).powf(-BUYER_FALL) / total + random.random::<f64>();
        drawn.clear();
        drawn.extend(
            (0..(wanted as usize).clamp(1, n)).map(|_| supplier_of_rank[supplier_rank(n, random.random())]),
        );
        drawn.sort_unstable();
        drawn.dedup();
        let start = values.len();
        let mut sum = 0.0;
        for &i in &drawn {
            // Exponential purchases, none of them vanishing.
            let value = 0.05 - (1.0 - random.random::<f64>()).ln();
            sum += weight[i as usize] * value;
            suppliers.push(i);
            values.push(value);
        }
        for value in &mut values[start..] {
            *value *= spectral_radius * weight[j] / sum;
        }
        pointers.push(values.len() as u32);
    }
    let columns = CsMatI::new_csc((n, n), pointers, suppliers, values);
    Network { coefficients: columns.to_csr(), left_eigenvector: weight }
}

/// 0, …, n − 1 in random order.
fn shuffled(n: usize, random: &mut ChaCha8Rng) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n as u32).collect();
    for i in (1..n).rev() {
        order.swap(i, random.random_range(0..=i));
    }
    order
}

/// The rank whose cumulated share is `u`, under the power law of suppliers.
fn supplier_rank(n: usize, u: f64) -> usize {
    let power = 1.0 - SUPPLIER_FALL;
    let (low, high) = (SHOULDER.powf(power), (n as f64 + SHOULDER).powf(power));
    (((low + u * (high - low)).powf(1.0 / power) - SHOULDER) as usize).min(n - 1)
}
