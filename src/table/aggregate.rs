//! Aggregation of economies and sectors by a concordance: every label mapped exactly once, totals kept.

use std::collections::{HashMap, HashSet};

use nalgebra::DMatrix;

use super::regroup::known_splits;
use super::{IcioTable, PrimaryRow, Repair, TableError, TableParts};
use crate::labels::{self, Axis};

/// What is wrong with a concordance, or between a concordance and a table: every offending label is named.
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
    /// Labels that are all targets of the concordance and no sources.
    #[error(
        "every {dimension} of the table is one that the concordance makes: the table is added up by it already"
    )]
    AddedUp {
        /// `economy` or `sector`.
        dimension: &'static str,
    },
    /// A list for any table that has none of this table's labels.
    #[error("the concordance has none of the table's labels: nothing would be added up")]
    NothingKnown,
    /// Labels that are mapped more than once.
    #[error("the concordance maps {}", told_twice(.labels))]
    MappedTwice {
        /// Each of them, with its targets in order of the lines.
        labels: Vec<MappedTwice>,
    },
    /// Mapped labels that the table does not have.
    #[error(
        "the concordance maps {dimension} {}, which the table does not have",
        labels::told(.labels)
    )]
    NotInTable {
        /// `economy` or `sector`.
        dimension: &'static str,
        /// The labels, each with the nearest that the table has.
        labels: Vec<(String, Option<String>)>,
    },
    /// A target that cannot be a label.
    #[error("the concordance makes {dimension} {labels}: {rule}")]
    BadTarget {
        /// `economy` or `sector`.
        dimension: &'static str,
        /// Which targets.
        labels: String,
        /// What a label must be.
        rule: &'static str,
    },
    /// A dimension that is neither `economy` nor `sector`.
    #[error("line {line} of the concordance: dimension `{found}`, expected `economy` or `sector`")]
    Dimension {
        /// Line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// Several of these at once.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Several(Vec<AggregateError>),
    /// The aggregated parts do not make a table.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// A label with more than one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedTwice {
    /// `economy` or `sector`.
    pub dimension: &'static str,
    /// The label.
    pub label: String,
    /// Its targets, in order of the lines.
    pub targets: Vec<String>,
}

fn told_twice(labels: &[MappedTwice]) -> String {
    let told: Vec<String> = labels
        .iter()
        .map(|MappedTwice { dimension, label, targets }| {
            let times =
                if targets.len() == 2 { "twice".to_owned() } else { format!("{} times", targets.len()) };
            format!("{dimension} `{label}` {times}: to `{}`", targets.join("` and to `"))
        })
        .collect();
    told.join("; ")
}

impl AggregateError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Unmapped { dimension, .. } => {
                format!("add one line `{dimension},SOURCE,TARGET` for each of them")
            }
            Self::AddedUp { .. } => "take it as it is, or give the table that it was made of".into(),
            Self::NothingKnown => {
                "give a concordance for the labels of this table: `vadex inspect TABLE` lists them".into()
            }
            Self::MappedTwice { .. } => "keep one line for each label".into(),
            Self::NotInTable { labels, .. } => match labels::suggestions(labels) {
                Some(suggestions) => suggestions,
                None => "remove the line, or check the spelling against `vadex inspect TABLE`".into(),
            },
            Self::BadTarget { .. } => "choose another name for the target".into(),
            Self::Dimension { .. } => "the columns are `dimension,source,target[,name]`".into(),
            Self::Several(errors) => errors.iter().map(Self::hint).collect::<Vec<_>>().join("; "),
            Self::Table(error) => error.hint(),
        }
    }

    /// Nothing, the one error, or all of them as one.
    fn all(mut errors: Vec<Self>) -> Result<(), Self> {
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => Err(Self::Several(errors)),
        }
    }
}

/// Which label becomes which: `dimension,source,target` lines, `dimension` being `economy` or `sector`.
///
/// A dimension without any line is kept as it is. Targets appear in the order of their first mention. A *grouping*
/// ([`Concordance::grouping`]) is a list for any table: lines for labels that a table lacks are passed over, labels
/// without a line stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concordance {
    economies: Vec<(String, String)>,
    sectors: Vec<(String, String)>,
    grouping: bool,
}

impl Concordance {
    /// Builds a concordance from `(dimension, source, target)` entries; `line` of an entry is its position plus 2
    /// (the header is line 1).
    ///
    /// # Errors
    /// Unknown dimensions, targets that cannot be labels, and labels mapped twice: all of them.
    pub fn new(entries: impl IntoIterator<Item = (String, String, String)>) -> Result<Self, AggregateError> {
        let mut concordance = Self::default();
        let mut twice: Vec<MappedTwice> = Vec::new();
        for (position, (dimension, source, target)) in entries.into_iter().enumerate() {
            let (dimension, list) = match dimension.as_str() {
                "economy" => ("economy", &mut concordance.economies),
                "sector" => ("sector", &mut concordance.sectors),
                _ => return Err(AggregateError::Dimension { line: position + 2, found: dimension }),
            };
            let Some((_, first)) = list.iter().find(|(known, _)| *known == source) else {
                list.push((source, target));
                continue;
            };
            match twice.iter_mut().find(|known| known.dimension == dimension && known.label == source) {
                Some(known) => known.targets.push(target),
                None => {
                    twice.push(MappedTwice { dimension, label: source, targets: vec![first.clone(), target] })
                }
            }
        }
        let mut errors = Vec::new();
        if !twice.is_empty() {
            errors.push(AggregateError::MappedTwice { labels: twice });
        }
        errors.extend(bad_targets("economy", &concordance.economies));
        errors.extend(bad_targets("sector", &concordance.sectors));
        AggregateError::all(errors)?;
        Ok(concordance)
    }

    /// The same as a grouping: for any table, whether or not it has every label.
    #[must_use]
    pub fn grouping(self) -> Self {
        Self { grouping: true, ..self }
    }

    /// The first economy that is mapped, when the concordance maps economies.
    pub fn first_economy(&self) -> Option<&str> {
        self.economies.first().map(|(source, _)| source.as_str())
    }

    /// Where each of some economies goes, and the economies there are then.
    ///
    /// # Errors
    /// Labels without a target, targets without a label: all of them.
    pub fn map_economies(&self, labels: &[String]) -> Result<(Vec<usize>, Vec<String>), AggregateError> {
        resolve("economy", labels, &self.economies, self.grouping)
    }

    /// Where each of some sectors goes, and the sectors there are then.
    ///
    /// # Errors
    /// Labels without a target, targets without a label: all of them.
    pub fn map_sectors(&self, labels: &[String]) -> Result<(Vec<usize>, Vec<String>), AggregateError> {
        resolve("sector", labels, &self.sectors, self.grouping)
    }

    /// A list for any table, with the parts of economies that it knows as a whole: they go where the whole goes.
    fn with_parts(&self, axis: &Axis) -> Self {
        let mut all = self.clone();
        for split in known_splits(axis) {
            let Some((_, target)) = self.economies.iter().find(|(source, _)| *source == split.name) else {
                continue;
            };
            for part in split.members {
                if !self.economies.iter().any(|(source, _)| *source == part) {
                    all.economies.push((part, target.clone()));
                }
            }
        }
        all
    }

    /// A sector that is called like a category of final demand could not be told from it.
    fn apart_from(&self, categories: &[String], sectors: &[String]) -> Result<(), AggregateError> {
        let both: Vec<&str> =
            sectors.iter().filter(|sector| categories.contains(sector)).map(String::as_str).collect();
        if both.is_empty() {
            return Ok(());
        }
        Err(AggregateError::BadTarget {
            dimension: "sector",
            labels: format!("`{}`", both.join("`, `")),
            rule: "that is a category of final demand of the table",
        })
    }

    /// Does it have a line for one of the labels?
    fn knows_any(&self, economies: &[String], sectors: &[String]) -> bool {
        let knows = |lines: &[(String, String)], labels: &[String]| {
            lines.iter().any(|(source, _)| labels.contains(source))
        };
        knows(&self.economies, economies) || knows(&self.sectors, sectors)
    }

    /// Both mappings; what is wrong with either is told together.
    fn map_both(&self, economies: &[String], sectors: &[String]) -> Result<[Mapping; 2], AggregateError> {
        match (self.map_economies(economies), self.map_sectors(sectors)) {
            (Ok(economies), Ok(sectors)) => Ok([economies, sectors]),
            (economies, sectors) => {
                let errors = [economies.err(), sectors.err()].into_iter().flatten();
                let flat = errors.flat_map(|error| match error {
                    AggregateError::Several(errors) => errors,
                    error => vec![error],
                });
                Err(AggregateError::Several(flat.collect()))
            }
        }
    }

    /// Target label of a sector, when the concordance maps sectors.
    pub fn sector_target(&self, source: &str) -> Option<&str> {
        self.sectors.iter().find(|(known, _)| known == source).map(|(_, target)| target.as_str())
    }
}

/// For each label the position of its target, and the targets.
type Mapping = (Vec<usize>, Vec<String>);

fn bad_targets(dimension: &'static str, mapping: &[(String, String)]) -> Option<AggregateError> {
    let rule = labels::rule(dimension);
    let mut bad: Vec<&str> =
        mapping.iter().map(|(_, target)| target.as_str()).filter(|target| !rule.holds(target)).collect();
    bad.dedup();
    (!bad.is_empty()).then(|| AggregateError::BadTarget {
        dimension,
        labels: format!("`{}`", bad.join("`, `")),
        rule: rule.words(),
    })
}

/// Maps each source label to a target index; targets in order of first mention.
fn resolve(
    dimension: &'static str,
    labels: &[String],
    mapping: &[(String, String)],
    grouping: bool,
) -> Result<Mapping, AggregateError> {
    if mapping.is_empty() {
        return Ok(((0..labels.len()).collect(), labels.to_vec()));
    }
    let target_of: HashMap<&str, &str> =
        mapping.iter().map(|(source, target)| (source.as_str(), target.as_str())).collect();
    let known: HashSet<&str> = labels.iter().map(String::as_str).collect();
    let mut targets: Vec<String> = Vec::new();
    let mut place = |target: &str| {
        targets.iter().position(|known| known == target).unwrap_or_else(|| {
            targets.push(target.to_owned());
            targets.len() - 1
        })
    };
    if grouping {
        let of = |label: &String| place(target_of.get(label.as_str()).copied().unwrap_or(label));
        return Ok((labels.iter().map(of).collect(), targets));
    }
    let strangers: Vec<(String, Option<String>)> = mapping
        .iter()
        .filter(|(source, _)| !known.contains(source.as_str()))
        .map(|(source, _)| (source.clone(), labels::nearest(known.iter().copied(), source)))
        .collect();
    let unmapped: Vec<&str> =
        labels.iter().map(String::as_str).filter(|label| !target_of.contains_key(label)).collect();
    let made = |label: &String| mapping.iter().any(|(_, target)| target == label);
    if unmapped.len() == labels.len() && labels.iter().all(made) {
        return Err(AggregateError::AddedUp { dimension });
    }
    let mut errors = Vec::new();
    if !strangers.is_empty() {
        errors.push(AggregateError::NotInTable { dimension, labels: strangers });
    }
    if !unmapped.is_empty() {
        errors.push(AggregateError::Unmapped {
            dimension,
            count: unmapped.len(),
            labels: unmapped.join(", "),
        });
    }
    AggregateError::all(errors)?;
    mapping.iter().for_each(|(_, target)| {
        place(target);
    });
    let places = labels.iter().map(|label| place(target_of[label.as_str()])).collect();
    Ok((places, targets))
}

impl IcioTable {
    /// The table with economies and sectors added up as the concordance says.
    ///
    /// Flows, value-added rows and published output are sums, so every total is kept.
    ///
    /// # Errors
    /// Labels without a target, targets without a label: all of them, of both dimensions.
    pub fn aggregate(&self, concordance: &Concordance) -> Result<Self, AggregateError> {
        let axis = self.axis();
        if concordance.grouping && !concordance.knows_any(axis.economies(), axis.sectors()) {
            return Err(AggregateError::NothingKnown);
        }
        let grouping = concordance.grouping.then(|| concordance.with_parts(axis));
        let concordance = grouping.as_ref().unwrap_or(concordance);
        let [economies, sectors] = concordance.map_both(axis.economies(), axis.sectors())?;
        concordance.apart_from(self.categories(), &sectors.1)?;
        let repair = Repair {
            name: "aggregated".into(),
            detail: format!(
                "{} economies x {} sectors added up to {} x {}",
                axis.n_economies(),
                axis.n_sectors(),
                economies.1.len(),
                sectors.1.len()
            ),
            count: axis.n_rows(),
        };
        Ok(self.add_up(economies, sectors, repair)?)
    }

    /// The table with each economy and sector added to its target.
    pub(super) fn add_up(
        &self,
        (economy_of, economies): Mapping,
        (sector_of, sectors): Mapping,
        repair: Repair,
    ) -> Result<Self, TableError> {
        let axis = self.axis();
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
        provenance.repairs.push(repair);
        let final_columns = economies.len() * categories;
        Self::new(TableParts {
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
        })
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
