//! From tables to numbers: opens every table once, makes every analysis that a section asks for, evaluates the claims and
//! traces the product. Draws nothing and knows no HTML.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::dataset::Dataset;
use super::economy::ECONOMY_PARTS;
use super::room::{self, Peaks, Room};
use super::sections::SECTIONS;
use super::{PageError, names, options};
use crate::analysis::{
    AccountFiles, Admission, Analysis, AnalysisError, Beside, PanelMaker, Preparation, Satellite, World,
};
use crate::claims::{self, Claim, ClaimData, ClaimOptions, Outcome, Step};
use crate::frame::{Frame, ResultNotes};
use crate::kernel::stored::Storage;
use crate::labels::economy_names;
use crate::labels::{Axis, LabelError};
use crate::load::{self, ReadOptions, TableRef, accounts};
use crate::model::ModelOptions;
use crate::product::{self, ProductReport};
use crate::upgrading::panel::{HOURS, JOBS, LABOUR, LABOUR_HIGH};
use crate::upgrading::{Panel, UpgradingError};

/// What to report on.
#[derive(Debug, Clone)]
pub struct Request {
    /// Tables; none for the embedded ones. The first gives the figures, all of them the claims.
    pub tables: Vec<String>,
    /// Years of the first table; empty for all.
    pub years: Vec<i32>,
    /// How tables are read and modelled.
    pub preparation: Preparation,
    /// Economies that are told one by one.
    pub economies: Economies,
    /// Ids of the claims; all when absent, none when empty.
    pub claims: Option<Vec<String>>,
    /// How claims are evaluated.
    pub claim_options: ClaimOptions,
    /// Jobs by row: accounts or a file; the embedded ones of an embedded table when absent.
    pub jobs: Option<(PathBuf, String)>,
    /// The product account that is traced; none to leave it out.
    pub product: Option<String>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            tables: Vec::new(),
            years: Vec::new(),
            preparation: Preparation::default(),
            economies: Economies::None,
            claims: None,
            claim_options: ClaimOptions::default(),
            jobs: None,
            product: Some(DEFAULT_PRODUCT.into()),
        }
    }
}

/// Which economies are told one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Economies {
    /// Every one, on a page of its own.
    All,
    /// None.
    None,
    /// These, before anything else.
    Named(Vec<String>),
}

/// The table of a report without tables.
pub const DEFAULT_TABLE: &str = "builtin:wiod13";
const DEFAULT_PRODUCT: &str = "iphone-4-2010";

/// For which tables an analysis is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Every year.
    All,
    /// The last year alone.
    Last,
}

/// An analysis that a section needs.
pub struct Wanted {
    /// Name of the dataset; sections that ask for the same name share it.
    pub id: &'static str,
    /// For which years.
    pub span: Span,
    /// The analysis.
    pub analysis: Box<dyn Analysis>,
    /// The command that gives the same, without `vadex` and with `TABLE` for the table; empty where there is none.
    pub command: &'static str,
    /// Are jobs traced in place of value added?
    pub jobs: bool,
}

impl Wanted {
    /// An analysis of value added.
    pub fn new(
        id: &'static str,
        span: Span,
        analysis: impl Analysis + 'static,
        command: &'static str,
    ) -> Self {
        Self { id, span, analysis: Box::new(analysis), command, jobs: false }
    }

    /// The same with jobs in place of value added; left out where the table has no accounts.
    #[must_use]
    pub fn tracing_jobs(mut self) -> Self {
        self.jobs = true;
        self
    }
}

/// A claim and what was found.
pub struct Finding {
    /// The claim.
    pub claim: &'static dyn Claim,
    /// Verdict and details.
    pub outcome: Outcome,
}

/// The claims that were asked for.
pub struct Claims {
    /// In the order of the ledger.
    pub findings: Vec<Finding>,
    /// What travels with them.
    pub notes: ResultNotes,
    /// Tables that were named, as options of the command.
    pub options: String,
}

impl Claims {
    /// The finding on a claim, when it was asked for.
    pub fn find(&self, id: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.claim.card().id == id)
    }
}

/// A product, traced.
pub struct Phone {
    /// What was found.
    pub report: ProductReport,
    /// What travels with it.
    pub notes: ResultNotes,
    /// The table it was traced through.
    pub table: String,
    /// Is it united and modelled as the tables of the report are?
    pub own: bool,
}

/// The years as a panel for measures of upgrading.
pub struct Years {
    /// Years and what stands beside them.
    pub panel: Panel,
    /// What travels with them.
    pub notes: ResultNotes,
    /// Options with which `vadex upgrading` makes the same panel; none when it cannot.
    pub options: Option<String>,
}

/// Everything that sections draw on. Immutable.
pub struct Gathered {
    /// The first table, as it was named.
    pub table: String,
    /// Years of the tables, in order; empty for one table without a year.
    pub years: Vec<i32>,
    /// Unit of the flows.
    pub unit: String,
    /// Economies of the last table.
    pub economies: Vec<String>,
    /// Economies that are several of the file together, under a name that is no economy's, and what they are made of.
    pub groups: Vec<(String, Vec<String>)>,
    /// Economies that are told one by one.
    pub economies_shown: Vec<String>,
    /// Are they told on the first page?
    pub inline: bool,
    /// What travels with everything: conventions, sources, worst gaps.
    pub notes: ResultNotes,
    /// Whom to cite for the tables.
    pub citation: String,
    /// The claims, when any were asked for.
    pub claims: Option<Claims>,
    /// The product, when one was asked for.
    pub phone: Option<Phone>,
    /// The years as a panel; none when nobody is told one by one, of a single year, or of tables with different rows.
    pub panel: Option<Years>,
    data: BTreeMap<&'static str, Arc<Dataset>>,
}

impl Gathered {
    /// A dataset that a section asked for; nothing when the table could not give it.
    pub fn data(&self, id: &str) -> Option<&Arc<Dataset>> {
        self.data.get(id)
    }

    /// First and last year as text; equal for one table, empty without a year.
    pub fn span(&self) -> (String, String) {
        let text = |year: Option<&i32>| year.map_or_else(String::new, ToString::to_string);
        (text(self.years.first()), text(self.years.last()))
    }

    /// `EU3 is Germany, France and Italy taken together.`; nothing of what is no group.
    pub fn made_of(&self, economy: &str) -> Option<String> {
        let (name, members) = self.groups.iter().find(|(name, _)| name == economy)?;
        let said: Vec<String> = members.iter().map(|member| names::said(member)).collect();
        let list = match said.as_slice() {
            [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
            _ => said.join(", "),
        };
        Some(format!("{name} is {list} taken together, as one exporter."))
    }

    /// `current prices`, where the unit says which; nothing where it does not.
    pub fn prices(&self) -> Option<&str> {
        self.unit.split(", ").find(|part| part.ends_with("prices"))
    }

    /// Are there several years?
    pub fn moves(&self) -> bool {
        self.years.len() > 1
    }

    /// ` in 2011`, or nothing for a table without a year.
    pub fn in_last_year(&self) -> String {
        self.years.last().map_or_else(String::new, |year| format!(" in {year}"))
    }

    /// `builtin:wiod13, 1995 to 2011: CITATION`.
    pub fn source(&self) -> String {
        let years = match (self.years.first(), self.years.last()) {
            (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
            (Some(year), _) => format!(", {year}"),
            _ => String::new(),
        };
        cited(&format!("{}{years}", self.table), &self.citation)
    }
}

fn cited(table: &str, citation: &str) -> String {
    if citation.is_empty() {
        format!("{table} (the file names no citation)")
    } else {
        format!("{table}: {citation}")
    }
}

/// Opens, solves, computes, evaluates. `told` hears of each step: what, how many steps are done, how many there are.
///
/// # Errors
/// A table that cannot be read or solved; an economy or a claim that does not exist.
pub fn gather(request: &Request, told: &mut dyn FnMut(&str, usize, usize)) -> Result<Gathered, PageError> {
    let input = request.tables.first().map_or(DEFAULT_TABLE, String::as_str);
    let wanted_claims = chosen_claims(request)?;
    let product = request.product.as_deref().map(product::find).transpose()?;
    let tables = load::discover(input, &request.years)?;
    let (Some(first), Some(last)) = (tables.first(), tables.last()) else {
        return Err(PageError::NoTables { input: input.to_owned() });
    };
    if tables.len() > 1
        && let Some(undated) = tables.iter().find(|table| table.year().is_none())
    {
        return Err(PageError::NoYear { table: undated.name() });
    }
    let steps = tables.len() + wanted_claims.len() + 2;
    let mut done = 0;
    told(&first.name(), done, steps);
    let jobs = jobs_of(request, input)?;
    let mut maker = maker(request, input, &tables)?;
    let mut jobs_by_row = Vec::new();
    let wanted = wanted();
    // It is admitted here, with all that is asked of a table and its model.
    let mut preparation = request.preparation.clone();
    let limit = preparation.admission.take().and_then(|admission| admission.limit);
    preparation.reading.memory = preparation.reading.memory.or(limit);
    let room = Room::of(request, &wanted, tables.len(), !wanted_claims.is_empty(), &preparation.reading)?;
    let mut peaks = Peaks::default();
    let mut columns: BTreeMap<&'static str, (Vec<Frame>, Option<ResultNotes>)> = BTreeMap::new();
    let mut notes = ResultNotes::of("report");
    let mut economies: Vec<String> = Vec::new();
    let mut groups = Vec::new();
    let mut years = Vec::new();
    for (position, table) in tables.iter().enumerate() {
        told(&table.name(), done, steps);
        let satellites: Vec<&Satellite> = jobs.iter().collect();
        let opened = table.open(&preparation.reading)?;
        if opened.intermediate_use().storage() == Storage::Compressed {
            return Err(PageError::Network { table: table.name(), rows: opened.axis().n_rows() });
        }
        peaks = room.admit(request, &opened, position == 0)?.max(peaks);
        let (world, mut traced) = preparation.build_with(opened, &satellites)?;
        if position == 0 {
            // Before anything takes long: is everyone there?
            check_economies(&request.economies, &world, &table.name())?;
        }
        // The last year is the one that most figures are of.
        if position + 1 == tables.len() && world.model().flows().gross_exports().iter().all(|e| *e == 0.0) {
            return Err(PageError::NobodyExports { table: table.name() });
        }
        years.extend(world.model().description().year);
        economies = world.model().axis().economies().to_vec();
        groups = groups_of(world.model().axis());
        let with_jobs = traced.pop().transpose()?;
        match maker.as_mut().map(|maker| maker.take(&world, &table.name(), None)) {
            Some(Err(AnalysisError::Upgrading(error @ UpgradingError::OtherLabels { .. }))) => {
                notes.remarks.push(format!("upgrading is not told: {error}"));
                maker = None;
            }
            Some(taken) => taken?,
            None => {}
        }
        let in_every_row = match &jobs {
            Some(Satellite::File(_)) => true,
            Some(Satellite::Database(account)) => account.is_complete(),
            _ => false,
        };
        if let (true, Some(world)) = (in_every_row, &with_jobs) {
            // Figures for every row: what is traced in place of value added is an amount of each.
            let model = world.model();
            let amounts =
                model.value_added_share().iter().zip(model.flows().gross_output()).map(|(v, x)| v * x);
            jobs_by_row.push((model.description().year, amounts.collect::<Vec<f64>>()));
        }
        let is_last = position + 1 == tables.len();
        for one in wanted.iter().filter(|one| one.span == Span::All || is_last) {
            let world = if one.jobs { with_jobs.as_ref() } else { Some(&world) };
            let Some(world) = world else { continue };
            let piece = one.analysis.run(world)?;
            let (frames, kept) = columns.entry(one.id).or_default();
            frames.push(piece.frame);
            if !one.jobs {
                notes.absorb(piece.notes.clone().without_tables());
            }
            match kept {
                Some(kept) => kept.absorb(piece.notes),
                None => *kept = Some(piece.notes),
            }
        }
        let of_table = world.notes("report");
        notes.sources.extend(of_table.sources);
        notes.violations.extend(of_table.violations);
        notes.findings.extend(of_table.findings);
        if notes.unit.is_empty() {
            notes.unit = of_table.unit;
        }
        done += 1;
    }
    let data = columns
        .into_iter()
        .filter_map(|(id, (frames, kept))| {
            let one = wanted.iter().find(|one| one.id == id)?;
            let command = command(one, request, input, last);
            Some((id, Dataset::new(id, Frame::stack(&frames), kept?, command)))
        })
        .collect();
    let panel = maker.map(|maker| years_of(request, maker, jobs_by_row)).transpose()?;
    let claims = claims_found(request, &wanted_claims, peaks.figures, &mut |what| {
        told(what, done, steps);
        done += usize::from(what.starts_with('C'));
    })?;
    if claims.is_some() {
        notes.remarks.extend(options::beyond_claims(&request.preparation));
    }
    let phone = match product {
        Some(account) => {
            told(account.id(), done, steps);
            phone_traced(&account, request, input, peaks.all)?
        }
        None => None,
    };
    if let Some(phone) = phone.as_ref().filter(|phone| !phone.own) {
        notes.remarks.extend(options::beyond_product(&request.preparation, &phone.table));
    }
    let (economies_shown, inline) = match &request.economies {
        Economies::All => (economies.clone(), false),
        Economies::None => (Vec::new(), false),
        Economies::Named(named) => (named.clone(), true),
    };
    Ok(Gathered {
        table: input.to_owned(),
        years,
        unit: notes.unit.clone(),
        economies,
        groups,
        economies_shown,
        inline,
        citation: citation_of(&notes, input),
        notes,
        claims,
        phone,
        panel,
        data,
    })
}

/// The groups of an axis with their members; parts of a split economy go by that economy's own name.
fn groups_of(axis: &Axis) -> Vec<(String, Vec<String>)> {
    (0..axis.n_economies())
        .filter(|&economy| {
            axis.is_group(economy) && economy_names::name(&axis.economies()[economy]).is_none()
        })
        .map(|economy| {
            let mut members: Vec<String> = Vec::new();
            for row in axis.block(economy) {
                let member = axis.member_of(row);
                if !members.iter().any(|known| known == member) {
                    members.push(member.to_owned());
                }
            }
            (axis.economies()[economy].clone(), members)
        })
        .collect()
}

/// What all sections and parts ask for, each name once.
fn wanted() -> Vec<Wanted> {
    let mut all: Vec<Wanted> = Vec::new();
    let asked = SECTIONS.iter().flat_map(|section| section.wants());
    for one in asked.chain(ECONOMY_PARTS.iter().flat_map(|part| part.wants())) {
        if !all.iter().any(|known| known.id == one.id) {
            all.push(one);
        }
    }
    all
}

/// The command line of a dataset, with the table and the years filled in.
fn command(one: &Wanted, request: &Request, input: &str, last: &TableRef) -> String {
    if one.command.is_empty() {
        return String::new();
    }
    let years = match (one.span, last.year()) {
        (Span::Last, Some(year)) => vec![year],
        _ => request.years.clone(),
    };
    let command = one.command.replace("TABLE", &options::quoted(input));
    format!("vadex {command}{}{}", years_option(&years), options::modelling(&request.preparation))
}

/// ` --year 1995,2011`, ` --year 2005-2011`; nothing for all.
fn years_option(years: &[i32]) -> String {
    match years {
        [] => String::new(),
        [first, _, .., last] if years.windows(2).all(|pair| pair[1] == pair[0] + 1) => {
            format!(" --year {first}-{last}")
        }
        years => {
            let years: Vec<String> = years.iter().map(ToString::to_string).collect();
            format!(" --year {}", years.join(","))
        }
    }
}

fn chosen_claims(request: &Request) -> Result<Vec<&'static dyn Claim>, PageError> {
    match &request.claims {
        None => Ok(claims::CLAIMS.to_vec()),
        Some(ids) => {
            let mut chosen = Vec::new();
            for id in ids {
                let claim = claims::find(id)?;
                if !chosen.iter().any(|known: &&'static dyn Claim| known.card().id == claim.card().id) {
                    chosen.push(claim);
                }
            }
            Ok(chosen)
        }
    }
}

/// The accounts of jobs: those that were named, or those that belong to an embedded table, where it has some.
fn jobs_of(request: &Request, input: &str) -> Result<Option<Satellite>, PageError> {
    Ok(match &request.jobs {
        Some((place, name)) => Some(Satellite::open(place, Some(name))?),
        None if input.starts_with("builtin:") => Satellite::open(input.as_ref(), Some(JOBS)).ok(),
        None => None,
    })
}

/// The store of accounts that was named, when what was named is one.
fn accounts_of(request: &Request) -> Option<&PathBuf> {
    let (place, _) = request.jobs.as_ref()?;
    (place.to_string_lossy().starts_with("builtin:") || accounts::is_store(place)).then_some(place)
}

/// A panel in the making, where somebody is told one by one and years can be compared.
fn maker(request: &Request, input: &str, tables: &[TableRef]) -> Result<Option<PanelMaker>, PageError> {
    if tables.len() < 2 || request.economies == Economies::None {
        return Ok(None);
    }
    let beside = Beside {
        accounts: Some(AccountFiles { store: accounts_of(request).cloned(), single: Vec::new() }),
        wanted: &[HOURS, JOBS, LABOUR, LABOUR_HIGH],
        computed: "upgrading",
        ..Beside::default()
    };
    Ok(Some(PanelMaker::new(input, tables, beside)?))
}

/// The finished panel, with jobs that were read as figures for every row.
fn years_of(
    request: &Request,
    maker: PanelMaker,
    jobs: Vec<(Option<i32>, Vec<f64>)>,
) -> Result<Years, PageError> {
    let (mut panel, notes) = maker.finish()?;
    for facts in panel.years_mut() {
        if let Some((_, amounts)) = jobs.iter().find(|(year, _)| *year == Some(facts.year)) {
            facts.set_account(JOBS, amounts.clone());
        }
    }
    let accounts = match accounts_of(request) {
        Some(store) => format!(" --accounts {}", options::quoted(&store.display().to_string())),
        None => String::new(),
    };
    let modelling = options::modelling(&request.preparation);
    let options = jobs.is_empty().then(|| format!("{}{accounts}{modelling}", years_option(&request.years)));
    Ok(Years { panel, notes, options })
}

/// Every named economy is in the table. A name in place of a code (`Germany`) is told its code.
fn check_economies(wanted: &Economies, world: &World, table: &str) -> Result<(), PageError> {
    let Economies::Named(wanted) = wanted else { return Ok(()) };
    let axis = world.model().axis();
    for name in wanted {
        let Err(error) = axis.find_economy(name) else { continue };
        if matches!(error, LabelError::InGroup { .. }) {
            return Err(error.into());
        }
        // An English name, or a code in any case: `Vietnam`, `vnm`.
        let capitals = name.trim().to_uppercase();
        let code = economy_names::code_of(name)
            .or_else(|| economy_names::name(&capitals).map(|_| capitals.as_str()))
            .filter(|code| !axis.economies().iter().any(|label| label == code));
        let Some(code) = code else { return Err(error.into()) };
        let known = axis.economies().join(" ");
        let code = format!("{code} ({})", names::economy_short(code));
        return Err(PageError::NotInTable { name: name.clone(), code, table: table.to_owned(), known });
    }
    Ok(())
}

fn claims_found(
    request: &Request,
    wanted: &[&'static dyn Claim],
    figures: u64,
    told: &mut dyn FnMut(&str),
) -> Result<Option<Claims>, PageError> {
    if wanted.is_empty() {
        return Ok(None);
    }
    let Preparation { reading, model, .. } = &request.preparation;
    let solver = model.solver.as_deref();
    // What the claims need is in what the report needs.
    let mut hears = |step: Step<'_>| {
        if let Step::Table(name) = step {
            told(&format!("table {name}"));
        }
    };
    let refused = |error| room::in_claims(error, figures);
    let data = ClaimData::open_solved_by(&request.tables, None, reading, solver, &mut hears);
    let data = data.map_err(refused)?;
    let mut findings = Vec::with_capacity(wanted.len());
    for claim in wanted {
        told(claim.card().id);
        let outcome = claim.evaluate(&data, &request.claim_options).map_err(refused)?;
        findings.push(Finding { claim: *claim, outcome });
    }
    let mut notes = data.notes();
    notes.remarks.extend(options::beyond_claims(&request.preparation));
    let options = options::of_claims(&request.tables, &request.preparation);
    Ok(Some(Claims { findings, notes, options }))
}

/// The account through the first table where that has its year, else through the embedded table; nothing when neither has. All
/// else took `most` bytes.
fn phone_traced(
    account: &product::Account,
    request: &Request,
    input: &str,
    most: u64,
) -> Result<Option<Phone>, PageError> {
    for (place, own) in [(input, true), (DEFAULT_TABLE, false)] {
        let Ok(tables) = load::discover(place, &[account.year()]) else { continue };
        let Some(table) = tables.first().filter(|table| table.year() == Some(account.year())) else {
            continue;
        };
        let preparation = for_product(&request.preparation, own);
        let world = preparation
            .open(table)
            .map_err(|error| room::in_a_report(error, Some(("--product none", most))))?;
        let mut notes = world.notes("product");
        let Ok(report) = product::evaluate(account, world.model()) else { continue };
        notes.worst_residual = world.residual();
        return Ok(Some(Phone { report, notes, table: table.name(), own }));
    }
    Ok(None)
}

/// How a table is prepared for a product: as the report's own, or the embedded one as it comes, in the same memory and by the
/// same solver.
fn for_product(preparation: &Preparation, own: bool) -> Preparation {
    let admission = preparation.admission.clone();
    let admission = admission.map(|one| Admission { what: "the product".into(), tell: None, ..one });
    if own {
        return Preparation { admission, ..preparation.clone() };
    }
    Preparation {
        reading: ReadOptions { memory: preparation.reading.memory, ..ReadOptions::default() },
        model: ModelOptions { solver: preparation.model.solver.clone(), ..ModelOptions::default() },
        admission,
        ..Preparation::default()
    }
}

fn citation_of(notes: &ResultNotes, input: &str) -> String {
    notes
        .sources
        .iter()
        .find_map(|source| source.citation.clone())
        .or_else(|| load::citation(input).map(str::to_owned))
        .unwrap_or_default()
}
