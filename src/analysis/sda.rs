//! Why did the GDP of each economy change between two tables, and how much of it through whom? A structural decomposition
//! over six factors and every order in which they can change: [`SdaAnalysis`] has the equations.

mod shares;

use nalgebra::DMatrix;
use rayon::prelude::*;

use self::shares::{Sourced, Totals, YEARS, there};
use super::{AnalysisError, Piece, World, economies};
use crate::blocks;
use crate::frame::{Column, Frame, IdentityGap, Measure, ResultNotes};
use crate::kernel::dense;
use crate::labels::Axis;
use crate::level::Level;
use crate::model::System;
use crate::model::memory::Asked;
use crate::model::solver::Side;
use crate::stats::{Attribution, Contribution, StatsError, shapley_many};
use crate::table::{OutputConvention, money_and_prices, tells_other_prices};
use crate::upgrading::UpgradingError;
use crate::upgrading::panel::difference;

/// One factor of the decomposition, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    /// What the result calls it.
    pub id: &'static str,
    /// What changes when it changes.
    pub meaning: &'static str,
    /// The same as an equation.
    pub equation: &'static str,
}

/// How many factors there are.
const COUNT: usize = 6;

/// The factors, in the order of the result: bit i of a set of changed factors is factor i.
pub static FACTORS: [Factor; COUNT] = [
    Factor {
        id: "value-added-share",
        meaning: "value added a unit of output; with --coupled, inputs a unit of output go along",
        equation: "v_j = W_j / x_j",
    },
    Factor {
        id: "technology",
        meaning: "what each industry buys of each sector a unit of output, whoever supplies; with --coupled, the mix of its inputs",
        equation: "T_ij = Σ over suppliers of A_kj, k of sector i; with --coupled T_ij / Σ_i T_ij",
    },
    Factor {
        id: "input-sourcing",
        meaning: "parts of the supplying economies, home among them, in what each industry buys of each sector",
        equation: "S_kj = A_kj / T_ij",
    },
    Factor {
        id: "final-sourcing",
        meaning: "parts of the supplying economies, home among them, in final demand for each sector's products",
        equation: "R_kr = y_kr / Σ over suppliers of y_kr",
    },
    Factor {
        id: "demand-mix",
        meaning: "parts of the sectors in the final demand of each economy, whoever supplies",
        equation: "c_ir = Σ over suppliers of y_kr / f_r",
    },
    Factor {
        id: "demand-level",
        meaning: "final demand of every economy, home and abroad together: how much is bought in all",
        equation: "f_r = Σ_k y_kr",
    },
];

/// Orders in which six factors can change.
const ORDERS: usize = 720;
/// Shares, mix and level of final demand, each of either year.
const DEMANDS: usize = 8;
/// Columns of the result for each economy, a row a factor.
const COLUMNS: usize = 10 * COUNT;
/// (n, G) matrices of purchases by sector and what belongs to them, held besides the models.
const FLOWS: usize = 8;
/// Labels told one by one.
const MOST_LABELS: usize = 6;

/// What `vadex sda` computes of two tables.
///
/// ```text
/// g_s = Σ_{j in s} v_j [(I − A)⁻¹ y]_j        A_kj = S_kj T_ij        y_k = Σ_r R_kr c_ir f_r        i the sector of row k
/// (G)              (GN)                       (GN,GN)                 (GN)
/// ```
/// | factor | letter | shape | what it is |
/// |---|---|---|---|
/// | `value-added-share` | v | GN | value added a unit of output |
/// | `technology` | T | N x GN | input of a sector's products a unit of output, whoever supplies: A added up over suppliers |
/// | `input-sourcing` | S | GN x GN | part of each supplier in that input |
/// | `final-sourcing` | R | GN x G | part of each supplier in an economy's final demand for a sector's products |
/// | `demand-mix` | c | N x G | part of each sector in an economy's final demand, whoever supplies |
/// | `demand-level` | f | G | final demand of each economy |
///
/// What is bought and whom it is bought of are apart, at home and abroad alike: an economy that loses suppliers' shares to
/// others loses by `input-sourcing` or `final-sourcing`, also where its customers buy more.
///
/// A share of nothing is not defined. Where a sector's products are not bought in one of the years, suppliers have the shares
/// of the other year; where an industry has no output in one of them, so have its value-added share and its inputs; so has the
/// mix of an economy without final demand. Where suppliers' amounts cancel (changes of stocks), no shares are made: what changes
/// is `technology` or `demand-mix`; where all that an economy demands cancels, no mix is: what changes is `demand-level`. All of
/// it is told in the notes.
///
/// v and T are not independent: with residual value added v_j = 1 − Σ_i T_ij, so that a change of one is a change of the other,
/// and the two contributions of an economy are to be read together. [`SdaAnalysis::coupled`] takes T_ij = u_j m_ij apart into
/// inputs a unit of output, which change with v, and their mix, which is `technology` then. The accounts of what is mixed of the
/// two years are closed then, and over a world in which every industry has output only `demand-level` adds anything.
///
/// # Assumptions
/// Factors can be set independently of each other, and every order counts the same. It attributes; it does not explain, and
/// at the prices of each year what it attributes is nominal. `demand-level` is that of all economies together, home and abroad.
/// Economies that are united have one final demand: what moves between them is `final-sourcing`.
///
/// # Source
/// Dietzenbacher and Los (1998), <https://doi.org/10.1080/09535319800000023>, for the orders of a structural decomposition;
/// Albrecht, François and Schoors (2002), Energy Policy 30(9), 727-736, for their mean as a Shapley value; Dietzenbacher and Los
/// (2000), Economic Systems Research 12(4), 497-514, for determinants that depend on each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SdaAnalysis {
    /// Economies to tell; all when empty.
    pub economies: Vec<String>,
    /// Do inputs a unit of output change with the value-added share that they leave?
    pub coupled: bool,
}

impl SdaAnalysis {
    /// What the notes call it.
    pub fn computed(&self) -> String {
        "sda".into()
    }

    /// What it will hold in memory besides two models and, for the time of its solve, a third.
    pub fn asked(&self) -> Asked {
        Asked::of_level(Level::Country, COLUMNS, FLOWS)
    }

    /// Systems that are solved: the two tables, and what is mixed of both.
    pub fn systems(&self) -> usize {
        self.triples().len()
    }

    /// Years of inputs a unit of output, of their mix and of suppliers' shares.
    fn triples(&self) -> Vec<[usize; 3]> {
        let all = (0..8_usize).map(|bits| [bits & 1, bits >> 1 & 1, bits >> 2 & 1]);
        all.filter(|[ratio, mix, _]| self.coupled || ratio == mix).collect()
    }

    /// The change of GDP from one world to the other, attributed; `step` is called after each system.
    ///
    /// # Errors
    /// [`UpgradingError::OtherLabels`] and [`AnalysisError::OtherUnits`] when the tables cannot be compared; economies that
    /// they do not have; coefficients that are not kept dense in double precision; a mixture that cannot be solved.
    ///
    /// # Cost
    /// Two factorisations besides those of the worlds (six when coupled; two more where industries have output in one of the
    /// years only), eight right-hand sides with each, and one (n, n) matrix at a time.
    pub fn run(&self, from: &World, to: &World, step: &dyn Fn()) -> Result<Piece, AnalysisError> {
        comparable(from, to)?;
        let axis = from.model().axis();
        let mut shown = economies(axis, &self.economies)?;
        if shown.is_empty() {
            shown = (0..axis.n_economies()).collect();
        }
        let mut notes = from.notes(&self.computed());
        notes.absorb(to.notes(&self.computed()));
        let years = Years::of(from, to)?;
        let gdp = YEARS.map(|year| years.gdp(year, |row| years.output[year][row]));
        let values = self.values(&years, step, &mut notes)?;
        let attributions =
            shapley_many(COUNT, |changed| Ok::<_, StatsError>(values[changed.bits() as usize].clone()))?;
        notes.worst_residual = notes.worst_residual.max(from.residual()).max(to.residual());
        note_gaps(axis, &gdp, &attributions, &mut notes);
        self.note(&years, [from, to], &mut notes);
        let of = [from, to].map(|world| world.model().description().year);
        Ok(Piece { frame: frame(axis, of, &shown, &gdp, &attributions), notes })
    }

    /// GDP of every economy for each set of changed factors.
    fn values(
        &self,
        years: &Years<'_>,
        step: &dyn Fn(),
        notes: &mut ResultNotes,
    ) -> Result<Vec<Vec<f64>>, AnalysisError> {
        let mut values = vec![Vec::new(); 1 << COUNT];
        let demands = years.demands();
        for triple in self.triples() {
            let outputs = years.outputs(triple, &demands, notes)?;
            let [ratio, mix, shares] = triple;
            for value in (0..2).filter(|value| !self.coupled || *value == ratio) {
                for demand in 0..DEMANDS {
                    let set = value | (mix << 1) | (shares << 2) | (demand << 3);
                    values[set] = years.gdp(value, |row| outputs[(row, demand)]);
                }
            }
            step();
        }
        Ok(values)
    }

    /// What a reader must know.
    fn note(&self, years: &Years<'_>, worlds: [&World; 2], notes: &mut ResultNotes) {
        let units = worlds.map(|world| world.model().description().unit.as_str());
        notes.remarks.push(format!(
            "contributions are means over all {ORDERS} orders in which the factors can change; lowest and highest are the ends \
             over these orders"
        ));
        let dependence = if self.coupled {
            "value-added-share holds inputs a unit of output, too; technology is the mix of inputs"
        } else {
            "value-added-share and technology depend on each other (what is not bought is added): read their sum, or ask for \
             --coupled"
        };
        notes.remarks.push(dependence.into());
        if units.iter().all(|unit| !tells_other_prices(unit)) {
            let prices = if units.iter().all(|unit| unit.contains("current")) {
                "at the prices of each year"
            } else {
                "the unit does not say at which prices: at those of each year"
            };
            notes.remarks.push(format!(
                "{prices}, what prices and exchange rates moved is in the contributions, most of it in demand-level; the \
                 others are larger by it, too, and a currency that rises looks like sourcing; `vadex deflate` puts a table \
                 at prices of another year"
            ));
        }
        if units[0] != units[1] {
            notes.remarks.push(format!(
                "prices: {} against {}; the change is one of volumes only where both are the prices of one year",
                units[0], units[1]
            ));
        } else if units[0].contains("previous") {
            notes.remarks.push(
                "both tables are at prices of the year before their own: only a table at current prices and the next one at \
                 its prices have the same"
                    .into(),
            );
        }
        let [one, other] = worlds.map(|world| world.model().description());
        match (one.year, other.year) {
            (Some(from), Some(to)) if from > to => notes.remarks.push(format!(
                "from {from} back to {to}: contributions add up to GDP of {to} less that of {from}"
            )),
            (Some(from), Some(to)) if from == to => {
                notes
                    .remarks
                    .push(format!("both tables are of {from}: what changed is the source, not the economy"));
            }
            _ => {}
        }
        if [one, other].iter().any(|table| table.conventions.output != OutputConvention::RowSum) {
            notes.remarks.push(
                "gross output is as published: where it is not the sum of the row, what is between them is in the change and \
                 in no factor, and contributions do not add up to the change"
                    .into(),
            );
        }
        notes.remarks.extend(years.told(self.coupled));
    }
}

/// What is evidence: the change of GDP as the tables have it, which no solve went into.
fn note_gaps(axis: &Axis, gdp: &[Vec<f64>; 2], attributions: &[Attribution], notes: &mut ResultNotes) {
    for (economy, attribution) in attributions.iter().enumerate() {
        let (before, after) = (gdp[0][economy], gdp[1][economy]);
        let sum: f64 = attribution.contributions.iter().map(|one| one.mean).sum();
        notes.note_gap(IdentityGap {
            identity: "contributions = change of GDP, of GDP".into(),
            at: axis.economies()[economy].clone(),
            relative_gap: (sum - (after - before)).abs()
                / before.abs().max(after.abs()).max(f64::MIN_POSITIVE),
        });
    }
}

/// Refuses tables of other rows or another currency.
fn comparable(from: &World, to: &World) -> Result<(), AnalysisError> {
    let [from, to] = [from, to].map(World::model);
    let [one, other] = [from, to].map(|model| model.description());
    if from.axis() != to.axis() {
        return Err(UpgradingError::OtherLabels {
            table: other.provenance.source.clone(),
            reference: one.provenance.source.clone(),
            difference: difference(from.axis(), to.axis()),
        }
        .into());
    }
    if money_and_prices(&one.unit).0 != money_and_prices(&other.unit).0 {
        return Err(AnalysisError::OtherUnits {
            from: one.provenance.source.clone(),
            from_unit: one.unit.clone(),
            to: other.provenance.source.clone(),
            to_unit: other.unit.clone(),
        });
    }
    Ok(())
}

/// The factors of both years.
struct Years<'a> {
    axis: &'a Axis,
    systems: [&'a System; 2],
    /// v, (n_rows).
    value_added_share: [&'a [f64]; 2],
    /// x, (n_rows).
    output: [&'a [f64]; 2],
    /// A, apart into T and S.
    inputs: Sourced<'a>,
    /// Inputs a unit of output, (n_rows).
    input_ratio: Totals,
    /// Y, apart into what is demanded of each sector and R.
    demand: Sourced<'a>,
    /// f, (n_economies).
    demand_level: Totals,
}

impl<'a> Years<'a> {
    fn of(from: &'a World, to: &'a World) -> Result<Self, AnalysisError> {
        let models = [from, to].map(World::model);
        let axis = models[0].axis();
        let systems = models.map(|model| model.system());
        let coefficients = [
            systems[0].dense_coefficients("a structural decomposition")?,
            systems[1].dense_coefficients("a structural decomposition")?,
        ];
        let demands = models.map(|model| model.flows().final_demand());
        let output = models.map(|model| model.flows().gross_output());
        let demand_level = Totals::of(demands);
        // An economy without final demand is not there.
        let weights: [Vec<f64>; 2] = YEARS.map(|year| {
            demand_level.sizes[year].iter().map(|size| if *size == 0.0 { 0.0 } else { 1.0 }).collect()
        });
        let demand = Sourced::of(axis, demands, [&weights[0], &weights[1]]);
        let inputs = Sourced::of(axis, coefficients, output);
        let input_ratio = Totals::of(coefficients);
        Ok(Self {
            axis,
            systems,
            value_added_share: models.map(|model| model.value_added_share()),
            output,
            inputs,
            input_ratio,
            demand,
            demand_level,
        })
    }

    /// GDP of each economy: value-added shares of one year at an output of each row.
    fn gdp(&self, year: usize, output: impl Fn(usize) -> f64) -> Vec<f64> {
        let value_added: Vec<f64> = (0..self.axis.n_rows())
            .map(|row| self.value_added_share[there(self.output, row, year)][row] * output(row))
            .collect();
        blocks::sum_by_economy(&value_added, self.axis)
    }

    /// Final demand for each row, with shares, mix and level of either year: bits 0, 1 and 2 of the column.
    fn demands(&self) -> DMatrix<f64> {
        let sizes = [self.demand_level.sizes[0].as_slice(), self.demand_level.sizes[1].as_slice()];
        let mut demands = DMatrix::zeros(self.axis.n_rows(), DEMANDS);
        for bits in 0..DEMANDS {
            let [shares, mix, level] = [bits & 1, bits >> 1 & 1, bits >> 2 & 1];
            for economy in 0..self.axis.n_economies() {
                let shares = there(sizes, economy, shares);
                let (mix, scale) = self.demand_level.scaled(economy, level, mix);
                for row in 0..self.axis.n_rows() {
                    demands[(row, bits)] += scale * self.demand.cell(mix, shares, row, economy);
                }
            }
        }
        demands
    }

    /// Output for each column of demand, with inputs a unit of output, their mix and suppliers' shares of these years.
    fn outputs(
        &self,
        triple: [usize; 3],
        demands: &DMatrix<f64>,
        notes: &mut ResultNotes,
    ) -> Result<DMatrix<f64>, AnalysisError> {
        let mut outputs = demands.clone();
        let [ratio, mix, shares] = triple;
        if ratio == mix && mix == shares && !self.lacks_output(mix) {
            self.systems[mix].solve_in_place(Side::Direct, &mut outputs)?;
            return Ok(outputs);
        }
        let mixed = self.systems[0].with_coefficients(self.coefficients(triple))?;
        mixed.solve_in_place(Side::Direct, &mut outputs)?;
        notes.worst_residual = notes.worst_residual.max(mixed.worst_residual());
        if mixed.lost_a_pivot() {
            let remark = "some group of industries uses more of its own output than it makes in a mixture of the two years: \
                          what is solved for is no sum of rounds there, and the band is as wide as that makes it";
            if !notes.remarks.iter().any(|known| known == remark) {
                notes.remarks.push(remark.into());
            }
        }
        Ok(outputs)
    }

    /// Is there an industry without output in this year that has some in the other?
    fn lacks_output(&self, year: usize) -> bool {
        self.output[year].iter().zip(self.output[1 - year]).any(|(own, other)| *own == 0.0 && *other != 0.0)
    }

    /// A with inputs a unit of output, their mix and suppliers' shares of these years.
    fn coefficients(&self, triple: [usize; 3]) -> DMatrix<f64> {
        let rows = self.axis.n_rows();
        let mut coefficients: DMatrix<f64> = dense::zeros(rows, rows);
        coefficients.as_mut_slice().par_chunks_mut(rows.max(1)).enumerate().for_each(|(column, cells)| {
            let [ratio, mix, shares] = triple.map(|year| there(self.output, column, year));
            let (mix, scale) =
                if ratio == mix { (mix, 1.0) } else { self.input_ratio.scaled(column, ratio, mix) };
            for (row, cell) in cells.iter_mut().enumerate() {
                *cell = scale * self.inputs.cell(mix, shares, row, column);
            }
        });
        coefficients
    }

    /// What was not defined, or is not what it seems.
    fn told(&self, coupled: bool) -> Vec<String> {
        let mut told = Vec::new();
        let rows = 0..self.axis.n_rows();
        let lacking: Vec<String> = rows
            .clone()
            .filter(|&row| (self.output[0][row] == 0.0) != (self.output[1][row] == 0.0))
            .map(|row| self.axis.row_label(row))
            .collect();
        if !lacking.is_empty() {
            told.push(format!(
                "output in one of the years only: {}; value-added shares and inputs are those of that year",
                named(&lacking)
            ));
        }
        let economies = self.axis.economies();
        let level: Vec<String> = (0..economies.len())
            .filter(|&economy| self.demand_level.cancels(economy))
            .map(|economy| economies[economy].clone())
            .collect();
        if !level.is_empty() {
            told.push(format!(
                "final demand: amounts cancel in all that is demanded by {}: no mix is made, what changes there besides \
                 suppliers' shares is demand-level",
                named(&level)
            ));
        }
        let ratio: Vec<String> = rows
            .filter(|&row| coupled && self.input_ratio.cancels(row))
            .map(|row| self.axis.row_label(row))
            .collect();
        if !ratio.is_empty() {
            told.push(format!(
                "inputs: amounts cancel in all that is bought by {}: no mix is made, what changes there besides suppliers' \
                 shares is value-added-share",
                named(&ratio)
            ));
        }
        told.extend(self.inputs.undefined.told("inputs", "an industry buys of a sector", "technology"));
        told.extend(self.demand.undefined.told(
            "final demand",
            "an economy demands of a sector",
            "demand-mix",
        ));
        told
    }
}

/// Labels, the first of them where there are many.
fn named(labels: &[String]) -> String {
    let more = labels.len().saturating_sub(MOST_LABELS);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", labels[..labels.len() - more].join(", "))
}

/// A row an economy and factor.
fn frame(
    axis: &Axis,
    years: [Option<i32>; 2],
    shown: &[usize],
    gdp: &[Vec<f64>; 2],
    attributions: &[Attribution],
) -> Frame {
    let rows: Vec<(usize, usize)> =
        shown.iter().flat_map(|&economy| (0..COUNT).map(move |factor| (economy, factor))).collect();
    let year = |year: Option<i32>| Column::Integer(vec![year.map(i64::from); rows.len()]);
    let label = |names: &[String], of: fn(&(usize, usize)) -> usize| {
        Column::labels(names, rows.iter().map(|row| of(row) as u32).collect())
    };
    let number = |of: &dyn Fn(usize, &Contribution) -> f64| {
        let value =
            |&(economy, factor): &(usize, usize)| of(economy, &attributions[economy].contributions[factor]);
        Column::Number(rows.iter().map(value).collect())
    };
    let factors = FACTORS.map(|factor| factor.id.to_owned());
    Frame::new()
        .with("from", Measure::Key, year(years[0]))
        .with("to", Measure::Key, year(years[1]))
        .with("economy", Measure::Key, label(axis.economies(), |row| row.0))
        .with("factor", Measure::Key, label(&factors, |row| row.1))
        .with("contribution", Measure::Amount, number(&|_, one| one.mean))
        .with("lowest", Measure::Amount, number(&|_, one| one.min))
        .with("highest", Measure::Amount, number(&|_, one| one.max))
        .with("change", Measure::Amount, number(&|economy, _| gdp[1][economy] - gdp[0][economy]))
        .with("gdp_from", Measure::Amount, number(&|economy, _| gdp[0][economy]))
        .with("gdp_to", Measure::Amount, number(&|economy, _| gdp[1][economy]))
}
