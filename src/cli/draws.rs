//! `--draws`: a percentile interval for every number of a result, from tables drawn around the one given.

use std::time::Instant;

use clap::{Args, ValueEnum};

use super::args::Common;
use super::failure::Failure;
use super::progress;
use crate::frame::{Frame, ResultNotes};
use crate::model::{Model, ModelOptions};
use crate::table::IcioTable;
use crate::uncertainty::draws::numbers_of;
use crate::uncertainty::{DrawPlan, ErrorModel, FinalDemandErrors, run_draws};

/// How wrong a cell may be.
#[derive(Debug, Args)]
pub(crate) struct CellErrors {
    /// Error of the largest cell: standard deviation of its logarithm
    #[arg(long, value_name = "SD", default_value_t = ErrorModel::DEFAULT_SCALE, help_heading = "Errors of cells")]
    draw_sd: f64,
    /// How errors grow as cells shrink: sd = SD (z / largest)^P
    #[arg(long, value_name = "P", default_value_t = ErrorModel::DEFAULT_EXPONENT, allow_negative_numbers = true,
        help_heading = "Errors of cells")]
    draw_sd_exponent: f64,
    /// Least error of any cell
    #[arg(long, value_name = "SD", default_value_t = ErrorModel::DEFAULT_LEAST, help_heading = "Errors of cells")]
    draw_sd_min: f64,
    /// Largest error of any cell
    #[arg(long, value_name = "SD", default_value_t = ErrorModel::DEFAULT_MOST, help_heading = "Errors of cells")]
    draw_sd_max: f64,
    /// Cells of final demand
    #[arg(long, value_enum, default_value_t = FinalDemand::Drawn, value_name = "HOW", help_heading = "Errors of cells")]
    draw_final_demand: FinalDemand,
}

/// What happens to cells of final demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FinalDemand {
    /// As wrong as those of intermediate use
    Drawn,
    /// As published
    Held,
}

impl CellErrors {
    pub(crate) fn model(&self) -> Result<ErrorModel, Failure> {
        Ok(ErrorModel::new(self.draw_sd, self.draw_sd_exponent, self.draw_sd_min, self.draw_sd_max)?)
    }

    pub(crate) fn final_demand(&self) -> FinalDemandErrors {
        match self.draw_final_demand {
            FinalDemand::Drawn => FinalDemandErrors::Drawn,
            FinalDemand::Held => FinalDemandErrors::Held,
        }
    }
}

/// Draws, and how they are made.
#[derive(Debug, Args)]
pub(crate) struct Draws {
    /// Percentile interval of every number (NAME_lo, NAME_hi) from so many tables with errors in their cells, balanced
    /// back to the margins
    #[arg(long, value_name = "N", help_heading = "Errors of cells")]
    draws: Option<usize>,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = DrawPlan::DEFAULT_SEED, help_heading = "Errors of cells")]
    seed: u64,
    /// Level of the interval
    #[arg(long, value_name = "LEVEL", default_value_t = DrawPlan::DEFAULT_LEVEL, help_heading = "Errors of cells")]
    interval: f64,
    #[command(flatten)]
    errors: CellErrors,
    /// Error of value added: standard deviation of the log-odds of its share in output; 0 holds it
    #[arg(long, value_name = "SD", default_value_t = 0.0, help_heading = "Errors of cells")]
    draw_value_added_sd: f64,
    /// Relative gap of a row that a drawn table may keep
    #[arg(long, value_name = "GAP", default_value_t = DrawPlan::DEFAULT_TOLERANCE, help_heading = "Errors of cells")]
    draw_tolerance: f64,
}

impl Draws {
    /// Are intervals asked for?
    pub(crate) fn asked(&self) -> bool {
        self.draws.is_some()
    }

    fn plan(&self, draws: usize) -> Result<DrawPlan, Failure> {
        Ok(DrawPlan {
            draws,
            seed: self.seed,
            errors: self.errors.model()?,
            final_demand: self.errors.final_demand(),
            value_added_sd: self.draw_value_added_sd,
            tolerance: self.draw_tolerance,
            level: self.interval,
            ..DrawPlan::default()
        })
    }

    /// The frame with its intervals, when draws are asked for; the notes say how they were made and how many failed.
    ///
    /// `compute` makes the same frame from another table and its model.
    pub(crate) fn with_intervals(
        &self,
        frame: Frame,
        table: &IcioTable,
        options: &ModelOptions,
        notes: &mut ResultNotes,
        common: &Common,
        compute: impl Fn(&IcioTable, &Model) -> Result<Frame, Failure> + Sync,
    ) -> Result<Frame, Failure> {
        let Some(draws) = self.draws else { return Ok(frame) };
        let plan = self.plan(draws)?;
        let started = Instant::now();
        let bar = progress::bar(draws, "draws", common);
        let set = run_draws(
            table,
            options,
            &plan,
            numbers_of(&frame).len(),
            |table, model| {
                compute(table, model).map(|frame| numbers_of(&frame)).map_err(|failure| failure.message())
            },
            || bar.inc(1),
        )?;
        bar.finish_and_clear();
        let (wide, counts) = set.with_intervals(&frame, plan.level)?;
        let year = table.year().map_or_else(String::new, |year| format!("{year}: "));
        notes.remarks.push(format!(
            "_lo and _hi: {} % percentile interval of tables drawn around this one: {}; {}; balanced (RAS, GRAS) to \
             output, intermediate inputs and totals of final demand, row gaps up to {:e}{}. A statement about errors of \
             cells under this choice of their size, not about the accounts behind the margins",
            100.0 * plan.level,
            plan.errors,
            match plan.final_demand {
                FinalDemandErrors::Drawn => "cells of final demand drawn too",
                FinalDemandErrors::Held => "cells of final demand held",
            },
            plan.tolerance,
            if plan.value_added_sd > 0.0 {
                format!(
                    "; log-odds of value-added shares with sd {}, final demand following",
                    plan.value_added_sd
                )
            } else {
                String::new()
            }
        ));
        let failed = match &set.first_failure {
            None => "none failed".to_owned(),
            Some(first) => format!(
                "left out: {} not balanced, {} not solved, {} not computed (the first: {first})",
                set.unbalanced, set.unsolved, set.uncomputed
            ),
        };
        notes.remarks.push(format!(
            "{year}{} of {draws} draws used, {failed}; seed {}; {:.1} s",
            set.used(),
            plan.seed,
            started.elapsed().as_secs_f64()
        ));
        if counts.partly_defined > 0 {
            notes.remarks.push(format!(
                "{year}{} numbers are not defined in every draw: their interval is that of the draws in which they are",
                counts.partly_defined
            ));
        }
        if counts.outside > 0 {
            notes.remarks.push(format!(
                "{year}{} of {} published numbers lie outside their own interval: large errors move the middle of the \
                 draws (a cell that dominates its row or column loses on average); smaller --draw-sd, --draw-sd-max move \
                 it less",
                counts.outside, counts.numbers
            ));
        }
        Ok(wide)
    }
}
