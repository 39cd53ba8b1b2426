//! A report as records: one row a number, with the section it belongs to, for every format that [`crate::report`] writes.

use super::checks::Check;
use super::{AssemblyContent, Bounds, ProductReport};
use crate::frame::{Column, Frame, Measure};

/// One record before it becomes columns.
#[derive(Default)]
struct Record {
    section: &'static str,
    id: String,
    economy: Option<String>,
    spec: String,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    reference: Option<f64>,
    unit: String,
    verdict: Option<String>,
    reason: Option<String>,
    says: Option<String>,
}

impl ProductReport {
    /// The report as a table of records.
    ///
    /// Columns: `account year section id economy spec value low high reference unit verdict reason says`. Sections:
    /// `check direct traced retail bounds prior benchmark deficit variant margin history verdict`.
    pub fn frame(&self) -> Frame {
        let records = self.records();
        let text = |get: &dyn Fn(&Record) -> Option<String>| Column::Text(records.iter().map(get).collect());
        let number = |get: &dyn Fn(&Record) -> Option<f64>| {
            Column::Number(records.iter().map(|record| get(record).unwrap_or(f64::NAN)).collect())
        };
        let year = self.table_year.map(i64::from);
        Frame::new()
            .with("account", Measure::Key, text(&|_| Some(self.account.id().to_owned())))
            .with("year", Measure::Key, Column::Integer(vec![year; records.len()]))
            .with("section", Measure::Key, text(&|record| Some(record.section.to_owned())))
            .with("id", Measure::Key, text(&|record| Some(record.id.clone())))
            .with("economy", Measure::Key, text(&|record| record.economy.clone()))
            .with("spec", Measure::Key, text(&|record| Some(record.spec.clone())))
            .with("value", Measure::Pure, number(&|record| record.value))
            .with("low", Measure::Pure, number(&|record| record.low))
            .with("high", Measure::Pure, number(&|record| record.high))
            .with("reference", Measure::Pure, number(&|record| record.reference))
            .with("unit", Measure::Key, text(&|record| Some(record.unit.clone())))
            .with("verdict", Measure::Key, text(&|record| record.verdict.clone()))
            .with("reason", Measure::Key, text(&|record| record.reason.clone()))
            .with("says", Measure::Key, text(&|record| record.says.clone()))
    }

    fn records(&self) -> Vec<Record> {
        let mut records: Vec<Record> = self.checks.iter().map(check_record).collect();
        let share = |section, id: &str, economy: usize, spec: &str, value: f64| Record {
            section,
            id: id.into(),
            economy: Some(self.economies[economy].clone()),
            spec: spec.into(),
            value: Some(value),
            unit: "share".into(),
            ..Record::default()
        };
        for of in &self.shares {
            let e = of.economy;
            records.push(share("direct", "D", e, "", of.direct));
            records.push(share("traced", "T", e, "assembly all local; rest left out", of.identified));
            records.push(share("traced", "T", e, "assembly all local; rest by import mix", of.traced));
            records.push(share("traced", "T", e, "assembly average; rest by import mix", of.traced_average));
            if let Some(carved) = of.carved {
                records.push(share(
                    "traced",
                    "T",
                    e,
                    "carved out; assembly all local; rest by import mix",
                    carved,
                ));
            }
            if let Some((low, high)) = of.retail {
                let record = share("retail", "share of the retail price", e, "", f64::NAN);
                records.push(Record { value: None, low: Some(low), high: Some(high), ..record });
            }
        }
        records.push(Record {
            section: "direct",
            id: "unallocated".into(),
            value: Some(self.unallocated_share),
            unit: "share".into(),
            ..Record::default()
        });
        records.extend(self.bounds.iter().map(|bound| self.bound_record(bound, "any sector")));
        records.extend(self.sector_bounds.iter().map(|bound| self.bound_record(bound, "candidate sector")));
        for prior in &self.priors {
            let spec = format!("{}; alpha {}", prior.prior.name(), prior.concentration);
            let record = share("prior", "mean", prior.economy, &spec, prior.mean);
            records.push(Record { low: Some(prior.low), high: Some(prior.high), ..record });
            records.push(share("prior", "median", prior.economy, &spec, prior.median));
            records.push(share("prior", "deviation", prior.economy, &spec, prior.deviation));
        }
        records.push(share(
            "benchmark",
            "domestic value added in the sector's exports",
            self.assembler,
            "",
            self.sector_share,
        ));
        records.extend(self.deficit_records());
        for variant in &self.variants {
            for (economy, direct) in variant.direct.iter().enumerate() {
                if (direct - self.shares[economy].direct).abs() > 0.0 {
                    let says = Some(variant.says.clone());
                    let direct = share("variant", &variant.id, economy, "direct", *direct);
                    records.push(Record { says: says.clone(), ..direct });
                    let traced = share("variant", &variant.id, economy, "traced", variant.traced[economy]);
                    records.push(Record { says, ..traced });
                }
            }
        }
        for (margin, source) in &self.margins {
            records.push(Record {
                section: "margin",
                id: margin.firm.clone(),
                spec: margin.period.clone(),
                value: Some(margin.operating),
                unit: "share of revenue".into(),
                says: Some(source.clone()),
                ..Record::default()
            });
        }
        for point in &self.history {
            records.push(Record {
                section: "history",
                id: point.account.clone(),
                spec: point.year.to_string(),
                value: Some(point.share),
                unit: "share".into(),
                says: Some(point.scope.clone()),
                ..Record::default()
            });
        }
        for statement in &self.statements {
            let known = |value: f64| value.is_finite().then_some(value);
            records.push(Record {
                section: "verdict",
                id: statement.id.into(),
                economy: Some(self.economies[self.assembler].clone()),
                spec: format!("n {}", statement.n),
                value: known(statement.estimate),
                low: known(statement.low),
                high: known(statement.high),
                reference: known(statement.threshold),
                unit: String::new(),
                verdict: Some(statement.verdict.name().into()),
                reason: statement.verdict.reason().map(|reason| reason.code().into()),
                says: Some(format!("{}: {}", statement.statement, statement.because)),
            });
        }
        records
    }

    fn bound_record(&self, bound: &Bounds, scope: &str) -> Record {
        let content = match bound.assembly {
            AssemblyContent::Local => "assembly all local",
            AssemblyContent::AverageTechnology => "assembly average",
        };
        Record {
            section: "bounds",
            id: "T".into(),
            economy: Some(self.economies[bound.economy].clone()),
            spec: format!("{scope}; {content}"),
            value: Some(bound.identified),
            low: Some(bound.low),
            high: Some(bound.high),
            unit: "share".into(),
            says: (!bound.low_at.is_empty())
                .then(|| format!("low: all of the rest from {}; high: from {}", bound.low_at, bound.high_at)),
            ..Record::default()
        }
    }

    fn deficit_records(&self) -> Vec<Record> {
        let Some(deficit) = &self.deficit else { return Vec::new() };
        let unit = format!("million {}", self.account.currency());
        let amount = |id: &str, economy: Option<usize>, spec: &str, value: f64| Record {
            section: "deficit",
            id: id.into(),
            economy: economy.map(|economy| self.economies[economy].clone()),
            spec: spec.into(),
            value: Some(value),
            unit: unit.clone(),
            ..Record::default()
        };
        let exporter = Some(deficit.exporter);
        let mut records = vec![
            amount("gross imports", exporter, "", deficit.gross_imports),
            amount("own parts", Some(deficit.importer), "", deficit.own_parts),
            amount("bilateral deficit", exporter, "gross", deficit.gross),
            amount("bilateral deficit", exporter, "direct value added", deficit.direct),
            amount("bilateral deficit", exporter, "traced value added", deficit.traced),
            amount(
                "bilateral deficit",
                exporter,
                "direct value added less own parts",
                deficit.net_of_own_parts(),
            ),
            amount("unallocated", None, "direct", deficit.unallocated),
        ];
        if let Some(gap) = deficit.open_gap() {
            records.push(amount("gross less direct and unallocated", None, "direct", gap));
        }
        for with in &deficit.by_economy {
            records.push(amount("redistributed", Some(with.economy), "direct", with.direct));
            records.push(amount("redistributed", Some(with.economy), "traced", with.traced));
        }
        if let Some(table) = deficit.table_deficit {
            records.push(amount("bilateral deficit of the table", exporter, "gross, all sectors", table));
        }
        records
    }
}

fn check_record(check: &Check) -> Record {
    use super::schema::CheckKind;
    Record {
        section: "check",
        id: check.id.clone(),
        spec: match check.kind {
            CheckKind::Identity => "identity".into(),
            CheckKind::Sources => "sources".into(),
            CheckKind::Reading => "reading".into(),
        },
        value: Some(check.left),
        low: check.low,
        high: check.high,
        reference: check.gap,
        verdict: Some(check.outcome.name().into()),
        says: Some(check.says.clone()),
        ..Record::default()
    }
}
