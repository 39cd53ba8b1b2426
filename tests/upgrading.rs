//! Upgrading on worlds whose answer is planted, identities by a second formula, figures of the embedded accounts recomputed by
//! hand, and files that are wrong.

use std::fs;
use std::path::Path;

use nalgebra::{DMatrix, DVector};
use vadex::claims::{self, ClaimData, ClaimOptions, Extra, Reason, Series, Verdict};
use vadex::indicators::{self, Request};
use vadex::labels::Axis;
use vadex::level::Level;
use vadex::load::figures::FigureLine;
use vadex::load::{self, ReadOptions};
use vadex::model::Model;
use vadex::stats::BootstrapPlan;
use vadex::table::{
    AccountVariable, AccountsYear, IcioTable, PriceBase, PriceIndex, PriceLine, Provenance, SatelliteAccounts,
};
use vadex::upgrading::figures::Range;
use vadex::upgrading::ownership::{self, Endings};
use vadex::upgrading::panel::{CAPITAL, HOURS, JOBS, LABOUR, LABOUR_HIGH};
use vadex::upgrading::vector::{self, Direction, VectorOptions};
use vadex::upgrading::{
    Figures, FunctionShares, Kind, MEASURES, Panel, Reading, RealFacts, Status, Unit, UpgradingError,
    YearFacts, correlations, find_measure, research, specialisation,
};

use super::support::{self, close, dmatrix, model, stderr, stdout, vadex};

/// Sums and solves of tables with fewer than a hundred rows.
const ROUNDING: f64 = 1e-10;
/// The same over the 820 rows of the embedded table, where the slow form iterates until changes are of this size.
const LARGE_ROUNDING: f64 = 1e-8;

const ECONOMIES: [&str; 8] = ["CHN", "MEX", "BRA", "IND", "DEU", "USA", "JPN", "FRA"];
const SECTORS: [&str; 3] = ["agriculture", "machinery", "research"];
const FIRST: i32 = 2000;
const YEARS: usize = 12;

/// Functions of economy, sector and time (0, 1, ...).
type Of = Box<dyn Fn(usize, usize, f64) -> f64>;

/// A world with planted changes; by default nothing changes.
struct World {
    /// Value added a worker.
    productivity: Of,
    /// Final demand for the industry's product.
    demand: Of,
    /// Share of the R&D function in labour income.
    research: Of,
    /// Imported part of research inputs, by economy and time.
    imported: Of,
    /// Price of the industry's product.
    price: Of,
    /// Standard deviation of noise in the logarithm of productivity, demand and function shares.
    noise: f64,
}

/// A sector of 1, one of 3 and one of 5 a worker.
fn level(i: usize) -> f64 {
    [1.0, 3.0, 5.0][i]
}

impl Default for World {
    fn default() -> Self {
        Self {
            productivity: Box::new(|_, i, _| level(i)),
            demand: Box::new(|s, i, _| 100.0 + 10.0 * (s as f64) + 5.0 * (i as f64)),
            research: Box::new(|s, _, _| 0.2 + 0.01 * s as f64),
            imported: Box::new(|_, _, _| 0.3),
            price: Box::new(|_, _, _| 1.0),
            noise: 0.0,
        }
    }
}

/// A number in (-1, 1) with variance one third that looks random.
fn scramble(a: usize, b: usize, c: usize, d: usize) -> f64 {
    let mut z = [a, b, c, d].iter().fold(0x9e37_79b9_7f4a_7c15_u64, |z, v| {
        (z ^ (*v as u64 + 11)).wrapping_mul(0xbf58_476d_1ce4_e5b9).rotate_left(23)
    });
    for _ in 0..3 {
        z = (z ^ (z >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    }
    2.0 * ((z >> 11) as f64 / (1_u64 << 53) as f64) - 1.0
}

impl World {
    fn rough(&self, s: usize, i: usize, t: usize, what: usize) -> f64 {
        (self.noise * 3.0_f64.sqrt() * scramble(s, i, t, what)).exp()
    }

    /// The table of a year: every industry buys 0.15, 0.15 and 0.10 of the three products, machinery half as much again.
    fn table(&self, t: usize) -> IcioTable {
        let (g, n) = (ECONOMIES.len(), SECTORS.len());
        let time = t as f64;
        let mut a = DMatrix::zeros(g * n, g * n);
        let mut y = DMatrix::zeros(g * n, g);
        for s in 0..g {
            for j in 0..n {
                for i in 0..n {
                    let abroad = if i == 2 { (self.imported)(s, i, time) } else { 0.3 };
                    for r in 0..g {
                        let part = if r == s { 1.0 - abroad } else { abroad / (g - 1) as f64 };
                        a[(r * n + i, s * n + j)] = [0.15, 0.15, 0.10][i] * [1.0, 1.5, 1.0][j] * part;
                    }
                }
                let demand = (self.demand)(s, j, time) * self.rough(s, j, t, 1);
                for r in 0..g {
                    y[(s * n + j, r)] = demand * if r == s { 0.5 } else { 0.5 / (g - 1) as f64 };
                }
            }
        }
        let total = DVector::from_iterator(g * n, y.row_iter().map(|row| row.sum()));
        let x = (DMatrix::identity(g * n, g * n) - &a).lu().solve(&total).expect("a productive world");
        let mut z = a;
        for (mut column, output) in z.column_iter_mut().zip(x.iter()) {
            column *= *output;
        }
        for s in 0..g {
            for i in 0..n {
                let price = (self.price)(s, i, time);
                z.row_mut(s * n + i).scale_mut(price);
                y.row_mut(s * n + i).scale_mut(price);
            }
        }
        support::table(&ECONOMIES, &SECTORS, z, y).with_description(None, Some(FIRST + t as i32))
    }

    fn jobs(&self, facts: &YearFacts, t: usize) -> Vec<f64> {
        let n = SECTORS.len();
        (0..facts.output.len())
            .map(|row| {
                let (s, i) = (row / n, row % n);
                facts.value_added[row] / ((self.productivity)(s, i, t as f64) * self.rough(s, i, t, 2))
            })
            .collect()
    }

    fn panel(&self) -> Panel {
        let mut panel: Option<Panel> = None;
        for t in 0..YEARS {
            let table = self.table(t);
            let model = model(&table);
            let mut facts = YearFacts::of(&model, FIRST + t as i32).unwrap();
            let jobs = self.jobs(&facts, t);
            let value_added = facts.value_added.clone();
            let of = |share: f64| value_added.iter().map(|w| share * w).collect::<Vec<f64>>();
            facts.set_account(HOURS, jobs.iter().map(|jobs| 2.0 * jobs).collect());
            facts.set_account(JOBS, jobs);
            facts.set_account(LABOUR, of(0.6));
            facts.set_account(LABOUR_HIGH, of(0.2));
            facts.set_account(CAPITAL, of(0.4));
            let n = SECTORS.len();
            let share: Vec<f64> = (0..value_added.len())
                .map(|row| {
                    let (s, i) = (row / n, row % n);
                    (self.research)(s, i, t as f64) * self.rough(s, i, t, 3)
                })
                .collect();
            let rest = share.iter().map(|share| 1.0 - share).collect();
            facts.functions = Some(vec![share, rest]);
            let panel = panel.get_or_insert_with(|| Panel::new(model.axis().clone(), "made up"));
            panel.push(model.axis(), "made up", facts).unwrap();
        }
        let mut panel = panel.unwrap();
        panel.set_functions(&["R&D".into(), "fabrication".into()], "fabrication").unwrap();
        panel
    }

    fn readings(&self) -> (Panel, Vec<Reading>) {
        let panel = self.panel();
        let units = panel.units(Level::Country, &[], &[]);
        let readings = vector::readings(&panel, &units, &options()).unwrap();
        (panel, readings)
    }
}

/// Fewer draws than by default: the plants are clear.
fn options() -> VectorOptions {
    VectorOptions { plan: BootstrapPlan { draws: 499, ..BootstrapPlan::default() }, kinds: Vec::new() }
}

fn of<'a>(readings: &'a [Reading], economy: usize, id: &str) -> &'a Reading {
    readings
        .iter()
        .find(|r| r.unit == Unit { economy, sector: None } && r.profile.id == id)
        .unwrap_or_else(|| panic!("no {id}"))
}

/// Direction of the headline of each kind for China.
fn vector_of_china(readings: &[Reading]) -> Vec<Option<Direction>> {
    Kind::ALL
        .map(|kind| {
            readings
                .iter()
                .find(|r| r.unit.economy == 0 && r.headline && r.profile.kind == kind)
                .expect("each kind has a headline")
                .direction
        })
        .into()
}

#[test]
fn a_planted_process_upgrade_is_process_and_nothing_else() {
    let world = World {
        productivity: Box::new(|s, i, t| level(i) * if s == 0 { (0.03 * t).exp() } else { 1.0 }),
        noise: 0.002,
        ..World::default()
    };
    let (panel, readings) = world.readings();
    let own = of(&readings, 0, "va_per_job");
    assert!((own.trend - 3.0).abs() < 0.1, "{}", own.trend);
    assert_eq!(own.direction, Some(Direction::Advance));
    assert_eq!(of(&readings, 0, "va_per_hour_relative").direction, Some(Direction::Advance));
    // Equal growth in all sectors moves no shares of work: what is left between is noise.
    assert!(of(&readings, 0, "between").trend.abs() < 0.1);
    let vector = vector_of_china(&readings);
    assert_eq!(vector[1], Some(Direction::Advance));
    assert!(vector[2] != Some(Direction::Advance) && vector[3] != Some(Direction::Advance), "{vector:?}");
    // Beside the world by hand: value added over what the same work earns in the world's sectors.
    let (n, last) = (SECTORS.len(), &panel.years()[YEARS - 1]);
    let jobs = last.account(JOBS).unwrap();
    let of_world = |of: &[f64], i: usize| (0..ECONOMIES.len()).map(|s| of[s * n + i]).sum::<f64>();
    let expected: f64 = (0..n).map(|i| jobs[i] * of_world(&last.value_added, i) / of_world(jobs, i)).sum();
    let earned: f64 = last.value_added[..n].iter().sum();
    let relative = of(&readings, 0, "va_per_job_relative").last;
    close(relative, earned / expected, 1.0, ROUNDING, "beside the world");
    // Nobody else.
    for s in 1..ECONOMIES.len() {
        assert!(of(&readings, s, "va_per_job").trend.abs() < 0.15, "{}", ECONOMIES[s]);
    }
}

#[test]
fn a_planted_shift_between_sectors_leaves_nothing_within() {
    let world = World {
        // Demand moves from agriculture (1 a worker) to machinery (3 a worker).
        demand: Box::new(|s, i, t| match (s, i) {
            (0, 0) => 160.0 - 8.0 * t,
            (0, 1) => 60.0 + 8.0 * t,
            _ => 100.0,
        }),
        ..World::default()
    };
    let (panel, readings) = world.readings();
    let (frame, gap) = vector::shift_share_frame(&panel, &[0], false);
    for (within, (growth, between)) in frame
        .numbers("within")
        .unwrap()
        .iter()
        .zip(frame.numbers("growth").unwrap().iter().zip(frame.numbers("between").unwrap()))
    {
        assert!(within.abs() < 100.0 * ROUNDING, "within {within}");
        assert!(*growth > 0.1 && (growth - between).abs() < 100.0 * ROUNDING);
    }
    assert!(gap.unwrap().relative_gap < ROUNDING);
    assert_eq!(of(&readings, 0, "between").direction, Some(Direction::Advance));
    assert_eq!(vector_of_china(&readings)[3], Some(Direction::Advance));
    // The plain figure of value added a worker rises, but beside the same sectors of the world nothing has changed.
    assert!(of(&readings, 0, "va_per_job").trend > 0.1);
    assert!(of(&readings, 0, "va_per_job_relative").trend.abs() < ROUNDING);
    // The complex sector weighs more: a product upgrade, too.
    assert_eq!(of(&readings, 0, "rca_va").direction, Some(Direction::Advance));
    // By industry the parts sum to the whole of the economy.
    let sectors = panel.units(Level::Sector, &[0], &[]);
    let between = find_measure("between").unwrap();
    let parts = between.paths(&panel, &sectors).unwrap();
    let whole = between.paths(&panel, &[Unit { economy: 0, sector: None }]).unwrap();
    for t in 0..YEARS {
        close(parts.iter().map(|path| path[t]).sum(), whole[0][t], 1.0, ROUNDING, "parts of the shift");
    }
    // Agriculture is below the average and loses work, machinery the other way: both are gains.
    assert!(parts[0][YEARS - 1] > 0.0, "{:?}", parts[0]);
    let average = 1.0 * 0.3 + 3.0 * 0.7;
    assert!(level(1) > average && parts[1][YEARS - 1] > 0.0);
}

#[test]
fn a_planted_functional_shift_is_functional_and_nothing_else() {
    let world = World {
        research: Box::new(|s, _, t| 0.2 + if s == 0 { 0.01 * t } else { 0.0 }),
        noise: 0.002,
        ..World::default()
    };
    let (panel, readings) = world.readings();
    let fs = of(&readings, 0, "fs_upper");
    // With one function above fabrication the measure is its index, which `functions` computes on its own.
    let year = specialisation::of_year(&panel, YEARS - 1, Level::Country, &[0], &[]).unwrap();
    close(fs.last, year.rows[0].fs, 1.0, ROUNDING, "index of R&D");
    assert_eq!((fs.direction, fs.headline, fs.status), (Some(Direction::Advance), true, Status::Measured));
    assert!((of(&readings, 0, "upper_share").trend - 1.0).abs() < 0.05);
    let vector = vector_of_china(&readings);
    assert_eq!(vector[2], Some(Direction::Advance));
    assert!(vector[0] != Some(Direction::Advance) && vector[1] != Some(Direction::Advance));
    assert!(vector[3] != Some(Direction::Advance));
    // The world's share has risen with China's: whoever stood still has fallen behind.
    assert_eq!(of(&readings, 4, "fs_upper").direction, Some(Direction::Decline));
}

#[test]
fn a_world_of_noise_advances_in_no_more_units_than_intervals_allow() {
    let (_, readings) = World { noise: 0.02, ..World::default() }.readings();
    let tested: Vec<&Reading> =
        readings.iter().filter(|r| r.direction.is_some() && !r.profile.proxy).collect();
    let moved = tested.iter().filter(|r| r.direction != Some(Direction::Unclear)).count();
    // Intervals of 12 years at 95% miss in about 4% without memory (see residual_bootstrap), and measures share their noise.
    assert!(tested.len() > 60 && 10 * moved <= 3 * tested.len(), "{moved} of {}", tested.len());
    let adjusted = tested.iter().filter(|r| r.p_adjusted <= 0.01).count();
    assert!(adjusted <= 3, "{adjusted} after adjustment");
}

#[test]
fn a_world_that_stands_still_has_trends_of_zero_without_doubt() {
    let (_, readings) = World::default().readings();
    for reading in readings.iter().filter(|r| r.status != Status::Missing) {
        assert!(reading.trend.abs() < 1e-6, "{}: {}", reading.profile.id, reading.trend);
    }
}

#[test]
fn trends_are_the_slopes_of_least_squares() {
    let (panel, readings) = World { noise: 0.02, ..World::default() }.readings();
    let units = panel.units(Level::Country, &[], &[]);
    for id in ["va_per_job", "between", "fs_upper", "rca_va"] {
        let slopes = vector::slopes(&panel, &units, find_measure(id).unwrap()).unwrap();
        for (unit, slope) in units.iter().zip(slopes) {
            close(of(&readings, unit.economy, id).trend, slope, 1.0, ROUNDING, id);
        }
    }
}

/// Prices of every seller that the world has.
fn prices(world: &World) -> PriceIndex {
    let mut lines = Vec::new();
    for t in 0..YEARS {
        for (s, economy) in ECONOMIES.iter().enumerate() {
            for (i, sector) in SECTORS.iter().enumerate() {
                lines.push(PriceLine {
                    economy: Some((*economy).into()),
                    sector: Some((*sector).into()),
                    year: FIRST + t as i32,
                    index: (world.price)(s, i, t as f64),
                    line: lines.len() + 2,
                });
            }
        }
    }
    PriceIndex::new(lines).unwrap()
}

#[test]
fn prices_tell_dearer_products_from_better_processes() {
    // China's machines get 4% dearer a year; nothing is made in another way.
    let world = World {
        price: Box::new(|s, i, t| if (s, i) == (0, 1) { (0.04 * t).exp() } else { 1.0 }),
        ..World::default()
    };
    let index = prices(&world);
    let mut panel = world.panel();
    for (t, facts) in panel.years_mut().iter_mut().enumerate() {
        let deflated = world.table(t).deflate(&index, PriceBase::Year(FIRST)).unwrap();
        facts.real = Some(RealFacts::of(&model(&deflated)));
        // Work is what it would be without the change of prices.
        let still = World::default();
        let quiet = YearFacts::of(&model(&still.table(t)), facts.year).unwrap();
        facts.set_account(JOBS, still.jobs(&quiet, t));
    }
    let machines = Unit { economy: 0, sector: Some(1) };
    let readings = vector::readings(&panel, &[machines], &options()).unwrap();
    let trend = |id: &str| readings.iter().find(|r| r.profile.id == id).unwrap().trend;
    // Relative to the world's machines, of which China makes an eighth or so: less than 4, far above zero.
    assert!(trend("unit_value") > 3.0 && trend("unit_value") < 4.0, "{}", trend("unit_value"));
    assert!(trend("va_price") > 3.0);
    assert!(trend("va_per_job_real").abs() < 1e-6 && trend("inputs_real").abs() < 1e-6);
    assert!(trend("va_per_job") > 4.0, "current prices hold the price");
    let headline = readings.iter().find(|r| r.headline && r.profile.kind == Kind::Product).unwrap();
    assert_eq!(headline.profile.id, "va_price");
    // By hand in the last year: own price over the price of the world's machines, of output and of value added.
    let (n, last) = (SECTORS.len(), YEARS - 1);
    let table = world.table(last);
    let price = |row: usize| (world.price)(row / n, row % n, last as f64);
    let (x, z) = (table.row_sums(), table.intermediate_use().to_dense());
    let real_x = |row: usize| x[row] / price(row);
    let w = |j: usize| x[j] - z.column(j).sum();
    let real_w = |j: usize| real_x(j) - (0..x.len()).map(|i| z[(i, j)] / price(i)).sum::<f64>();
    let of_world = |of: &dyn Fn(usize) -> f64| (0..ECONOMIES.len()).map(|s| of(s * n + 1)).sum::<f64>();
    let value = |id: &str| readings.iter().find(|r| r.profile.id == id).unwrap().last;
    let by_hand = price(1) / (of_world(&|row| x[row]) / of_world(&real_x));
    close(value("unit_value"), by_hand, 1.0, ROUNDING, "unit value");
    let by_hand = w(1) / real_w(1) / (of_world(&w) / of_world(&real_w));
    close(value("va_price"), by_hand, 1.0, ROUNDING, "price of value added");
    // Machinery buys 1.5 times 0.4 of inputs for a unit of output, whatever the prices.
    close(value("inputs_real"), 0.6, 1.0, ROUNDING, "inputs at constant prices");
}

#[test]
fn comparative_advantage_is_that_of_the_indicator_and_of_complex_sectors_only() {
    let world = World { noise: 0.1, ..World::default() };
    let panel = world.panel();
    let model = model(&world.table(0));
    let reading =
        indicators::find_indicator("rca").unwrap().run(&model, Level::Sector, &Request::default()).unwrap();
    let content = reading.frame.numbers("rca_content").unwrap();
    let n = SECTORS.len();
    let measure = find_measure("rca_va").unwrap();
    for s in 0..ECONOMIES.len() {
        let path = &measure.paths(&panel, &[Unit { economy: s, sector: Some(1) }]).unwrap()[0];
        close(path[0], content[s * n + 1], 1.0, ROUNDING, "RCA in value added");
        let whole = &measure.paths(&panel, &[Unit { economy: s, sector: None }]).unwrap()[0];
        close(whole[0], path[0], 1.0, ROUNDING, "machinery is all that is complex");
        let other = &measure.paths(&panel, &[Unit { economy: s, sector: Some(0) }]).unwrap()[0];
        assert!(other.iter().all(|value| value.is_nan()), "agriculture is not complex");
    }
}

#[test]
fn what_is_missing_is_named_and_never_a_silent_number() {
    let mut panel = World::default().panel();
    for facts in panel.years_mut() {
        facts.accounts.clear();
        facts.functions = None;
    }
    let units = panel.units(Level::Country, &[0], &[]);
    let readings = vector::readings(&panel, &units, &options()).unwrap();
    assert_eq!(readings.len(), MEASURES.len());
    for (id, option) in [
        ("va_price", "--prices"),
        ("va_per_hour_relative", "--hours"),
        ("va_per_job_relative", "--jobs"),
        ("fs_upper", "--occupations"),
        ("between", "--jobs"),
    ] {
        let reading = of(&readings, 0, id);
        assert_eq!(reading.status, Status::Missing, "{id}");
        assert!(reading.trend.is_nan() && reading.needs.contains(option), "{id}: {}", reading.needs);
    }
    for reading in &readings {
        assert_eq!(reading.trend.is_nan(), reading.status == Status::Missing, "{}", reading.profile.id);
        assert_eq!(reading.status == Status::Missing, !reading.needs.is_empty(), "{}", reading.profile.id);
    }
    for kind in Kind::ALL {
        assert_eq!(readings.iter().filter(|r| r.headline && r.profile.kind == kind).count(), 1);
    }
    // Jobs of one economy alone: the others say whose figures are missing.
    let axis = panel.axis().clone();
    for facts in panel.years_mut() {
        let jobs =
            (0..axis.n_rows()).map(|row| if axis.economy_of(row) == 1 { 5.0 } else { f64::NAN }).collect();
        facts.set_account(JOBS, jobs);
    }
    let units = panel.units(Level::Country, &[0, 1], &[]);
    let readings = vector::readings(&panel, &units, &options()).unwrap();
    assert!(of(&readings, 0, "between").needs.contains("CHN"));
    assert_eq!(of(&readings, 1, "between").status, Status::Measured);
}

#[test]
fn the_four_correlate_as_planted() {
    let world = |sign: f64| World {
        productivity: Box::new(move |s, i, t| level(i) * (0.005 * s as f64 * t).exp()),
        demand: Box::new(move |s, i, t| {
            let shift = sign * 0.8 * (s as f64 - 3.5) * t;
            match i {
                0 => 150.0 - shift,
                1 => 150.0 + shift,
                _ => 100.0,
            }
        }),
        noise: 0.001,
        ..World::default()
    };
    let rho = |sign: f64| {
        let (panel, readings) = world(sign).readings();
        let plan = BootstrapPlan { draws: 499, ..BootstrapPlan::default() };
        let pairs = correlations::correlate(&panel, &readings, &plan).unwrap();
        assert_eq!(pairs.len(), 6);
        let pair = pairs.into_iter().find(|p| (p.first, p.second) == (Kind::Process, Kind::InterSectoral));
        let pair = pair.unwrap();
        assert_eq!((pair.units, pair.economies), (8, 8));
        pair
    };
    let (together, apart) = (rho(1.0), rho(-1.0));
    assert!(together.rho > 0.9 && together.interval.low > 0.3, "{together:?}");
    assert!(apart.rho < -0.9 && apart.interval.high < -0.3, "{apart:?}");
}

/// Rows of labour income without any trade: what is in exports is all of it.
fn plain_panel(labour: [f64; 2], shares: [f64; 2]) -> Panel {
    let pairs = [("A".to_owned(), "x".to_owned()), ("B".to_owned(), "x".to_owned())];
    let axis = Axis::new(&pairs).unwrap().0;
    let mut panel = Panel::new(axis.clone(), "by hand");
    let mut facts = YearFacts {
        year: 2000,
        output: vec![500.0; 2],
        value_added: vec![400.0; 2],
        export_output: vec![500.0; 2],
        real: None,
        accounts: Vec::new(),
        functions: Some(vec![shares.to_vec(), shares.iter().map(|s| 1.0 - s).collect()]),
    };
    facts.set_account(LABOUR, labour.to_vec());
    panel.push(&axis, "by hand", facts).unwrap();
    panel.set_functions(&["R&D".into(), "fabrication".into()], "fabrication").unwrap();
    panel
}

#[test]
fn shares_of_a_year_stand_alone_beside_shares_of_every_year() {
    let line = |year: Option<i32>, function: &str, value: f64, line: usize| FigureLine {
        economy: "A".into(),
        sector: "x".into(),
        year,
        part: function.into(),
        value,
        line,
    };
    let lines = vec![
        line(None, "R&D", 0.4, 2),
        line(None, "fabrication", 0.6, 3),
        // The functions that a year leaves out are zero in it, not what they are in other years.
        line(Some(2000), "R&D", 0.1, 4),
        line(Some(2000), "outsourced", 0.9, 5),
    ];
    let shares = FunctionShares::new("shares", lines).unwrap();
    let axis = plain_panel([1.0; 2], [0.5; 2]).axis().clone();
    let of = |year: i32| shares.by_row(&axis, year).iter().map(|of| of[0]).collect::<Vec<f64>>();
    assert_eq!((of(2000), of(2001)), (vec![0.1, 0.0, 0.9], vec![0.4, 0.6, 0.0]));
    assert!(shares.by_row(&axis, 2000).iter().all(|of| of[1].is_nan()), "B has no line");
}

#[test]
fn functional_specialisation_by_hand() {
    // R&D: 40 of 100 and 60 of 300, so 100 of 400 in the world.
    let panel = plain_panel([100.0, 300.0], [0.4, 0.2]);
    let year = specialisation::of_year(&panel, 0, Level::Country, &[], &[]).unwrap();
    let fs: Vec<f64> = year.rows.iter().filter(|row| row.function == 0).map(|row| row.fs).collect();
    close(fs[0], 1.6, 1.0, ROUNDING, "FS of A");
    close(fs[1], 0.8, 1.0, ROUNDING, "FS of B");
    assert!(year.left_out.is_empty());
}

#[test]
fn specialisation_weighted_by_income_averages_to_one() {
    let panel = World { noise: 0.05, ..World::default() }.panel();
    for (t, sectors) in [(0, Level::Country), (YEARS - 1, Level::Country), (3, Level::Sector)] {
        let year = specialisation::of_year(&panel, t, sectors, &[], &[]).unwrap();
        // By the rows themselves: income of a function over all units, weighted with FS, is income of all functions times
        // the world's share.
        let total: f64 = year.rows.iter().map(|row| row.income).sum();
        if sectors == Level::Country {
            for k in 0..2 {
                let rows: Vec<_> = year.rows.iter().filter(|row| row.function == k).collect();
                let mean: f64 = rows.iter().map(|row| row.income / row.share / total * row.fs).sum();
                close(mean, 1.0, 1.0, ROUNDING, "weighted FS");
            }
        }
    }
    // An economy with an unknown industry is named, and the world is the others.
    let mut panel = panel;
    let mut labour = panel.years()[0].account(LABOUR).unwrap().to_vec();
    labour[4] = f64::NAN;
    panel.years_mut()[0].set_account(LABOUR, labour);
    let year = specialisation::of_year(&panel, 0, Level::Country, &[], &[]).unwrap();
    assert_eq!(year.left_out, ["MEX"]);
    assert!(year.rows.iter().all(|row| row.unit.economy != 1));
}

#[test]
fn research_by_origin_sums_to_the_sector_and_agrees_with_the_forward_form() {
    let world = World { noise: 0.1, ..World::default() };
    let table = world.table(3);
    let model = model(&table);
    let found = research::by_origin(&model, &["research".into()]).unwrap();
    assert!(found.gap(model.axis().economies()).relative_gap < ROUNDING);
    let (g, n) = (ECONOMIES.len(), SECTORS.len());
    let by_exporter = model.output_by_exporter().unwrap();
    for t in 0..g {
        // Backward sums of v^R B over exports; forward: output of the research row for the exports of s.
        for s in 0..g {
            let row = t * n + 2;
            let forward = model.value_added_share()[row] * by_exporter[(row, s)];
            close(found.exports[(t, s)], forward, forward, ROUNDING, "research in exports");
        }
        let row = t * n + 2;
        let value_added = table.row_sums()[row] - table.input_sums()[row];
        close(found.final_goods.row(t).sum(), value_added, value_added, ROUNDING, "all final goods");
    }
    // Every sector is research: all value added, so exports hold as much as they are worth.
    let everything: Vec<String> = SECTORS.map(String::from).into();
    let all = research::by_origin(&model, &everything).unwrap();
    let exports = table.gross_exports_by_economy();
    for s in 0..g {
        close(all.exports.column(s).sum(), exports[s], exports[s], ROUNDING, "all value added");
    }
    let error = research::by_origin(&model, &["reserch".into()]).unwrap_err();
    assert!(error.hint().contains("research"), "{}", error.hint());
}

/// China in two parts by owner, and the United States.
fn split() -> IcioTable {
    let z = dmatrix![
        10.0, 5.0, 4.0;
        6.0, 20.0, 9.0;
        3.0, 12.0, 30.0
    ];
    let y = dmatrix![
        40.0, 0.0, 21.0;
        25.0, 0.0, 60.0;
        14.0, 0.0, 90.0
    ];
    support::table(&["CHN_D", "CHN_F", "USA"], &["x"], z, y).with_description(None, Some(2010))
}

#[test]
fn parts_of_owners_sum_to_domestic_value_added() {
    let endings = Endings::default();
    let table = split();
    let groups = endings.groups(table.axis());
    assert_eq!(groups.len(), 1);
    let united = table.regroup(&groups).unwrap();
    let model = model(&united);
    let facts = YearFacts::of(&model, 2010).unwrap();
    let shares = endings.foreign_share(model.axis()).unwrap();
    assert_eq!(&shares[..2], &[0.0, 1.0]);
    assert!(shares[2].is_nan());
    let owners = ownership::by_owner(model.axis(), &facts, &shares, Level::Country, &endings);
    let china = &owners[0];
    // Domestic value added by its own route: v_s B_ss e_s of the model.
    let dva = model.value_added_content_by_origin().unwrap()[(0, 0)];
    close(china.dva, dva, dva, ROUNDING, "dva");
    close(china.domestic + china.foreign, dva, dva, ROUNDING, "parts");
    // The foreign-owned part by a satellite of foreign-owned value added.
    let foreign: Vec<f64> = (0..3).map(|row| if row == 1 { facts.value_added[row] } else { 0.0 }).collect();
    let traced = model.with_satellite("foreign-owned", "unit", &foreign).unwrap();
    let content = traced.value_added_content_by_origin().unwrap()[(0, 0)];
    close(china.foreign, content, dva, ROUNDING, "foreign-owned part");
    assert!((china.low - china.high).abs() < ROUNDING && china.share() > 0.3);
    // Owners of the United States are not known: anything between nothing and all.
    assert!(owners[1].share().is_nan());
    assert!(owners[1].low.abs() < ROUNDING && (owners[1].high - 1.0).abs() < ROUNDING);
    let unsplit =
        support::table(&["A", "B"], &["x"], dmatrix![1.0, 1.0; 1.0, 1.0], dmatrix![5.0, 1.0; 1.0, 5.0]);
    assert!(matches!(endings.foreign_share(unsplit.axis()), Err(UpgradingError::NotSplit { .. })));
}

#[test]
fn rows_of_unknown_owners_are_bounded_by_their_capital_income() {
    let endings = Endings::default();
    let table = split();
    let model = model(&table.regroup(&endings.groups(table.axis())).unwrap());
    let mut facts = YearFacts::of(&model, 2010).unwrap();
    let half = 0.5 * facts.value_added[2];
    facts.set_account(CAPITAL, vec![f64::NAN, f64::NAN, half]);
    let shares = endings.foreign_share(model.axis()).unwrap();
    let owners = ownership::by_owner(model.axis(), &facts, &shares, Level::Country, &endings);
    assert!(owners[0].known && !owners[1].known);
    close(owners[1].high, 0.5, 1.0, ROUNDING, "capital share");
    // On the command line each row says what it rests on.
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).display().to_string()
    };
    let text = "row,CHN_D.x,CHN_F.x,USA.x,CHN_D.FD,CHN_F.FD,USA.FD\nCHN_D.x,10,5,4,40,0,21\n\
                CHN_F.x,6,20,9,25,0,60\nUSA.x,3,12,30,14,0,90\n";
    let (dated, undated) = (write("2010.csv", text), write("world.csv", text));
    let capital = write("capital.csv", "economy,sector,year,value\nUSA,x,2010,53\n");
    let output = vadex(&["ownership", &dated, "--capital", &capital, "--format", "csv"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let lines: Vec<String> = stdout(&output).lines().map(str::to_owned).collect();
    let of = |start: &str| lines.iter().find(|line| line.starts_with(start)).unwrap().clone();
    assert!(of("2010,CHN,").ends_with(",split"), "{lines:?}");
    let usa = of("2010,USA,");
    let cells: Vec<&str> = usa.split(',').collect();
    assert_eq!(cells.last(), Some(&"bounds"), "{usa}");
    close(cells[cells.len() - 2].parse().unwrap(), 0.5, 1.0, ROUNDING, "foreign_owned_max");
    let told = stderr(&output);
    assert!(told.contains("no owners in the labels for USA in 2010"), "{told}");
    assert!(told.contains(&format!("capital from {capital} (sha256 ")), "{told}");
    let refused = stderr(&vadex(&["ownership", &undated]));
    assert!(refused.contains("are by year") && !refused.contains("upgrading"), "{refused}");
    let said = vadex(&["ownership", &undated, "--year", "2010", "-q", "--format", "csv"]);
    assert!(stdout(&said).contains("2010,CHN,"), "{}", stderr(&said));
}

#[test]
fn the_notes_name_the_years_of_a_store_and_every_file_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = folder.path().join("jobs.csv");
    fs::write(&jobs, "economy,sector,year,value\nAUS,c1,2007,5\n").unwrap();
    let (jobs, out) = (jobs.display().to_string(), folder.path().join("up.csv").display().to_string());
    let output = vadex(&[
        "upgrading",
        "builtin:wiod13",
        "--year",
        "2007,2008",
        "--economy",
        "CHN",
        "--jobs",
        &jobs,
        "--bootstrap",
        "199",
        "-o",
        &out,
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let notes: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(format!("{out}.notes.json")).unwrap()).unwrap();
    let text = notes.to_string();
    assert!(text.contains("hours, labour, labour-high from builtin:wiod13 satellites, 2007-2008"), "{text}");
    assert!(!text.contains("satellites/1995"), "{text}");
    let hash = vadex::load::sha256_of_file(Path::new(&jobs)).unwrap();
    let sources = notes["sources"].as_array().unwrap();
    assert!(sources.iter().any(|source| source["sha256"] == hash.as_str()), "{text}");
    assert!(sources.iter().any(|source| source["source"] == "builtin:wiod13 satellites/2007"), "{text}");
}

#[test]
fn an_economy_that_exports_nothing_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let text = "row,A.x,B.x,A.FD,B.FD\nA.x,10,5,40,20\nB.x,0,10,0,50\n";
    fs::create_dir(folder.path().join("tables")).unwrap();
    for year in ["2000", "2001"] {
        fs::write(folder.path().join(format!("tables/{year}.csv")), text).unwrap();
    }
    let jobs = folder.path().join("jobs.csv");
    fs::write(&jobs, "economy,sector,year,value\nA,x,,5\nB,x,,5\n").unwrap();
    let (tables, jobs) = (folder.path().join("tables").display().to_string(), jobs.display().to_string());
    let run = |more: &[&str]| {
        let asked: [&str; 6] = ["upgrading", &tables, "--economy", "B", "--jobs", &jobs];
        stderr(&vadex(&[&asked[..], more].concat()))
    };
    let steps = run(&["--show", "shift-share"]);
    assert!(steps.contains("B exports nothing") && steps.contains("--scope all"), "{steps}");
    let trends = run(&["--bootstrap", "199", "--format", "csv"]);
    assert!(trends.contains("B exports nothing"), "{trends}");
    let all = run(&["--show", "shift-share", "--scope", "all", "--format", "csv"]);
    assert!(!all.contains("exports nothing"), "{all}");
}

#[test]
fn without_owners_there_are_bounds_from_zero_to_the_capital_share() {
    let panel = World::default().panel();
    let rows = ownership::bounds(panel.axis(), &panel.years()[0], Level::Country);
    assert_eq!(rows.len(), ECONOMIES.len());
    for row in &rows {
        assert!(row.share().is_nan() && row.low.abs() < ROUNDING);
        close(row.high, 0.4, 1.0, ROUNDING, "capital share of the made-up world");
    }
    // Shares that differ by row: the bound is the content of capital income in exports over that of value added.
    let mut panel = panel;
    let model = model(&World::default().table(0));
    let facts = &panel.years()[0];
    let capital: Vec<f64> = (0..facts.output.len())
        .map(|row| (0.2 + 0.1 * (row % 3) as f64 + 0.01 * row as f64) * facts.value_added[row])
        .collect();
    let traced = model.with_satellite("capital", "unit", &capital).unwrap();
    let (content, dva) =
        (traced.value_added_content_by_origin().unwrap(), model.value_added_content_by_origin().unwrap());
    panel.years_mut()[0].set_account(CAPITAL, capital);
    for (s, row) in ownership::bounds(panel.axis(), &panel.years()[0], Level::Country).iter().enumerate() {
        close(row.high, content[(s, s)] / dva[(s, s)], 1.0, ROUNDING, "bound");
    }
    // An unknown capital income leaves the bound open, it does not count as zero.
    let mut capital = panel.years()[0].account(CAPITAL).unwrap().to_vec();
    capital[0] = f64::NAN;
    panel.years_mut()[0].set_account(CAPITAL, capital);
    assert!(ownership::bounds(panel.axis(), &panel.years()[0], Level::Country)[0].high.is_nan());
}

#[test]
fn sectors_split_by_owner_are_told_as_one_sector() {
    let labels = ["c_D", "c_F", "s"];
    let z = DMatrix::from_fn(6, 6, |i, j| 1.0 + ((i * 7 + j * 3) % 5) as f64);
    let y = DMatrix::from_fn(6, 2, |i, j| 30.0 + (i * 5 + j * 9) as f64);
    let table = support::table(&["A", "B"], &labels, z, y);
    let model = model(&table);
    let endings = Endings::default();
    let shares = endings.foreign_share(model.axis()).unwrap();
    let facts = YearFacts::of(&model, 2000).unwrap();
    let rows = ownership::by_owner(model.axis(), &facts, &shares, Level::Sector, &endings);
    let names: Vec<Option<&str>> = rows.iter().map(|row| row.sector.as_deref()).collect();
    assert_eq!(names, [Some("c"), Some("s"), Some("c"), Some("s")]);
    close(rows[0].domestic, facts.in_exports(0, facts.value_added[0]), rows[0].dva, ROUNDING, "domestic");
    close(rows[0].foreign, facts.in_exports(1, facts.value_added[1]), rows[0].dva, ROUNDING, "foreign");
}

// Embedded data: the binary against a slow form.

fn json(output: &std::process::Output) -> Vec<serde_json::Value> {
    assert!(output.status.success(), "{}", stderr(output));
    let text: serde_json::Value = serde_json::from_str(&stdout(output)).unwrap();
    text.as_array().unwrap().clone()
}

/// x, W, B e_s and jobs of China's rows by repeated multiplication, straight from the table.
fn slowly(year: i32) -> (Vec<String>, Vec<[f64; 4]>) {
    let tables = load::discover(&format!("builtin:wiod13/{year}"), &[]).unwrap();
    let table = tables[0].open(&ReadOptions::default()).unwrap();
    let accounts = load::satellites("builtin:wiod13").unwrap();
    let axis = table.axis();
    let (x, inputs) = (table.row_sums(), table.input_sums());
    let z = table.intermediate_use().to_dense();
    let mut a = z.clone();
    for (j, mut column) in a.column_iter_mut().enumerate() {
        column *= if x[j] == 0.0 { 0.0 } else { 1.0 / x[j] };
    }
    let china = axis.find_economy("CHN").unwrap();
    let home = axis.block(china);
    let categories = table.categories().len();
    let exports = DVector::from_fn(axis.n_rows(), |row, _| {
        if !home.contains(&row) {
            return 0.0;
        }
        let abroad: f64 = (0..axis.n_rows()).filter(|j| !home.contains(j)).map(|j| z[(row, j)]).sum();
        let finals: f64 = (0..table.final_demand().ncols())
            .filter(|k| k / categories != china)
            .map(|k| table.final_demand()[(row, k)])
            .sum();
        abroad + finals
    });
    let (mut output, mut round) = (exports.clone(), exports);
    for _ in 0..400 {
        round = &a * round;
        output += &round;
    }
    let rows: Vec<[f64; 4]> = home
        .clone()
        .map(|row| {
            let sector = &axis.sectors()[axis.sector_of(row)];
            let jobs = accounts.figure("jobs", "CHN", sector, year).unwrap().unwrap_or(0.0);
            [x[row], x[row] - inputs[row], output[row], jobs]
        })
        .collect();
    (home.map(|row| axis.sectors()[axis.sector_of(row)].clone()).collect(), rows)
}

#[test]
fn the_embedded_accounts_give_what_a_slow_form_gives() {
    let years = [1995, 1996, 1997];
    let slow: Vec<(Vec<String>, Vec<[f64; 4]>)> = years.map(slowly).into();
    let arguments =
        ["upgrading", "builtin:wiod13", "--year", "1995-1997", "--economy", "CHN", "-q", "--format", "json"];
    let rows = json(&vadex(&[&arguments[..], &["--all"]].concat()));
    let find = |id: &str| rows.iter().find(|row| row["measure"] == id).unwrap_or_else(|| panic!("no {id}"));
    let number = |row: &serde_json::Value, field: &str| row[field].as_f64().unwrap();
    let sums = |t: usize, c: usize| slow[t].1.iter().map(|row| row[c]).sum::<f64>();
    let per_job = |t: usize| sums(t, 1) / sums(t, 3);
    let found = find("va_per_job");
    close(number(found, "first"), per_job(0), per_job(0), LARGE_ROUNDING, "value added a worker 1995");
    close(number(found, "last"), per_job(2), per_job(2), LARGE_ROUNDING, "value added a worker 1997");
    let trend = 100.0 * (per_job(2) / per_job(0)).ln() / 2.0;
    close(number(found, "trend"), trend, 1.0, LARGE_ROUNDING, "trend");
    assert!(found["trend_lo"].is_null() && found["needs"].as_str().unwrap().contains("7 years"));
    close(
        number(find("va_share"), "first"),
        sums(0, 1) / sums(0, 0),
        1.0,
        LARGE_ROUNDING,
        "value-added share",
    );
    assert_eq!(find("va_price")["status"], "missing");
    assert_eq!(find("fs_skill")["status"], "proxy");
    // Shift-share with base-year weights, interaction halved.
    let mut cumulated = 0.0;
    let steps = json(&vadex(&[&arguments[..], &["--show", "shift-share"]].concat()));
    for t in 0..2 {
        let part = |t: usize, amount: usize| -> Vec<f64> {
            slow[t]
                .1
                .iter()
                .map(|row| if row[0] == 0.0 { 0.0 } else { row[amount] / row[0] * row[2] })
                .collect()
        };
        let (l0, q0, l1, q1) = (part(t, 3), part(t, 1), part(t + 1, 3), part(t + 1, 1));
        let total = |v: &[f64]| v.iter().sum::<f64>();
        let (p0, p1) = (total(&q0) / total(&l0), total(&q1) / total(&l1));
        let (mut within, mut between) = (0.0, 0.0);
        for i in 0..l0.len() {
            if l0[i] == 0.0 && l1[i] == 0.0 {
                continue;
            }
            let (a, b) = (q0[i] / l0[i], q1[i] / l1[i]);
            let (ta, tb) = (l0[i] / total(&l0), l1[i] / total(&l1));
            within += ta * (b - a) + (b - a) * (tb - ta) / 2.0;
            between += a * (tb - ta) + (b - a) * (tb - ta) / 2.0;
        }
        let log_mean = (p1 - p0) / (p1 / p0).ln();
        close(number(&steps[t], "growth"), 100.0 * (p1 / p0).ln(), 1.0, 100.0 * LARGE_ROUNDING, "growth");
        close(number(&steps[t], "within"), 100.0 * within / log_mean, 1.0, 100.0 * LARGE_ROUNDING, "within");
        close(
            number(&steps[t], "between"),
            100.0 * between / log_mean,
            1.0,
            100.0 * LARGE_ROUNDING,
            "between",
        );
        cumulated += between / log_mean;
    }
    close(number(find("between"), "last"), cumulated, 1.0, LARGE_ROUNDING, "cumulated shift");
}

// Files.

fn occupations(folder: &Path, change: impl Fn(&str) -> String) -> String {
    let mut text = String::from("economy,sector,year,function,share\n");
    for economy in ECONOMIES {
        for sector in SECTORS {
            for (function, share) in [("R&D", 0.3), ("management", 0.2), ("fabrication", 0.5)] {
                text.push_str(&change(&format!("{economy},{sector},,{function},{share}\n")));
            }
        }
    }
    let path = folder.join("occupations.csv");
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn function_shares_are_checked_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let panel = World::default().panel();
    let read = |change: &dyn Fn(&str) -> String| {
        let path = occupations(folder.path(), change);
        let shares = FunctionShares::read(Path::new(&path))?;
        shares.check(panel.axis(), &panel.calendar())?;
        Ok::<_, UpgradingError>(shares)
    };
    let right = read(&str::to_owned).unwrap();
    assert_eq!(right.functions(), ["R&D", "management", "fabrication"]);
    assert!(right.worst_gap() < 1e-12);
    let wrong = |change: &dyn Fn(&str) -> String| {
        let error = read(change).unwrap_err();
        format!("{error} / {}", error.hint())
    };
    // A sum that is not one: the industry, its lines and the sum.
    let said = wrong(&|line| line.replace("MEX,machinery,,R&D,0.3", "MEX,machinery,,R&D,0.4"));
    assert!(said.contains("MEX.machinery (lines 14, 15, 16)") && said.contains("1.1000"), "{said}");
    // Percent in place of fractions, a word in place of a number, a share given twice.
    let said = wrong(&|line| line.replace("0.5\n", "50\n"));
    assert!(said.contains("column share: 50") && said.contains("not percent"), "{said}");
    let said = wrong(&|line| line.replace("CHN,machinery,,R&D,0.3", "CHN,machinery,,R&D,many"));
    assert!(said.contains("line 5") && said.contains("`share`") && said.contains("many"), "{said}");
    let said = wrong(&|line| line.replace("IND,research,,management", "IND,research,,R&D"));
    assert!(said.contains("two figures for IND.research R&D"), "{said}");
    // Labels that the table does not have, with what was meant.
    let said = wrong(&|line| line.replace("DEU,", "DUE,").replace("machinery", "machinary"));
    assert!(
        said.contains("`DUE`") && said.contains("`DEU` for `DUE`") && said.contains("`machinery`"),
        "{said}"
    );
    // No year in common, and a missing column.
    let said = wrong(&|line| line.replace(",,", ",1950,"));
    assert!(said.contains("1950") && said.contains("2000-2011"), "{said}");
    fs::write(folder.path().join("bare.csv"), "economy,sector,share\nCHN,x,1\n").unwrap();
    let error = FunctionShares::read(&folder.path().join("bare.csv")).unwrap_err().to_string();
    assert!(error.contains("`function`"), "{error}");
}

#[test]
fn a_year_of_its_own_goes_before_every_year_and_missing_years_are_told() {
    let axis = World::default().panel().axis().clone();
    let line = |year: Option<i32>, value: f64| FigureLine {
        line: 2,
        economy: "CHN".into(),
        sector: "machinery".into(),
        year,
        part: String::new(),
        value,
    };
    let figures =
        Figures::new("f", "value", vec![line(None, 1.0), line(Some(2001), 2.0)], Range::NotNegative).unwrap();
    assert!((figures.by_row(&axis, 2001, "")[1] - 2.0).abs() < 1e-15);
    assert!((figures.by_row(&axis, 2005, "")[1] - 1.0).abs() < 1e-15);
    assert!(figures.by_row(&axis, 2005, "")[0].is_nan());
    let dated = Figures::new("f", "value", vec![line(Some(2001), 2.0)], Range::NotNegative).unwrap();
    assert_eq!(dated.check(&axis, &[2000, 2001, 2002]).unwrap(), [2000, 2002]);
    assert!(Figures::new("f", "value", vec![line(None, -1.0)], Range::NotNegative).is_err());
}

/// A folder of yearly tables, and jobs beside them.
fn write_world(world: &World, folder: &Path) -> (String, String, String) {
    let tables = folder.join("tables");
    fs::create_dir(&tables).unwrap();
    let mut jobs = String::from("economy,sector,year,value\n");
    let mut labour = jobs.clone();
    for t in 0..YEARS {
        let table = world.table(t);
        let axis = table.axis();
        let mut text = String::from("row");
        (0..axis.n_rows()).for_each(|row| text.push_str(&format!(",{}", axis.row_label(row))));
        axis.economies().iter().for_each(|economy| text.push_str(&format!(",{economy}.FD")));
        let z = table.intermediate_use().to_dense();
        let facts = YearFacts::of(&model(&table), FIRST + t as i32).unwrap();
        let worked = world.jobs(&facts, t);
        for row in 0..axis.n_rows() {
            text.push_str(&format!("\n{}", axis.row_label(row)));
            z.row(row)
                .iter()
                .chain(table.final_demand().row(row).iter())
                .for_each(|v| text.push_str(&format!(",{v:?}")));
            let label = axis.row_label(row).replace('.', ",");
            jobs.push_str(&format!("{label},{},{:?}\n", FIRST + t as i32, worked[row]));
            labour.push_str(&format!("{label},{},{:?}\n", FIRST + t as i32, 0.6 * facts.value_added[row]));
        }
        text.push('\n');
        fs::write(tables.join(format!("{}.csv", FIRST + t as i32)), text).unwrap();
    }
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    (tables.display().to_string(), write("jobs.csv", &jobs), write("labour.csv", &labour))
}

#[test]
fn the_commands_read_files_beside_tables_and_fit_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let world = World {
        productivity: Box::new(|s, i, t| level(i) * if s == 0 { (0.03 * t).exp() } else { 1.0 }),
        ..World::default()
    };
    let (tables, jobs, labour) = write_world(&world, folder.path());
    let shares = occupations(folder.path(), |line| {
        if line.starts_with("FRA,agriculture") { String::new() } else { line.to_owned() }
    });
    // Without files: what is missing is said, with the option.
    let bare = vadex(&["upgrading", &tables, "--economy", "CHN", "--format", "table"]);
    assert!(bare.status.success(), "{}", stderr(&bare));
    assert!(stdout(&bare).contains("--jobs") && stdout(&bare).contains("--occupations"), "{}", stdout(&bare));
    let wide = stdout(&bare).lines().map(|line| line.chars().count()).max().unwrap();
    assert!(wide <= 80, "{wide} columns:\n{}", stdout(&bare));
    // With files.
    let rows = json(&vadex(&[
        "upgrading",
        &tables,
        "--economy",
        "CHN,DEU",
        "--jobs",
        &jobs,
        "--labour",
        &labour,
        "--occupations",
        &shares,
        "--format",
        "json",
        "-q",
        "--bootstrap",
        "299",
    ]));
    assert_eq!(rows.len(), 8);
    let process = rows.iter().find(|r| r["economy"] == "CHN" && r["kind"] == "process").unwrap();
    assert_eq!(process["measure"], "va_per_job_relative");
    assert_eq!(process["direction"], "advance");
    assert!(rows.iter().filter(|r| r["kind"] == "functional").all(|r| r["status"] == "measured"));
    // With prices that stand still: everything at constant prices is there, and says what it was before.
    let mut text = String::from("year,index\n");
    (0..YEARS).for_each(|t| text.push_str(&format!("{},1\n", FIRST + t as i32)));
    let prices = folder.path().join("prices.csv").display().to_string();
    fs::write(&prices, text).unwrap();
    let real = json(&vadex(&[
        "upgrading",
        &tables,
        "--economy",
        "CHN",
        "--jobs",
        &jobs,
        "--prices",
        &prices,
        "--all",
        "--format",
        "json",
        "-q",
        "--bootstrap",
        "299",
    ]));
    let trend = |id: &str| real.iter().find(|r| r["measure"] == id).unwrap()["trend"].as_f64().unwrap();
    assert!(
        (trend("va_per_job_real") - trend("va_per_job")).abs() < 1e-6 && trend("unit_value").abs() < 1e-6
    );
    assert!((trend("between_real") - trend("between")).abs() < 1e-6);
    let wrong = vadex(&["upgrading", &tables, "--kind", "proces"]);
    assert!(wrong.status.code() == Some(2) && stderr(&wrong).contains("did you mean `process`?"));
    for show in [&["--show", "correlations"][..], &["--level", "sector", "--all"]] {
        let output = vadex(
            &[&["upgrading", &tables, "--jobs", &jobs, "--bootstrap", "299", "--format", "table"], show]
                .concat(),
        );
        let text = stdout(&output);
        let wide = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(output.status.success() && wide <= 80, "{wide} columns:\n{text}");
    }
    // Functions: France lacks an industry, so it is named and left out.
    let functions =
        vadex(&["functions", &tables, "--occupations", &shares, "--labour", &labour, "--year", "2003"]);
    assert!(functions.status.success(), "{}", stderr(&functions));
    assert!(stderr(&functions).contains("FRA"), "{}", stderr(&functions));
    assert!(!stdout(&functions).contains("FRA") && stdout(&functions).contains("2003,CHN,R&D,"));
    // A misspelt economy in a file is an error with a suggestion, not a missing figure.
    let text = fs::read_to_string(&jobs).unwrap().replace("DEU,", "DUE,");
    fs::write(&jobs, text).unwrap();
    let wrong = vadex(&["upgrading", &tables, "--jobs", &jobs]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("did you mean `DEU`?"), "{}", stderr(&wrong));
    // Research and owners.
    let research =
        vadex(&["research", &tables, "--sector", "research", "--year", "2003", "--economy", "CHN"]);
    assert!(stdout(&research).contains("2003,CHN,exports,") && stdout(&research).contains("2003,CHN,final,"));
    let owners = vadex(&["ownership", &tables, "--year", "2003"]);
    assert_eq!(owners.status.code(), Some(2));
    assert!(stderr(&owners).contains("--ownership") && stderr(&owners).contains("--capital"));
    fs::write(folder.path().join("owners.csv"), "economy,sector,share\nCHN,machinery,0.5\n").unwrap();
    let path = folder.path().join("owners.csv").display().to_string();
    let owners = vadex(&[
        "ownership",
        &tables,
        "--year",
        "2003",
        "--ownership",
        &path,
        "--sectors",
        "--economy",
        "CHN",
    ]);
    assert!(owners.status.success(), "{}", stderr(&owners));
    let line = stdout(&owners).lines().find(|line| line.contains("CHN,machinery")).unwrap().to_owned();
    assert!(line.ends_with("0.5,0.5,0.5,shares"), "{line}");
    assert!(stderr(&owners).contains("no foreign-owned shares for"), "{}", stderr(&owners));
}

// Claims.

/// The world as a series with accounts beside it.
fn series(world: &World, capital: f64) -> Series {
    let tables: Vec<(i32, IcioTable)> = (0..YEARS).map(|t| (FIRST + t as i32, world.table(t))).collect();
    let names = [JOBS, HOURS, LABOUR, LABOUR_HIGH, CAPITAL];
    let years = tables
        .iter()
        .enumerate()
        .map(|(t, (year, table))| {
            let facts = YearFacts::of(&Model::build(table, &Default::default()).unwrap(), *year).unwrap();
            let jobs = world.jobs(&facts, t);
            let figures = (0..facts.output.len())
                .flat_map(|row| {
                    let w = facts.value_added[row];
                    [jobs[row], 2.0 * jobs[row], (1.0 - capital) * w, 0.2 * w, capital * w]
                })
                .collect();
            AccountsYear { year: *year, figures, provenance: Provenance::default() }
        })
        .collect();
    let variables = names.map(|name| AccountVariable { name: name.into(), unit: "unit".into() }).into();
    let mut series = Series::from_tables("made up", tables).unwrap();
    series.attach(&SatelliteAccounts::new(
        variables,
        ECONOMIES.map(String::from).into(),
        SECTORS.map(String::from).into(),
        years,
    ));
    series
}

fn verdict(id: &str, world: &World, capital: f64, extra: Extra) -> (Verdict, String) {
    let mut data = ClaimData::of(vec![series(world, capital)]);
    data.extra = extra;
    let options = ClaimOptions { draws: 499, cell_draws: 199, ..ClaimOptions::default() };
    let record = claims::find(id).unwrap().evaluate(&data, &options).unwrap().record;
    (record.verdict, record.reason)
}

const D3: Verdict = Verdict::Undetermined(Reason::Data);

#[test]
fn c34_needs_functions_when_two_kinds_move_together_and_is_refuted_when_they_move_apart() {
    let world = |sign: f64| World {
        productivity: Box::new(|s, i, t| level(i) * (0.005 * s as f64 * t).exp()),
        demand: Box::new(move |s, i, t| {
            let shift = sign * 0.8 * (s as f64 - 3.5) * t;
            match i {
                0 => 150.0 - shift,
                1 => 150.0 + shift,
                _ => 100.0,
            }
        }),
        noise: 0.001,
        ..World::default()
    };
    let (together, reason) = verdict("C34", &world(1.0), 0.4, Extra::default());
    assert_eq!(together, D3, "{reason}");
    assert!(reason.contains("--occupations"), "{reason}");
    let (apart, reason) = verdict("C34", &world(-1.0), 0.4, Extra::default());
    assert_eq!(apart, Verdict::NotSupported, "{reason}");
    // Without accounts: what would settle it, and the command that reads it.
    let bare = ClaimData::of(vec![{
        let mut bare = series(&world(1.0), 0.4);
        bare.accounts = None;
        bare.years.iter_mut().for_each(|facts| facts.world.as_mut().unwrap().satellites.clear());
        bare
    }]);
    let record = claims::find("C34").unwrap().evaluate(&bare, &ClaimOptions::default()).unwrap().record;
    assert_eq!(record.verdict, D3);
    assert!(record.reason.contains("--jobs"), "{}", record.reason);
}

/// One figure an economy and sector (and part) of a file, for every year or by year.
fn lines(value: impl Fn(usize, Option<usize>, &str) -> f64, parts: &[&str], dated: bool) -> Vec<FigureLine> {
    let mut lines = Vec::new();
    let years: Vec<Option<usize>> = if dated { (0..YEARS).map(Some).collect() } else { vec![None] };
    for (s, economy) in ECONOMIES.iter().enumerate() {
        for sector in SECTORS {
            for year in &years {
                for part in parts {
                    lines.push(FigureLine {
                        line: lines.len() + 2,
                        economy: (*economy).into(),
                        sector: sector.into(),
                        year: year.map(|t| FIRST + t as i32),
                        part: (*part).into(),
                        value: value(s, *year, part),
                    });
                }
            }
        }
    }
    lines
}

#[test]
fn c30_bounds_refute_where_capital_earns_little_and_owners_settle_it() {
    let world = World { imported: Box::new(|_, _, _| 0.6), ..World::default() };
    let (low, reason) = verdict("C30", &world, 0.2, Extra::default());
    assert_eq!(low, Verdict::NotSupported, "{reason}");
    let (open, reason) = verdict("C30", &world, 0.45, Extra::default());
    assert_eq!(open, D3, "{reason}");
    assert!(reason.contains("0 and 45%") && reason.contains("--ownership"), "{reason}");
    let owned = |share: f64| {
        let value = move |s: usize, _: Option<usize>, _: &str| share + 0.005 * s as f64;
        let figures = Figures::new("owners", "share", lines(value, &[""], false), Range::Fraction).unwrap();
        verdict("C30", &world, 0.45, Extra { ownership: Some(figures), ..Extra::default() })
    };
    assert_eq!(owned(0.4).0, Verdict::Supported, "{}", owned(0.4).1);
    assert_eq!(owned(0.1).0, Verdict::NotSupported);
}

#[test]
fn c3_follows_the_foreign_owned_part() {
    let world = World { noise: 0.01, ..World::default() };
    assert_eq!(verdict("C3", &world, 0.4, Extra::default()).0, D3);
    let path = |slope: f64| {
        let value = move |s: usize, t: Option<usize>, _: &str| {
            0.4 + slope * t.unwrap_or(0) as f64 + 0.002 * scramble(s, t.unwrap_or(0), 1, 1)
        };
        let figures = Figures::new("owners", "share", lines(value, &[""], true), Range::Fraction).unwrap();
        verdict("C3", &world, 0.4, Extra { ownership: Some(figures), ..Extra::default() })
    };
    // The fall is there, what led the rise before is not in the data.
    let (falls, reason) = path(-0.01);
    assert!(falls == D3 && reason.contains("early phase"), "{reason}");
    assert_eq!(path(0.01).0, Verdict::NotSupported);
}

#[test]
fn c33_is_supported_when_southern_research_stands_still_and_not_when_it_rises() {
    let world = World { noise: 0.01, ..World::default() };
    assert_eq!(verdict("C33", &world, 0.4, Extra::default()).0, D3);
    let with = |rise: f64| {
        let share = move |s: usize, t: Option<usize>| {
            let t = t.unwrap_or(0);
            0.2 + if s < 4 { rise * t as f64 } else { 0.0 } + 0.001 * scramble(s, t, 2, 2)
        };
        let value = move |s: usize, t: Option<usize>, part: &str| {
            if part == "R&D" { share(s, t) } else { 1.0 - share(s, t) }
        };
        let shares = FunctionShares::new("shares", lines(value, &["R&D", "fabrication"], true)).unwrap();
        verdict("C33", &world, 0.4, Extra { occupations: Some(shares), ..Extra::default() })
    };
    assert_eq!(with(0.0).0, Verdict::Supported, "{}", with(0.0).1);
    assert_eq!(with(0.01).0, Verdict::NotSupported, "{}", with(0.01).1);
}

#[test]
fn c37_recognises_research_and_follows_its_origin() {
    let world = |slope: f64| World {
        imported: Box::new(move |_, _, t| 0.4 + slope * t),
        noise: 0.005,
        ..World::default()
    };
    let (rises, reason) = verdict("C37", &world(0.02), 0.4, Extra::default());
    assert!(rises == D3 && reason.contains("parent"), "{reason}");
    assert_eq!(verdict("C37", &world(-0.02), 0.4, Extra::default()).0, Verdict::NotSupported);
    let unknown = Extra { research: vec!["reserch".into()], ..Extra::default() };
    let mut data = ClaimData::of(vec![series(&world(0.0), 0.4)]);
    data.extra = unknown;
    let error = claims::find("C37").unwrap().evaluate(&data, &ClaimOptions::default()).unwrap_err();
    assert!(error.hint().contains("research"), "{}", error.hint());
}

#[test]
fn every_measure_is_listed_and_explained() {
    let listed = stdout(&vadex(&["list", "measures"]));
    for measure in MEASURES {
        let profile = measure.profile();
        assert!(listed.lines().any(|line| line.starts_with(profile.id)), "{}", profile.id);
    }
    let told = stdout(&vadex(&["explain", "between"]));
    assert!(told.contains("upgrading, inter-sectoral") && told.contains("needs: persons engaged"), "{told}");
}

#[test]
fn the_memory_that_is_stated_is_that_of_reading_too() {
    let (leather, functions) = (support::fixture("leather.csv"), support::fixture("functions.csv"));
    for command in [
        &["upgrading", leather.as_str()][..],
        &["ownership", leather.as_str()],
        &["functions", leather.as_str(), "--occupations", functions.as_str()],
    ] {
        let output = vadex(&[command, &["--memory", "1k"]].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{command:?}");
        let talk = stderr(&output);
        assert!(talk.contains("while they are read, 1 kB are allowed by --memory"), "{command:?}: {talk}");
    }
}
