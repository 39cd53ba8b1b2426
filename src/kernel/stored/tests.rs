//! Every operation gives on every storage what plain loops over the dense cells give.

use nalgebra::DMatrix;

use super::{Storage, StoredMatrix};
use crate::kernel::sparse::Side;

/// Numbers that single precision holds exactly, a third of them zero; large enough to be cut into tiles.
fn cells(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        let k = (i * 7_919 + j * 104_729) % 251;
        if k % 3 == 0 { 0.0 } else { (k as f64 - 100.0) / 64.0 }
    })
}

fn every_storage(matrix: &DMatrix<f64>) -> [StoredMatrix; 3] {
    let stored = StoredMatrix::from(matrix.clone());
    let (single, rounding) = stored.clone().into_single();
    assert_eq!((rounding.cells, rounding.largest), (0, 0.0));
    [stored.clone(), single, stored.into_compressed()]
}

fn near(found: &DMatrix<f64>, expected: &DMatrix<f64>, what: &str) {
    assert_eq!(found.shape(), expected.shape(), "{what}");
    let gap = (found - expected).amax();
    assert!(gap <= 1e-12 * expected.amax().max(1.0), "{what}: off by {gap:e}");
}

#[test]
fn every_storage_keeps_the_same_cells() {
    let matrix = cells(37, 41);
    for stored in every_storage(&matrix) {
        assert_eq!(stored.to_dense(), matrix, "{}", stored.storage());
        assert_eq!(stored.get(5, 7).to_bits(), matrix[(5, 7)].to_bits());
        assert_eq!(stored.non_zeros(), matrix.iter().filter(|value| **value != 0.0).count());
        assert_eq!(stored.clone().into_double().as_dense(), Some(&matrix));
        assert_eq!(stored.block(3..9, 30..41), matrix.view((3, 30), (6, 11)).into_owned());
        assert_eq!(stored.clone(), StoredMatrix::from(matrix.clone()));
        let mut visited = DMatrix::zeros(37, 41);
        stored.for_each(|i, j, value| visited[(i, j)] += value);
        assert_eq!(visited, matrix);
    }
}

#[test]
fn sums_are_those_of_the_dense_cells_on_every_storage() {
    let matrix = cells(1_100, 90);
    let weights: Vec<f64> = (0..90).map(|j| 0.5 + j as f64).collect();
    for stored in every_storage(&matrix) {
        let what = stored.storage().to_string();
        let rows = DMatrix::from_vec(1_100, 1, stored.row_sums());
        near(&rows, &DMatrix::from_fn(1_100, 1, |i, _| matrix.row(i).sum()), &what);
        let columns = DMatrix::from_vec(90, 1, stored.sums_of_columns(10..1_000));
        near(&columns, &DMatrix::from_fn(90, 1, |j, _| matrix.column(j).rows(10, 990).sum()), &what);
        let weighted = stored.sums_by_ranges(&[0..4, 4..90], Some(&weights));
        let expected = DMatrix::from_fn(1_100, 2, |i, g| {
            let range = if g == 0 { 0..4 } else { 4..90 };
            range.map(|j| matrix[(i, j)] * weights[j]).sum()
        });
        near(&weighted, &expected, &what);
    }
}

#[test]
fn products_are_those_of_the_dense_cells_on_every_storage() {
    // Wide enough for several tiles, one column for the narrow path, and a block that starts inside.
    let matrix = cells(530, 390);
    for columns in [1, 3, 70] {
        let x = DMatrix::from_fn(390, columns, |i, j| ((i * 31 + j * 17) % 23) as f64 - 11.0);
        let y = DMatrix::from_fn(530, columns, |i, j| ((i * 13 + j * 7) % 19) as f64 - 9.0);
        for stored in every_storage(&matrix) {
            let what = format!("{}, {columns} columns", stored.storage());
            near(&stored.multiply(x.as_view()), &(&matrix * &x), &what);
            near(&stored.transpose_multiply(y.as_view()), &(matrix.transpose() * &y), &what);
            let (rows, cols) = (100..401, 7..300);
            let block = matrix.view((100, 7), (301, 293));
            let product = stored.multiply_block(rows.clone(), cols.clone(), x.rows_range(cols.clone()));
            near(&product, &(block * x.rows_range(cols.clone())), &what);
            let mut sum = DMatrix::from_element(293, columns, 2.0);
            stored.add_transposed_block_product(&mut sum, rows.clone(), cols, y.rows_range(rows.clone()));
            let expected = (block.transpose() * y.rows_range(rows)).add_scalar(2.0);
            near(&sum, &expected, &what);
            let mut c = DMatrix::from_element(530, columns, f64::NAN);
            stored.multiply_into(&mut c, -2.0, Side::Plain, x.as_view(), 0.0);
            near(&c, &(&matrix * &x * -2.0), &format!("{what}: β = 0 does not read C"));
        }
    }
}

#[test]
fn a_single_row_and_a_single_cell_are_multiplied_too() {
    let matrix = cells(1, 200);
    let x = DMatrix::from_fn(200, 5, |i, j| (i + j) as f64);
    for stored in every_storage(&matrix) {
        near(&stored.multiply(x.as_view()), &(&matrix * &x), &stored.storage().to_string());
        let y = DMatrix::from_element(1, 4, 0.5);
        near(&stored.transpose_multiply(y.as_view()), &(matrix.transpose() * &y), "transposed");
    }
}

#[test]
fn rearranging_folding_and_dividing_are_the_same_on_every_storage() {
    let matrix = cells(60, 60);
    let order: Vec<usize> = (0..60).map(|k| (k * 7) % 60).collect();
    let target: Vec<usize> = (0..60).map(|k| (k * k) % 5).collect();
    let divisors: Vec<f64> = (0..60).map(|j| if j == 11 { 0.0 } else { 0.25 * (1 + j % 4) as f64 }).collect();
    let moved = matrix.select_rows(&order).select_columns(&order);
    let mut folded = DMatrix::zeros(5, 5);
    for i in 0..60 {
        for j in 0..60 {
            folded[(target[i], target[j])] += matrix[(i, j)];
        }
    }
    let divided = DMatrix::from_fn(60, 60, |i, j| if j == 11 { 0.0 } else { matrix[(i, j)] / divisors[j] });
    for mut stored in every_storage(&matrix) {
        let what = stored.storage().to_string();
        let same = stored.rearranged(&order);
        assert_eq!((same.to_dense(), same.storage()), (moved.clone(), stored.storage()));
        near(&stored.folded(&target, 5, &target, 5).to_dense(), &folded, &what);
        stored.divide_columns(&divisors);
        let gap = (stored.to_dense() - &divided).amax();
        assert!(gap < 1e-6 * divided.amax(), "{what}: {gap:e}");
        assert!(stored.block(0..60, 11..12).iter().all(|cell| cell.abs() < f64::MIN_POSITIVE));
    }
}

#[test]
fn diagonal_blocks_and_what_is_outside_them_add_up_to_the_columns() {
    let matrix = cells(30, 30);
    let blocks = [0..7, 7..20, 20..30];
    for stored in every_storage(&matrix) {
        let inside = StoredMatrix::from(stored.diagonal_blocks(&blocks));
        let outside = stored.column_sums_outside(&blocks);
        assert_eq!(inside.block(7..20, 7..20), matrix.view((7, 7), (13, 13)).into_owned());
        assert_eq!(inside.block(0..7, 7..20).amax().to_bits(), 0.0_f64.to_bits());
        for (j, (inside, outside)) in inside.column_sums().iter().zip(&outside).enumerate() {
            assert!((inside + outside - matrix.column(j).sum()).abs() < 1e-12, "column {j}");
        }
    }
}

#[test]
fn rounding_to_single_precision_is_measured() {
    let (single, rounding) =
        StoredMatrix::from(DMatrix::from_row_slice(1, 3, &[0.1, 0.5, 0.0])).into_single();
    assert_eq!((single.storage(), rounding.cells), (Storage::Single, 1));
    let expected = (f64::from(0.1_f32) - 0.1) / 0.1;
    assert!((rounding.largest - expected).abs() < 1e-15, "{:e}", rounding.largest);
    let (_, beyond) = StoredMatrix::from(DMatrix::from_element(1, 1, 1e300)).into_single();
    assert!(beyond.largest.is_infinite());
}

#[test]
fn negative_and_unfinite_cells_are_found_where_they_are() {
    let mut matrix = cells(70, 140).abs();
    matrix[(3, 100)] = -1.0;
    matrix[(60, 5)] = -0.5;
    for stored in every_storage(&matrix) {
        assert_eq!(stored.negative_cells(), (2, Some((3, 100, -1.0))), "{}", stored.storage());
        assert_eq!(stored.first_non_finite(), None);
    }
    matrix[(9, 8)] = f64::INFINITY;
    for stored in [StoredMatrix::from(matrix.clone()), StoredMatrix::from(matrix).into_compressed()] {
        assert_eq!(stored.first_non_finite(), Some((9, 8, f64::INFINITY)));
    }
}

#[test]
fn changing_a_shared_matrix_leaves_the_others_as_they_were() {
    let matrix = DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 0.5, 2.0]);
    let kept = StoredMatrix::from(matrix.clone()).into_compressed();
    let (mut scaled, mut divided) = (kept.clone(), kept.clone());
    let solved_on = kept.to_compressed();
    scaled.scale_cell(1, 0, 4.0);
    divided.divide_columns(&[2.0, 4.0]);
    assert_eq!(kept.divided_by_columns(&[2.0, 4.0]), divided);
    let zero = StoredMatrix::from(matrix.clone()).divided_by_columns(&[0.0, 2.0]);
    assert_eq!(zero.to_dense(), DMatrix::from_row_slice(2, 2, &[0.0, 0.0, 0.0, 1.0]));
    assert_eq!(scaled.to_dense(), DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 2.0, 2.0]));
    assert_eq!(divided.to_dense(), DMatrix::from_row_slice(2, 2, &[0.5, 0.0, 0.25, 0.5]));
    assert_eq!(kept.to_dense(), matrix);
    assert_eq!(StoredMatrix::from((*solved_on).clone()).to_dense(), matrix);
    // Nothing was copied for the one who solves.
    assert!(std::sync::Arc::ptr_eq(&solved_on, &kept.to_compressed()));
}
