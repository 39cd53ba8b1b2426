//! What is known about a word: a kind of things for each registry, each with its words and what it says about one.

use super::{CROSSWALK, PAGES, called_elsewhere};
use crate::analysis::{FACTORS, Factor, INTENSITY};
use crate::chart::CHARTS;
use crate::claims::CLAIMS;
use crate::decompose::{self, Detail, METHODS, Method, Term};
use crate::fetch::DATASETS;
use crate::glossary;
use crate::indicators::{Family, INDICATORS, Profile};
use crate::labels;
use crate::level::Level;
use crate::load::concordance::CONCORDANCES;
use crate::load::{
    IMPORTERS, NATIONAL_IMPORTERS, SATELLITE_IMPORTERS, accounts, builtins, national_builtins, satellites,
};
use crate::model::solver::SOLVERS;
use crate::model::{MATRICES, find_matrix};
use crate::product;
use crate::report::WRITERS;
use crate::scenario::{self, QUANTITIES, SCENARIOS};
use crate::uncertainty;
use crate::upgrading;

/// A kind of things that have words.
struct Kind {
    /// Every word of the kind.
    words: fn() -> Vec<String>,
    /// What is known about one; nothing when it is not of this kind.
    explain: fn(&str) -> Option<String>,
}

/// Every kind, in the order in which a word that is of several is told.
static KINDS: &[Kind] = &[
    Kind { words: || owned(glossary::entries().map(|entry| entry.symbol)), explain: column },
    Kind { words: || owned(METHODS.iter().map(|method| method.id())), explain: method },
    Kind { words: || owned(every_term().map(|(_, term)| term.symbol)), explain: term },
    Kind { words: || owned(INDICATORS.iter().map(|one| one.id())), explain: indicator },
    Kind {
        words: || owned(profiles().flat_map(|profile| profile.columns).map(|column| column.name)),
        explain: indicator_column,
    },
    Kind { words: || owned(Family::ALL.iter().map(|family| family.id())), explain: family },
    Kind { words: || owned(uncertainty::MEASURES.iter().map(|measure| measure.id)), explain: measure },
    Kind {
        words: || owned(upgrading::MEASURES.iter().map(|measure| measure.profile().id)),
        explain: measure_of_upgrading,
    },
    Kind {
        words: || owned(CROSSWALK.iter().flat_map(|row| row.columns.iter().copied())),
        explain: elsewhere,
    },
    Kind { words: || owned(CLAIMS.iter().map(|claim| claim.card().id)), explain: claim },
    Kind { words: || owned(REASONS.iter().map(|(id, _)| *id)), explain: |word| told(word, REASONS) },
    Kind { words: || owned(SCENARIOS.iter().map(|kind| kind.profile().id)), explain: kind_of_scenario },
    Kind { words: || owned(QUANTITIES.iter().map(|quantity| quantity.id)), explain: quantity },
    Kind { words: || owned(factors().map(|factor| factor.id)), explain: factor },
    Kind { words: || owned(MATRICES.iter().map(|kind| kind.id)), explain: matrix },
    Kind { words: || owned(scenario::embedded().iter().map(|file| file.id)), explain: scenario_file },
    Kind { words: || owned(CHARTS.iter().map(|chart| chart.id())), explain: chart },
    Kind { words: || owned(SOLVERS.iter().map(|solver| solver.id())), explain: solver },
    Kind { words: importers, explain: importer },
    Kind { words: || owned(WRITERS.iter().map(|writer| writer.id())), explain: format },
    Kind { words: || owned(Level::ALL.iter().map(|level| level.id())), explain: |word| told(word, LEVELS) },
    Kind { words: || owned(CONVENTIONS.iter().map(|(id, _)| *id)), explain: |word| told(word, CONVENTIONS) },
    Kind { words: || owned(WORKINGS.iter().map(|(id, _)| *id)), explain: |word| told(word, WORKINGS) },
    Kind { words: tables, explain: table },
    Kind { words: satellite_names, explain: satellite },
    Kind {
        words: || CONCORDANCES.iter().map(|known| format!("builtin:{}", known.id)).collect(),
        explain: concordance,
    },
    Kind {
        words: || owned(labels::known_groups().iter().map(|group| group.id.as_str())),
        explain: known_group,
    },
    Kind { words: products, explain: account },
    Kind { words: || owned(DATASETS.iter().map(|dataset| dataset.id)), explain: dataset },
    Kind { words: || owned(PAGES.iter().map(|page| page.id)), explain: page },
];

/// Everything that is known about a word, of whatever kind; nothing when it is not a word of ours.
pub fn explain(word: &str) -> Option<String> {
    let lower = word.trim().to_lowercase();
    let texts: Vec<String> = KINDS.iter().filter_map(|kind| (kind.explain)(&lower)).collect();
    (!texts.is_empty()).then(|| texts.concat())
}

/// What a word of other tools is here, a line a meaning; where all mean one thing, with what is known about that.
pub fn explain_elsewhere(word: &str) -> Option<String> {
    let meanings = called_elsewhere(word);
    let ours: Vec<&str> = meanings.iter().flat_map(|meaning| meaning.ours).copied().collect();
    let ours: Vec<&str> = labels::distinct(&ours).copied().collect();
    let mut text = format!("{} (a name elsewhere)\n", word.trim());
    for meaning in &meanings {
        text.push_str(&format!("  {}: {}\n", meaning.tools, meaning.here));
    }
    match ours.as_slice() {
        [] => {}
        // A whole page is not shown unasked.
        [one] if !PAGES.iter().any(|page| page.id == *one) => {
            text.push_str(&explain(one)?);
        }
        [_] => {}
        several => {
            let asked: Vec<String> = several.iter().map(|one| format!("`vadex explain {one}`")).collect();
            text.push_str(&format!("  more: {}\n", asked.join(", ")));
        }
    }
    (!meanings.is_empty()).then_some(text)
}

/// The words whose explanation holds a phrase, those first that have it early: in what they are, not in what they cite.
pub fn speaking_of(phrase: &str) -> Vec<String> {
    let phrase = phrase.trim().to_lowercase();
    if phrase.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(usize, String)> = known()
        .into_iter()
        .filter_map(|word| Some((explain(&word)?.to_lowercase().find(&phrase)?, word)))
        .collect();
    found.sort();
    found.into_iter().map(|(_, word)| word).collect()
}

/// Every word that can be explained, each once.
pub fn known() -> Vec<String> {
    let mut words: Vec<String> = KINDS.iter().flat_map(|kind| (kind.words)()).collect();
    words.sort();
    words.dedup();
    words
}

/// Why a claim may stay undetermined.
const REASONS: &[(&str, &str)] = &[
    ("D1", "undetermined because the answer depends on how it is measured: specifications disagree"),
    ("D2", "undetermined because the test lacks power: it would miss an effect of the size in question"),
    (
        "D3",
        "undetermined because data are not loaded, or because no test is written that would use them; the reason says which, and \
         `vadex fetch --list` where data are",
    ),
    ("D4", "undetermined because the question is causal and the design descriptive"),
];

const LEVELS: &[(&str, &str)] = &[
    ("country", "level: one row an exporting economy (the one that an indicator is about)"),
    ("sector", "level: one row an economy and sector"),
    ("bilateral", "level: one row a pair of economies"),
    ("bilateral-sector", "level: one row a pair of economies and a sector"),
];

const CONVENTIONS: &[(&str, &str)] = &[
    ("row-sum", "gross output is the sum of the row of the table: it balances exactly [the default]"),
    (
        "residual",
        "value added is gross output minus intermediate inputs, so that dva + fva = gexp [the default]",
    ),
    ("published", "gross output, or value added, as the source publishes it; gaps to the sums are told"),
    ("published-plus-taxes", "value added is the published row plus net taxes and margins"),
];

/// Words of options that are no columns: how a result is come by.
const WORKINGS: &[(&str, &str)] = &[
    (
        "draws",
        "tables that errors in the cells could have given: `--draws N` in `tiva`, `decompose` and `indicators` puts an interval \
         behind every number, NAME_lo to NAME_hi\n  \
         z* = z exp(ε − sd² / 2), ε ~ N(0, sd²), sd = SD (|z| / largest)^P between a least and a most\n  \
         error: the smaller a cell, the larger its relative error, lognormal with the mean kept (--draw-sd, \
         --draw-sd-exponent, --draw-sd-min, --draw-sd-max); --draw-value-added-sd draws the shares of value added, too\n  \
         balanced: back (RAS, GRAS where cells are negative) to the output, intermediate inputs and totals of final demand \
         of the table itself, row gaps up to --draw-tolerance; --draw-final-demand held leaves the cells of final demand as \
         published\n  \
         interval: every balanced table is solved and the result computed again; percentiles with equal tails, --interval \
         0.95 of at least 40 draws when left out; the same --seed gives the same draws on any number of threads\n  \
         source: Lenzen, Wood and Wiedmann (2010), https://doi.org/10.1080/09535311003661226, for errors by size of cell\n  \
         caution: the size of the errors is a choice, not an estimate, and margins have none",
    ),
    (
        "shard",
        "in `batch`: part I of N of a manifest, from 1; the parts have no job in common and are everything together\n  \
         `--shard 3/8` with the same manifest and folder on each of eight machines; auto/8 takes I from an array job of Slurm \
         or Kubernetes; a run without a shard at the end makes what is missing and writes run.json\n  \
         a part has whole tables (one file of one year), so that none is solved twice; with fewer tables than parts it has \
         jobs of them\n  \
         more: `vadex explain batch`",
    ),
];

fn owned<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    words.map(str::to_owned).collect()
}

fn told(word: &str, known: &[(&str, &str)]) -> Option<String> {
    known.iter().find(|(id, _)| id.eq_ignore_ascii_case(word)).map(|(id, text)| entry(id, text))
}

fn entry(id: &str, text: &str) -> String {
    format!("{id}\n  {text}\n")
}

fn column(word: &str) -> Option<String> {
    glossary::find(word).map(ToString::to_string)
}

fn method(word: &str) -> Option<String> {
    let method = METHODS.iter().find(|method| method.id() == word)?;
    let citation = method.citation();
    let levels: Vec<&str> = method.levels().iter().map(|level| level.id()).collect();
    let mut text =
        format!("{} (method)\n  {}\n  levels: {}\n", method.id(), method.summary(), levels.join(", "));
    let details = Detail::ALL.into_iter().filter(|detail| detail.is_among(method.details()));
    let details: Vec<&str> = details.map(Detail::id).collect();
    if !details.is_empty() {
        text.push_str(&format!("  --by: {}\n", details.join(", ")));
    }
    for term in terms(*method) {
        // A remainder proves nothing: whoever checks an identity must know which term is one.
        let remainder = if term.kind == decompose::Kind::Residual { " (remainder)" } else { "" };
        text.push_str(&format!("  {}{remainder}: {}; {}\n", term.symbol, term.meaning, term.equation));
    }
    for identity in method.levels().first().map_or(&[][..], |&level| method.identities(level)) {
        text.push_str(&format!("  identity: {}\n", identity.statement));
    }
    text.push_str(&format!(
        "  source: {}, {}, https://doi.org/{}\n  cost: {}\n",
        citation.authors,
        citation.work,
        citation.doi,
        method.cost()
    ));
    text.push_str(&format!("  --sum: {}\n", decompose::sums_in_words(*method)));
    if let Some(caution) = method.caution() {
        text.push_str(&format!("  caution: {caution}\n"));
    }
    Some(text)
}

fn known_group(word: &str) -> Option<String> {
    let group = labels::find_known_group(word)?;
    Some(format!(
        "{id} (group of economies)\n  {}\n  members: {}\n  one economy: --group {id}\n  rows of its members: --exporter \
         {id}, --importer {id}; added up: --sum exporter, --sum importer\n",
        group.title,
        group.members.join(" "),
        id = group.id
    ))
}

/// The terms of a method, each once though several levels have it.
pub(super) fn terms(method: &dyn Method) -> Vec<&'static Term> {
    let mut terms: Vec<&Term> = Vec::new();
    for term in method.levels().iter().flat_map(|&level| method.terms(level)) {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

fn every_term() -> impl Iterator<Item = (&'static str, &'static Term)> {
    METHODS.iter().flat_map(|method| terms(*method).into_iter().map(|term| (method.id(), term)))
}

/// A term, method by method: its meaning is one, its equation is each method's own.
fn term(word: &str) -> Option<String> {
    let mut text = String::new();
    let mut last = "";
    for (method, term) in every_term().filter(|(_, term)| term.symbol == word) {
        if term.meaning != last {
            text.push_str(&format!("{} in a decomposition: {}\n", term.symbol, term.meaning));
            last = term.meaning;
        }
        text.push_str(&format!("  {method}: {}\n", term.equation));
    }
    (!text.is_empty()).then_some(text)
}

fn profiles() -> impl Iterator<Item = &'static Profile> {
    INDICATORS.iter().map(|indicator| indicator.profile())
}

/// An indicator in words: question, equation, columns, source, cost and caveats.
fn indicator(word: &str) -> Option<String> {
    let profile = profiles().find(|profile| profile.id == word)?;
    let levels: Vec<&str> = profile.levels.iter().map(|level| level.id()).collect();
    let mut text = format!(
        "{} (indicator, family {})\n  {}\n  {}\n  levels: {}\n",
        profile.id,
        profile.family.id(),
        profile.question,
        profile.equation,
        levels.join(", ")
    );
    for column in profile.columns {
        text.push_str(&format!("  {}: {}\n", column.name, column.meaning));
    }
    for citation in profile.citations {
        text.push_str(&format!(
            "  source: {}, {}, https://doi.org/{}\n",
            citation.authors, citation.work, citation.doi
        ));
    }
    text.push_str(&format!("  cost: {}\n", profile.cost));
    for caution in profile.cautions {
        text.push_str(&format!("  caution: {caution}\n"));
    }
    Some(text)
}

fn indicator_column(word: &str) -> Option<String> {
    let lines: String = profiles()
        .flat_map(|profile| profile.columns.iter().map(move |column| (profile, column)))
        .filter(|(_, column)| column.name == word)
        .map(|(profile, column)| {
            format!("{} in {}: {}\n  {}\n", column.name, profile.id, column.meaning, profile.equation)
        })
        .collect();
    (!lines.is_empty()).then_some(lines)
}

fn family(word: &str) -> Option<String> {
    let family = Family::ALL.into_iter().find(|family| family.id() == word)?;
    let members: String = profiles()
        .filter(|profile| profile.family == family)
        .map(|profile| format!("  {}: {}\n", profile.id, profile.question))
        .collect();
    Some(format!("{word} (family of indicators)\n{members}"))
}

fn measure(word: &str) -> Option<String> {
    let measure = uncertainty::MEASURES.iter().find(|measure| measure.id == word)?;
    Some(format!("{} in sensitivity\n  {}\n", measure.id, measure.meaning))
}

fn measure_of_upgrading(word: &str) -> Option<String> {
    let mut profiles = upgrading::MEASURES.iter().map(|measure| measure.profile());
    let profile = profiles.find(|profile| profile.id == word)?;
    Some(format!(
        "{} (upgrading, {}{})\n  {}\n  {}\n  trend: {}\n  needs: {}\n  source: {}\n",
        profile.id,
        profile.kind.id(),
        if profile.proxy { ", a proxy" } else { "" },
        profile.question,
        profile.equation,
        profile.scale.unit(),
        profile.needs,
        profile.source
    ))
}

fn elsewhere(word: &str) -> Option<String> {
    let lines: String = CROSSWALK
        .iter()
        .filter(|row| row.columns.contains(&word))
        .map(|row| format!("  elsewhere ({}): {}\n", row.of, row.names()))
        .collect();
    (!lines.is_empty()).then_some(lines)
}

fn claim(word: &str) -> Option<String> {
    let claim = CLAIMS.iter().find(|claim| claim.card().id.eq_ignore_ascii_case(word))?;
    let (card, test) = (claim.card(), claim.test_in_words());
    let mut text = format!("{} (claim)\n  {}\n", card.id, card.statement);
    for (name, content) in [
        ("source", card.source),
        ("hypothesis", card.hypothesis),
        ("indicator", card.indicator),
        ("data", card.data),
        ("test", test.as_str()),
    ] {
        text.push_str(&format!("  {name}: {content}\n"));
    }
    for comparator in card.comparators {
        text.push_str(&format!("  compare: {comparator}\n"));
    }
    text.push_str(&format!("  cannot say: {}\n", card.cannot_say));
    if let Some(missing) = claim.waits_for() {
        text.push_str(&format!("  would need: {missing}\n"));
    }
    Some(text)
}

/// A kind of scenario in words: question, equation, keys, an example, source and caveats.
fn kind_of_scenario(word: &str) -> Option<String> {
    let profile = SCENARIOS.iter().map(|kind| kind.profile()).find(|profile| profile.id == word)?;
    let mut text =
        format!("{} (kind of scenario)\n  {}\n  {}\n", profile.id, profile.question, profile.equation);
    for (key, meaning) in profile.keys {
        text.push_str(&format!("  {key}: {meaning}\n"));
    }
    text.push_str("  example:\n    [[change]]\n");
    for line in profile.example.lines() {
        text.push_str(&format!("    {line}\n"));
    }
    for citation in profile.citations {
        text.push_str(&format!(
            "  source: {}, {}, https://doi.org/{}\n",
            citation.authors, citation.work, citation.doi
        ));
    }
    for caution in profile.cautions {
        text.push_str(&format!("  caution: {caution}\n"));
    }
    Some(text)
}

fn scenario_file(word: &str) -> Option<String> {
    let file = scenario::embedded().iter().find(|file| file.id == word)?;
    let title = scenario::ScenarioFile::parse(file.id, file.text).ok()?.title;
    Some(entry(
        &format!("{} (scenario)", file.id),
        &format!(
            "{title}; `vadex scenario {0}` computes it, `vadex scenario {0} --show` prints the file",
            file.id
        ),
    ))
}

fn chart(word: &str) -> Option<String> {
    let chart = CHARTS.iter().find(|chart| chart.id() == word)?;
    let mut text = format!("{} (chart)\n  {}\n  needs: {}\n", chart.id(), chart.summary(), chart.columns());
    for command in chart.made_by() {
        text.push_str(&format!("  made by: {command}\n"));
    }
    Some(text)
}

fn quantity(word: &str) -> Option<String> {
    let quantity = scenario::find_quantity(word)?;
    Some(format!("{} in scenario: {}\n  {}\n", quantity.id, quantity.meaning, quantity.equation))
}

fn factors() -> impl Iterator<Item = &'static Factor> {
    FACTORS.iter().chain(std::iter::once(&INTENSITY))
}

fn factor(word: &str) -> Option<String> {
    let factor = factors().find(|factor| factor.id == word)?;
    Some(format!("{} (factor of sda)\n  {}\n  {}\n", factor.id, factor.meaning, factor.equation))
}

fn matrix(word: &str) -> Option<String> {
    let kind = find_matrix(word)?;
    Some(format!(
        "{} (matrix)\n  {}\n  {}\n  elsewhere: {}\n  written by: vadex matrix TABLE --of {}\n",
        kind.id, kind.meaning, kind.equation, kind.elsewhere, kind.id
    ))
}

fn solver(word: &str) -> Option<String> {
    let solver = SOLVERS.iter().find(|solver| solver.id() == word)?;
    Some(entry(&format!("{} (solver)", solver.id()), solver.summary()))
}

fn importers() -> Vec<String> {
    let world = IMPORTERS.iter().map(|importer| importer.id());
    let national = NATIONAL_IMPORTERS.iter().map(|importer| importer.id());
    owned(world.chain(national).chain(SATELLITE_IMPORTERS.iter().map(|importer| importer.id())))
}

fn importer(word: &str) -> Option<String> {
    let world = IMPORTERS.iter().map(|importer| (importer.id(), importer.summary()));
    let national = NATIONAL_IMPORTERS.iter().map(|importer| (importer.id(), importer.summary()));
    if let Some((id, summary)) = world.chain(national).find(|(id, _)| *id == word) {
        return Some(entry(&format!("{id} (importer)"), summary));
    }
    let accounts = SATELLITE_IMPORTERS.iter().find(|importer| importer.id() == word)?;
    Some(entry(&format!("{word} (importer of accounts: --satellite FILE)"), accounts.summary()))
}

fn format(word: &str) -> Option<String> {
    let writer = WRITERS.iter().find(|writer| writer.id() == word)?;
    let extensions: Vec<String> = writer.extensions().iter().map(|one| format!(".{one}")).collect();
    Some(format!(
        "{} (format)\n  {}\n  extensions: {}\n",
        writer.id(),
        writer.summary(),
        extensions.join(" ")
    ))
}

/// Embedded tables: id, summary, citation.
fn embedded() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let world = builtins().iter().map(|builtin| (builtin.id, builtin.summary, builtin.citation));
    world.chain(national_builtins().iter().map(|builtin| (builtin.id, builtin.summary, builtin.citation)))
}

fn tables() -> Vec<String> {
    embedded().map(|(id, _, _)| format!("builtin:{id}")).collect()
}

fn table(word: &str) -> Option<String> {
    let (id, summary, citation) = embedded().find(|(id, _, _)| format!("builtin:{id}") == word)?;
    Some(format!("builtin:{id} (table)\n  {summary}\n  cite: {citation}\n"))
}

/// Accounts of the embedded satellites: place, name, unit.
fn every_satellite() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for id in accounts::EMBEDDED {
        let place = format!("builtin:{id}");
        // What is embedded opens; if it did not, `vadex list satellites` would say why.
        let Ok(accounts) = satellites(&place) else { continue };
        for variable in accounts.variables() {
            found.push((place.clone(), variable.name.clone(), variable.unit.clone()));
        }
    }
    found
}

fn satellite_names() -> Vec<String> {
    every_satellite().into_iter().map(|(_, name, _)| name).collect()
}

fn satellite(word: &str) -> Option<String> {
    let (place, name, unit) = every_satellite().into_iter().find(|(_, name, _)| name == word)?;
    Some(format!(
        "{name} (satellite account of {place})\n  {unit}; traced in place of value added by --satellite {place} \
         --satellite-name {name}\n"
    ))
}

fn concordance(word: &str) -> Option<String> {
    let known = CONCORDANCES.iter().find(|known| format!("builtin:{}", known.id) == word)?;
    Some(entry(&format!("{word} (concordance)"), known.summary))
}

fn products() -> Vec<String> {
    product::embedded()
        .map(|accounts| accounts.iter().map(|account| account.id().to_owned()).collect())
        .unwrap_or_default()
}

fn account(word: &str) -> Option<String> {
    let accounts = product::embedded().ok()?;
    let account = accounts.iter().find(|account| account.id() == word)?;
    Some(entry(
        &format!("{} (product account)", account.id()),
        &format!("{}; `vadex product {}` traces it", account.title(), account.id()),
    ))
}

fn dataset(word: &str) -> Option<String> {
    let dataset = DATASETS.iter().find(|dataset| dataset.id == word)?;
    let mut text = format!("{} (dataset)\n  {}\n", dataset.id, dataset.title);
    for (lead, line) in [
        ("page", dataset.page),
        ("licence", dataset.licence),
        ("cite", dataset.citation),
        ("note", dataset.note),
    ] {
        if let Some(line) = line {
            text.push_str(&format!("  {lead}: {line}\n"));
        }
    }
    Some(text)
}

fn page(word: &str) -> Option<String> {
    let page = PAGES.iter().find(|page| page.id == word)?;
    Some((page.text)())
}

/// The word most like one that nobody knows.
pub fn nearest(word: &str) -> Option<String> {
    let words = known();
    labels::nearest(words.iter().map(String::as_str), word)
}
