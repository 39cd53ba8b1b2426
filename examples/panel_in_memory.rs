//! Years of tables in memory to trends of upgrading and to verdicts on claims of the literature.
//!
//! `cargo run --release --example panel_in_memory -- CHN`
//!
//! The embedded tables stand for those of the program: whatever makes an `IcioTable` (see `own_table.rs`) will do.

use vadex::claims::{self, ClaimData, ClaimOptions, Series};
use vadex::level::Level;
use vadex::load::{LoadError, ReadOptions, discover};
use vadex::model::{Model, ModelOptions};
use vadex::table::IcioTable;
use vadex::upgrading::{Panel, VectorOptions, YearFacts, vector};

/// What the tables are called in messages.
const NAME: &str = "in memory";

/// (year, table), in order.
fn tables() -> Result<Vec<(i32, IcioTable)>, LoadError> {
    let mut tables = Vec::new();
    for reference in discover("builtin:wiod13", &[])? {
        let table = reference.open(&ReadOptions::default())?;
        tables.extend(table.year().map(|year| (year, table)));
    }
    Ok(tables)
}

/// Trends of what can be measured from the tables alone; what needs more says so.
fn upgrading(tables: &[(i32, IcioTable)], economy: &str) -> Result<(), vadex::Error> {
    let Some((_, first)) = tables.first() else { return Ok(()) };
    let mut panel = Panel::new(first.axis().clone(), NAME);
    for (year, table) in tables {
        let model = Model::build(table, &ModelOptions::default())?;
        panel.push(model.axis(), NAME, YearFacts::of(&model, *year)?)?;
    }
    let economies = [panel.axis().find_economy(economy)?];
    let units = panel.units(Level::Country, &economies, &[]);
    for reading in vector::readings(&panel, &units, &VectorOptions::default())? {
        let (id, kind) = (reading.profile.id, reading.profile.kind.id());
        if reading.trend.is_finite() {
            let interval = reading.interval;
            println!("{kind:>15} {id}: {:.3} [{:.3}, {:.3}]", reading.trend, interval.low, interval.high);
        } else {
            println!("{kind:>15} {id}: needs {}", reading.needs);
        }
    }
    Ok(())
}

fn main() -> Result<(), vadex::Error> {
    let economy = std::env::args().nth(1).unwrap_or_else(|| "CHN".into());
    let tables = tables()?;
    println!("upgrading of {economy}, trend a year");
    upgrading(&tables, &economy)?;

    // The series takes the tables: of each year it keeps no more than the claims ask of it.
    let data = ClaimData::of(vec![Series::from_tables(NAME, tables)?]);
    let options = ClaimOptions { draws: 499, ..ClaimOptions::default() };
    println!("\nclaims");
    for id in ["C9", "C13", "C14"] {
        let claim = claims::find(id)?;
        let record = claim.evaluate(&data, &options)?.record;
        println!("{id} {}: {}", record.verdict.word(), claim.card().statement);
        println!("   {:.3} {}; {}", record.estimate, record.estimate_unit, record.reason);
    }
    Ok(())
}
