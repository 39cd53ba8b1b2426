//! `vadex inspect`: what is in a table: dimensions, labels, unit, density, value-added rows; which accounts are in a file of
//! published accounts.

use std::path::Path;

use clap::Args;

use crate::cli::args::{Common, Input};
use crate::cli::commands::import::refuse_national_importer;
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output};
use crate::load;
use crate::load::national::{self, NationalYear};
use crate::load::satellite::{self, Listing};
use crate::page::number;
use crate::report::ReportError;
use crate::table::{IcioTable, NationalTable, Provenance, known_splits};

/// Show dimensions, labels, unit and sources of a table
///
/// Show dimensions, labels, unit and sources of a table; of a file of published satellite accounts their names and units.
#[derive(Debug, Args)]
#[command(after_help = "Example: vadex inspect builtin:wiod13 --year 2011")]
pub(crate) struct Inspect {
    #[command(flatten)]
    input: Input,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Inspection<'a> {
    source: &'a Provenance,
    year: Option<i32>,
    unit: &'a str,
    economies: &'a [String],
    sectors: &'a [String],
    final_demand_categories: &'a [String],
    rows: usize,
    density_of_intermediate_use: f64,
    rows_below: Vec<(&'a str, crate::table::RowRole)>,
    published_output: bool,
    /// The sum of the rows, published output or not.
    gross_output: f64,
    final_demand: f64,
    /// Of the economies as they stand in the file.
    gross_exports: f64,
    /// Split economies whose parts are economies here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts_apart: Vec<String>,
}

impl Inspect {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        if national::is_national(&self.input.input) {
            return self.nations(common);
        }
        refuse_national_importer(&self.input)?;
        if let Some(listing) = satellite::listing(Path::new(&self.input.input))? {
            return self.accounts(&listing);
        }
        let tables = load::discover_all(&self.input.input, &self.input.years()?)?;
        let mut pieces = Vec::new();
        for table in &tables {
            let table = table.open(&common.reading(self.input.read_options()))?;
            pieces.push(self.piece(&inspection(&table), describe)?);
        }
        self.print(&pieces)
    }

    /// National tables: a year a piece, for one economy differs from another in little but its figures.
    fn nations(&self, common: &Common) -> Result<Outcome, Failure> {
        let years = store::read_national(&self.input, common)?;
        let of_years = years.iter().filter_map(nations);
        self.print(&of_years.map(|of| self.piece(&of, Nations::page)).collect::<Result<Vec<_>, _>>()?)
    }

    /// Names and units of published accounts, a line each.
    fn accounts(&self, listing: &Listing) -> Result<Outcome, Failure> {
        if let Some(option) = self.input.first_option() {
            return Err(Failure::request(
                format!(
                    "{}: {option} says how a table is read, and this is a file of accounts",
                    self.input.input
                ),
                format!("leave {option} out"),
            ));
        }
        let accounts = listing.accounts.iter();
        let of = Accounts {
            source: &listing.source,
            sha256: &listing.sha256,
            importer: listing.importer,
            accounts: accounts.map(|one| NamedAccount { name: &one.name, unit: &one.unit }).collect(),
        };
        self.print(&[self.piece(&of, Accounts::page)?])
    }

    fn piece<T: serde::Serialize>(&self, of: &T, page: impl Fn(&T) -> String) -> Result<String, Failure> {
        if !self.json {
            return Ok(page(of));
        }
        let encoded = serde_json::to_string_pretty(of);
        let failed =
            |error: serde_json::Error| ReportError::Encode { format: "json", message: error.to_string() };
        Ok(encoded.map_err(failed)?)
    }

    fn print(&self, pieces: &[String]) -> Result<Outcome, Failure> {
        let text = if self.json { format!("[{}]\n", pieces.join(",\n")) } else { pieces.join("\n") };
        output::print(&text)?;
        Ok(Outcome::Done)
    }
}

/// What a file of published accounts holds.
#[derive(serde::Serialize)]
struct Accounts<'a> {
    source: &'a str,
    sha256: &'a str,
    importer: &'a str,
    accounts: Vec<NamedAccount<'a>>,
}

#[derive(serde::Serialize)]
struct NamedAccount<'a> {
    name: &'a str,
    /// Empty where none is stated.
    unit: &'a str,
}

impl Accounts<'_> {
    fn page(&self) -> String {
        let mut text = format!("{}\n", self.source);
        add_line(&mut text, "importer", self.importer);
        add_line(&mut text, "sha256", self.sha256);
        add_line(&mut text, "accounts", &format!("{}, name and unit:", self.accounts.len()));
        for account in &self.accounts {
            let unit = if account.unit.is_empty() { "not stated" } else { account.unit };
            // Whole lines: a name is copied to --satellite-name.
            text.push_str(&format!("  {}\t{unit}\n", account.name));
        }
        text
    }
}

/// The national tables of a year.
#[derive(serde::Serialize)]
struct Nations<'a> {
    /// Of the first economy; the others have theirs.
    source: &'a Provenance,
    year: i32,
    unit: &'a str,
    economies: Vec<&'a str>,
    sectors: &'a [String],
    final_demand_categories: &'a [String],
    gross_output: f64,
    gross_exports: f64,
    imported_inputs: f64,
}

fn nations(year: &NationalYear) -> Option<Nations<'_>> {
    let first = year.tables.first()?;
    let over = |of: &dyn Fn(&NationalTable) -> f64| year.tables.iter().map(of).sum::<f64>();
    Some(Nations {
        source: first.provenance(),
        year: year.year,
        unit: first.unit(),
        economies: year.tables.iter().map(NationalTable::economy).collect(),
        sectors: first.sectors(),
        final_demand_categories: first.categories(),
        gross_output: over(&|table| table.output().iter().sum()),
        gross_exports: over(&|table| table.exports().iter().sum()),
        imported_inputs: over(&|table| table.imported_use().sum()),
    })
}

impl Nations<'_> {
    fn page(&self) -> String {
        let mut text = heading(self.source);
        let mut line = |name: &str, value: String| add_line(&mut text, name, &value);
        line("year", self.year.to_string());
        line("unit", words(self.unit));
        let size = format!("{} national tables of {} sectors", self.economies.len(), self.sectors.len());
        line("size", size);
        line("economies", words(&told(&self.economies)));
        line("sectors", words(&told(self.sectors)));
        line("final use", words(&told(self.final_demand_categories)));
        line(
            "totals",
            wrap([
                format!("gross output {},", figure(self.gross_output)),
                format!("gross exports {},", figure(self.gross_exports)),
                format!("imported inputs {}", figure(self.imported_inputs)),
            ]),
        );
        text
    }
}

/// More labels than this are a network of firms: the page shows the first of them.
const MOST_LABELS: usize = 1_000;
/// How many that are.
const FIRST_LABELS: usize = 20;

fn inspection(table: &IcioTable) -> Inspection<'_> {
    let axis = table.axis();
    Inspection {
        source: table.provenance(),
        year: table.year(),
        unit: table.unit(),
        economies: axis.economies(),
        sectors: axis.sectors(),
        final_demand_categories: table.categories(),
        rows: axis.n_rows(),
        density_of_intermediate_use: table.density(),
        rows_below: table.primary_rows().iter().map(|row| (row.name.as_str(), row.role)).collect(),
        published_output: table.published_output().is_some(),
        gross_output: table.row_sums().iter().sum(),
        final_demand: table.final_demand().sum(),
        // The sum of nothing is negative zero.
        gross_exports: table.gross_exports_by_economy().iter().sum::<f64>() + 0.0,
        parts_apart: known_splits(axis).into_iter().map(|split| split.name).collect(),
    }
}

fn describe(inspection: &Inspection<'_>) -> String {
    let year = inspection.year.map_or_else(|| "not known".to_owned(), |year| year.to_string());
    let below: Vec<String> = inspection
        .rows_below
        .iter()
        .map(|(name, role)| {
            let role = serde_json::to_value(role).ok();
            format!("{name} ({})", role.as_ref().and_then(|role| role.as_str()).unwrap_or("other"))
        })
        .collect();
    let list = |labels: &[String]| match labels.len() {
        count if count > MOST_LABELS => {
            let shown = told(&labels[..FIRST_LABELS]);
            words(&format!("{shown} ... and {} more (`--json` has all)", count - FIRST_LABELS))
        }
        _ => words(&told(labels)),
    };
    let source = inspection.source;
    let mut text = heading(source);
    let mut line = |name: &str, value: String| add_line(&mut text, name, &value);
    line("year", year);
    line("unit", words(inspection.unit));
    line(
        "size",
        wrap([
            format!(
                "{} economies x {} sectors = {} rows,",
                inspection.economies.len(),
                inspection.sectors.len(),
                inspection.rows
            ),
            format!("{}% of the cells of Z are not zero", percent(inspection.density_of_intermediate_use)),
        ]),
    );
    line("economies", list(inspection.economies));
    line("sectors", list(inspection.sectors));
    line("final use", list(inspection.final_demand_categories));
    line("rows below", if below.is_empty() { "none".into() } else { words(&below.join(", ")) });
    line(
        "output",
        if inspection.published_output { "published".into() } else { "not published: row sums".into() },
    );
    let apart = if inspection.parts_apart.is_empty() {
        String::new()
    } else {
        format!(" (parts of {} apart)", inspection.parts_apart.join(", "))
    };
    line(
        "totals",
        wrap([
            format!("gross output {} (sum of rows),", figure(inspection.gross_output)),
            format!("final demand {},", figure(inspection.final_demand)),
            format!("gross exports {}{apart}", figure(inspection.gross_exports)),
        ]),
    );
    for repair in &source.repairs {
        let name = if repair.is_defect() { "warning" } else { "repair" };
        line(name, words(&format!("{} ({}): {}", repair.name, repair.count, repair.detail)));
    }
    text
}

/// Labels beside each other, with commas where a space is part of some of them.
fn told(labels: &[impl AsRef<str>]) -> String {
    let labels: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
    labels.join(if labels.iter().any(|label| label.contains(' ')) { ", " } else { " " })
}

/// An amount: whole ones and large ones without decimals.
fn figure(value: f64) -> String {
    let decimals = if value.fract() == 0.0 || value.abs() >= 1e6 { 0 } else { 3 };
    number::plain(value, decimals)
}

/// Name, importer and hash of a source.
fn heading(source: &Provenance) -> String {
    let mut text = format!("{}\n", source.source);
    add_line(&mut text, "importer", &source.importer);
    add_line(&mut text, "sha256", &source.sha256);
    text
}

fn add_line(text: &mut String, name: &str, value: &str) {
    text.push_str(&format!("  {name:<11} {value}\n"));
}

/// A share in percent, with the digits that a nearly empty matrix needs.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent == 0.0 || percent >= 0.1 { format!("{percent:.1}") } else { format!("{percent:.1e}") }
}

/// Breaks a text between its words.
fn words(text: &str) -> String {
    wrap(text.split(' '))
}

/// Breaks a text between its parts, to fit 80 columns behind the labels of this page.
fn wrap(parts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    const WIDTH: usize = 64;
    const INDENT: &str = "\n              ";
    let mut lines: Vec<String> = vec![String::new()];
    for part in parts {
        let part = part.as_ref();
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(part),
            Some(line) if line.chars().count() + 1 + part.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    lines.join(INDENT)
}
