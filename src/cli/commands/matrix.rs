//! `vadex matrix`: the matrices behind the results, for work of one's own.

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::analysis::{Analysis, MatrixAnalysis};
use crate::cli::args::{Common, Input, Modelling, OutputTo, Traced, words};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::cli::{Outcome, progress, run};
use crate::frame::Frame;
use crate::load::TableRef;
use crate::model::MATRICES;

/// Write a matrix: coefficients, inverses, value added
///
/// Write a matrix behind the results: input and output coefficients, Leontief and Ghosh inverses, value added in output,
/// exports and final demand.
#[derive(Debug, Args)]
#[command(
    after_help = "Rows sell and columns buy. `vadex list matrices` has all of them with their equations, `vadex explain ID` what \
    others call each. Wide: a column `ECONOMY.sector` for each column of the matrix; --long: a row a cell (economy, sector, \
    to_economy, to_sector, value). Several years stand below each other.\n\n\
    Example: vadex matrix builtin:wiod13/2005 --of global-leontief -o b.parquet"
)]
pub(crate) struct Matrix {
    #[command(flatten)]
    input: Input,
    /// Which matrix (`vadex list matrices`): input-coefficients, global-leontief, ...
    #[arg(long, value_name = "ID", value_parser = matrix_ids(), hide_possible_values = true)]
    of: String,
    /// Economies or groups of the rows, comma-separated [default: all]
    #[arg(long, value_name = "A,B")]
    economy: Vec<String>,
    /// Sectors or groups of the rows [default: all]
    #[arg(long, value_name = "a,b")]
    sector: Vec<String>,
    /// Economies or groups of the columns [default: all]
    #[arg(long, value_name = "A,B")]
    to_economy: Vec<String>,
    /// Sectors or groups of the columns [default: all]
    #[arg(long, value_name = "a,b")]
    to_sector: Vec<String>,
    /// Long form: one row a cell
    #[arg(long)]
    long: bool,
    #[command(flatten)]
    traced: Traced,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

fn matrix_ids() -> PossibleValuesParser {
    PossibleValuesParser::new(MATRICES.iter().map(|kind| kind.id))
}

impl Matrix {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let analysis = MatrixAnalysis {
            economies: words(&self.economy),
            sectors: words(&self.sector),
            to_economies: words(&self.to_economy),
            to_sectors: words(&self.to_sector),
            long: self.long,
            ..MatrixAnalysis::of(&self.of)?
        };
        if self.traced.asked() && !analysis.kind.has_value_added() {
            return Err(Failure::request(
                format!("--satellite would have no effect on {}: no value added is in it", self.of),
                "leave it out, or take a matrix of value added (value-added-multiplier, ...)",
            ));
        }
        let satellite = self.traced.open()?;
        let mut preparation = self.modelling.preparation(&self.input);
        preparation.admission = Some(common.admission(&analysis));
        let tables = self.input.tables()?;
        let bar = progress::tables(tables.len(), &analysis.computed(), &mut preparation.reading, common);
        let open = |table: &TableRef| preparation.open_for(table, satellite.as_ref());
        // Cells are written in a second pass, after the notes are final.
        let what = analysis.computed();
        let (run::Collected { frames, notes }, mut kept) =
            run::first_pass(&tables, &what, &open, &|world| analysis.outline(world), &bar, common)?;
        have_the_same_columns(&tables, &frames)?;
        destination.stream(&notes, common, |sink| {
            run::second_pass(&tables, &open, kept.take(), |world| {
                let mut written: Result<(), Failure> = Ok(());
                analysis.run_pieces(world, &mut |piece| {
                    if written.is_ok() {
                        written = sink.write(&piece.frame).map_err(Failure::from);
                    }
                })?;
                written
            })
        })?;
        bar.finish_and_clear();
        Ok(Outcome::of(&notes, common))
    }
}

/// Refuses tables whose rows cannot stand below each other.
fn have_the_same_columns(tables: &[TableRef], frames: &[Frame]) -> Result<(), Failure> {
    let Some(first) = frames.first() else { return Ok(()) };
    let names = |frame: &Frame| frame.fields().iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    let wanted = names(first);
    match frames.iter().position(|frame| names(frame) != wanted) {
        None => Ok(()),
        Some(other) => Err(Failure::request(
            format!(
                "{}: its industries are not those of {}: their columns do not stand below each other",
                tables[other].name(),
                tables[0].name()
            ),
            "add --long, which has a row a cell, or take one table at a time (`--year`)",
        )),
    }
}
