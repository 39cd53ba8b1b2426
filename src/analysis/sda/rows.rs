//! What is told of a decomposition: of an economy or one of its industries, by factor, and by whose final demand it is.

use nalgebra::DMatrix;

use super::{COUNT, Years};
use crate::frame::{Column, Frame, Measure};
use crate::labels::Axis;
use crate::level::Level;
use crate::stats::{Attribution, Contribution};

/// Values of a unit where rows do not tell the absorber: for all demand, that at home, and that abroad.
const SLOTS: usize = 3;

/// An economy, or one of its industries.
pub(super) struct Unit {
    pub(super) economy: usize,
    sector: Option<usize>,
    /// Its rows of the table: several in an industry of a group.
    rows: Vec<usize>,
}

impl Unit {
    /// All of some economies, in order.
    pub(super) fn all(axis: &Axis, economies: &[usize], level: Level) -> Vec<Self> {
        let mut units = Vec::new();
        for &economy in economies {
            if !level.has_sector() {
                units.push(Self { economy, sector: None, rows: axis.block(economy).collect() });
                continue;
            }
            for sector in axis.sectors_of(economy) {
                let rows = axis.block(economy).filter(|&row| axis.sector_of(row) == sector).collect();
                units.push(Self { economy, sector: Some(sector), rows });
            }
        }
        units
    }

    /// Value added of a year as its table has it.
    pub(super) fn own(&self, years: &Years<'_>, year: usize) -> f64 {
        self.rows.iter().map(|&row| years.share(year, row) * years.output(year, row)).sum()
    }

    /// Value added with the shares of a year at an output by row and absorber: by absorber where rows tell it, or else for all
    /// demand, that at home, and that abroad. Each is a sum of its own, none what the others leave.
    pub(super) fn values(
        &self,
        years: &Years<'_>,
        year: usize,
        output: &DMatrix<f64>,
        level: Level,
    ) -> Vec<f64> {
        let of = |absorber: usize| -> f64 {
            self.rows.iter().map(|&row| years.share(year, row) * output[(row, absorber)]).sum()
        };
        let absorbers = 0..output.ncols();
        if level.has_partner() {
            return absorbers.map(of).collect();
        }
        let abroad = absorbers.clone().filter(|&absorber| absorber != self.economy).map(of).sum::<f64>();
        vec![absorbers.map(of).sum::<f64>(), of(self.economy), abroad]
    }
}

/// How a row of a chain comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// From a table to the next.
    Step,
    /// The steps added up.
    Chained,
    /// The two ends compared.
    Direct,
}

/// The same in words, in their order.
const PATHS: [&str; 3] = ["step", "chained", "direct"];

/// One factor's part of a change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Mean over all orders, and its ends.
    pub(super) mean: f64,
    lowest: f64,
    highest: f64,
    /// Parts of the mean that are for demand at home and abroad, where rows do not tell the absorber.
    home: f64,
    abroad: f64,
}

impl Part {
    fn of(all: &Contribution, home: f64, abroad: f64) -> Self {
        Self { mean: all.mean, lowest: all.min, highest: all.max, home, abroad }
    }

    fn plus(self, next: Self) -> Self {
        Self {
            mean: self.mean + next.mean,
            lowest: self.lowest + next.lowest,
            highest: self.highest + next.highest,
            home: self.home + next.home,
            abroad: self.abroad + next.abroad,
        }
    }
}

/// A row for each factor: of a unit, for all demand or for that of one absorber.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) economy: usize,
    pub(super) sector: Option<usize>,
    pub(super) absorber: Option<usize>,
    pub(super) parts: [Part; COUNT],
    /// What is decomposed, in the earlier and the later table.
    pub(super) ends: [f64; 2],
}

/// One decomposition, in numbers.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// Years of the tables.
    pub(super) years: [Option<i32>; 2],
    pub(super) rows: Vec<Row>,
}

impl Told {
    /// From the attributions of what [`Unit::values`] gives, unit by unit.
    pub(super) fn of(
        years: [Option<i32>; 2],
        level: Level,
        units: &[Unit],
        own: &[Vec<f64>; 2],
        attributions: &[Attribution],
    ) -> Self {
        let each = attributions.len() / units.len().max(1);
        let mut rows = Vec::new();
        for (place, (unit, values)) in units.iter().zip(attributions.chunks(each.max(1))).enumerate() {
            let row = |absorber: Option<usize>, ends: [f64; 2], part: &dyn Fn(usize) -> Part| Row {
                economy: unit.economy,
                sector: unit.sector,
                absorber,
                parts: std::array::from_fn(part),
                ends,
            };
            if level.has_partner() {
                for (absorber, value) in values.iter().enumerate() {
                    let part = |factor: usize| Part::of(&value.contributions[factor], f64::NAN, f64::NAN);
                    rows.push(row(Some(absorber), [value.before, value.after], &part));
                }
                continue;
            }
            debug_assert_eq!(values.len(), SLOTS, "all demand, at home, abroad");
            let part = |factor: usize| {
                let of = |slot: usize| &values[slot].contributions[factor];
                Part::of(of(0), of(1).mean, of(2).mean)
            };
            rows.push(row(None, [own[0][place], own[1][place]], &part));
        }
        Self { years, rows }
    }

    /// Leaves out numbers of economies without figures of what is traced: zero would be read as one.
    pub(super) fn blank(&mut self, lacks_figures: impl Fn(usize) -> bool) {
        let nothing =
            Part { mean: f64::NAN, lowest: f64::NAN, highest: f64::NAN, home: f64::NAN, abroad: f64::NAN };
        for row in self.rows.iter_mut().filter(|row| lacks_figures(row.economy)) {
            (row.parts, row.ends) = ([nothing; COUNT], [f64::NAN; 2]);
        }
    }

    /// This and the step behind it, of the same rows, added up.
    pub(super) fn then(&self, next: &Self) -> Self {
        let both = |(one, other): (&Row, &Row)| Row {
            parts: std::array::from_fn(|factor| one.parts[factor].plus(other.parts[factor])),
            ends: [one.ends[0], other.ends[1]],
            ..*one
        };
        Self {
            years: [self.years[0], next.years[1]],
            rows: self.rows.iter().zip(&next.rows).map(both).collect(),
        }
    }
}

/// How a result is laid out.
pub(super) struct Layout<'a> {
    pub(super) axis: &'a Axis,
    pub(super) level: Level,
    /// Is it value added, no satellite in its place?
    pub(super) is_value_added: bool,
    /// What the factors are called.
    pub(super) factors: [&'static str; COUNT],
}

/// A row of the result.
struct Place<'a> {
    path: Option<Path>,
    told: &'a Told,
    row: &'a Row,
    factor: usize,
}

impl Place<'_> {
    fn part(&self) -> Part {
        self.row.parts[self.factor]
    }
}

impl Layout<'_> {
    /// What is decomposed, in the earlier and the later table: GDP by its name.
    fn ends(&self) -> [&'static str; 2] {
        let gdp = self.level == Level::Country && self.is_value_added;
        if gdp { ["gdp_from", "gdp_to"] } else { ["value_from", "value_to"] }
    }

    /// What a row is about: `CHN`, `CHN.c30 for USA`.
    pub(super) fn label(&self, row: &Row) -> String {
        let mut label = self.axis.economies()[row.economy].clone();
        if let Some(sector) = row.sector {
            label = format!("{label}.{}", self.axis.sectors()[sector]);
        }
        match row.absorber {
            Some(absorber) => format!("{label} for {}", self.axis.economies()[absorber]),
            None => label,
        }
    }

    /// A row an economy (and industry, and absorber) and factor, of one decomposition after the other.
    pub(super) fn frame(&self, all: &[(Option<Path>, &Told)]) -> Frame {
        let (axis, level) = (self.axis, self.level);
        let mut places: Vec<Place<'_>> = Vec::new();
        for &(path, told) in all {
            for row in &told.rows {
                places.extend((0..COUNT).map(|factor| Place { path, told, row, factor }));
            }
        }
        let year = |of: fn(&Place<'_>) -> Option<i32>| {
            Column::Integer(places.iter().map(|place| of(place).map(i64::from)).collect())
        };
        let label = |names: &[String], of: fn(&Place<'_>) -> usize| {
            Column::labels(names, places.iter().map(|place| of(place) as u32).collect())
        };
        let number = |of: fn(&Place<'_>) -> f64| Column::Number(places.iter().map(of).collect());
        let mut frame = Frame::new().with("from", Measure::Key, year(|place| place.told.years[0])).with(
            "to",
            Measure::Key,
            year(|place| place.told.years[1]),
        );
        if all.iter().any(|(path, _)| path.is_some()) {
            let path = label(&PATHS.map(str::to_owned), |place| place.path.map_or(0, |path| path as usize));
            frame = frame.with("path", Measure::Key, path);
        }
        frame = frame.with("economy", Measure::Key, label(axis.economies(), |place| place.row.economy));
        if level.has_sector() {
            let sector = label(axis.sectors(), |place| place.row.sector.unwrap_or_default());
            frame = frame.with("sector", Measure::Key, sector);
        }
        if level.has_partner() {
            let absorber = label(axis.economies(), |place| place.row.absorber.unwrap_or_default());
            frame = frame.with("absorber", Measure::Key, absorber);
        }
        let [from, to] = self.ends();
        let factors = self.factors.map(str::to_owned);
        frame = frame
            .with("factor", Measure::Key, label(&factors, |place| place.factor))
            .with("contribution", Measure::Amount, number(|place| place.part().mean))
            .with("lowest", Measure::Amount, number(|place| place.part().lowest))
            .with("highest", Measure::Amount, number(|place| place.part().highest))
            .with("change", Measure::Amount, number(|place| place.row.ends[1] - place.row.ends[0]))
            .with(from, Measure::Amount, number(|place| place.row.ends[0]))
            .with(to, Measure::Amount, number(|place| place.row.ends[1]));
        if level.has_partner() {
            return frame;
        }
        frame.with("domestic_demand", Measure::Amount, number(|place| place.part().home)).with(
            "foreign_demand",
            Measure::Amount,
            number(|place| place.part().abroad),
        )
    }
}
