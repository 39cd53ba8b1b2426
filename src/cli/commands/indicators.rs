//! `vadex indicators`: participation, position, income, linkages, exposure: one of them wide, several of them long.

use std::sync::Arc;

use clap::Args;

use crate::cli::args::{self, Common, Input, LevelArg, Modelling, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::cli::run::Asked;
use crate::cli::{Outcome, run};
use crate::frame::{Column, Frame, Measure, ResultNotes};
use crate::indicators::{self, Family, INDICATORS, Indicator, Reading, Regions, Request};
use crate::level::Level;
use crate::model::Model;
use crate::model::solver::SolveError;

/// Indicators of chains: participation, position, GVC income, linkages, exposure
#[derive(Debug, Args)]
#[command(
    allow_missing_positional = true,
    after_help = "One indicator by id gives a wide result, one column a measure; several or a family give a long one (indicator, \
    measure, value). `vadex list indicators` describes them, `vadex explain ID` gives equation and source.\n\n\
    Example: vadex indicators upstreamness builtin:wiod13 --level sector --year 2011 --economy CHN,MEX"
)]
pub(crate) struct Indicators {
    /// Indicators by id [default: all that the level has]
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    input: Input,
    /// All indicators of a family: participation, position, gvc-income, rca, regional, linkages, ghosh, exposure
    #[arg(long, value_name = "FAMILY", conflicts_with = "ids")]
    family: Option<String>,
    /// How finely to tell [default: country, or the coarsest level the indicator has]
    #[arg(long, value_enum)]
    level: Option<LevelArg>,
    /// Economies, comma-separated [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    /// Sectors, comma-separated [default: all]; at the level of countries their amounts are added up
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    sector: Vec<String>,
    /// Partners, comma-separated, at bilateral levels [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    partner: Vec<String>,
    /// CSV `economy,region,south` in place of the built-in regions
    #[arg(long, value_name = "FILE")]
    regions: Option<std::path::PathBuf>,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

/// Identity gap that `--strict` does not let pass: far above rounding, far below any economic meaning.
const IDENTITY_TOLERANCE: f64 = 1e-9;

/// What was chosen, and what had to be left out.
struct Chosen {
    indicators: Vec<&'static dyn Indicator>,
    level: Level,
    /// One indicator by id: one column a measure. A family is told in the long form, also when one of it is left.
    wide: bool,
    left_out: Option<String>,
}

impl Indicators {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let chosen = self.choose()?;
        let regions = self.regions()?;
        let what = match chosen.indicators.as_slice() {
            [one] => format!("indicators {}", one.id()),
            _ => "indicators".to_owned(),
        };
        let columns = chosen.indicators.iter().map(|one| 4 + one.profile().columns.len());
        let asked = Asked {
            level: chosen.level,
            columns: columns.sum(),
            inverse: chosen.indicators.iter().any(|one| one.needs_inverse()),
            flows: 8,
        };
        let collected = run::over_tables_with(
            &self.input,
            &self.modelling,
            &what,
            &asked,
            common,
            indicators::inventories,
            |inventories, model, notes| {
                let axis = model.axis();
                let request = Request {
                    economies: args::economies(axis, &self.economy)?,
                    sectors: args::sectors(axis, &self.sector)?,
                    partners: args::economies(axis, &self.partner)?,
                    regions: regions.clone(),
                    inventories,
                };
                notes.remarks.extend(chosen.left_out.clone());
                read(&chosen, model, &request, notes)
            },
        )?;
        destination.write(collected.frames, &collected.notes, common)?;
        let gap = collected.notes.worst_identity.as_ref().map_or(0.0, |gap| gap.relative_gap);
        let violated = common.strict && (gap.is_nan() || gap > IDENTITY_TOLERANCE);
        Ok(if violated { Outcome::Violation } else { Outcome::Done })
    }

    fn choose(&self) -> Result<Chosen, Failure> {
        let named: Vec<&'static dyn Indicator> =
            self.ids.iter().map(|id| indicators::find_indicator(id)).collect::<Result<_, _>>()?;
        if let Some(first) = named.first() {
            let coarsest = first.profile().levels[0];
            let common = |level: &Level| named.iter().all(|one| one.profile().levels.contains(level));
            let level = match self.level {
                Some(level) => level.into(),
                None => Level::ALL.into_iter().find(common).unwrap_or(coarsest),
            };
            if named.len() > 1
                && let Some(own) = named.iter().find(|one| has_own_key(**one))
            {
                return Err(Failure::request(
                    format!("`{}` has a key that the others do not have", own.id()),
                    "ask for it alone",
                ));
            }
            let wide = named.len() == 1;
            return Ok(Chosen { indicators: named, level, wide, left_out: None });
        }
        let family = self.family.as_deref().map(family).transpose()?;
        let level: Level = self.level.map_or(Level::Country, Into::into);
        let all: Vec<&'static dyn Indicator> = INDICATORS
            .iter()
            .copied()
            .filter(|one| family.is_none_or(|family| one.profile().family == family))
            .collect();
        let fits = |one: &&dyn Indicator| one.profile().levels.contains(&level) && !has_own_key(*one);
        let (kept, left): (Vec<_>, Vec<_>) = all.into_iter().partition(fits);
        if kept.is_empty() {
            return Err(Failure::request(
                format!("no indicator of the family has the level `{}`", level.id()),
                format!("it has: {}; choose another --level", names(&left)),
            ));
        }
        let left_out = (!left.is_empty())
            .then(|| format!("left out, because they need another level: {}", names(&left)));
        Ok(Chosen { indicators: kept, level, wide: false, left_out })
    }

    fn regions(&self) -> Result<Option<Regions>, Failure> {
        let Some(path) = &self.regions else { return Ok(None) };
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::request(format!("{}: {error}", path.display()), "check the path of the region file")
        })?;
        Ok(Some(Regions::parse(&text)?))
    }
}

fn family(id: &str) -> Result<Family, Failure> {
    Family::ALL.into_iter().find(|family| family.id() == id).ok_or_else(|| {
        let known = Family::ALL.map(Family::id);
        let hint = crate::labels::nearest(known.into_iter(), id).map_or_else(
            || format!("there are {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::request(format!("unknown family `{id}`"), hint)
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
    chosen: &Chosen,
    model: &Model,
    request: &Request,
    notes: &mut ResultNotes,
) -> Result<Frame, Failure> {
    if let (true, [one]) = (chosen.wide, chosen.indicators.as_slice()) {
        let reading = one.run(model, chosen.level, request)?;
        note(one.id(), &reading, model, notes, false);
        notes.remarks.extend(one.profile().cautions.iter().map(|caution| format!("{}: {caution}", one.id())));
        return Ok(reading.frame);
    }
    let mut readings = Vec::new();
    for one in &chosen.indicators {
        match one.run(model, chosen.level, request) {
            Ok(reading) => {
                note(one.id(), &reading, model, notes, true);
                readings.push((one.id(), reading.frame));
            }
            // Asked for by family: what the table cannot serve is told, and the rest goes on.
            Err(indicators::IndicatorError::NeedsInventories { indicator }) => {
                notes.remarks.push(format!("{indicator}: left out, the table has no changes in inventories"));
            }
            Err(indicators::IndicatorError::Solve(SolveError::NeedsDense { what, found, .. })) => {
                let id = one.id();
                notes
                    .remarks
                    .push(format!("{id}: left out, it needs {what} and the table is kept as: {found}"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(stacked(&readings))
}

fn note(id: &str, reading: &Reading, model: &Model, notes: &mut ResultNotes, prefixed: bool) {
    let year = model.description().year.map_or_else(String::new, |year| format!(" {year}"));
    for gap in &reading.identities {
        let worst = notes.worst_identity.as_ref().map_or(-1.0, |worst| worst.relative_gap);
        if gap.relative_gap > worst || gap.relative_gap.is_nan() {
            let mut gap = gap.clone();
            gap.at.push_str(&year);
            notes.worst_identity = Some(gap);
        }
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
