//! The claims engine on made-up worlds whose answer is known: the verdict must find it, and follow when it is changed.

use std::fs;
use std::path::Path;

use nalgebra::{DMatrix, DVector};
use tempfile::TempDir;
use vadex::claims::{
    self, CLAIMS, ClaimData, ClaimError, ClaimOptions, FACTORS, NationalAccount, Outcome, Reason, Verdict,
};
use vadex::load::{LoadError, ReadOptions};

use super::support::{stderr, stdout, vadex};

/// A world with a planted path.
struct Plant {
    economies: usize,
    sectors: Vec<&'static str>,
    years: Vec<i32>,
    /// Domestic share of inputs of an economy's industry, by time from 0 to 1 and year.
    domestic: fn(usize, usize, f64, i32) -> f64,
    /// Price of the first product.
    price: fn(f64) -> f64,
    /// Weight of the second product in final demand.
    second: fn(f64) -> f64,
    /// Standard deviation of noise in the domestic share.
    noise: f64,
    unit: f64,
}

impl Default for Plant {
    fn default() -> Self {
        Self {
            economies: 6,
            sectors: vec!["mining", "electronics", "food", "services"],
            years: (1998..2014).collect(),
            domestic: |s, _, _, _| base(s),
            price: |_| 1.0,
            second: |_| 1.0,
            noise: 0.003,
            unit: 1.0,
        }
    }
}

/// Domestic share of an economy at the start.
fn base(s: usize) -> f64 {
    0.62 + 0.03 * s as f64
}

/// Size of an economy's change.
fn size(s: usize) -> f64 {
    0.12 + 0.02 * s as f64
}

/// A number in (0, 1) that looks random and is the same everywhere.
fn scramble(a: usize, b: usize, c: usize, d: usize) -> f64 {
    let mut z = (a as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (b as u64 + 7).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        ^ (c as u64 + 13).wrapping_mul(0x94d0_49bb_1331_11eb)
        ^ (d as u64 + 29).wrapping_mul(0xd6e8_feb8_6659_fd93);
    for _ in 0..3 {
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
    }
    (z >> 11) as f64 / (1_u64 << 53) as f64
}

impl Plant {
    /// Z and Y of one year.
    fn flows(&self, t: usize) -> (DMatrix<f64>, DMatrix<f64>) {
        let (g, n) = (self.economies, self.sectors.len());
        let time = t as f64 / (self.years.len() - 1) as f64;
        let mut a = DMatrix::zeros(g * n, g * n);
        let mut y = DMatrix::zeros(g * n, g);
        for s in 0..g {
            let shock = self.noise * 3.46 * (scramble(s, t, 1, 99) - 0.5);
            for j in 0..n {
                let domestic = (self.domestic)(s, j, time, self.years[t]) + shock;
                for i in 0..n {
                    let input = 0.5 / n as f64 * (0.6 + 0.8 * scramble(s, i, j, 5));
                    // The first product comes from the first economy, wherever it is used.
                    let domestic = if i == 0 && s > 0 { 0.2 * domestic } else { domestic };
                    let weight =
                        |r: usize| (0.2 + scramble(s, i, j, r)) * if i == 0 && r == 0 { 50.0 } else { 1.0 };
                    let weights: f64 = (0..g).filter(|r| *r != s).map(weight).sum();
                    for r in 0..g {
                        let origin = if r == s { domestic } else { (1.0 - domestic) * weight(r) / weights };
                        a[(r * n + i, s * n + j)] = input * origin;
                    }
                }
            }
            for i in 0..n {
                let demand = (50.0 + 100.0 * scramble(s, i, 3, 3))
                    * 1.04_f64.powi(t as i32)
                    * match i {
                        // Raw materials are inputs.
                        0 => 0.05,
                        1 => (self.second)(time),
                        _ => 1.0,
                    };
                for r in 0..g {
                    y[(r * n + i, s)] = demand * if r == s { 0.7 } else { 0.3 / (g - 1) as f64 };
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
            z.row_mut(s * n).scale_mut((self.price)(time));
            y.row_mut(s * n).scale_mut((self.price)(time));
        }
        (z * self.unit, y * self.unit)
    }

    fn write(&self, folder: &Path, skip: &[i32]) {
        let n = self.sectors.len();
        let label = |row: usize| format!("K{}.{}", row / n, self.sectors[row % n]);
        let rows = self.economies * n;
        for (t, year) in self.years.iter().enumerate().filter(|(_, year)| !skip.contains(year)) {
            let (z, y) = self.flows(t);
            let mut text = String::from("row");
            (0..rows).for_each(|row| text.push_str(&format!(",{}", label(row))));
            (0..self.economies).for_each(|s| text.push_str(&format!(",K{s}.FD")));
            for row in 0..rows {
                text.push_str(&format!("\n{}", label(row)));
                z.row(row).iter().chain(y.row(row).iter()).for_each(|v| text.push_str(&format!(",{v:?}")));
            }
            text.push('\n');
            fs::write(folder.join(format!("world-{year}.csv")), text).unwrap();
        }
    }

    fn folder(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path(), &[]);
        folder
    }

    fn data(&self) -> ClaimData {
        open(self.folder().path()).unwrap()
    }

    fn verdicts(&self) -> (Verdict, Verdict) {
        let data = self.data();
        (outcome("C1", &data).record.verdict, outcome("C2", &data).record.verdict)
    }
}

fn open(folder: &Path) -> Result<ClaimData, ClaimError> {
    let input = folder.display().to_string();
    ClaimData::open(&[input], None, &ReadOptions::default(), &mut |_| ())
}

/// Fewer draws than by default: the plants are clear.
fn options() -> ClaimOptions {
    ClaimOptions { draws: 499, cell_draws: 199, ..ClaimOptions::default() }
}

fn outcome(id: &str, data: &ClaimData) -> Outcome {
    claims::find(id).unwrap().evaluate(data, &options()).unwrap()
}

fn thin(s: usize, _: usize, t: f64, _: i32) -> f64 {
    base(s) - size(s) * t
}

fn turn(s: usize, _: usize, t: f64, _: i32) -> f64 {
    base(s) - size(s) * 4.0 * t * (1.0 - t)
}

#[test]
fn a_thinning_path_supports_thinning_and_not_thickening() {
    let plant = Plant { domestic: thin, ..Plant::default() };
    assert_eq!(plant.verdicts(), (Verdict::Supported, Verdict::NotSupported));
}

#[test]
fn a_turn_supports_both_phases() {
    let plant = Plant { domestic: turn, ..Plant::default() };
    assert_eq!(plant.verdicts(), (Verdict::Supported, Verdict::Supported));
}

#[test]
fn a_turn_in_most_economies_supports_thickening_and_in_few_does_not() {
    let most = Plant {
        domestic: |s, j, t, y| if s < 4 { turn(s, j, t, y) } else { thin(s, j, t, y) },
        ..Plant::default()
    };
    assert_eq!(most.verdicts().1, Verdict::Supported);
    let few = Plant {
        domestic: |s, j, t, y| if s < 1 { turn(s, j, t, y) } else { thin(s, j, t, y) },
        ..Plant::default()
    };
    let data = few.data();
    let finding = outcome("C2", &data);
    assert_eq!(finding.record.verdict, Verdict::NotSupported);
    assert_eq!(finding.units[0].verdict, Verdict::Supported, "the one that turns is still told apart");
}

#[test]
fn no_change_supports_neither() {
    let (thinning, thickening) = Plant::default().verdicts();
    assert_eq!((thinning, thickening), (Verdict::NotSupported, Verdict::NotSupported));
    let (thinning, thickening) = Plant { noise: 0.0, ..Plant::default() }.verdicts();
    assert_eq!((thinning, thickening), (Verdict::NotSupported, Verdict::NotSupported));
}

#[test]
fn only_thickening_supports_neither() {
    let plant = Plant { domestic: |s, _, t, _| base(s) - size(s) * (1.0 - t), ..Plant::default() };
    assert_eq!(plant.verdicts(), (Verdict::NotSupported, Verdict::NotSupported));
}

/// Median trend of import content as the tables stand: mining and prices inside.
fn raw_trend(plant: &Plant) -> f64 {
    let finding = outcome("C1", &plant.data());
    let shapes = &finding.details.iter().find(|(name, _)| *name == "shapes").unwrap().1;
    let label = |name: &str, row: usize| match shapes.column(name) {
        Some(vadex::frame::Column::Text(values)) => values[row].clone().unwrap(),
        _ => panic!("no text column {name}"),
    };
    let trends: Vec<f64> = (0..shapes.n_rows())
        .filter(|row| {
            label("indicator", *row) == "VS"
                && label("exports", *row) == "all exports"
                && label("mining", *row) == "with"
                && label("prices", *row) == "current prices"
                && label("economy", *row) != "World"
        })
        .map(|row| shapes.numbers("trend").unwrap()[row])
        .collect();
    vadex::stats::median(&trends).unwrap()
}

#[test]
fn a_price_that_rises_is_not_thinning_whether_or_not_the_labels_tell_it_is_mining() {
    for sectors in [vec!["mining", "electronics", "food", "services"], vec!["S1", "S2", "S3", "S4"]] {
        let plant = Plant { price: |t| 1.0 + 2.0 * t, sectors: sectors.clone(), ..Plant::default() };
        assert!(raw_trend(&plant) > 0.2, "the artefact is there: {}", raw_trend(&plant));
        let (thinning, thickening) = plant.verdicts();
        assert_ne!(thinning, Verdict::Supported, "{sectors:?}");
        assert_ne!(thickening, Verdict::Supported, "{sectors:?}");
    }
}

#[test]
fn a_price_that_rises_and_falls_is_not_thickening() {
    for sectors in [vec!["mining", "electronics", "food", "services"], vec!["S1", "S2", "S3", "S4"]] {
        let plant =
            Plant { price: |t| 1.0 + 8.0 * t * (1.0 - t), sectors: sectors.clone(), ..Plant::default() };
        let (thinning, thickening) = plant.verdicts();
        assert_ne!(thinning, Verdict::Supported, "{sectors:?}");
        assert_ne!(thickening, Verdict::Supported, "{sectors:?}");
    }
}

#[test]
fn thinning_is_still_found_under_moving_prices() {
    let plant = Plant { domestic: thin, price: |t| 1.0 + 8.0 * t * (1.0 - t), ..Plant::default() };
    assert_eq!(plant.verdicts(), (Verdict::Supported, Verdict::NotSupported));
}

#[test]
fn one_year_of_crisis_is_neither() {
    for change in [-0.15, 0.15] {
        let domestic: fn(usize, usize, f64, i32) -> f64 = if change < 0.0 {
            |s, _, _, year| base(s) - if year == 2009 { 0.15 } else { 0.0 }
        } else {
            |s, _, _, year| base(s) + if year == 2009 { 0.15 } else { 0.0 }
        };
        let (thinning, thickening) = Plant { domestic, ..Plant::default() }.verdicts();
        assert_ne!(thinning, Verdict::Supported, "{change}");
        assert_ne!(thickening, Verdict::Supported, "{change}");
    }
}

#[test]
fn a_turn_that_is_only_a_turn_of_the_export_mix_is_not_thickening() {
    let plant = Plant {
        // The second industry imports most of its inputs; demand moves to it and back.
        domestic: |s, j, _, _| if j == 1 { 0.2 } else { base(s) + 0.15 },
        second: |t| 1.0 + 12.0 * t * (1.0 - t),
        ..Plant::default()
    };
    let data = plant.data();
    let record = outcome("C2", &data).record;
    assert!(record.estimate > 0.1, "the path does turn: {}", record.estimate);
    assert_eq!(record.verdict, Verdict::NotSupported, "{}", record.reason);
    assert!(record.reason.contains("mix"), "{}", record.reason);
}

#[test]
fn noise_that_hides_everything_is_undetermined_for_want_of_power() {
    let plant = Plant { noise: 0.12, years: (2000..2010).collect(), economies: 4, ..Plant::default() };
    let data = plant.data();
    // Ten years, one of them 2009: too short once the crisis is left out.
    assert_eq!(outcome("C2", &data).record.verdict, Verdict::Undetermined(Reason::Data));
    let plant = Plant { noise: 0.12, years: (2000..2012).collect(), economies: 4, ..Plant::default() };
    let record = outcome("C2", &plant.data()).record;
    assert_eq!(record.verdict, Verdict::Undetermined(Reason::Power), "{}", record.reason);
    assert!(record.power < 0.5 && record.reason.contains("power"), "{}", record.reason);
}

#[test]
fn the_currency_does_not_matter() {
    let plant = Plant { domestic: turn, economies: 4, ..Plant::default() };
    let here = outcome("C2", &plant.data()).record;
    let there = outcome("C2", &Plant { unit: 1e3, ..plant }.data()).record;
    assert_eq!(here.verdict, there.verdict);
    assert!(
        (here.estimate - there.estimate).abs() < 1e-9
            && (here.interval.low - there.interval.low).abs() < 1e-9
    );
}

#[test]
fn attributions_add_up_and_agree_with_the_paths() {
    let data = Plant { domestic: turn, ..Plant::default() }.data();
    let finding = outcome("C2", &data);
    let frame = |name: &str| &finding.details.iter().find(|(other, _)| *other == name).unwrap().1;
    let decomposition = frame("decomposition");
    let column = |name: &str| decomposition.numbers(name).unwrap();
    assert!(decomposition.n_rows() == 6);
    for row in 0..decomposition.n_rows() {
        let parts: f64 = FACTORS.iter().map(|factor| column(factor)[row]).sum();
        assert!((parts - column("change")[row]).abs() < 1e-13);
        let change = column("share_to")[row] - column("share_from")[row];
        assert!((change - column("change")[row]).abs() < 1e-13 && change < 0.0);
        for factor in FACTORS {
            let (low, high) = (column(&format!("{factor}_min"))[row], column(&format!("{factor}_max"))[row]);
            assert!(low <= column(factor)[row] + 1e-15 && column(factor)[row] <= high + 1e-15);
        }
    }
    // Share and level: the two parts of exports add up, and the share is their ratio.
    let paths = frame("paths");
    let of = |name: &str| paths.numbers(name).unwrap();
    for row in 0..paths.n_rows() {
        assert!((of("vs")[row] + of("dva")[row] - of("gexp")[row]).abs() < 1e-9 * of("gexp")[row]);
        assert!((of("vs")[row] / of("gexp")[row] - of("vs_share")[row]).abs() < 1e-14);
        // VS = FC + domestic double counting.
        assert!(of("fc_share")[row] <= of("vs_share")[row] + 1e-12);
    }
}

#[test]
fn paths_agree_with_the_indicators_of_trade_in_value_added() {
    use vadex::indicators::{Level, trade_in_value_added};
    let folder = Plant { domestic: turn, economies: 4, ..Plant::default() }.folder();
    let table = super::support::open(&folder.path().join("world-2005.csv").display().to_string());
    let rows = trade_in_value_added(&super::support::model(&table), Level::Country).unwrap();
    let data = open(folder.path()).unwrap();
    let facts = data.series[0].years.iter().find(|facts| facts.year == 2005).unwrap();
    let all = [true; 4];
    for (row, account) in rows.iter().zip(&facts.accounts) {
        let (content, exports) = account.import_content(&all, &all);
        assert!((content - row.vs).abs() < 1e-9 * row.gexp && (exports - row.gexp).abs() < 1e-9 * row.gexp);
    }
}

#[test]
fn without_mining_both_parts_of_a_share_are_without_it() {
    use nalgebra::DMatrix;
    let folder = Plant { domestic: turn, economies: 4, ..Plant::default() }.folder();
    let table = super::support::open(&folder.path().join("world-2005.csv").display().to_string());
    let model = super::support::model(&table);
    let (axis, n) = (model.axis(), model.axis().n_rows());
    let inverse = (DMatrix::identity(n, n)
        - DMatrix::from_fn(n, n, |i, j| model.system().input_coefficients().get(i, j)))
    .try_inverse()
    .unwrap();
    let data = open(folder.path()).unwrap();
    let series = &data.series[0];
    assert!(series.map.knows_mining());
    let year = series.years.iter().find(|facts| facts.year == 2005).unwrap();
    let facts = year.world.as_ref().unwrap();
    let sold: Vec<bool> = series.map.mining.iter().map(|mining| !mining).collect();
    for s in 0..axis.n_economies() {
        let (mut own, mut foreign) = (0.0, 0.0);
        for j in axis.block(s).filter(|&j| sold[axis.sector_of(j)]) {
            for i in (0..n).filter(|&i| sold[axis.sector_of(i)]) {
                let added =
                    facts.value_added_share[i] * inverse[(i, j)] * facts.bilateral_exports.row(j).sum();
                if axis.economy_of(i) == s { own += added } else { foreign += added }
            }
        }
        let (part, whole) = facts.content_of_exports(s, &sold, true);
        assert!((part - foreign).abs() < 1e-12 * whole && (whole - own - foreign).abs() < 1e-12 * whole);
        let (_, exports) = facts.content_of_exports(s, &sold, false);
        assert!(whole < exports * (1.0 - 1e-3), "mining is in the exports: {whole} of {exports}");
        // The national account: imported mining products and own mining are what is left out.
        let account = &year.accounts[s];
        let (every, mining) = (vec![true; sold.len()], &series.map.mining);
        let of = |counted: &[bool]| {
            account.import_content(counted, &sold).0 + account.own_value_added(counted, &sold)
        };
        let (_, exports) = account.import_content(&every, &sold);
        assert!((of(&every) - exports).abs() < 1e-12 * exports);
        assert!((of(&sold) + of(mining) - exports).abs() < 1e-12 * exports && of(mining) > 1e-3 * exports);
    }
}

#[test]
fn previous_year_prices_tell_prices_from_technology() {
    let plant = Plant { price: |t| 1.0 + 2.0 * t, sectors: vec!["S1", "S2", "S3", "S4"], ..Plant::default() };
    let folder = plant.folder();
    // The same flows valued at the prices of the year before.
    let prices = tempfile::tempdir().unwrap();
    let steps = plant.years.len() - 1;
    for t in 1..plant.years.len() {
        let one = Plant { years: vec![plant.years[t]], ..Plant::default() };
        let (mut z, mut y) = plant.flows(t);
        let ratio = (plant.price)((t - 1) as f64 / steps as f64) / (plant.price)(t as f64 / steps as f64);
        for s in 0..plant.economies {
            z.row_mut(4 * s).scale_mut(ratio);
            y.row_mut(4 * s).scale_mut(ratio);
        }
        write_year(prices.path(), one.years[0], &plant, &z, &y);
    }
    let input = |folder: &TempDir| folder.path().display().to_string();
    let data =
        ClaimData::open(&[input(&folder)], Some(&input(&prices)), &ReadOptions::default(), &mut |_| ())
            .unwrap();
    let finding = outcome("C1", &data);
    assert_eq!(finding.record.verdict, Verdict::NotSupported, "{}", finding.record.reason);
    assert!(finding.record.reason.contains("prices"), "{}", finding.record.reason);
}

fn write_year(folder: &Path, year: i32, plant: &Plant, z: &DMatrix<f64>, y: &DMatrix<f64>) {
    let n = plant.sectors.len();
    let label = |row: usize| format!("K{}.{}", row / n, plant.sectors[row % n]);
    let mut text = String::from("row");
    (0..z.nrows()).for_each(|row| text.push_str(&format!(",{}", label(row))));
    (0..plant.economies).for_each(|s| text.push_str(&format!(",K{s}.FD")));
    for row in 0..z.nrows() {
        text.push_str(&format!("\n{}", label(row)));
        z.row(row).iter().chain(y.row(row).iter()).for_each(|v| text.push_str(&format!(",{v:?}")));
    }
    text.push('\n');
    fs::write(folder.join(format!("world-{year}.csv")), text).unwrap();
}

#[test]
fn a_gap_and_a_short_series_give_a_message_and_no_verdict() {
    let plant = Plant { domestic: thin, economies: 3, ..Plant::default() };
    let folder = tempfile::tempdir().unwrap();
    plant.write(folder.path(), &[2003]);
    for id in ["C1", "C2"] {
        let record = outcome(id, &open(folder.path()).unwrap()).record;
        assert_eq!(record.verdict, Verdict::Undetermined(Reason::Data));
        assert!(record.reason.contains("gap") && record.reason.contains("2003"), "{}", record.reason);
    }
    let short = Plant { years: (2000..2005).collect(), economies: 3, ..Plant::default() };
    let record = outcome("C1", &short.data()).record;
    assert_eq!(record.verdict, Verdict::Undetermined(Reason::Data));
    assert!(record.reason.contains("5 years") && record.reason.contains("10"), "{}", record.reason);
}

#[test]
fn tables_without_years_two_of_a_year_and_other_sectors_are_errors() {
    let plant = Plant { years: vec![2000, 2001], economies: 2, ..Plant::default() };
    let folder = plant.folder();
    let path = folder.path();
    fs::copy(path.join("world-2001.csv"), path.join("again-2001.csv")).unwrap();
    assert!(matches!(open(path), Err(ClaimError::Load(LoadError::YearTwice { year: 2001, .. }))));
    fs::rename(path.join("again-2001.csv"), path.join("again.csv")).unwrap();
    assert!(matches!(open(path), Err(ClaimError::NoYear { .. })));
    let output = vadex(&["claims", "C1", "--table", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("year") && stderr(&output).contains("try:"), "{}", stderr(&output));
    fs::remove_file(path.join("again.csv")).unwrap();
    let other =
        Plant { years: vec![2002], economies: 2, sectors: vec!["a", "b", "c", "d"], ..Plant::default() };
    write_year(path, 2002, &other, &plant.flows(0).0, &plant.flows(0).1);
    assert!(matches!(open(path), Err(ClaimError::OtherSectors { .. })));
}

#[test]
fn every_claim_gives_a_record_with_all_fields_and_threads_do_not_matter() {
    let folder =
        Plant { domestic: turn, economies: 3, years: (2000..2012).collect(), ..Plant::default() }.folder();
    let table = folder.path().to_str().unwrap();
    let run = |threads| {
        stdout(&vadex(&["claims", "--table", table, "--format", "json", "-q", "--threads", threads]))
    };
    let text = run("1");
    assert_eq!(text, run("3"), "results must not depend on the number of threads");
    let records: serde_json::Value = serde_json::from_str(&text).unwrap();
    let records = records.as_array().unwrap();
    assert_eq!(records.len(), CLAIMS.len());
    for (record, claim) in records.iter().zip(CLAIMS) {
        assert_eq!(record["claim"], claim.card().id);
        assert_eq!(record["statement"], claim.card().statement);
        for field in [
            "verdict",
            "reason",
            "estimate",
            "ci_lo",
            "ci_hi",
            "n",
            "table",
            "spec",
            "p_adj",
            "power",
            "comparators",
            "data",
        ] {
            assert!(record.get(field).is_some(), "{}: no `{field}`", claim.card().id);
        }
        let verdict = record["verdict"].as_str().unwrap();
        assert!(["Supported", "NotSupported", "Undetermined"].contains(&verdict));
        let reason = record["reason"].as_str().unwrap();
        assert!(reason.len() > 10);
        if verdict == "Undetermined" {
            assert!(["D1 ", "D2 ", "D3 ", "D4 "].iter().any(|code| reason.starts_with(code)), "{reason}");
        }
    }
}

#[test]
fn an_unknown_claim_is_named_with_what_there_is() {
    let output = vadex(&["claims", "C99"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("C99") && stderr(&output).contains("C40"));
}

#[test]
fn lines_of_the_terminal_fit_eighty_columns() {
    let folder =
        Plant { domestic: turn, economies: 3, years: (2000..2012).collect(), ..Plant::default() }.folder();
    for verbose in [&["-q"][..], &["-q", "-v"][..]] {
        let mut arguments = vec!["claims", "C1", "C2", "--table", folder.path().to_str().unwrap()];
        arguments.extend(verbose);
        let text = stdout(&vadex(&arguments));
        let folder_name = folder.path().to_str().unwrap();
        let wide = text.lines().find(|line| line.chars().count() > 80 && !line.contains(folder_name));
        assert!(wide.is_none(), "{wide:?}");
        assert!(text.contains("C1") && text.contains("C2"));
    }
}

#[test]
fn accounts_of_small_tables_match_a_calculation_by_hand() {
    // Two economies, one sector each: H uses 30 of its own and 20 imported for 100 of output, exports 40.
    let one = |v: f64| DMatrix::from_element(1, 1, v);
    let account = NationalAccount::new("H", vec![100.0], vec![40.0], one(30.0), one(20.0)).unwrap();
    let (content, exports) = account.import_content(&[true], &[true]);
    assert!((content / exports - 0.2 / 0.7).abs() < 1e-14);
}

#[test]
fn claims_are_solved_by_the_solver_that_is_named() {
    let table = ["builtin:wiod13/2005".to_owned()];
    let solver_of = |solver: Option<&str>| {
        let options = ReadOptions::default();
        let data = ClaimData::open_solved_by(&table, None, &options, solver, &mut |_| ()).unwrap();
        data.series[0].last.as_ref().unwrap().model.system().solver()
    };
    assert_eq!(solver_of(Some("dense-pivoted")), "dense-pivoted");
    assert_ne!(solver_of(None), "dense-pivoted");
    let options = ReadOptions::default();
    let unknown = ClaimData::open_solved_by(&table, None, &options, Some("dense-lux"), &mut |_| ());
    assert!(unknown.unwrap_err().to_string().contains("dense-lux"));
}

#[test]
fn a_product_that_does_not_fit_into_memory_is_no_verdict() {
    // Tables of its year without its economies: it is traced through the embedded one.
    let folder = Plant { economies: 3, years: vec![2009, 2010], ..Plant::default() }.folder();
    let claims = |memory: &str| {
        vadex(&["claims", "C6", "--table", folder.path().to_str().unwrap(), "--memory", memory])
    };
    let refused = claims("54MB");
    let message = stderr(&refused);
    assert_eq!((refused.status.code(), stdout(&refused)), (Some(2), String::new()), "{message}");
    for part in ["the product account on builtin:wiod13/2010: 820 rows", "54 MB are allowed by --memory"] {
        assert!(message.contains(part), "`{part}` is not in {message}");
    }
    let done = claims("100MB");
    assert!(done.status.success() && stdout(&done).contains("builtin:wiod13"), "{}", stderr(&done));
}

#[test]
fn the_memory_of_claims_is_told_with_v_and_not_with_q() {
    let folder = Plant { economies: 3, years: vec![2009, 2010], ..Plant::default() }.folder();
    let talk = |more: &[&str]| {
        let start = ["claims", "C1", "--table", folder.path().to_str().unwrap(), "-v"];
        stderr(&vadex(&[&start[..], more].concat()))
    };
    assert_eq!(talk(&[]).matches("memory: the claims on").count(), 1, "{}", talk(&[]));
    assert!(!talk(&["-q"]).contains("memory:"), "{}", talk(&["-q"]));
}
