//! The terms of one decomposition, added up to gross exports.

use super::{ChartKind, Request, Told, capital, common, in_one_unit, missing, one_of_the_rest, with_unit};
use crate::chart::{ChartError, Drawing, Sheet, Step, Waterfall, wording};

/// Terms that add up.
#[derive(Debug)]
pub(super) struct WaterfallKind;

/// Terms without overlap that a whole is made of, finest first; the first set that is there and adds up is drawn.
const SETS: &[&[&str]] = &[
    &[
        "dva_fin",
        "dva_int",
        "dva_intrexi1",
        "dva_intrexf",
        "dva_intrexi2",
        "rdv_int",
        "rdv_fin",
        "rdv_fin2",
        "ova_fin",
        "mva_fin",
        "ova_int",
        "mva_int",
        "ddc_fin",
        "ddc_int",
        "odc",
        "mdc",
    ],
    &["kww_t1", "kww_t2", "kww_t3", "kww_t4", "kww_t5", "kww_t6", "kww_t7", "kww_t8", "kww_t9"],
    &[
        "vax_fin",
        "vax_int",
        "vax_rex_fin",
        "vax_rex_int",
        "ref_fin",
        "ref_int",
        "ddc",
        "fva_fin",
        "fva_int",
        "fva_rex_fin",
        "fva_rex_int",
        "fdc",
    ],
    &["vax", "ref", "ddc", "fva", "fdc"],
    &["dva", "ddc", "fva", "fdc"],
    &["exgr_ddc", "exgr_idc", "exgr_rim", "exgr_fva"],
    &["dva", "vdc"],
    &["dva", "fva"],
    &["dc", "fc"],
    &["dv", "vs"],
];

/// What is missed in a file of something else.
const TERMS: &str = "terms that add up (vax, ref, ddc, fva, fdc; dva, fva; ...)";

/// A set whose terms are all there.
fn set_of(sheet: &Sheet) -> Option<&'static [&'static str]> {
    SETS.iter().find(|set| set.iter().all(|term| sheet.has(term))).copied()
}

/// Columns that may be the whole.
pub(super) const WHOLES: [&str; 3] = ["gexp", "exgr", "gimp"];

/// What the parts may miss of the whole, relative: published files are rounded to about seven digits.
const ADDS_UP: f64 = 1e-6;

impl ChartKind for WaterfallKind {
    fn id(&self) -> &'static str {
        "waterfall"
    }

    fn summary(&self) -> &'static str {
        "the terms of one exporter and year, each starting where the one before ended, up to gross exports"
    }

    fn columns(&self) -> &'static str {
        "the terms of a decomposition (or --value A,B,C), in one row: one exporter, one year"
    }

    fn made_by(&self) -> &'static [&'static str] {
        &["vadex decompose builtin:wiod13 --method wwz --exporter CHN --year 2011 -o china.csv"]
    }

    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError> {
        let sheet = &sheets[0].widened();
        let whole = sheet.first_of(&WHOLES);
        // A file of something else is told so before it is asked for one row.
        if request.values.is_empty()
            && (whole.is_none() || sheet.measures().len() < 2)
            && set_of(sheet).is_none()
        {
            return Err(missing(self, sheet, &[TERMS]));
        }
        one_of_the_rest(self, sheet, &[])?;
        if sheet.n_rows() > 1 {
            return Err(ChartError::Repeated {
                chart: self.id(),
                file: sheet.name.clone(),
                what: common(sheet, &[]),
            });
        }
        let terms = self.terms(sheet, request, whole)?;
        let told = Told::of(sheet, request);
        in_one_unit(self, sheet, &told, &terms)?;
        let mut steps: Vec<Step> = terms
            .iter()
            .map(|term| Step { name: told.name(term), value: told.value(term, 0), total: false })
            .collect();
        let sum: f64 = steps.iter().map(|step| step.value).sum();
        // The whole is drawn as the file has it when it is the sum, so that a gap would be seen.
        let named = whole.filter(|whole| adds_up(sheet, &terms, whole, 0));
        let (name, value) = named
            .map_or(("Sum of these terms".into(), sum), |whole| (told.name(whole), told.value(whole, 0)));
        steps.push(Step { name: capital(&name), value, total: true });
        for step in &mut steps {
            step.name = capital(&step.name);
        }
        let unit = told.unit(&terms[0]);
        let about = common(sheet, &[]);
        let mut words = told.words(
            format!("{} by term, {about}", capital(&name)),
            unit.clone(),
            with_unit("Terms and their sum", &unit),
        );
        let largest = steps[..steps.len() - 1].iter().max_by(|a, b| a.value.total_cmp(&b.value));
        words.description = largest.map_or_else(String::new, |step| {
            format!(
                "{} terms that add up to {}. The largest is {} with {}.",
                terms.len(),
                wording::number(value),
                step.name,
                wording::number(step.value)
            )
        });
        Waterfall { words, steps }.draw_at(request.width)
    }
}

impl WaterfallKind {
    /// The terms asked for, or the finest set that is there and adds up to the whole.
    fn terms(
        &self,
        sheet: &Sheet,
        request: &Request<'_>,
        whole: Option<&str>,
    ) -> Result<Vec<String>, ChartError> {
        if !request.values.is_empty() {
            return super::chosen(self, sheet, request, &[]);
        }
        for set in SETS.iter().filter(|set| set.iter().all(|term| sheet.has(term))) {
            let terms: Vec<String> = set.iter().map(|term| (*term).to_owned()).collect();
            if whole.is_none_or(|whole| adds_up(sheet, &terms, whole, 0)) {
                return Ok(terms);
            }
        }
        Err(ChartError::Which {
            chart: self.id(),
            file: sheet.name.clone(),
            columns: sheet.measures().join(", "),
            example: "--value dva,fva".into(),
        })
    }
}

pub(super) fn adds_up(sheet: &Sheet, terms: &[String], whole: &str, row: usize) -> bool {
    let sum: f64 = terms.iter().map(|term| sheet.number(term, row)).sum();
    let whole = sheet.number(whole, row);
    (sum - whole).abs() <= ADDS_UP * whole.abs()
}
