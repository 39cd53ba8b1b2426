//! Flows that a program has in its own memory, to trade in value added, a decomposition, jobs in exports and a group of
//! economies. No file is read.
//!
//! `cargo run --release --example own_table`

use vadex::decompose::{Scope, Workspace, find_method};
use vadex::indicators::{Level, trade_in_value_added};
use vadex::labels::{Group, LabelError};
use vadex::model::{Model, ModelOptions};
use vadex::nalgebra::DMatrix;
use vadex::table::{IcioTable, Severity, TableError, TableParts, check};

const ECONOMIES: [&str; 3] = ["A", "B", "C"];
const SECTORS: [&str; 2] = ["goods", "services"];

/// Who sells to which industry, by rows: a slice such as ndarray, numpy or a column store hand over.
const SALES: [f64; 36] = [
    20.0, 5.0, 10.0, 1.0, 4.0, 1.0, // A goods
    10.0, 15.0, 2.0, 1.0, 1.0, 1.0, // A services
    8.0, 2.0, 30.0, 6.0, 6.0, 2.0, // B goods
    1.0, 1.0, 12.0, 20.0, 1.0, 2.0, // B services
    6.0, 1.0, 5.0, 1.0, 10.0, 3.0, // C goods
    1.0, 1.0, 1.0, 1.0, 5.0, 8.0, // C services
];

/// Who sells to final demand of which economy, by rows.
const FINAL_SALES: [f64; 18] = [
    40.0, 12.0, 6.0, // A goods
    50.0, 2.0, 1.0, // A services
    10.0, 60.0, 8.0, // B goods
    1.0, 70.0, 2.0, // B services
    5.0, 6.0, 30.0, // C goods
    1.0, 1.0, 35.0, // C services
];

/// Thousand persons engaged, by row.
const JOBS: [f64; 6] = [9.0, 14.0, 11.0, 19.0, 12.0, 16.0];

fn table() -> Result<IcioTable, TableError> {
    let mut rows = Vec::new();
    for economy in ECONOMIES {
        rows.extend(SECTORS.map(|sector| (economy.to_owned(), sector.to_owned())));
    }
    let (n, economies) = (rows.len(), ECONOMIES.len());
    IcioTable::new(TableParts {
        year: Some(2020),
        ..TableParts::new(
            rows,
            vec!["final".into()],
            DMatrix::from_row_slice(n, n, &SALES),
            DMatrix::from_row_slice(n, economies, &FINAL_SALES),
            "million USD",
        )
    })
}

fn main() -> Result<(), vadex::Error> {
    let table = table()?;
    // Nothing is repaired silently: what does not hold is told, and whether to go on is the program's decision.
    for finding in check(&table).iter().filter(|finding| finding.severity == Severity::Violation) {
        println!("{}", finding.told(table.year()));
    }
    let model = Model::build(&table, &ModelOptions::default())?;
    let axis = model.axis();

    println!("economy   exports  domestic  absorbed abroad ({})", table.unit());
    for row in trade_in_value_added(&model, Level::Country)? {
        let name = &axis.economies()[row.economy];
        let share = row.dva_share().unwrap_or(f64::NAN);
        println!("{name:>7} {:>9.2} {:>8.1}% {:>16.2}", row.gexp, 100.0 * share, row.vax);
    }

    // A decomposition: columns of numbers by term, keys as indices on the axis.
    let work = Workspace::new(&model)?;
    let scope = Scope::named(axis, &["A"], &["B"], &[])?;
    let result = find_method("bm-source")?.run(&work, Level::Bilateral, &scope)?;
    println!("\nexports of {}", result.unit_label(axis, 0));
    for (term, values) in result.terms.iter().zip(&result.values) {
        println!("{:>7} {:>9.3}  {}", term.symbol, values[0], term.meaning);
    }

    // Another account in place of value added: the same factorisation.
    let jobs = model.with_satellite("jobs", "thousand persons", &JOBS)?;
    println!();
    for row in trade_in_value_added(&jobs, Level::Country)? {
        let name = &axis.economies()[row.economy];
        println!("{name}: {:.2} {} work for exports", row.dva, jobs.primary().unit);
    }

    // Two economies as one: trade between them is domestic.
    let union = Group { name: "AB".into(), members: vec!["A".into(), "B".into()] };
    let united = Model::build(&table.regroup(&[union])?, &ModelOptions::default())?;
    let exports: f64 = trade_in_value_added(&united, Level::Country)?.iter().map(|row| row.gexp).sum();
    println!("\nA and B as one economy: {exports:.1} {} cross a border", table.unit());

    // Errors are matched on; each has a `hint()` besides.
    match united.axis().find_economy("A") {
        Err(LabelError::InGroup { member, group }) => println!("{member} is a part of {group} now"),
        other => println!("{other:?}"),
    }
    Ok(())
}
