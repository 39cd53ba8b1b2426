//! Figures into HTML: one file without scripts, without anything fetched, for screens, phones, paper and screen readers.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::definition::{Definition, define};
use super::figure::{Body, Cell, Figure, MethodNote, Piece, Table};
use super::gather::Gathered;
use super::{Chapter, Dataset, names, number};

const STYLE: &str = include_str!("style.css");

/// Where a page stands: what its links to data and to other pages begin with.
#[derive(Clone, Copy)]
struct Place<'a> {
    found: &'a Gathered,
    /// `` for the report itself, `../` for a page below it.
    up: &'static str,
    /// Level of the headings of figures.
    level: usize,
    /// Economies that have an anchor on this page.
    here: &'a [String],
}

/// `report.html`: economies that come first, then every section.
pub(super) fn report_page(
    found: &Gathered,
    first: &[(String, Vec<Chapter>)],
    chapters: &[Chapter],
) -> String {
    let here: Vec<String> = first.iter().map(|(economy, _)| economy.clone()).collect();
    let place = Place { found, up: "", level: 3, here: &here };
    let title = if here.is_empty() {
        format!("Value added in trade: {}", short(&found.table))
    } else {
        let list: Vec<String> = here.iter().map(|economy| names::economy_short(economy)).collect();
        format!("Value added in trade: {}", list.join(", "))
    };
    let figures = first.iter().flat_map(|(_, chapters)| chapters).chain(chapters).flat_map(|c| &c.figures);
    let figures: Vec<&Figure> = figures.collect();
    let body = html! {
        header {
            h1 { (title) }
            p.lead { (lead(found)) }
            p.meta { (made_by(found)) }
        }
        nav.contents aria-label="Contents" {
            ol {
                @for (economy, chapters) in first {
                    li {
                        a href=(format!("#economy-{}", slug(economy))) { (names::economy(economy)) }
                        ul { @for chapter in chapters { li { a href=(format!("#{}", chapter.id)) { (chapter.title) } } } }
                    }
                }
                @for chapter in chapters { li { a href=(format!("#{}", chapter.id)) { (chapter.title) } } }
                li { a href="#definitions" { "Definitions and sources" } }
            }
            @if found.economies_shown.is_empty() {
                p.meta { "One economy first: " code { "vadex report --economy CHN" } "; a page an economy: " code { "--economy all" } "." }
            }
            @if !found.inline && !found.economies_shown.is_empty() {
                p { "One page an economy:" }
                ul.economies {
                    @for economy in &found.economies_shown {
                        li { a href=(format!("economy/{}", file_of(economy))) { (names::economy_short(economy)) } }
                    }
                }
            }
        }
        main id="main" {
            @for (economy, chapters) in first {
                section id=(format!("economy-{}", slug(economy))) aria-labelledby=(format!("economy-{}-heading", slug(economy))) {
                    h2 id=(format!("economy-{}-heading", slug(economy))) { (names::economy(economy)) }
                    @if let Some(words) = found.made_of(economy) { p.meta { (words) } }
                    @for chapter in chapters { (chapter_of(chapter, Place { level: 4, ..place })) }
                }
            }
            @for chapter in chapters { (chapter_of(chapter, place)) }
            (definitions(&figures, place))
        }
        (foot(found))
    };
    page(&title, &body)
}

/// A table in a title: a file or a folder without the folders that it is in.
fn short(table: &str) -> &str {
    match table.starts_with("builtin:") {
        true => table,
        false => table.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(table),
    }
}

/// `economy/CHN.html`.
pub(super) fn economy_page(found: &Gathered, economy: &str, chapters: &[Chapter]) -> String {
    let here = [economy.to_owned()];
    let place = Place { found, up: "../", level: 3, here: &here };
    let title = format!("{} in global value chains", names::economy(economy));
    let figures: Vec<&Figure> = chapters.iter().flat_map(|chapter| &chapter.figures).collect();
    let body = html! {
        header {
            p.meta { a href="../report.html" { "All economies" } }
            h1 id=(format!("economy-{}", slug(economy))) { (title) }
            @if let Some(words) = found.made_of(economy) { p.meta { (words) } }
            p.meta { (made_by(found)) }
        }
        nav.contents aria-label="Contents" {
            ol {
                @for chapter in chapters { li { a href=(format!("#{}", chapter.id)) { (chapter.title) } } }
                li { a href="#definitions" { "Definitions and sources" } }
            }
        }
        main id="main" {
            @for chapter in chapters { (chapter_of(chapter, place)) }
            (definitions(&figures, place))
        }
        (foot(found))
    };
    page(&title, &body)
}

/// File of an economy's page; labels with signs that a file name should not have get dashes.
pub(super) fn file_of(economy: &str) -> String {
    format!("{}.html", slug(economy))
}

/// A label as an anchor or a file name.
pub(super) fn slug(label: &str) -> String {
    label.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
}

fn page(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(format!("vadex {}", env!("CARGO_PKG_VERSION")));
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the figures" }
                (body)
            }
        }
    }
    .into_string()
}

fn lead(found: &Gathered) -> String {
    let years = match (found.years.first(), found.years.last()) {
        (Some(first), Some(last)) if first != last => {
            format!(" of {first} to {last} ({})", number::count(found.years.len(), "table", "tables"))
        }
        (Some(year), _) => format!(" of {year}"),
        _ => String::new(),
    };
    let groups: String = found
        .groups
        .iter()
        .filter_map(|(name, _)| found.made_of(name))
        .map(|words| format!(" {words}"))
        .collect();
    format!(
        "What {} earn in each other's exports, from the inter-country input-output tables {}{years}.{groups} Every number below \
         is in a CSV file beside this page, named under its figure.",
        number::count(found.economies.len(), "economy", "economies"),
        found.table
    )
}

fn made_by(found: &Gathered) -> String {
    let gap = found.notes.worst_identity.as_ref().map_or_else(String::new, |gap| {
        format!("; worst identity gap {} ({})", number::tiny(gap.relative_gap), gap.identity)
    });
    format!("{}; {}; unit: {}{gap}", found.notes.engine, found.notes.conventions, found.unit)
}

fn foot(found: &Gathered) -> Markup {
    html! {
        footer {
            p.meta { "Source: " (linked(&found.source())) ". Computed by " (found.notes.engine) ". Observations and arithmetic on published tables; \
                      no statement here is a causal estimate unless it says so." }
        }
    }
}

/// A heading of a level.
fn heading(level: usize, id: &str, text: &str) -> Markup {
    match level {
        2 => html! { h2 id=(id) { (text) } },
        3 => html! { h3 id=(id) { (text) } },
        4 => html! { h4 id=(id) { (text) } },
        _ => html! { h5 id=(id) { (text) } },
    }
}

fn chapter_of(chapter: &Chapter, place: Place<'_>) -> Markup {
    html! {
        section id=(chapter.id) aria-labelledby=(format!("{}-heading", chapter.id)) {
            (heading(place.level - 1, &format!("{}-heading", chapter.id), &chapter.title))
            @for figure in &chapter.figures { (figure_of(figure, place)) }
        }
    }
}

fn figure_of(figure: &Figure, place: Place<'_>) -> Markup {
    let id = format!("{}-heading", figure.id);
    html! {
        figure id=(figure.id) aria-labelledby=(id) {
            (heading(place.level, &id, &figure.heading))
            p.says { (coded(&figure.says)) }
            @for body in &figure.body {
                @match body {
                    // On a narrow screen it scrolls, which has to work by keyboard.
                    Body::Drawing(svg) => div.chart role="group" tabindex="0" aria-label=(format!("Drawing: {}", figure.heading)) {
                        (PreEscaped(titled(svg, &figure.heading)))
                    },
                    Body::Table(table) => (table_of(table, table.caption == figure.heading, place)),
                }
            }
            (caption_of(figure, place))
        }
    }
}

/// A drawing whose heading stands above it still needs a name of its own for those who listen.
fn titled(svg: &str, heading: &str) -> String {
    let heading = html! { (heading) }.into_string();
    shortened(svg).replacen("<title></title>", &format!("<title>{heading}</title>"), 1).replacen(
        "aria-label=\"\"",
        &format!("aria-label=\"{}\"", heading.replace('"', "&quot;")),
        1,
    )
}

/// Coordinates with two decimals: a hundredth of a pixel is not seen, and pages are a third smaller.
fn shortened(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut rest = svg;
    // Inside tags only: numbers in the text are the reader's.
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').map_or(rest.len(), |at| start + at);
        out.push_str(&rest[..start]);
        let mut tag = &rest[start..end];
        while let Some(point) = tag.find('.') {
            let digits = tag[point + 1..].bytes().take_while(u8::is_ascii_digit).count();
            let kept =
                if tag[..point].ends_with(|c: char| c.is_ascii_digit()) { digits.min(2) } else { digits };
            out.push_str(&tag[..=point + kept]);
            tag = &tag[point + 1 + digits..];
        }
        out.push_str(tag);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn caption_of(figure: &Figure, place: Place<'_>) -> Markup {
    html! {
        figcaption {
            p { "How to read it: " (prose(&figure.reads)) }
            p {
                "Unit: " (figure.unit) ". "
                @if !figure.methods.is_empty() {
                    "Method: "
                    @for (position, method) in figure.methods.iter().enumerate() {
                        @if position > 0 { ", " }
                        a href=(format!("#method-{}", method.id)) { (method.id) }
                    }
                    ". "
                }
                @let terms: Vec<_> = terms(figure).collect();
                @if !terms.is_empty() {
                    "Terms: "
                    @for (position, entry) in terms.iter().enumerate() {
                        @if position > 0 { ", " }
                        a href=(format!("#{}", entry.anchor)) { (entry.name) }
                    }
                    "."
                }
            }
            p { "Source: " (linked(&figure.source)) "." }
            p {
                "Data: "
                @for (position, data) in figure.data.iter().enumerate() {
                    @if position > 0 { "; " }
                    (data_link(data, place))
                }
                "."
            }
        }
    }
}

fn data_link(data: &Dataset, place: Place<'_>) -> Markup {
    html! {
        a href=(format!("{}{}", place.up, csv_of(data))) { (data.id) ".csv" }
        @if !data.command.is_empty() { " (" code { (data.command) } ")" }
    }
}

/// `data/ID.csv`.
pub(super) fn csv_of(data: &Dataset) -> String {
    format!("data/{}.csv", data.id)
}

fn terms(figure: &Figure) -> impl Iterator<Item = Definition> {
    figure.terms.iter().filter_map(|term| define(term))
}

/// A caption that only repeats the heading above it is kept for those who jump from table to table.
fn table_of(table: &Table, repeated: bool, place: Place<'_>) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label=(table.caption) {
            table data-csv=(format!("{}{}", place.up, csv_of(&table.data))) {
                caption class=[repeated.then_some("aside")] { (table.caption) }
                thead {
                    tr {
                        @for column in &table.columns {
                            th scope="col" class=[column.cell.is_number().then_some("n")] { (column.heading) }
                        }
                    }
                }
                tbody {
                    @for (position, &row) in table.rows.iter().enumerate() {
                        tr data-row=(row) {
                            @for (at, column) in table.columns.iter().enumerate() {
                                @let content = cell_of(&column.cell, &table.data, row, position, place);
                                @if at == 0 {
                                    th scope="row" class=[head_class(&column.cell)] { (content) }
                                } @else {
                                    td class=[class_of(&column.cell, &table.data, row)] { (content) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Text longer than this needs a wide column.
const LONG: usize = 30;

fn class_of(cell: &Cell, data: &Dataset, row: usize) -> Option<&'static str> {
    match cell {
        Cell::Given(_) => Some("path"),
        Cell::Said(texts) if texts.iter().any(|text| text.chars().count() > LONG) => Some("w"),
        Cell::Text(column) if data.text(column, row).chars().count() > LONG => Some("w"),
        Cell::EstimateOf(..) => Some("w"),
        cell if cell.is_number() => Some("n"),
        _ => None,
    }
}

/// Names stay on one line; texts take the room they need.
fn head_class(cell: &Cell) -> Option<&'static str> {
    match cell {
        Cell::Economy(_) | Cell::EconomyLink(_) => Some("k"),
        Cell::Two(..) => Some("w"),
        _ => None,
    }
}

fn cell_of(cell: &Cell, data: &Dataset, row: usize, position: usize, place: Place<'_>) -> Markup {
    let content = html! {
        @for piece in cell.pieces(data, row, position) {
            @match piece {
                Piece::Words(words) => (coded(&words)),
                Piece::Number(column, text) => span data-c=(column) { (text) },
            }
        }
    };
    if let Cell::Given(drawn) = cell {
        return html! {
            span aria-hidden="true" { (content) }
            @if let Some((_, told)) = drawn.get(position) { span.aside { (told) } }
        };
    }
    let Cell::EconomyLink(column) = cell else { return content };
    match link_of(&data.text(column, row), place) {
        Some(target) => html! { a href=(target) { (content) } },
        None => content,
    }
}

/// Where an economy is told: on this page, on a page of its own, or nowhere.
fn link_of(economy: &str, place: Place<'_>) -> Option<String> {
    if place.here.iter().any(|here| here == economy) {
        return Some(format!("#economy-{}", slug(economy)));
    }
    let shown = !place.found.inline && place.found.economies_shown.iter().any(|shown| shown == economy);
    shown.then(|| format!("{}economy/{}", place.up, file_of(economy)))
}

/// Every method and every term that the figures of a page name, each once.
fn definitions(figures: &[&Figure], place: Place<'_>) -> Markup {
    let mut methods: Vec<&MethodNote> = Vec::new();
    let mut entries: Vec<Definition> = Vec::new();
    for figure in figures {
        for method in &figure.methods {
            if !methods.iter().any(|known| known.id == method.id) {
                methods.push(method);
            }
        }
        for entry in terms(figure) {
            if !entries.iter().any(|known| known.anchor == entry.anchor) {
                entries.push(entry);
            }
        }
    }
    html! {
        section id="definitions" aria-labelledby="definitions-heading" {
            h2 id="definitions-heading" { "Definitions and sources" }
            h3 { "Methods" }
            dl { @for method in methods { (method_of(method)) } }
            @if !entries.is_empty() {
                h3 { "Terms" }
                p.meta { "s is the exporter, t an origin, r a buyer; v value added a unit of output, A input coefficients, \
                          B = (I \u{2212} A)\u{207b}\u{b9}, L the inverse of one economy alone, e exports, y final demand, u a row of ones." }
                dl {
                    @for entry in &entries {
                        dt id=(entry.anchor) { (entry.name) }
                        dd {
                            (prose(&entry.meaning)) " "
                            @if !entry.equation.is_empty() { code { (entry.equation) } ". " }
                            span.soft { (linked(&entry.source)) @if !entry.elsewhere.is_empty() { "; elsewhere: " (entry.elsewhere) } "." }
                        }
                    }
                }
            }
            @if place.up.is_empty() {
                p.meta { "The same definitions: " code { "vadex explain TERM" } "." }
            }
        }
    }
}

fn method_of(method: &MethodNote) -> Markup {
    html! {
        dt id=(format!("method-{}", method.id)) { (method.id) }
        dd {
            (prose(&method.words)) " "
            @if !method.equation.is_empty() { code { (method.equation) } ". " }
            @for caution in &method.cautions { "Beware: " (prose(caution)) " " }
            span.soft {
                @for (position, (words, doi)) in method.sources.iter().enumerate() {
                    @if position > 0 { "; " }
                    (words)
                    @if !doi.is_empty() { ", " a href=(format!("https://doi.org/{doi}")) { "doi:" (doi) } }
                }
            }
        }
    }
}

/// Columns that a sentence may begin with: `dva and fva are contents`.
const IDENTIFIERS: [&str; 9] = ["gexp", "dva", "fva", "vax", "vs", "vs1", "gvc", "gvcb", "gvcf"];

/// Is the first word a name of a column, or a symbol of a formula, whose letters mean something: `gvc / gexp`, `dva_share`?
fn opens_with_identifier(sentence: &str) -> bool {
    let mut words = sentence.split_whitespace();
    let (first, next) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    ["/", "=", "+", "\u{2212}", "\u{b7}"].contains(&next)
        || first.contains('_')
        || IDENTIFIERS.contains(&first)
}

/// Words of a registry as a sentence: a capital (save of an identifier), a full stop, code where they have backticks.
fn prose(text: &str) -> Markup {
    let mut sentence: String = text.trim().to_owned();
    if let Some(first) = sentence.chars().next().filter(|_| !opens_with_identifier(&sentence)) {
        sentence.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    coded(&sentence)
}

/// Words as they are, with code where they have backticks.
fn coded(text: &str) -> Markup {
    html! {
        @for (position, part) in text.split('`').enumerate() {
            @if position % 2 == 1 { code { (unbroken(part)) } } @else { (unbroken(&with_minus(part))) }
        }
    }
}

/// Numbers below zero have a minus, as in every cell: `-0.152 [-0.592, +0.300]` comes from a text made for the terminal.
fn with_minus(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let opens = before == ' ' || before == '[' || before == '(';
        let sign = letter == '-' && opens && letters.peek().is_some_and(char::is_ascii_digit);
        told.push(if sign { '\u{2212}' } else { letter });
        before = letter;
    }
    told
}

/// Words of which an option is not broken after its dashes: a line that ends with `--` is misread.
fn unbroken(text: &str) -> Markup {
    html! {
        @for (position, word) in text.split(' ').enumerate() {
            @if position > 0 { " " }
            @if word.contains("--") { span.o { (word) } } @else { (word) }
        }
    }
}

/// A source whose DOI is a link.
fn linked(source: &str) -> Markup {
    const RESOLVER: &str = "https://doi.org/";
    let Some((before, rest)) = source.split_once(RESOLVER) else { return html! { (source) } };
    let end = rest.find(|c: char| c.is_whitespace() || c == ',' || c == ';').unwrap_or(rest.len());
    let (doi, after) = rest.split_at(end);
    html! { (before) a href=(format!("{RESOLVER}{doi}")) { "doi:" (doi) } (linked(after)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_doi_of_a_source_becomes_a_link() {
        let html = linked("A (2001), https://doi.org/10.1/x(00)1-3, for one; B, https://doi.org/10.2/y")
            .into_string();
        assert_eq!(
            html,
            "A (2001), <a href=\"https://doi.org/10.1/x(00)1-3\">doi:10.1/x(00)1-3</a>, for one; B, \
             <a href=\"https://doi.org/10.2/y\">doi:10.2/y</a>"
        );
    }

    #[test]
    fn words_in_backticks_are_code_and_options_stay_whole() {
        assert_eq!(
            coded("try `vadex claims C3 --ownership FILE` (--prices)").into_string(),
            "try <code>vadex claims C3 <span class=\"o\">--ownership</span> FILE</code> \
             <span class=\"o\">(--prices)</span>"
        );
    }

    #[test]
    fn coordinates_are_shortened_and_text_is_not() {
        let svg = "<line x1=\"38.46000001\" d=\"M1.125,2.999L3.5 4\" /><text y=\"9.0\">0.123456</text>";
        let short = "<line x1=\"38.46\" d=\"M1.12,2.99L3.5 4\" /><text y=\"9.0\">0.123456</text>";
        assert_eq!(shortened(svg), short);
    }

    #[test]
    fn a_sentence_gets_a_capital_and_an_identifier_does_not() {
        for (text, shown) in [
            ("gvc / gexp", "gvc / gexp."),
            ("dva and fva are contents", "dva and fva are contents."),
            ("between two years", "Between two years."),
        ] {
            assert_eq!(prose(text).into_string(), shown);
        }
    }

    #[test]
    fn a_number_below_zero_has_a_minus_and_a_span_of_years_a_dash() {
        let told = coded("1995-2011: -0.152 [-0.592, +0.300] in `x -1`").into_string();
        assert_eq!(told, "1995-2011: \u{2212}0.152 [\u{2212}0.592, +0.300] in <code>x -1</code>");
    }

    #[test]
    fn a_title_names_a_table_without_its_folders() {
        for (table, shown) in [
            ("builtin:wiod13/2005", "builtin:wiod13/2005"),
            ("/data/icio/", "icio"),
            ("2011.csv", "2011.csv"),
        ] {
            assert_eq!(short(table), shown);
        }
    }

    #[test]
    fn file_names_have_no_strange_signs() {
        assert_eq!(file_of("CHN"), "CHN.html");
        assert_eq!(file_of("Rest of World/x"), "Rest-of-World-x.html");
    }
}
