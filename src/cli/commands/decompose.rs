//! `vadex decompose`: exports taken apart by any method of the literature.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use crate::audit::{IDENTITY_TOLERANCE, worst_evidence};
use crate::cli::args::{self, Common, Input, LevelArg, Modelling, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::cli::run::Asked;
use crate::cli::satellite::Satellite;
use crate::cli::{Outcome, progress, run};
use crate::decompose::{Decomposition, Detail, METHODS, Method, Scope, Workspace, find_method, stream};
use crate::frame::{Frame, IdentityGap, ResultNotes};
use crate::level::Level;
use crate::load::TableRef;
use crate::model::Model;

/// Take exports apart: value added, double counting, who makes it and who absorbs it
#[derive(Debug, Args)]
#[command(
    after_help = "Columns: `vadex explain METHOD` lists the terms of a method, `vadex explain TERM` its meaning.\n\n\
    A satellite file is CSV with the columns economy,sector,value (optional year, satellite, unit): one figure for every \
    economy and sector of the table, traced in place of value added.\n\n\
    Example: vadex decompose builtin:wiod13 --method bm-source --level bilateral --exporter CHN --year 2011"
)]
pub(crate) struct Decompose {
    #[command(flatten)]
    input: Input,
    /// Method id (`vadex list methods`)
    #[arg(long, value_name = "ID", value_parser = method_ids(), hide_possible_values = true)]
    method: String,
    /// How finely to tell
    #[arg(long, value_enum, default_value_t = LevelArg::Country)]
    level: LevelArg,
    /// Exporting economies, comma-separated [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    exporter: Vec<String>,
    /// Importing economies, at the bilateral levels [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    importer: Vec<String>,
    /// Exporting sectors, at the sector levels [default: all]
    #[arg(long, value_name = "a,b", value_delimiter = ',')]
    sector: Vec<String>,
    /// Who is in each term: one more key, rows written piece by piece
    #[arg(long, value_enum, value_name = "WHO")]
    by: Option<By>,
    /// Satellite to trace in place of value added: a CSV, `builtin:wiod13`, or accounts in Parquet
    #[arg(long, value_name = "FILE")]
    satellite: Option<PathBuf>,
    /// Which account, when there are several (`vadex list satellites`)
    #[arg(long, value_name = "NAME", requires = "satellite")]
    satellite_name: Option<String>,
    /// Long form: one row a unit and term
    #[arg(long)]
    tidy: bool,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

/// Flows by row and economy that the methods share: what buyers absorb, re-export and sell on.
const FLOWS: usize = 16;

/// Who is in a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Whose value added it is
    Origin,
    /// Who finally consumes it
    Absorber,
    /// Which third economy re-exports it (wwz)
    Third,
}

impl From<By> for Detail {
    fn from(by: By) -> Self {
        match by {
            By::Origin => Self::Origin,
            By::Absorber => Self::Absorber,
            By::Third => Self::Third,
        }
    }
}

fn method_ids() -> PossibleValuesParser {
    PossibleValuesParser::new(METHODS.iter().map(|method| method.id()))
}

/// One table, solved and decomposed, with its notes.
struct Prepared {
    work: Workspace,
    scope: Scope,
    whole: Decomposition,
    notes: ResultNotes,
}

impl Decompose {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let method = find_method(&self.method)?;
        let satellite = match &self.satellite {
            Some(path) => Some(Satellite::open(path, self.satellite_name.as_deref())?),
            None => None,
        };
        let tables = self.input.tables()?;
        let bar = progress::bar(tables.len(), "decompose", common);
        let mut notes = ResultNotes::of(&format!("decompose {}", method.id()));
        let mut frames = Vec::new();
        let mut kept = None;
        for table in &tables {
            let prepared = self.prepare(method, table, satellite.as_ref(), common)?;
            notes.absorb(prepared.notes.clone());
            match self.by {
                None => frames.push(self.frame(&prepared.work, &prepared.whole)),
                // A detail is streamed in a second pass, after the notes are final; one table is kept for it.
                Some(_) if tables.len() == 1 => kept = Some(prepared),
                Some(_) => {}
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        let mut gap = notes.worst_identity.as_ref().map_or(0.0, |gap| gap.relative_gap);
        match self.by {
            None => destination.write(frames, &notes, common)?,
            Some(by) => destination.stream(&notes, common, |sink| {
                for table in &tables {
                    let prepared = match kept.take() {
                        Some(prepared) => prepared,
                        None => self.prepare(method, table, satellite.as_ref(), common)?,
                    };
                    let Prepared { work, scope, .. } = prepared;
                    stream(method, &work, self.level.into(), &scope, Some(by.into()), |piece| {
                        let worst = worst_evidence(method, &piece, work.axis());
                        gap = gap.max(worst.map_or(0.0, |worst| worst.relative_gap));
                        Ok::<(), Failure>(sink.write(&self.frame(&work, &piece))?)
                    })?;
                }
                Ok(())
            })?,
        }
        let violated = common.strict && gap > IDENTITY_TOLERANCE;
        Ok(if violated { Outcome::Violation } else { Outcome::Done })
    }

    fn prepare(
        &self,
        method: &dyn Method,
        table: &TableRef,
        satellite: Option<&Satellite>,
        common: &Common,
    ) -> Result<Prepared, Failure> {
        let table = table.open(&self.input.read_options())?;
        let mut notes = ResultNotes::of(&format!("decompose {}", method.id()));
        let level: Level = self.level.into();
        let what = format!("decompose {}", method.id());
        let asked = Asked {
            level,
            columns: 4 + method.terms(level).len(),
            inverse: method.needs_inverse(level),
            flows: FLOWS,
        };
        run::admit(&what, &table, &asked, &self.modelling, common)?;
        let table = run::united(table, &self.modelling, &mut notes)?;
        run::note_findings(&table, &mut notes);
        let model = match satellite {
            None => {
                let model = Model::from_table(table, &self.modelling.options())?;
                run::describe(&model, &mut notes);
                model
            }
            Some(satellite) => {
                let model = Model::build(&table, &self.modelling.options())?;
                run::describe(&model, &mut notes);
                satellite.trace(&table, &model, &mut notes)?
            }
        };
        let axis = model.axis();
        let scope = Scope {
            exporters: args::economies(axis, &self.exporter)?,
            importers: args::economies(axis, &self.importer)?,
            sectors: args::sectors(axis, &self.sector)?,
        };
        let work = Workspace::new(&model)?;
        let whole = method.run(&work, level, &scope)?;
        notes.remarks.extend(method.caution().map(|caution| format!("{}: {caution}", method.id())));
        note_attributed(&work, &mut notes);
        notes.worst_identity = worst_evidence(method, &whole, axis).map(|gap| IdentityGap {
            at: model.description().year.map_or_else(|| gap.at.clone(), |year| format!("{} {year}", gap.at)),
            ..gap
        });
        notes.worst_residual = model.system().worst_residual();
        Ok(Prepared { work, scope, whole, notes })
    }

    fn frame(&self, work: &Workspace, result: &Decomposition) -> Frame {
        let year = work.model().description().year;
        if self.tidy { result.to_tidy_frame(work.axis(), year) } else { result.to_frame(work.axis(), year) }
    }
}

/// Says so when the value added of the table does not account for all exports.
fn note_attributed(work: &Workspace, notes: &mut ResultNotes) {
    /// Below this, the gap is rounding.
    const ROUNDING: f64 = 1e-9;
    if !work.model().primary().is_value_added {
        return;
    }
    let (economy, share) = work.least_attributed();
    if (1.0 - share).abs() > ROUNDING {
        let name = &work.axis().economies()[economy];
        let year = work.model().description().year.map_or_else(String::new, |year| format!(" in {year}"));
        notes.remarks.push(format!(
            "value added accounts for {:.4} % of the gross exports of {name}{year}, less than anywhere else (industries \
             that sell without output, or a published value added that leaves taxes and margins out); identities are \
             held against that part",
            100.0 * share
        ));
    }
}
