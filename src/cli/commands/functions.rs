//! `vadex functions`: functional specialisation in trade.

use clap::Args;

use super::upgrading::find;
use crate::analysis::Beside;
use crate::cli::Outcome;
use crate::cli::args::{Common, Input, Modelling, OutputTo};
use crate::cli::beside::{self, Accounts, Functions};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::frame::{Column, Frame, Measure};
use crate::level::Level;
use crate::upgrading::UpgradingError;
use crate::upgrading::panel::{LABOUR, Panel};
use crate::upgrading::specialisation::{self, FunctionYear};

/// Functional specialisation: who earns by R&D, who by making
///
/// Functional specialisation: which business functions (R&D, management, marketing, fabrication) earn the export income.
#[derive(Debug, Args)]
#[command(
    after_help = "FS = (f_ki / f_i) / (f_k / f): above one, the economy earns more of its export income from the function than \
    the world does. Income is labour compensation; embedded tables bring it along, others need --labour. Occupations are a CSV \
    with the columns economy,sector,year,function,share: shares of functions in the labour income of each industry, which sum \
    to 1; an empty year holds for every year.\n\n\
    Example:\n  vadex functions builtin:wiod13/2007 --occupations data/fixtures/functions.csv"
)]
pub(crate) struct FunctionsCommand {
    #[command(flatten)]
    input: Input,
    /// One row an industry, against the same industry of the world
    #[arg(long)]
    sectors: bool,
    /// Economies, comma-separated [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    /// Sectors, comma-separated, with --sectors [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',', requires = "sectors")]
    sector: Vec<String>,
    #[command(flatten)]
    functions: Functions,
    #[command(flatten)]
    accounts: Accounts,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

impl FunctionsCommand {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        if self.functions.occupations.is_none() {
            return Err(Failure::request(
                "functions are read from shares of occupations, and no file was given",
                "--occupations FILE with the columns economy,sector,year,function,share; `vadex upgrading` uses skills in \
                 their place",
            ));
        }
        let beside = Beside {
            accounts: Some(self.accounts.files()),
            functions: self.functions.file(),
            wanted: &[LABOUR],
            computed: "functions",
            ..Beside::default()
        };
        let (panel, mut notes) = beside::panel(beside, &self.input, &self.modelling, common)?;
        let economies = find(&self.economy, |name| panel.axis().find_economy(name))?;
        let sectors = find(&self.sector, |name| panel.axis().find_sector(name))?;
        let level = if self.sectors { Level::Sector } else { Level::Country };
        let mut frames = Vec::new();
        for (t, facts) in panel.years().iter().enumerate() {
            let Some(year) = specialisation::of_year(&panel, t, level, &economies, &sectors) else {
                notes.remarks.push(format!("{}: no labour compensation or no shares; left out", facts.year));
                continue;
            };
            let axis = panel.axis();
            if let above @ [(most, times), ..] = &facts.above_value_added(LABOUR, axis)[..] {
                notes.remarks.push(format!(
                    "{}: labour compensation is above value added in {} of {} economies, {times:.3} times in {}: is it in the unit \
                     of the table?",
                    facts.year,
                    above.len(),
                    axis.n_economies(),
                    axis.economies()[*most]
                ));
            }
            if !year.left_out.is_empty() {
                notes.remarks.push(format!(
                    "{}: without figures in all industries, so neither told nor in the world: {}",
                    facts.year,
                    year.left_out.join(" ")
                ));
            }
            frames.push(frame(&panel, facts.year, &year, self.sectors));
        }
        if frames.iter().all(|frame| frame.n_rows() == 0) {
            return Err(UpgradingError::NoCommonYear {
                path: "labour compensation and shares of functions".into(),
                found: "no economy in full".into(),
                wanted: crate::upgrading::figures::in_words(&panel.calendar()),
            }
            .into());
        }
        destination.write(frames, &notes, common)
    }
}

fn frame(panel: &Panel, year: i32, functions: &FunctionYear, sectors: bool) -> Frame {
    let axis = panel.axis();
    let rows = &functions.rows;
    let number =
        |of: &dyn Fn(&specialisation::FunctionRow) -> f64| Column::Number(rows.iter().map(of).collect());
    let mut frame = Frame::new()
        .with("year", Measure::Key, Column::Integer(vec![Some(i64::from(year)); rows.len()]))
        .with(
            "economy",
            Measure::Key,
            Column::labels(axis.economies(), rows.iter().map(|row| row.unit.economy as u32).collect()),
        );
    if sectors {
        let codes = rows.iter().map(|row| row.unit.sector.unwrap_or(0) as u32).collect();
        frame = frame.with("sector", Measure::Key, Column::labels(axis.sectors(), codes));
    }
    frame
        .with(
            "function",
            Measure::Key,
            Column::labels(&panel.functions, rows.iter().map(|row| row.function as u32).collect()),
        )
        .with("function_income", Measure::Amount, number(&|row| row.income))
        .with("function_share", Measure::Share, number(&|row| row.share))
        .with("world_share", Measure::Share, number(&|row| row.world_share))
        .with("fs", Measure::Share, number(&|row| row.fs))
}
