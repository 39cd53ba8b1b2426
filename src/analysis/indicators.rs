//! Indicators as rows and columns: one of them wide, several of them long.

use std::path::Path;
use std::sync::Arc;

use super::{Analysis, AnalysisError, Piece, World, note_picked, picked_economies};
use crate::frame::{Column, Frame, IdentityGap, Measure, ResultNotes};
use crate::indicators::{self, Family, INDICATORS, Indicator, Reading, Regions, Request};
use crate::labels::pick_sectors;
use crate::level::Level;
use crate::model::Model;
use crate::model::memory::{Asked, coarser_than};
use crate::model::solver::SolveError;

/// Keys that name the economy whose figures a number is made of: the row's, and the origin of incomes.
const UNKNOWN_OF: [&str; 2] = ["economy", "partner"];

/// Indicators of one level: what `vadex indicators` computes.
#[derive(Clone)]
pub struct IndicatorAnalysis {
    choice: IndicatorChoice,
    economies: Vec<String>,
    sectors: Vec<String>,
    partners: Vec<String>,
    regions: Option<Regions>,
}

/// What was chosen, and what had to be left out.
#[derive(Clone)]
pub struct IndicatorChoice {
    indicators: Vec<&'static dyn Indicator>,
    level: Level,
    /// One indicator by id: one column a measure. A family is told in the long form, also when one of it is left.
    wide: bool,
    left_out: Option<String>,
}

impl IndicatorChoice {
    /// Indicators by id; without ids those of a family, or all, that the level has. Without a level the coarsest one
    /// that all of them have.
    ///
    /// # Errors
    /// An unknown id or family, an indicator with a key of its own among others, a level that the family does not have.
    pub fn new(ids: &[String], family: Option<&str>, level: Option<Level>) -> Result<Self, AnalysisError> {
        // One that is named twice is computed once.
        let named: Vec<&'static dyn Indicator> = crate::labels::distinct(ids)
            .map(|id| indicators::find_indicator(id))
            .collect::<Result<_, _>>()?;
        if let Some(first) = named.first() {
            let coarsest = first.profile().levels[0];
            let common = |level: &Level| named.iter().all(|one| one.profile().levels.contains(level));
            let level = match level {
                Some(level) => level,
                None => Level::ALL.into_iter().find(common).unwrap_or(coarsest),
            };
            if named.len() > 1
                && let Some(own) = named.iter().find(|one| has_own_key(**one))
            {
                return Err(AnalysisError::OwnKey { indicator: own.id() });
            }
            let wide = named.len() == 1;
            return Ok(Self { indicators: named, level, wide, left_out: None });
        }
        let family = family.map(find_family).transpose()?;
        let level = level.unwrap_or(Level::Country);
        let all: Vec<&'static dyn Indicator> = INDICATORS
            .iter()
            .copied()
            .filter(|one| family.is_none_or(|family| one.profile().family == family))
            .collect();
        let fits = |one: &&dyn Indicator| one.profile().levels.contains(&level) && !has_own_key(*one);
        let (kept, left): (Vec<_>, Vec<_>) = all.into_iter().partition(fits);
        if kept.is_empty() {
            return Err(AnalysisError::NoIndicatorAtLevel { level: level.id(), indicators: names(&left) });
        }
        let left_out = (!left.is_empty())
            .then(|| format!("left out, because they need another level: {}", names(&left)));
        Ok(Self { indicators: kept, level, wide: false, left_out })
    }

    /// The indicators, in order.
    pub fn indicators(&self) -> &[&'static dyn Indicator] {
        &self.indicators
    }

    /// The level.
    pub fn level(&self) -> Level {
        self.level
    }
}

impl IndicatorAnalysis {
    /// A choice for some economies, sectors and partners or groups of them (empty means all), with a region file in place of
    /// the built-in regions.
    ///
    /// # Errors
    /// A region file that cannot be read.
    pub fn new(
        choice: IndicatorChoice,
        economies: &[String],
        sectors: &[String],
        partners: &[String],
        regions: Option<&Path>,
    ) -> Result<Self, AnalysisError> {
        let regions = match regions {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|source| AnalysisError::RegionFile {
                    path: path.display().to_string(),
                    source,
                })?;
                Some(Regions::parse(&text)?)
            }
            None => None,
        };
        Ok(Self {
            choice,
            economies: economies.to_vec(),
            sectors: sectors.to_vec(),
            partners: partners.to_vec(),
            regions,
        })
    }

    /// What was chosen on the axis of a world; the notes tell the groups.
    fn request(&self, world: &World, notes: &mut ResultNotes) -> Result<Request, AnalysisError> {
        let axis = world.model().axis();
        let economies = picked_economies(axis, &self.economies)?;
        let sectors = pick_sectors(axis, &self.sectors)?;
        let partners = picked_economies(axis, &self.partners)?;
        for (key, picked) in [("economy", &economies), ("sector", &sectors), ("partner", &partners)] {
            note_picked(key, picked, notes);
        }
        Ok(Request {
            economies: economies.indices(),
            sectors: sectors.indices(),
            partners: partners.indices(),
            regions: self.regions.clone(),
            inventories: world.inventories().cloned(),
            household_consumption: world.household_consumption().cloned(),
            household_income: None,
        })
    }
}

impl Analysis for IndicatorAnalysis {
    fn computed(&self) -> String {
        match self.choice.indicators.as_slice() {
            [one] => format!("indicators {}", one.id()),
            _ => "indicators".to_owned(),
        }
    }

    fn asked(&self) -> Asked {
        let indicators = &self.choice.indicators;
        // A choice of sectors cuts little, one of economies or partners most of it.
        let pairs = indicators.iter().any(|one| has_own_key(*one))
            && self.economies.is_empty()
            && self.partners.is_empty();
        Asked {
            level: self.choice.level,
            pairs,
            columns: match indicators.as_slice() {
                // Words of five keys: they take twice the room of numbers.
                [one] if self.choice.wide && has_own_key(*one) => 10 + one.profile().columns.len(),
                [one] if self.choice.wide => 4 + one.profile().columns.len(),
                // One row a measure: year, value and five words, which take twice the room of numbers.
                all => all.iter().map(|one| 12 * one.profile().columns.len()).sum(),
            },
            inverse: indicators.iter().any(|one| one.needs_inverse()),
            flows: 8,
            less: if pairs {
                Some("a choice by --economy or --partner")
            } else {
                let coarser = |one: &&dyn Indicator| one.profile().levels[0] != self.choice.level;
                coarser_than(self.choice.level).filter(|_| indicators.iter().all(coarser))
            },
            own_tables: indicators.iter().map(|one| one.own_tables()).max().unwrap_or(0),
        }
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let mut notes = world.notes(&self.computed());
        world.note_value_added_gap(&mut notes)?;
        notes.remarks.extend(self.choice.left_out.clone());
        let request = self.request(world, &mut notes)?;
        let frame = read(&self.choice, world.model(), &request, &mut notes)?;
        notes.worst_residual = world.residual();
        Ok(Piece { frame: world.without_unknown(frame, &UNKNOWN_OF), notes })
    }

    fn run_pieces(&self, world: &World, take: &mut dyn FnMut(Piece)) -> Result<(), AnalysisError> {
        let (true, [one]) = (self.choice.wide, self.choice.indicators.as_slice()) else {
            take(self.run(world)?);
            return Ok(());
        };
        let model = world.model();
        let mut start = world.notes(&self.computed());
        world.note_value_added_gap(&mut start)?;
        let request = self.request(world, &mut start)?;
        one.run_pieces(model, self.choice.level, &request, &mut |reading| {
            let mut notes = start.clone();
            tell(*one, &reading, model, &mut notes);
            notes.worst_residual = world.residual();
            take(Piece { frame: world.without_unknown(reading.frame, &UNKNOWN_OF), notes });
        })?;
        Ok(())
    }
}

fn find_family(id: &str) -> Result<Family, AnalysisError> {
    Family::ALL.into_iter().find(|family| family.id() == id).ok_or_else(|| {
        let known = Family::ALL.map(Family::id);
        AnalysisError::UnknownFamily {
            name: id.to_owned(),
            nearest: crate::labels::nearest(known.into_iter(), id),
            known: known.join(", "),
        }
    })
}

fn names(list: &[&'static dyn Indicator]) -> String {
    list.iter().map(|one| one.id()).collect::<Vec<_>>().join(", ")
}

/// A key column beyond year, economy, sector and partner: such a result cannot be stacked with others.
fn has_own_key(indicator: &dyn Indicator) -> bool {
    indicator.profile().columns.iter().any(|column| column.name == "partner_sector")
}

/// One indicator wide, several long.
fn read(
    chosen: &IndicatorChoice,
    model: &Model,
    request: &Request,
    notes: &mut ResultNotes,
) -> Result<Frame, AnalysisError> {
    if let (true, [one]) = (chosen.wide, chosen.indicators.as_slice()) {
        let reading = one.run(model, chosen.level, request)?;
        tell(*one, &reading, model, notes);
        return Ok(reading.frame);
    }
    let mut readings = Vec::new();
    let mut first_error = None;
    for one in &chosen.indicators {
        match one.run(model, chosen.level, request) {
            Ok(reading) => {
                note(one.id(), &reading, model, notes, true);
                readings.push((one.id(), reading.frame));
            }
            // Asked for by family: what the table cannot serve is told, and the rest goes on.
            Err(error) => match left_out(one.id(), &error) {
                Some(remark) => {
                    notes.remarks.push(remark);
                    first_error.get_or_insert(error);
                }
                None => return Err(error.into()),
            },
        }
    }
    if let (true, Some(error)) = (readings.is_empty(), first_error) {
        return Err(error.into());
    }
    Ok(stacked(&readings))
}

/// Why an indicator that nobody asked for by name is left out, where the table is what it lacks.
pub(crate) fn left_out(id: &str, error: &indicators::IndicatorError) -> Option<String> {
    use indicators::IndicatorError::{
        IncomeNotMoney, LargeEconomy, NeedsHouseholds, NeedsInventories, NeedsValueAdded, NotProductive,
        OfFlows, Solve,
    };
    let lacks = match error {
        NeedsValueAdded { found, .. } => format!("it has no meaning for {found}"),
        OfFlows { found, .. } => format!("it says nothing of {found}"),
        NeedsInventories { .. } => "the table has no changes in inventories".to_owned(),
        NeedsHouseholds { .. } => "the table does not tell what households consume".to_owned(),
        IncomeNotMoney { found, .. } => format!("{found} is no income of households"),
        NotProductive { economy, comes_back, .. } => {
            format!("a unit of household income in {economy} comes back as {comes_back:.3}")
        }
        LargeEconomy { rows, most, .. } => {
            format!(
                "it makes a dense table of each economy, of networks up to {most} rows, and there is one of {rows}"
            )
        }
        Solve(SolveError::NeedsDense { what, found, .. }) => {
            format!("it needs {what} and the table is kept as: {found}")
        }
        _ => return None,
    };
    Some(format!("{id}: left out, {lacks}"))
}

/// What travels with a single indicator.
fn tell(one: &dyn Indicator, reading: &Reading, model: &Model, notes: &mut ResultNotes) {
    note(one.id(), reading, model, notes, false);
    notes.remarks.extend(one.profile().cautions.iter().map(|caution| format!("{}: {caution}", one.id())));
}

fn note(id: &str, reading: &Reading, model: &Model, notes: &mut ResultNotes, prefixed: bool) {
    let year = model.description().year.map_or_else(String::new, |year| format!(" {year}"));
    for gap in &reading.identities {
        notes.note_gap(IdentityGap { at: format!("{}{year}", gap.at), ..gap.clone() });
    }
    let prefix = if prefixed { format!("{id}: ") } else { String::new() };
    notes.remarks.extend(reading.remarks.iter().map(|remark| format!("{prefix}{remark}{year}")));
}

/// Results below each other: the keys, then `indicator`, `measure`, `value` and, for names, `label`.
fn stacked(readings: &[(&'static str, Frame)]) -> Frame {
    const KEYS: [&str; 4] = ["year", "economy", "sector", "partner"];
    let mut keys: Vec<(&str, Column)> = Vec::new();
    let (mut indicators, mut measures, mut values, mut labels) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, frame) in readings {
        let own_keys: Vec<_> =
            frame.fields().iter().filter(|field| KEYS.contains(&field.name.as_str())).collect();
        for field in frame.fields().iter().filter(|field| !KEYS.contains(&field.name.as_str())) {
            for key in &own_keys {
                match keys.iter_mut().find(|(name, _)| *name == key.name) {
                    Some((_, column)) => append(column, &key.column),
                    None => keys.push((KEYS[position(&KEYS, &key.name)], key.column.clone())),
                }
            }
            let rows = field.column.len();
            indicators.extend(std::iter::repeat_n((*id).to_owned(), rows));
            measures.extend(std::iter::repeat_n(field.name.clone(), rows));
            match &field.column {
                Column::Number(numbers) => {
                    values.extend(numbers);
                    labels.extend(std::iter::repeat_n(None, rows));
                }
                Column::Text(texts) => {
                    values.extend(std::iter::repeat_n(f64::NAN, rows));
                    labels.extend(texts.iter().cloned());
                }
                Column::Integer(_) | Column::Label { .. } => {
                    values.extend(std::iter::repeat_n(f64::NAN, rows));
                    labels.extend(std::iter::repeat_n(None, rows));
                }
            }
        }
    }
    let frame =
        keys.into_iter().fold(Frame::new(), |frame, (name, column)| frame.with(name, Measure::Key, column));
    frame
        .with("indicator", Measure::Key, coded(&indicators))
        .with("measure", Measure::Key, coded(&measures))
        .with("value", Measure::Pure, Column::Number(values))
        .with("label", Measure::Key, Column::Text(labels))
}

fn position(names: &[&str], name: &str) -> usize {
    names.iter().position(|known| *known == name).unwrap_or(0)
}

/// A text column as labels.
fn coded(texts: &[String]) -> Column {
    let mut names: Vec<String> = Vec::new();
    let codes = texts
        .iter()
        .map(|text| match names.iter().rposition(|name| name == text) {
            Some(code) => code as u32,
            None => {
                names.push(text.clone());
                names.len() as u32 - 1
            }
        })
        .collect();
    Column::labels(&names, codes)
}

/// Adds the rows of `more`. Label columns of different frames may have different names.
fn append(column: &mut Column, more: &Column) {
    match (column, more) {
        (Column::Integer(values), Column::Integer(more)) => values.extend(more),
        (Column::Label { names, codes }, Column::Label { names: other, codes: more }) => {
            if names == other {
                codes.extend(more);
            } else {
                let mut all = names.to_vec();
                let map: Vec<u32> = other
                    .iter()
                    .map(|name| match all.iter().position(|known| known == name) {
                        Some(code) => code as u32,
                        None => {
                            all.push(name.clone());
                            all.len() as u32 - 1
                        }
                    })
                    .collect();
                codes.extend(more.iter().map(|code| map[*code as usize]));
                *names = Arc::from(all);
            }
        }
        // Keys are years and labels in every frame.
        _ => {}
    }
}
