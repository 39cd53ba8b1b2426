//! `vadex research`: value added of R&D sectors by origin, in exports and in final goods.

use clap::Args;

use super::upgrading::find;
use crate::analysis::{Analysis, AnalysisError, Piece, World};
use crate::cli::args::{Common, Input, Modelling, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::cli::{Outcome, progress, run};
use crate::level::Level;
use crate::load::TableRef;
use crate::model::memory::Asked;
use crate::upgrading::{UpgradingError, research};

/// R&D value added by origin in exports and final goods
///
/// R&D value added by origin: whose research is in an economy's exports and final goods.
#[derive(Debug, Args)]
#[command(
    after_help = "Name the sector that is R&D in the table (M72 in ISIC 4), or the nearest there is: a wider sector counts all \
    of its value added, and the notes say which was taken. Columns: research, research_own, research_foreign and their shares; \
    research_intensity is research over all value added of the flow. --origins gives one row an origin.\n\n\
    More: `vadex research icio/ --sector M72 --economy CHN,IRL`.\n\n\
    Example: vadex research builtin:wiod13/2011 --sector c30 --economy IRL --origins"
)]
pub(crate) struct Research {
    #[command(flatten)]
    input: Input,
    /// Sectors that are R&D, comma-separated
    #[arg(long, value_name = "A,B", value_delimiter = ',', required = true)]
    sector: Vec<String>,
    /// Economies that export and complete, comma-separated [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    /// One row an origin
    #[arg(long)]
    origins: bool,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

/// What is computed of each table.
struct ResearchAnalysis<'a>(&'a Research);

impl Analysis for ResearchAnalysis<'_> {
    fn computed(&self) -> String {
        "research".into()
    }

    fn asked(&self) -> Asked {
        Asked::of_level(Level::Country, 10, 2)
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let model = world.model();
        let axis = model.axis();
        let economies = find(&self.0.economy, |name| axis.find_economy(name))?;
        let mut notes = world.notes(&self.computed());
        let found = research::by_origin(model, &self.0.sector).map_err(lowered)?;
        notes.worst_identity = Some(found.gap(axis.economies()));
        notes.worst_residual = world.residual();
        notes.remarks.push(format!(
            "research is all value added of {}; research inside other industries is not seen",
            self.0.sector.join(", ")
        ));
        Ok(Piece { frame: research::frame(model, &found, &economies, self.0.origins), notes })
    }
}

/// The layers of the two errors are beside each other: what can happen here is known to both.
fn lowered(error: UpgradingError) -> AnalysisError {
    match error {
        UpgradingError::Label(error) => error.into(),
        UpgradingError::Model(error) => error.into(),
        UpgradingError::Solve(error) => error.into(),
        UpgradingError::Load(error) => error.into(),
        other => unreachable!("research by origin reads no file and fits nothing: {other}"),
    }
}

impl Research {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let analysis = ResearchAnalysis(self);
        let mut preparation = self.modelling.preparation(&self.input);
        preparation.admission = Some(common.admission(&analysis));
        let tables = self.input.tables()?;
        let bar = progress::tables(tables.len(), &analysis.computed(), &mut preparation.reading, common);
        let open = |table: &TableRef| preparation.open(table);
        let collected = run::over_worlds(&tables, &open, &analysis, &bar, common)?;
        destination.write(collected.frames, &collected.notes, common)
    }
}
