//! Everything that depends on the input coefficients alone: A, I − A factorised once, local and global inverses.

use std::sync::{Arc, OnceLock};

use nalgebra::{DMatrix, DMatrixView};
use rayon::prelude::*;

use super::solver::{self, Factorisation, LeontiefSolver, RESIDUAL_TOLERANCE, Side, SolveError};
use super::{get_or_try_init, residual};
use crate::blocks;
use crate::kernel::residual::worse;
use crate::kernel::sparse::SparseSystem;
use crate::kernel::stored::{Storage, StoredMatrix};
use crate::labels::Axis;

/// How a system is solved.
#[derive(Debug, Clone, Default)]
pub struct SystemOptions {
    /// Solver id; chosen by size, density and signs when absent.
    pub solver: Option<String>,
}

/// Why a solver was taken that the caller named.
const AS_ASKED: &str = "as asked for";

/// The Leontief system of a table.
pub struct System {
    axis: Axis,
    input_coefficients: Arc<StoredMatrix>,
    factorisation: Arc<dyn Factorisation>,
    reason: String,
    local_leontief: Kept<Vec<DMatrix<f64>>>,
    /// The domestic coefficients of a compressed system, whose local inverses would be dense.
    domestic: OnceLock<SparseSystem>,
    global_leontief: Kept<DMatrix<f64>>,
    /// Residual of an inverse that the solver made.
    proven: Kept<()>,
    worst_residual: std::sync::Mutex<f64>,
}

impl std::fmt::Debug for System {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("System")
            .field("economies", &self.axis.n_economies())
            .field("rows", &self.axis.n_rows())
            .field("storage", &self.input_coefficients.storage())
            .field("solver", &self.solver())
            .finish_non_exhaustive()
    }
}

/// Why a system without negative coefficients is solved with row exchanges.
const LOST_PIVOT: &str = "a pivot was lost without pivoting";

/// Something solved once and kept with the residual of its solve: everybody who uses it answers for its exactness, so
/// what a piece of work says about its residual does not depend on who came first.
#[derive(Debug, Clone)]
pub(super) struct Kept<T>(OnceLock<(T, f64)>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> Kept<T> {
    /// The value, from `compute` (which returns the residual with it) when nobody has asked before.
    pub(super) fn get_or_try_init<E>(
        &self,
        system: &System,
        compute: impl FnOnce() -> Result<(T, f64), E>,
    ) -> Result<&T, E> {
        let (value, residual) = get_or_try_init(&self.0, compute)?;
        system.count_residual(*residual);
        Ok(value)
    }
}

impl System {
    /// I − A factorised, for given coefficients A.
    ///
    /// # Errors
    /// Unknown solver, singular system.
    pub fn from_coefficients(
        axis: Axis,
        input_coefficients: impl Into<StoredMatrix>,
        options: &SystemOptions,
    ) -> Result<Self, SolveError> {
        let input_coefficients = Arc::new(input_coefficients.into());
        let mut reason = AS_ASKED.to_owned();
        let factorisation = match &options.solver {
            Some(id) => solver::find_solver(id)?.factorise(&input_coefficients, &axis)?,
            None => {
                let (chosen, why) = solver::choose_solver(&input_coefficients);
                reason = why;
                match chosen.factorise(&input_coefficients, &axis) {
                    // Coefficients that look like an M-matrix can still lose a pivot; pivoting is the way out.
                    Err(SolveError::Singular { .. }) if chosen.id() == solver::DenseLu.id() => {
                        reason = LOST_PIVOT.to_owned();
                        solver::DensePivoted.factorise(&input_coefficients, &axis)?
                    }
                    outcome => outcome?,
                }
            }
        };
        Ok(Self {
            axis,
            input_coefficients,
            factorisation: factorisation.into(),
            reason,
            local_leontief: Kept::default(),
            domestic: OnceLock::new(),
            global_leontief: Kept::default(),
            proven: Kept::default(),
            worst_residual: std::sync::Mutex::new(0.0),
        })
    }

    /// Other coefficients on the same rows, solved in the same way: by the solver that was asked for, or by a choice of
    /// their own.
    ///
    /// # Errors
    /// Singular system.
    ///
    /// # Panics
    /// When the coefficients are not square of the order of the axis.
    pub fn with_coefficients(&self, input_coefficients: impl Into<StoredMatrix>) -> Result<Self, SolveError> {
        let input_coefficients = input_coefficients.into();
        let n = self.axis.n_rows();
        assert_eq!(input_coefficients.shape(), (n, n), "coefficients of another order");
        let asked = (self.reason == AS_ASKED).then(|| self.solver().to_owned());
        Self::from_coefficients(self.axis.clone(), input_coefficients, &SystemOptions { solver: asked })
    }

    /// One cell of A, B or L changed, everything else as it was: for [`super::Damage`].
    pub(super) fn damaged(
        &self,
        damage: super::Damage,
        row: usize,
        column: usize,
        factor: f64,
    ) -> Result<Self, SolveError> {
        let mut input_coefficients = Arc::clone(&self.input_coefficients);
        let mut local = self.local_leontief()?.to_vec();
        let mut global = self.global_leontief()?.clone();
        match damage {
            super::Damage::LocalLeontief => {
                let economy = self.axis.economy_of(row);
                let start = self.axis.block(economy).start;
                local[economy][(row - start, column - start)] *= factor;
            }
            super::Damage::GlobalLeontief => global[(row, column)] *= factor,
            _ => Arc::make_mut(&mut input_coefficients).scale_cell(row, column, factor),
        }
        Ok(Self {
            axis: self.axis.clone(),
            input_coefficients,
            factorisation: Arc::clone(&self.factorisation),
            reason: self.reason.clone(),
            local_leontief: Kept(OnceLock::from((local, 0.0))),
            domestic: OnceLock::new(),
            global_leontief: Kept(OnceLock::from((global, 0.0))),
            proven: Kept::default(),
            worst_residual: std::sync::Mutex::new(0.0),
        })
    }

    /// Labels and row order.
    pub fn axis(&self) -> &Axis {
        &self.axis
    }

    /// A: input of the row needed for a unit of the column's output, (n_rows, n_rows), a fraction.
    pub fn input_coefficients(&self) -> &Arc<StoredMatrix> {
        &self.input_coefficients
    }

    /// A as dense cells in double precision, for what cannot do without: `needs` is who asks, for the message.
    ///
    /// # Errors
    /// [`SolveError::NeedsDense`] when A is kept in another way.
    pub fn dense_coefficients(&self, needs: &'static str) -> Result<&DMatrix<f64>, SolveError> {
        self.input_coefficients.as_dense().ok_or_else(|| self.needs_dense(needs, "dense coefficients"))
    }

    fn needs_dense(&self, needs: &'static str, what: &'static str) -> SolveError {
        SolveError::NeedsDense {
            needs,
            what,
            found: self.input_coefficients.storage(),
            rows: self.axis.n_rows(),
        }
    }

    /// A_sr: what economy `r` buys of economy `s` for a unit of its output, copied out of A.
    ///
    /// # Panics
    /// When there is no economy of one of the indices.
    pub fn coefficient_block(&self, s: usize, r: usize) -> DMatrix<f64> {
        self.input_coefficients.block(self.axis.block(s), self.axis.block(r))
    }

    /// A_sr X, without copying the block.
    ///
    /// # Panics
    /// If `x` does not have a row for each of the buyer's, or there is no economy of one of the indices.
    pub fn coefficient_product(&self, s: usize, r: usize, x: DMatrixView<'_, f64>) -> DMatrix<f64> {
        self.input_coefficients.multiply_block(self.axis.block(s), self.axis.block(r), x)
    }

    /// Id of the solver in use.
    pub fn solver(&self) -> &'static str {
        self.factorisation.solver()
    }

    /// Why this solver, in words.
    pub fn solver_reason(&self) -> &str {
        &self.reason
    }

    /// Was a pivot lost that I − A has while no group of industries uses more of its own output than it makes? Asked of
    /// coefficients that are not negative.
    pub fn lost_a_pivot(&self) -> bool {
        self.reason == LOST_PIVOT
    }

    /// Largest relative residual of all solves so far, and of kept solutions that were used.
    pub fn worst_residual(&self) -> f64 {
        *self.worst_residual.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The same since this was last asked: what one of several pieces of work on a shared system answers for. The
    /// pieces must not overlap in time.
    pub fn take_worst_residual(&self) -> f64 {
        std::mem::take(&mut *self.worst_residual.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(crate) fn count_residual(&self, residual: f64) {
        let mut worst = self.worst_residual.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *worst = worst.max(residual);
    }

    /// Solves (I − A) X = Y, or its transpose, in place, and proves it: the residual is computed for every solve.
    ///
    /// # Errors
    /// A residual above [`RESIDUAL_TOLERANCE`], or a value that is not finite: never a number.
    pub fn solve_in_place(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<(), SolveError> {
        self.solve_measured(side, rhs).map(|_| ())
    }

    /// The same, handing the residual back.
    pub(super) fn solve_measured(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<f64, SolveError> {
        let wanted = rhs.clone();
        let residual = self.factorisation.solve_in_place(side, rhs)?;
        self.note_residual(residual.unwrap_or_else(|| self.residual_of(side, rhs, &wanted)))
    }

    fn note_residual(&self, residual: f64) -> Result<f64, SolveError> {
        let solver = self.factorisation.solver();
        if !residual.is_finite() {
            return Err(SolveError::NotFinite { solver });
        }
        if residual > RESIDUAL_TOLERANCE {
            return Err(SolveError::Residual { solver, residual, tolerance: RESIDUAL_TOLERANCE });
        }
        self.count_residual(residual);
        Ok(residual)
    }

    /// L_s = (I − A_ss)⁻¹ of every economy: domestic inputs only.
    ///
    /// # Errors
    /// An economy whose domestic block is singular; [`SolveError::NeedsDense`] when A is kept in compressed rows.
    ///
    /// # Cost
    /// O(G N³), once.
    pub fn local_leontief(&self) -> Result<&[DMatrix<f64>], SolveError> {
        let local = self.local_leontief.get_or_try_init(self, || {
            if self.input_coefficients.storage() == Storage::Compressed {
                return Err(self.needs_dense("the Leontief inverse of an economy", "dense coefficients"));
            }
            let found = (0..self.axis.n_economies())
                .into_par_iter()
                .map(|s| {
                    let block = self.axis.block(s);
                    solver::inverted(
                        &|| self.input_coefficients.identity_minus(block.clone()),
                        &|row| self.axis.row_label(block.start + row),
                        &|inverse| {
                            residual::probed(inverse, |side, x| {
                                let mut product = DMatrix::zeros(x.nrows(), x.ncols());
                                let (rows, columns) = (block.clone(), block.clone());
                                let a = &self.input_coefficients;
                                match side {
                                    Side::Direct => {
                                        a.add_block_product(&mut product, rows, columns, x.as_view())
                                    }
                                    Side::Transposed => {
                                        a.add_transposed_block_product(
                                            &mut product,
                                            rows,
                                            columns,
                                            x.as_view(),
                                        );
                                    }
                                }
                                product
                            })
                        },
                    )
                })
                .collect::<Result<Vec<_>, SolveError>>()?;
            let worst = found.iter().map(|(_, residual)| *residual).fold(0.0, worse);
            let worst = self.note_residual(worst)?;
            Ok((found.into_iter().map(|(inverse, _)| inverse).collect(), worst))
        })?;
        Ok(local.as_slice())
    }

    /// L W, or L' W on the transposed side: what is made inside each economy for W, (n_rows, k). On every storage: by
    /// the local inverses, or, when A is kept in compressed rows, by solves on its domestic cells.
    ///
    /// # Errors
    /// As [`System::local_leontief`], and a failed solve.
    pub fn local_product(&self, side: Side, w: &DMatrix<f64>) -> Result<DMatrix<f64>, SolveError> {
        if self.input_coefficients.storage() == Storage::Compressed {
            if self.axis.n_economies() == 1 {
                // What is made inside the only economy is what is made.
                let mut product = w.clone();
                self.solve_in_place(side, &mut product)?;
                return Ok(product);
            }
            let domestic = get_or_try_init(&self.domestic, || {
                Ok::<_, SolveError>(SparseSystem::new(
                    self.input_coefficients.diagonal_blocks(&self.axis.blocks()),
                ))
            })?;
            let mut product = w.clone();
            Factorisation::solve_in_place(domestic, side, &mut product)?;
            let again = self.domestic_product(side, &product);
            self.note_residual(residual::relative_gap(&again, &product, w))?;
            return Ok(product);
        }
        let mut product = DMatrix::zeros(w.nrows(), w.ncols());
        for (s, inverse) in self.local_leontief()?.iter().enumerate() {
            let block = self.axis.block(s);
            let (mut target, given) = (product.rows_range_mut(block.clone()), w.rows_range(block));
            match side {
                Side::Direct => target.gemm(1.0, inverse, &given, 0.0),
                Side::Transposed => target.gemm_tr(1.0, inverse, &given, 0.0),
            }
        }
        Ok(product)
    }

    /// A_ss W_s of every economy (or A_ss' W_s), from the coefficients themselves.
    fn domestic_product(&self, side: Side, w: &DMatrix<f64>) -> DMatrix<f64> {
        let mut product = DMatrix::zeros(w.nrows(), w.ncols());
        for block in self.axis.blocks() {
            let given = w.rows_range(block.clone());
            let mut part = DMatrix::zeros(block.len(), w.ncols());
            let (rows, columns) = (block.clone(), block.clone());
            match side {
                Side::Direct => self.input_coefficients.add_block_product(&mut part, rows, columns, given),
                Side::Transposed => {
                    self.input_coefficients.add_transposed_block_product(&mut part, rows, columns, given);
                }
            }
            product.rows_range_mut(block).copy_from(&part);
        }
        product
    }

    /// B = (I − A)⁻¹, the global Leontief inverse, (n_rows, n_rows). Only methods that need its blocks ask for it; a
    /// few hundred right-hand sides are cheaper by [`System::solve_in_place`].
    ///
    /// # Errors
    /// A singular system, a residual above tolerance; [`SolveError::NeedsDense`] when A is not dense in double precision.
    ///
    /// # Cost
    /// O(n³) multiply-adds and one n x n matrix, once.
    pub fn global_leontief(&self) -> Result<&DMatrix<f64>, SolveError> {
        if let (Some(inverse), None) = (self.factorisation.inverse(), self.global_leontief.0.get()) {
            self.proven.get_or_try_init(self, || Ok(((), self.prove(inverse)?)))?;
            return Ok(inverse);
        }
        self.global_leontief.get_or_try_init(self, || {
            self.dense_coefficients("the global Leontief inverse")?;
            solver::room_for("the global Leontief inverse", 8, self.axis.n_rows())?;
            let make = || self.input_coefficients.identity_minus(0..self.axis.n_rows());
            let (inverse, residual) = match self.factorisation.to_inverse() {
                Some(inverse) => {
                    let residual = self.probe(&inverse);
                    (inverse, residual)
                }
                None => {
                    solver::inverted(&make, &|row| self.axis.row_label(row), &|inverse| self.probe(inverse))?
                }
            };
            Ok((inverse, self.note_residual(residual)?))
        })
    }

    fn prove(&self, inverse: &DMatrix<f64>) -> Result<f64, SolveError> {
        self.note_residual(self.probe(inverse))
    }

    fn probe(&self, inverse: &DMatrix<f64>) -> f64 {
        residual::probed(inverse, |side, x| self.product(side, x))
    }

    /// A X, or A' X.
    fn product(&self, side: Side, x: &DMatrix<f64>) -> DMatrix<f64> {
        match side {
            Side::Direct => self.input_coefficients.multiply(x.as_view()),
            Side::Transposed => self.input_coefficients.transpose_multiply(x.as_view()),
        }
    }

    fn residual_of(&self, side: Side, solution: &DMatrix<f64>, wanted: &DMatrix<f64>) -> f64 {
        residual::relative_gap(&self.product(side, solution), solution, wanted)
    }

    /// B_sr.
    ///
    /// # Errors
    /// As [`System::global_leontief`].
    ///
    /// # Panics
    /// When there is no economy of one of the indices.
    pub fn global_block(&self, s: usize, r: usize) -> Result<DMatrixView<'_, f64>, SolveError> {
        Ok(blocks::block(self.global_leontief()?, &self.axis, s, r))
    }
}
