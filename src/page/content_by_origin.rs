//! Whose value added is in whose exports: the full matrix of origins and exporters, as rows.

use crate::analysis::{Analysis, AnalysisError, Piece, World};
use crate::frame::{Column, Frame, IdentityGap, Measure};
use crate::level::Level;
use crate::model::memory::Asked;

/// Value added by origin in the gross exports of each exporter.
///
/// ```text
/// C_ts = v_t B_ts e_s        value = C_ts        share = C_ts / Σ_r e_sr
/// (G,G)
/// ```
/// The columns of a balanced table with residual value added add up to gross exports: reported as evidence, because
/// exports come from the flows.
#[derive(Debug)]
pub(super) struct ContentByOrigin;

impl Analysis for ContentByOrigin {
    fn computed(&self) -> String {
        "content by origin".into()
    }

    fn asked(&self) -> Asked {
        Asked::of_level(Level::Bilateral, 5, 2)
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let model = world.model();
        let axis = model.axis();
        let mut notes = world.notes(&self.computed());
        let content = model.value_added_content_by_origin()?;
        let exports: Vec<f64> = (0..axis.n_economies())
            .map(|s| axis.block(s).map(|row| model.flows().gross_exports()[row]).sum())
            .collect();
        let g = axis.n_economies();
        let pairs: Vec<(usize, usize)> = (0..g).flat_map(|s| (0..g).map(move |t| (t, s))).collect();
        let year = model.description().year;
        let labels = |of: fn(&(usize, usize)) -> usize| {
            Column::labels(axis.economies(), pairs.iter().map(|pair| of(pair) as u32).collect())
        };
        let frame = Frame::new()
            .with("year", Measure::Key, Column::Integer(vec![year.map(i64::from); pairs.len()]))
            .with("exporter", Measure::Key, labels(|pair| pair.1))
            .with("origin", Measure::Key, labels(|pair| pair.0))
            .with(
                "content",
                Measure::Amount,
                Column::Number(pairs.iter().map(|&(t, s)| content[(t, s)]).collect()),
            )
            .with(
                "content_share",
                Measure::Share,
                Column::Number(
                    pairs
                        .iter()
                        .map(
                            |&(t, s)| if exports[s] == 0.0 { f64::NAN } else { content[(t, s)] / exports[s] },
                        )
                        .collect(),
                ),
            );
        notes.worst_identity = (0..g)
            .filter(|&s| exports[s] > 0.0)
            .map(|s| (s, ((content.column(s).sum() - exports[s]) / exports[s]).abs()))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(s, relative_gap)| IdentityGap {
                identity: "gexp = \u{3a3} content over origins".into(),
                at: format!(
                    "{}{}",
                    axis.economies()[s],
                    year.map_or_else(String::new, |year| format!(" {year}"))
                ),
                relative_gap,
            });
        notes.worst_residual = world.residual();
        Ok(Piece { frame, notes })
    }
}
