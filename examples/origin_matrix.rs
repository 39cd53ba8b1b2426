//! Whose value added is in whose exports? The origin x exporter matrix of one table, largest foreign origins first.
//!
//! `cargo run --release --example origin_matrix -- builtin:wiod13 2011`

use vadex::load::{ReadOptions, discover};
use vadex::model::{Model, ModelOptions};

fn main() -> Result<(), vadex::Error> {
    let mut arguments = std::env::args().skip(1);
    let input = arguments.next().unwrap_or_else(|| "builtin:wiod13".into());
    let year = arguments.next().and_then(|year| year.parse().ok()).unwrap_or(2011);
    let table = discover(&input, &[year])?[0].open(&ReadOptions::default())?;
    let model = Model::build(&table, &ModelOptions::default())?;
    let content = model.value_added_content_by_origin()?;
    let economies = model.axis().economies();
    println!("{input} {year}, {}: share of foreign value added in exports, largest origins", table.unit());
    for (s, exporter) in economies.iter().enumerate() {
        let exports = content.column(s).sum();
        let mut origins: Vec<(f64, &str)> = economies
            .iter()
            .enumerate()
            .filter(|(t, _)| *t != s)
            .map(|(t, origin)| (content[(t, s)] / exports, origin.as_str()))
            .collect();
        origins.sort_by(|a, b| b.0.total_cmp(&a.0));
        let largest: Vec<String> =
            origins.iter().take(4).map(|(share, origin)| format!("{origin} {:.1}%", 100.0 * share)).collect();
        println!("{exporter:>8}  {}", largest.join("  "));
    }
    Ok(())
}
