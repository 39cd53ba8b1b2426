//! From a labelled grid to the parts of a table, for every wide layout: what each row and column is, the importer says;
//! matching them, refusing what does not fit, and counting what is missing is the same for all.

use std::collections::HashMap;

use super::LoadError;
use super::grid::{Grid, is_blank, nan_to_zero};
use super::room;
use crate::table::{PrimaryRow, Provenance, Repair, RowRole, TableParts};

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowKind {
    /// An industry.
    Industry { economy: String, sector: String },
    /// A row below the industries: value added, taxes, margins, totals.
    Below { name: String, role: RowRole },
    /// Not part of the table.
    Skip,
}

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// An industry.
    Industry { economy: String, sector: String },
    /// A category of final demand of an economy.
    Final { economy: String, category: String },
    /// A use that the source gives to no economy (a statistical discrepancy): it becomes a category of final demand of the
    /// economy that sells, so that output stays as published and exports do not change.
    OwnUse { category: String },
    /// Gross output as published.
    Output,
    /// Not part of the table.
    Skip,
}

/// What the source says besides its cells.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) unit: Option<String>,
    pub(super) year: Option<i32>,
    /// Whom the database asks to cite, and its licence.
    pub(super) citation: Option<String>,
    /// What the importer did on its way here, in order.
    pub(super) repairs: Vec<Repair>,
}

/// Default when neither the file nor the user says what the unit is.
pub(super) const UNKNOWN_UNIT: &str = "unit of the source (not stated in the file)";

/// Output row and column of a source may differ by rounding; beyond this share (and a tenth of a unit) it is told.
const SAME_OUTPUT: f64 = 2e-4;

type Pair<'a> = (&'a str, &'a str);

/// Industries and final demand, matched by label.
struct Matching<'a> {
    industries: Vec<(usize, Pair<'a>)>,
    /// Column of each industry, in the order of the rows.
    industry_columns: Vec<usize>,
    economies: Vec<&'a str>,
    economy_of: HashMap<&'a str, usize>,
}

/// Puts a table together.
///
/// # Errors
/// No industries, no final demand, labels that stand twice, rows without their column and columns without their row, final
/// demand of an economy that produces nothing in the table.
pub(super) fn assemble(
    grid: &Grid,
    rows: &[RowKind],
    columns: &[ColumnKind],
    facts: Facts,
) -> Result<TableParts, LoadError> {
    let matching = Matching::of(grid, rows, columns)?;
    let industry_rows: Vec<usize> = matching.industries.iter().map(|(row, _)| *row).collect();
    let (categories, finals) = final_columns(grid, columns, &matching)?;
    room::for_final_demand(&grid.path, industry_rows.len(), matching.economies.len(), categories.len())?;
    let width = matching.economies.len() * categories.len();
    let (intermediate_use, mut blanks) = grid.block(&industry_rows, &matching.industry_columns);
    let file_columns: Vec<usize> = finals.iter().map(|(column, _)| *column).collect();
    let (uses, more) = grid.block(&industry_rows, &file_columns);
    blanks += more;
    let mut final_demand = nalgebra::DMatrix::zeros(industry_rows.len(), width);
    for ((_, place), values) in finals.iter().zip(uses.column_iter()) {
        match place {
            FinalPlace::Of(target) => {
                let mut column = final_demand.column_mut(*target);
                column += values;
            }
            FinalPlace::Own(category) => {
                for (row, (_, (economy, _))) in matching.industries.iter().enumerate() {
                    let economy = matching.economy_of[economy];
                    final_demand[(row, economy * categories.len() + category)] += values[row];
                }
            }
        }
    }
    let mut repairs = facts.repairs;
    note_gaps(&mut repairs, blanks, width, &finals, columns, matching.economies.len());
    let below = Below { grid, matching: &matching, categories: categories.len(), finals: &finals };
    let (primary_rows, output_row) = below.read(rows);
    let output_column = columns.iter().position(|kind| *kind == ColumnKind::Output).map(|column| {
        industry_rows.iter().map(|&row| nan_to_zero(grid.value(row, column))).collect::<Vec<_>>()
    });
    if let (Some(column), Some(row)) = (&output_column, &output_row) {
        let differs = |a: f64, b: f64| (a - b).abs() > 0.1 + SAME_OUTPUT * a.abs();
        let count = column.iter().zip(row).filter(|(a, b)| differs(**a, **b)).count();
        if count > 0 {
            repairs.push(Repair {
                name: "output-row-ignored".into(),
                detail: format!(
                    "gross output at the foot of {count} columns differs from that at the end of the rows: the latter counts"
                ),
                count,
            });
        }
    }
    Ok(TableParts {
        rows: matching.industries.iter().map(|(_, (e, s))| ((*e).to_owned(), (*s).to_owned())).collect(),
        categories: categories.into_iter().map(str::to_owned).collect(),
        intermediate_use: intermediate_use.into(),
        final_demand,
        primary_rows,
        published_output: output_column.or(output_row),
        unit: facts.unit.unwrap_or_else(|| UNKNOWN_UNIT.into()),
        year: facts.year,
        provenance: Provenance { repairs, citation: facts.citation, ..Provenance::default() },
    })
}

fn note_gaps(
    repairs: &mut Vec<Repair>,
    blanks: usize,
    width: usize,
    finals: &[(usize, FinalPlace)],
    columns: &[ColumnKind],
    economies: usize,
) {
    if blanks > 0 {
        repairs.push(Repair {
            name: "blank-as-zero".into(),
            detail: format!("{blanks} blank cells of the flows were read as zero"),
            count: blanks,
        });
    }
    let mut own: Vec<&str> = columns
        .iter()
        .filter_map(|kind| match kind {
            ColumnKind::OwnUse { category } => Some(category.as_str()),
            _ => None,
        })
        .collect();
    own.sort_unstable();
    own.dedup();
    for category in &own {
        repairs.push(Repair {
            name: "use-of-no-economy-kept-at-home".into(),
            detail: format!(
                "the column `{category}` belongs to no economy: it is a final use of the economy that sells"
            ),
            count: 1,
        });
    }
    let missing = width - own.len() * economies - finals.iter().filter(|(_, place)| place.is_of()).count();
    if missing > 0 {
        repairs.push(Repair {
            name: "final-demand-column-added".into(),
            detail: format!(
                "{missing} economy-category columns are absent from the source and count as zero"
            ),
            count: missing,
        });
    }
}

impl<'a> Matching<'a> {
    fn of(grid: &Grid, rows: &'a [RowKind], columns: &'a [ColumnKind]) -> Result<Self, LoadError> {
        let path = || grid.path.clone();
        let mut industries = Vec::new();
        let mut row_of: HashMap<Pair<'a>, usize> = HashMap::new();
        let (mut economies, mut economy_of) = (Vec::new(), HashMap::new());
        for (row, kind) in rows.iter().enumerate() {
            let RowKind::Industry { economy, sector } = kind else { continue };
            let pair = (economy.as_str(), sector.as_str());
            if let Some(first) = row_of.insert(pair, row) {
                return Err(twice(grid, "row", pair, first, row));
            }
            economy_of.entry(pair.0).or_insert_with(|| {
                economies.push(pair.0);
                economies.len() - 1
            });
            industries.push((row, pair));
        }
        let mut column_of: HashMap<Pair<'a>, usize> = HashMap::new();
        let mut orphans = Vec::new();
        for (column, kind) in columns.iter().enumerate() {
            let ColumnKind::Industry { economy, sector } = kind else { continue };
            let pair = (economy.as_str(), sector.as_str());
            if let Some(first) = column_of.insert(pair, column) {
                return Err(twice(grid, "column", pair, first, column));
            }
            if !row_of.contains_key(&pair) {
                orphans.push((column, pair));
            }
        }
        if industries.is_empty() || column_of.is_empty() {
            return Err(LoadError::NoIndustries { path: path() });
        }
        if let Some((column, (_, sector))) = orphans.first() {
            return Err(LoadError::ColumnWithoutRow {
                path: path(),
                label: label(&grid.columns[*column]),
                sector: (*sector).to_owned(),
                missing: orphans.len(),
            });
        }
        let industry_columns = industries
            .iter()
            .map(|(row, pair)| {
                column_of.get(pair).copied().ok_or_else(|| LoadError::RowWithoutColumn {
                    path: path(),
                    label: label(&grid.rows[*row]),
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { industries, industry_columns, economies, economy_of })
    }
}

/// Where a column of final demand goes.
enum FinalPlace {
    /// Column of the result.
    Of(usize),
    /// The category, at the economy of each row.
    Own(usize),
}

impl FinalPlace {
    fn is_of(&self) -> bool {
        matches!(self, Self::Of(_))
    }
}

type Finals<'a> = (Vec<&'a str>, Vec<(usize, FinalPlace)>);

/// Categories in order of appearance, and where each column of final demand goes.
fn final_columns<'a>(
    grid: &Grid,
    columns: &'a [ColumnKind],
    matching: &Matching<'_>,
) -> Result<Finals<'a>, LoadError> {
    let mut categories: Vec<&'a str> = Vec::new();
    let mut found = Vec::new();
    let mut first_of: HashMap<(usize, usize), usize> = HashMap::new();
    // Of a file that is no table there may be as many categories as columns, and a million of those.
    let mut known: HashMap<&'a str, usize> = HashMap::new();
    let mut position = |categories: &mut Vec<&'a str>, category: &'a str| {
        *known.entry(category).or_insert_with(|| {
            categories.push(category);
            categories.len() - 1
        })
    };
    for (column, kind) in columns.iter().enumerate() {
        match kind {
            ColumnKind::Final { economy, category } => {
                let Some(&owner) = matching.economy_of.get(economy.as_str()) else {
                    return Err(LoadError::FinalDemandWithoutEconomy {
                        path: grid.path.clone(),
                        label: label(&grid.columns[column]),
                        economies: matching.economies.join(" "),
                    });
                };
                let category_index = position(&mut categories, category);
                if let Some(first) = first_of.insert((owner, category_index), column) {
                    return Err(twice(grid, "column", (economy, category), first, column));
                }
                found.push((column, Some(owner), category_index));
            }
            ColumnKind::OwnUse { category } => {
                let category_index = position(&mut categories, category);
                found.push((column, None, category_index));
            }
            _ => {}
        }
    }
    if first_of.is_empty() {
        return Err(LoadError::NoFinalDemand { path: grid.path.clone() });
    }
    let count = categories.len();
    let places = found
        .into_iter()
        .map(|(column, owner, category)| {
            let place = match owner {
                Some(owner) => FinalPlace::Of(owner * count + category),
                None => FinalPlace::Own(category),
            };
            (column, place)
        })
        .collect();
    Ok((categories, places))
}

/// The rows below the industries.
struct Below<'a> {
    grid: &'a Grid,
    matching: &'a Matching<'a>,
    categories: usize,
    finals: &'a [(usize, FinalPlace)],
}

impl Below<'_> {
    fn read(&self, rows: &[RowKind]) -> (Vec<PrimaryRow>, Option<Vec<f64>>) {
        let mut primary = Vec::new();
        let mut output = None;
        for (row, kind) in rows.iter().enumerate() {
            let RowKind::Below { name, role } = kind else { continue };
            let industries: Vec<f64> =
                self.grid.row(row, &self.matching.industry_columns).into_iter().map(nan_to_zero).collect();
            if *role == RowRole::OutputTotal && output.is_none() {
                output = Some(industries);
                continue;
            }
            let mut final_use = vec![0.0; self.matching.economies.len() * self.categories];
            let mut any = false;
            for (column, place) in self.finals {
                let FinalPlace::Of(target) = place else { continue };
                let value = self.grid.value(row, *column);
                any |= value.is_finite() && value != 0.0 && !is_blank(value);
                final_use[*target] = nan_to_zero(value);
            }
            primary.push(PrimaryRow {
                name: name.clone(),
                role: *role,
                industries,
                final_use: any.then_some(final_use),
            });
        }
        (primary, output)
    }
}

/// The labels of a row or column, for a message.
fn label(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ")
}

fn twice(grid: &Grid, what: &'static str, pair: Pair<'_>, first: usize, second: usize) -> LoadError {
    LoadError::DuplicateLabel {
        path: grid.path.clone(),
        what,
        label: format!("{}.{}", pair.0, pair.1),
        first: first + 1,
        second: second + 1,
    }
}
