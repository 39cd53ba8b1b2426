//! A price file: CSV with the columns `economy,sector,year,index`; economy or sector may be left out.

use std::path::Path;

use super::{LoadError, label_csv};
use crate::table::PriceLine;

/// Reads the lines of a price file. An empty economy or sector, or an absent column, stands for every one.
///
/// # Errors
/// No such file, a missing column, one that means nothing here, text where a year or an index should be.
pub fn read(path: &Path) -> Result<Vec<PriceLine>, LoadError> {
    let name = path.display().to_string();
    let lines = label_csv::read_only(path, &["year", "index"], &["economy", "sector"])?;
    let mut prices = Vec::with_capacity(lines.len());
    for line in lines {
        let number = line.number;
        let wrong = |column: &str, value: &str| LoadError::NotANumber {
            path: name.clone(),
            row: format!("line {number}"),
            column: column.to_owned(),
            value: value.to_owned(),
        };
        let [year, index, economy, sector] =
            <[String; 4]>::try_from(line.fields).map_err(|_| wrong("year", ""))?;
        prices.push(PriceLine {
            economy: Some(economy).filter(|label| !label.is_empty()),
            sector: Some(sector).filter(|label| !label.is_empty()),
            year: year.parse().map_err(|_| wrong("year", &year))?,
            index: index.parse().map_err(|_| wrong("index", &index))?,
            line: number,
        });
    }
    Ok(prices)
}
