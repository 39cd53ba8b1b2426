//! The spectral radius of a matrix that is known by its products only: does the series I + A + A² + … converge? And the
//! vector that belongs to it.

use nalgebra::{DMatrix, DVector, Schur};

use super::tile;

/// A spectral radius and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectralRadius {
    /// The largest modulus of an eigenvalue, as far as the steps went.
    pub radius: f64,
    /// Steps of the power method.
    pub steps: usize,
    /// Change of the estimate in the last step.
    pub last_change: f64,
    /// What the radius is at most, of a matrix without negative cells: the largest (A q)_i / q_i of the last step (Collatz
    /// and Wielandt). NaN for another matrix.
    pub at_most: f64,
    /// Did the estimate settle within [`SETTLED`], on the side of one where its bound is?
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
/// steps: where it does not settle, it is seen whether products without the shift end in nothing. Of two groups of industries
/// that do not trade with each other and have nearly the same radius the estimate hardly moves although the larger one is
/// still to be found: an estimate below one does not settle while its bound is not.
///
/// # Cost
/// One product a step, and as many again where the estimate does not settle.
pub fn spectral_radius(order: usize, mut multiply: impl FnMut(&[f64], &mut [f64])) -> SpectralRadius {
    let mut result =
        SpectralRadius { radius: 0.0, steps: 0, last_change: 0.0, at_most: 0.0, settled: order == 0 };
    let mut vector = vec![1.0 / order.max(1) as f64; order];
    let mut product = vec![0.0; order];
    let mut calm = 0;
    while !result.settled && result.steps < MOST_STEPS {
        product.fill(0.0);
        multiply(&vector, &mut product);
        let (mut norm, mut at_most) = (0.0, 0.0_f64);
        for (value, old) in product.iter_mut().zip(&vector) {
            let ratio = if *value == 0.0 { 0.0 } else { *value / old };
            // A ratio below zero, or of nothing, bounds nothing.
            at_most = if ratio >= 0.0 && !at_most.is_nan() { at_most.max(ratio) } else { f64::NAN };
            *value += SHIFT * old;
            norm += value.abs();
        }
        result.at_most = at_most;
        let radius = norm - SHIFT;
        result.last_change = (radius - result.radius).abs();
        result.radius = radius;
        result.steps += 1;
        calm = if result.last_change <= SETTLED { calm + 1 } else { 0 };
        result.settled = calm >= CALM && !(radius < 1.0 && at_most >= 1.0);
        for (old, value) in vector.iter_mut().zip(&product) {
            *old = value / norm;
        }
    }
    if !result.settled && ends_in_nothing(order, multiply) {
        return SpectralRadius { radius: 0.0, last_change: 0.0, at_most: 0.0, settled: true, ..result };
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

/// [`eigenvector_residual`] at which a vector counts as found: rounding of a product, with room.
pub const EIGENVECTOR: f64 = 1e-13;
/// Vectors of one Krylov space.
const SPACE: usize = 60;
/// Vectors after which the space is looked at, again and again: it costs what a small eigenvalue problem costs.
const LOOK: usize = 10;
/// What the space may leave of the best of its vectors, over the eigenvalue: below rounding, so that what is left comes from
/// the products alone.
const LEFT: f64 = 1e-15;
/// What is left of a product, over the product, that is rounding: the space has no further vector.
const SPENT: f64 = 1e-14;
/// Products after which the method gives up: as many read a matrix of some thousand rows as long as two factorisations take.
const MOST_PRODUCTS: usize = 400;
/// Sweeps of the QR method on the matrix of a space; it needs two or three a row.
const MOST_SWEEPS: usize = 100 * SPACE;
/// How far beside the eigenvalue of the small matrix its vector is solved for, relative: not so near that it is singular.
const BESIDE: f64 = 1e-10;
/// How much larger than the largest real one another eigenvalue may be, relative, and still be as large but for rounding.
const AS_LARGE: f64 = 1e-6;
/// Solves for that vector; each brings another eigenvalue's share down by [`BESIDE`] over the relative gap.
const SOLVES: usize = 4;

/// By how much does a vector miss being an eigenvector, given its image?
///
/// ```text
/// ‖M w − λ w‖₁ / (|λ| ‖w‖₁)        λ = 1'M w / 1'w
/// ```
#[must_use]
pub fn eigenvector_residual(vector: &[f64], image: &[f64]) -> f64 {
    let eigenvalue = image.iter().sum::<f64>() / vector.iter().sum::<f64>();
    let missed: f64 = image.iter().zip(vector).map(|(image, value)| (image - eigenvalue * value).abs()).sum();
    missed / (eigenvalue.abs() * vector.iter().map(|value| value.abs()).sum::<f64>())
}

/// A dominant vector and how well it is met.
#[derive(Debug, Clone, PartialEq)]
pub struct DominantVector {
    /// w, with mean one.
    pub vector: Vec<f64>,
    /// Its [`eigenvector_residual`].
    pub residual: f64,
}

/// Which vector w with mean one has M w = λ w for the largest real eigenvalue λ of a matrix of order `order`, whose product
/// with a vector is `multiply(vector)`?
///
/// Arnoldi's method from a vector of ones, begun again from the image of the best vector of the space until
/// [`eigenvector_residual`] is below [`EIGENVECTOR`]. For a matrix without negative cells λ is the spectral radius and w is
/// not negative (Perron and Frobenius). Nothing when that many products do not lead there, as where the next eigenvalue is
/// hardly smaller, and where no eigenvalue is positive.
///
/// # Cost
/// Some tens of products as a rule, at most some hundreds, and 60 vectors.
///
/// # Source
/// Saad (2011), Numerical Methods for Large Eigenvalue Problems, sections 6.2 and 6.4, doi:10.1137/1.9781611970739.
pub fn dominant_vector(order: usize, mut multiply: impl FnMut(&[f64]) -> Vec<f64>) -> Option<DominantVector> {
    let mut vector = vec![1.0; order];
    let mut products = 0;
    while products < MOST_PRODUCTS {
        let (best, dimension) = best_of_space(&vector, &mut multiply)?;
        // The image has its zeros where the matrix has rows without a cell, and less of every other eigenvector.
        vector = with_mean_one(multiply(&best))?;
        products += dimension + 2;
        let residual = eigenvector_residual(&vector, &multiply(&vector));
        if residual < EIGENVECTOR {
            return Some(DominantVector { vector, residual });
        }
    }
    None
}

/// Divided by the mean, where that leaves numbers. What is below zero by no more than rounding is zero.
fn with_mean_one(mut vector: Vec<f64>) -> Option<Vec<f64>> {
    let mean = vector.iter().sum::<f64>() / vector.len() as f64;
    vector.iter_mut().for_each(|value| *value /= mean);
    let rounding = EIGENVECTOR * vector.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    for value in &mut vector {
        *value = if (-rounding..=0.0).contains(value) { 0.0 } else { *value };
    }
    vector.iter().all(|value| value.is_finite()).then_some(vector)
}

/// The vector of the space of q, M q, M² q, … that comes nearest to an eigenvector of the largest real eigenvalue, and the
/// dimension of the space.
fn best_of_space(start: &[f64], multiply: &mut impl FnMut(&[f64]) -> Vec<f64>) -> Option<(Vec<f64>, usize)> {
    let size = SPACE.min(start.len());
    let norm = length(start);
    let mut basis: Vec<Vec<f64>> = vec![start.iter().map(|value| value / norm).collect()];
    // M Q = Q H + what is left; H has a row more than columns.
    let mut projected = DMatrix::<f64>::zeros(size + 1, size);
    for j in 0..size {
        let mut next = multiply(&basis[j]);
        let whole = length(&next);
        // Twice: the second pass takes out what the first left by cancellation.
        for _ in 0..2 {
            for (i, known) in basis.iter().enumerate() {
                let share = tile::dot(known, &next);
                projected[(i, j)] += share;
                add_scaled(&mut next, -share, known);
            }
        }
        let left = length(&next);
        projected[(j + 1, j)] = left;
        let dimension = j + 1;
        let whole_space = left <= SPENT * whole || dimension == size;
        if whole_space || dimension % LOOK == 0 {
            let pair = dominant_pair(&projected.view((0, 0), (dimension, dimension)).into_owned());
            if let Some((eigenvalue, weights)) = pair
                && (whole_space || left * weights[j].abs() <= LEFT * eigenvalue)
            {
                let mut best = vec![0.0; start.len()];
                for (known, weight) in basis.iter().zip(weights.iter()) {
                    add_scaled(&mut best, *weight, known);
                }
                return Some((best, dimension));
            }
        }
        if whole_space {
            return None;
        }
        next.iter_mut().for_each(|value| *value /= left);
        basis.push(next);
    }
    None
}

/// The largest real eigenvalue of a small matrix, where it is positive, and its vector of unit length.
fn dominant_pair(matrix: &DMatrix<f64>) -> Option<(f64, DVector<f64>)> {
    let n = matrix.nrows();
    // Without numbers the QR method would turn in circles.
    if !matrix.iter().all(|value| value.is_finite()) {
        return None;
    }
    let eigenvalues = Schur::try_new(matrix.clone(), f64::EPSILON, MOST_SWEEPS)?.complex_eigenvalues();
    let real = eigenvalues.iter().filter(|value| value.im == 0.0);
    let eigenvalue = real.map(|value| value.re).fold(0.0, f64::max);
    // One that is larger and not real is what rounding makes of a double eigenvalue, or belongs to negative cells: a smaller
    // one is then not what was asked for.
    let largest = eigenvalues.iter().map(|value| value.norm()).fold(0.0, f64::max);
    if eigenvalue <= 0.0 || largest > eigenvalue * (1.0 + AS_LARGE) {
        return None;
    }
    let factors = (matrix - DMatrix::<f64>::identity(n, n) * (eigenvalue * (1.0 + BESIDE))).lu();
    let mut vector = DVector::from_element(n, 1.0);
    for _ in 0..SOLVES {
        vector = factors.solve(&vector)?;
        let norm = vector.norm();
        vector /= norm;
    }
    vector.iter().all(|value| value.is_finite()).then_some((eigenvalue, vector))
}

/// Euclidean length.
fn length(values: &[f64]) -> f64 {
    tile::dot(values, values).sqrt()
}

/// `sums += weight · values`.
fn add_scaled(sums: &mut [f64], weight: f64, values: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += weight * value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::dense;

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
    fn an_estimate_below_one_does_not_settle_while_its_bound_is_above() {
        // Four groups that do not trade; the radius of one is above one by as little as that of the others is below.
        let mut both = DMatrix::zeros(8, 8);
        for (group, radius) in [0.999_98, 0.999_98, 0.999_98, 1.000_02].into_iter().enumerate() {
            both[(2 * group, 2 * group + 1)] = radius;
            both[(2 * group + 1, 2 * group)] = radius;
        }
        let found = radius(&both);
        assert!(!found.settled && found.at_most >= 1.000_02 - 1e-12, "{found:?}");
        // A bound on the same side settles, and is a bound.
        both.scale_mut(0.9);
        let found = radius(&both);
        assert!(found.settled && found.radius < found.at_most && found.at_most < 1.0, "{found:?}");
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

    fn dominant(matrix: &DMatrix<f64>) -> Option<Vec<f64>> {
        let found = dominant_vector(matrix.nrows(), |vector| {
            (matrix * DVector::from_column_slice(vector)).as_slice().to_vec()
        })?;
        let image = matrix * DVector::from_column_slice(&found.vector);
        // The residual that is told is that of the vector that is handed over.
        let residual = eigenvector_residual(&found.vector, image.as_slice());
        assert_eq!(found.residual.to_bits(), residual.to_bits());
        Some(found.vector)
    }

    #[test]
    fn the_dominant_vector_belongs_to_the_spectral_radius() {
        // Smaller than a look, than a space, and larger than both.
        for size in [1, 2, 7, 45, 130] {
            let matrix = DMatrix::from_fn(size, size, |i, j| {
                let k = (i * 7_919 + j * 104_729 + i * j * 31) % 97;
                if k % 3 == 0 { 0.0 } else { k as f64 * 10.0_f64.powi((i % 4) as i32) }
            })
            .add_scalar(0.01);
            let found = DVector::from_vec(dominant(&matrix).unwrap());
            let image = &matrix * &found;
            assert!(eigenvector_residual(found.as_slice(), image.as_slice()) < EIGENVECTOR, "{size}");
            assert!(found.iter().all(|value| *value > 0.0) && (found.mean() - 1.0).abs() < 1e-12, "{size}");
            let radius = matrix.complex_eigenvalues().iter().map(|value| value.norm()).fold(0.0, f64::max);
            assert!((image.mean() - radius).abs() < 1e-9 * radius, "{size}: {} {radius}", image.mean());
        }
    }

    #[test]
    fn a_cycle_has_a_vector_and_rows_without_cells_have_nothing_of_it() {
        // 0.9 · 0.8 = 0.6 · 1.2 and 0.4 · 1.2 = 0.6 · 0.8; the third buys from nobody, the fourth is nobody's seller.
        let mut matrix = DMatrix::<f64>::zeros(4, 4);
        (matrix[(0, 1)], matrix[(1, 0)], matrix[(3, 0)]) = (0.9, 0.4, 0.3);
        // 0.3 · 1.2 = 0.6 · 0.6, so that the four add up to 2.6 before they have mean one.
        let found = dominant(&matrix).unwrap();
        for (found, expected) in found.iter().zip([1.2, 0.8, 0.0, 0.6]) {
            assert!((found * 2.6 / 4.0 - expected).abs() < 1e-12, "{found}, expected {expected}");
        }
        assert_eq!(found[2].to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn the_larger_of_two_worlds_that_hardly_trade_is_found() {
        // Two groups with radius 0.6 and 0.599, which sell each other one part in 10⁸.
        let n = 160;
        let matrix = DMatrix::from_fn(n, n, |i, j| {
            let own = (if i < n / 2 { 0.6 } else { 0.599 }) / (n / 2) as f64;
            let uneven = 1.0 + 0.5 * ((i * 13 + j * 7) % 11) as f64 / 11.0 - 0.25;
            if (i < n / 2) == (j < n / 2) { own * uneven } else { 1e-8 * own }
        });
        let found = dominant(&matrix).unwrap();
        let image = &matrix * DVector::from_column_slice(&found);
        assert!(eigenvector_residual(&found, image.as_slice()) < EIGENVECTOR);
        let radius = radius(&matrix);
        assert!(radius.radius <= image.sum() / n as f64 + 1e-8, "{radius:?}");
    }

    #[test]
    fn a_double_eigenvalue_does_not_give_the_vector_of_a_smaller_one() {
        // One sector sells to another of the same rate of reproduction, and a third lives apart. Rounding may make a pair of
        // complex numbers of the double eigenvalue, for one entry or another.
        for sold in [0.3, 0.1, 0.7, 1e-3] {
            let matrix = DMatrix::from_row_slice(3, 3, &[0.5, sold, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.1]);
            if let Some(vector) = dominant(&matrix) {
                assert!(vector[2].abs() < 1e-6 && (vector[0] - 3.0).abs() < 1e-5, "{sold}: {vector:?}");
            }
        }
        let turning = DMatrix::from_row_slice(3, 3, &[0.0, -0.5, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.1]);
        assert_eq!(dominant(&turning), None);
    }

    #[test]
    fn where_products_do_not_lead_to_it_there_is_no_vector() {
        assert_eq!(dominant(&DMatrix::zeros(3, 3)), None);
        assert_eq!(dominant(&DMatrix::zeros(0, 0)), None);
        assert_eq!(dominant(&DMatrix::from_element(2, 2, f64::NAN)), None);
        // A seller who sells to nobody's seller: no eigenvalue but zero.
        assert_eq!(dominant(&DMatrix::from_row_slice(2, 2, &[0.0, 1.0, 0.0, 0.0])), None);
        // A long chain of neighbours: the second eigenvalue is smaller by one part in 10⁴.
        let path = DMatrix::from_fn(400, 400, |i, j| if i.abs_diff(j) == 1 { 0.5 } else { 0.0 });
        assert_eq!(dominant(&path), None);
    }

    #[test]
    fn the_bits_of_the_dominant_vector_do_not_depend_on_the_number_of_threads() {
        // As many rows as products are cut into tiles for.
        let matrix = DMatrix::from_fn(1_100, 1_100, |i, j| ((i * 31 + j * 17 + i * j) % 101) as f64);
        let bits = |threads: usize| -> Vec<u64> {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| {
                dominant_vector(1_100, |vector| {
                    let vector = DMatrix::from_column_slice(1_100, 1, vector);
                    dense::multiply(matrix.as_view(), vector.as_view()).as_slice().to_vec()
                })
            });
            found.unwrap().vector.into_iter().map(f64::to_bits).collect()
        };
        assert_eq!(bits(1), bits(3));
    }
}
