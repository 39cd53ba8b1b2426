//! `vadex aggregate`: economies and sectors added up by a concordance.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::args::{Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output};
use crate::load::wiod13_sea::SocioEconomicAccounts;
use crate::load::{Source, accounts, concordance, national, satellites};
use crate::model::memory::{Rewrite, TableSize, Written};
use crate::table::{Concordance, IcioTable, SatelliteAccounts};

/// Add up economies and sectors by a concordance; totals are kept
#[derive(Debug, Args)]
#[command(
    after_help = "The concordance is a CSV with the columns dimension,source,target: `dimension` is `economy` \
    or `sector`. A dimension that is not mentioned is kept; labels that are mapped twice or not at all are listed and \
    refused. `vadex list concordances` shows the built-in ones (`builtin:regions`).\n\n\
    Example: vadex aggregate builtin:wiod13 --concordance builtin:regions -o regions"
)]
pub(crate) struct Aggregate {
    #[command(flatten)]
    input: Input,
    /// Concordance file, or `builtin:ID`
    #[arg(long, value_name = "FILE")]
    concordance: PathBuf,
    /// Satellite accounts to aggregate instead of the tables: a store, `builtin:wiod13`, or WIOD's socio-economic
    /// accounts, for which the tables give the exchange rates
    #[arg(long, value_name = "FILE")]
    satellites: Option<PathBuf>,
    /// Round national tables and satellite accounts to so many decimals, which halves the file; the rounding is noted in it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=9))]
    decimals: Option<u32>,
    /// File (.csv or .parquet) for one table; for several, a directory or one .parquet file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

impl Aggregate {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let concordance = concordance::read(&self.concordance)?;
        if let Some(path) = &self.satellites {
            return self.accounts(path, &concordance, common);
        }
        if national::is_national(&self.input.input) {
            if let Some(economy) = concordance.first_economy() {
                return Err(Failure::request(
                    format!(
                        "{}: a national table has one economy, only its sectors can be aggregated; {} maps economies, \
                         `{economy}` first",
                        self.input.input,
                        self.concordance.display()
                    ),
                    "give a concordance of sectors alone, without lines of the dimension `economy`",
                ));
            }
            return store::each_national(
                &self.input,
                &self.output,
                "aggregate",
                self.decimals,
                common,
                |tables| {
                    let small = tables.into_iter().map(|table| {
                        let small = table.aggregate(&concordance)?;
                        Ok(match self.decimals {
                            Some(decimals) => small.rounded(decimals)?,
                            None => small,
                        })
                    });
                    small.collect()
                },
            );
        }
        if self.decimals.is_some() {
            return Err(Failure::request(
                "--decimals is for national tables and satellite accounts",
                "leave it out: tables of the world are never rounded",
            ));
        }
        let needs = |table: &IcioTable| needs(table, &concordance);
        store::each_changed(&self.input, &self.output, "aggregate", common, needs, |table| {
            Ok(table.aggregate(&concordance)?)
        })
    }

    fn accounts(&self, path: &Path, concordance: &Concordance, common: &Common) -> Result<Outcome, Failure> {
        let mut small = self.read_accounts(path, common)?.aggregate(concordance)?;
        if let Some(decimals) = self.decimals {
            small = small.rounded(decimals);
        }
        let from = path.display().to_string();
        store::accounts(&small, &from, &self.output, "aggregate", self.decimals, common)
    }

    fn read_accounts(&self, path: &Path, common: &Common) -> Result<SatelliteAccounts, Failure> {
        let name = path.display().to_string();
        if name.starts_with("builtin:") || accounts::is_store(path) {
            if let Some(option) = self.input.first_option() {
                return Err(Failure::request(
                    format!(
                        "{name}: {option} says how a table is read; these accounts need none, and all their years are taken"
                    ),
                    format!("leave {option} out"),
                ));
            }
            return Ok(satellites(&name)?);
        }
        let source = SocioEconomicAccounts::read(&Source::from_path(path)?)?;
        let references = self.input.tables()?;
        let mut tables = Vec::with_capacity(references.len());
        for reference in &references {
            let table = reference.open(&common.reading(self.input.read_options()))?;
            if tables.is_empty() {
                // All of them stand beside each other: they give the exchange rates.
                let all = Rewrite::side_by_side(TableSize::of(&table), references.len());
                let what = format!("exchange rates from {} tables", references.len());
                store::admit(&what, &all, Written::Nowhere, 0, common, output::say)?;
            }
            tables.push(table);
        }
        Ok(source.in_usd(&tables)?)
    }
}

fn needs(table: &IcioTable, concordance: &Concordance) -> Rewrite {
    let axis = table.axis();
    // Labels that do not fit are refused when they are added up.
    let economies =
        concordance.map_economies(axis.economies()).map_or(axis.n_economies(), |(_, to)| to.len());
    let sectors = concordance.map_sectors(axis.sectors()).map_or(axis.n_sectors(), |(_, to)| to.len());
    Rewrite::adding_up(TableSize::of(table), economies * sectors, economies)
}
