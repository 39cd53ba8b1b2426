//! Fits against printed examples, first-order conditions, and on any number of threads.

use super::*;

/// Six printed digits.
const PRINTED: f64 = 5e-6;

fn matrix(rows: &[&[f64]]) -> DMatrix<f64> {
    DMatrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j])
}

fn numbered(line: Line) -> String {
    match line {
        Line::Row(i) => format!("row {i}"),
        Line::Column(j) => format!("column {j}"),
    }
}

fn fitted(start: &DMatrix<f64>, rows: &[f64], columns: &[f64]) -> (DMatrix<f64>, Fit) {
    let mut x = start.clone();
    let fit = fit(&mut x, rows, columns, &FitOptions::default(), &numbered).unwrap();
    (x, fit)
}

fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

/// Margins hold, and every cell has the form that the first-order conditions ask for: the problem is convex, so the
/// two together prove the optimum.
fn assert_optimal(start: &DMatrix<f64>, x: &DMatrix<f64>, fit: &Fit, rows: &[f64], columns: &[f64]) {
    for (i, margin) in rows.iter().enumerate() {
        assert_close(x.row(i).sum(), *margin, 1e-9 * x.row(i).lp_norm(1).max(1.0));
    }
    for (j, margin) in columns.iter().enumerate() {
        assert_close(x.column(j).sum(), *margin, 1e-9 * x.column(j).lp_norm(1).max(1.0));
    }
    for i in 0..rows.len() {
        for j in 0..columns.len() {
            let (lambda, mu) = (fit.row_multipliers[i].ln(), fit.column_multipliers[j].ln());
            let a = start[(i, j)];
            let expected = if a == 0.0 { 0.0 } else { a * (a.signum() * (lambda + mu)).exp() };
            assert_close(x[(i, j)], expected, 1e-12 * expected.abs());
        }
    }
}

#[test]
fn wide_matrices_are_fitted_by_bands_with_the_same_bits_on_any_number_of_threads() {
    let (n, columns) = (90, 2 * BAND + 70);
    let start = DMatrix::from_fn(n, columns, |i, j| {
        let size = ((i * 7 + j * 13 + i * j) % 31) as f64;
        if (i + j) % 41 == 0 { -size } else { size }
    });
    let margin = |sum: f64, k: usize| sum * (1.0 + ((k * 5) % 7) as f64 / 40.0);
    let wanted = DMatrix::from_fn(n, columns, |i, j| start[(i, j)] * margin(1.0, i) * margin(1.0, j + 3));
    let rows: Vec<f64> = wanted.row_iter().map(|row| row.sum()).collect();
    let totals: Vec<f64> = wanted.column_iter().map(|column| column.sum()).collect();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fitted(&start, &rows, &totals))
    };
    let (x, fit) = with(1);
    assert_optimal(&start, &x, &fit, &rows, &totals);
    let bits = |x: &DMatrix<f64>| x.iter().map(|cell| cell.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&x), bits(&with(3).0));
}

/// Miller and Blair (2009), section 7.4.2: coefficients of one year, margins of another.
#[test]
fn the_ras_example_of_miller_and_blair() {
    let coefficients = matrix(&[&[0.12, 0.1, 0.049], &[0.21, 0.247, 0.265], &[0.026, 0.249, 0.145]]);
    let output = [421.0, 284.0, 283.0];
    let start = DMatrix::from_fn(3, 3, |i, j| coefficients[(i, j)] * output[j]);
    let (rows, columns) = ([245.0, 136.0, 159.0], [251.0, 107.0, 182.0]);
    let (x, fit) = fitted(&start, &rows, &columns);
    let expected = matrix(&[
        &[165.210148, 34.613605, 45.176247],
        &[63.52862, 18.786178, 53.685202],
        &[22.261232, 53.600217, 83.13855],
    ]);
    for (found, expected) in x.iter().zip(expected.iter()) {
        assert_close(*found, *expected, PRINTED);
    }
    assert_eq!(fit.negative_cells, 0);
    assert_optimal(&start, &x, &fit, &rows, &columns);
    // The first sweep alone: r of the rows, then s of the columns under that r.
    let first_r: Vec<f64> = (0..3).map(|i| multiplier(rows[i], start.row(i).sum(), 0.0)).collect();
    for (found, expected) in first_r.iter().zip([2.640456, 0.582309, 1.295875]) {
        assert_close(*found, expected, PRINTED);
    }
    for (j, expected) in [1.260911, 0.515723, 1.363687].into_iter().enumerate() {
        let up = dot(start.column(j).clone_owned().as_slice(), &first_r);
        assert_close(multiplier(columns[j], up, 0.0), expected, PRINTED);
    }
}

/// The example of Junius and Oosterhaven (2003) with the multipliers of Temurshoev, Miller and Bouwmeester (2013).
#[test]
fn the_gras_example_of_junius_and_oosterhaven() {
    let start = matrix(&[&[7.0, 3.0, 5.0, -3.0], &[2.0, 9.0, 8.0, 1.0], &[-2.0, 0.0, 2.0, 1.0]]);
    let (rows, columns) = ([15.0, 26.0, -1.0], [9.0, 16.0, 17.0, -2.0]);
    let (x, fit) = fitted(&start, &rows, &columns);
    let expected = matrix(&[
        &[8.97644, 3.74316, 5.721728, -3.441329],
        &[2.799335, 12.25684, 9.992314, 0.951511],
        &[-2.775776, 0.0, 1.285958, 0.489818],
    ]);
    for (found, expected) in x.iter().zip(expected.iter()) {
        assert_close(*found, *expected, PRINTED);
    }
    // Multipliers are fixed up to one factor that goes from rows to columns.
    let factor = fit.row_multipliers[0] / 1.008703;
    for (found, expected) in fit.row_multipliers.iter().zip([1.008703, 1.100987, 0.566765]) {
        assert_close(found / factor, expected, PRINTED);
    }
    for (found, expected) in fit.column_multipliers.iter().zip([1.271284, 1.236954, 1.134472, 0.864234]) {
        assert_close(found * factor, expected, PRINTED);
    }
    assert_eq!(fit.negative_cells, 2);
    assert_optimal(&start, &x, &fit, &rows, &columns);
}

/// Lenzen, Wood and Gallego (2007): a row and a column without any positive cell.
#[test]
fn lines_without_positive_cells_are_served() {
    let start = matrix(&[&[-3.0, -1.0, 0.0], &[5.0, 2.0, -4.0], &[1.0, 6.0, -0.5]]);
    let (rows, columns) = ([-6.0, 4.0, 7.0], [3.0, 5.0, -3.0]);
    let (x, fit) = fitted(&start, &rows, &columns);
    assert_optimal(&start, &x, &fit, &rows, &columns);
}

/// Σ |a| z (ln z − 1), the function that is minimised, straight from its definition.
fn lost_information(start: &DMatrix<f64>, x: &DMatrix<f64>) -> f64 {
    start
        .iter()
        .zip(x.iter())
        .filter(|(a, _)| **a != 0.0)
        .map(|(a, x)| {
            let z = x / a;
            if z > 0.0 { a.abs() * z * (z.ln() - 1.0) } else { f64::INFINITY }
        })
        .sum()
}

/// Two by two has one degree of freedom: the minimum is found by trying it out.
#[test]
fn the_result_is_the_minimum_that_brute_force_finds() {
    for start in [
        matrix(&[&[4.0, 1.0], &[2.0, 3.0]]),
        matrix(&[&[4.0, -1.0], &[2.0, 3.0]]),
        matrix(&[&[6.0, -1.0], &[-2.0, 5.0]]),
    ] {
        let rows = [start.row(0).sum() * 1.3, start.row(1).sum() * 0.9];
        let columns = [start.column(0).sum(), rows[0] + rows[1] - start.column(0).sum()];
        let (x, _) = fitted(&start, &rows, &columns);
        let with_corner = |corner: f64| {
            let right = rows[0] - corner;
            let below = columns[0] - corner;
            matrix(&[&[corner, right], &[below, rows[1] - below]])
        };
        let (mut low, mut high) = (-40.0, 40.0);
        let mut best = f64::NAN;
        for _ in 0..12 {
            let step = (high - low) / 4000.0;
            best = (0..=4000)
                .map(|k| low + f64::from(k) * step)
                .min_by(|a, b| {
                    lost_information(&start, &with_corner(*a))
                        .total_cmp(&lost_information(&start, &with_corner(*b)))
                })
                .unwrap();
            (low, high) = (best - step, best + step);
        }
        // The function is flat at its minimum: half the digits.
        assert_close(x[(0, 0)], best, 1e-6);
    }
}

#[test]
fn zeros_and_signs_stay_and_lines_with_margin_zero_are_emptied() {
    let start = matrix(&[&[1.0, 0.0, 2.0], &[3.0, -1.0, 0.0], &[0.5, 2.0, 1.0]]);
    let (x, _) = fitted(&start, &[0.0, 2.0, 4.0], &[3.0, 1.5, 1.5]);
    for (before, after) in start.iter().zip(x.iter()) {
        assert!(before * after >= 0.0 && (*before != 0.0 || *after == 0.0));
    }
    assert_eq!(x.row(0).sum().abs().to_bits(), 0.0_f64.to_bits());
}

#[test]
fn a_matrix_that_holds_its_margins_stays_as_it_is() {
    let start = matrix(&[&[7.0, 3.0, -3.0], &[2.0, 9.0, 1.0]]);
    let (x, fit) = fitted(&start, &[7.0, 12.0], &[9.0, 12.0, -2.0]);
    assert_eq!(fit.sweeps, 1);
    for (before, after) in start.iter().zip(x.iter()) {
        assert_close(*after, *before, 1e-14 * before.abs());
    }
}

#[test]
fn margins_that_cannot_be_met_are_refused_with_numbers_and_leave_the_matrix_alone() {
    let start = matrix(&[&[1.0, -2.0], &[3.0, 4.0]]);
    let attempt = |start: &DMatrix<f64>, rows: [f64; 2], columns: [f64; 2]| {
        let mut x = start.clone();
        let options = FitOptions { most_sweeps: 200, ..FitOptions::default() };
        let error = fit(&mut x, &rows, &columns, &options, &numbered).unwrap_err();
        assert_eq!(x, *start);
        error
    };
    assert_eq!(
        attempt(&start, [1.0, 7.0], [4.0, 5.0]),
        BalanceError::Conflict { rows: 8.0, columns: 9.0, difference: -1.0 }
    );
    assert_eq!(
        attempt(&start, [9.0, -1.0], [4.0, 4.0]).to_string(),
        "row `row 1` has no cell below zero and cannot add up to its margin -1"
    );
    // Where the zero is, 1 cannot be split into 2 and something positive.
    let with_zero = matrix(&[&[1.0, 0.0], &[3.0, 4.0]]);
    let error = attempt(&with_zero, [3.0, 5.0], [2.0, 6.0]);
    assert!(matches!(error, BalanceError::NoConvergence { sweeps: 200, .. }), "{error}");
    assert!(matches!(
        attempt(&start, [f64::NAN, 1.0], [4.0, 5.0]),
        BalanceError::NotFinite { kind: "row", .. }
    ));
    let mut x = start.clone();
    let error = fit(&mut x, &[1.0], &[1.0, 2.0], &FitOptions::default(), &numbered).unwrap_err();
    assert_eq!(error.to_string(), "there are 1 row margins, the matrix has 2 rows");
}
