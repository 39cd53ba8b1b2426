//! `tiva` on real tables against figures computed independently, and the properties that hold on any table.

use std::collections::HashMap;

use nalgebra::DMatrix;
use vadex::indicators::{Level, TivaRow, trade_in_value_added};
use vadex::load::{ReadOptions, discover};
use vadex::model::{Model, ModelOptions};
use vadex::table::{Conventions, IcioTable, OutputConvention, ValueAddedConvention};

use super::support::{close, data_dir, leather, model, open};

/// Rows of the golden file: (year, economy) -> the ten figures.
fn golden(name: &str) -> HashMap<(String, String), Vec<f64>> {
    std::fs::read_to_string(format!("{}/data/golden/tiva/{name}.csv", env!("CARGO_MANIFEST_DIR")))
        .unwrap()
        .lines()
        .skip(2)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let figures = cells[2..].iter().map(|cell| cell.parse().unwrap_or(f64::NAN)).collect();
            ((cells[0].to_owned(), cells[1].to_owned()), figures)
        })
        .collect()
}

/// Compares a table with its golden figures; how many figures were compared.
fn compare(table: &IcioTable, golden: &HashMap<(String, String), Vec<f64>>) -> usize {
    let year = table.year().unwrap().to_string();
    let mut compared = 0;
    for row in trade_in_value_added(&model(table), Level::Country).unwrap() {
        let economy = &table.axis().economies()[row.economy];
        let expected = &golden[&(year.clone(), economy.clone())];
        let none = f64::NAN;
        let found = [
            row.gexp,
            row.dva,
            row.fva,
            row.dva_share().unwrap_or(none),
            row.vs,
            row.vs_share().unwrap_or(none),
            row.vs1,
            row.vax,
            row.vax_ratio().unwrap_or(none),
            row.int_share().unwrap_or(none),
        ];
        for (position, (found, expected)) in found.iter().zip(expected).enumerate() {
            let share = [3, 5, 8, 9].contains(&position);
            let scale = if share { 1.0 } else { row.gexp };
            close(*found, *expected, scale, 1e-11, &format!("{economy} {year}, figure {position}"));
            compared += 1;
        }
    }
    compared
}

#[test]
fn the_full_world_tables_agree_with_an_independent_computation() {
    let Some(folder) = data_dir("full world tables") else { return };
    let golden = golden("wiod2013_int");
    let mut compared = 0;
    for year in ["1995", "2003", "2011"] {
        let table = open(folder.join("wiod2013_int").join(format!("{year}.parquet")).to_str().unwrap());
        compared += compare(&table, &golden);
    }
    assert_eq!(compared, 3 * 41 * 10);
}

#[test]
fn the_embedded_tables_agree_with_an_independent_aggregation() {
    let golden = golden("builtin-wiod13");
    let years = [1995, 2001, 2008, 2011];
    let tables = discover("builtin:wiod13", &years).unwrap();
    let compared: usize =
        tables.iter().map(|table| compare(&table.open(&ReadOptions::default()).unwrap(), &golden)).sum();
    assert_eq!(compared, years.len() * 41 * 10);
}

fn sum<'a>(rows: impl Iterator<Item = &'a TivaRow>) -> [f64; 7] {
    let mut total = [0.0; 7];
    for row in rows {
        let parts = [row.gexp, row.dva, row.fva, row.vs, row.vs1, row.vax, row.intermediate_exports];
        total.iter_mut().zip(parts).for_each(|(total, part)| *total += part);
    }
    total
}

#[test]
fn finer_levels_add_up_to_the_country() {
    let model = model(&leather());
    let country = trade_in_value_added(&model, Level::Country).unwrap();
    for level in [Level::Sector, Level::Bilateral, Level::BilateralSector] {
        let fine = trade_in_value_added(&model, level).unwrap();
        for row in &country {
            let whole = sum(std::iter::once(row));
            let parts = sum(fine.iter().filter(|part| part.economy == row.economy));
            for (whole, part) in whole.iter().zip(parts) {
                close(part, *whole, row.gexp, 1e-14, "additivity over levels");
            }
        }
    }
}

#[test]
fn import_content_is_foreign_content_plus_domestic_double_counting() {
    let model = model(&leather());
    let axis = model.axis();
    let by_origin = model.value_added_by_origin().unwrap();
    let local = model.system().local_leontief().unwrap();
    for row in trade_in_value_added(&model, Level::Country).unwrap() {
        let s = row.economy;
        let block = axis.block(s);
        let share = nalgebra::RowDVector::from_row_slice(&model.value_added_share()[block.clone()]);
        let domestic_only = share * &local[s];
        let double_counting: f64 = block
            .clone()
            .map(|i| (by_origin[(s, i)] - domestic_only[i - block.start]) * model.flows().gross_exports()[i])
            .sum();
        close(row.vs, row.fva + double_counting, row.gexp, 1e-14, "VS = FC + DDC");
    }
}

#[test]
fn the_origin_by_exporter_matrix_has_domestic_content_on_its_diagonal() {
    let model = model(&leather());
    let content = model.value_added_content_by_origin().unwrap();
    for row in trade_in_value_added(&model, Level::Country).unwrap() {
        let s = row.economy;
        close(content[(s, s)], row.dva, row.gexp, 1e-14, "diagonal");
        close(content.column(s).sum(), row.gexp, row.gexp, 1e-14, "column sum");
        let others: f64 = (0..3).filter(|&r| r != s).map(|r| content[(s, r)]).sum();
        close(others, row.vs1, row.gexp, 1e-14, "row sum without the diagonal is VS1");
    }
}

#[test]
fn what_is_absorbed_abroad_is_world_final_demand_for_foreign_value() {
    let model = model(&leather());
    let exports: f64 = trade_in_value_added(&model, Level::Country).unwrap().iter().map(|row| row.vax).sum();
    let by_origin = model.value_added_by_origin().unwrap();
    let demand = model.flows().final_demand();
    let foreign: f64 = (0..3)
        .flat_map(|t| (0..3).filter(move |&r| r != t).map(move |r| (t, r)))
        .map(|(t, r)| (0..9).map(|j| by_origin[(t, j)] * demand[(j, r)]).sum::<f64>())
        .sum();
    close(exports, foreign, foreign, 1e-14, "world VAX");
}

#[test]
fn conventions_change_what_they_say() {
    let table = leather();
    let build = |output, value_added| {
        let conventions = Conventions { output, value_added };
        Model::build(&table, &ModelOptions { conventions, solver: None })
    };
    let residual = build(OutputConvention::RowSum, ValueAddedConvention::Residual).unwrap();
    let published = build(OutputConvention::Published, ValueAddedConvention::Published).unwrap();
    // The leather table balances, so both must agree; and v·B = 1.
    close(residual.value_added_gap().unwrap().worst, 0.0, 1.0, 1e-15, "residual v·B");
    close(published.value_added_gap().unwrap().worst, 0.0, 1.0, 1e-14, "published v·B");
    for (a, b) in residual.value_added_share().iter().zip(published.value_added_share()) {
        close(*a, *b, 1.0, 1e-14, "value-added share");
    }
}

#[test]
fn published_value_added_leaves_taxes_and_margins_out_and_the_gap_says_so() {
    let Some(folder) = data_dir("published value added") else { return };
    let table = open(folder.join("wiod2013_int_2011_allrows/2011.parquet").to_str().unwrap());
    let gap = |value_added| {
        let conventions = Conventions { output: OutputConvention::Published, value_added };
        Model::build(&table, &ModelOptions { conventions, solver: None })
            .unwrap()
            .value_added_gap()
            .unwrap()
            .mean
    };
    let without = gap(ValueAddedConvention::Published);
    let with = gap(ValueAddedConvention::PublishedPlusTaxes);
    assert!(without > 0.02, "taxes and margins are missing from v·B, the gap is {without}");
    // The cells are whole numbers, so the published column closes to rounding only.
    assert!(with < 2e-3, "with taxes and margins v·B is one up to rounding, the gap is {with}");
}

#[test]
fn jobs_in_place_of_value_added_are_never_set_against_money() {
    let table = leather();
    let base = model(&table);
    let n = base.axis().n_rows();
    let jobs: Vec<f64> = (0..n).map(|row| 3.0 + row as f64).collect();
    let traced = base.with_satellite("jobs", "persons", &jobs).unwrap();
    let intensity = DMatrix::from_fn(n, 1, |row, _| jobs[row] / base.flows().gross_output()[row]);
    let inverse = base.system().global_leontief().unwrap();
    let embodied = inverse.tr_mul(&intensity);
    for level in Level::ALL {
        for (row, money) in trade_in_value_added(&traced, level)
            .unwrap()
            .into_iter()
            .zip(trade_in_value_added(&base, level).unwrap())
        {
            // All jobs in exports, from the inverse: at home and abroad.
            let exports = base.flows().bilateral_exports();
            let expected: f64 = base
                .axis()
                .block(row.economy)
                .filter(|&i| row.sector.is_none_or(|sector| base.axis().sector_of(i) == sector))
                .map(|i| {
                    let sold: f64 = match row.partner {
                        Some(partner) => exports[(i, partner)],
                        None => exports.row(i).sum(),
                    };
                    embodied[i] * sold
                })
                .sum();
            close(row.gexp, expected, expected.max(1.0), 1e-12, "embodied");
            close(row.dva + row.fva, row.gexp, row.gexp.max(1.0), 1e-12, "gexp = dva + fva");
            assert!(row.vs.is_nan() && row.intermediate_exports.is_nan() && !money.vs.is_nan());
        }
    }
}
