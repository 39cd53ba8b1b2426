//! `vadex aggregate`: economies and sectors added up by a concordance.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::args::{Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output};
use crate::load::wiod13_sea::SocioEconomicAccounts;
use crate::load::{Source, concordance, national};
use crate::report::{NationalWriter, write_accounts};
use crate::table::Concordance;

/// Add up economies and sectors by a concordance; totals are kept
#[derive(Debug, Args)]
#[command(
    after_help = "The concordance is a CSV with the columns dimension,source,target: `dimension` is `economy` \
    or `sector`. A dimension that is not mentioned is kept; a label that is mapped twice or not at all is refused.\n\n\
    Example: vadex aggregate ../shared/tables/wiod2013_int --concordance data/wiod13/concordance.csv -o wiod20.parquet"
)]
pub(crate) struct Aggregate {
    #[command(flatten)]
    input: Input,
    /// Concordance file
    #[arg(long, value_name = "FILE")]
    concordance: PathBuf,
    /// Satellite accounts (WIOD 2013 socio-economic accounts) to aggregate instead of the tables, which then give the
    /// exchange rates
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
            return self.national(&concordance, common);
        }
        if self.decimals.is_some() {
            return Err(Failure::request(
                "--decimals is for national tables and satellite accounts",
                "leave it out: tables of the world are never rounded",
            ));
        }
        store::each_table(&self.input, &self.output, "aggregate", common, |table| {
            Ok((table.aggregate(&concordance)?, String::new()))
        })
    }

    fn national(&self, concordance: &Concordance, common: &Common) -> Result<Outcome, Failure> {
        self.parquet_only()?;
        let mut writer = NationalWriter::new(self.decimals);
        let mut told = String::new();
        for mut year in national::read(&self.input.input, &self.input.years()?)? {
            for table in &mut year.tables {
                let small = table.aggregate(concordance)?;
                *table = match self.decimals {
                    Some(decimals) => small.rounded(decimals)?,
                    None => small,
                };
            }
            if let Some(first) = year.tables.first() {
                told = format!("{} economies x {} sectors", year.tables.len(), first.sectors().len());
            }
            writer.push(&year)?;
        }
        output::write_whole(&self.output, |file| Ok(writer.finish(file)?))?;
        self.tell(&told, common);
        Ok(Outcome::Done)
    }

    fn accounts(&self, path: &Path, concordance: &Concordance, common: &Common) -> Result<Outcome, Failure> {
        self.parquet_only()?;
        let source = SocioEconomicAccounts::read(&Source::from_path(path)?)?;
        let tables = self
            .input
            .tables()?
            .iter()
            .map(|table| table.open(&self.input.read_options()))
            .collect::<Result<Vec<_>, _>>()?;
        let mut accounts = source.in_usd(&tables)?.aggregate(concordance)?;
        if let Some(decimals) = self.decimals {
            accounts = accounts.rounded(decimals);
        }
        output::write_whole(&self.output, |file| Ok(write_accounts(&accounts, self.decimals, file)?))?;
        self.tell(
            &format!("{} economies x {} sectors", accounts.economies().len(), accounts.sectors().len()),
            common,
        );
        Ok(Outcome::Done)
    }

    fn parquet_only(&self) -> Result<(), Failure> {
        if self.output.extension().is_some_and(|extension| extension == "parquet") {
            return Ok(());
        }
        Err(Failure::request(
            format!("{}: national tables and accounts go to one .parquet file", self.output.display()),
            "name the output out.parquet",
        ))
    }

    fn tell(&self, what: &str, common: &Common) {
        if !common.quiet {
            eprintln!("aggregate: {} -> {}: {what}", self.input.input, self.output.display());
        }
    }
}
