//! Everything that depends on the input coefficients alone: A, I − A factorised once, local and global inverses.

use std::sync::{Arc, OnceLock};

use nalgebra::{DMatrix, DMatrixView};
use rayon::prelude::*;

use super::get_or_try_init;
use super::solver::{
    self, Factorisation, LeontiefSolver, RESIDUAL_TOLERANCE, Side, SolveError, identity_minus,
};
use crate::blocks;
use crate::kernel;
use crate::labels::Axis;
use crate::table::IcioTable;

/// How a system is solved.
#[derive(Debug, Clone, Default)]
pub struct SystemOptions {
    /// Solver id; chosen by size, density and signs when absent.
    pub solver: Option<String>,
}

/// The Leontief system of a table.
pub struct System {
    axis: Axis,
    input_coefficients: DMatrix<f64>,
    factorisation: Arc<dyn Factorisation>,
    local_leontief: OnceLock<Vec<DMatrix<f64>>>,
    global_leontief: OnceLock<DMatrix<f64>>,
    worst_residual: std::sync::Mutex<f64>,
}

impl System {
    /// A = Z x̂⁻¹ (a zero-output industry gets a zero column), and I − A factorised.
    ///
    /// # Errors
    /// Unknown solver, singular system.
    pub fn build(table: &IcioTable, output: &[f64], options: &SystemOptions) -> Result<Self, SolveError> {
        let mut input_coefficients = table.intermediate_use().clone();
        for (mut column, x) in input_coefficients.column_iter_mut().zip(output) {
            if *x == 0.0 {
                column.fill(0.0);
            } else {
                column.iter_mut().for_each(|cell| *cell /= x);
            }
        }
        Self::from_coefficients(table.axis().clone(), input_coefficients, options)
    }

    /// A system from coefficients that are known already (scenarios, extraction, tests).
    ///
    /// # Errors
    /// Unknown solver, singular system.
    pub fn from_coefficients(
        axis: Axis,
        input_coefficients: DMatrix<f64>,
        options: &SystemOptions,
    ) -> Result<Self, SolveError> {
        let labels = |row: usize| axis.row_label(row);
        let factorisation = match &options.solver {
            Some(id) => solver::find_solver(id)?.factorise(&input_coefficients, &labels)?,
            None => {
                let chosen = solver::choose_solver(&input_coefficients);
                // Coefficients that look like an M-matrix can still lose a pivot; pivoting is the way out.
                chosen
                    .factorise(&input_coefficients, &labels)
                    .or_else(|_| solver::DensePivoted.factorise(&input_coefficients, &labels))?
            }
        };
        Ok(Self {
            axis,
            input_coefficients,
            factorisation: factorisation.into(),
            local_leontief: OnceLock::new(),
            global_leontief: OnceLock::new(),
            worst_residual: std::sync::Mutex::new(0.0),
        })
    }

    /// One cell of A, B or L changed, everything else as it was: for [`super::Damage`].
    pub(super) fn damaged(
        &self,
        damage: super::Damage,
        row: usize,
        column: usize,
        factor: f64,
    ) -> Result<Self, SolveError> {
        let mut input_coefficients = self.input_coefficients.clone();
        let mut local = self.local_leontief()?.to_vec();
        let mut global = self.global_leontief()?.clone();
        match damage {
            super::Damage::LocalLeontief => {
                let economy = self.axis.economy_of(row);
                let start = self.axis.block(economy).start;
                local[economy][(row - start, column - start)] *= factor;
            }
            super::Damage::GlobalLeontief => global[(row, column)] *= factor,
            _ => input_coefficients[(row, column)] *= factor,
        }
        Ok(Self {
            axis: self.axis.clone(),
            input_coefficients,
            factorisation: Arc::clone(&self.factorisation),
            local_leontief: OnceLock::from(local),
            global_leontief: OnceLock::from(global),
            worst_residual: std::sync::Mutex::new(0.0),
        })
    }

    /// Labels and row order.
    pub fn axis(&self) -> &Axis {
        &self.axis
    }

    /// A: input of the row needed for a unit of the column's output, (n_rows, n_rows), a fraction.
    pub fn input_coefficients(&self) -> &DMatrix<f64> {
        &self.input_coefficients
    }

    /// A_sr: what economy `r` buys of economy `s` for a unit of its output.
    pub fn coefficient_block(&self, s: usize, r: usize) -> DMatrixView<'_, f64> {
        blocks::block(&self.input_coefficients, &self.axis, s, r)
    }

    /// Id of the solver in use.
    pub fn solver(&self) -> &'static str {
        self.factorisation.solver()
    }

    /// Largest relative residual of all solves so far.
    pub fn worst_residual(&self) -> f64 {
        *self.worst_residual.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Solves (I − A) X = Y, or its transpose, in place, and proves it: the residual is computed for every solve.
    ///
    /// # Errors
    /// A residual above [`RESIDUAL_TOLERANCE`], or a value that is not finite: never a number.
    pub fn solve_in_place(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<(), SolveError> {
        let wanted = rhs.clone();
        self.factorisation.solve_in_place(side, rhs)?;
        let residual = relative_residual(&self.input_coefficients, side, rhs, &wanted);
        self.note_residual(residual)
    }

    fn note_residual(&self, residual: f64) -> Result<(), SolveError> {
        let solver = self.factorisation.solver();
        if !residual.is_finite() {
            return Err(SolveError::NotFinite { solver });
        }
        if residual > RESIDUAL_TOLERANCE {
            return Err(SolveError::Residual { solver, residual, tolerance: RESIDUAL_TOLERANCE });
        }
        let mut worst = self.worst_residual.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *worst = worst.max(residual);
        Ok(())
    }

    /// L_s = (I − A_ss)⁻¹ of every economy: domestic inputs only.
    ///
    /// # Errors
    /// An economy whose domestic block is singular.
    ///
    /// # Cost
    /// O(G N³), once.
    pub fn local_leontief(&self) -> Result<&[DMatrix<f64>], SolveError> {
        get_or_try_init(&self.local_leontief, || {
            (0..self.axis.n_economies())
                .into_par_iter()
                .map(|s| {
                    let mut inverse = identity_minus(self.coefficient_block(s, s));
                    invert(&mut inverse, &|row| self.axis.row_label(self.axis.block(s).start + row))?;
                    Ok(inverse)
                })
                .collect::<Result<Vec<_>, SolveError>>()
        })
        .map(Vec::as_slice)
    }

    /// B = (I − A)⁻¹, the global Leontief inverse, (n_rows, n_rows). Only methods that need its blocks ask for it; a
    /// few hundred right-hand sides are cheaper by [`System::solve_in_place`].
    ///
    /// # Errors
    /// A singular system, a residual above tolerance.
    ///
    /// # Cost
    /// O(n³) multiply-adds and one n x n matrix, once.
    pub fn global_leontief(&self) -> Result<&DMatrix<f64>, SolveError> {
        get_or_try_init(&self.global_leontief, || {
            let inverse = match self.factorisation.inverse() {
                Some(inverse) => inverse,
                None => {
                    let mut inverse = identity_minus(self.input_coefficients.as_view());
                    invert(&mut inverse, &|row| self.axis.row_label(row))?;
                    inverse
                }
            };
            // One probe column proves the whole inverse at the cost of a product: (I − A) (B u) = u.
            let ones = DMatrix::from_element(inverse.nrows(), 1, 1.0);
            let probe = kernel::dense::multiply(inverse.as_view(), ones.as_view());
            self.note_residual(relative_residual(&self.input_coefficients, Side::Direct, &probe, &ones))?;
            Ok(inverse)
        })
    }

    /// B_sr.
    ///
    /// # Errors
    /// As [`System::global_leontief`].
    pub fn global_block(&self, s: usize, r: usize) -> Result<DMatrixView<'_, f64>, SolveError> {
        Ok(blocks::block(self.global_leontief()?, &self.axis, s, r))
    }
}

/// Inverts in place: without pivoting while the pivots allow it, else with partial pivoting.
fn invert(matrix: &mut DMatrix<f64>, labels: &dyn Fn(usize) -> String) -> Result<(), SolveError> {
    let original = matrix.clone();
    if kernel::inverse::invert_in_place(matrix).is_ok() {
        return Ok(());
    }
    *matrix = solver::DensePivoted::invert(&original, labels)?;
    Ok(())
}

/// Largest over columns of ‖(I − A)X − Y‖₁ / ‖Y‖₁; a zero column must have a zero residual.
fn relative_residual(
    input_coefficients: &DMatrix<f64>,
    side: Side,
    solution: &DMatrix<f64>,
    wanted: &DMatrix<f64>,
) -> f64 {
    let product = match side {
        Side::Direct => kernel::dense::multiply(input_coefficients.as_view(), solution.as_view()),
        Side::Transposed => {
            kernel::dense::transpose_multiply(input_coefficients.as_view(), solution.as_view())
        }
    };
    let mut worst: f64 = 0.0;
    for column in 0..solution.ncols() {
        let (x, y, ax) = (solution.column(column), wanted.column(column), product.column(column));
        let gap: f64 = x.iter().zip(y.iter()).zip(ax.iter()).map(|((x, y), ax)| (x - ax - y).abs()).sum();
        let size = y.lp_norm(1);
        let relative = if size > 0.0 { gap / size } else { gap };
        if relative.is_nan() {
            return f64::NAN;
        }
        worst = worst.max(relative);
    }
    worst
}
