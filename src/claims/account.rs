//! The national account of one economy and year: what its industries use, from home and from abroad, and what it exports.
//!
//! The common ground of a world table and of a national table: the import content of exports needs no more. Sectors are
//! those of the series, so accounts of different years and economies have one shape.

use nalgebra::DMatrix;

use super::error::ClaimError;
use crate::labels::Axis;
use crate::model::ModelError;
use crate::model::solver::SolveError;
use crate::table::IcioTable;

/// Flows of one economy in one year, N sectors.
#[derive(Debug, Clone)]
pub struct NationalAccount {
    /// Gross output, (N).
    pub output: Vec<f64>,
    /// Gross exports, (N).
    pub exports: Vec<f64>,
    /// Domestic products used by domestic industries, (N, N): row used by column.
    pub domestic_use: DMatrix<f64>,
    /// Imported products, of all origins, used by domestic industries, (N, N).
    pub imported_use: DMatrix<f64>,
    /// Imports for final demand, (N).
    pub imported_final: Vec<f64>,
    /// Domestic products for domestic final demand, (N).
    pub domestic_final: Vec<f64>,
    /// Imported product (row) in a unit of exports of each sector (column), (N, N): A^M L.
    pub imported_content: DMatrix<f64>,
    /// Own value added of each industry (row) in a unit of exports of each sector (column), (N, N): v̂ L.
    pub own_content: DMatrix<f64>,
}

impl NationalAccount {
    /// From flows; derives what exports contain.
    ///
    /// ```text
    /// A^D = Z^D x̂⁻¹     A^M = Z^M x̂⁻¹     L = (I − A^D)⁻¹     v = 1 − Σ_i (A^D + A^M)_i·
    /// imported: A^M L     own: v̂ L         each column of both together sums to 1
    /// ```
    ///
    /// # Errors
    /// A singular domestic block; `name` says whose.
    pub fn new(
        name: &str,
        output: Vec<f64>,
        exports: Vec<f64>,
        domestic_use: DMatrix<f64>,
        imported_use: DMatrix<f64>,
    ) -> Result<Self, ClaimError> {
        let (domestic, imported) =
            (coefficients(&domestic_use, &output), coefficients(&imported_use, &output));
        let (imported_content, own_content) = contents(name, domestic, imported)?;
        let n = output.len();
        Ok(Self {
            output,
            exports,
            domestic_use,
            imported_use,
            imported_final: vec![0.0; n],
            domestic_final: vec![0.0; n],
            imported_content,
            own_content,
        })
    }

    /// Accounts of all economies of a table. Output is the row sum.
    ///
    /// # Errors
    /// A singular domestic block.
    pub fn of_table(table: &IcioTable, name: &str) -> Result<Vec<Self>, ClaimError> {
        let axis = table.axis();
        let final_demand = table.final_demand_by_economy();
        (0..axis.n_economies()).map(|s| Self::of_economy(table, axis, &final_demand, s, name)).collect()
    }

    fn of_economy(
        table: &IcioTable,
        axis: &Axis,
        final_demand: &DMatrix<f64>,
        s: usize,
        name: &str,
    ) -> Result<Self, ClaimError> {
        let n = axis.n_sectors();
        let use_matrix = table.intermediate_use();
        let home = axis.block(s);
        let sales = use_matrix.sums_by_ranges(&[0..axis.n_rows(), home.clone()], None);
        let mut domestic_use = DMatrix::zeros(n, n);
        let mut imported_use = DMatrix::zeros(n, n);
        for column in home.clone() {
            for row in 0..axis.n_rows() {
                let target = if home.contains(&row) { &mut domestic_use } else { &mut imported_use };
                target[(axis.sector_of(row), axis.sector_of(column))] += use_matrix.get(row, column);
            }
        }
        let mut output = vec![0.0; n];
        let mut exports = vec![0.0; n];
        let (mut domestic_final, mut imported_final) = (vec![0.0; n], vec![0.0; n]);
        for row in 0..axis.n_rows() {
            let sector = axis.sector_of(row);
            if !home.contains(&row) {
                imported_final[sector] += final_demand[(row, s)];
                continue;
            }
            let sold = sales[(row, 0)] + final_demand.row(row).sum();
            let at_home = sales[(row, 1)] + final_demand[(row, s)];
            domestic_final[sector] += final_demand[(row, s)];
            output[sector] += sold;
            exports[sector] += sold - at_home;
        }
        // A product that is not exported leaves rounding behind, not trade.
        for (e, x) in exports.iter_mut().zip(&output) {
            if e.abs() <= 1e-13 * x.abs() {
                *e = 0.0;
            }
        }
        let whose = format!("{} in {name}", axis.economies()[s]);
        let mut account = Self::new(&whose, output, exports, domestic_use, imported_use)?;
        if home.len() > axis.sectors_of(s).len() {
            (account.imported_content, account.own_content) = contents_by_row(table, axis, s, &whose)?;
        }
        account.domestic_final = domestic_final;
        account.imported_final = imported_final;
        Ok(account)
    }

    /// Number of sectors.
    pub fn n_sectors(&self) -> usize {
        self.output.len()
    }

    /// Value added by industry: output minus all intermediate inputs, (N).
    pub fn value_added(&self) -> Vec<f64> {
        (0..self.n_sectors())
            .map(|j| self.output[j] - self.domestic_use.column(j).sum() - self.imported_use.column(j).sum())
            .collect()
    }

    /// Import content of the exports of the sectors in `exporting`, counting the imported products in `counted`, and those
    /// exports.
    ///
    /// ```text
    /// VS = Σ_{i counted} Σ_{j exporting} (A^M L)_ij e_j
    /// ```
    /// Imports are counted at face value, with what mining added to them on their way: the whole stays exports. Without the
    /// value added of mining it would move with the prices that the imports still hold.
    pub fn import_content(&self, counted: &[bool], exporting: &[bool]) -> (f64, f64) {
        let exports = (0..self.n_sectors()).filter(|&j| exporting[j]).map(|j| self.exports[j]).sum();
        (self.in_exports(&self.imported_content, counted, exporting), exports)
    }

    /// Own value added of the industries in `counted` in the exports of the sectors in `exporting`.
    ///
    /// ```text
    /// DVA = Σ_{i counted} Σ_{j exporting} v_i L_ij e_j          with all industries VS + DVA are the exports
    /// ```
    pub fn own_value_added(&self, counted: &[bool], exporting: &[bool]) -> f64 {
        self.in_exports(&self.own_content, counted, exporting)
    }

    fn in_exports(&self, content: &DMatrix<f64>, counted: &[bool], exporting: &[bool]) -> f64 {
        let of = |j: usize| -> f64 {
            (0..self.n_sectors()).filter(|&i| counted[i]).map(|i| content[(i, j)]).sum::<f64>()
                * self.exports[j]
        };
        (0..self.n_sectors()).filter(|&j| exporting[j]).map(of).sum()
    }

    /// Total input coefficients T, domestic and imported together, and the domestic share D of each; D is NaN where
    /// nothing is used.
    pub fn technology_and_sourcing(&self) -> (DMatrix<f64>, DMatrix<f64>) {
        let total = &self.domestic_use + &self.imported_use;
        let sourcing =
            self.domestic_use.zip_map(&total, |home, all| if all == 0.0 { f64::NAN } else { home / all });
        (coefficients(&total, &self.output), sourcing)
    }

    /// The same account with every product's flows divided by `index` (N): a change of the price of each product.
    ///
    /// # Errors
    /// A singular domestic block.
    pub fn deflated(&self, name: &str, index: &[f64]) -> Result<Self, ClaimError> {
        let rows = |matrix: &DMatrix<f64>| {
            DMatrix::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[(i, j)] / index[i])
        };
        let values = |flows: &[f64]| flows.iter().zip(index).map(|(flow, p)| flow / p).collect();
        Self::new(
            name,
            values(&self.output),
            values(&self.exports),
            rows(&self.domestic_use),
            rows(&self.imported_use),
        )
    }
}

/// (A^M L, v̂ L) of one economy.
fn contents(
    name: &str,
    domestic: DMatrix<f64>,
    imported: DMatrix<f64>,
) -> Result<(DMatrix<f64>, DMatrix<f64>), ClaimError> {
    let value_added: Vec<f64> =
        (0..domestic.ncols()).map(|j| 1.0 - domestic.column(j).sum() - imported.column(j).sum()).collect();
    let inverse = local_inverse(name, domestic)?;
    let own = DMatrix::from_fn(inverse.nrows(), inverse.ncols(), |i, j| value_added[i] * inverse[(i, j)]);
    Ok((imported * inverse, own))
}

/// The same by sector, solved row by row and added up afterwards: for an economy with several rows a sector (processing
/// and other exporters), where adding up first would mix their inputs.
fn contents_by_row(
    table: &IcioTable,
    axis: &Axis,
    s: usize,
    name: &str,
) -> Result<(DMatrix<f64>, DMatrix<f64>), ClaimError> {
    let home = axis.block(s);
    let (n, rows) = (axis.n_sectors(), home.len());
    let flows = table.intermediate_use();
    let final_demand = table.final_demand_by_economy();
    let sales = flows.sums_by_ranges(&[0..axis.n_rows(), home.clone()], None);
    let output: Vec<f64> = home.clone().map(|row| sales[(row, 0)] + final_demand.row(row).sum()).collect();
    let mut imported = DMatrix::zeros(n, rows);
    for (position, column) in home.clone().enumerate() {
        for row in (0..axis.n_rows()).filter(|row| !home.contains(row)) {
            imported[(axis.sector_of(row), position)] += flows.get(row, column);
        }
    }
    let domestic = flows.block(home.clone(), home.clone());
    let (imported, own) = contents(name, coefficients(&domestic, &output), coefficients(&imported, &output))?;
    let (mut imported_content, mut own_content) = (DMatrix::zeros(n, n), DMatrix::zeros(n, n));
    let mut weights = vec![0.0; n];
    for (position, row) in home.clone().enumerate() {
        let at_home = sales[(row, 1)] + final_demand[(row, s)];
        let exports = output[position] - at_home;
        let sector = axis.sector_of(row);
        weights[sector] += exports;
        imported_content.column_mut(sector).axpy(exports, &imported.column(position), 1.0);
        for (origin, row) in home.clone().enumerate() {
            own_content[(axis.sector_of(row), sector)] += exports * own[(origin, position)];
        }
    }
    for content in [&mut imported_content, &mut own_content] {
        for (mut column, &weight) in content.column_iter_mut().zip(&weights) {
            if weight == 0.0 {
                column.fill(0.0);
            } else {
                column /= weight;
            }
        }
    }
    Ok((imported_content, own_content))
}

/// Z x̂⁻¹, with a zero column where output is zero.
fn coefficients(flows: &DMatrix<f64>, output: &[f64]) -> DMatrix<f64> {
    DMatrix::from_fn(flows.nrows(), flows.ncols(), |i, j| {
        if output[j] == 0.0 { 0.0 } else { flows[(i, j)] / output[j] }
    })
}

/// (I − A)⁻¹.
pub(super) fn local_inverse(name: &str, coefficients: DMatrix<f64>) -> Result<DMatrix<f64>, ClaimError> {
    let n = coefficients.nrows();
    (DMatrix::identity(n, n) - coefficients)
        .lu()
        .try_inverse()
        .filter(|inverse| inverse.iter().all(|value| value.is_finite()))
        .ok_or_else(|| ClaimError::Model {
            table: name.to_owned(),
            error: ModelError::Solve(SolveError::NotFinite { solver: "domestic inverse" }),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One sector that uses 20 of its own and 30 imported a hundred of output, and exports 40.
    fn small() -> NationalAccount {
        let one = |v: f64| DMatrix::from_element(1, 1, v);
        NationalAccount::new("X", vec![100.0], vec![40.0], one(20.0), one(30.0)).unwrap()
    }

    #[test]
    fn import_content_is_that_of_hummels_ishii_and_yi() {
        let (content, exports) = small().import_content(&[true], &[true]);
        assert!((content - 0.3 / 0.8 * 40.0).abs() < 1e-12);
        assert!((exports - 40.0).abs() < 1e-12);
    }

    #[test]
    fn imports_and_own_value_added_are_all_of_exports_product_by_product() {
        let square = |cells: [f64; 4]| DMatrix::from_row_slice(2, 2, &cells);
        let (domestic, imported) = (square([5.0, 20.0, 10.0, 15.0]), square([4.0, 25.0, 2.0, 12.0]));
        let account =
            NationalAccount::new("X", vec![60.0, 120.0], vec![5.0, 40.0], domestic, imported).unwrap();
        let exporting = [false, true];
        let of = |counted: [bool; 2]| {
            (account.import_content(&counted, &exporting).0, account.own_value_added(&counted, &exporting))
        };
        let (all, first, second) = (of([true, true]), of([true, false]), of([false, true]));
        assert!((all.0 + all.1 - 40.0).abs() < 1e-12, "all that exports contain is exports");
        assert!((first.0 + second.0 - all.0).abs() < 1e-12 && (first.1 + second.1 - all.1).abs() < 1e-12);
        // By hand: q = L e of the second sector, imports and value added of the second alone.
        let determinant = (1.0 - 5.0 / 60.0) * (1.0 - 15.0 / 120.0) - (20.0 / 120.0) * (10.0 / 60.0);
        let q = [20.0 / 120.0 / determinant * 40.0, (1.0 - 5.0 / 60.0) / determinant * 40.0];
        let bought = 2.0 / 60.0 * q[0] + 12.0 / 120.0 * q[1];
        let added = (1.0 - (20.0 + 15.0 + 25.0 + 12.0) / 120.0) * q[1];
        assert!((second.0 - bought).abs() < 1e-12 && (second.1 - added).abs() < 1e-12);
    }

    #[test]
    fn a_price_change_of_the_only_product_changes_nothing() {
        let before = small();
        let after = before.deflated("X", &[2.0]).unwrap();
        assert!((before.imported_content[(0, 0)] - after.imported_content[(0, 0)]).abs() < 1e-15);
        assert!((after.output[0] - 50.0).abs() < 1e-12);
    }
}
