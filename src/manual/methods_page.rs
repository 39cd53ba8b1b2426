//! The page of every formula, made from the registries, so that it cannot say what the code does not.

use std::fmt::Write;

use super::topics::terms;
use crate::claims::CLAIMS;
use crate::decompose::{Citation, Identity, Kind, METHODS, Method, sums_in_words};
use crate::glossary;
use crate::indicators::{Family, INDICATORS, Profile};
use crate::model::MATRICES;
use crate::scenario::SCENARIOS;
use crate::uncertainty::MEASURES;
use crate::upgrading;

/// The page, as Markdown: columns of `tiva`, decompositions, indicators, measures of `sensitivity`, matrices, claims.
pub fn methods_page() -> String {
    let mut page = String::from(
        "# Methods: every formula\n\n\
         Made from the registries of the code: `vadex explain methods` prints this page as the binary has it. Letters are \
         those of the notation page: A input coefficients, B = (I − A)⁻¹, L_s = (I − A_ss)⁻¹, v value-added shares, x \
         output, y final demand, e exports, u a row of ones; s exporter, r importer, t third economy. A *primary* term has a \
         formula of its own, a *residual* one is what is left over and proves nothing.\n\n\
         ## Columns of `tiva` and of intervals\n\n| column | meaning | equation | source |\n|---|---|---|---|\n",
    );
    // A page in memory takes every line: `write!` to a String does not fail.
    for entry in glossary::entries().filter(|entry| !entry.equation.is_empty()) {
        let cells = [code(entry.symbol), cell(entry.meaning), code(entry.equation), cell(entry.source)];
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    page.push_str(
        "\n## Decompositions of exports and imports\n\n\
         `vadex decompose --sum KEY` adds up the rows of each group that is chosen there (`--importer EU27 --sum importer`), with \
         every border where it is: `sums` says of each method what the sum is. A multiplier of the exporter times a flow adds \
         up over sectors and importers to the decomposition of the summed flow. Where each row has a perimeter of its own, \
         what two flows share is counted in both, and their sum is refused. Over exporters it is a sum of separate \
         decompositions, with the trade between them inside; `--group` makes one economy of them, which is something else.\n",
    );
    METHODS.iter().for_each(|method| decomposition(&mut page, *method));
    page.push_str("\n## Indicators\n");
    for family in Family::ALL {
        let _ = writeln!(page, "\n### Family {}", family.id());
        let members = INDICATORS.iter().map(|one| one.profile()).filter(|one| one.family == family);
        members.for_each(|profile| indicator(&mut page, profile));
    }
    page.push_str("\n## Measures with derivatives\n\n| measure | meaning |\n|---|---|\n");
    for measure in MEASURES {
        let _ = writeln!(page, "| {} | {} |", code(measure.id), cell(measure.meaning));
    }
    page.push_str("\n## Matrices\n\n| matrix | a cell | equation | elsewhere |\n|---|---|---|---|\n");
    for kind in MATRICES {
        let cells = [code(kind.id), cell(kind.meaning), code(kind.equation), cell(kind.elsewhere)];
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    page.push_str("\n## Measures of upgrading\n");
    for profile in upgrading::MEASURES.iter().map(|measure| measure.profile()) {
        let _ = writeln!(
            page,
            "\n### `{}`\n\n{} Kind: {}.\n\n```text\n{}\n```\n\n- trend: {}\n- needs: {}\n- source: {}",
            profile.id,
            cell(profile.question),
            profile.kind.id(),
            profile.equation,
            cell(profile.scale.unit()),
            cell(profile.needs),
            cell(profile.source)
        );
    }
    page.push_str("\n## Kinds of scenario\n");
    for profile in SCENARIOS.iter().map(|kind| kind.profile()) {
        let _ = writeln!(
            page,
            "\n### `{}`\n\n{}\n\n```text\n{}\n```\n",
            profile.id,
            cell(profile.question),
            profile.equation
        );
        for caution in profile.cautions {
            let _ = writeln!(page, "- caution: {}", cell(caution));
        }
        profile.citations.iter().for_each(|citation| source(&mut page, citation));
    }
    page.push_str(
        "\n## Claims\n\nOne rule reads every verdict off estimate, interval, specifications and power; see \
         `vadex claims ID -v`.\n\n| claim | statement | indicator | test | source |\n|---|---|---|---|---|\n",
    );
    for claim in CLAIMS {
        let (card, test) = (claim.card(), claim.test_in_words());
        let cells = [card.id, card.statement, card.indicator, test.as_str(), card.source].map(cell);
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    page
}

fn decomposition(page: &mut String, method: &dyn Method) {
    let levels: Vec<&str> = method.levels().iter().map(|level| level.id()).collect();
    let _ = writeln!(
        page,
        "\n### `{}`\n\n{}. Levels: {}.\n\n| column | meaning | kind | equation |\n|---|---|---|---|",
        method.id(),
        cell(method.summary().trim_end_matches('.')),
        levels.join(", ")
    );
    for term in terms(method) {
        let kind = if term.kind == Kind::Primary { "primary" } else { "residual" };
        let _ = writeln!(
            page,
            "| {} | {} | {kind} | {} |",
            code(term.symbol),
            cell(term.meaning),
            code(term.equation)
        );
    }
    let mut identities: Vec<&Identity> = Vec::new();
    for identity in method.levels().iter().flat_map(|&level| method.identities(level)) {
        if !identities.contains(&identity) {
            identities.push(identity);
        }
    }
    page.push('\n');
    for identity in identities {
        let _ = writeln!(page, "- identity: {}", code(identity.statement));
    }
    if let Some(caution) = method.caution() {
        let _ = writeln!(page, "- caution: {}", cell(caution));
    }
    let _ = writeln!(page, "- sums: {}", cell(&sums_in_words(method)));
    let _ = writeln!(page, "- cost: {}", cell(method.cost()));
    source(page, &method.citation());
}

fn indicator(page: &mut String, profile: &Profile) {
    let levels: Vec<&str> = profile.levels.iter().map(|level| level.id()).collect();
    let _ = writeln!(
        page,
        "\n#### `{}`\n\n{} Levels: {}.\n\n```text\n{}\n```\n\n| column | meaning |\n|---|---|",
        profile.id,
        cell(profile.question),
        levels.join(", "),
        profile.equation
    );
    for column in profile.columns {
        let _ = writeln!(page, "| {} | {} |", code(column.name), cell(column.meaning));
    }
    page.push('\n');
    for caution in profile.cautions {
        let _ = writeln!(page, "- caution: {}", cell(caution));
    }
    let _ = writeln!(page, "- cost: {}", cell(profile.cost));
    profile.citations.iter().for_each(|citation| source(page, citation));
}

fn source(page: &mut String, citation: &Citation) {
    let _ = writeln!(
        page,
        "- source: {}, {}, <https://doi.org/{}>",
        cell(citation.authors),
        cell(citation.work),
        citation.doi
    );
}

/// Text in a cell: what Markdown would take for its own is escaped.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '|' | '[' | ']' | '<' | '>' | '*' | '_') {
            safe.push('\\');
        }
        safe.push(if letter == '\n' { ' ' } else { letter });
    }
    // Links are made wherever there is an address.
    let mut linked = String::with_capacity(safe.len());
    let mut rest = safe.as_str();
    while let Some(at) = rest.find("https://") {
        let end = rest[at..].find([' ', ',', ';']).map_or(rest.len(), |length| at + length);
        let address = within_brackets(&rest[at..end]).trim_end_matches('.');
        linked.push_str(&format!("{}<{}>", &rest[..at], address.replace('\\', "")));
        rest = &rest[at + address.len()..];
    }
    linked + rest
}

/// The address without a bracket that closes what was opened before it: a DOI can have brackets of its own.
fn within_brackets(address: &str) -> &str {
    let mut open = 0_usize;
    for (at, letter) in address.char_indices() {
        match letter {
            '(' => open += 1,
            ')' if open == 0 => return &address[..at],
            ')' => open -= 1,
            _ => {}
        }
    }
    address
}

/// An equation or a name, as code.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}
