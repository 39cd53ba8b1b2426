//! `vadex deflate`: a table at the prices of the previous year or of a base year.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::load::prices;
use crate::model::memory::{Rewrite, TableSize};
use crate::table::{IcioTable, PriceBase, PriceIndex};

/// Put a table at prices of another year (double deflation)
///
/// Put a table at the prices of the previous year or of a base year; value added by double deflation.
#[derive(Debug, Args)]
#[command(
    after_help = "Prices are a CSV with the columns economy,sector,year,index; a line without economy holds for every \
    economy, one without sector for every sector, the most exact line counts. The index is that of the seller's output, \
    of any base, in the currency of the table: a price in national currency must be multiplied by the exchange rate \
    first.\n\nEvery row is divided by the change of its seller's price, at home and abroad. The rows below (value added, \
    taxes) are replaced by one: deflated output minus deflated inputs.\n\n\
    Example: printf 'year,index\\n2000,100\\n2001,104\\n' > prices.csv\n  \
    vadex deflate builtin:wiod13/2001 --prices prices.csv --base 2000 -o real"
)]
pub(crate) struct Deflate {
    #[command(flatten)]
    input: Input,
    /// Price file
    #[arg(long, value_name = "FILE")]
    prices: PathBuf,
    /// Whose prices: `previous-year`, or a year
    #[arg(long, value_name = "YEAR", value_parser = parse_base)]
    base: PriceBase,
    /// File (.csv or .parquet) for one table; for several, a directory or one .parquet file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

fn parse_base(text: &str) -> Result<PriceBase, String> {
    if text == "previous-year" {
        return Ok(PriceBase::PreviousYear);
    }
    text.parse().map(PriceBase::Year).map_err(|_| "write `previous-year` or a year".into())
}

impl Deflate {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        store::refuse_national(
            &self.input,
            "deflated",
            "imports have other sellers, whose prices are not known",
        )?;
        let prices = PriceIndex::new(prices::read(&self.prices)?)?;
        let needs = |table: &IcioTable| Rewrite::deflating(TableSize::of(table));
        store::each_changed(&self.input, &self.output, "deflate", common, needs, |table| {
            Ok(table.deflate(&prices, self.base)?)
        })
    }
}
