//! Import content of exports from national tables as rows and columns.

use super::{AnalysisError, Piece};
use crate::frame::{Column, Frame, Measure, ResultNotes};
use crate::indicators::{ImportContent, import_content, import_multipliers};
use crate::labels;
use crate::load::NationalYear;
use crate::table;

/// Hummels-Ishii-Yi from national tables: what `vadex import-content` computes.
#[derive(Debug, Clone, Default)]
pub struct ImportContentAnalysis {
    /// One row an exporting industry, too.
    pub sectors: bool,
    /// Exporting economies; empty means all.
    pub economies: Vec<String>,
}

/// One line of the result.
struct Line {
    year: i32,
    economy: String,
    sector: Option<String>,
    content: ImportContent,
}

impl ImportContentAnalysis {
    /// The numbers of some years and their notes.
    ///
    /// # Errors
    /// An economy that a year does not have, a singular domestic block.
    pub fn run(&self, years: &[NationalYear]) -> Result<Piece, AnalysisError> {
        let mut notes = ResultNotes::of("import-content");
        notes.conventions = "gross output = as published".into();
        notes.solver = "dense LU of each domestic block (national tables)".into();
        let mut lines = Vec::new();
        for year in years {
            let names: Vec<String> = year.tables.iter().map(|table| table.economy().to_owned()).collect();
            for economy in &self.economies {
                labels::find("economy", &names, economy)?;
            }
            if let Some(first) = year.tables.first() {
                notes.unit = first.unit().to_owned();
                notes.sources.push(first.provenance().clone());
            }
            for table in &year.tables {
                if !self.economies.is_empty()
                    && !self.economies.iter().any(|wanted| wanted == table.economy())
                {
                    continue;
                }
                notes.violations.extend(table::violations_of_national(table));
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
        Ok(Piece { frame: frame(&lines, self.sectors), notes })
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
