//! Thinning paths: the import content of exports of every economy, with the turning point where one is established.

use std::sync::Arc;

use super::Section;
use super::verdicts::source;
use crate::chart::{PathPanel, Paths, Turn, Words};
use crate::frame::{Frame, Measure};
use crate::page::dataset::{Dataset, UNIT_OF_ESTIMATES, in_unit};
use crate::page::figure::drawn;
use crate::page::gather::{Claims, Finding, Gathered};
use crate::page::{Body, Cell, Figure, MethodNote, PageError, Shown, Table, names, number};
use crate::stats::DEFAULT_FDR;

/// The paths of claims C1 and C2.
pub(super) struct ThinningPaths;

impl Section for ThinningPaths {
    fn id(&self) -> &'static str {
        "paths"
    }

    fn title(&self) -> &'static str {
        "Do chains thin, and do they thicken again?"
    }

    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError> {
        let Some(claims) = &found.claims else { return Ok(Vec::new()) };
        let Some(thickening) = claims.find("C2") else { return Ok(Vec::new()) };
        let (Some(paths), Some(turns)) = (detail(claims, "C2", "paths"), detail(claims, "C2", "turns"))
        else {
            return Ok(Vec::new());
        };
        Ok(vec![figure(found, thickening, &paths, &turns)?])
    }
}

/// A table behind a claim, as a dataset.
pub(in crate::page) fn detail(claims: &Claims, id: &str, name: &str) -> Option<Arc<Dataset>> {
    let finding = claims.find(id)?;
    let frame: &Frame =
        finding.outcome.details.iter().find(|(known, _)| *known == name).map(|(_, frame)| frame)?;
    let command = format!("vadex claims {id} --detail {name}{}", claims.options);
    let has = |column: &str| frame.column(column).is_some();
    // An estimate is in no table's unit, and shares are fractions: only amounts are in it.
    let unit: &str = if has("estimate_unit") {
        UNIT_OF_ESTIMATES
    } else if has("estimate") {
        &finding.outcome.record.estimate_unit
    } else if frame.fields().iter().any(|field| field.measure == Measure::Amount) {
        &claims.notes.unit
    } else {
        "fractions; slopes in percentage points a year"
    };
    Some(Dataset::new(&format!("{id}-{name}"), frame.clone(), in_unit(&claims.notes, unit), command))
}

/// How import content and its turn are measured.
fn methods(found: &Gathered) -> Vec<MethodNote> {
    let prices = found.prices().map_or_else(String::new, |prices| format!("at {prices}: "));
    vec![
        MethodNote {
            id: "vs".into(),
            words: "Import content of exports: imported inputs used, directly and through domestic suppliers. Where the labels of \
                    the sectors tell mining, it is in no part of the share: neither in what is foreign, nor in the own value \
                    added, nor among the exports."
                .into(),
            equation: "VS_s = u (\u{3a3}_{r\u{2260}s} A_rs) L_ss e_s over e_s".into(),
            sources: vec![("Hummels, Ishii and Yi (2001)".into(), "10.1016/S0022-1996(00)00093-3".into())],
            cautions: vec![format!("{prices}relative prices of inputs and exports move it")],
        },
        MethodNote {
            id: "lind-mehlum".into(),
            words: "A turn is a rise in the first year and a fall in the last of a quadratic path, both significant, with the \
                    whole interval of the turning point (Fieller) inside the years; p-values are adjusted for the number of \
                    economies (Benjamini and Hochberg). Crisis years are left out of the test and shown in the drawing."
                .into(),
            equation: "H1: b1 + 2 b2 t_first > 0 and b1 + 2 b2 t_last < 0; band of the path: g'b \u{b1} t_{n-3} \u{221a}(g' V g), \
                       g = (1, t, t\u{b2})', V the covariance of b that the test uses"
                .into(),
            sources: vec![("Lind and Mehlum (2010)".into(), "10.1111/j.1468-0084.2009.00569.x".into())],
            cautions: vec!["a turn in these years says nothing on why it came".into()],
        },
    ]
}

fn figure(
    found: &Gathered,
    thickening: &Finding,
    paths: &Arc<Dataset>,
    turns: &Arc<Dataset>,
) -> Result<Figure, PageError> {
    let mut panels = Vec::new();
    for row in turns.rows() {
        let economy = turns.text("economy", row);
        let rows = paths.rows_with(&[("economy", &economy)]);
        let share = |column: &str, at: usize| 100.0 * paths.number(column, at);
        let points =
            rows.iter().map(|&at| (paths.number("year", at), share("vs_share_headline", at))).collect();
        let band = rows.iter().map(|&at| {
            let (low, high) = ("vs_share_headline_fit_lo", "vs_share_headline_fit_hi");
            (paths.number("year", at), share(low, at), share(high, at))
        });
        let (at, low, high) =
            (turns.number("turn", row), turns.number("turn_lo", row), turns.number("turn_hi", row));
        panels.push(PathPanel {
            name: names::economy_short(&economy),
            points,
            band: band.collect(),
            // Ends that are not bounded are drawn as none.
            turn: at.is_finite().then_some(Turn { at, low, high }),
            verdict: turns.text("turn_words", row),
        });
    }
    // Readers look for names, which are not in the order of the codes.
    panels.sort_by(|a, b| a.name.cmp(&b.name));
    let heading = "Import content of exports without mining, by economy, with turning points";
    let words = Words {
        title: String::new(),
        x: "Year".into(),
        y: "Import content without mining (% of exports)".into(),
        source: String::new(),
        note: "Band between thin lines: 95% interval of the fitted path, at each year by itself. Shaded column: 95% interval of the \
               turning point, where it is bounded."
            .into(),
        description: format!(
            "{} small panels on one scale, one an economy: import content of exports without mining by year, with a band around the fitted \
             path. A vertical line marks the turning point where the fitted path rises and then falls within the years; under each name stands what the test \
             finds.",
            panels.len()
        ),
    };
    let drawing = drawn("fig-paths", Paths { words, panels }.draw())?;
    let table = Table {
        caption: "Thinning and thickening, economy by economy".into(),
        columns: vec![
            Shown::new("Economy", Cell::EconomyLink("economy")),
            Shown::new("Import content without mining, first year", Cell::Percent("share_first")),
            Shown::new("Peak", Cell::Percent("share_peak")),
            Shown::new("Peak year", Cell::Whole("peak_year")),
            Shown::new("Last year", Cell::Percent("share_last")),
            Shown::new("Turning point [95% interval]", Cell::Turn("turn", "turn_lo", "turn_hi")),
            Shown::new("p, one-sided, adjusted", Cell::Significant("p_turn_adj")),
            Shown::new("The turn", Cell::Text("turn_words")),
            Shown::new("Thickening by sourcing (C2)", Cell::Verdict("verdict", "reason_code")),
        ],
        rows: turns.rows().collect(),
        data: Arc::clone(turns),
    };
    Ok(Figure {
        id: "fig-paths".into(),
        heading: heading.into(),
        says: says(thickening, turns),
        reads: format!(
            "Each panel is one economy on the same scale. A rising path is thinning: more of what is exported is imported inputs. A \
             path that rises and then falls is thickening again. The band is the interval of the fitted path; years far outside \
             it are shocks, or another shape. The shaded column is the interval of the turning point; without one no turn within \
             the years can be told from none. Turns are established at a false discovery rate of {:.0}%: up to that \
             share of those named is expected to be none. The last column adds what the turn is due to: supported needs the fall to come \
             from domestic sourcing.",
            100.0 * DEFAULT_FDR
        ),
        unit: format!(
            "percent of exports{}; without mining, on either side of the share, where the labels tell it",
            found.prices().map_or_else(String::new, |prices| format!(", {prices}"))
        ),
        source: source(found),
        methods: methods(found),
        terms: vec!["vs", "vs_share", "vs_share_headline_fit", "turn", "turn_lo", "p_turn_adj"],
        body: vec![drawing, Body::Table(table)],
        data: vec![Arc::clone(paths), Arc::clone(turns)],
    })
}

fn says(thickening: &Finding, turns: &Dataset) -> String {
    let count = |words: &str| turns.rows_with(&[("turn_words", words)]).len();
    let established = turns.rows_with(&[("turn_words", "turn established")]);
    let list: Vec<String> = established
        .iter()
        .map(|&row| {
            format!(
                "{} ({:.1}, {:.1} to {:.1})",
                names::economy_short(&turns.text("economy", row)),
                turns.number("turn", row),
                turns.number("turn_lo", row),
                turns.number("turn_hi", row)
            )
        })
        .collect();
    let record = &thickening.outcome.record;
    format!(
        "A turn within the years is established in {} of {}{}; in {} the point estimate lies within the years and cannot be told \
         from no turn, in {} there is none. Claim C2, for the median economy: {} ({}).",
        count("turn established"),
        number::count(turns.frame.n_rows(), "economy", "economies"),
        if list.is_empty() { String::new() } else { format!(": {}", list.join("; ")) },
        count("turn not established"),
        count("no turn in these years"),
        super::verdicts::verdict_words(record.verdict),
        record.reason
    )
}
