//! Every solver gives the same answer, says so with a residual, and refuses what has no answer.

use std::sync::Arc;

use nalgebra::DMatrix;
use vadex::kernel::residual::dense_residuals;
use vadex::kernel::sparse;
use vadex::kernel::stored::StoredMatrix;
use vadex::labels::Axis;
use vadex::model::solver::{SOLVERS, Side, SolveError};
use vadex::model::{System, SystemOptions};

use super::support::{close, dmatrix, leather, model, open, table};

/// Two economies of one sector each.
fn two() -> Axis {
    Axis::new(&[("A".to_owned(), "s".to_owned()), ("B".to_owned(), "s".to_owned())]).unwrap().0
}

fn stored(coefficients: &DMatrix<f64>) -> Arc<StoredMatrix> {
    Arc::new(coefficients.clone().into())
}

#[test]
fn all_solvers_agree_on_both_sides() {
    let model = model(&leather());
    let coefficients = model.system().input_coefficients();
    let n = coefficients.nrows();
    let rhs = DMatrix::from_fn(n, 3, |i, j| ((i * 7 + j * 3) % 5) as f64 - 1.0);
    for side in [Side::Direct, Side::Transposed] {
        let mut answers = Vec::new();
        for solver in SOLVERS {
            let mut x = rhs.clone();
            let factors = solver.factorise(coefficients, model.axis()).unwrap();
            factors.solve_in_place(side, &mut x).unwrap();
            answers.push((solver.id(), x));
        }
        let (_, first) = &answers[0];
        for (id, x) in &answers {
            close((x - first).norm(), 0.0, first.norm(), 1e-12, id);
        }
    }
}

#[test]
fn a_residual_that_a_solver_hands_back_is_that_of_its_answer() {
    // The builtin table of 1435 rows: a residual of rounding that is not zero.
    let model = model(&open("builtin:wiod13/2005"));
    let coefficients = model.system().input_coefficients();
    let n = coefficients.nrows();
    // Columns of very different size, which a norm over all of them would hide.
    let rhs = DMatrix::from_fn(n, 3, |i, j| 10.0_f64.powi(4 * j as i32) * (1 + (i * 7 + j * 3) % 5) as f64);
    let mut looked = Vec::new();
    for solver in SOLVERS {
        let factors = solver.factorise(coefficients, model.axis()).unwrap();
        for (side, kernel_side) in
            [(Side::Direct, sparse::Side::Plain), (Side::Transposed, sparse::Side::Transposed)]
        {
            let mut x = rhs.clone();
            let Some(told) = factors.solve_in_place(side, &mut x).unwrap() else { continue };
            let dense = coefficients.as_dense().unwrap().as_view();
            let found = dense_residuals(dense, kernel_side, &x, &rhs).into_iter().fold(0.0, f64::max);
            assert!(found > 0.0 && told > 0.0, "{}: {told:e}, {found:e}", solver.id());
            // Sums in another order: rounding of the residual, not of the answer.
            assert!((told - found).abs() < 3e-15, "{}: told {told:e}, found {found:e}", solver.id());
            looked.push(solver.id());
        }
    }
    assert_eq!(
        looked,
        ["dense-f32", "dense-f32", "block-krylov", "block-krylov", "sparse-krylov", "sparse-krylov"]
    );
}

#[test]
fn a_transposed_solve_is_the_solve_of_the_transposed_matrix() {
    let coefficients = dmatrix![0.1, 0.4; 0.2, 0.3];
    for solver in SOLVERS {
        let mut left = dmatrix![1.0; 2.0];
        let mut right = left.clone();
        solver
            .factorise(&stored(&coefficients), &two())
            .unwrap()
            .solve_in_place(Side::Transposed, &mut left)
            .unwrap();
        solver
            .factorise(&stored(&coefficients.transpose()), &two())
            .unwrap()
            .solve_in_place(Side::Direct, &mut right)
            .unwrap();
        close((left - right).norm(), 0.0, 1.0, 1e-12, solver.id());
    }
}

#[test]
fn an_inverse_from_what_was_prepared_is_the_solution_for_unit_columns() {
    let model = model(&leather());
    let coefficients = model.system().input_coefficients();
    let mut offered = 0;
    for solver in SOLVERS {
        let factors = solver.factorise(coefficients, model.axis()).unwrap();
        let Some(inverse) = factors.to_inverse().or_else(|| factors.inverse().cloned()) else { continue };
        let mut solution = DMatrix::identity(coefficients.nrows(), coefficients.nrows());
        factors.solve_in_place(Side::Direct, &mut solution).unwrap();
        close((&inverse - &solution).norm(), 0.0, solution.norm(), 1e-14, solver.id());
        offered += 1;
    }
    assert!(offered > 0, "no solver offers an inverse");
}

#[test]
fn a_singular_system_is_an_error_of_every_solver() {
    // Economy A uses exactly one unit of itself for a unit of output.
    let coefficients = dmatrix![1.0, 0.0; 0.0, 0.2];
    for solver in SOLVERS {
        let outcome = solver
            .factorise(&stored(&coefficients), &two())
            .and_then(|factors| factors.solve_in_place(Side::Direct, &mut dmatrix![1.0; 1.0]));
        assert!(outcome.is_err(), "{} solved a singular system", solver.id());
    }
}

#[test]
fn negative_coefficients_call_for_pivoting() {
    let z = dmatrix![1.0, -0.5; 2.0, 1.0];
    let model = model(&table(&["A", "B"], &["s"], z, dmatrix![5.0, 1.0; 1.0, 5.0]));
    assert_eq!(model.system().solver(), "dense-pivoted");
}

#[test]
fn every_solve_reports_its_residual() {
    let model = model(&leather());
    model.value_added_by_origin().unwrap();
    let residual = model.system().worst_residual();
    assert!(residual > 0.0 && residual < 1e-14, "residual {residual:e}");
}

#[test]
fn a_tiny_pivot_of_an_economy_does_not_cost_its_inverse_digits() {
    // The first industry of E uses nearly all it makes of itself, and gives a by-product back: without row exchanges the first
    // pivot is 1e-12, and what follows is lost in what it is divided into.
    #[rustfmt::skip]
    let z = DMatrix::from_row_slice(4, 4, &[
        99.999_999_999_9, 60.0,  3.0,  0.9,
                   -30.0, 24.0,  4.5,  4.5,
                     5.0, 12.0, 45.0, 18.0,
                     2.0,  6.0, 15.0, 22.5,
    ]);
    #[rustfmt::skip]
    let y = DMatrix::from_row_slice(4, 2, &[
        -38.339_999_999_94, -25.559_999_999_96,
                      70.2,               46.8,
                      42.0,               28.0,
                      26.7,               17.8,
    ]);
    let model = model(&table(&["E", "F"], &["s", "t"], z, y));
    let system = model.system();
    for (economy, inverse) in system.local_leontief().unwrap().iter().enumerate() {
        let block = system.coefficient_block(economy, economy);
        let gap = (DMatrix::identity(2, 2) - block) * inverse - DMatrix::identity(2, 2);
        assert!(gap.amax() < 1e-14, "economy {economy}: {:e}", gap.amax());
    }
    let inverse = system.global_leontief().unwrap();
    let a = system.dense_coefficients("the test").unwrap();
    let gap = (DMatrix::identity(4, 4) - a) * inverse - DMatrix::identity(4, 4);
    assert!(gap.amax() < 1e-13, "{:e}", gap.amax());
}

#[test]
fn an_industry_of_hardly_any_output_neither_refuses_a_table_nor_hides_the_others() {
    for output in [1e-3, 1e-5, 1e-7, 1e-9] {
        // Eight industries; the fourth makes hardly anything and buys five of each.
        let z = DMatrix::from_fn(8, 8, |i, j| match (i, j) {
            (3, _) => 0.0,
            (_, 3) => 5.0,
            _ => 1.0 + ((i * 7 + j * 11) % 13) as f64,
        });
        let y = DMatrix::from_fn(8, 2, |i, j| if i == 3 { output / 2.0 } else { 40.0 + (i * 3 + j) as f64 });
        let model = model(&table(&["E", "F"], &["p", "q", "r", "s"], z, y));
        let coefficients = model.system().input_coefficients();
        let v = DMatrix::from_column_slice(8, 1, model.value_added_share());
        for solver in SOLVERS.iter().filter(|solver| {
            // The others work in single precision first, on cells that differ by a factor of a billion.
            ["dense-lu", "dense-pivoted", "dense-inverse", "sparse-krylov"].contains(&solver.id())
        }) {
            let options = SystemOptions { solver: Some(solver.id().to_owned()) };
            let system =
                System::from_coefficients(model.axis().clone(), (**coefficients).clone(), &options).unwrap();
            // Value added in a unit of anything is one; in the tiny industry it is a difference of large numbers.
            let mut embodied = v.clone();
            system.solve_in_place(Side::Transposed, &mut embodied).unwrap();
            for (row, value) in embodied.iter().enumerate() {
                let most = if row == 3 { 40.0 * 1e-12 / output } else { 1e-12 };
                let id = solver.id();
                assert!((value - 1.0).abs() < most, "{id}, output {output:e}, row {row}: {value}");
            }
        }
    }
}

#[test]
fn who_pivots_already_is_not_told_to_pivot() {
    let hint = |solver| SolveError::Residual { solver, residual: 0.1, tolerance: 1e-11 }.hint();
    assert!(hint("dense-lu").contains("--solver dense-pivoted"), "{}", hint("dense-lu"));
    let pivoted = hint("dense-pivoted");
    assert!(!pivoted.contains("--solver") && pivoted.contains("vadex check"), "{pivoted}");
}
