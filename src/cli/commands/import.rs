//! `vadex import`: any readable table to the canonical layout, which opens faster than its source.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::load::{NATIONAL_IMPORTERS, SATELLITE_IMPORTERS};
use crate::table::{self, FindingKind, IcioTable};

/// Read any table, write the canonical layout
///
/// Read a published table and write it in the canonical layout, as Parquet or CSV.
#[derive(Debug, Args)]
#[command(
    after_help = "Several years are written to a directory, one file a year, or to one .parquet file.\n\n\
    Example: vadex import data/fixtures/oecd-2021/ICIO2021_1995.csv -o icio.csv\n  vadex import builtin:wiod13 --year 2011 -o 2011.csv"
)]
pub(crate) struct Import {
    #[command(flatten)]
    input: Input,
    /// File (.csv or .parquet) for one table; for several, a directory or one .parquet file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

impl Import {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        refuse_national_importer(&self.input)?;
        store::each_table(&self.input, &self.output, "import", common, |table| {
            let summary = summary(&table);
            Ok((table, summary))
        })
    }
}

/// `--from` names an importer of national tables or of accounts, which `vadex list importers` shows beside the others: they
/// are recognised by what they hold, whatever is asked of them.
pub(super) fn refuse_national_importer(input: &Input) -> Result<(), Failure> {
    let wanted = input.read_options().importer;
    if SATELLITE_IMPORTERS.iter().any(|importer| wanted.as_deref() == Some(importer.id())) {
        return Err(Failure::request(
            format!(
                "{}: --from is for inter-country tables; accounts are recognised by what they hold",
                input.input
            ),
            "give the file of accounts to --satellite, beside a table",
        ));
    }
    if !NATIONAL_IMPORTERS.iter().any(|importer| wanted.as_deref() == Some(importer.id())) {
        return Ok(());
    }
    Err(Failure::request(
        format!(
            "{}: --from is for inter-country tables; national tables are recognised by what they hold",
            input.input
        ),
        "leave --from out",
    ))
}

/// What was read, what was changed on the way, and whether it adds up.
fn summary(table: &IcioTable) -> String {
    let provenance = table.provenance();
    let year = table.year().map_or_else(|| "year not known".into(), |year| year.to_string());
    let mut text = format!(
        "  read as {}: {year}, {}, {} categories of final demand, {} rows below the industries\n",
        provenance.importer,
        table.unit(),
        table.categories().len(),
        table.primary_rows().len()
    );
    for repair in provenance.all_repairs() {
        text.push_str(&format!("  {} ({}): {}\n", repair.name, repair.count, repair.detail));
    }
    let gaps: Vec<_> = table::check(table)
        .into_iter()
        .filter(|finding| matches!(finding.kind, FindingKind::RowBalance | FindingKind::ColumnBalance))
        .collect();
    for gap in &gaps {
        let expected = gap.expected.map_or_else(String::new, |expected| format!(", published {expected}"));
        text.push_str(&format!(
            "  {}: worst {} ({}{expected})\n",
            gap.message, gap.worst_at, gap.worst_value
        ));
    }
    if gaps.is_empty() && table.published_output().is_some() {
        text.push_str("  adds up: rows and columns equal the published output to rounding\n");
    }
    if let Some(citation) = &provenance.citation {
        text.push_str(&format!("  cite: {citation}\n"));
    }
    text
}
