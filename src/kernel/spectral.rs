//! The spectral radius of a matrix that is known by its products only: does the series I + A + A² + … converge?

/// A spectral radius and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectralRadius {
    /// The largest modulus of an eigenvalue, as far as the steps went.
    pub radius: f64,
    /// Steps of the power method.
    pub steps: usize,
    /// Change of the estimate in the last step.
    pub last_change: f64,
    /// Did the estimate settle within [`SETTLED`]?
    pub settled: bool,
}

/// A shift makes the dominant eigenvalue of a non-negative matrix the only one of its modulus, so that cycles (two
/// industries that only buy from each other) do not make the estimate oscillate.
const SHIFT: f64 = 0.1;
/// The estimate has settled when it moves by less than this for `CALM` steps.
pub const SETTLED: f64 = 1e-9;
/// Steps that the estimate must stay settled: one small change may be chance.
const CALM: usize = 5;
/// Steps after which the method gives up: a gap of 1% between the two largest eigenvalues is settled by then.
const MOST_STEPS: usize = 1_000;

/// Spectral radius of a matrix of order `order` whose product with a vector is `multiply(vector, product)`.
///
/// ```text
/// q ← (A + s I) q / |(A + s I) q|₁        radius = |(A + s I) q|₁ − s
/// ```
/// Power method from a vector of ones. For a matrix without negative cells the estimate tends to the spectral radius
/// (Perron and Frobenius); with negative cells it may not settle, which the result says. A matrix without cycles (a network
/// in which nobody buys from its own customers) has radius zero, to which the estimate creeps as one over the number of
/// steps: where it does not settle, it is seen whether products without the shift end in nothing.
///
/// # Cost
/// One product a step, and as many again where the estimate does not settle.
pub fn spectral_radius(order: usize, mut multiply: impl FnMut(&[f64], &mut [f64])) -> SpectralRadius {
    let mut result = SpectralRadius { radius: 0.0, steps: 0, last_change: 0.0, settled: order == 0 };
    let mut vector = vec![1.0 / order.max(1) as f64; order];
    let mut product = vec![0.0; order];
    let mut calm = 0;
    while !result.settled && result.steps < MOST_STEPS {
        product.fill(0.0);
        multiply(&vector, &mut product);
        let mut norm = 0.0;
        for (value, old) in product.iter_mut().zip(&vector) {
            *value += SHIFT * old;
            norm += value.abs();
        }
        let radius = norm - SHIFT;
        result.last_change = (radius - result.radius).abs();
        result.radius = radius;
        result.steps += 1;
        calm = if result.last_change <= SETTLED { calm + 1 } else { 0 };
        result.settled = calm >= CALM;
        for (old, value) in vector.iter_mut().zip(&product) {
            *old = value / norm;
        }
    }
    if !result.settled && ends_in_nothing(order, multiply) {
        return SpectralRadius { radius: 0.0, last_change: 0.0, settled: true, ..result };
    }
    result
}

/// Is Aᵏ q = 0 for some k? Scaled in every step, so that what is rounded to zero is far below the largest cell.
fn ends_in_nothing(order: usize, mut multiply: impl FnMut(&[f64], &mut [f64])) -> bool {
    // No two weights in a simple proportion: cells of both signs do not cancel by chance.
    let golden = f64::midpoint(5.0_f64.sqrt(), 1.0);
    let mut vector: Vec<f64> = (0..order).map(|i| 1.0 + (golden * i as f64).fract()).collect();
    let mut product = vec![0.0; order];
    for _ in 0..order.min(MOST_STEPS) {
        product.fill(0.0);
        multiply(&vector, &mut product);
        let largest = product.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        if largest == 0.0 {
            return true;
        }
        vector.iter_mut().zip(&product).for_each(|(old, value)| *old = value / largest);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    fn radius(matrix: &DMatrix<f64>) -> SpectralRadius {
        spectral_radius(matrix.nrows(), |vector, product| {
            for (j, column) in matrix.column_iter().enumerate() {
                column.iter().zip(product.iter_mut()).for_each(|(a, to)| *to += a * vector[j]);
            }
        })
    }

    #[test]
    fn it_is_the_largest_modulus_of_the_eigenvalues() {
        for size in [1, 2, 5, 12] {
            let matrix =
                DMatrix::from_fn(size, size, |i, j| ((3 * i + 7 * j) % 5) as f64 / (4 * size) as f64);
            let by_eigenvalues =
                matrix.complex_eigenvalues().iter().map(|value| value.norm()).fold(0.0, f64::max);
            let found = radius(&matrix);
            assert!(found.settled, "{found:?}");
            assert!((found.radius - by_eigenvalues).abs() < 1e-7, "{found:?}, expected {by_eigenvalues}");
        }
    }

    #[test]
    fn industries_that_only_buy_from_each_other_do_not_make_it_oscillate() {
        let found = radius(&DMatrix::from_row_slice(2, 2, &[0.0, 0.9, 0.4, 0.0]));
        assert!(found.settled && (found.radius - 0.6).abs() < 1e-8, "{found:?}");
    }

    #[test]
    fn a_rotation_has_no_real_dominant_eigenvalue_and_the_result_says_so_or_is_right() {
        let found = radius(&DMatrix::from_row_slice(3, 3, &[0.5, -0.8, 0.0, 0.8, 0.5, 0.0, 0.1, 0.2, 0.3]));
        let expected = (0.5_f64 * 0.5 + 0.8 * 0.8).sqrt();
        assert!(!found.settled || (found.radius - expected).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn a_chain_without_cycles_has_radius_zero_and_one_weak_cycle_does_not() {
        let chain = |back: f64| {
            DMatrix::from_fn(40, 40, |i, j| match (i, j) {
                _ if j == i + 1 => 0.9,
                (39, 0) => back,
                _ => 0.0,
            })
        };
        let found = radius(&chain(0.0));
        assert!(found.settled && found.radius.to_bits() == 0, "{found:?}");
        // The fortieth root of 0.9³⁹ × 10⁻³⁰ is 0.16.
        let found = radius(&chain(1e-30));
        assert!((found.radius - 0.16).abs() < 0.01, "{found:?}");
    }

    #[test]
    fn nothing_at_all_has_radius_zero() {
        assert!(radius(&DMatrix::zeros(3, 3)).radius.abs() < 1e-15);
        assert!(radius(&DMatrix::zeros(0, 0)).settled);
    }
}
