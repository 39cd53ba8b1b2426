//! Import content of exports from a national table: the indicators of Hummels, Ishii and Yi where partners are unknown.

use nalgebra::{DMatrix, DVector};

use crate::model::solver::SolveError;
use crate::table::NationalTable;

/// One row: an economy, or an exporting industry of it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ImportContent {
    /// Exporting industry, index into the table's sectors; absent for the whole economy.
    pub sector: Option<usize>,
    /// Gross exports.
    pub gexp: f64,
    /// Import content of exports.
    pub vs: f64,
}

impl ImportContent {
    /// Import content as a share of exports; not defined without exports.
    pub fn vs_share(&self) -> Option<f64> {
        (self.gexp != 0.0).then(|| self.vs / self.gexp)
    }

    /// Domestic value added in exports, 1 − VS of the share: all that is not imported, so net taxes and margins are in.
    pub fn dva_share(&self) -> Option<f64> {
        self.vs_share().map(|share| 1.0 - share)
    }
}

/// How much of what an economy exports had been imported? The economy first, then its exporting industries.
///
/// ```text
/// VS_i = (u A^M (I − A^D)⁻¹)_i e_i        A^D = Z^D x̂⁻¹   A^M = Z^M x̂⁻¹
///         (1,N)(N,N)                        (N,N)
/// ```
/// # Assumptions
/// Exports are made with the same inputs as what is sold at home: where processing for export is large (China, Mexico)
/// the true import content is higher. Imports hold no value added of the economy itself.
///
/// # Errors
/// A singular domestic block.
///
/// # Cost
/// One factorisation of N x N.
///
/// # Source
/// Hummels, Ishii and Yi (2001), <https://doi.org/10.1016/S0022-1996(00)00093-3>.
pub fn import_content(table: &NationalTable) -> Result<Vec<ImportContent>, SolveError> {
    let multipliers = import_multipliers(table)?.per_unit;
    let sectors =
        multipliers.iter().zip(table.exports()).enumerate().map(|(sector, (multiplier, exports))| {
            ImportContent { sector: Some(sector), gexp: *exports, vs: multiplier * exports }
        });
    let mut rows = vec![ImportContent { sector: None, gexp: 0.0, vs: 0.0 }];
    rows.extend(sectors);
    let (gexp, vs) = rows.iter().fold((0.0, 0.0), |(gexp, vs), row| (gexp + row.gexp, vs + row.vs));
    (rows[0].gexp, rows[0].vs) = (gexp, vs);
    Ok(rows)
}

/// Imports in a unit of final output of each industry, and how exactly they were solved.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportMultipliers {
    /// u A^M (I − A^D)⁻¹, (N).
    pub per_unit: Vec<f64>,
    /// Largest residual of the system, relative to its largest right-hand side.
    pub residual: f64,
}

/// Largest relative residual that is let pass.
const TOLERANCE: f64 = 1e-12;
/// Name of the solver in errors and notes.
const SOLVER: &str = "domestic block, dense LU";

/// u A^M (I − A^D)⁻¹: imports in a unit of final output of each industry, (N).
///
/// # Errors
/// A singular domestic block; a solution that is not finite or misses its tolerance.
pub fn import_multipliers(table: &NationalTable) -> Result<ImportMultipliers, SolveError> {
    let output = table.output();
    let n = output.len();
    let per_output = |flow: f64, j: usize| if output[j] == 0.0 { 0.0 } else { flow / output[j] };
    let use_of = table.domestic_use();
    // (I − A^D)ᵀ m = (u A^M)ᵀ
    let transposed = DMatrix::from_fn(n, n, |j, i| {
        let identity = if i == j { 1.0 } else { 0.0 };
        identity - per_output(use_of[(i, j)], j)
    });
    let imported = DVector::from_fn(n, |j, _| per_output(table.imported_use().column(j).sum(), j));
    let solved = transposed
        .clone()
        .lu()
        .solve(&imported)
        .filter(|solution| solution.iter().all(|value| value.is_finite()))
        .ok_or(SolveError::NotFinite { solver: SOLVER })?;
    let scale = imported.amax();
    let gap = (transposed * &solved - imported).amax();
    let residual = if scale > 0.0 { gap / scale } else { gap };
    if residual > TOLERANCE {
        return Err(SolveError::Residual { solver: SOLVER, residual, tolerance: TOLERANCE });
    }
    Ok(ImportMultipliers { per_unit: solved.iter().copied().collect(), residual })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::NationalParts;

    /// One sector that uses 20 of its own and 30 imported a hundred of output and exports 40; one that does nothing.
    fn table() -> NationalTable {
        NationalTable::new(NationalParts {
            economy: "X".into(),
            year: 2000,
            unit: "crowns".into(),
            sectors: vec!["a".into(), "idle".into()],
            categories: vec!["use".into()],
            domestic_use: DMatrix::from_row_slice(2, 2, &[20.0, 0.0, 0.0, 0.0]),
            imported_use: DMatrix::from_row_slice(2, 2, &[10.0, 0.0, 20.0, 0.0]),
            domestic_final: DMatrix::from_row_slice(2, 1, &[40.0, 0.0]),
            imported_final: DMatrix::zeros(2, 1),
            exports: vec![40.0, 0.0],
            output: vec![100.0, 0.0],
            primary_rows: Vec::new(),
            provenance: crate::table::Provenance::default(),
        })
        .unwrap()
    }

    #[test]
    fn imports_of_a_unit_are_those_of_the_geometric_series() {
        let rows = import_content(&table()).unwrap();
        // 0.3 imported directly, 0.2 of own product that again holds 0.3, and so on.
        assert!((rows[0].vs_share().unwrap() - 0.3 / 0.8).abs() < 1e-15);
        assert!((rows[0].vs - 15.0).abs() < 1e-13);
        assert!((rows[0].dva_share().unwrap() - 0.625).abs() < 1e-15);
        assert_eq!(rows[2].vs_share(), None, "an idle industry has no share");
    }
}
