//! Any analysis with a percentile interval behind every number, from tables drawn around the one given.

use std::time::Instant;

use super::{Analysis, AnalysisError, Piece, Preparation, Satellite, World};
use crate::frame::ResultNotes;
use crate::load::TableRef;
use crate::uncertainty::draws::{IntervalCounts, numbers_of};
use crate::uncertainty::{DrawPlan, DrawSet, FinalDemandErrors, run_draws};

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
        let (table, notes) = preparation.united(table.open(&preparation.reading)?)?;
        let fitted = satellite.map(|satellite| satellite.fit(&table)).transpose()?;
        let traced = |world: World| match &fitted {
            Some(fitted) => world.tracing(fitted),
            None => Ok(world),
        };
        let world = traced(preparation.model(table.clone(), notes)?)?;
        let Piece { frame, mut notes } = self.analysis.run(&world)?;
        let started = Instant::now();
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
        let (frame, counts) = set.with_intervals(&frame, self.plan.level)?;
        let year = table.year().map_or_else(String::new, |year| format!("{year}: "));
        self.note(&set, counts, &year, started.elapsed().as_secs_f64(), &mut notes);
        Ok((Piece { frame, notes }, world.n_rows()))
    }

    fn note(&self, set: &DrawSet, counts: IntervalCounts, year: &str, seconds: f64, notes: &mut ResultNotes) {
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
            "{year}{} of {} draws used, {failed}; seed {}; {seconds:.1} s",
            set.used(),
            set.draws,
            plan.seed
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
    }
}
