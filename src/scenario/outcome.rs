//! A scenario solved: the world after beside the world before, the first round apart.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::break_even::{break_even_growth, break_even_wedge};
use super::error::{At, ScenarioError};
use super::measure::{self, Quantity, Unit};
use super::names::Names;
use super::prices::{Burden, PriceChange, burdens, prices};
use super::schema::{Scenario, ScenarioFile};
use super::state::{Made, State};
use super::{Change, find_kind};
use crate::frame::worse_gap;
use crate::kernel::dense;
use crate::kernel::spectral::spectral_radius;
use crate::labels::Axis;
use crate::level::Level;
use crate::model::memory::Asked;
use crate::model::{Changed, Flows, Model, Primary};
use crate::table::ValueAddedConvention;

/// Something else that output takes with it: jobs, emissions.
pub type Account = Primary;

/// One number of the result.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// A [`Quantity`], or the name of a satellite account.
    pub measure: Arc<str>,
    /// Unit.
    pub unit: Arc<str>,
    /// Economy; absent for the world.
    pub economy: Option<usize>,
    /// Sector; absent for all of them.
    pub sector: Option<usize>,
    /// Before; NaN for what only the change has.
    pub before: f64,
    /// After all rounds.
    pub after: f64,
    /// First round: direct effect of the change at the output of before.
    pub first_round: f64,
}

impl Line {
    /// Total effect.
    pub fn difference(&self) -> f64 {
        self.after - self.before
    }

    /// Total effect in per cent; NaN when there was nothing before, and of a balance, which may be near zero or change sign.
    pub fn percent(&self) -> f64 {
        if self.before == 0.0 || *self.measure == *measure::TRADE_BALANCE.id {
            return f64::NAN;
        }
        100.0 * self.difference() / self.before
    }

    /// What the first round does not explain: a remainder.
    pub fn indirect(&self) -> f64 {
        self.difference() - self.first_round
    }
}

/// What closes the accounts of the world after the change: value added and unfilled inputs are final demand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Closure {
    /// Σ v x'.
    pub value_added: f64,
    /// Σ_j (removed a_·j) x'_j.
    pub unfilled: f64,
    /// Σ Y'.
    pub final_demand: f64,
    /// Distance of the first two from the third, relative to it; NaN when value added is published and not the residual.
    pub gap: f64,
    /// Sum of all trade balances over all exports.
    pub trade_gap: f64,
    /// Largest distance in an economy of value added and unfilled inputs from final demand and trade balance, relative to
    /// the largest of these; NaN as `gap`.
    pub economy_gap: f64,
}

/// A scenario and its world.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Id.
    pub id: String,
    /// Title; empty when nothing is said.
    pub title: String,
    /// Notes of the file, and what its names of sectors stand for in the table.
    pub notes: Vec<String>,
    /// What is changed, in words.
    pub changes: Vec<String>,
    /// What the kinds of change cannot say; with the kind in front when there are several changes.
    pub cautions: Vec<String>,
    /// What a reader must know about how the changes met the table.
    pub remarks: Vec<String>,
    /// The world after.
    pub model: Model,
    /// (A' − A) x + Δy, (n_rows).
    pub first_orders: Vec<f64>,
    /// Prices, where wedges or tariffs move them.
    pub prices: Option<PriceChange>,
    /// By economy that switched suppliers: what was switched in a unit of output of each row.
    pub switched: Vec<(usize, Vec<f64>)>,
    /// The numbers: each quantity for the world, by economy and by economy and sector. An economy has no line of a sector
    /// that it neither has nor buys from.
    pub lines: Vec<Line>,
    /// What closes.
    pub closure: Closure,
    /// Largest relative residual of the solves.
    pub residual: f64,
}

impl Outcome {
    /// The line of a quantity.
    pub fn line(&self, measure: &str, economy: Option<usize>, sector: Option<usize>) -> Option<&Line> {
        self.lines
            .iter()
            .find(|line| *line.measure == *measure && line.economy == economy && line.sector == sector)
    }
}

/// Columns of [`super::frame`].
const COLUMNS: usize = 12;
/// Numbers that the lines of one measure take for each row of the table: those of the economy and those of the world.
const LINES: usize = 22;
/// Measures by sector, without accounts: those of [`Lines::flows`].
const MEASURES: usize = 6;
/// Measures by economy and sector, of before, after and the first round, while they are made.
const FLOWS: usize = 12;
/// Final demand and trade of the world after, which each scenario keeps.
const FLOWS_KEPT: usize = 4;

/// What some scenarios of one table hold besides their models, as far as memory is concerned.
pub fn asked(scenarios: usize, accounts: usize) -> Asked {
    let columns = COLUMNS + scenarios * LINES * (MEASURES + accounts);
    Asked::of_level(Level::Sector, columns, FLOWS + scenarios * FLOWS_KEPT)
}

/// Every scenario of a file, each from the same model.
///
/// # Errors
/// A change that does not fit the table, a world that cannot be solved.
///
/// # Cost
/// For each scenario one factorisation where inputs change, one right-hand side, and G more with tariffs.
pub fn evaluate(
    file: &ScenarioFile,
    model: &Model,
    accounts: &[Account],
) -> Result<Vec<Outcome>, ScenarioError> {
    file.scenarios
        .iter()
        .map(|scenario| {
            let changes = scenario.changes.iter().map(|(at, change)| (at.clone(), change.as_ref()));
            let mut outcome = solve(model, &file.names, &scenario.id, changes, accounts)?;
            outcome.title = scenario.title.clone();
            outcome.cautions = cautions(scenario);
            outcome.notes = file.notes.iter().chain(&scenario.notes).cloned().collect();
            for name in scenario.changes.iter().flat_map(|(_, change)| change.sector_names()) {
                if let Some(note) = file.names.sector_note(model.axis(), name)
                    && !outcome.notes.contains(&note)
                {
                    outcome.notes.push(note);
                }
            }
            Ok(outcome)
        })
        .collect()
}

/// Changes that do not come from a file.
///
/// # Errors
/// As [`evaluate`]; numbers out of range.
pub fn evaluate_changes(
    model: &Model,
    id: &str,
    changes: &[&dyn Change],
    accounts: &[Account],
) -> Result<Outcome, ScenarioError> {
    let at = |position: usize| At { file: id.to_owned(), line: position + 1, kind: "given" };
    for (position, change) in changes.iter().enumerate() {
        change.check().map_err(|problem| ScenarioError::Change { at: at(position), problem })?;
    }
    let changes = changes.iter().enumerate().map(|(position, change)| (at(position), *change));
    solve(model, &Names::default(), id, changes, accounts)
}

fn solve<'c>(
    model: &Model,
    names: &Names,
    id: &str,
    changes: impl Iterator<Item = (At, &'c dyn Change)>,
    accounts: &[Account],
) -> Result<Outcome, ScenarioError> {
    let mut state = State::new(model, names);
    let mut words = Vec::new();
    for (at, change) in changes {
        words.push(change.words());
        change.apply(&mut state).map_err(|problem| ScenarioError::Change { at, problem })?;
    }
    let mut made = state.finish();
    if let Some(coefficients) = &made.coefficients {
        require_productive(id, coefficients)?;
    }
    // Residuals of the shared system count from here: they are this scenario's.
    let earlier = model.system().take_worst_residual();
    let changed = model.changed(made.coefficients.take(), made.demand.take())?;
    let prices = prices(&changed.model, &made.wedge_cost, made.tariffs.as_ref())?;
    let burdens = made.tariffs.as_ref().map_or(Ok(Vec::new()), |tariffs| burdens(&changed.model, tariffs))?;
    let mut lines = Lines { axis: model.axis(), unit: &model.description().unit, all: Vec::new() };
    lines.flows(model, &changed, accounts);
    lines.closing(model, &changed, &made.unfilled);
    for (&economy, switched) in &made.switched {
        let growth = break_even_growth(model, &changed.model, economy)?;
        lines.add(&measure::EXPORTS_HELD, economy, growth.value_added, growth.change, growth.first_round);
        lines.scalar(&measure::BREAK_EVEN_GROWTH, economy, growth.growth);
        let others = rise_of_others(&changed.model, &made, economy)?;
        let wedge = break_even_wedge(model, &changed.model, economy, switched, others)?;
        lines.scalar(&measure::BREAK_EVEN_WEDGE, economy, wedge.wedge);
    }
    if let Some(prices) = &prices {
        lines.prices(model, &changed.model, prices);
    }
    for (economy, burden) in &burdens {
        lines.burden(*economy, burden);
    }
    let lines = lines.all;
    let closure = closure(&changed.model, &made);
    let residual = changed.model.system().worst_residual().max(model.system().worst_residual());
    model.system().count_residual(earlier);
    Ok(Outcome {
        id: id.to_owned(),
        title: String::new(),
        notes: Vec::new(),
        changes: numbered(words),
        cautions: Vec::new(),
        remarks: made.remarks,
        first_orders: changed.first_orders,
        model: changed.model,
        prices,
        switched: made.switched.into_iter().collect(),
        lines,
        closure,
        residual,
    })
}

/// τ: by how much the price of an economy's final demand rises because of tariffs and of the wedges of other economies.
fn rise_of_others(after: &Model, made: &Made, economy: usize) -> Result<f64, ScenarioError> {
    let mut costs = made.wedge_cost.clone();
    // Its own users bear the wedges of its own switches, which are the ones in question.
    costs[after.axis().block(economy)].fill(0.0);
    let others = prices(after, &costs, made.tariffs.as_ref())?;
    Ok(others.map_or(0.0, |prices| prices.of_final_demand(after, economy).1))
}

/// What a kind of change cannot say, with the kind before it where a scenario makes several changes: what holds of one does
/// not hold of the other.
fn cautions(scenario: &Scenario) -> Vec<String> {
    let mut cautions: Vec<String> = Vec::new();
    for (at, change) in &scenario.changes {
        let Some(kind) = find_kind(at.kind) else { continue };
        for caution in change.cautions(kind.profile().cautions) {
            let said = if scenario.changes.len() == 1 {
                caution.to_owned()
            } else {
                format!("{}: {caution}", at.kind)
            };
            if !cautions.contains(&said) {
                cautions.push(said);
            }
        }
    }
    cautions
}

/// What is said more than once is told apart: notes tell what is the same once.
fn numbered(words: Vec<String>) -> Vec<String> {
    let times = |k: usize| words[..k].iter().filter(|known| **known == words[k]).count();
    (0..words.len())
        .map(|k| match times(k) {
            0 => words[k].clone(),
            times => format!("{} (time {})", words[k], times + 1),
        })
        .collect()
}

/// Does the series I + A + A² + … still converge? Columns without negative cells that add up to less than one say so;
/// otherwise the radius does.
fn require_productive(id: &str, coefficients: &DMatrix<f64>) -> Result<(), ScenarioError> {
    let heaviest = coefficients
        .column_iter()
        .map(|column| column.iter().map(|cell| cell.abs()).sum::<f64>())
        .fold(0.0, f64::max);
    if heaviest < 1.0 {
        return Ok(());
    }
    let found = spectral_radius(coefficients.nrows(), |vector, product| {
        let weights = DMatrix::from_column_slice(vector.len(), 1, vector);
        product.copy_from_slice(dense::multiply(coefficients.as_view(), weights.as_view()).as_slice());
    });
    if found.radius >= 1.0 {
        return Err(ScenarioError::Explosive { scenario: id.to_owned(), radius: found.radius });
    }
    Ok(())
}

fn closure(after: &Model, made: &Made) -> Closure {
    let (output, shares) = (after.flows().gross_output(), after.value_added_share());
    let value_added: f64 = output.iter().zip(shares).map(|(x, v)| x * v).sum();
    let unfilled: f64 = output.iter().zip(&made.unfilled).map(|(x, lost)| x * lost).sum();
    let final_demand: f64 = after.flows().final_demand().sum();
    let residual = after.primary().is_value_added
        && after.description().conventions.value_added == ValueAddedConvention::Residual;
    let exports: f64 = after.flows().gross_exports().iter().sum();
    let imports = imports(after.axis(), after.flows());
    let gap =
        if residual { (value_added + unfilled - final_demand).abs() / final_demand.abs() } else { f64::NAN };
    let trade_gap = if exports == 0.0 { 0.0 } else { (exports - imports.sum()).abs() / exports.abs() };
    let economy_gap = if residual { economy_gap(after, &imports, &made.unfilled) } else { f64::NAN };
    Closure { value_added, unfilled, final_demand, gap, trade_gap, economy_gap }
}

/// How far is what an economy earns from what it absorbs and what it sells abroad on balance?
///
/// ```text
/// v_s x'_s + unfilled_s = u y'_s + exports_s − imports_s
/// ```
fn economy_gap(after: &Model, imports: &DMatrix<f64>, unfilled: &[f64]) -> f64 {
    let (axis, flows, shares) = (after.axis(), after.flows(), after.value_added_share());
    let gap = |s: usize| {
        let earned: f64 =
            axis.block(s).map(|row| (shares[row] + unfilled[row]) * flows.gross_output()[row]).sum();
        let exports: f64 = axis.block(s).map(|row| flows.gross_exports()[row]).sum();
        let absorbed: f64 = flows.final_demand().column(s).sum();
        let imports = imports.row(s).sum();
        // Not of final demand alone: a part of a split economy may have none.
        let scale =
            [earned, absorbed, exports, imports].iter().fold(0.0_f64, |most, sum| most.max(sum.abs()));
        let gap = (earned - absorbed - exports + imports).abs();
        if scale == 0.0 { gap } else { gap / scale }
    };
    (0..axis.n_economies()).map(gap).fold(0.0, worse_gap)
}

/// Amounts by economy and sector, (G, N).
fn grid(axis: &Axis, value: impl Fn(usize) -> f64) -> DMatrix<f64> {
    let mut grid = DMatrix::zeros(axis.n_economies(), axis.n_sectors());
    for row in 0..axis.n_rows() {
        grid[(axis.economy_of(row), axis.sector_of(row))] += value(row);
    }
    grid
}

/// Imports by importing economy and sector of origin, (G, N).
fn imports(axis: &Axis, flows: &Flows) -> DMatrix<f64> {
    let mut grid = DMatrix::zeros(axis.n_economies(), axis.n_sectors());
    for (importer, column) in flows.bilateral_exports().column_iter().enumerate() {
        for (row, value) in column.iter().enumerate() {
            grid[(importer, axis.sector_of(row))] += value;
        }
    }
    grid
}

struct Lines<'a> {
    axis: &'a Axis,
    unit: &'a str,
    all: Vec<Line>,
}

impl Lines<'_> {
    fn unit_of(&self, unit: Unit) -> Arc<str> {
        match unit {
            Unit::Money => self.unit.into(),
            Unit::Fraction => "fraction".into(),
            Unit::Index => "index, 1 before".into(),
        }
    }

    /// A quantity of one economy as a change of what it was.
    fn add(&mut self, quantity: &Quantity, economy: usize, before: f64, change: f64, first_round: f64) {
        self.all.push(Line {
            measure: quantity.id.into(),
            unit: self.unit_of(quantity.unit),
            economy: Some(economy),
            sector: None,
            before,
            after: before + change,
            first_round,
        });
    }

    /// A number that only the change has.
    fn scalar(&mut self, quantity: &Quantity, economy: usize, value: f64) {
        self.all.push(Line {
            measure: quantity.id.into(),
            unit: self.unit_of(quantity.unit),
            economy: Some(economy),
            sector: None,
            before: f64::NAN,
            after: value,
            first_round: f64::NAN,
        });
    }

    /// A quantity for the world, each economy and each economy and sector that it has or that is not empty: firms of a
    /// network are each a sector of one economy alone.
    fn grids(
        &mut self,
        measure: &str,
        unit: &str,
        before: &DMatrix<f64>,
        after: &DMatrix<f64>,
        first: &DMatrix<f64>,
    ) {
        let (g, n) = before.shape();
        let (measure, unit): (Arc<str>, Arc<str>) = (measure.into(), unit.into());
        let mut push = |economy: Option<usize>, sector: Option<usize>, values: [f64; 3]| {
            self.all.push(Line {
                measure: Arc::clone(&measure),
                unit: Arc::clone(&unit),
                economy,
                sector,
                before: values[0],
                after: values[1],
                first_round: values[2],
            });
        };
        push(None, None, [before.sum(), after.sum(), first.sum()]);
        for sector in 0..n {
            let sum = |grid: &DMatrix<f64>| grid.column(sector).sum();
            push(None, Some(sector), [sum(before), sum(after), sum(first)]);
        }
        for economy in 0..g {
            let sum = |grid: &DMatrix<f64>| grid.row(economy).sum();
            push(Some(economy), None, [sum(before), sum(after), sum(first)]);
            let mut has = vec![false; n];
            self.axis.sectors_of(economy).into_iter().for_each(|sector| has[sector] = true);
            for sector in 0..n {
                let cells = [before, after, first].map(|grid| grid[(economy, sector)]);
                if has[sector] || cells.iter().any(|cell| *cell != 0.0) {
                    push(Some(economy), Some(sector), cells);
                }
            }
        }
    }

    fn flows(&mut self, before: &Model, changed: &Changed, accounts: &[Account]) {
        let axis = self.axis;
        let after = &changed.model;
        let (old, new) = (before.flows().gross_output(), after.flows().gross_output());
        let mut weighted = |measure: &str, unit: &str, share: &[f64]| {
            self.grids(
                measure,
                unit,
                &grid(axis, |row| share[row] * old[row]),
                &grid(axis, |row| share[row] * new[row]),
                &grid(axis, |row| share[row] * changed.first_orders[row]),
            );
        };
        let money = before.description().unit.clone();
        weighted(measure::VALUE_ADDED.id, &money, before.value_added_share());
        weighted(measure::OUTPUT.id, &money, &vec![1.0; old.len()]);
        for account in accounts {
            weighted(&account.name, &account.unit, &account.share);
        }
        let exports = |flows: &Flows| grid(axis, |row| flows.gross_exports()[row]);
        let exported = [before.flows(), after.flows(), &changed.first_flows].map(exports);
        let imported =
            [before.flows(), after.flows(), &changed.first_flows].map(|flows| imports(axis, flows));
        let balance = [0, 1, 2].map(|k| &exported[k] - &imported[k]);
        for (quantity, [old, new, first]) in [
            (&measure::EXPORTS, &exported),
            (&measure::IMPORTS, &imported),
            (&measure::TRADE_BALANCE, &balance),
        ] {
            self.grids(quantity.id, &money, old, new, &(first - old));
        }
    }

    /// Final demand and unfilled inputs: what closes the accounts.
    fn closing(&mut self, before: &Model, changed: &Changed, unfilled: &[f64]) {
        let axis = self.axis;
        let (g, unit) = (axis.n_economies(), self.unit.to_owned());
        let demand = |model: &Model, r: usize| model.flows().final_demand().column(r).sum();
        let lost =
            |output: &[f64], r: usize| axis.block(r).map(|row| unfilled[row] * output[row]).sum::<f64>();
        let old: Vec<f64> = (0..g).map(|r| demand(before, r)).collect();
        let new: Vec<f64> = (0..g).map(|r| demand(&changed.model, r)).collect();
        let first: Vec<f64> = old.iter().zip(&new).map(|(old, new)| new - old).collect();
        self.by_economy(&measure::FINAL_DEMAND, &unit, &old, &new, &first);
        if unfilled.iter().any(|lost| *lost != 0.0) {
            let new: Vec<f64> = (0..g).map(|r| lost(changed.model.flows().gross_output(), r)).collect();
            let first: Vec<f64> = (0..g).map(|r| lost(before.flows().gross_output(), r)).collect();
            self.by_economy(&measure::UNFILLED, &unit, &vec![0.0; g], &new, &first);
        }
    }

    fn by_economy(&mut self, quantity: &Quantity, unit: &str, before: &[f64], after: &[f64], first: &[f64]) {
        let sums = [before.iter().sum(), after.iter().sum(), first.iter().sum()];
        let (measure, unit): (Arc<str>, Arc<str>) = (quantity.id.into(), unit.into());
        let world = std::iter::once((None, sums));
        let each = (0..before.len()).map(|r| (Some(r), [before[r], after[r], first[r]]));
        for (economy, [before, after, first_round]) in world.chain(each) {
            self.all.push(Line {
                measure: Arc::clone(&measure),
                unit: Arc::clone(&unit),
                economy,
                sector: None,
                before,
                after,
                first_round,
            });
        }
    }

    fn prices(&mut self, before: &Model, after: &Model, prices: &PriceChange) {
        let axis = self.axis;
        let (old, shares) = (before.flows().gross_output(), before.value_added_share());
        let new = after.flows().gross_output();
        for economy in 0..axis.n_economies() {
            let (direct, total) = prices.of_output(after, axis.block(economy));
            self.add(&measure::OUTPUT_PRICE, economy, 1.0, total, direct);
            for sector in axis.sectors_of(economy) {
                let rows = axis.block(economy).filter(|&row| axis.sector_of(row) == sector);
                let (direct, total) = prices.of_output(after, rows);
                self.add(&measure::OUTPUT_PRICE, economy, 1.0, total, direct);
                if let Some(line) = self.all.last_mut() {
                    line.sector = Some(sector);
                }
            }
            let (direct, total) = prices.of_final_demand(after, economy);
            self.add(&measure::FINAL_PRICE, economy, 1.0, total, direct);
            let (first, of_exports) = prices.of_exports(after, economy);
            self.add(&measure::EXPORT_PRICE, economy, 1.0, of_exports, first);
            let worth =
                |output: &[f64]| axis.block(economy).map(|row| shares[row] * output[row]).sum::<f64>();
            let (old, new) = (worth(old), worth(new));
            self.add(&measure::REAL_VALUE_ADDED, economy, old, new / (1.0 + total) - old, f64::NAN);
        }
    }

    fn burden(&mut self, economy: usize, burden: &Burden) {
        self.scalar(&measure::TARIFF_BASE, economy, burden.base);
        self.scalar(&measure::TARIFF_REVENUE, economy, burden.revenue);
        self.scalar(&measure::OWN_IN_BASE, economy, burden.own);
        self.scalar(&measure::TARIFF_ON_OWN, economy, burden.on_own);
        self.scalar(&measure::OWN_SHARE, economy, burden.own / burden.base);
    }
}
