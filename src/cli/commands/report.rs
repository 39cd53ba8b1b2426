//! `vadex report`: one page with everything, and the CSV behind every figure.

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;

use crate::analysis::parse_years;
use crate::claims::ClaimOptions;
use crate::cli::Outcome;
use crate::cli::args::{Common, Modelling};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::progress;
use crate::load::ReadOptions;
use crate::page::{self, Economies, ReportFolder, Request};

/// A report to read and print: HTML, with the CSV of each figure
///
/// A report to read and to print: one HTML page, more for economies, the CSV behind every figure. Claims are solved by
/// --solver, but have conventions and economies of their own: the notes say which options do not reach them.
#[derive(Debug, Args)]
#[command(
    after_help = "The first table gives the figures, all of them the claims. The folder holds report.html, with --economy all \
    economy/CODE.html, and data/*.csv with their notes; it appears whole or not at all, and replaces an earlier report as \
    a whole (not one with files of yours in it).\n\n\
    More: `vadex report -o out` (everything), `vadex report icio/ -o out --claims C1,C2 --economy all`.\n\n\
    Example: vadex report -o china --economy CHN --claims none"
)]
pub(crate) struct ReportCommand {
    /// Table files, directories of years or embedded tables [default: builtin:wiod13, and the embedded data of the claims]
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,
    /// Folder to write: new, empty, or an earlier report
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Economies to tell first, comma-separated; all: a page each [default: none]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    /// Claims to test, comma-separated, or none [default: all]
    #[arg(long, value_name = "ID,..", value_delimiter = ',')]
    claims: Vec<String>,
    /// Years of the figures; claims take all years there are [default: all]
    #[arg(long, value_name = "YEARS")]
    year: Option<String>,
    /// Product account to trace (`vadex list products`), or none
    #[arg(long, value_name = "ACCOUNT", default_value = "iphone-4-2010")]
    product: String,
    /// Accounts of jobs, for tables that are not embedded: CSV, Parquet, or published accounts
    #[arg(long, hide_short_help = true, value_name = "FILE")]
    satellite: Option<PathBuf>,
    /// Which of several accounts of --satellite counts jobs [default: jobs]
    #[arg(long, hide_short_help = true, value_name = "NAME", requires = "satellite")]
    satellite_name: Option<String>,
    /// Importer id (`vadex list importers`) [default: recognised from content]
    #[arg(long, hide_short_help = true, value_name = "ID")]
    from: Option<String>,
    /// Unit of the flows, when the source does not state it
    #[arg(long, hide_short_help = true, value_name = "TEXT")]
    unit: Option<String>,
    #[command(flatten)]
    modelling: Modelling,
}

/// No economy, claim or product.
const NONE: &str = "none";
/// Every economy or claim.
const ALL: &str = "all";

impl ReportCommand {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let request = self.request(common)?;
        if let [first, others @ ..] = &self.tables[..]
            && !others.is_empty()
        {
            let others = others.join(", ");
            if request.claims.as_ref().is_some_and(Vec::is_empty) {
                return Err(Failure::request(
                    format!(
                        "{others} with --claims none: the figures are those of {first}, other tables are for claims"
                    ),
                    "give several years as one folder, or leave --claims out",
                ));
            }
            if !common.quiet {
                output::say(&format!(
                    "note: the figures are those of {first}; {others} for the claims alone"
                ));
            }
        }
        output::clear_away(&self.output, common);
        let folder = ReportFolder::at(&self.output)?;
        let bar = progress::bar(2, "report", common);
        let found = page::gather(&request, &mut |what, done, steps| step(&bar, what, done, steps))?;
        let report = page::compose(&found, &mut |what| step(&bar, what, bar.position() as usize, 0))?;
        let path = folder.finish(&report)?;
        bar.finish_and_clear();
        if !common.quiet {
            output::print_notes(&found.notes, common, None);
            // A single economy stands on the report's own page.
            let pages = match report.economies.len() {
                0 => String::new(),
                1 => ", the page of an economy".into(),
                pages => format!(", {pages} pages of economies"),
            };
            output::talk(&format!(
                "written: {}{pages}, {} data files with their notes\n",
                path.join("report.html").display(),
                report.data.len()
            ));
        }
        Ok(Outcome::of(&found.notes, common))
    }

    fn request(&self, common: &Common) -> Result<Request, Failure> {
        let reading = common.reading(ReadOptions {
            importer: self.from.clone(),
            unit: self.unit.clone(),
            ..ReadOptions::default()
        });
        let words = |list: &[String]| -> Vec<String> {
            list.iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
        };
        let economies = words(&self.economy);
        let economies = match economies.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [ALL] => Economies::All,
            [] | [NONE] => Economies::None,
            _ => Economies::Named(economies),
        };
        let claims = words(&self.claims);
        let claims = match claims.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] | [ALL] => None,
            [NONE] => Some(Vec::new()),
            _ => Some(claims),
        };
        let mut preparation = self.modelling.preparation_of(reading);
        if let Some(admission) = &mut preparation.admission {
            // What it holds depends on its sections: the report says it.
            admission.what = "report".into();
            admission.tell = (common.verbose && !common.quiet).then_some(output::say as fn(&str));
        }
        Ok(Request {
            tables: self.tables.clone(),
            years: self.year.as_deref().map_or(Ok(Vec::new()), parse_years)?,
            preparation,
            economies,
            claims,
            claim_options: ClaimOptions::default(),
            jobs: self.satellite.clone().map(|place| {
                (place, self.satellite_name.clone().unwrap_or_else(|| crate::upgrading::panel::JOBS.into()))
            }),
            product: (self.product != NONE).then(|| self.product.clone()),
        })
    }
}

fn step(bar: &ProgressBar, what: &str, done: usize, steps: usize) {
    bar.set_message(format!("report: {what}"));
    if steps > 0 {
        bar.set_length(steps as u64);
    }
    bar.set_position(done as u64);
}
