//! Dominant-eigenvector linkages: an industry's pull counts for more when it pulls on industries that pull.

use nalgebra::{DMatrix, DMatrixView};
use rayon::prelude::*;

use super::sources::DIETZENBACHER_1992;
use super::units::Rows;
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, flows};
use crate::blocks;
use crate::frame::Measure::Pure;
use crate::kernel::dense;
use crate::kernel::pivoted::PivotedFactors;
use crate::kernel::spectral::{DominantVector, EIGENVECTOR, dominant_vector, eigenvector_residual};
use crate::model::Model;

/// Whose pull and push matter most, when the pull of those that are pulled counts too?
///
/// ```text
/// backward  q' A = λ q'        forward  D w = λ w, D = x̂⁻¹ A x̂        normalised to a mean of one
/// ```
/// # Terms
/// `bl_eigen fl_eigen` of the whole world, `bl_eigen_domestic fl_eigen_domestic` of each economy's own block (mean one
/// in the economy). Means are over industries with output; the others have no number.
/// # Assumptions
/// A ≥ 0 has one dominant eigenvalue. Where A has negative cells, or where two parts of the world hardly trade, the
/// iteration may not settle: the column is then empty and a remark says so.
/// # Exactness
/// The worst residual of the notes takes in that of every vector: ‖M w − λ w‖₁ / (λ ‖w‖₁), M = A' or D, below 10⁻¹³.
/// # Cost
/// Some tens of products with A, up to some hundreds: O(n²), and no matrix beside A. Where they do not settle, a few
/// factorisations of n rows: O(n³), and one matrix.
/// # Source
/// Dietzenbacher (1992), <https://doi.org/10.1016/0264-9993(92)90024-X>. Iteration by factors after Noda (1971),
/// Numerische Mathematik 17, 382-386.
pub struct Eigenvector;

static PROFILE: Profile = Profile {
    id: "eigenvector",
    family: Family::Linkages,
    question: "Whose pull and push matter most, when the pull of those that are pulled counts too?",
    equation: "q'A = λq' (backward), D w = λ w with D = x̂⁻¹Ax̂ (forward), each with mean one",
    citations: &[DIETZENBACHER_1992],
    levels: &[Level::Sector],
    columns: &[
        flows("bl_eigen", Pure, "backward, world"),
        flows("fl_eigen", Pure, "forward, world"),
        flows("bl_eigen_domestic", Pure, "backward, own economy"),
        flows("fl_eigen_domestic", Pure, "forward, own economy"),
    ],
    cautions: &[
        "empty where output is zero",
        "in a world of weakly connected economies the vector sits almost wholly in the one whose own production is the \
         most roundabout: compare across industries of one economy by the domestic version",
        "the worst residual takes in that of every vector: ‖M w − λ w‖₁ / (λ ‖w‖₁), M = A' or D",
    ],
    cost: "some tens of products: O(n²); where they do not settle, a few factorisations: O(n³)",
    takes_satellites: true,
};

impl Indicator for Eigenvector {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn needs_inverse(&self) -> bool {
        true
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let axis = model.axis();
        let n = axis.n_rows();
        let coefficients = model.system().dense_coefficients("eigenvector centrality")?;
        let output = model.flows().gross_output();
        let [pull, push] = pull_and_push(coefficients.as_view(), output);
        let own: Vec<[Option<DominantVector>; 2]> = (0..axis.n_economies())
            .into_par_iter()
            .map(|s| pull_and_push(blocks::block(coefficients, axis, s, s), &output[axis.block(s)]))
            .collect();
        let mut unsettled = Vec::new();
        let mut settle = |what: String, found: Option<DominantVector>, n: usize| match found {
            Some(DominantVector { vector, residual }) => {
                model.system().count_residual(residual);
                vector
            }
            None => {
                unsettled.push(what);
                vec![f64::NAN; n]
            }
        };
        let backward = over_industries(settle("world, backward".into(), pull, n), output);
        let forward = over_industries(settle("world, forward".into(), push, n), output);
        let (mut own_backward, mut own_forward) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for (economy, [pull, push]) in own.into_iter().enumerate() {
            let (name, block) = (&axis.economies()[economy], axis.block(economy));
            let (size, output) = (block.len(), &output[block]);
            own_backward.extend(over_industries(settle(format!("{name}, backward"), pull, size), output));
            own_forward.extend(over_industries(settle(format!("{name}, forward"), push, size), output));
        }
        let remark = (!unsettled.is_empty())
            .then(|| format!("no dominant eigenvector was found for: {}", unsettled.join("; ")));
        let rows = Rows::of(model, request);
        let columns = [&backward, &forward, &own_backward, &own_forward];
        Ok(Reading::of_numbers(&PROFILE, rows.keys(), columns.map(|values| rows.pick(values)).into())
            .with_remarks(remark.into_iter().collect()))
    }
}

/// A vector of mean one over all rows, with mean one over industries: rows without output are none and have no number.
fn over_industries(mut vector: Vec<f64>, output: &[f64]) -> Vec<f64> {
    let mean = |sum: f64, count: usize| sum / count as f64;
    let numbers = || vector.iter().zip(output).filter(|(_, x)| **x != 0.0);
    let mean = mean(numbers().map(|(value, _)| value).sum(), numbers().count());
    for (value, x) in vector.iter_mut().zip(output) {
        *value = if *x == 0.0 { f64::NAN } else { *value / mean };
    }
    vector
}

/// Factorisations at most; each one shrinks the bracket around λ faster than linearly.
const FACTORISATIONS: usize = 12;
/// Solves with one factorisation before the shift is moved.
const SOLVES: usize = 30;
/// How far above the upper bound of λ the shift stays, so that the system is not singular to working precision.
const MARGIN: f64 = 1e-6;

/// Dominant vectors of buyers and of sellers, with mean one; nothing where one does not settle.
fn pull_and_push(coefficients: DMatrixView<'_, f64>, output: &[f64]) -> [Option<DominantVector>; 2] {
    [Side::Buyers, Side::Sellers(output)].map(|side| Linkages { coefficients, side }.dominant())
}

/// The matrix M whose dominant vector is asked for, of the world or of one economy, as products with A and factors of it.
struct Linkages<'a> {
    coefficients: DMatrixView<'a, f64>,
    side: Side<'a>,
}

#[derive(Clone, Copy)]
enum Side<'a> {
    /// M = A'.
    Buyers,
    /// M = D = x̂⁻¹ A x̂ with the output x of the rows; a row without output sells nothing on.
    Sellers(&'a [f64]),
}

impl Linkages<'_> {
    fn dominant(&self) -> Option<DominantVector> {
        dominant_vector(self.coefficients.nrows(), |vector| self.product(vector))
            .or_else(|| self.by_factors())
    }

    /// M w.
    fn product(&self, vector: &[f64]) -> Vec<f64> {
        let column = |values: &[f64]| DMatrix::from_column_slice(values.len(), 1, values);
        match self.side {
            Side::Buyers => {
                let pulled = dense::transpose_multiply(self.coefficients, column(vector).as_view());
                pulled.as_slice().to_vec()
            }
            Side::Sellers(output) => {
                let sales: Vec<f64> = vector.iter().zip(output).map(|(w, x)| w * x).collect();
                let pushed = dense::multiply(self.coefficients, column(&sales).as_view());
                let over = |(sales, x): (&f64, &f64)| if *x == 0.0 { 0.0 } else { sales / x };
                pushed.as_slice().iter().zip(output).map(over).collect()
            }
        }
    }

    /// The dominant vector of a non-negative matrix, should products not lead to it; `None` when it does not settle.
    ///
    /// Shifted inverse iteration: with a shift σ ≥ λ the inverse of σI − M is non-negative and keeps the vector positive;
    /// max_i (M w)_i / w_i is an upper bound of λ for positive w (Collatz and Wielandt) and becomes the next shift.
    fn by_factors(&self) -> Option<DominantVector> {
        let n = self.coefficients.nrows();
        let mut vector = vec![1.0; n];
        let mut shift = f64::INFINITY;
        for _ in 0..FACTORISATIONS {
            let image = self.product(&vector);
            let bound = image
                .iter()
                .zip(&vector)
                .filter(|(_, w)| **w > f64::MIN_POSITIVE)
                .map(|(image, w)| image / w)
                .fold(0.0_f64, f64::max);
            // A bound that does not fall any more is the best there is: the remaining solves do the work.
            shift = bound.min(shift);
            if !(shift > 0.0 && shift.is_finite()) {
                return None;
            }
            let mut system = self.coefficients.into_owned();
            system /= -shift * (1.0 + MARGIN);
            for i in 0..n {
                system[(i, i)] += 1.0;
            }
            let factors = PivotedFactors::factor(system).ok()?;
            for _ in 0..SOLVES {
                self.solve(&factors, &mut vector);
                let mean = vector.iter().sum::<f64>() / n as f64;
                vector.iter_mut().for_each(|value| *value /= mean);
                if !vector.iter().all(|value| value.is_finite()) {
                    return None;
                }
                let residual = eigenvector_residual(&vector, &self.product(&vector));
                if residual < EIGENVECTOR {
                    return Some(DominantVector { vector, residual });
                }
            }
        }
        None
    }

    /// w ← (I − M/σ)⁻¹ w by factors of I − A/σ: I − A'/σ is its transpose, and I − D/σ = x̂⁻¹ (I − A/σ) x̂, where a row
    /// without output keeps what it has.
    fn solve(&self, factors: &PivotedFactors, vector: &mut [f64]) {
        let n = vector.len();
        match self.side {
            Side::Buyers => {
                let mut right = DMatrix::from_column_slice(n, 1, vector);
                factors.solve_transpose_in_place(&mut right);
                vector.copy_from_slice(right.as_slice());
            }
            Side::Sellers(output) => {
                let mut right = DMatrix::from_iterator(n, 1, vector.iter().zip(output).map(|(w, x)| w * x));
                factors.solve_in_place(&mut right);
                for ((w, solved), x) in vector.iter_mut().zip(right.as_slice()).zip(output) {
                    if *x != 0.0 {
                        *w = solved / x;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Coefficients without negative cells, output of all sizes, and M of both sides as it is defined. The third row of
    /// more than two has no output: nothing is bought for it.
    fn world(n: usize) -> (DMatrix<f64>, Vec<f64>, [DMatrix<f64>; 2]) {
        let output: Vec<f64> =
            (0..n).map(|i| if n > 2 && i == 2 { 0.0 } else { 10.0_f64.powi((i * 5 % 7) as i32) }).collect();
        let coefficients = DMatrix::from_fn(n, n, |i, j| {
            let k = (i * 7_919 + j * 104_729 + i * j * 31) % 97;
            if output[j] == 0.0 || k % 3 == 0 { 0.0 } else { (1 + k) as f64 / (97 * n) as f64 }
        });
        let sold = DMatrix::from_fn(n, n, |i, j| {
            if output[i] == 0.0 { 0.0 } else { coefficients[(i, j)] * output[j] / output[i] }
        });
        let bought = coefficients.transpose();
        (coefficients, output, [bought, sold])
    }

    fn sides<'a>(coefficients: &'a DMatrix<f64>, output: &'a [f64]) -> [Linkages<'a>; 2] {
        [Side::Buyers, Side::Sellers(output)]
            .map(|side| Linkages { coefficients: coefficients.as_view(), side })
    }

    #[test]
    fn two_by_two_with_a_known_vector() {
        // λ = 0.6 with w = (1, 2): 0.2 + 2·0.2 = 0.6, 0.4 + 2·0.4 = 1.2.
        let coefficients = DMatrix::from_row_slice(2, 2, &[0.2, 0.2, 0.4, 0.4]);
        let [_, sellers] = sides(&coefficients, &[1.0, 1.0]);
        for DominantVector { vector: found, .. } in
            [sellers.dominant().unwrap(), sellers.by_factors().unwrap()]
        {
            assert!(
                (found[0] - 2.0 / 3.0).abs() < 1e-12 && (found[1] - 4.0 / 3.0).abs() < 1e-12,
                "{found:?}"
            );
        }
    }

    #[test]
    fn products_and_factors_lead_to_the_vector_of_the_matrix_as_it_is_defined() {
        // Smaller and larger than a Krylov space; the last one large enough for tiles.
        for n in [2, 3, 40, 150, 1_100] {
            let (coefficients, output, matrices) = world(n);
            for (side, matrix) in sides(&coefficients, &output).iter().zip(&matrices) {
                let found = side.dominant().unwrap();
                let products = dominant_vector(n, |vector| side.product(vector));
                assert_eq!(products.as_ref(), Some(&found), "{n}: without factors");
                let DominantVector { vector: found, residual } = found;
                assert!(residual < EIGENVECTOR, "{n}: {residual}");
                let image = dense::multiply(matrix.as_view(), DMatrixView::from_slice(&found, n, 1));
                assert!(eigenvector_residual(&found, image.as_slice()) < 2.0 * EIGENVECTOR, "{n}");
                assert!(found.iter().all(|value| *value >= 0.0), "{n}");
                if n < 1_000 {
                    let expected = side.by_factors().unwrap();
                    for (found, expected) in found.iter().zip(&expected.vector) {
                        assert!(
                            (found - expected).abs() < 1e-10 * expected.max(1.0),
                            "{n}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn factors_lead_where_products_do_not() {
        // Neighbours on a long path: w_i = sin(π i / (n + 1)), and the next eigenvalue is smaller by one part in 10⁴.
        let n = 400;
        let path = DMatrix::from_fn(n, n, |i, j| if i.abs_diff(j) == 1 { 0.5 } else { 0.0 });
        let ones = vec![1.0; n];
        for side in sides(&path, &ones) {
            assert_eq!(dominant_vector(n, |vector| side.product(vector)), None);
            let found = side.dominant().unwrap().vector;
            let sine = |i: usize| (std::f64::consts::PI * (i + 1) as f64 / (n + 1) as f64).sin();
            let mean = (0..n).map(sine).sum::<f64>() / n as f64;
            for (i, value) in found.iter().enumerate() {
                assert!((value - sine(i) / mean).abs() < 1e-7, "{i}: {value}");
            }
        }
    }

    #[test]
    fn nothing_that_buys_nothing_has_no_dominant_vector() {
        let nothing = DMatrix::<f64>::zeros(3, 3);
        assert_eq!(pull_and_push(nothing.as_view(), &[1.0, 0.0, 2.0]), [None, None]);
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        let (coefficients, output, _) = world(1_100);
        let bits = |threads: usize| -> Vec<u64> {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| pull_and_push(coefficients.as_view(), &output));
            found.into_iter().flat_map(|one| one.unwrap().vector).map(f64::to_bits).collect()
        };
        assert_eq!(bits(1), bits(3));
    }
}
