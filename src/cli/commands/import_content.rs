//! `vadex import-content`: Hummels-Ishii-Yi from national tables.

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{Common, Input, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::frame::{Column, Frame, Measure, ResultNotes};
use crate::indicators::{ImportContent, import_content, import_multipliers};
use crate::labels;
use crate::load::national;

/// Import content of exports from national tables (domestic and imported use)
#[derive(Debug, Args)]
#[command(
    after_help = "Columns: gexp gross exports; vs import content (Hummels-Ishii-Yi); vs_share; dva_share = 1 - vs_share, \
    net taxes and margins inside. Input: `builtin:wiod16-national`, a directory of yearly national tables of WIOD 2016, \
    or what `vadex aggregate` made of it.\n\n\
    Example: vadex import-content builtin:wiod16-national --economy CHN,MEX"
)]
pub(crate) struct ImportContentCommand {
    #[command(flatten)]
    input: Input,
    /// One row an exporting industry, too
    #[arg(long)]
    sectors: bool,
    /// Exporting economies, comma-separated [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    #[command(flatten)]
    output: OutputTo,
}

/// One line of the result.
struct Line {
    year: i32,
    economy: String,
    sector: Option<String>,
    content: ImportContent,
}

impl ImportContentCommand {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let mut notes = ResultNotes::of("import-content");
        notes.conventions = "gross output = as published".into();
        notes.solver = "dense LU of each domestic block (national tables)".into();
        let mut lines = Vec::new();
        for year in national::read(&self.input.input, &self.input.years()?)? {
            let names: Vec<String> = year.tables.iter().map(|table| table.economy().to_owned()).collect();
            for economy in &self.economy {
                labels::find("economy", &names, economy)?;
            }
            if let Some(first) = year.tables.first() {
                notes.unit = first.unit().to_owned();
                notes.sources.push(first.provenance().clone());
            }
            for table in &year.tables {
                if !self.economy.is_empty() && !self.economy.iter().any(|wanted| wanted == table.economy()) {
                    continue;
                }
                notes.worst_residual = notes.worst_residual.max(import_multipliers(table)?.residual);
                let rows = import_content(table)?;
                lines.extend(rows.into_iter().filter(|row| self.sectors || row.sector.is_none()).map(
                    |row| Line {
                        year: year.year,
                        economy: table.economy().to_owned(),
                        sector: row.sector.map(|sector| table.sectors()[sector].clone()),
                        content: row,
                    },
                ));
            }
        }
        destination.write([frame(&lines, self.sectors)], &notes, common)?;
        Ok(Outcome::Done)
    }
}

fn frame(lines: &[Line], sectors: bool) -> Frame {
    let text = |of: &dyn Fn(&Line) -> Option<String>| Column::Text(lines.iter().map(of).collect());
    let number = |of: &dyn Fn(&ImportContent) -> Option<f64>| {
        Column::Number(lines.iter().map(|line| of(&line.content).unwrap_or(f64::NAN)).collect())
    };
    let years = lines.iter().map(|line| Some(i64::from(line.year))).collect();
    let mut frame = Frame::new().with("year", Measure::Key, Column::Integer(years)).with(
        "economy",
        Measure::Key,
        text(&|line| Some(line.economy.clone())),
    );
    if sectors {
        frame = frame.with("sector", Measure::Key, text(&|line| line.sector.clone()));
    }
    frame
        .with("gexp", Measure::Amount, number(&|content| Some(content.gexp)))
        .with("vs", Measure::Amount, number(&|content| Some(content.vs)))
        .with("vs_share", Measure::Share, number(&ImportContent::vs_share))
        .with("dva_share", Measure::Share, number(&ImportContent::dva_share))
}
