//! Every kernel against the textbook loops, against the others, and at the edges.

mod dense;
mod sparse;

use nalgebra::DMatrix;

/// Orders around every tile boundary: 16, 96, 128, 160, 192, 256.
const ORDERS: [usize; 19] = [0, 1, 2, 7, 8, 9, 16, 17, 60, 96, 97, 128, 129, 160, 161, 192, 193, 300, 517];
/// Backward-stable results on matrices with condition number below 100.
const CLOSE: f64 = 1e-12;

/// A small reproducible source of numbers in [0, 1) (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap()) / 4_294_967_296.0
    }
}

fn random(rows: usize, columns: usize, seed: u64) -> DMatrix<f64> {
    let mut random = Random(seed);
    DMatrix::from_fn(rows, columns, |_, _| random.next() - 0.3)
}

/// Input coefficients ≥ 0 with column sums between 0.1 and 0.85, and every eleventh row and
/// thirteenth column zero.
pub(super) fn coefficients(n: usize, seed: u64) -> DMatrix<f64> {
    let mut random = Random(seed);
    let mut a =
        DMatrix::from_fn(n, n, |i, j| if i % 11 == 10 || j % 13 == 12 { 0.0 } else { random.next().powi(4) });
    for mut column in a.column_iter_mut() {
        let total = column.sum();
        if total > 0.0 {
            column *= (0.1 + 0.75 * random.next()) / total;
        }
    }
    a
}

pub(super) fn leontief(a: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::identity(a.nrows(), a.nrows()) - a
}

/// Three nested loops.
fn textbook_product(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(a.nrows(), b.ncols(), |i, j| (0..a.ncols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
}

/// Gaussian elimination with row exchanges, as in a first course.
fn textbook_solve(matrix: &DMatrix<f64>, right: &DMatrix<f64>) -> DMatrix<f64> {
    let n = matrix.nrows();
    let (mut m, mut x) = (matrix.clone(), right.clone());
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| m[(i, k)].abs().total_cmp(&m[(j, k)].abs())).unwrap();
        m.swap_rows(k, pivot);
        x.swap_rows(k, pivot);
        for i in k + 1..n {
            let factor = m[(i, k)] / m[(k, k)];
            for j in k..n {
                m[(i, j)] -= factor * m[(k, j)];
            }
            for j in 0..x.ncols() {
                x[(i, j)] -= factor * x[(k, j)];
            }
        }
    }
    for j in 0..x.ncols() {
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|k| m[(i, k)] * x[(k, j)]).sum();
            x[(i, j)] = (x[(i, j)] - known) / m[(i, i)];
        }
    }
    x
}

#[track_caller]
fn assert_close(a: &DMatrix<f64>, b: &DMatrix<f64>) {
    assert_eq!(a.shape(), b.shape());
    let scale = b.amax().max(1.0);
    let worst = (a - b).amax();
    // Not `worst > …`: NaN must fail.
    assert!(worst <= CLOSE * scale, "off by {worst:e} at scale {scale:e}");
}

fn bits(matrix: &DMatrix<f64>) -> Vec<u64> {
    matrix.iter().map(|value| value.to_bits()).collect()
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}
