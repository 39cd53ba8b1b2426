//! Any analysis with a percentile interval behind every number, from tables drawn around the one given.

use super::{Analysis, AnalysisError, Piece, Preparation, Satellite, World};
use crate::frame::ResultNotes;
use crate::load::TableRef;
use crate::model::memory::Workload;
use crate::table::IcioTable;
use crate::uncertainty::draws::{IntervalFindings, draws_together, numbers_of};
use crate::uncertainty::{DrawPlan, DrawSet, FinalDemandErrors, run_draws};

/// Copies of all flows that stay while tables are drawn: the table, the flows to draw from, their errors.
const KEPT_COPIES: usize = 3;
/// Copies of all flows that a draw holds: drawn cells, the table made of them, its coefficients, their factors.
const DRAW_COPIES: usize = 4;

/// Distance from one half of the share of draws below the published numbers of a column, from which it is told.
const OFF_THE_MIDDLE: f64 = 0.1;

/// An analysis that is made again from every drawn table.
pub struct WithIntervals<'a> {
    /// The analysis.
    pub analysis: &'a dyn Analysis,
    /// How tables are drawn.
    pub plan: DrawPlan,
}

impl WithIntervals<'_> {
    /// The result of the table itself, with `NAME_lo` and `NAME_hi` behind every column of numbers, and the rows of the
    /// table. Groups are united before tables are drawn; a satellite keeps its amounts. `done` is called after each draw.
    ///
    /// # Errors
    /// Those of the analysis, and of [`run_draws`].
    pub fn run(
        &self,
        preparation: &Preparation,
        table: &TableRef,
        satellite: Option<&Satellite>,
        done: &(dyn Fn() + Sync),
    ) -> Result<(Piece, usize), AnalysisError> {
        self.run_on(preparation, table.open(&preparation.reading())?, satellite, done)
    }

    /// The same of a table in memory.
    ///
    /// # Errors
    /// As [`WithIntervals::run`], save those of files.
    pub fn run_on(
        &self,
        preparation: &Preparation,
        table: IcioTable,
        satellite: Option<&Satellite>,
        done: &(dyn Fn() + Sync),
    ) -> Result<(Piece, usize), AnalysisError> {
        preparation.admit_more(&table, |work| Self::held(&self.plan, work))?;
        let (table, notes) = preparation.united(table)?;
        let fitted = satellite.map(|satellite| satellite.fit(&table)).transpose()?;
        let traced = |world: World| match &fitted {
            Some(fitted) => world.tracing(fitted),
            None => Ok(world),
        };
        let world = traced(preparation.model(table.clone(), notes)?)?;
        let Piece { frame, mut notes } = self.analysis.run(&world)?;
        let set = run_draws(
            &table,
            &preparation.model,
            &self.plan,
            numbers_of(&frame).len(),
            |table, model| {
                let world = traced(World::without_notes(table, model.clone()))?;
                Ok::<_, AnalysisError>(numbers_of(&self.analysis.run(&world)?.frame))
            },
            done,
        )?;
        let (frame, found) = set.with_intervals(&frame, self.plan.level)?;
        let year = table.year().map_or_else(String::new, |year| format!("{year}: "));
        self.note(&set, &found, &year, &mut notes);
        Ok((Piece { frame, notes }, world.n_rows()))
    }

    /// An analysis as work in memory with its draws: the table stays beside its model, and so do the flows to draw from
    /// with their errors; every draw in the making holds its flows, its table and a model. The numbers of all draws are
    /// kept.
    #[must_use]
    pub fn held(plan: &DrawPlan, work: Workload) -> Workload {
        Workload {
            copies: KEPT_COPIES + DRAW_COPIES * draws_together(work.rows),
            // Numbers of a result are reckoned twice, those of a draw are kept once.
            result: work.result + work.result * plan.draws / 2,
            ..work
        }
    }

    fn note(&self, set: &DrawSet, found: &IntervalFindings, year: &str, notes: &mut ResultNotes) {
        let plan = &self.plan;
        let cells = match plan.final_demand {
            FinalDemandErrors::Drawn => "cells of final demand drawn too",
            FinalDemandErrors::Held => "cells of final demand held",
        };
        let value_added = if plan.value_added_sd > 0.0 {
            format!(
                "; log-odds of value-added shares with sd {}, final demand following",
                plan.value_added_sd
            )
        } else {
            String::new()
        };
        notes.remarks.push(format!(
            "_lo and _hi: {} % percentile interval of tables drawn around this one: {}; {cells}; balanced (RAS, GRAS) to \
             output, intermediate inputs and totals of final demand, row gaps up to {:e}{value_added}. A statement about \
             errors of cells under this choice of their size, not about the accounts behind the margins",
            100.0 * plan.level,
            plan.errors,
            plan.tolerance
        ));
        let failed = match &set.first_failure {
            None => "none failed".to_owned(),
            Some(first) => format!(
                "left out: {} not balanced, {} not solved, {} not computed (the first: {first})",
                set.unbalanced, set.unsolved, set.uncomputed
            ),
        };
        notes.remarks.push(format!(
            "{year}{} of {} draws used, {failed}; seed {}",
            set.used(),
            set.draws,
            plan.seed
        ));
        if found.partly_defined > 0 {
            notes.remarks.push(format!(
                "{year}{} numbers are not defined in every draw: their interval is that of the draws in which they are",
                found.partly_defined
            ));
        }
        if found.outside > 0 {
            notes.remarks.push(format!(
                "{year}{} of {} published numbers lie outside their own interval: large errors move the middle of the draws",
                found.outside, found.numbers
            ));
        }
        let aside: Vec<String> = found
            .positions
            .iter()
            .filter(|(_, below)| (below - 0.5).abs() > OFF_THE_MIDDLE)
            .map(|(name, below)| format!("{name} {:.0} %", 100.0 * below))
            .collect();
        if !aside.is_empty() {
            notes.remarks.push(format!(
                "{year}the published numbers are not in the middle of their draws; share of draws below the published number, \
                 mean over the rows: {}. A cell that dominates its row or column, mostly a domestic one, loses on average when a \
                 drawn table is balanced, and the many small ones gain; smaller --draw-sd, --draw-sd-max move them less",
                aside.join(", ")
            ));
        }
    }
}
