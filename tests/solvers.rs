//! Every solver gives the same answer, says so with a residual, and refuses what has no answer.

use std::sync::Arc;

use nalgebra::DMatrix;
use vadex::kernel::residual::dense_residuals;
use vadex::kernel::sparse;
use vadex::kernel::stored::StoredMatrix;
use vadex::labels::Axis;
use vadex::model::solver::{SOLVERS, Side};

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
