//! `--draws`: a percentile interval for every number of a result, from tables drawn around the one given.

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use super::args::{Common, Input, Modelling};
use super::failure::Failure;
use super::progress;
use super::run::{self, Collected};
use crate::analysis::{Analysis, Satellite, WithIntervals};
use crate::load::TableRef;
use crate::uncertainty::{DrawPlan, ErrorModel, FinalDemandErrors};

/// How wrong a cell may be.
#[derive(Debug, Args)]
pub(crate) struct CellErrors {
    /// Error of the largest cell: standard deviation of its logarithm
    #[arg(long, value_name = "SD", default_value_t = ErrorModel::DEFAULT_SCALE, hide_short_help = true, help_heading = "Errors of cells")]
    draw_sd: f64,
    /// How errors grow as cells shrink: sd = SD (z / largest)^P
    #[arg(long, value_name = "P", default_value_t = ErrorModel::DEFAULT_EXPONENT, allow_negative_numbers = true,
        hide_short_help = true, help_heading = "Errors of cells")]
    draw_sd_exponent: f64,
    /// Least error of any cell
    #[arg(long, value_name = "SD", default_value_t = ErrorModel::DEFAULT_LEAST, hide_short_help = true, help_heading = "Errors of cells")]
    draw_sd_min: f64,
    /// Largest error of any cell
    #[arg(long, value_name = "SD", default_value_t = ErrorModel::DEFAULT_MOST, hide_short_help = true, help_heading = "Errors of cells")]
    draw_sd_max: f64,
    /// Cells of final demand
    #[arg(long, value_enum, default_value_t = FinalDemand::Drawn, value_name = "HOW", hide_short_help = true, help_heading = "Errors of cells")]
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

/// Is a value another one than when its option is left out?
fn other(value: f64, default: f64) -> bool {
    value.to_bits() != default.to_bits()
}

fn first_given<const N: usize>(options: [(&'static str, bool); N]) -> Option<&'static str> {
    options.into_iter().find_map(|(name, given)| given.then_some(name))
}

impl CellErrors {
    /// The first option that is not as it is when left out.
    pub(crate) fn given(&self) -> Option<&'static str> {
        first_given([
            ("--draw-sd", other(self.draw_sd, ErrorModel::DEFAULT_SCALE)),
            ("--draw-sd-exponent", other(self.draw_sd_exponent, ErrorModel::DEFAULT_EXPONENT)),
            ("--draw-sd-min", other(self.draw_sd_min, ErrorModel::DEFAULT_LEAST)),
            ("--draw-sd-max", other(self.draw_sd_max, ErrorModel::DEFAULT_MOST)),
            ("--draw-final-demand", self.draw_final_demand != FinalDemand::Drawn),
        ])
    }

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
    #[arg(long, value_name = "N", default_value_t = DrawPlan::DEFAULT_SEED, hide_short_help = true, help_heading = "Errors of cells")]
    seed: u64,
    /// Level of the interval
    #[arg(long, value_name = "LEVEL", default_value_t = DrawPlan::DEFAULT_LEVEL, hide_short_help = true, help_heading = "Errors of cells")]
    interval: f64,
    #[command(flatten)]
    errors: CellErrors,
    /// Error of value added: standard deviation of the log-odds of its share in output; 0 holds it
    #[arg(
        long,
        value_name = "SD",
        default_value_t = 0.0,
        hide_short_help = true,
        help_heading = "Errors of cells"
    )]
    draw_value_added_sd: f64,
    /// Relative gap of a row that a drawn table may keep
    #[arg(long, value_name = "GAP", default_value_t = DrawPlan::DEFAULT_TOLERANCE, hide_short_help = true, help_heading = "Errors of cells")]
    draw_tolerance: f64,
}

impl Draws {
    /// Are intervals asked for?
    pub(crate) fn asked(&self) -> bool {
        self.draws.is_some()
    }

    /// Refuses what bears on draws where none are made: it would be passed over.
    ///
    /// # Errors
    /// The first such option.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.asked() {
            return Ok(());
        }
        let plan = DrawPlan::default();
        let given = first_given([
            ("--seed", self.seed != DrawPlan::DEFAULT_SEED),
            ("--interval", other(self.interval, DrawPlan::DEFAULT_LEVEL)),
            ("--draw-value-added-sd", other(self.draw_value_added_sd, plan.value_added_sd)),
            ("--draw-tolerance", other(self.draw_tolerance, DrawPlan::DEFAULT_TOLERANCE)),
        ]);
        match given.or_else(|| self.errors.given()) {
            Some(name) => Err(Failure::request(
                format!("{name} without --draws: nothing is drawn"),
                "add --draws 1000, or leave the option out",
            )),
            None => Ok(()),
        }
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

    /// The analysis of every table, with intervals when draws are asked for.
    pub(crate) fn over_tables(
        &self,
        input: &Input,
        modelling: &Modelling,
        satellite: Option<&Satellite>,
        analysis: &dyn Analysis,
        common: &Common,
    ) -> Result<Collected, Failure> {
        self.check()?;
        let mut preparation = modelling.preparation(input);
        preparation.admission = Some(common.admission(analysis));
        let tables = input.tables()?;
        let Some(draws) = self.draws else {
            let what = analysis.computed();
            let bar = progress::tables(tables.len(), &what, &mut preparation.reading, common);
            let open = |table: &TableRef| preparation.open_for(table, satellite);
            return run::over_worlds(&tables, &open, analysis, &bar, common);
        };
        let drawn = WithIntervals { analysis, plan: self.plan(draws)? };
        let bar = progress::bar(draws * tables.len(), "draws", common);
        // One bar is enough: that of the draws.
        let none = ProgressBar::hidden();
        let collected = run::over_pieces(&tables, &analysis.computed(), &none, common, &|table| {
            drawn.run(&preparation, table, satellite, &|| bar.inc(1))
        })?;
        bar.finish_and_clear();
        Ok(collected)
    }
}
