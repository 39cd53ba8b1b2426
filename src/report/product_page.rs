//! A product report for the eyes: one page of 80 columns, from the account to the verdicts.

use super::product_words::{
    amount, base_name, comparison, estimate, evidence_name, percent, shorten, signed, weakest,
};
use super::text_page::TextPage;
use crate::product::schema::CheckKind;
use crate::product::{AssemblyContent, Bounds, Check, NOTABLE, Outcome, Prior, ProductReport};

/// The page as text.
pub fn product_page(report: &ProductReport, table: &str) -> String {
    let mut page = Page { lines: TextPage::default(), sections: 0 };
    page.head(report, table);
    page.account(report);
    page.checks(report);
    page.shares(report);
    page.bounds(report);
    page.priors(report);
    page.benchmark(report);
    page.deficit(report);
    page.variants(report);
    page.verdicts(report);
    page.lines.text
}

/// The account and its checks alone, without a table.
pub fn product_checks_page(account: &crate::product::Account, checks: &[Check]) -> String {
    let mut page = Page { lines: TextPage::default(), sections: 0 };
    page.title(account);
    page.account_of(account);
    page.checks_of(checks);
    page.lines.text
}

struct Page {
    lines: TextPage,
    /// Sections so far: those that an account has, numbered without gaps.
    sections: usize,
}

impl Page {
    fn section(&mut self, title: &str) {
        self.sections += 1;
        self.lines.line("");
        self.lines.line(&format!("{} {title}", self.sections));
    }

    fn title(&mut self, account: &crate::product::Account) {
        self.lines.wrapped("", 0, &format!("{} ({})", account.title(), account.id()));
        if account.illustrative() {
            self.lines.line("ILLUSTRATIVE: invented figures, no evidence on any product");
        }
    }

    fn head(&mut self, report: &ProductReport, table: &str) {
        let account = &report.account;
        self.title(account);
        let year = report.table_year.map_or_else(|| "of an unstated year".into(), |year| year.to_string());
        self.lines.wrapped(
            "",
            0,
            &format!("prices of {} in {}; table {table}, {year}", account.year(), account.currency()),
        );
        if let Some(sectors) = report.sectors_in_words() {
            self.lines.wrapped("", 0, &format!("sectors of the table: {sectors}"));
        }
        if report.table_year.is_some_and(|year| year != account.year()) {
            self.lines.wrapped(
                "note: ",
                6,
                "account and table are of different years, as you asked: technology and trade of one year, prices of another",
            );
        }
    }

    fn account(&mut self, report: &ProductReport) {
        self.account_of(&report.account);
    }

    fn account_of(&mut self, account: &crate::product::Account) {
        let base = account.total().base.map_or("", base_name);
        self.section(&format!("ACCOUNT: {} price, {}", base, account.currency()));
        let total = account.sum();
        let row = |label: &str, value: f64, evidence: &str| {
            format!("  {label:<44}{value:>10.2}{:>9}  {evidence}", percent(value / total))
        };
        for economy in account.economies() {
            let parts: Vec<_> = account.parts().iter().filter(|part| part.economy == economy).collect();
            if parts.is_empty() {
                continue;
            }
            let words = if parts.len() == 1 { "1 part".into() } else { format!("{} parts", parts.len()) };
            let value = account.parts_value_of(economy);
            let evidence = weakest(parts.iter().map(|part| part.evidence));
            self.lines.line(&row(&format!("{economy}  {words}"), value, evidence));
        }
        let assembly = account.assembly();
        let label = format!("{}  assembly ({})", assembly.economy, account.scope());
        self.lines.line(&row(&shorten(&label, 43), assembly.value, evidence_name(assembly.evidence)));
        if let Some(rest) = account.rest() {
            let label = format!("?    {}", rest.item);
            self.lines.line(&row(&shorten(&label, 43), rest.value, evidence_name(rest.evidence)));
        }
        self.lines.line(&row("total", total, evidence_name(account.total().evidence)));
        if let Some(retail) = account.retail() {
            for layer in &retail.layers {
                let rest = if layer.residual { ", what remains" } else { "" };
                let label = format!("+ {}  {}{rest}", layer.economy, layer.item);
                let evidence = evidence_name(layer.evidence);
                self.lines.line(&format!(
                    "  {:<44}{:>10.2}{:>9}  {evidence}",
                    shorten(&label, 43),
                    layer.value,
                    ""
                ));
            }
            let evidence = evidence_name(retail.evidence);
            self.lines
                .line(&format!("  {:<44}{:>10.2}{:>9}  {evidence}", "= retail price", retail.price, ""));
        }
        for note in &account.file().notes {
            self.lines.wrapped("  -", 4, note);
        }
        for source in account.file().sources.values() {
            self.lines.wrapped("  source:", 10, source);
        }
    }

    fn checks(&mut self, report: &ProductReport) {
        self.checks_of(&report.checks);
    }

    fn checks_of(&mut self, checks: &[Check]) {
        let count = |outcome| checks.iter().filter(|check| check.outcome == outcome).count();
        self.section(&format!(
            "CHECKS: {} consistent, {} inconsistent, {} by construction, {} readings",
            count(Outcome::Consistent),
            count(Outcome::Inconsistent),
            count(Outcome::ByConstruction),
            count(Outcome::Reading)
        ));
        for (kind, title) in [
            (CheckKind::Identity, "  inside the account"),
            (CheckKind::Sources, "  between sources and readings"),
            (CheckKind::Reading, "  under another reading"),
        ] {
            let of_kind: Vec<&Check> = checks.iter().filter(|check| check.kind == kind).collect();
            if !of_kind.is_empty() {
                self.lines.line(title);
            }
            for check in of_kind {
                let mark = match check.outcome {
                    Outcome::Consistent => "ok",
                    Outcome::Inconsistent => "NO",
                    Outcome::ByConstruction => "=",
                    Outcome::Reading => "",
                };
                let says = format!("{}: {}", check.says, comparison(check));
                self.lines.wrapped(&format!("    {mark}"), 8, &says);
            }
        }
    }

    fn shares(&mut self, report: &ProductReport) {
        self.section("DIRECT AND TRACED: per cent of the total");
        self.lines.line("                 paid    value added traced through the table");
        self.lines.line("               direct    known  rest by  assembly    carved   of retail");
        self.lines.line("                         parts  imports   average       out   price");
        let notable = report.notable(NOTABLE);
        let cell = |value: f64| format!("{:.1}", value * 100.0);
        let mut others = [0.0; 5];
        for of in &report.shares {
            let values =
                [of.direct, of.identified, of.traced, of.traced_average, of.carved.unwrap_or(f64::NAN)];
            if !notable.contains(&of.economy) {
                others.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            }
        }
        let line = |name: &str, values: [f64; 5], retail: Option<(f64, f64)>| {
            let carved = if values[4].is_nan() { "-".into() } else { cell(values[4]) };
            let retail = retail.map_or(String::new(), |(low, high)| format!("{}-{}", cell(low), cell(high)));
            format!(
                "  {:<11}{:>8}{:>9}{:>9}{:>10}{carved:>10}   {retail}",
                shorten(name, 11),
                cell(values[0]),
                cell(values[1]),
                cell(values[2]),
                cell(values[3])
            )
        };
        for &economy in &notable {
            let of = &report.shares[economy];
            let values =
                [of.direct, of.identified, of.traced, of.traced_average, of.carved.unwrap_or(f64::NAN)];
            self.lines.line(&line(&report.economies[economy], values, of.retail));
        }
        self.lines.line(&line("others", others, None));
        let rest = report.unallocated_share;
        let left = if report.allocation.is_some() || rest <= 0.0 { 0.0 } else { rest };
        self.lines.line(&line("unallocated", [rest, rest, left, left, left], None));
        self.lines.line(&format!("  sum of traced shares less one: {:.1e}", report.sum_gap));
        self.lines.wrapped(
            "  -",
            4,
            "rest by imports: the unallocated part is bought like the imports of the assembler's sector. assembly average: \
             the assembly payment has the content of an average sale of that sector, instead of being all local.",
        );
        let carved = match &report.obstacle {
            None => "carved out: the product is taken out of the assembler's sector before tracing; elsewhere it is appended \
                     marginally, which leaves every other result of the table as it is."
                .into(),
            Some(obstacle) => format!("not carved out: {obstacle}."),
        };
        self.lines.wrapped("  -", 4, &carved);
        if report.shares.iter().any(|of| of.retail.is_some()) {
            self.lines.wrapped(
                "  -",
                4,
                "of retail price: from the lowest to the highest that the bounds below and the declared local shares of the \
                 layers allow.",
            );
        }
    }

    fn bounds(&mut self, report: &ProductReport) {
        self.section("BOUNDS: certain, whatever the unallocated part is; per cent of the total");
        if report.unallocated_share <= 0.0 {
            self.lines.line("  everything is allocated: the traced shares are exact");
            return;
        }
        self.lines.line("               any economy and sector                     likely sector only");
        self.lines.line("               lowest  highest  (all of the rest from)    lowest  highest");
        let find = |bounds: &'_ [Bounds], economy: usize, assembly: AssemblyContent| {
            bounds.iter().find(|bound| bound.economy == economy && bound.assembly == assembly).cloned()
        };
        let assembler = report.assembler;
        for economy in report.notable(NOTABLE) {
            for assembly in AssemblyContent::ALL {
                // The reading of the assembly payment matters for the assembler's economy; elsewhere it is a detail.
                if assembly == AssemblyContent::AverageTechnology && economy != assembler {
                    continue;
                }
                let Some(any) = find(&report.bounds, economy, assembly) else { continue };
                let name = match assembly {
                    AssemblyContent::Local => report.economies[economy].clone(),
                    AssemblyContent::AverageTechnology => "  (average)".into(),
                };
                let narrow = find(&report.sector_bounds, economy, assembly).map_or(String::new(), |narrow| {
                    format!("{:>6.1}{:>9.1}", narrow.low * 100.0, narrow.high * 100.0)
                });
                self.lines.line(&format!(
                    "  {:<11}{:>8.1}{:>9.1}  {:<26}{narrow}",
                    shorten(&name, 11),
                    any.low * 100.0,
                    any.high * 100.0,
                    shorten(&any.high_at, 25)
                ));
            }
        }
        self.lines.wrapped(
            "  -",
            4,
            "bounds are for one economy at a time: they cannot all be reached at once.",
        );
    }

    fn priors(&mut self, report: &ProductReport) {
        if report.priors.is_empty() {
            return;
        }
        self.section("PRIORS: opinions on the unallocated part; 95 % intervals, per cent");
        self.lines.line("              import mix of the sector        world exports of the sector");
        self.lines.line("              mean  alpha 1     10    100     mean  alpha 1     10    100");
        for economy in report.notable(NOTABLE) {
            let mut line = format!("  {:<11}", shorten(&report.economies[economy], 11));
            for prior in Prior::ALL {
                let of: Vec<_> =
                    report.priors.iter().filter(|p| p.economy == economy && p.prior == prior).collect();
                let Some(first) = of.first() else {
                    line.push_str(&format!("{:>32}", ""));
                    continue;
                };
                line.push_str(&format!("{:>5.1}  ", first.mean * 100.0));
                for p in of {
                    line.push_str(&format!("{:>7}", format!("{:.0}-{:.0}", p.low * 100.0, p.high * 100.0)));
                }
                line.push_str("    ");
            }
            self.lines.line(&line);
        }
        self.lines.wrapped(
            "  -",
            4,
            "alpha: how firmly the prior is held, from hardly (1) to firmly (100). Verdicts rest on bounds, never on priors.",
        );
    }

    fn benchmark(&mut self, report: &ProductReport) {
        self.section("SECTOR BENCHMARK");
        let name = &report.economies[report.assembler];
        let of = &report.shares[report.assembler];
        self.lines.wrapped(
            "",
            2,
            &format!(
                "{name}: {} of the product is domestic value added (traced, rest by imports), {} of all exports of its \
                 sector in the same table.",
                percent(of.traced),
                percent(report.sector_share)
            ),
        );
    }

    fn deficit(&mut self, report: &ProductReport) {
        let Some(deficit) = &report.deficit else { return };
        let importer = &report.economies[deficit.importer];
        let exporter = &report.economies[deficit.exporter];
        // Of few units a million is too large a measure: every amount would be 0.00.
        let (scale, measure) = if deficit.gross_imports.abs() < 1.0 { (1e6, "") } else { (1.0, "million ") };
        self.section(&format!(
            "DEFICIT of {importer} with {exporter}: {measure}{}",
            report.account.currency()
        ));
        let mut row = |label: &str, value: f64| {
            self.lines.line(&format!("  {label:<50}{:>12}", amount(value * scale)));
        };
        row("gross imports of the product", deficit.gross_imports);
        row(&format!("gross deficit (less parts of {importer})"), deficit.gross);
        row(&format!("value added of {exporter}, as booked"), deficit.direct);
        row(&format!("value added of {exporter}, traced, rest by imports"), deficit.traced);
        row("as booked, less own parts (negative: a surplus)", deficit.net_of_own_parts());
        if let Some(table) = deficit.table_deficit {
            self.lines.line(&format!(
                "  {:<50}{:>12}",
                "gross, of the table's bilateral deficit",
                percent(deficit.gross / table)
            ));
        }
        self.lines.line("  told again by who earns it:                 direct      traced");
        let mut with: Vec<_> = deficit.by_economy.iter().collect();
        with.sort_by(|a, b| b.traced.total_cmp(&a.traced).then(a.economy.cmp(&b.economy)));
        let mut pair = |label: &str, direct: f64, traced: f64| {
            let (direct, traced) = (amount(direct * scale), amount(traced * scale));
            self.lines.line(&format!("    {label:<36}{direct:>10}{traced:>12}"));
        };
        for with in with.iter().take(NOTABLE) {
            pair(&report.economies[with.economy], with.direct, with.traced);
        }
        if with.len() > NOTABLE {
            let tail = |get: &dyn Fn(&crate::product::DeficitWith) -> f64| -> f64 {
                with.iter().skip(NOTABLE).map(|with| get(with)).sum()
            };
            pair("others", tail(&|w| w.direct), tail(&|w| w.traced));
        }
        self.lines.line(&format!("    {:<36}{:>10}", "unallocated", amount(deficit.unallocated * scale)));
        let booked = deficit.by_economy.iter().map(|with| with.direct).sum::<f64>() + deficit.unallocated;
        self.lines.line(&format!(
            "    {:<36}{:>10}{:>12}",
            "sum",
            amount(booked * scale),
            amount(deficit.traced_total() * scale)
        ));
        if let Some(gap) = deficit.open_gap() {
            let why = if deficit.importer == deficit.exporter {
                "the importer is the assembler, and its own assembly is no import"
            } else {
                "the stated total is not the sum of its parts, within its tolerance"
            };
            self.lines.wrapped(
                "  -",
                4,
                &format!("gross deficit less the direct sum: {}; {why}.", signed(gap * scale)),
            );
        }
        self.lines.wrapped(
            "  -",
            4,
            &format!(
                "the traced sum leaves out value added of {importer} inside other economies' parts and includes foreign \
                 value added inside its own: the bilateral balance changes, the overall balance does not."
            ),
        );
    }

    fn variants(&mut self, report: &ProductReport) {
        if report.variants.is_empty() {
            return;
        }
        self.section("OTHER BOOKINGS: direct and traced (rest by imports), per cent of the total");
        for variant in &report.variants {
            self.lines.wrapped("  -", 4, &variant.says);
            for (economy, of) in report.shares.iter().enumerate() {
                if (variant.direct[economy] - of.direct).abs() > 0.0 {
                    self.lines.line(&format!(
                        "    {:<9} direct {:>5.1} -> {:>5.1}   traced {:>5.1} -> {:>5.1}",
                        report.economies[economy],
                        of.direct * 100.0,
                        variant.direct[economy] * 100.0,
                        of.traced * 100.0,
                        variant.traced[economy] * 100.0
                    ));
                }
            }
        }
    }

    fn verdicts(&mut self, report: &ProductReport) {
        self.section("VERDICTS");
        for statement in &report.statements {
            let reason =
                statement.verdict.reason().map_or(String::new(), |reason| format!(" {}", reason.code()));
            self.lines.wrapped(
                &format!("  {}{reason}", statement.verdict.name()),
                19,
                &format!("{}: {}", statement.id, statement.statement),
            );
            let numbers = estimate(statement.id, statement.estimate, statement.low, statement.high);
            self.lines.wrapped("", 19, &format!("{numbers}{}", statement.because));
        }
        if report.account.illustrative() {
            self.lines.line("  The account is illustrative: these verdicts show the form and say nothing.");
        }
        if !report.margins.is_empty() {
            self.lines.line("  margins behind margin-gap:");
            for (margin, source) in &report.margins {
                let label = format!("{} {}", margin.firm, margin.period);
                let line = format!(
                    "    {label:<20}{:>6}  {}",
                    percent(margin.operating),
                    evidence_name(margin.evidence)
                );
                self.lines.wrapped(&line, 42, source);
            }
        }
    }
}
