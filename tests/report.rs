//! `vadex report`: pages that stand on their own, whose every number is in a CSV beside them.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use vadex::claims::ClaimOptions;
use vadex::page::{self, Economies, ReportFolder, Request, SECTIONS};
use vadex::report::notes_path;

use super::html::{Node, parse};
use super::support::{self, close, stderr, vadex};

/// A report in a folder of its own.
struct Made {
    folder: tempfile::TempDir,
    page: Node,
    found: page::Gathered,
}

impl Made {
    fn new(request: &Request) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = ReportFolder::at(&folder.path().join("out")).unwrap();
        let found = page::gather(request, &mut |_, _, _| {}).unwrap();
        let report = page::compose(&found, &mut |_| {}).unwrap();
        place.finish(&report).unwrap();
        let text = std::fs::read_to_string(folder.path().join("out/report.html")).unwrap();
        Self { page: parse(&text).unwrap_or_else(|error| panic!("report.html: {error}")), folder, found }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }
}

/// As few draws as the procedures take: the figures are looked at, not the verdicts.
fn quick() -> ClaimOptions {
    ClaimOptions { draws: 199, cell_draws: 199, ..ClaimOptions::default() }
}

/// China and Germany first, three years, a settled claim, the two with paths, and one that waits for data.
static NAMED: LazyLock<Made> = LazyLock::new(|| {
    Made::new(&Request {
        years: vec![1995, 2003, 2011],
        economies: Economies::Named(vec!["CHN".into(), "DEU".into()]),
        claims: Some(["C1", "C2", "C3", "C7", "C32"].map(str::to_owned).to_vec()),
        claim_options: quick(),
        ..Request::default()
    })
});

/// A page an economy, no claims.
static EVERY: LazyLock<Made> = LazyLock::new(|| {
    Made::new(&Request {
        years: vec![1995, 2011],
        economies: Economies::All,
        claims: Some(Vec::new()),
        ..Request::default()
    })
});

/// Every page of a report: name, level below the folder, tree.
fn pages(made: &Made) -> Vec<(String, PathBuf, Node)> {
    let mut all = vec![("report.html".to_owned(), made.out(), made.page.clone())];
    if let Ok(folder) = std::fs::read_dir(made.out().join("economy")) {
        for entry in folder.flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            let tree = parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            all.push((name, made.out().join("economy"), tree));
        }
    }
    all
}

/// A CSV as columns of text.
fn columns(path: &Path) -> BTreeMap<String, Vec<String>> {
    let mut reader =
        csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let header = reader.headers().unwrap().clone();
    let mut columns: BTreeMap<String, Vec<String>> =
        header.iter().map(|name| (name.to_owned(), Vec::new())).collect();
    for record in reader.records() {
        for (name, cell) in header.iter().zip(&record.unwrap()) {
            columns.get_mut(name).unwrap().push(cell.to_owned());
        }
    }
    columns
}

fn numbers(columns: &BTreeMap<String, Vec<String>>, name: &str) -> Vec<f64> {
    columns[name].iter().map(|cell| cell.parse().unwrap_or(f64::NAN)).collect()
}

/// A printed number and half of its last digit.
fn printed(text: &str) -> (f64, f64) {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | '%' | '+'))
        .map(|c| if c == '\u{2212}' { '-' } else { c })
        .collect();
    let value: f64 = plain.parse().unwrap_or_else(|_| panic!("`{text}` is not a number"));
    let (digits, exponent) = plain.split_once('e').unwrap_or((&plain, "0"));
    let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32);
    (value, 0.5001 * 10f64.powi(exponent.parse::<i32>().unwrap() - decimals))
}

#[test]
fn every_number_in_a_table_is_the_cell_of_its_csv() {
    let mut checked = 0;
    for made in [&*NAMED, &*EVERY] {
        for (name, place, page) in pages(made) {
            for table in page.all("table") {
                let path = place.join(table.attribute("data-csv").expect("a table names its CSV"));
                let csv = columns(&path);
                let headings: Vec<String> =
                    table.all("thead")[0].all("th").iter().map(|th| th.text()).collect();
                for row in table.all("tbody")[0].all("tr") {
                    let at: usize = row.attribute("data-row").unwrap().parse().unwrap();
                    let cells = row.elements();
                    assert_eq!(cells.len(), headings.len(), "{name}: {}", row.text());
                    for (cell, heading) in cells.iter().zip(&headings) {
                        for number in cell.with_any("data-c") {
                            let column = number.attribute("data-c").unwrap();
                            let (shown, half) = printed(&number.text());
                            let stored: f64 = csv[column][at].parse().unwrap();
                            let percent = number.text().ends_with('%') || heading.contains("points");
                            let stored = if percent { 100.0 * stored } else { stored };
                            assert!(
                                (shown - stored).abs() <= half + 1e-12 * stored.abs(),
                                "{name}: {heading} shows {shown}, {} has {stored} in row {at}, column {column}",
                                path.display()
                            );
                            checked += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(checked > 2_000, "{checked} numbers are in tables");
}

#[test]
fn no_number_stands_in_a_table_without_its_column() {
    // Names of economies, sectors and claims, years and texts apart, digits name their column.
    for (name, _, page) in pages(&NAMED) {
        for cell in page.all("tbody").iter().flat_map(|body| body.all("td")) {
            if cell.attribute("class") == Some("n") {
                let outside = cell.text_without("data-c");
                assert!(!outside.chars().any(|c| c.is_ascii_digit()), "{name}: `{outside}`");
            }
        }
    }
}

#[test]
fn a_page_asks_for_nothing_from_anywhere_and_every_link_leads_somewhere() {
    for made in [&*NAMED, &*EVERY] {
        for (name, place, page) in pages(made) {
            let mut ids = HashSet::new();
            page.walk(&mut |node| {
                assert!(
                    !["script", "img", "link", "iframe", "object", "embed", "video", "audio", "form", "base"]
                        .contains(&node.name.as_str()),
                    "{name}: <{}>",
                    node.name
                );
                if let Some(id) = node.attribute("id") {
                    assert!(ids.insert(id.to_owned()), "{name}: id `{id}` stands twice");
                }
                for (key, value) in &node.attributes {
                    assert!(
                        !["src", "srcset", "xlink:href", "action"].contains(&key.as_str()),
                        "{name}: {key}"
                    );
                    assert!(!key.starts_with("on"), "{name}: {key}=`{value}`");
                    let elsewhere = value.contains("//") && key != "xmlns";
                    assert!(
                        !elsewhere || value.starts_with("https://doi.org/10."),
                        "{name}: {key}=`{value}`"
                    );
                }
            });
            for style in page.all("style") {
                assert!(!style.text().contains("url(") && !style.text().contains("@import"), "{name}");
            }
            for link in page.all("a") {
                let target = link.attribute("href").expect("a link has a target");
                match target.split_once('#') {
                    Some(("", anchor)) => assert!(ids.contains(anchor), "{name}: no #{anchor}"),
                    _ if target.starts_with("https://") => {}
                    _ => assert!(place.join(target).is_file(), "{name}: no file {target}"),
                }
            }
        }
    }
}

#[test]
fn a_page_is_for_everyone() {
    for made in [&*NAMED, &*EVERY] {
        for (name, _, page) in pages(made) {
            assert_eq!(page.all("html")[0].attribute("lang"), Some("en"));
            assert_eq!(page.all("h1").len(), 1, "{name}");
            assert_eq!(page.all("main").len(), 1, "{name}");
            let mut level = 0;
            page.walk(&mut |node| {
                if let Some(next) = node.name.strip_prefix('h').and_then(|digit| digit.parse::<i32>().ok()) {
                    assert!(next <= level + 1, "{name}: h{level} is followed by h{next} `{}`", node.text());
                    level = next;
                }
            });
            for table in page.all("table") {
                assert_eq!(table.all("caption").len(), 1, "{name}");
                assert!(table.all("th").iter().all(|th| th.attribute("scope").is_some()), "{name}");
            }
            for svg in page.all("svg") {
                assert_eq!(svg.attribute("role"), Some("img"), "{name}");
                assert!(svg.attribute("aria-label").is_some_and(|label| label.len() > 5), "{name}");
                for words in ["title", "desc"] {
                    assert!(svg.all(words)[0].text().len() > 5, "{name}: {words} of a drawing");
                }
                assert!(svg.all("text").len() > 3, "{name}: text as text");
            }
            // A path of blocks is read out as its ends.
            for path in page.with_attribute("class", "path") {
                let (Some(seen), true) = (path.elements().first().copied(), path.name == "td") else {
                    continue;
                };
                assert_eq!(seen.attribute("aria-hidden"), Some("true"), "{name}");
                assert!(path.text_without("aria-hidden").starts_with("from "), "{name}: {}", path.text());
            }
            for class in ["scroll", "chart"] {
                for box_ in page.with_attribute("class", class) {
                    assert_eq!(box_.attribute("tabindex"), Some("0"), "{name}: scrolls by keyboard");
                    assert!(box_.attribute("role").is_some(), "{name}: a name needs a role");
                    assert!(box_.attribute("aria-label").is_some_and(|label| label.len() > 5), "{name}");
                }
            }
            assert!(page.all("a")[0].attribute("class") == Some("skip"), "{name}");
        }
    }
}

#[test]
fn every_figure_has_words_units_source_and_data_with_notes() {
    let mut drawings = 0;
    for made in [&*NAMED, &*EVERY] {
        for (name, place, page) in pages(made) {
            for figure in page.all("figure") {
                let id = figure.attribute("id").unwrap();
                assert!(figure.with_attribute("class", "says")[0].text().len() > 20, "{name}: {id}");
                let caption = figure.all("figcaption")[0].text();
                for words in ["How to read it: ", "Unit: ", "Source: ", "Data: "] {
                    assert!(caption.contains(words), "{name}: {id} has no `{words}`");
                }
                let data: Vec<&str> = figure.all("figcaption")[0]
                    .all("a")
                    .iter()
                    .filter_map(|link| link.attribute("href"))
                    .filter(|target| target.ends_with(".csv"))
                    .collect();
                assert!(!data.is_empty(), "{name}: {id}");
                for file in data {
                    let notes = std::fs::read_to_string(place.join(format!("{file}.notes.json"))).unwrap();
                    let notes: serde_json::Value = serde_json::from_str(&notes).unwrap();
                    assert!(notes["engine"].as_str().unwrap().starts_with("vadex"), "{file}");
                }
                drawings += figure.all("svg").len();
                assert!(!figure.all("svg").is_empty() || !figure.all("table").is_empty(), "{name}: {id}");
            }
        }
    }
    assert!(drawings > 100, "{drawings}");
}

#[test]
fn every_section_is_there_and_every_term_is_defined() {
    let found = &NAMED.found;
    let anchors: HashSet<String> =
        NAMED.page.with_any("id").iter().filter_map(|node| node.attribute("id").map(str::to_owned)).collect();
    for section in SECTIONS {
        assert!(anchors.contains(section.id()), "no section `{}`", section.id());
        for figure in section.figures(found).unwrap() {
            for term in figure.terms {
                let anchor = format!("term-{}", term.replace('/', "-"));
                assert!(anchors.contains(&anchor), "{}: `{term}` is not defined", figure.id);
            }
            for method in figure.methods {
                assert!(anchors.contains(&format!("method-{}", method.id)), "{}: {}", figure.id, method.id);
            }
        }
    }
    // The economies that were asked for come first.
    let main = NAMED.page.all("main")[0].elements();
    assert_eq!(main[0].attribute("id"), Some("economy-CHN"));
    assert_eq!(main[1].attribute("id"), Some("economy-DEU"));
    for part in page::ECONOMY_PARTS {
        assert!(anchors.contains(&format!("{}-DEU", part.id())), "no part `{}`", part.id());
    }
}

#[test]
fn the_data_are_the_bytes_of_the_commands_that_are_named() {
    let mut commands = 0;
    for data in NAMED.page.all("figcaption").iter().flat_map(|caption| caption.all("a")) {
        let Some(file) = data.attribute("href").filter(|target| target.ends_with(".csv")) else { continue };
        let caption =
            NAMED.page.all("figcaption").into_iter().find(|c| c.text().contains(&data.text())).unwrap();
        let named = format!("{} (vadex ", data.text());
        let Some((_, rest)) = caption.text().split_once(&named).map(|(a, b)| (a.to_owned(), b.to_owned()))
        else {
            continue;
        };
        let command = rest.split(')').next().unwrap();
        // Claims are evaluated with few draws here, and are tested by themselves.
        if command.starts_with("claims") {
            continue;
        }
        let mut arguments: Vec<&str> = command.split(' ').collect();
        arguments.extend(["--format", "csv", "--quiet"]);
        let output = vadex(&arguments);
        assert!(output.status.success(), "{command}: {}", stderr(&output));
        let written = std::fs::read(NAMED.out().join(file)).unwrap();
        assert!(output.stdout == written, "{file} is not what `vadex {command}` gives");
        commands += 1;
    }
    assert!(commands >= 4, "{commands}");
}

#[test]
fn sentences_state_what_the_csv_says() {
    let out = NAMED.out().join("data");
    let csv = columns(&out.join("headline.csv"));
    let (shares, before) = (numbers(&csv, "dva_share"), numbers(&csv, "dva_share_first"));
    let judged: Vec<usize> = (0..shares.len())
        .filter(|&row| !["World", "RoW", "ROW"].contains(&csv["economy"][row].as_str()))
        .collect();
    let middle = |values: &[f64]| {
        let mut sorted: Vec<f64> = judged.iter().map(|&row| values[row]).collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0
    };
    let fell = judged.iter().filter(|&&row| shares[row] < before[row]).count();
    let rose = judged.iter().filter(|&&row| shares[row] > before[row]).count();
    assert_eq!(fell + rose, judged.len());
    let says = NAMED.page.by_id("fig-headline-lines").unwrap().with_attribute("class", "says")[0].text();
    let expected = format!(
        "In the median of {} economies, {:.1}% of gross exports was value added at home in 2011, against {:.1}% in 1995; the share \
         fell in {fell}, rose in {rose}.",
        judged.len(),
        100.0 * middle(&shares),
        100.0 * middle(&before)
    );
    assert!(says.starts_with(&expected), "{says}\n{expected}");
}

/// Exports of industries without output in the embedded table: at most a thousandth, in 1995 to 2011.
const WITHOUT_OUTPUT: f64 = 2e-3;
/// Sums of a hundred terms of the size of exports.
const ROUNDING: f64 = 1e-9;

#[test]
fn the_parts_and_the_origins_add_up_to_exports_by_other_routes() {
    let out = EVERY.out().join("data");
    let (parts, origins) =
        (columns(&out.join("decomposition.csv")), columns(&out.join("content-by-origin.csv")));
    let headline = columns(&out.join("headline.csv"));
    let names = ["davax_share", "vax_further_share", "ref_share", "ddc_share", "fva_share", "fdc_share"];
    for row in 0..parts["exporter"].len() {
        let of = |name: &str| numbers(&parts, name)[row];
        // What industries without output sell is nobody's value added: the parts add up to what the origins add up to.
        let exporter = &parts["exporter"][row];
        let of_exporter = |at: &usize| origins["exporter"][*at] == *exporter;
        let content: f64 = (0..origins["exporter"].len())
            .filter(of_exporter)
            .map(|at| numbers(&origins, "content_share")[at])
            .sum();
        close(names.iter().map(|name| of(name)).sum(), content, 1.0, ROUNDING, exporter);
        close(content, 1.0, 1.0, WITHOUT_OUTPUT, exporter);
        assert!(of("vax_further_share") >= -ROUNDING, "{}", parts["exporter"][row]);
    }
    // Foreign content by origin, added up, against the content of `tiva`, which knows no origins.
    let (content, dva, fva) = (
        numbers(&origins, "content_share"),
        numbers(&headline, "dva_share"),
        numbers(&headline, "fva_share"),
    );
    for (row, economy) in headline["economy"].iter().enumerate().filter(|(_, name)| *name != "World") {
        let (mut home, mut abroad) = (0.0, 0.0);
        for at in (0..content.len()).filter(|&at| origins["exporter"][at] == *economy) {
            if origins["origin"][at] == *economy { home += content[at] } else { abroad += content[at] }
        }
        close(home, dva[row], 1.0, ROUNDING, economy);
        close(abroad, fva[row], 1.0, ROUNDING, economy);
    }
}

#[test]
fn stages_are_those_of_the_round_by_round_sum() {
    let made = Made::new(&Request {
        tables: vec![support::fixture("leather.csv")],
        economies: Economies::Named(vec!["Turkey".into()]),
        claims: Some(Vec::new()),
        product: None,
        ..Request::default()
    });
    let data = made.found.data("chain-stages").unwrap();
    let table = support::leather();
    let model = support::model(&table);
    let axis = model.axis();
    let product = axis.find_sector(&data.text("product", 0)).unwrap();
    // F, A F, A² F, ...: output of each round, and the round counted with it.
    let n = axis.n_rows();
    let mut round: Vec<f64> =
        (0..n)
            .map(|row| {
                if axis.sector_of(row) == product { model.flows().final_demand().row(row).sum() } else { 0.0 }
            })
            .collect();
    let (mut output, mut stages) = (vec![0.0; n], vec![0.0; n]);
    for step in 0..400 {
        for row in 0..n {
            output[row] += round[row];
            stages[row] += f64::from(step) * round[row];
        }
        let inputs = model.system().input_coefficients();
        round =
            (0..n).map(|row| (0..n).map(|column| inputs.get(row, column) * round[column]).sum()).collect();
    }
    for row in data.rows() {
        let label = format!("{}.{}", data.text("economy", row), data.text("sector", row));
        let at = (0..n).find(|&at| axis.row_label(at) == label).unwrap();
        close(data.number("distance", row), stages[at] / output[at], 1.0, ROUNDING, &label);
        close(
            data.number("chain_va", row),
            model.value_added_share()[at] * output[at],
            output[at],
            ROUNDING,
            &label,
        );
    }
    assert!(data.frame.n_rows() > 3);
    // A table without a year still makes a report, and says nothing about change.
    assert!(!made.page.text().contains("against"));
    assert!(made.page.by_id("fig-headline").is_some());
    let heads = |id: &str| -> Vec<String> {
        made.page.by_id(id).unwrap().all("thead")[0].all("th").iter().map(|th| th.text()).collect()
    };
    assert_eq!(heads("fig-exports-Turkey")[0], "Economy", "rows without a year have another heading");
    assert_eq!(made.page.by_id("fig-exports-Turkey").unwrap().all("caption")[0].text(), "Exports of Turkey");
    for words in ["A falling domestic share", "small path", "Changes of less"] {
        assert!(!made.page.text().contains(words), "`{words}` is of several years");
    }
    // What is absorbed compares with the domestic content, not with all that was sent.
    assert!(heads("fig-partners-Turkey").contains(&"Domestic content of them".to_owned()));
    let origins = made.page.by_id("fig-origins-of-Turkey").unwrap().with_attribute("class", "says")[0].text();
    assert!(origins.contains("the largest named origin") && !origins.contains("most of it"), "{origins}");
}

#[test]
fn an_economy_without_exports_is_told_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let head = "row,AAA.T,BBB.T,CCC.T,AAA.CONS,BBB.CONS,CCC.CONS\nAAA.T,10,5,6,100,20,10\n";
    let last = "CCC.T,7,2,11,5,6,80\n";
    // The second exports in the first year alone.
    for (year, row) in [(2000, "BBB.T,4,12,3,9,90,8\n"), (2001, "BBB.T,0,12,0,0,90,0\n")] {
        std::fs::write(folder.path().join(format!("{year}.csv")), format!("{head}{row}{last}")).unwrap();
    }
    let made = |table: &Path| {
        Made::new(&Request {
            tables: vec![table.to_str().unwrap().to_owned()],
            economies: Economies::Named(vec!["BBB".into(), "CCC".into()]),
            claims: Some(Vec::new()),
            product: None,
            ..Request::default()
        })
    };
    let says = |made: &Made, id: &str| -> String {
        made.page.by_id(id).unwrap().with_attribute("class", "says")[0].text()
    };
    let (both, one) = (made(folder.path()), made(&folder.path().join("2001.csv")));
    assert_eq!(
        says(&both, "fig-exports-BBB"),
        "BBB exported nothing in 2001. In 2000 it exported 24.0 in the unit of the source (not stated in the file); 94.0% of that \
         was value added at home."
    );
    assert_eq!(says(&one, "fig-exports-BBB"), "BBB exported nothing in 2001.");
    for id in ["fig-sectors-BBB", "fig-partners-BBB", "fig-origins-of-BBB"] {
        assert!(both.page.by_id(id).is_none() && one.page.by_id(id).is_none(), "{id}");
    }
    assert!(
        one.page.by_id("fig-position-BBB").is_none() && one.page.by_id("fig-participation-BBB").is_none()
    );
    assert!(says(&both, "fig-position-BBB").contains("in 2000"));
    assert!(says(&both, "fig-position-CCC").contains("the farthest from final use of 2 economies"));
    // Who has a share in one of the years only is not among those whose shares are compared.
    let headline = says(&both, "fig-headline-lines");
    assert!(headline.starts_with("In the median of 2 economies, "), "{headline}");
    let moved = "the share fell in 0, rose in 2; 1 had no exports in one of the years.";
    assert!(headline.contains(moved) && headline.contains("All exports together: "), "{headline}");
    for made in [&both, &one] {
        let text = made.page.text();
        assert!(!text.contains("not known of") && !text.contains("not known abroad"), "{text}");
        assert!(text.contains("largest exporting sector is T with") && !text.contains("The 1 largest"));
    }
    assert!(both.page.by_id("fig-exports-BBB").unwrap().all("tbody")[0].text().contains('\u{2013}'));
}

#[test]
fn a_group_is_told_what_it_is_made_of() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let table = support::fixture("leather.csv");
    let start = ["report", table.as_str(), "-o", out.to_str().unwrap()];
    let group = ["--group", "Two=Turkey,Germany", "--economy", "Two"];
    let output = vadex(&[&start[..], &group, &["--claims", "none", "--product", "none"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let page = parse(&std::fs::read_to_string(out.join("report.html")).unwrap()).unwrap();
    let words = " taken together, as one exporter.";
    // Once in the lead and once below the heading.
    assert_eq!(page.text().matches(words).count(), 2, "{}", page.text());
}

#[test]
fn every_dataset_tells_its_own_unit() {
    for (file, unit) in [
        ("C2-specifications.csv", "percentage points of exports a year"),
        ("C2-turns.csv", "fractions"),
        ("claims.csv", "estimate_unit"),
        ("position.csv", "stages of production"),
        ("upgrading.csv", "trend_unit"),
        ("upgrading-paths.csv", "change_unit"),
        ("product.csv", "fraction of the"),
        ("tiva.csv", "million USD"),
    ] {
        let notes = std::fs::read_to_string(notes_path(&NAMED.out().join("data").join(file))).unwrap();
        let notes: serde_json::Value = serde_json::from_str(&notes).unwrap();
        assert!(notes["unit"].as_str().unwrap().contains(unit), "{file}: {}", notes["unit"]);
    }
}

#[test]
fn an_open_claim_says_what_would_settle_it_and_a_number_that_is_not_known_says_so() {
    let csv = columns(&NAMED.out().join("data/claims.csv"));
    for row in 0..csv["claim"].len() {
        let open = csv["verdict"][row] == "Undetermined";
        assert_eq!(open, !csv["settle"][row].is_empty(), "{}", csv["claim"][row]);
    }
    let waiting = csv["claim"].iter().position(|claim| claim == "C3").unwrap();
    assert!(csv["estimate"][waiting].is_empty() || csv["estimate"][waiting] == "NaN");
    let table = NAMED.page.by_id("fig-claims").unwrap().all("tbody")[0].all("tr")[waiting].text();
    assert!(table.contains("not known") && table.contains("Undetermined (D3)"), "{table}");
}

#[test]
fn a_turn_is_drawn_only_where_the_test_has_one() {
    let csv = columns(&NAMED.out().join("data/C2-turns.csv"));
    let (turn, low, high) = (numbers(&csv, "turn"), numbers(&csv, "turn_lo"), numbers(&csv, "turn_hi"));
    let (start, end) = (numbers(&csv, "slope_start"), numbers(&csv, "slope_end"));
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for row in 0..turn.len() {
        let words = csv["turn_words"][row].as_str();
        *kinds.entry(words).or_default() += 1;
        let bends = start[row] > 0.0 && end[row] < 0.0;
        assert_eq!(turn[row].is_finite(), bends, "{}", csv["economy"][row]);
        match words {
            "turn established" => {
                assert!(
                    1995.0 < low[row] && low[row] < turn[row] && turn[row] < high[row] && high[row] < 2011.0
                );
                assert!(numbers(&csv, "p_turn_adj")[row] <= 0.1);
            }
            "turn not established" => assert!(bends),
            other => assert_eq!((other, bends), ("no turn in these years", false)),
        }
    }
    assert!(kinds.len() > 1, "{kinds:?}");
    // A turn whose interval is not bounded is drawn as the words beside the drawing promise.
    let drawn = NAMED.page.by_id("fig-paths").unwrap().with_attribute("class", "turn").len();
    assert_eq!(drawn, turn.iter().filter(|turn| turn.is_finite()).count());
}

/// A report without pages of economies, data and all.
const SIZE: u64 = 3_000_000;
/// A page of an economy.
const PAGE: u64 = 100_000;

#[test]
fn everything_is_small_and_every_economy_has_a_page() {
    for made in [&*NAMED, &*EVERY] {
        let mut size = 0;
        for folder in [made.out(), made.out().join("data")] {
            for entry in std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_file()) {
                size += entry.metadata().unwrap().len();
            }
        }
        assert!(size < SIZE, "{size} bytes");
    }
    for economy in &EVERY.found.economies {
        let page = std::fs::metadata(EVERY.out().join(format!("economy/{economy}.html"))).unwrap();
        assert!(page.len() < PAGE, "{economy}: {} bytes", page.len());
    }
}

#[test]
fn the_conventions_are_on_the_page() {
    let text = NAMED.page.by_id("conventions").unwrap().text();
    for words in
        ["value added", "gross output", "Worst residual", "Worst identity gap", "SHA-256", "Economies united"]
    {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
    assert!(NAMED.page.text().contains("Timmer, Dietzenbacher, Los, Stehrer and de Vries (2015)"));
}

/// A command that must fail without a trace.
fn refused(folder: &Path, arguments: &[&str], expected: &[&str]) {
    let before = std::fs::read_dir(folder).unwrap().count();
    let output = vadex(arguments);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    for words in expected {
        assert!(told.contains(words), "no `{words}` in: {told}");
    }
    assert!(output.stdout.is_empty());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), before, "something was written");
}

#[test]
fn a_wrong_economy_claim_or_product_is_told_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    let with = |more: &[&str], expected: &[&str]| {
        let mut arguments = vec!["report", "-o", out, "--year", "2011"];
        arguments.extend(more);
        refused(folder.path(), &arguments, expected);
    };
    with(&["--economy", "CHM"], &["unknown economy `CHM`", "did you mean `CHN`?"]);
    with(&["--economy", "Germany"], &["unknown economy `Germany`", "did you mean `DEU`?"]);
    with(&["--economy", "CHN,Vietnam"], &["unknown economy `Vietnam`", "does not have VNM", "CHN"]);
    with(
        &["--economy", "VNM"],
        &["unknown economy `VNM`", "does not have VNM (Vietnam)", "the table has: AUS"],
    );
    with(&["--claims", "C99"], &["C99"]);
    with(&["--product", "iphone-5"], &["iphone-5"]);
    with(&["no-such-table.csv"], &["no-such-table.csv"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_anything_is_computed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    for out in [file.clone(), file.join("out"), folder.path().join("missing/out")] {
        let start = std::time::Instant::now();
        refused(folder.path(), &["report", "-o", out.to_str().unwrap()], &["cannot be written", "try:"]);
        assert!(start.elapsed().as_secs() < 5, "it computed first");
    }
    let mine = folder.path().join("mine");
    std::fs::create_dir(&mine).unwrap();
    std::fs::write(mine.join("thesis.tex"), "mine").unwrap();
    refused(folder.path(), &["report", "-o", mine.to_str().unwrap()], &["holds no report", "thesis.tex"]);
    assert!(mine.join("thesis.tex").is_file());
}

#[test]
fn the_command_writes_a_report_and_replaces_it_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = |economy: &str| {
        let path = out.to_str().unwrap();
        let output = vadex(&[
            "report",
            "-o",
            path,
            "--year",
            "2011",
            "--claims",
            "none",
            "--product",
            "none",
            "--economy",
            economy,
        ]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(output.stdout.is_empty());
        std::fs::read_to_string(out.join("report.html")).unwrap()
    };
    let first = run("MEX");
    assert!(first.contains("Mexico (MEX)") && !out.join("economy").exists());
    // A result of an earlier report that this one does not have.
    std::fs::write(out.join("data/left-over.csv"), "x").unwrap();
    std::fs::write(out.join("data/left-over.csv.notes.json"), "{}").unwrap();
    assert_eq!(run("MEX"), first, "two runs give the same bytes");
    assert!(!out.join("data/left-over.csv").exists());
    assert!(run("none").contains("How much of exports is made at home?"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Slope of the straight line through some points, by hand.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let (t, y) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    points.iter().map(|p| (p.0 - t) * (p.1 - y)).sum::<f64>()
        / points.iter().map(|p| (p.0 - t).powi(2)).sum::<f64>()
}

#[test]
fn upgrading_is_told_over_all_years_and_over_their_halves() {
    let made = Made::new(&Request {
        economies: Economies::Named(vec!["CHN".into()]),
        claims: Some(Vec::new()),
        product: None,
        ..Request::default()
    });
    let out = made.out().join("data");
    let (whole, halves, paths) = (
        columns(&out.join("upgrading.csv")),
        columns(&out.join("upgrading-halves.csv")),
        columns(&out.join("upgrading-paths.csv")),
    );
    // Every trend is the slope of the path beside it, over the years that it names; of a sum of yearly changes their mean.
    let (years, changes) = (numbers(&paths, "year"), numbers(&paths, "change"));
    let mut checked = 0;
    for told in [&whole, &halves] {
        let trends = numbers(told, "trend");
        for row in (0..trends.len()).filter(|&row| trends[row].is_finite()) {
            let (from, to) = (numbers(told, "from")[row], numbers(told, "to")[row]);
            let points: Vec<(f64, f64)> = (0..years.len())
                .filter(|&at| {
                    ["economy", "measure"].iter().all(|key| paths[*key][at] == told[*key][row])
                        && (from..=to).contains(&years[at])
                })
                .map(|at| (years[at], changes[at]))
                .collect();
            let who = format!("{} {}", told["economy"][row], told["measure"][row]);
            assert!(points.len() > 5, "{who}");
            let (first, last) = (points[0], points[points.len() - 1]);
            let expected = match told["measure"][row].as_str() {
                "between" => (last.1 - first.1) / (last.0 - first.0),
                _ => slope(&points),
            };
            close(trends[row], expected, trends[row].abs(), 1e-8, &who);
            checked += 1;
        }
    }
    // Four kinds of forty economies (the rest of the world has one), in one span and in two.
    assert_eq!(checked, 3 * (4 * 40 + 1));
    let figure = made.page.by_id("fig-upgrading-CHN").unwrap();
    let says = figure.with_attribute("class", "says")[0].text();
    for (row, kind) in whole["kind"].iter().enumerate().filter(|(row, _)| whole["economy"][*row] == "CHN") {
        let told = format!(
            "{kind} {:+.2}{} ({})",
            numbers(&whole, "trend")[row],
            whole["trend_unit"][row],
            whole["direction"][row]
        );
        assert!(
            says.contains(&told.replace('-', "\u{2212}").replace("inter\u{2212}", "inter-")),
            "{says}\n{told}"
        );
    }
    assert!(says.contains("from 1995 to 2011") && !says.contains("Not measured"), "{says}");
    // The accounts of hours and skills end in 2009, and the sentence says so.
    assert!(says.ends_with("want of figures: process 1995 to 2009, functional 1995 to 2009."), "{says}");
    let lines: Vec<String> = figure.all("svg")[0].all("text").iter().map(|text| text.text()).collect();
    for kind in ["product", "process", "functional", "inter-sectoral"] {
        assert!(lines.iter().any(|line| line == kind), "no line for {kind}: {lines:?}");
    }
    // What stands in for something, and what would be better, is said.
    let text = figure.text();
    assert!(text.contains("skills, which stand in for business functions"), "{text}");
    assert!(text.contains("va_per_hour_real would need hours worked"), "{text}");
}

#[test]
fn what_is_not_known_of_upgrading_is_said_and_one_year_is_left_alone() {
    let (_, _, rest) =
        pages(&EVERY).into_iter().find(|(name, _, _)| name == "RoW.html").expect("a page of the rest");
    let figure = rest.by_id("fig-upgrading-RoW").unwrap();
    let says = figure.with_attribute("class", "says")[0].text();
    assert!(says.contains("Not measured for want of data: process, functional, inter-sectoral."), "{says}");
    assert!(figure.text().contains("persons engaged by economy, sector and year (--jobs): none of RoW"));
    let one = Made::new(&Request {
        years: vec![2011],
        economies: Economies::Named(vec!["CHN".into()]),
        claims: Some(Vec::new()),
        product: None,
        ..Request::default()
    });
    assert!(one.page.by_id("position-CHN").is_some() && one.page.by_id("upgrading-CHN").is_none());
}

#[test]
fn accounts_that_are_named_must_be_there() {
    let request = Request {
        tables: vec!["builtin:wiod13/2011".into()],
        jobs: Some(("no-such-jobs.csv".into(), "jobs".into())),
        claims: Some(Vec::new()),
        product: None,
        ..Request::default()
    };
    let error = page::gather(&request, &mut |_, _, _| {}).err().expect("a file that is not there");
    assert!(error.to_string().contains("no-such-jobs.csv"), "{error}");
}

#[test]
fn the_band_of_a_path_is_that_of_the_curve_whose_turn_is_tested() {
    let out = NAMED.out().join("data");
    let (paths, turns) = (columns(&out.join("C2-paths.csv")), columns(&out.join("C2-turns.csv")));
    let of = |name: &str| numbers(&paths, &format!("vs_share_headline_fit{name}"));
    let (years, fit, low, high) = (numbers(&paths, "year"), of(""), of("_lo"), of("_hi"));
    let (mut turned, mut total) = (0, 0);
    for (row, economy) in turns["economy"].iter().enumerate() {
        let at: Vec<usize> = (0..fit.len()).filter(|&at| paths["economy"][at] == *economy).collect();
        // The parabola through three points of the fit: its vertex is the turning point that the test reports.
        let (a, b, c) = (at[0], at[at.len() / 2], at[at.len() - 1]);
        let rise = |p: usize, q: usize| (fit[q] - fit[p]) / (years[q] - years[p]);
        let bend = (rise(b, c) - rise(a, b)) / (years[c] - years[a]);
        let vertex = (years[a] + years[b]) / 2.0 - rise(a, b) / (2.0 * bend);
        let turn = numbers(&turns, "turn")[row];
        if turn.is_finite() {
            close(vertex, turn, 1.0, 1e-5, economy);
            turned += 1;
        }
        for &at in &at {
            close((low[at] + high[at]) / 2.0, fit[at], 1.0, 1e-12, economy);
            assert!(low[at] < fit[at] && fit[at] < high[at], "{economy}");
        }
        total += 1;
    }
    assert!(turned > 15, "{turned} of {total}");
    // Each panel has its band, with an edge above and below.
    let figure = NAMED.page.by_id("fig-paths").unwrap();
    let bands = figure.with_attribute("class", "band");
    assert_eq!(bands.len(), total, "a band an economy");
    assert!(figure.text().contains("95% interval of the fitted path"), "its level is said");
}

#[test]
fn options_of_a_report_reach_its_claims_or_the_notes_say_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let report = |more: &[&str]| {
        let start = ["report", "builtin:wiod13/2011", "--claims", "C8", "-o", out.to_str().unwrap()];
        let output = vadex(&[&start[..], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let notes = std::fs::read_to_string(notes_path(&out.join("data/claims.csv"))).unwrap();
        (stderr(&output), notes, std::fs::read_to_string(out.join("report.html")).unwrap())
    };
    let (talk, notes, page) = report(&[]);
    for text in [&talk, &notes, &page] {
        assert!(!text.contains("does not reach") && !text.contains("claims solve by"), "{talk}\n{notes}");
    }
    let group = ["--group", "EU=DEU,FRA"];
    let options = ["--solver", "dense-inverse", "--gross-output", "published"];
    let (talk, notes, page) = report(&[&options[..], &group].concat());
    // The solver reaches them; economies and conventions are their own.
    assert!(notes.contains("claims solve by dense-inverse, as asked for"), "{notes}");
    for words in ["--group EU=DEU,FRA does not reach them", "--gross-output published does not reach them"] {
        assert!(talk.contains(words), "`{words}` is not in {talk}");
        assert!(notes.contains(words), "`{words}` is not in {notes}");
        // Options stay whole on a page: they stand in an element of their own.
        let (option, rest) = words.split_once(' ').unwrap();
        let marked = format!("<span class=\"o\">{option}</span> {rest}");
        assert!(page.contains(&marked), "`{marked}` is not on the page");
    }
    let conventions = std::fs::read_to_string(out.join("data/conventions.csv")).unwrap();
    assert_eq!(conventions.matches("--group EU=DEU,FRA does not reach them").count(), 1, "{conventions}");
    // The table has not the year of the product, which is traced through another one.
    assert!(talk.contains("traced through builtin:wiod13/2010 as that comes"), "{talk}");
    // A command that is said to give the same numbers takes the same options.
    let command =
        "vadex tiva builtin:wiod13/2011 --gross-output published --solver dense-inverse --group EU=DEU,FRA";
    assert!(page.contains(command), "no `{command}`");
}

#[test]
fn commands_of_a_report_read_its_table_as_it_did_and_quote_what_a_shell_would_take_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (table, out) = (folder.path().join("my table.csv"), folder.path().join("out"));
    std::fs::copy(support::fixture("leather.csv"), &table).unwrap();
    let (table, out) = (table.to_str().unwrap(), out.to_str().unwrap());
    let read = ["--from", "canonical-csv", "--unit", "million $", "--group", "T and G=Turkey,Germany"];
    let start = ["report", table, "--claims", "none", "--product", "none", "-o", out];
    let output = vadex(&[&start[..], &read].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let page = parse(&std::fs::read_to_string(Path::new(out).join("report.html")).unwrap()).unwrap();
    let command = format!(
        "vadex tiva '{table}' --from canonical-csv --unit 'million $' --group 'T and G=Turkey,Germany'"
    );
    let named: Vec<String> = page.all("code").iter().map(|code| code.text()).collect();
    assert!(named.contains(&command), "no `{command}` among {named:?}");
    // A shell takes it as it stands.
    let binary = env!("CARGO_BIN_EXE_vadex");
    let line = format!("{} --format csv --quiet", command.replacen("vadex", &format!("'{binary}'"), 1));
    let run = std::process::Command::new("sh").args(["-c", &line]).output().unwrap();
    assert!(run.status.success(), "{line}: {}", stderr(&run));
    assert!(support::stdout(&run).contains("T and G"), "{line}");
}

#[test]
fn the_memory_of_a_report_is_told_once_however_many_years_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let start = ["report", "builtin:wiod13", "--year", "2010-2011", "--claims", "none", "--product", "none"];
    let run = |more: &[&str]| {
        let output = vadex(&[&start[..], &["-v", "-o", out.to_str().unwrap()], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stderr(&output).matches("memory: report on 820 rows").count()
    };
    assert_eq!((run(&[]), run(&["-q"])), (1, 0));
}
