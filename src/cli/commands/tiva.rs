//! `vadex tiva`: trade in value added, the main job.

use clap::Args;

use crate::cli::args::{self, Common, Input, LevelArg, Modelling, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::cli::run::Asked;
use crate::cli::{Outcome, run};
use crate::frame::{Column, Frame, IdentityGap, Measure, ResultNotes};
use crate::indicators::{TivaRow, trade_in_value_added};
use crate::model::Model;

/// Trade in value added: domestic and foreign content of exports, VS, VAX
#[derive(Debug, Args)]
#[command(
    after_help = "Columns: gexp gross exports; dva, fva domestic and foreign value-added content; vs import \
    content (Hummels-Ishii-Yi); vs1 own value added in others' exports; vax value added absorbed abroad; int_share \
    share of intermediates. `vadex explain dva` tells more.\n\n\
    Example: vadex tiva builtin:wiod13 --economy CHN,MEX --level sector --year 2011 -o china.csv"
)]
pub(crate) struct Tiva {
    #[command(flatten)]
    input: Input,
    /// How finely to tell
    #[arg(long, value_enum, default_value_t = LevelArg::Country)]
    level: LevelArg,
    /// Exporting economies, comma-separated [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

/// Keys and figures of a row.
const COLUMNS: usize = 14;
/// Identity gap that `--strict` does not let pass: far above rounding, far below any economic meaning.
const IDENTITY_TOLERANCE: f64 = 1e-9;

impl Tiva {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let asked = Asked { level: self.level.into(), columns: COLUMNS, inverse: false, flows: 2 };
        let compute = |model: &Model, notes: &mut ResultNotes| {
            let wanted = args::economies(model.axis(), &self.economy)?;
            let mut rows = trade_in_value_added(model, self.level.into())?;
            note_identity(model, &rows, notes);
            rows.retain(|row| wanted.is_empty() || wanted.contains(&row.economy));
            Ok(frame(model, &rows))
        };
        let collected = run::over_tables(&self.input, &self.modelling, "tiva", &asked, common, compute)?;
        destination.write(collected.frames, &collected.notes, common)?;
        let gap = collected.notes.worst_identity.as_ref().map_or(0.0, |gap| gap.relative_gap);
        let violated = common.strict && gap > IDENTITY_TOLERANCE;
        Ok(if violated { Outcome::Violation } else { Outcome::Done })
    }
}

/// gexp = dva + fva: dva and fva are computed on their own, so the identity is evidence.
fn note_identity(model: &Model, rows: &[TivaRow], notes: &mut ResultNotes) {
    let axis = model.axis();
    let year = model.description().year.map_or_else(String::new, |year| format!(" {year}"));
    let worst = rows
        .iter()
        .filter(|row| row.gexp > 0.0)
        .map(|row| (((row.gexp - row.dva - row.fva) / row.gexp).abs(), row.economy))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((relative_gap, economy)) = worst {
        notes.worst_identity = Some(IdentityGap {
            identity: "gexp = dva + fva".into(),
            at: format!("{}{year}", axis.economies()[economy]),
            relative_gap,
        });
    }
}

/// Rows as columns: year, economy, then sector or partner, then the figures.
fn frame(model: &Model, rows: &[TivaRow]) -> Frame {
    let axis = model.axis();
    let year = model.description().year.map(i64::from);
    let mut frame = Frame::new().with("year", Measure::Key, Column::Integer(vec![year; rows.len()])).with(
        "economy",
        Measure::Key,
        labels(axis.economies(), rows, |row| Some(row.economy)),
    );
    if rows.iter().any(|row| row.sector.is_some()) {
        frame = frame.with("sector", Measure::Key, labels(axis.sectors(), rows, |row| row.sector));
    }
    if rows.iter().any(|row| row.partner.is_some()) {
        frame = frame.with("partner", Measure::Key, labels(axis.economies(), rows, |row| row.partner));
    }
    let number = |value: &dyn Fn(&TivaRow) -> Option<f64>| {
        Column::Number(rows.iter().map(|row| value(row).unwrap_or(f64::NAN)).collect())
    };
    frame
        .with("gexp", Measure::Amount, number(&|row| Some(row.gexp)))
        .with("dva", Measure::Amount, number(&|row| Some(row.dva)))
        .with("fva", Measure::Amount, number(&|row| Some(row.fva)))
        .with("dva_share", Measure::Share, number(&TivaRow::dva_share))
        .with("vs", Measure::Amount, number(&|row| Some(row.vs)))
        .with("vs_share", Measure::Share, number(&TivaRow::vs_share))
        .with("vs1", Measure::Amount, number(&|row| Some(row.vs1)))
        .with("vax", Measure::Amount, number(&|row| Some(row.vax)))
        .with("vax_ratio", Measure::Share, number(&TivaRow::vax_ratio))
        .with("int_share", Measure::Share, number(&TivaRow::int_share))
}

fn labels(names: &[String], rows: &[TivaRow], index: impl Fn(&TivaRow) -> Option<usize>) -> Column {
    Column::labels(names, rows.iter().map(|row| index(row).unwrap_or(0) as u32).collect())
}
