//! `vadex decompose`: exports taken apart by any method of the literature.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use crate::analysis::{Analysis, DecomposeAnalysis};
use crate::cli::args::{Common, Input, LevelArg, Modelling, OutputTo, Traced, words};
use crate::cli::draws::Draws;
use crate::cli::failure::Failure;
use crate::cli::folder::{Folder, Named};
use crate::cli::output::Destination;
use crate::cli::{Outcome, progress, run};
use crate::decompose::{Detail, METHODS, SumOver, find_method};
use crate::frame::worse_gap;
use crate::labels;
use crate::level::Level;
use crate::load::TableRef;

/// Take exports apart: whose value added, who absorbs it
///
/// Take exports apart: value added, double counting, who makes it and who absorbs it.
#[derive(Debug, Args)]
#[command(
    after_help = "Columns: `vadex explain METHOD` lists the terms of a method, `vadex explain TERM` its meaning.\n\n\
    A satellite file is CSV with the columns economy,sector,value (optional year, satellite, unit): one figure for every \
    economy and sector of the table, traced in place of value added. Published accounts are read as they are (`vadex list \
    importers`): `vadex inspect FILE` lists the accounts of a file, `--satellite-name` takes one.\n\n\
    Example: vadex decompose builtin:wiod13/2011 --method bm-source --level sector"
)]
pub(crate) struct Decompose {
    #[command(flatten)]
    input: Input,
    /// Method id (`vadex list methods`); several, comma-separated, share one solve and write one file each
    #[arg(
        long,
        value_name = "ID,..",
        value_delimiter = ',',
        required = true,
        value_parser = method_ids(),
        hide_possible_values = true
    )]
    method: Vec<String>,
    /// How finely to tell
    #[arg(long, value_enum, default_value_t = LevelArg::Country)]
    level: LevelArg,
    /// Exporting economies or groups (EU27) [default: all]
    ///
    /// Exporting economies, comma-separated [default: all]. A group, NAME=A,B or a known one (`vadex list groups`), stands for
    /// the rows of those of its members that the table has; `--sum exporter` adds them up, --group makes one exporter of
    /// them.
    #[arg(long, value_name = "A,B")]
    exporter: Vec<String>,
    /// Importing economies or groups, at the bilateral levels [default: all]
    ///
    /// Importing economies, comma-separated, at the bilateral levels [default: all]. A group stands for the rows of those of
    /// its members that the table has; `--sum importer` adds them up, --group makes one partner of them.
    #[arg(long, value_name = "A,B")]
    importer: Vec<String>,
    /// Exporting sectors or groups of them [default: all]
    ///
    /// Exporting sectors, comma-separated, at the sector levels [default: all]. A group stands for the rows of its members:
    /// `manufactured`, `mining`, `electrical`, a section (C) or a span of codes (c3t16, C10T33) in the classification of the
    /// table, or NAME=a,b; `--sum sector` adds them up.
    #[arg(long, value_name = "a,b")]
    sector: Vec<String>,
    /// Add up the rows of the groups that are chosen in these options: exporter, sector, importer
    ///
    /// Add up the rows of each group that is chosen in --exporter, --sector or --importer, under its name. Members stay what
    /// they are, with borders of their own, where --group makes one economy of them: over importers and sectors the sum is the
    /// decomposition of the summed flow, over exporters a sum of their separate decompositions. Rows that do not add up
    /// (`bm-self`, the extraction of one partner) are refused with the reason; `vadex explain METHOD` tells which are.
    #[arg(long, value_enum, value_name = "KEY,..", value_delimiter = ',', hide_possible_values = true)]
    sum: Vec<SumArg>,
    /// Who is in each term: further keys
    ///
    /// Who is in each term: further keys, rows written piece by piece. Several, `origin,absorber`, are told at once: a row for
    /// each combination. --origin and --absorber say for whom.
    #[arg(long, value_enum, value_name = "WHO,..", value_delimiter = ',')]
    by: Vec<By>,
    /// Economies or groups whose value added it is, where rows or --by tell the origin [default: all]
    #[arg(long, value_name = "A,B", hide_short_help = true)]
    origin: Vec<String>,
    /// Economies or groups that finally consume it, where rows or --by tell the absorber [default: all]
    #[arg(long, value_name = "A,B", hide_short_help = true)]
    absorber: Vec<String>,
    #[command(flatten)]
    traced: Traced,
    /// Long form: one row a unit and term
    #[arg(long, hide_short_help = true)]
    tidy: bool,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

/// Who is in a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Whose value added it is
    Origin,
    /// Whose, and of which of its industries
    OriginSector,
    /// Who finally consumes it
    Absorber,
    /// Which third economy re-exports it (wwz)
    Third,
}

impl From<By> for Detail {
    fn from(by: By) -> Self {
        match by {
            By::Origin => Self::Origin,
            By::OriginSector => Self::OriginSector,
            By::Absorber => Self::Absorber,
            By::Third => Self::Third,
        }
    }
}

/// A key over which rows are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SumArg {
    /// Exporting economies
    Exporter,
    /// Exporting sectors
    Sector,
    /// Importing economies
    Importer,
}

impl From<SumArg> for SumOver {
    fn from(key: SumArg) -> Self {
        match key {
            SumArg::Exporter => Self::Exporter,
            SumArg::Sector => Self::Sector,
            SumArg::Importer => Self::Importer,
        }
    }
}

fn method_ids() -> PossibleValuesParser {
    PossibleValuesParser::new(METHODS.iter().map(|method| method.id()))
}

impl Decompose {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        self.draws.check()?;
        // One that is named twice is computed once.
        let methods: Vec<&String> = labels::distinct(&self.method).collect();
        let [method] = methods[..] else { return self.run_several(&methods, common) };
        let destination = Destination::of(&self.output)?;
        let analysis = self.analysis(method)?;
        let satellite = self.traced.open()?;
        let mut preparation = self.modelling.preparation(&self.input);
        preparation.admission = Some(common.admission_of(analysis.computed(), analysis.asked()));
        let tables = self.input.tables()?;
        let bar = progress::tables(tables.len(), &analysis.computed(), &mut preparation.reading, common);
        let open = |table: &TableRef| preparation.open_for(table, satellite.as_ref());
        if !analysis.is_taken_apart() {
            let collected = self.draws.over_tables(
                &self.input,
                &self.modelling,
                satellite.as_ref(),
                &analysis,
                common,
            )?;
            return destination.write(collected.frames, &collected.notes, common);
        }
        if self.draws.asked() {
            return Err(Failure::request(
                "--draws with --by: a detail is written piece by piece and has no interval",
                "leave one of the two out",
            ));
        }
        // A detail is streamed in a second pass, after the notes are final.
        let what = analysis.computed();
        let (run::Collected { notes, .. }, mut kept) =
            run::first_pass(&tables, &what, &open, &|world| analysis.run(world), &bar, common)?;
        let mut gap: f64 = 0.0;
        destination.stream(&notes, common, |sink| {
            run::second_pass(&tables, &open, kept.take(), |world| {
                let worst = analysis.details(world, |piece| Ok::<(), Failure>(sink.write(piece)?))?;
                gap = worse_gap(gap, worst);
                Ok(())
            })
        })?;
        bar.finish_and_clear();
        let of_whole = notes.worst_identity.as_ref().map_or(0.0, |gap| gap.relative_gap);
        Ok(Outcome::strictly(worse_gap(gap, of_whole), !notes.violations.is_empty(), common))
    }

    /// Several methods: one solve, one file each in a folder.
    fn run_several(&self, methods: &[&String], common: &Common) -> Result<Outcome, Failure> {
        for (option, given) in [
            ("--by", !self.by.is_empty()),
            ("--satellite", self.traced.asked()),
            ("--draws", self.draws.asked()),
        ] {
            if given {
                return Err(Failure::request(
                    format!("{option} is for one method at a time, {} were named", methods.len()),
                    "name one --method, or write a manifest for `vadex batch`",
                ));
            }
        }
        let Some(folder) = self.output.output.as_deref().filter(|path| path.as_os_str() != "-") else {
            return Err(Failure::request(
                "several methods have different columns and need a folder",
                "name it: -o DIR; it is made when it is not there",
            ));
        };
        let format = self.output.format.as_deref().unwrap_or("csv");
        let level: Level = self.level.into();
        let analyses = methods
            .iter()
            .map(|method| -> Result<Named, Failure> {
                let name = format!("decompose-{method}-{}", level.id());
                Ok((name, Box::new(self.analysis(method)?)))
            })
            .collect::<Result<Vec<_>, _>>()?;
        Folder::of(folder, format)?.fill(&self.input, &self.modelling, &analyses, common)
    }

    fn analysis(&self, method: &str) -> Result<DecomposeAnalysis, Failure> {
        let analysis = DecomposeAnalysis {
            exporters: words(&self.exporter),
            importers: words(&self.importer),
            sectors: words(&self.sector),
            sums: self.sum.iter().map(|&key| key.into()).collect(),
            by: self.by.iter().map(|&by| by.into()).collect(),
            origins: words(&self.origin),
            absorbers: words(&self.absorber),
            tidy: self.tidy,
            ..DecomposeAnalysis::of(find_method(method)?, self.level.into())
        };
        analysis.check_sums()?;
        Ok(analysis)
    }
}
