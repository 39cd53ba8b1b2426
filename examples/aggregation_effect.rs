//! How far does aggregation move the headline shares? Compares embedded tables with the published ones they were made
//! from and prints the tables of `data/README.md`.
//!
//! ```text
//! cargo run --release --example aggregation_effect -- ../shared/tables
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use vadex::Error;
use vadex::indicators::{Level, import_content, trade_in_value_added};
use vadex::load::{ReadOptions, discover, national};
use vadex::model::{Model, ModelOptions};

/// (economy, year) -> shares.
type Shares = BTreeMap<(String, i32), Vec<f64>>;

fn world(input: &str) -> Result<Shares, Error> {
    let mut shares = Shares::new();
    for reference in discover(input, &[])? {
        let table = reference.open(&ReadOptions::default())?;
        let model = Model::build(&table, &ModelOptions::default())?;
        for row in trade_in_value_added(&model, Level::Country)? {
            let key = (table.axis().economies()[row.economy].clone(), table.year().unwrap_or(0));
            let share = |value: Option<f64>| value.unwrap_or(f64::NAN);
            shares.insert(key, vec![share(row.dva_share()), share(row.vs_share()), share(row.vax_ratio())]);
        }
    }
    Ok(shares)
}

fn nations(input: &str) -> Result<Shares, Error> {
    let mut shares = Shares::new();
    for year in national::read(input, &[])? {
        for table in &year.tables {
            let share = import_content(table)?[0].vs_share().unwrap_or(f64::NAN);
            shares.insert((table.economy().to_owned(), year.year), vec![share]);
        }
    }
    Ok(shares)
}

/// One line an economy: for each share, the largest difference over the years and that of the last year, in points.
fn print(names: &[&str], full: &Shares, small: &Shares) {
    let last = full.keys().map(|key| key.1).max().unwrap_or(0);
    let heads: Vec<String> = names.iter().map(|name| format!("{name}: largest | {name}: {last}")).collect();
    println!("| economy | {} |\n|---|{}", heads.join(" | "), "---:|---:|".repeat(names.len()));
    let mut economies: Vec<&String> = full.keys().map(|key| &key.0).collect();
    economies.dedup();
    for economy in economies {
        let mut line = format!("| {economy} |");
        for position in 0..names.len() {
            let mut differences: Vec<(i32, f64)> = full
                .iter()
                .filter(|(key, _)| key.0 == *economy)
                .map(|(key, shares)| (key.1, 100.0 * (small[key][position] - shares[position])))
                .collect();
            let latest = differences.iter().find(|(year, _)| *year == last).map_or(f64::NAN, |d| d.1);
            differences.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
            line.push_str(&format!(" {:+.2} ({}) | {latest:+.2} |", differences[0].1, differences[0].0));
        }
        println!("{line}");
    }
}

fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "../shared/tables".into());
    let path = |name: &str| Path::new(&folder).join(name).display().to_string();
    println!("`builtin:wiod13` minus the full tables, percentage points:\n");
    print(&["dva_share", "vs_share", "vax_ratio"], &world(&path("wiod2013_int"))?, &world("builtin:wiod13")?);
    println!("\n`builtin:wiod16-national` minus the full tables, percentage points:\n");
    print(&["vs_share"], &nations(&path("wiod2016_niot"))?, &nations("builtin:wiod16-national")?);
    Ok(())
}
