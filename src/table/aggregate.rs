//! Aggregation of economies and sectors by a concordance: every label mapped exactly once, totals kept.

use std::collections::HashMap;

use nalgebra::DMatrix;

use super::{IcioTable, PrimaryRow, Repair, TableError, TableParts};

/// What is wrong with a concordance, or between a concordance and a table.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AggregateError {
    /// Labels of the table that the concordance does not map.
    #[error("the concordance maps no {dimension} for {count} of the table's labels: {labels}")]
    Unmapped {
        /// `economy` or `sector`.
        dimension: &'static str,
        /// How many.
        count: usize,
        /// Which.
        labels: String,
    },
    /// A label that is mapped to two targets.
    #[error("the concordance maps {dimension} `{label}` twice: to `{first}` and to `{second}`")]
    MappedTwice {
        /// `economy` or `sector`.
        dimension: &'static str,
        /// The label.
        label: String,
        /// First target.
        first: String,
        /// Second target.
        second: String,
    },
    /// A mapped label that the table does not have.
    #[error("the concordance maps {dimension} `{label}`, which the table does not have")]
    NotInTable {
        /// `economy` or `sector`.
        dimension: &'static str,
        /// The label.
        label: String,
    },
    /// A dimension that is neither `economy` nor `sector`.
    #[error("line {line} of the concordance: dimension `{found}`, expected `economy` or `sector`")]
    Dimension {
        /// Line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// The aggregated parts do not make a table.
    #[error(transparent)]
    Table(#[from] TableError),
}

impl AggregateError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Unmapped { dimension, .. } => {
                format!("add one line `{dimension},SOURCE,TARGET` for each of them")
            }
            Self::MappedTwice { .. } => "keep one of the two lines".into(),
            Self::NotInTable { .. } => {
                "remove the line, or check the spelling against `vadex inspect TABLE`".into()
            }
            Self::Dimension { .. } => "the columns are `dimension,source,target[,name]`".into(),
            Self::Table(error) => error.hint(),
        }
    }
}

/// Which label becomes which: `dimension,source,target` lines, `dimension` being `economy` or `sector`.
///
/// A dimension without any line is kept as it is. Targets appear in the order of their first mention.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concordance {
    economies: Vec<(String, String)>,
    sectors: Vec<(String, String)>,
}

impl Concordance {
    /// Builds a concordance from `(dimension, source, target)` entries; `line` of an entry is its position plus 2
    /// (the header is line 1).
    ///
    /// # Errors
    /// Unknown dimensions and labels mapped twice.
    pub fn new(entries: impl IntoIterator<Item = (String, String, String)>) -> Result<Self, AggregateError> {
        let mut concordance = Self::default();
        for (position, (dimension, source, target)) in entries.into_iter().enumerate() {
            let (name, list) = match dimension.as_str() {
                "economy" => ("economy", &mut concordance.economies),
                "sector" => ("sector", &mut concordance.sectors),
                _ => return Err(AggregateError::Dimension { line: position + 2, found: dimension }),
            };
            if let Some((_, first)) = list.iter().find(|(known, _)| *known == source) {
                return Err(AggregateError::MappedTwice {
                    dimension: name,
                    label: source,
                    first: first.clone(),
                    second: target,
                });
            }
            list.push((source, target));
        }
        Ok(concordance)
    }

    /// The first economy that is mapped, when the concordance maps economies.
    pub fn first_economy(&self) -> Option<&str> {
        self.economies.first().map(|(source, _)| source.as_str())
    }

    /// Where each of some economies goes, and the economies there are then.
    ///
    /// # Errors
    /// Labels without a target, targets without a label.
    pub fn map_economies(&self, labels: &[String]) -> Result<(Vec<usize>, Vec<String>), AggregateError> {
        resolve("economy", labels, &self.economies)
    }

    /// Where each of some sectors goes, and the sectors there are then.
    ///
    /// # Errors
    /// Labels without a target, targets without a label.
    pub fn map_sectors(&self, labels: &[String]) -> Result<(Vec<usize>, Vec<String>), AggregateError> {
        resolve("sector", labels, &self.sectors)
    }

    /// Target label of a sector, when the concordance maps sectors.
    pub fn sector_target(&self, source: &str) -> Option<&str> {
        self.sectors.iter().find(|(known, _)| known == source).map(|(_, target)| target.as_str())
    }
}

/// Maps each source label to a target index; targets in order of first mention.
fn resolve(
    dimension: &'static str,
    labels: &[String],
    mapping: &[(String, String)],
) -> Result<(Vec<usize>, Vec<String>), AggregateError> {
    if mapping.is_empty() {
        return Ok(((0..labels.len()).collect(), labels.to_vec()));
    }
    if let Some((label, _)) = mapping.iter().find(|(source, _)| !labels.contains(source)) {
        return Err(AggregateError::NotInTable { dimension, label: label.clone() });
    }
    let mut targets: Vec<String> = Vec::new();
    let mut target_of: HashMap<&str, usize> = HashMap::new();
    for (source, target) in mapping {
        let index = targets.iter().position(|known| known == target).unwrap_or_else(|| {
            targets.push(target.clone());
            targets.len() - 1
        });
        target_of.insert(source, index);
    }
    let unmapped: Vec<&str> =
        labels.iter().map(String::as_str).filter(|label| !target_of.contains_key(label)).collect();
    if !unmapped.is_empty() {
        return Err(AggregateError::Unmapped {
            dimension,
            count: unmapped.len(),
            labels: unmapped.join(", "),
        });
    }
    Ok((labels.iter().map(|label| target_of[label.as_str()]).collect(), targets))
}

impl IcioTable {
    /// The table with economies and sectors added up as the concordance says.
    ///
    /// Flows, value-added rows and published output are sums, so every total is kept.
    ///
    /// # Errors
    /// Labels without a target, targets without a label.
    pub fn aggregate(&self, concordance: &Concordance) -> Result<Self, AggregateError> {
        let axis = self.axis();
        let (economy_of, economies) = concordance.map_economies(axis.economies())?;
        let (sector_of, sectors) = concordance.map_sectors(axis.sectors())?;
        let mut rows: Vec<(String, String)> = Vec::new();
        let mut index: HashMap<(usize, usize), usize> = HashMap::new();
        let mut present = vec![false; economies.len() * sectors.len()];
        for row in 0..axis.n_rows() {
            present[economy_of[axis.economy_of(row)] * sectors.len() + sector_of[axis.sector_of(row)]] = true;
        }
        for (e, economy) in economies.iter().enumerate() {
            for (s, sector) in sectors.iter().enumerate() {
                if present[e * sectors.len() + s] {
                    index.insert((e, s), rows.len());
                    rows.push((economy.clone(), sector.clone()));
                }
            }
        }
        let target: Vec<usize> = (0..axis.n_rows())
            .map(|row| index[&(economy_of[axis.economy_of(row)], sector_of[axis.sector_of(row)])])
            .collect();
        let categories = self.categories().len();
        let final_target: Vec<usize> = (0..axis.n_economies() * categories)
            .map(|column| economy_of[column / categories] * categories + column % categories)
            .collect();
        let n = rows.len();
        let fold = |values: &[f64], target: &[usize], size: usize| {
            let mut sums = vec![0.0; size];
            for (value, &to) in values.iter().zip(target) {
                sums[to] += value;
            }
            sums
        };
        let mut provenance = self.provenance().clone();
        provenance.repairs.push(Repair {
            name: "aggregated".into(),
            detail: format!(
                "{} economies x {} sectors added up to {} x {}",
                axis.n_economies(),
                axis.n_sectors(),
                economies.len(),
                sectors.len()
            ),
            count: axis.n_rows(),
        });
        let final_columns = economies.len() * categories;
        let aggregated = Self::new(TableParts {
            rows,
            categories: self.categories().to_vec(),
            intermediate_use: self.intermediate_use().folded(&target, n, &target, n),
            final_demand: fold_matrix(self.final_demand(), &target, n, &final_target, final_columns),
            primary_rows: self
                .primary_rows()
                .iter()
                .map(|row| PrimaryRow {
                    name: row.name.clone(),
                    role: row.role,
                    industries: fold(&row.industries, &target, n),
                    final_use: row
                        .final_use
                        .as_ref()
                        .map(|values| fold(values, &final_target, final_columns)),
                })
                .collect(),
            published_output: self.published_output().map(|output| fold(output, &target, n)),
            unit: self.unit().to_owned(),
            year: self.year(),
            provenance,
        })?;
        Ok(aggregated)
    }
}

pub(super) fn fold_matrix(
    matrix: &DMatrix<f64>,
    row_target: &[usize],
    rows: usize,
    column_target: &[usize],
    columns: usize,
) -> DMatrix<f64> {
    let mut sums = DMatrix::zeros(rows, columns);
    for (column, values) in matrix.column_iter().enumerate() {
        let mut target = sums.column_mut(column_target[column]);
        for (value, &row) in values.iter().zip(row_target) {
            target[row] += value;
        }
    }
    sums
}
