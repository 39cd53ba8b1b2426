//! The manual says what the code does: every word is explained, every column of every result is a word, the pages are
//! those that the registries make, and the commands of the README and of the pages run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use nalgebra::DMatrix;
use vadex::decompose::METHODS;
use vadex::indicators::INDICATORS;
use vadex::manual::{self, CROSSWALK};

use super::manners::{commands, examples, shell, short_help};
use super::support::{close, fixture, leather, model, stderr, stdout, vadex};

/// Of the largest value of a column: terms of double counting are differences of near-equal numbers.
const TOLERANCE: f64 = 1e-9;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn every_line_of_every_list_is_explained() {
    let help = stdout(&vadex(&["list", "--help"]));
    let lists: Vec<&str> = help
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
        .filter_map(|line| line.split(':').next())
        .collect();
    assert!(lists.len() >= 13, "{lists:?}");
    let mut missing = Vec::new();
    for list in lists {
        let output = stdout(&vadex(&["list", list]));
        assert!(!output.is_empty(), "vadex list {list} is empty");
        for line in output.lines() {
            let mut words = line.split_whitespace();
            // A satellite is told with the place it stands in.
            let word = if list == "satellites" { words.nth(1) } else { words.next() }.unwrap();
            if manual::explain(word).is_none_or(|text| text.lines().count() < 2) {
                missing.push(format!("{list}: {word}"));
            }
        }
    }
    assert!(missing.is_empty(), "not explained: {missing:?}");
}

/// Draws and shards are no columns, and yet they are asked for by name.
#[test]
fn words_of_options_are_explained_with_options_that_there_are() {
    for (word, commands) in [("draws", &["tiva", "decompose", "indicators"][..]), ("shard", &["batch"][..])] {
        let text = manual::explain(word).unwrap_or_else(|| panic!("{word} is not explained"));
        let options: BTreeSet<&str> = text
            .split(|letter: char| !letter.is_ascii_lowercase() && letter != '-')
            .filter(|part| part.starts_with("--"))
            .collect();
        assert!(!options.is_empty(), "{text}");
        for command in commands {
            assert!(text.contains(&format!("`{command}`")), "{word} does not name {command}: {text}");
            let help = stdout(&vadex(&[command, "--help"]));
            for option in &options {
                assert!(help.contains(&format!("{option} <")), "{command} has no {option}");
            }
        }
    }
}

/// Header of a result on standard output.
fn header(arguments: &[&str]) -> Vec<String> {
    let output = vadex(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output).lines().next().unwrap_or_default().split(',').map(str::to_owned).collect()
}

#[test]
fn every_column_of_every_result_is_explained() {
    let table = fixture("leather.csv");
    let mut columns: BTreeMap<String, String> = BTreeMap::new();
    // Names of columns stand in the registries; what keys there are beside them is seen in results.
    for method in METHODS {
        for &level in method.levels() {
            let terms = method.terms(level).iter().map(|term| term.symbol);
            for name in method.keys(level).iter().copied().chain(terms) {
                columns.entry(name.to_owned()).or_insert_with(|| method.id().to_owned());
            }
        }
    }
    for indicator in INDICATORS {
        for column in indicator.profile().columns {
            columns.entry(column.name.to_owned()).or_insert_with(|| indicator.id().to_owned());
        }
    }
    for field in vadex::claims::verdict::frame(&[]).fields() {
        columns.entry(field.name.clone()).or_insert_with(|| "claims".to_owned());
    }
    for arguments in [
        &["tiva", &table, "--level", "bilateral-sector"][..],
        &["tiva", &table, "--draws", "40"],
        &["decompose", &table, "--method", "wwz", "--level", "bilateral-sector", "--by", "origin"],
        &["decompose", &table, "--method", "wwz", "--level", "bilateral-sector", "--by", "absorber"],
        &["decompose", &table, "--method", "wwz", "--level", "bilateral-sector", "--by", "third"],
        &["decompose", &table, "--method", "kww", "--tidy"],
        &["indicators", "apl", &table, "--level", "bilateral-sector"],
        &["indicators", "--family", "position", &table, "--level", "sector"],
        &["sensitivity", &table, "--economy", "Turkey", "--mode", "flows"],
        &["sensitivity", &table, "--economy", "Turkey", "--mode", "inputs", "--by", "economies"],
        &["sensitivity", &table, "--economy", "Turkey", "--mode", "coefficients", "--by", "sectors"],
        &["check", &table],
        &["import-content", "builtin:wiod16-national", "--year", "2011", "--sectors"],
        &["product", "iphone-4-2010", "--format", "csv"],
        &["scenario", "c23-opening", "--format", "csv"],
        &["sda", &table, &table],
        &["sda", &table, &table, "--level", "bilateral-sector"],
        &["sda", "builtin:wiod13", "--year", "1995-1997", "--chain", "--economy", "CHN"],
        &["matrix", &table, "--of", "input-coefficients", "--long"],
        &["ownership", "builtin:wiod13", "--year", "2007", "--economy", "CHN"],
        &["research", "builtin:wiod13/2011", "--sector", "c30", "--economy", "IRL", "--origins"],
        &["fetch", "--list"],
        &["batch", "examples/batch.toml", "-o", "nowhere", "--dry-run"],
    ] {
        for column in header(arguments) {
            columns.entry(column).or_insert_with(|| arguments.join(" "));
        }
    }
    let missing: Vec<String> = columns
        .iter()
        .filter(|(column, _)| {
            // Ends of an interval are explained once.
            let stem = column.strip_suffix("_lo").or_else(|| column.strip_suffix("_hi")).unwrap_or(column);
            manual::explain(column).is_none() && manual::explain(stem).is_none()
        })
        .map(|(column, of)| format!("{column} ({of})"))
        .collect();
    let mut symbols: Vec<&str> = vadex::glossary::entries().map(|entry| entry.symbol).collect();
    let count = symbols.len();
    symbols.sort_unstable();
    symbols.dedup();
    assert_eq!(symbols.len(), count, "a symbol stands twice in the glossary");
    assert!(columns.len() > 200, "{}", columns.len());
    assert!(missing.is_empty(), "columns without a word:\n{}", missing.join("\n"));
}

#[test]
fn the_page_of_methods_is_what_the_registries_say() {
    let page = manual::methods_page();
    assert!(
        read("src/manual/methods.md") == page,
        "src/manual/methods.md is not what the code says: `vadex explain methods > src/manual/methods.md`"
    );
    for method in METHODS {
        assert!(page.contains(&format!("\n### `{}`\n", method.id())), "{} has no section", method.id());
    }
    for indicator in INDICATORS {
        assert!(
            page.contains(&format!("\n#### `{}`\n", indicator.id())),
            "{} has no section",
            indicator.id()
        );
        assert!(page.contains(indicator.profile().equation), "{} has no equation", indicator.id());
    }
    assert!(page.matches("https://doi.org/").count() > METHODS.len(), "sources");
    for link in page.split("<https://").skip(1) {
        let (address, after) = link.split_once('>').unwrap();
        let (open, closed) = (address.matches('(').count(), address.matches(')').count());
        assert!(
            open == closed && !after.starts_with(char::is_alphanumeric),
            "a link is cut short: {address}"
        );
    }
    let shown = stdout(&vadex(&["explain", "methods"]));
    assert_eq!(shown, page);
}

/// Blocks of a fence in a Markdown text.
fn blocks(text: &str, fence: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut inside: Option<String> = None;
    for line in text.lines() {
        match inside.take() {
            Some(block) if line == "```" => blocks.push(block),
            Some(block) => inside = Some(format!("{block}{line}\n")),
            None if line == format!("```{fence}") => inside = Some(String::new()),
            None => {}
        }
    }
    blocks
}

type Rows = BTreeMap<Vec<String>, BTreeMap<String, f64>>;

/// Rows of a CSV by their keys: every column that is no number.
fn rows(text: &str, keys: &[&str]) -> Rows {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut rows = Rows::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let of = |name: &str| names.iter().position(|other| *other == name).map(|at| cells[at]);
        let key = keys.iter().filter_map(|key| of(key)).map(str::to_owned).collect();
        let numbers = names
            .iter()
            .zip(&cells)
            .filter_map(|(name, cell)| Some(((*name).to_owned(), cell.parse().ok()?)));
        rows.insert(key, numbers.collect());
    }
    rows
}

/// A command of the page and the answer that another tool gave.
fn tasks() -> Vec<(String, String)> {
    let page = read("src/manual/coming_from.md");
    let parts: Vec<&str> = page.split("\nAnswer: `").collect();
    parts
        .windows(2)
        .map(|pair| {
            let command = blocks(pair[0], "sh").pop().expect("an answer stands below a command");
            let answer = pair[1].split('`').next().unwrap().to_owned();
            (command, answer)
        })
        .collect()
}

#[test]
fn users_of_other_tools_find_their_numbers_under_the_names_of_the_crosswalk() {
    let (mut compared, mut used) = (0, BTreeSet::new());
    for (command, answer) in tasks() {
        let output = shell(&command, root());
        assert!(output.status.success(), "{command}: {}", stderr(&output));
        let text = read(&answer);
        let head = text.lines().next().unwrap();
        let tool = head.trim_start_matches("# ").split(' ').next().unwrap();
        let keys = ["exporter", "economy", "importer", "sector", "partner"];
        let (ours, theirs) = (rows(&stdout(&output), &keys), rows(&text, &keys));
        assert!(!theirs.is_empty(), "{answer}");
        let tool_at = manual::TOOLS.iter().position(|known| *known == tool).expect("a tool of the crosswalk");
        // Our command is told by its method, or `tiva`.
        let words: Vec<&str> = command.split_whitespace().collect();
        let method = words.iter().position(|word| *word == "--method").map_or(words[1], |at| words[at + 1]);
        let of = if words[1] == "tiva" { "tiva" } else { method };
        for row in CROSSWALK.iter().filter(|row| serves(row.of, of, words[1])) {
            let name = row.by_tool()[tool_at];
            for column in row.columns {
                let Some(scale) =
                    theirs.values().filter_map(|row| row.get(name)).map(|value| value.abs()).reduce(f64::max)
                else {
                    continue;
                };
                for (key, their) in &theirs {
                    let expected = their[name];
                    // decompr and exvatools write a row for sales at home, which are no exports.
                    let Some(our) = ours.get(key) else {
                        assert!(key[0] == key[1] && expected == 0.0, "{answer}: no row {key:?}");
                        continue;
                    };
                    let found = our.get(*column).unwrap_or_else(|| panic!("{answer}: no column {column}"));
                    assert!(
                        (found - expected).abs() <= TOLERANCE * scale,
                        "{answer}: {tool} {name} is not {column} at {key:?}: found {found:e}, expected {expected:e}"
                    );
                    compared += 1;
                }
                used.insert((tool.to_owned(), row.of, *column));
            }
        }
    }
    assert!(compared > 900, "only {compared} figures were compared");
    assert!(used.len() > 75, "only {} names were compared", used.len());
}

/// Is a row of the crosswalk about the result of a method?
fn serves(of: &str, method: &str, command: &str) -> bool {
    match (of, command) {
        ("method tiva", "decompose") => method == "tiva",
        ("tiva" | "tiva, hiy", "tiva") => true,
        ("tiva, bm-*", _) => command == "tiva" || method.starts_with("bm-") || method.starts_with("miroudot"),
        ("kww, wwz-kww", "decompose") => method == "kww" || method == "wwz-kww",
        ("bm-*, kww, wwz groups", "decompose") => method.starts_with("bm-") || method.starts_with("miroudot"),
        // The command of that name, whose columns are others.
        ("tiva", "decompose") => false,
        (of, "decompose") => of == method,
        _ => false,
    }
}

#[test]
fn names_of_other_tools_are_explained_before_what_is_spelt_alike() {
    for (name, tool, words) in [
        (
            "dfddva",
            "gvc",
            &["dxd_dva", "DXD_DVA: domestic value added embodied in domestic final demand"][..],
        ),
        ("upstream", "gvc", &["`upstreamness`"]),
        ("GTRADE", "Stata icio", &["`gexp`", "`gimp`", "`vadex explain gimp`"]),
        ("bm_src", "exvatools", &["`--method bm-source`", "bm-source (method)"]),
        ("wwz2kww", "decompr", &["`--method kww`", "`--method wwz-kww --level bilateral-sector`"]),
        ("EXGR_DVASH", "OECD TiVA", &["`dva_share`"]),
        ("VAX1", "exvatools", &["`kww_t1`", "`vax_fin`"]),
        ("FVA4", "exvatools", &["`fva_rex_int`"]),
        ("sectbil", "Stata icio", &["`--method bm-self --level bilateral-sector`"]),
        ("icio", "Stata", &["`vadex explain coming-from`"]),
        ("mario", "Python", &["`vadex explain coming-from`"]),
        ("footprint", "environmental", &["`fd_va`", "--satellite FILE"]),
        ("eebt", "environmental", &["`dva`", "f_s L_ss e_sr"]),
        ("F_Y", "pymrio", &["in no result"]),
        ("D_imp_reg", "pymrio", &["`dfd_fva`"]),
        ("D_pba", "pymrio", &["`va`"]),
        ("nrca", "gvc", &["`rca_content`"]),
        ("leontief_inverse", "R leontief", &["`vadex matrix --of global-leontief`", "(I − A)⁻¹"]),
        ("ghosh.inv", "R ioanalysis", &["`vadex matrix --of ghosh-inverse`"]),
    ] {
        let output = vadex(&["explain", name]);
        let told = stdout(&output);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        assert!(told.starts_with(&format!("{name} (a name elsewhere)\n  {tool}")), "{told}");
        // Lines are broken between words.
        let whole = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.iter().all(|word| whole.contains(word)), "{name}: {told}");
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
        assert!(!told.contains("# Coming from"), "{name}: a page that nobody asked for");
    }
    // A word of ours comes first, in whatever way it is spelt; and names of both kinds at once.
    assert_eq!(stdout(&vadex(&["explain", "FD", "VA"])), stdout(&vadex(&["explain", "fd_va"])));
    let both = stdout(&vadex(&["explain", "exgr", "nrca"]));
    assert!(both.contains("EXGR") && both.contains("nrca (a name elsewhere)"), "{both}");
}

/// f_s L_ss e_sr, by an inverse of each economy alone.
#[test]
fn emissions_embodied_in_bilateral_trade_are_dva_by_pairs() {
    let table = leather();
    let model = model(&table);
    let (axis, output) = (model.axis(), table.row_sums());
    let emissions: Vec<f64> = (0..axis.n_rows()).map(|row| 10.0 + row as f64).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("emissions.csv");
    let lines: String = (0..axis.n_rows())
        .map(|row| format!("{},{}\n", axis.row_label(row).replacen('.', ",", 1), emissions[row]))
        .collect();
    fs::write(&file, format!("economy,sector,value\n{lines}")).unwrap();
    let leather = fixture("leather.csv");
    let result = vadex(&[
        "decompose",
        &leather,
        "--method",
        "bm-source",
        "--level",
        "bilateral",
        "--satellite",
        file.to_str().unwrap(),
    ]);
    assert!(result.status.success(), "{}", stderr(&result));
    let found = rows(&stdout(&result), &["exporter", "importer"]);
    let a = model.system().input_coefficients().to_dense();
    let exports = model.flows().bilateral_exports();
    let mut compared = 0;
    for s in 0..axis.n_economies() {
        let home: Vec<usize> = axis.block(s).collect();
        let local = DMatrix::from_fn(home.len(), home.len(), |i, j| {
            f64::from(u8::from(i == j)) - a[(home[i], home[j])]
        });
        let inverse = local.try_inverse().unwrap();
        for r in (0..axis.n_economies()).filter(|&r| r != s) {
            let mut embodied = 0.0;
            for (i, &made) in home.iter().enumerate() {
                for (j, &sold) in home.iter().enumerate() {
                    embodied += emissions[made] / output[made] * inverse[(i, j)] * exports[(sold, r)];
                }
            }
            let key = [axis.economies()[s].clone(), axis.economies()[r].clone()].to_vec();
            close(found[&key]["dva"], embodied, embodied, TOLERANCE, "f_s L_ss e_sr");
            compared += 1;
        }
    }
    assert_eq!(compared, 6);
}

#[test]
fn every_answer_of_another_tool_is_on_the_page() {
    let page = read("src/manual/coming_from.md");
    let folder = fs::read_dir(root().join("data/golden/crosswalk")).unwrap();
    for file in folder {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(page.contains(&format!("data/golden/crosswalk/{name}")), "{name} is not on the page");
    }
}

#[test]
fn the_commands_of_the_readme_run() {
    let readme = read("README.md");
    let folder = tempfile::tempdir().unwrap();
    for name in ["data", "examples"] {
        std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).unwrap();
    }
    let known: Vec<String> =
        commands().iter().flat_map(|command| examples(&short_help(&[command]))).collect();
    let mut run = 0;
    for block in blocks(&readme, "sh") {
        for line in block.lines().map(|line| line.split(" # ").next().unwrap().trim()) {
            // What is also the example of a command is run with the examples; the toolchain's own commands are run by
            // continuous integration.
            if known.iter().any(|example| example == line) {
                run += 1;
                continue;
            }
            if line.is_empty()
                || line.starts_with("cargo")
                || line.starts_with("git")
                || line.starts_with("cd ")
            {
                continue;
            }
            let output = shell(line, folder.path());
            assert!(output.status.success(), "README: `{line}`: {}", stderr(&output));
            run += 1;
        }
    }
    assert!(run >= 15, "only {run} commands of the README were run");
}

#[test]
fn the_readme_names_every_command() {
    let text = read("README.md");
    for command in commands() {
        assert!(text.contains(&format!("vadex {command}")), "README does not show `vadex {command}`");
    }
    let counts: Vec<usize> = text
        .match_indices(" claims")
        .filter_map(|(at, _)| text[..at].rsplit(char::is_whitespace).next()?.parse().ok())
        .collect();
    assert!(
        !counts.is_empty() && counts.iter().all(|&count| count == vadex::claims::CLAIMS.len()),
        "{counts:?}"
    );
}

#[test]
fn every_registry_of_the_map_stands_where_the_map_says() {
    let map = read("ARCHITECTURE.md");
    let table = map.split("## Where do I add ...").nth(1).expect("the table of additions");
    let mut rows = 0;
    for line in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| to add")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let place = cells[3];
        let Some((names, file)) = place.rsplit_once(" in ") else { continue };
        let file = file.trim_matches('`');
        let source = read(file);
        for name in names.split(['`', ' ']).filter(|name| !name.is_empty() && *name != "or" && *name != ",") {
            assert!(source.contains(name), "ARCHITECTURE.md: `{name}` is not in {file}");
        }
        rows += 1;
    }
    assert!(rows >= 12, "{rows}");
    for module in fs::read_dir(root().join("src")).unwrap() {
        let name = module.unwrap().file_name().into_string().unwrap();
        let name = name.trim_end_matches(".rs");
        if !["lib", "main", "notation.md"].contains(&name) {
            assert!(map.contains(&format!("`{name}`")), "ARCHITECTURE.md does not know src/{name}");
        }
    }
}

#[test]
fn the_citation_file_has_what_its_format_asks_for() {
    let text = read("CITATION.cff");
    for key in
        ["cff-version: 1.2.0", "message:", "title:", "authors:", "type: software", "license:", "version:"]
    {
        assert!(text.lines().any(|line| line.starts_with(key)), "CITATION.cff has no `{key}`");
    }
    let version = format!("version: {}", env!("CARGO_PKG_VERSION"));
    assert!(text.lines().any(|line| line == version), "CITATION.cff is of another version");
}
