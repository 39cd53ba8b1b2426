//! `vadex rename`: other names for economies, sectors and categories of final demand.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::load::{national, renaming, satellites};
use crate::model::memory::{Rewrite, TableSize};
use crate::table::{IcioTable, NationalTable, Renaming};

/// Give economies, sectors or categories other names
///
/// Give economies, sectors or final-demand categories other names; no number changes.
#[derive(Debug, Args)]
#[command(
    after_help = "A renaming is a CSV with the columns old,new. Labels that are not there, and names that two labels would \
    share, are listed and refused.\n\n\
    Example: printf 'old,new\\nDEU,Germany\\n' > names.csv\n  \
    vadex rename builtin:wiod13/2011 --economies names.csv -o renamed.parquet"
)]
pub(crate) struct Rename {
    #[command(flatten)]
    input: Input,
    /// New names of economies: CSV old,new
    #[arg(long, value_name = "FILE")]
    economies: Option<PathBuf>,
    /// New names of sectors: CSV old,new
    #[arg(long, value_name = "FILE")]
    sectors: Option<PathBuf>,
    /// New names of final-demand categories: CSV old,new
    #[arg(long, value_name = "FILE")]
    categories: Option<PathBuf>,
    /// Rename satellite accounts (a store, or `builtin:wiod13`) instead of the tables
    #[arg(long, value_name = "FILE", conflicts_with = "categories")]
    satellites: Option<String>,
    /// File (.csv or .parquet) for one table; for several, a directory or one .parquet file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

impl Rename {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let pairs = |path: &Option<PathBuf>| {
            path.as_deref().map_or(Ok(Vec::new()), |path: &Path| renaming::read(path))
        };
        let renaming = Renaming {
            economies: pairs(&self.economies)?,
            sectors: pairs(&self.sectors)?,
            categories: pairs(&self.categories)?,
        };
        if renaming == Renaming::default() {
            return Err(Failure::request(
                "nothing to rename",
                "name a file with --economies, --sectors or --categories",
            ));
        }
        if let Some(from) = &self.satellites {
            let renamed = satellites(from)?.rename(&renaming)?;
            return store::accounts(&renamed, from, &self.output, "rename", None, common);
        }
        if national::is_national(&self.input.input) {
            return store::each_national(&self.input, &self.output, "rename", None, common, |tables| {
                of_national(tables, &renaming)
            });
        }
        let needs = |table: &IcioTable| Rewrite::renaming(TableSize::of(table));
        store::each_changed(&self.input, &self.output, "rename", common, needs, |table| {
            Ok(table.rename(&renaming)?)
        })
    }
}

/// Checks the renaming against the labels of all tables together.
fn of_national(tables: Vec<NationalTable>, renaming: &Renaming) -> Result<Vec<NationalTable>, Failure> {
    let union = |labels: &dyn Fn(&NationalTable) -> Vec<String>| {
        let mut all: Vec<String> = Vec::new();
        for label in tables.iter().flat_map(labels) {
            if !all.contains(&label) {
                all.push(label);
            }
        }
        all
    };
    let checked = renaming.check(
        &union(&|table| vec![table.economy().to_owned()]),
        &union(&|table| table.sectors().to_vec()),
        &union(&|table| table.categories().to_vec()),
    )?;
    Ok(tables.iter().map(|table| table.rename(&checked)).collect())
}
