//! `vadex fold`: the parts of split economies added up before any solve.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{self, Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::indicators::{FoldingEffect, folding_effect};
use crate::labels::Group;
use crate::model::memory::{Rewrite, TableSize};
use crate::table::{IcioTable, Repair};

/// Add up the parts of split economies (CN1 + CN2 -> CHN)
///
/// Add the parts of split economies (CN1, CN2, MX1, ...) up to one economy before the solve.
#[derive(Debug, Args)]
#[command(
    after_help = "Folding before the solve gives what is made for export and for the home market one average technology \
    and so changes value-added results: the command says by how much on the given table and writes it into the file. \
    `vadex tiva` and `vadex decompose` need no folded table: they solve split economies split and unite them \
    afterwards.\n\n\
    Example: vadex fold data/fixtures/iciotest.csv -o folded.parquet"
)]
pub(crate) struct Fold {
    #[command(flatten)]
    input: Input,
    /// Fold these economies instead of the split ones that are known. May be repeated
    #[arg(long, value_name = "NAME=A,B", value_parser = args::group)]
    group: Vec<Group>,
    /// Do not solve the table both ways to see what folding changes
    #[arg(long)]
    no_effect: bool,
    /// File (.csv or .parquet) for one table; for several, a directory or one .parquet file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

impl Fold {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        store::refuse_national(&self.input, "folded", "each is of one economy, without parts")?;
        let needs = |table: &IcioTable| self.needs(table);
        store::each_changed(&self.input, &self.output, "fold", common, needs, |table| {
            let groups = table.foldable(&self.group)?;
            let folded = table.fold(&groups)?;
            let effect = if self.no_effect {
                Repair {
                    name: "folding-effect".into(),
                    detail:
                        "folding before the solve changes value-added results; by how much was not computed"
                            .into(),
                    count: groups.len(),
                }
            } else {
                told(&folding_effect(&table, &folded, &groups)?)
            };
            Ok(folded.with_repair(effect))
        })
    }

    fn needs(&self, table: &IcioTable) -> Rewrite {
        let axis = table.axis();
        // What cannot be folded is refused when it is.
        let groups = table.foldable(&self.group).unwrap_or_default();
        let members: usize = groups.iter().map(|group| group.members.len()).sum();
        let economies = axis.n_economies().saturating_sub(members) + groups.len();
        let (from, rows) = (TableSize::of(table), economies * axis.n_sectors());
        if self.no_effect {
            Rewrite::folding(from, rows, economies)
        } else {
            Rewrite::folding_with_effect(from, rows, economies)
        }
    }
}

/// What folding changes, in words.
fn told(effects: &[FoldingEffect]) -> Repair {
    let points = |effect: &FoldingEffect| 100.0 * (effect.folded - effect.split);
    let (folded, others): (Vec<_>, Vec<_>) = effects.iter().partition(|effect| effect.folded_economy);
    let mut parts: Vec<String> = folded
        .iter()
        .map(|effect| {
            format!(
                "{} {:.4} instead of {:.4} ({:+.2} points)",
                effect.economy,
                effect.folded,
                effect.split,
                points(effect)
            )
        })
        .collect();
    if let Some(most) = others.iter().max_by(|a, b| points(a).abs().total_cmp(&points(b).abs())) {
        parts.push(format!("most elsewhere: {} ({:+.2} points)", most.economy, points(most)));
    }
    Repair {
        name: "folding-effect".into(),
        detail: if parts.is_empty() {
            "nobody is left to export to: there is no domestic content of exports any more".into()
        } else {
            format!(
                "folding before the solve changes value-added results; domestic content of exports over exports: {}",
                parts.join("; ")
            )
        },
        count: folded.len(),
    }
}
