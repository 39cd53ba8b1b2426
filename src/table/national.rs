//! A national table: what the industries of one economy use from home and from abroad, and what they export.
//!
//! It knows imports by product and buyer, all origins together; partners, and what happens to a good after it has left,
//! it does not know. The import content of exports is exact on it; nothing that needs another economy's technology is.

use nalgebra::DMatrix;

use super::aggregate::fold_matrix;
use super::{AggregateError, Concordance, PrimaryRow, Provenance, Repair, TableError, expect_shape};

/// The parts of a national table, before validation. N sectors, K final uses at home.
#[derive(Debug, Clone, PartialEq)]
pub struct NationalParts {
    /// The economy.
    pub economy: String,
    /// Year.
    pub year: i32,
    /// Unit of every flow.
    pub unit: String,
    /// Sectors.
    pub sectors: Vec<String>,
    /// Final uses at home.
    pub categories: Vec<String>,
    /// Domestic products used by domestic industries, (N, N): row used by column.
    pub domestic_use: DMatrix<f64>,
    /// Imported products, of all origins, used by domestic industries, (N, N).
    pub imported_use: DMatrix<f64>,
    /// Domestic products in final use at home, (N, K).
    pub domestic_final: DMatrix<f64>,
    /// Imported products in final use at home, (N, K).
    pub imported_final: DMatrix<f64>,
    /// Exports of domestic products, (N).
    pub exports: Vec<f64>,
    /// Gross output as published, (N).
    pub output: Vec<f64>,
    /// Value added, taxes, margins and other rows below, as the source has them.
    pub primary_rows: Vec<PrimaryRow>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// An input-output table of one economy and year: flows, labels, unit and provenance. Immutable.
#[derive(Debug, Clone, PartialEq)]
pub struct NationalTable(NationalParts);

impl NationalTable {
    /// Validates the parts.
    ///
    /// # Errors
    /// No sectors, sizes that disagree with the labels, cells that are not finite.
    pub fn new(parts: NationalParts) -> Result<Self, TableError> {
        let n = parts.sectors.len();
        if n == 0 {
            return Err(TableError::Empty);
        }
        for (name, matrix, labels) in [
            ("domestic use", &parts.domestic_use, &parts.sectors),
            ("imported use", &parts.imported_use, &parts.sectors),
            ("domestic final use", &parts.domestic_final, &parts.categories),
            ("imported final use", &parts.imported_final, &parts.categories),
        ] {
            expect_shape(name, matrix.shape(), n, labels.len())?;
            if let Some(at) = matrix.as_slice().iter().position(|value| !value.is_finite()) {
                let (row, column) = (at % n, at / n);
                return Err(TableError::NotFinite {
                    part: name,
                    row: format!("{}.{}", parts.economy, parts.sectors[row]),
                    column: labels[column].clone(),
                    value: matrix[(row, column)],
                });
            }
        }
        for (name, values) in [("exports", &parts.exports), ("gross output", &parts.output)] {
            if values.len() != n {
                return Err(TableError::Shape {
                    part: name,
                    found_rows: values.len(),
                    found_columns: 1,
                    expected_rows: n,
                    expected_columns: 1,
                });
            }
            if let Some(row) = values.iter().position(|value| !value.is_finite()) {
                return Err(TableError::NotFinite {
                    part: name,
                    row: format!("{}.{}", parts.economy, parts.sectors[row]),
                    column: name.to_owned(),
                    value: values[row],
                });
            }
        }
        Ok(Self(parts))
    }

    /// The parts, for other modules of this layer.
    pub(super) fn parts(&self) -> &NationalParts {
        &self.0
    }

    /// A table of parts that come from a table: sizes and cells are known to be right.
    pub(super) fn of_checked(parts: NationalParts) -> Self {
        Self(parts)
    }

    /// The economy.
    pub fn economy(&self) -> &str {
        &self.0.economy
    }

    /// Year.
    pub fn year(&self) -> i32 {
        self.0.year
    }

    /// Unit of every flow.
    pub fn unit(&self) -> &str {
        &self.0.unit
    }

    /// Sectors, in file order.
    pub fn sectors(&self) -> &[String] {
        &self.0.sectors
    }

    /// Final uses at home, in file order.
    pub fn categories(&self) -> &[String] {
        &self.0.categories
    }

    /// Domestic products used by domestic industries, (N, N).
    pub fn domestic_use(&self) -> &DMatrix<f64> {
        &self.0.domestic_use
    }

    /// Imported products used by domestic industries, (N, N).
    pub fn imported_use(&self) -> &DMatrix<f64> {
        &self.0.imported_use
    }

    /// Domestic products in final use at home, (N, K).
    pub fn domestic_final(&self) -> &DMatrix<f64> {
        &self.0.domestic_final
    }

    /// Imported products in final use at home, (N, K).
    pub fn imported_final(&self) -> &DMatrix<f64> {
        &self.0.imported_final
    }

    /// Exports of domestic products, (N).
    pub fn exports(&self) -> &[f64] {
        &self.0.exports
    }

    /// Gross output as published, (N).
    pub fn output(&self) -> &[f64] {
        &self.0.output
    }

    /// Rows below the products, as the source has them.
    pub fn primary_rows(&self) -> &[PrimaryRow] {
        &self.0.primary_rows
    }

    /// Where it comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.0.provenance
    }

    /// Sales of each industry, home and abroad, minus its published output, (N): zero in a balanced table.
    pub fn row_gap(&self) -> Vec<f64> {
        (0..self.0.sectors.len())
            .map(|i| {
                self.0.domestic_use.row(i).sum() + self.0.domestic_final.row(i).sum() + self.0.exports[i]
                    - self.0.output[i]
            })
            .collect()
    }

    /// The table with its sectors added up; totals are kept.
    ///
    /// # Errors
    /// Labels without a target, targets without a label. A concordance that maps economies is refused: national tables
    /// of several economies cannot be added up, because imports from each other would become domestic use.
    pub fn aggregate(&self, concordance: &Concordance) -> Result<Self, AggregateError> {
        if let Some(label) = concordance.first_economy() {
            return Err(AggregateError::NotInTable {
                dimension: "economy",
                labels: vec![(label.to_owned(), None)],
            });
        }
        let parts = &self.0;
        let (target, sectors) = concordance.map_sectors(&parts.sectors)?;
        let n = sectors.len();
        let kept: Vec<usize> = (0..parts.categories.len()).collect();
        let fold = |values: &[f64]| {
            let mut sums = vec![0.0; n];
            values.iter().zip(&target).for_each(|(value, &to)| sums[to] += value);
            sums
        };
        let square = |matrix: &DMatrix<f64>| fold_matrix(matrix, &target, n, &target, n);
        let final_use = |matrix: &DMatrix<f64>| fold_matrix(matrix, &target, n, &kept, kept.len());
        let mut provenance = parts.provenance.clone();
        provenance.repairs.push(Repair {
            name: "aggregated".into(),
            detail: format!("{} sectors added up to {n}", parts.sectors.len()),
            count: parts.sectors.len(),
        });
        let folded = NationalParts {
            economy: parts.economy.clone(),
            year: parts.year,
            unit: parts.unit.clone(),
            categories: parts.categories.clone(),
            domestic_use: square(&parts.domestic_use),
            imported_use: square(&parts.imported_use),
            domestic_final: final_use(&parts.domestic_final),
            imported_final: final_use(&parts.imported_final),
            exports: fold(&parts.exports),
            output: fold(&parts.output),
            primary_rows: parts
                .primary_rows
                .iter()
                .map(|row| PrimaryRow { industries: fold(&row.industries), ..row.clone() })
                .collect(),
            sectors,
            provenance,
        };
        Ok(Self::new(folded)?)
    }

    /// The table with every figure rounded to so many decimals; the rounding is a named repair.
    ///
    /// # Errors
    /// None in practice: a rounded finite table is finite.
    pub fn rounded(&self, decimals: u32) -> Result<Self, TableError> {
        let factor = 10_f64.powi(decimals.cast_signed());
        let round = |value: f64| (value * factor).round() / factor;
        let mut parts = self.0.clone();
        for matrix in [
            &mut parts.domestic_use,
            &mut parts.imported_use,
            &mut parts.domestic_final,
            &mut parts.imported_final,
        ] {
            matrix.apply(|value| *value = round(*value));
        }
        for values in [&mut parts.exports, &mut parts.output] {
            values.iter_mut().for_each(|value| *value = round(*value));
        }
        for row in &mut parts.primary_rows {
            row.industries.iter_mut().chain(row.final_use.iter_mut().flatten()).for_each(|v| *v = round(*v));
        }
        parts.provenance.repairs.push(Repair {
            name: "rounded".into(),
            detail: format!("every figure rounded to {decimals} decimals of the unit ({})", parts.unit),
            count: 2 * parts.sectors.len() * (parts.sectors.len() + parts.categories.len()),
        });
        Self::new(parts)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::table::RowRole;

    /// Three sectors with fractions that have no short binary form.
    pub(crate) fn small() -> NationalTable {
        let cell = |i: usize, j: usize| (i as f64 + 1.1) / (j as f64 + 3.0);
        let domestic_use = DMatrix::from_fn(3, 3, cell);
        let domestic_final = DMatrix::from_fn(3, 2, |i, j| if (i, j) == (1, 1) { -0.2 } else { cell(j, i) });
        let exports = vec![1.7, 0.0, 2.9];
        let output =
            (0..3).map(|i| domestic_use.row(i).sum() + domestic_final.row(i).sum() + exports[i]).collect();
        NationalTable::new(NationalParts {
            economy: "XYZ".into(),
            year: 2001,
            unit: "million crowns".into(),
            sectors: ["a", "b", "c"].map(str::to_owned).into(),
            categories: ["use", "stocks"].map(str::to_owned).into(),
            imported_use: DMatrix::from_fn(3, 3, |i, j| cell(j, i) / 7.0),
            imported_final: DMatrix::from_element(3, 2, 0.3),
            domestic_use,
            domestic_final,
            exports,
            output,
            primary_rows: vec![PrimaryRow {
                name: "VA".into(),
                role: RowRole::ValueAdded,
                industries: vec![0.9, 1.1, 2.3],
                final_use: Some(vec![0.0, 0.4]),
            }],
            provenance: Provenance { source: "made up".into(), ..Provenance::default() },
        })
        .unwrap()
    }

    #[test]
    fn adding_up_keeps_totals_and_balance() {
        let lines = [("a", "ac"), ("b", "b"), ("c", "ac")];
        let concordance =
            Concordance::new(lines.map(|(s, t)| ("sector".into(), s.into(), t.into()))).unwrap();
        let (whole, folded) = (small(), small().aggregate(&concordance).unwrap());
        assert_eq!(folded.sectors(), ["ac", "b"]);
        let sums = |table: &NationalTable| {
            [table.domestic_use().sum(), table.imported_use().sum(), table.output().iter().sum::<f64>()]
        };
        for (found, expected) in sums(&folded).iter().zip(sums(&whole)) {
            assert!((found - expected).abs() <= 1e-12 * expected, "{found} {expected}");
        }
        assert!(folded.row_gap().iter().all(|gap| gap.abs() < 1e-14));
        let z = whole.imported_use();
        assert!((folded.imported_use()[(0, 1)] - (z[(0, 1)] + z[(2, 1)])).abs() < 1e-15);
    }

    #[test]
    fn economies_cannot_be_added_up() {
        let concordance = Concordance::new([("economy".into(), "XYZ".into(), "W".into())]).unwrap();
        assert!(small().aggregate(&concordance).is_err());
    }

    #[test]
    fn a_cell_that_is_not_finite_is_refused_with_its_place() {
        let mut parts = small().0;
        parts.imported_use[(2, 1)] = f64::NAN;
        let error = NationalTable::new(parts).unwrap_err().to_string();
        assert!(error.contains("imported use at row `XYZ.c`, column `b` is NaN"), "{error}");
    }
}
