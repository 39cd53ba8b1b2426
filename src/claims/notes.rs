//! What is said of the data of the claims, beside every verdict: tables, cautions, whom to cite.

use super::data::ClaimData;
use crate::frame::ResultNotes;
use crate::load;

impl ClaimData {
    /// The series, what is left out of them, and the citation of those that are embedded.
    pub fn notes(&self) -> ResultNotes {
        let mut notes = ResultNotes::of("claims");
        for series in &self.series {
            if notes.unit.is_empty() {
                notes.unit.clone_from(&series.unit);
            }
            let (first, last) = series.span();
            notes.remarks.push(format!(
                "{}: {} tables {first}-{last}, {} economies, {} sectors ({})",
                series.name,
                series.years.len(),
                series.economies.len(),
                series.sectors.len(),
                series.map.classification
            ));
            notes.remarks.extend(series.remarks.iter().cloned());
            let of_series = series.violations.iter().map(|violation| format!("{}: {violation}", series.name));
            notes.violations.extend(of_series);
            notes.remarks.extend(series.usable(0).err());
            let citation = load::citation(&series.name);
            notes.remarks.extend(citation.map(|citation| format!("{}: cite {citation}", series.name)));
        }
        let solver = self.model.solver.iter();
        notes.remarks.extend(solver.map(|solver| format!("claims solve by {solver}, as asked for")));
        notes
    }
}
