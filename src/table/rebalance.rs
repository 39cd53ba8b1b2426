//! A table brought back to its margins: published output and value added, sums it already has, or figures of the user.
//!
//! Rows of Z and Y are sold to sum to output; columns of Z to output less the rows below; columns of Y to what each
//! category spends. The adjustment itself is [`biproportional`](super::biproportional).

use nalgebra::DMatrix;

use super::biproportional::{self, BalanceError, Fit, FitOptions, Line};
use super::{IcioTable, OutputConvention, Repair, RowRole, TableError};

/// Where a set of margins comes from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum MarginSource {
    /// Rows: published output. Columns: industries use published output less the rows below them; final demand keeps its
    /// sums.
    Published,
    /// The sums that the table has.
    Keep,
    /// Figures for some labels; the others keep their sums.
    Given {
        /// Where they come from, for the record.
        from: String,
        /// Label and figure.
        margins: Vec<GivenMargin>,
    },
}

/// A figure that a row or a column is to add up to.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenMargin {
    /// `ECONOMY.sector`, or `ECONOMY.category` of final demand for a column.
    pub label: String,
    /// The figure, in the unit of the table.
    pub value: f64,
}

/// Which margins give way when the rows add up to something else than the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum GiveWay {
    /// None: a conflict is an error.
    #[default]
    Refuse,
    /// All column margins, in proportion.
    Columns,
    /// All row margins, in proportion.
    Rows,
    /// The margins of final demand, in proportion: output and value added are met as published.
    FinalDemand,
}

/// What the rows and columns of `[Z Y]` are to add up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Margins {
    /// (n_rows).
    pub rows: Vec<f64>,
    /// Industries, then final-demand columns: (n_rows + economies x categories).
    pub columns: Vec<f64>,
    told: String,
}

/// A balanced table and how it came about.
#[derive(Debug, Clone)]
pub struct Rebalanced {
    /// The table; its provenance has the repair.
    pub table: IcioTable,
    /// Multipliers, sweeps, worst gap.
    pub fit: Fit,
    /// Sum of absolute changes over the sum of absolute flows.
    pub moved: f64,
}

impl IcioTable {
    /// The margins of `[Z Y]` from their sources.
    ///
    /// # Errors
    /// A source the table lacks, labels that are unknown or stand twice.
    pub fn margins(&self, rows: &MarginSource, columns: &MarginSource) -> Result<Margins, BalanceError> {
        let n = self.axis().n_rows();
        let final_columns = self.final_demand().ncols();
        let row_labels: Vec<String> = (0..n).map(|row| self.axis().row_label(row)).collect();
        let mut kept_columns = self.input_sums();
        kept_columns.extend(self.final_demand().column_iter().map(|column| column.sum()));
        let (row_margins, rows_told) = match rows {
            MarginSource::Published => {
                (self.gross_output(OutputConvention::Published)?, "published output".to_owned())
            }
            MarginSource::Keep => (self.row_sums(), "their sums".to_owned()),
            MarginSource::Given { from, margins } => {
                let given = overwrite("row", self.row_sums(), &row_labels, margins)?;
                (given, given_told(from, margins.len(), n))
            }
        };
        let (column_margins, columns_told) = match columns {
            MarginSource::Published => {
                kept_columns[..n].copy_from_slice(&self.published_inputs()?);
                let others = self.rows_of_unknown_role();
                let others = if others.is_empty() {
                    String::new()
                } else {
                    format!(" (without {}, of which it is not known what they are)", others.join(", "))
                };
                (
                    kept_columns,
                    format!("published output less the rows below{others}, final demand to its sums"),
                )
            }
            MarginSource::Keep => (kept_columns, "their sums".to_owned()),
            MarginSource::Given { from, margins } => {
                let mut labels = row_labels;
                labels.extend((0..final_columns).map(|column| self.final_demand_label(column)));
                let given = overwrite("column", kept_columns, &labels, margins)?;
                (given, given_told(from, margins.len(), n + final_columns))
            }
        };
        Ok(Margins {
            rows: row_margins,
            columns: column_margins,
            told: format!("rows to {rows_told}; columns to {columns_told}"),
        })
    }

    /// Intermediate inputs of each industry as the source has them: output less value added, taxes, margins.
    fn published_inputs(&self) -> Result<Vec<f64>, TableError> {
        let mut inputs = self.gross_output(OutputConvention::Published)?;
        if !self.primary_rows().iter().any(|row| row.role == RowRole::ValueAdded) {
            return Err(TableError::MissingForConvention {
                convention: "columns published",
                needs: "a value-added row (VA, VALU, r64)",
                has: self.primary_rows().iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(", "),
            });
        }
        for row in self.primary_rows().iter().filter(|row| row.role.closes_the_column()) {
            inputs.iter_mut().zip(&row.industries).for_each(|(sum, value)| *sum -= value);
        }
        Ok(inputs)
    }

    /// The table with its flows brought to margins by RAS, or by GRAS when some are negative.
    ///
    /// # Errors
    /// Conflicting margins that nothing gives way for, margins that the zeros and signs of the table cannot carry.
    ///
    /// # Cost
    /// One pass over the flows a sweep and two copies of them.
    ///
    /// # Source
    /// See [`biproportional::fit`].
    pub fn rebalanced(
        &self,
        margins: Margins,
        give_way: GiveWay,
        options: &FitOptions,
    ) -> Result<Rebalanced, BalanceError> {
        let n = self.axis().n_rows();
        let mut margins = margins;
        let label = |line: Line| match line {
            Line::Row(row) => self.axis().row_label(row),
            Line::Column(column) if column < n => self.axis().row_label(column),
            Line::Column(column) => self.final_demand_label(column - n),
        };
        // Before totals are compared: one margin that is no number makes them all conflict.
        let not_finite = |values: &[f64]| values.iter().position(|margin| !margin.is_finite());
        if let Some(row) = not_finite(&margins.rows) {
            let (line, margin) = (label(Line::Row(row)), margins.rows[row]);
            return Err(BalanceError::NotFinite { kind: "row", line, margin });
        }
        if let Some(column) = not_finite(&margins.columns) {
            let (line, margin) = (label(Line::Column(column)), margins.columns[column]);
            return Err(BalanceError::NotFinite { kind: "column", line, margin });
        }
        let scaled = margins.reconcile(n, give_way, options.tolerance)?;
        let mut flows = self.flows();
        let before = flows.clone();
        let fit = biproportional::fit(&mut flows, &margins.rows, &margins.columns, options, &label)?;
        let (mut changed, mut change, mut size) = (0_usize, 0.0, 0.0);
        for (a, x) in before.iter().zip(flows.iter()) {
            size += a.abs();
            change += (a - x).abs();
            changed += usize::from((a - x).abs() > f64::EPSILON * a.abs());
        }
        let (intermediate_use, final_demand) = split_flows(flows, n);
        let balanced = self.with_flows(intermediate_use, final_demand)?;
        let moved = if size > 0.0 { change / size } else { 0.0 };
        let method = if fit.negative_cells == 0 {
            "RAS".to_owned()
        } else {
            format!("GRAS ({} negative cells keep their sign)", fit.negative_cells)
        };
        let repair = Repair {
            name: "balanced".into(),
            detail: format!(
                "{method}: {}{}; {} sweeps, worst gap {:.1e}; flows moved by {:.3}% of their sum",
                margins.told,
                scaled.map(|text| format!("; {text}")).unwrap_or_default(),
                fit.sweeps,
                fit.worst_gap,
                100.0 * moved
            ),
            count: changed,
        };
        Ok(Rebalanced { table: balanced.with_repair(repair), fit, moved })
    }

    /// `[Z Y]`: every flow of the table, (n_rows, n_rows + economies x categories).
    pub fn flows(&self) -> DMatrix<f64> {
        let n = self.axis().n_rows();
        let mut cells = Vec::with_capacity(n * (n + self.final_demand().ncols()));
        cells.resize(n * n, 0.0);
        self.intermediate_use().for_each(|row, column, value| cells[column * n + row] = value);
        cells.extend_from_slice(self.final_demand().as_slice());
        DMatrix::from_vec(n, n + self.final_demand().ncols(), cells)
    }
}

/// `[Z Y]` to Z and Y.
pub(crate) fn split_flows(flows: DMatrix<f64>, n: usize) -> (DMatrix<f64>, DMatrix<f64>) {
    let final_columns = flows.ncols() - n;
    let mut cells: Vec<f64> = flows.data.into();
    let final_cells = cells.split_off(n * n);
    // What the columns of final demand took is given back.
    cells.shrink_to_fit();
    (DMatrix::from_vec(n, n, cells), DMatrix::from_vec(n, final_columns, final_cells))
}

impl Margins {
    /// Makes the totals agree as the caller chose; says what was done.
    fn reconcile(
        &mut self,
        n: usize,
        give_way: GiveWay,
        tolerance: f64,
    ) -> Result<Option<String>, BalanceError> {
        let total = |values: &[f64]| values.iter().sum::<f64>();
        let (rows, columns) = (total(&self.rows), total(&self.columns));
        let difference = rows - columns;
        if difference.abs() <= 0.5 * tolerance * rows.abs() {
            return Ok(None);
        }
        let conflict = BalanceError::Conflict { rows, columns, difference };
        let (what, wanted, lines) = match give_way {
            GiveWay::Refuse => return Err(conflict),
            GiveWay::Columns => ("column margins", rows, &mut self.columns[..]),
            GiveWay::Rows => ("row margins", columns, &mut self.rows[..]),
            GiveWay::FinalDemand => {
                let wanted = rows - total(&self.columns[..n]);
                ("margins of final demand", wanted, &mut self.columns[n..])
            }
        };
        let present = total(lines);
        let factor = wanted / present;
        // A factor that is not positive would turn the sign of every margin: no choice of the user's means that.
        if !(factor.is_finite() && factor > 0.0) {
            return Err(conflict);
        }
        lines.iter_mut().for_each(|margin| *margin *= factor);
        Ok(Some(format!(
            "rows added up to {rows} and columns to {columns}, so the {what} were multiplied by {factor:.9}"
        )))
    }
}

fn given_told(from: &str, given: usize, lines: usize) -> String {
    match lines - given {
        0 => from.to_owned(),
        kept => format!("{from} ({given} given, {kept} kept)"),
    }
}

fn overwrite(
    kind: &'static str,
    mut margins: Vec<f64>,
    labels: &[String],
    given: &[GivenMargin],
) -> Result<Vec<f64>, BalanceError> {
    let index: std::collections::HashMap<&str, usize> =
        labels.iter().enumerate().map(|(position, label)| (label.as_str(), position)).collect();
    let mut seen = vec![false; labels.len()];
    for margin in given {
        let wrong = |problem, nearest| BalanceError::MarginLabel {
            kind,
            line: margin.label.clone(),
            problem,
            nearest,
        };
        let Some(&position) = index.get(margin.label.as_str()) else {
            let nearest = crate::labels::nearest(labels.iter().map(String::as_str), &margin.label);
            return Err(wrong("the table has no such line", nearest));
        };
        if std::mem::replace(&mut seen[position], true) {
            return Err(wrong("it stands twice", None));
        }
        margins[position] = margin.value;
    }
    Ok(margins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{PrimaryRow, Provenance, TableParts};

    /// Two economies of one industry whose published figures its flows miss.
    fn table(output: [f64; 2], value_added: [f64; 2]) -> IcioTable {
        IcioTable::new(TableParts {
            rows: vec![("A".into(), "s".into()), ("B".into(), "s".into())],
            categories: vec!["C".into(), "INV".into()],
            intermediate_use: DMatrix::from_row_slice(2, 2, &[20.0, 10.0, 15.0, 30.0]).into(),
            final_demand: DMatrix::from_row_slice(2, 4, &[60.0, -2.0, 8.0, 1.0, 5.0, 3.0, 50.0, 2.0]),
            primary_rows: vec![PrimaryRow {
                name: "VA".into(),
                role: RowRole::ValueAdded,
                industries: value_added.to_vec(),
                final_use: None,
            }],
            published_output: Some(output.to_vec()),
            unit: "unit".into(),
            year: None,
            provenance: Provenance::default(),
        })
        .unwrap()
    }

    fn published(table: &IcioTable) -> Margins {
        table.margins(&MarginSource::Published, &MarginSource::Published).unwrap()
    }

    #[test]
    fn a_balanced_table_adds_up_to_what_was_published_and_says_what_was_done() {
        // Σ output − Σ (output − value added) = Σ value added = 127 = Σ final demand.
        let table = table([102.0, 104.0], [63.0, 64.0]);
        let done = table.rebalanced(published(&table), GiveWay::Refuse, &FitOptions::default()).unwrap();
        for (found, expected) in done.table.row_sums().iter().zip([102.0, 104.0]) {
            assert!((found - expected).abs() < 1e-8, "{found}");
        }
        for (found, expected) in done.table.input_sums().iter().zip([39.0, 40.0]) {
            assert!((found - expected).abs() < 1e-8, "{found}");
        }
        assert!(done.table.final_demand()[(0, 1)] < 0.0);
        let repair = &done.table.provenance().repairs[0];
        assert_eq!((repair.name.as_str(), repair.count), ("balanced", 12));
        for words in ["GRAS (1 negative cells keep their sign)", "published output", "sweeps", "worst gap"] {
            assert!(repair.detail.contains(words), "`{words}` is missing from: {}", repair.detail);
        }
        assert!(done.moved > 0.0 && done.moved < 0.1);
    }

    #[test]
    fn conflicting_margins_are_refused_with_numbers_unless_something_gives_way() {
        let table = table([102.0, 104.0], [63.0, 65.0]);
        let refused =
            table.rebalanced(published(&table), GiveWay::Refuse, &FitOptions::default()).unwrap_err();
        assert_eq!(refused, BalanceError::Conflict { rows: 206.0, columns: 205.0, difference: 1.0 });
        assert!(
            refused.hint().contains("--on-conflict final-demand")
                || refused.hint().contains("`final-demand`")
        );
        for (give_way, output, inputs) in [
            (GiveWay::FinalDemand, 206.0, 78.0),
            (GiveWay::Columns, 206.0, 78.0 * 206.0 / 205.0),
            (GiveWay::Rows, 205.0, 78.0),
        ] {
            let done = table.rebalanced(published(&table), give_way, &FitOptions::default()).unwrap();
            let sum = |values: Vec<f64>| values.iter().sum::<f64>();
            assert!((sum(done.table.row_sums()) - output).abs() < 1e-7, "{give_way:?}");
            assert!((sum(done.table.input_sums()) - inputs).abs() < 1e-7, "{give_way:?}");
            assert!(done.table.provenance().repairs[0].detail.contains("were multiplied by"));
        }
    }

    #[test]
    fn given_margins_overwrite_sums_by_label_and_unknown_or_double_labels_are_refused() {
        let table = table([102.0, 104.0], [63.0, 64.0]);
        let given = |labels: &[(&str, f64)]| MarginSource::Given {
            from: "margins.csv".into(),
            margins: labels
                .iter()
                .map(|(label, value)| GivenMargin { label: (*label).into(), value: *value })
                .collect(),
        };
        let margins =
            table.margins(&given(&[("B.s", 110.0)]), &given(&[("A.C", 70.0), ("B.s", 45.0)])).unwrap();
        assert_eq!(margins.rows, [97.0, 110.0]);
        assert_eq!(margins.columns, [35.0, 45.0, 70.0, 1.0, 58.0, 3.0]);
        assert!(margins.told.contains("margins.csv (1 given, 1 kept)"), "{}", margins.told);
        let unknown = table.margins(&given(&[("B.t", 1.0)]), &MarginSource::Keep).unwrap_err();
        assert_eq!(unknown.to_string(), "margin for row `B.t`: the table has no such line");
        let twice = table.margins(&given(&[("B.s", 1.0), ("B.s", 1.0)]), &MarginSource::Keep).unwrap_err();
        assert_eq!(twice.to_string(), "margin for row `B.s`: it stands twice");
    }

    #[test]
    fn a_margin_that_is_no_number_is_named_before_totals_are_compared() {
        let table = table([102.0, 104.0], [63.0, 64.0]);
        let given = MarginSource::Given {
            from: "margins.csv".into(),
            margins: vec![GivenMargin { label: "B.s".into(), value: f64::NAN }],
        };
        for (rows, columns, kind) in
            [(&given, &MarginSource::Keep, "row"), (&MarginSource::Keep, &given, "column")]
        {
            let margins = table.margins(rows, columns).unwrap();
            let error = table.rebalanced(margins, GiveWay::Refuse, &FitOptions::default()).unwrap_err();
            assert!(error.to_string().starts_with(&format!("the margin of {kind} `B.s` is NaN")), "{error}");
        }
    }

    #[test]
    fn a_table_without_published_figures_says_what_it_lacks() {
        let full = table([102.0, 104.0], [63.0, 64.0]);
        let bare = IcioTable { published_output: None, ..full };
        let error = bare.margins(&MarginSource::Published, &MarginSource::Keep).unwrap_err();
        assert!(error.to_string().contains("`OUT` column"), "{error}");
        assert!(error.hint().contains("`keep`"));
    }
}
