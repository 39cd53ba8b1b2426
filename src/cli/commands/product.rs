//! `vadex product`: one product's account, checked, traced through a table and judged.

use clap::Args;

use crate::analysis::{ProductAnalysis, parse_years};
use crate::cli::Outcome;
use crate::cli::args::{Common, Modelling, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Destination};
use crate::load::{self, LoadError, ReadOptions};
use crate::product::{self, YearRule};
use crate::report::{product_checks_page, product_page};

/// Trace a product's bill of materials to whose value it is
///
/// Trace a product's bill of materials: checks, whose value added, bounds, verdicts.
#[derive(Debug, Args)]
#[command(after_help = "ACCOUNT is an id of `vadex list products` or a TOML file of parts; copy \
    data/products/cotton-shirt-illustrative.toml to start one.\n\n\
    Example: vadex product iphone-4-2010\n  \
    vadex product data/products/cotton-shirt-illustrative.toml -o shirt.json")]
pub(crate) struct Product {
    /// Embedded account, or a TOML file
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// Table file, directory of years, or embedded table
    #[arg(long, value_name = "TABLE", default_value = DEFAULT_TABLE)]
    table: String,
    /// Year of the table [default: the account's]; another year is taken knowingly
    #[arg(long, value_name = "YEAR")]
    year: Option<String>,
    /// Importer id (`vadex list importers`) [default: recognised from content]
    #[arg(long, value_name = "ID")]
    from: Option<String>,
    /// Unit of the flows, when the source does not state it (`million USD`): needed to carve the product out
    #[arg(long, value_name = "TEXT")]
    unit: Option<String>,
    /// Account and arithmetic checks alone, without a table
    #[arg(
        long,
        conflicts_with_all = [
            "table", "year", "unit", "from", "output", "format", "gross_output", "value_added", "solver", "split", "group"
        ]
    )]
    checks_only: bool,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

const DEFAULT_TABLE: &str = "builtin:wiod13";

impl Product {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let account = product::find(&self.account)?;
        if self.checks_only {
            let checks = product::check(&account)?;
            output::print(&product_checks_page(&account, &checks))?;
            return Ok(if common.strict && broken(&checks) { Outcome::Violation } else { Outcome::Done });
        }
        let wants_page = self.output.output.is_none() && self.output.format.is_none();
        let destination = Destination::of(&self.output)?;
        let year = match &self.year {
            None => account.year(),
            Some(text) => match parse_years(text)?.as_slice() {
                [year] => *year,
                _ => {
                    return Err(Failure::request(
                        format!("--year {text}: one year is needed"),
                        "an account has one year",
                    ));
                }
            },
        };
        let years = if self.year.is_some() { YearRule::Any } else { YearRule::Same };
        let reading = common.reading(ReadOptions {
            importer: self.from.clone(),
            unit: self.unit.clone(),
            ..ReadOptions::default()
        });
        let tables = load::discover(&self.table, &[year]).map_err(|error| match error {
            // Not when the name of the table asks for a year of its own that there is not.
            LoadError::NoSuchYear { path, year: missing, available } if missing == year.to_string() => Failure::request(
                format!(
                    "{path}: there is no table for {year} ({} is of {}); there are: {available}",
                    account.id(),
                    account.year()
                ),
                "`--year` traces the account through another year knowingly, `--checks-only` needs no table",
            ),
            other => other.into(),
        })?;
        let Some(reference) = tables.first() else {
            return Err(Failure::request(
                format!("{}: no table", self.table),
                "name a table of the account's year",
            ));
        };
        let analysis = ProductAnalysis { account, years };
        let mut preparation = self.modelling.preparation_of(reading);
        preparation.admission = Some(common.admission(&analysis));
        let (report, notes) = analysis.report(&preparation.open(reference)?)?;
        if wants_page {
            output::print(&product_page(&report, &reference.name()))?;
            if !common.quiet {
                output::print_notes(&notes, common, None);
            }
        } else {
            destination.write([report.frame()], &notes, common)?;
        }
        let broken = broken(&report.checks);
        Ok(if common.strict && broken { Outcome::Violation } else { Outcome::of(&notes, common) })
    }
}

/// Does an account fail what must hold?
fn broken(checks: &[product::Check]) -> bool {
    checks.iter().any(|check| {
        check.kind == product::schema::CheckKind::Identity && check.outcome == product::Outcome::Inconsistent
    })
}
