//! One product: what its account books to each economy, what tracing makes of it, and how far the unallocated part could move
//! that.

use std::sync::Arc;

use super::Section;
use crate::chart::{Interval, Intervals, Words};
use crate::frame::{Column, Measure};
use crate::page::dataset::{Dataset, frame, in_unit, numbers, texts};
use crate::page::figure::drawn;
use crate::page::gather::{Gathered, Phone};
use crate::page::{Body, Cell, Figure, MethodNote, PageError, Shown, Table, names, number};
use crate::product::{NOTABLE, ProductReport};

/// The phone.
pub(super) struct PhoneAccount;

impl Section for PhoneAccount {
    fn id(&self) -> &'static str {
        "product"
    }

    fn title(&self) -> &'static str {
        "Who earns a phone?"
    }

    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError> {
        let Some(phone) = &found.phone else { return Ok(Vec::new()) };
        Ok(vec![shares(phone)?, statements(phone)])
    }
}

/// Bounds of an economy over both readings of the assembly payment.
fn bounds(report: &ProductReport, economy: usize) -> (f64, f64) {
    report
        .bounds
        .iter()
        .filter(|bound| bound.economy == economy)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), bound| {
            (low.min(bound.low), high.max(bound.high))
        })
}

fn data_of(phone: &Phone) -> Arc<Dataset> {
    let report = &phone.report;
    let of = |value: &dyn Fn(usize) -> f64| (0..report.shares.len()).map(value).collect::<Vec<_>>();
    let frame = frame([
        texts("economy", report.economies.iter().cloned()),
        numbers("direct", Measure::Share, of(&|e| report.shares[e].direct)),
        numbers("traced", Measure::Share, of(&|e| report.shares[e].traced)),
        numbers("traced_average", Measure::Share, of(&|e| report.shares[e].traced_average)),
        numbers("traced_lo", Measure::Share, of(&|e| bounds(report, e).0)),
        numbers("traced_hi", Measure::Share, of(&|e| bounds(report, e).1)),
        // The same in every row: a part of the price, not of an economy.
        numbers("unallocated_share", Measure::Share, of(&|_| report.unallocated_share)),
    ]);
    let mut notes = in_unit(&phone.notes, &format!("fraction of the {} price", price(report)));
    notes.remarks.push(
        "direct: booked by the account; traced: through all suppliers, the unallocated part by the import mix; traced_lo and \
         traced_hi: exact bounds over every way to allocate it and both readings of the assembly payment; unallocated_share: the \
         part of the price that the account books to nobody"
            .into(),
    );
    Dataset::new("product", frame, notes, "")
}

fn method() -> MethodNote {
    MethodNote {
        id: "product".into(),
        words: "A published account of one product's parts, each part bought like an average unit of its sector; bounds over \
                everything that the account leaves unallocated."
            .into(),
        equation: "T_c = ((V B)_c p + assembly_c) / F; bounds at the corners of the simplex of allocations".into(),
        sources: vec![
            ("Xing and Detert (2010), ADBI Working Paper 257".into(), String::new()),
            ("Timmer, Erumban, Los, Stehrer and de Vries (2014)".into(), "10.1257/jep.28.2.99".into()),
        ],
        cautions: vec![
            "suppliers stand where the account books them, usually their nationality and not their plant".into(),
        ],
    }
}

fn source(phone: &Phone) -> String {
    let account = &phone.report.account;
    let words: Vec<String> = account.file().sources.values().cloned().collect();
    let citation = phone.notes.sources.iter().find_map(|source| source.citation.clone()).unwrap_or_default();
    format!("account {} ({}); {}: {citation}", account.id(), words.join("; "), phone.table)
}

fn shares(phone: &Phone) -> Result<Figure, PageError> {
    let report = &phone.report;
    let data = data_of(phone);
    let rows = report.notable(NOTABLE);
    let intervals = rows
        .iter()
        .map(|&row| Interval {
            name: names::economy_short(&report.economies[row]),
            point: 100.0 * data.number("traced", row),
            low: 100.0 * data.number("traced_lo", row),
            high: 100.0 * data.number("traced_hi", row),
            direct: Some(100.0 * data.number("direct", row)),
        })
        .collect();
    let title = report.account.title().to_owned();
    let heading = format!("{title}: booked directly, and traced with bounds");
    let words = Words {
        title: String::new(),
        x: "Share of the price (%)".into(),
        y: String::new(),
        source: String::new(),
        note: String::new(),
        description: format!(
            "One row for each of {} economies: a mark for the share that the account books directly, a mark for the traced \
             share, and a bar from its smallest to its largest possible value.",
            rows.len()
        ),
    };
    let drawing = drawn("fig-product", Intervals { words, rows: intervals }.draw())?;
    let assembler = report.assembler;
    let share = |column: &str| number::percent(data.number(column, assembler));
    Ok(Figure {
        id: "fig-product".into(),
        heading: heading.clone(),
        says: format!(
            "The account books {} of the price to {}, where the product is assembled. Traced through all suppliers it is {}, and \
             between {} and {} whatever the unallocated {} of the price may be.",
            share("direct"),
            names::said(&report.economies[assembler]),
            share("traced"),
            share("traced_lo"),
            share("traced_hi"),
            number::percent(report.unallocated_share)
        ),
        reads: "The bar is certain, given account and table: no allocation of what the account leaves open leads outside it, and \
                nothing says where within it the truth lies. The traced mark lets the open part be bought like the imports of the \
                assembler's sector."
            .into(),
        unit: format!("percent of the {} price", price(report)),
        source: source(phone),
        methods: vec![method()],
        terms: vec!["direct", "traced", "traced_lo"],
        body: vec![
            drawing,
            Body::Table(Table {
                caption: heading,
                columns: vec![
                    Shown::new("Economy", Cell::Economy("economy")),
                    Shown::new("Booked directly", Cell::Percent("direct")),
                    Shown::new("Traced", Cell::Percent("traced")),
                    Shown::new("Bounds", Cell::PercentRange("traced_lo", "traced_hi")),
                    Shown::new("Traced, assembly with average technology", Cell::Percent("traced_average")),
                ],
                rows,
                data: data.clone(),
            }),
        ],
        data: vec![data],
    })
}

/// The base of the account's total, in a word.
fn price(report: &ProductReport) -> &'static str {
    use crate::product::schema::PriceBase;
    match report.account.total().base {
        Some(PriceBase::Retail) => "retail",
        Some(PriceBase::Wholesale) => "wholesale",
        Some(PriceBase::Factory) => "factory",
        None => "stated",
    }
}

fn statements(phone: &Phone) -> Figure {
    let report = &phone.report;
    let words = |of: &dyn Fn(usize) -> String| (0..report.statements.len()).map(of).collect::<Vec<_>>();
    let code = |at: usize| report.statements[at].verdict.reason().map_or("", |reason| reason.code());
    let number_of = |of: &dyn Fn(usize) -> f64| (0..report.statements.len()).map(of).collect::<Vec<_>>();
    let counts = (0..report.statements.len()).map(|at| Some(report.statements[at].n as i64)).collect();
    let frame = frame([
        texts("statement_id", words(&|at| report.statements[at].id.to_string())),
        texts("statement", words(&|at| report.statements[at].statement.to_string())),
        texts("verdict", words(&|at| report.statements[at].verdict.name().to_owned())),
        texts("reason_code", words(&|at| code(at).to_owned())),
        numbers("estimate", Measure::Pure, number_of(&|at| report.statements[at].estimate)),
        numbers("ci_lo", Measure::Pure, number_of(&|at| report.statements[at].low)),
        numbers("ci_hi", Measure::Pure, number_of(&|at| report.statements[at].high)),
        texts("reason", words(&|at| report.statements[at].because.to_string())),
    ])
    .with("n", Measure::Pure, Column::Integer(counts));
    let notes = in_unit(&phone.notes, "as each statement says; shares as fractions");
    let data = Dataset::new("product-statements", frame, notes, "");
    let count = |wanted: &str| {
        report.statements.iter().filter(|statement| statement.verdict.name() == wanted).count()
    };
    let heading = format!("{}: what can be said from the account", report.account.title());
    Figure {
        id: "fig-product-statements".into(),
        heading: heading.clone(),
        says: format!(
            "Of {}, {} supported under every admissible reading, {} contradicted under every one, and {} undetermined.",
            number::count(report.statements.len(), "statement", "statements"),
            count("Supported"),
            count("NotSupported"),
            count("Undetermined")
        ),
        reads: "A statement counts as supported only when every admissible reading of the account supports it; low and high are \
                the ends of those readings, not of a sampling error."
            .into(),
        unit: "as each statement says; shares as fractions".into(),
        source: source(phone),
        methods: vec![method()],
        terms: Vec::new(),
        body: vec![Body::Table(Table {
            caption: heading,
            columns: vec![
                Shown::new("Statement", Cell::Text("statement")),
                Shown::new("Verdict", Cell::Verdict("verdict", "reason_code")),
                Shown::new("Number [low, high]", Cell::Estimate("estimate", "ci_lo", "ci_hi")),
                Shown::new("Because", Cell::Text("reason")),
            ],
            rows: data.rows().collect(),
            data: data.clone(),
        })],
        data: vec![data],
    }
}
