//! The matrices behind every result, by name: step one of work of one's own.
//!
//! To add one: a line in [`MATRICES`].

use nalgebra::DMatrix;

use super::Model;
use super::solver::SolveError;
use crate::frame::Measure;
use crate::kernel::stored::StoredMatrix;

/// A matrix with a name: what its cells are and how they are made.
///
/// Every cell is `left_i base_ij right_j`; what is not defined, because an industry has no output, is zero.
#[derive(Debug, Clone, Copy)]
pub struct MatrixKind {
    /// Flat id, as on the command line.
    pub id: &'static str,
    /// How it is made.
    pub equation: &'static str,
    /// What a cell says.
    pub meaning: &'static str,
    /// How its numbers are to be read.
    pub measure: Measure,
    /// What others call it.
    pub elsewhere: &'static str,
    base: Base,
    left: Left,
    right: Right,
}

/// What is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    /// A.
    Coefficients,
    /// The blocks of A on its diagonal.
    Domestic,
    /// The others.
    Imported,
    /// B.
    Global,
    /// L_s of every economy, as blocks.
    Local,
    /// B Y.
    OutputByAbsorber,
}

/// What the rows are scaled by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    One,
    /// v: value added a unit of output.
    Share,
    /// x̂⁻¹.
    PerOutput,
}

/// What the columns are scaled by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    One,
    /// x.
    Output,
    /// e.
    Exports,
}

/// Every matrix, in the order of `vadex list matrices`.
pub static MATRICES: &[MatrixKind] = &[
    MatrixKind {
        id: "input-coefficients",
        equation: "A = Z x̂⁻¹",
        meaning: "what the industry of the column buys of that of the row for a unit of its output",
        measure: Measure::Share,
        elsewhere: "pymrio io.A; exvatools and decompr A",
        base: Base::Coefficients,
        left: Left::One,
        right: Right::One,
    },
    MatrixKind {
        id: "domestic-coefficients",
        equation: "A_ss of every economy, zero elsewhere",
        meaning: "what the industry of the column buys at home for a unit of its output",
        measure: Measure::Share,
        elsewhere: "exvatools Ad",
        base: Base::Domestic,
        left: Left::One,
        right: Right::One,
    },
    MatrixKind {
        id: "imported-coefficients",
        equation: "A_sr with r ≠ s, zero elsewhere",
        meaning: "what the industry of the column buys abroad for a unit of its output",
        measure: Measure::Share,
        elsewhere: "exvatools and decompr Am",
        base: Base::Imported,
        left: Left::One,
        right: Right::One,
    },
    MatrixKind {
        id: "global-leontief",
        equation: "B = (I − A)⁻¹",
        meaning: "output of the row, in all rounds, for a unit of final demand for the column",
        measure: Measure::Pure,
        elsewhere: "pymrio io.L; exvatools and decompr B",
        base: Base::Global,
        left: Left::One,
        right: Right::One,
    },
    MatrixKind {
        id: "local-leontief",
        equation: "L_s = (I − A_ss)⁻¹ of every economy, zero elsewhere",
        meaning: "output of the row, in all rounds inside the economy, for a unit of final demand for the column",
        measure: Measure::Pure,
        elsewhere: "exvatools Ld; decompr L",
        base: Base::Local,
        left: Left::One,
        right: Right::One,
    },
    MatrixKind {
        id: "value-added-multiplier",
        equation: "v̂ B",
        meaning: "value added of the row in a unit of final demand for the column; each column adds up to one where value \
                  added is the residual",
        measure: Measure::Share,
        elsewhere: "decompr and icio for R leontief(post = \"none\")",
        base: Base::Global,
        left: Left::Share,
        right: Right::One,
    },
    MatrixKind {
        id: "value-added-in-output",
        equation: "v̂ B x̂",
        meaning: "value added of the row that output of the column would hold if all of it were final",
        measure: Measure::Amount,
        elsewhere: "decompr and icio for R leontief(post = \"output\")",
        base: Base::Global,
        left: Left::Share,
        right: Right::Output,
    },
    MatrixKind {
        id: "value-added-in-exports",
        equation: "v̂ B ê",
        meaning: "value added of the row in gross exports of the column; each column adds up to them where value added is the \
                  residual",
        measure: Measure::Amount,
        elsewhere: "decompr and icio for R leontief(post = \"exports\")",
        base: Base::Global,
        left: Left::Share,
        right: Right::Exports,
    },
    MatrixKind {
        id: "value-added-in-final-demand",
        equation: "v̂ B Y",
        meaning: "value added of the row in final demand of the economy of the column",
        measure: Measure::Amount,
        elsewhere: "decompr and icio for R leontief(post = \"final_demand\"); Stata icio origin() destination()",
        base: Base::OutputByAbsorber,
        left: Left::Share,
        right: Right::One,
    },
    MatrixKind {
        id: "output-coefficients",
        equation: "x̂⁻¹ Z",
        meaning: "what the industry of the row sells to that of the column for a unit of its output",
        measure: Measure::Share,
        elsewhere: "pymrio io.B",
        base: Base::Coefficients,
        left: Left::PerOutput,
        right: Right::Output,
    },
    MatrixKind {
        id: "ghosh-inverse",
        equation: "(I − x̂⁻¹ Z)⁻¹ = x̂⁻¹ B x̂",
        meaning: "output of the column, in all rounds, for a unit of primary inputs of the row",
        measure: Measure::Pure,
        elsewhere: "pymrio io.G; ioanalysis ghosh.inv",
        base: Base::Global,
        left: Left::PerOutput,
        right: Right::Output,
    },
];

/// The matrix of an id.
pub fn find_matrix(id: &str) -> Option<&'static MatrixKind> {
    MATRICES.iter().find(|kind| kind.id == id)
}

impl MatrixKind {
    /// Is the inverse of the whole world needed?
    pub fn needs_inverse(&self) -> bool {
        self.base == Base::Global
    }

    /// Is value added, or what stands in its place, in it?
    pub fn has_value_added(&self) -> bool {
        self.left == Left::Share
    }

    /// Is a column an economy, and not an industry?
    pub fn is_by_absorber(&self) -> bool {
        self.base == Base::OutputByAbsorber
    }

    /// The matrix of a model.
    ///
    /// # Errors
    /// A failed solve; [`SolveError::NeedsDense`] for inverses where A is not kept dense.
    ///
    /// # Cost
    /// That of the inverse, once a model; the cells are made when they are asked for.
    pub fn of<'m>(&'static self, model: &'m Model) -> Result<Matrix<'m>, SolveError> {
        let (axis, flows) = (model.axis(), model.flows());
        let cells = match self.base {
            Base::Coefficients | Base::Domestic | Base::Imported => {
                Cells::Stored(model.system().input_coefficients())
            }
            Base::Global => Cells::Dense(model.system().global_leontief()?),
            Base::Local => Cells::Blocks(model.system().local_leontief()?),
            Base::OutputByAbsorber => Cells::Dense(model.output_by_absorber()?),
        };
        let left = match self.left {
            Left::One => None,
            Left::Share => Some(model.value_added_share().to_vec()),
            Left::PerOutput => Some(flows.gross_output().iter().map(|x| inverse_of(*x)).collect()),
        };
        let right = match self.right {
            Right::One => None,
            Right::Output => Some(flows.gross_output()),
            Right::Exports => Some(flows.gross_exports()),
        };
        let economy = (0..axis.n_rows()).map(|row| axis.economy_of(row)).collect();
        let start = (0..axis.n_economies()).map(|economy| axis.block(economy).start).collect();
        Ok(Matrix { kind: self, cells, left, right, economy, start })
    }
}

/// 1 / x; zero without output.
fn inverse_of(output: f64) -> f64 {
    if output == 0.0 { 0.0 } else { 1.0 / output }
}

/// The cells that are scaled, where they stand.
enum Cells<'m> {
    Stored(&'m StoredMatrix),
    Dense(&'m DMatrix<f64>),
    Blocks(&'m [DMatrix<f64>]),
}

/// A matrix of a model. A cell is made when it is asked for, so nothing is kept beside the model.
pub struct Matrix<'m> {
    kind: &'static MatrixKind,
    cells: Cells<'m>,
    left: Option<Vec<f64>>,
    right: Option<&'m [f64]>,
    /// Economy of each row.
    economy: Vec<usize>,
    /// First row of each economy.
    start: Vec<usize>,
}

impl std::fmt::Debug for Matrix<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matrix").field("kind", &self.kind.id).finish_non_exhaustive()
    }
}

impl Matrix<'_> {
    /// Which matrix it is.
    pub fn kind(&self) -> &'static MatrixKind {
        self.kind
    }

    /// One cell; columns are rows of the table, or economies where [`MatrixKind::is_by_absorber`].
    ///
    /// # Panics
    /// When there is no such row or column.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        let Some(left) = &self.left else { return self.base(row, column) * self.across(column) };
        if self.kind.left == Left::PerOutput && self.kind.needs_inverse() && left[row] == 0.0 {
            // Who sells nothing passes nothing on: the unit itself.
            return if row == column { 1.0 } else { 0.0 };
        }
        left[row] * self.base(row, column) * self.across(column)
    }

    fn across(&self, column: usize) -> f64 {
        self.right.map_or(1.0, |right| right[column])
    }

    fn base(&self, row: usize, column: usize) -> f64 {
        match &self.cells {
            Cells::Dense(matrix) => matrix[(row, column)],
            Cells::Stored(matrix) => {
                let home = self.economy[row] == self.economy[column];
                match self.kind.base {
                    Base::Domestic if !home => 0.0,
                    Base::Imported if home => 0.0,
                    _ => matrix.get(row, column),
                }
            }
            Cells::Blocks(blocks) => {
                let economy = self.economy[row];
                if self.economy[column] != economy {
                    return 0.0;
                }
                let start = self.start[economy];
                blocks[economy][(row - start, column - start)]
            }
        }
    }
}
