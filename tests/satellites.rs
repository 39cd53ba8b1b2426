//! Published satellite accounts: each layout gives what the same figures give as a CSV of one's own, accounts are chosen by
//! name, and files that do not fit are told for what they are.

use std::fs;
use std::path::{Path, PathBuf};

use super::support::{fixture, stderr, stdout, vadex};

/// A copy of a fixture that can be added to.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// A folder with a table, and files written beside it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A fixture under the name that its publisher gives the folder.
    fn of(name: &str, inner: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(Path::new(&fixture(name)), &folder.path().join(inner));
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
        self.text(name)
    }

    /// One's own CSV with the same figures.
    fn own(&self, unit: &str, figures: &[(&str, &str, f64)]) -> String {
        let mut text = String::from("economy,sector,value,unit\n");
        for (economy, sector, value) in figures {
            text.push_str(&format!("{economy},\"{sector}\",{value},{unit}\n"));
        }
        self.write("own.csv", &text)
    }
}

/// The result of a decomposition that traces an account, and what was said.
#[track_caller]
fn traced(table: &str, satellite: &str, name: &[&str]) -> (String, String) {
    let mut arguments =
        vec!["decompose", table, "--method", "leontief", "--format", "csv", "-v", "--satellite", satellite];
    arguments.extend(name.iter().flat_map(|name| ["--satellite-name", *name]));
    let output = vadex(&arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    (stdout(&output), stderr(&output))
}

/// What a satellite that cannot be traced is answered with.
#[track_caller]
fn refused(table: &str, satellite: &str, name: &[&str], words: &[&str]) {
    let mut arguments = vec!["tiva", table, "--satellite", satellite];
    arguments.extend(name.iter().flat_map(|name| ["--satellite-name", *name]));
    let output = vadex(&arguments);
    let talk = stderr(&output);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{arguments:?}: {talk}");
    for word in words {
        assert!(talk.contains(word), "{arguments:?}: no `{word}` in {talk}");
    }
    assert!(!talk.contains("fetch it again"), "{arguments:?}: {talk}");
}

const IRON: &str = "Manufacture of basic iron, n.e.c. (27.a)";
const WHEAT: &str = "Cultivation of wheat";
const CO2: &str = "CO2 - combustion - air";

/// EXIOBASE with an extension of two stressors, columns in another order than the table.
fn exiobase() -> Place {
    let place = Place::of("exiobase3-ixi", "exiobase");
    let f = format!(
        "region\tWA\tWA\tGR\tGR\tAT\tAT\nsector\t{IRON}\t{WHEAT}\t{IRON}\t{WHEAT}\t{IRON}\t{WHEAT}\nstressor\t\t\t\t\t\t\n\
         CH4 - combustion - air\t9\t9\t9\t9\t9\t9\n{CO2}\t60\t50\t0\t30\t20\t10\n"
    );
    place.write("exiobase/IOT_2011_ixi/air_emissions/F.txt", &f);
    place.write(
        "exiobase/IOT_2011_ixi/air_emissions/F_Y.txt",
        &format!(
            "region\tAT\tAT\tGR\ncategory\tFinal consumption expenditure by households\tGross fixed capital formation\t\
             Final consumption expenditure by households\nstressor\t\t\t\n{CO2}\t20\t1.5\t8.5\n"
        ),
    );
    place.write(
        "exiobase/IOT_2011_ixi/air_emissions/unit.txt",
        &format!("stressor\tunit\nCH4 - combustion - air\tkg CH4\n{CO2}\tkg\n"),
    );
    place
}

fn exiobase_figures() -> [(&'static str, &'static str, f64); 6] {
    [
        ("AT", WHEAT, 10.0),
        ("AT", IRON, 20.0),
        ("GR", WHEAT, 30.0),
        ("GR", IRON, 0.0),
        ("WA", WHEAT, 50.0),
        ("WA", IRON, 60.0),
    ]
}

#[test]
fn a_stressor_of_exiobase_gives_what_the_same_figures_give_as_a_csv() {
    let place = exiobase();
    let table = place.text("exiobase/IOT_2011_ixi/Z.txt");
    let file = place.text("exiobase/IOT_2011_ixi/air_emissions/F.txt");
    let own = place.own("kg", &exiobase_figures());
    let (expected, _) = traced(&table, &own, &[]);
    let (found, talk) = traced(&table, &file, &[CO2]);
    assert_eq!(found, expected);
    for words in [
        "unit: kg",
        &format!("{CO2} traced in place of value added"),
        // 30 of final demand, 170 of industries.
        "is left out: 30 kg, 15.0 % of all",
        "of final demand itself, not in the figures: AT 21.5, GR 8.5",
    ] {
        assert!(talk.contains(words), "no `{words}` in {talk}");
    }
}

/// The footprint of everybody is what all industries emit: 170 kg.
#[test]
fn what_the_world_consumes_embodies_what_its_industries_emit() {
    let place = exiobase();
    let (table, file) =
        (place.text("exiobase/IOT_2011_ixi/Z.txt"), place.text("exiobase/IOT_2011_ixi/air_emissions/F.txt"));
    let output = vadex(&[
        "decompose",
        &table,
        "--method",
        "tiva",
        "--level",
        "bilateral",
        "--format",
        "csv",
        "--satellite",
        &file,
        "--satellite-name",
        CO2,
    ]);
    let text = stdout(&output);
    let mut lines = text.lines();
    let column = lines.next().unwrap().split(',').position(|name| name == "fd_va").unwrap();
    let footprints: Vec<f64> =
        lines.map(|line| line.split(',').nth(column).unwrap().parse().unwrap()).collect();
    assert_eq!(footprints.len(), 9);
    assert!((footprints.iter().sum::<f64>() - 170.0).abs() < 1e-6, "{text}");
}

#[test]
fn what_final_demand_emits_is_told_also_where_nobody_says_how_much() {
    let place = exiobase();
    let table = place.text("exiobase/IOT_2011_ixi/Z.txt");
    let file = place.text("exiobase/IOT_2011_ixi/air_emissions/F.txt");
    let (_, talk) = traced(&table, &file, &["CH4 - combustion - air"]);
    assert!(talk.contains("F_Y.txt does not have it"), "{talk}");
    fs::remove_file(place.path("exiobase/IOT_2011_ixi/air_emissions/F_Y.txt")).unwrap();
    fs::remove_file(place.path("exiobase/IOT_2011_ixi/air_emissions/unit.txt")).unwrap();
    let (_, talk) = traced(&table, &file, &[CO2]);
    for words in
        ["F_Y.txt, which tells it, is not beside the file", "no unit is stated", "unit: unit not stated"]
    {
        assert!(talk.contains(words), "no `{words}` in {talk}");
    }
}

#[test]
fn folders_and_archives_are_searched_for_the_account_and_their_members_are_named_by_path() {
    let place = exiobase();
    let table = place.text("exiobase/IOT_2011_ixi/Z.txt");
    let file = place.text("exiobase/IOT_2011_ixi/air_emissions/F.txt");
    let (expected, _) = traced(&table, &file, &[CO2]);
    let folder = place.text("exiobase/IOT_2011_ixi");
    assert_eq!(traced(&table, &folder, &[CO2]).0, expected);
    // As it is published: one archive.
    let mut zip = zip::ZipWriter::new(fs::File::create(place.path("IOT_2011_ixi.zip")).unwrap());
    for name in ["air_emissions/F.txt", "air_emissions/F_Y.txt", "air_emissions/unit.txt", "satellite/F.txt"]
    {
        zip.start_file(format!("IOT_2011_ixi/{name}"), zip::write::SimpleFileOptions::default()).unwrap();
        let bytes = fs::read(place.path("exiobase/IOT_2011_ixi").join(name)).unwrap();
        std::io::Write::write_all(&mut zip, &bytes).unwrap();
    }
    zip.finish().unwrap();
    let archive = place.text("IOT_2011_ixi.zip");
    assert_eq!(traced(&table, &archive, &[CO2]).0, expected);
    let member = format!("{archive}/IOT_2011_ixi/air_emissions/F.txt");
    assert_eq!(traced(&table, &member, &[CO2]).0, expected);
    let absent = format!("{archive}/IOT_2011_ixi/air_emission/F.txt");
    refused(&table, &absent, &[CO2], &["no such file", &format!("did you mean `{member}`?")]);
    // The same stressor in two files.
    place.write(
        "exiobase/IOT_2011_ixi/copy/F.txt",
        &fs::read_to_string(place.path("exiobase/IOT_2011_ixi/air_emissions/F.txt")).unwrap(),
    );
    refused(&table, &folder, &[CO2], &["several files have an account", "copy/F.txt", "give the one file"]);
}

#[test]
fn one_of_many_accounts_has_to_be_named() {
    let place = exiobase();
    let table = place.text("exiobase/IOT_2011_ixi/Z.txt");
    let file = place.text("exiobase/IOT_2011_ixi/air_emissions/F.txt");
    refused(
        &table,
        &file,
        &[],
        &["the file holds 2 accounts", "`CO2 - combustion - air` (kg)", "--satellite-name"],
    );
    refused(
        &table,
        &file,
        &["co2"],
        &["none of the 2 accounts is called `co2`", "near it are `CO2 - combustion"],
    );
    // Every account of the file, with its unit.
    let page = vadex(&["inspect", &file]);
    assert_eq!(page.status.code(), Some(0), "{}", stderr(&page));
    assert!(stdout(&page).contains("CH4 - combustion - air\tkg CH4\n"), "{}", stdout(&page));
    let json = vadex(&["inspect", &file, "--json"]);
    let told: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(told[0]["importer"], "exiobase3-extension");
    assert_eq!(told[0]["accounts"][1]["name"], CO2);
    assert_eq!(told[0]["accounts"][1]["unit"], "kg");
}

#[test]
fn files_that_are_no_accounts_are_told_for_what_they_are() {
    let place = exiobase();
    let table = place.text("exiobase/IOT_2011_ixi/Z.txt");
    let folder = "exiobase/IOT_2011_ixi/air_emissions";
    let f = fs::read_to_string(place.path(&format!("{folder}/F.txt"))).unwrap();
    let s = place.write(&format!("{folder}/S.txt"), &f);
    refused(&table, &s, &[CO2], &["S.txt: holds coefficients", "give F.txt of the same folder"]);
    let f_y = place.text(&format!("{folder}/F_Y.txt"));
    refused(&table, &f_y, &[CO2], &["holds amounts of final demand", "give F.txt of the same folder"]);
    refused(&table, &table, &[], &["found an input-output table (exiobase3)", "economy,sector,value"]);
    let readme = place.write("readme.txt", "Air emissions\nof 2011\n");
    refused(
        &table,
        &readme,
        &[],
        &["found a text that begins with `Air emissions`", "F.txt of an extension (satellite, impacts"],
    );
    let empty = place.text("empty");
    fs::create_dir(&empty).unwrap();
    refused(&table, &empty, &[], &["found 0 files and no accounts among them"]);
    let ragged = place.write("ragged.csv", "economy,sector,value\nAT,Wheat,1\nAT,Basic iron, n.e.c.,2\n");
    let talk = stderr(&vadex(&["tiva", &table, "--satellite", &ragged]));
    assert!(
        talk.contains("line 3 has 4 fields, the header has 3") && talk.contains("quote a label"),
        "{talk}"
    );
}

#[test]
fn accounts_of_another_year_or_classification_are_refused_with_labels() {
    let place = exiobase();
    let table = place.text("exiobase/IOT_2011_ixi/Z.txt");
    let name = "exiobase/IOT_2011_ixi/air_emissions/F.txt";
    let f = fs::read_to_string(place.path(name)).unwrap();
    let other = place.write("IOT_2012_ixi/air_emissions/F.txt", &f);
    refused(&table, &other, &[CO2], &["no figures for 2011; there are: 2012"]);
    let products = place.write(name, &f.replace(WHEAT, "Wheat"));
    refused(
        &table,
        &products,
        &[CO2],
        &[
            "3 of its industries are not in the accounts (AT.Cultivation of wheat",
            "3 industries with figures are not in the table (WA.Wheat",
            "one classification",
        ],
    );
    let short = place.write(name, &f.replace("\t20\t10\n", "\t20\n"));
    let output = vadex(&["tiva", &table, "--satellite", &short, "--satellite-name", CO2]);
    assert!(stderr(&output).contains("line 5 has 6 fields, the header has 7"), "{}", stderr(&output));
    // A blank is no zero, and is told.
    let blank = place.write(name, &f.replace("\t20\t10\n", "\t20\t\n"));
    let (_, talk) = traced(&table, &blank, &[CO2]);
    assert!(talk.contains("no figures for AT.Cultivation of wheat"), "{talk}");
}

/// The workbook of socio-economic accounts: a row an economy, variable and industry, a column a year.
fn accounts_of_wiod(path: &Path, header: &[&str], rows: &[(&str, &str, &str, [f64; 2])]) {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "Synthetic").unwrap();
    let sheet = book.add_worksheet().set_name("DATA").unwrap();
    for (column, name) in header.iter().enumerate() {
        sheet.write_string(0, column as u16, *name).unwrap();
    }
    for (row, (country, variable, code, figures)) in rows.iter().enumerate() {
        let row = row as u32 + 1;
        for (column, text) in [*country, *variable, "in words", *code].into_iter().enumerate() {
            sheet.write_string(row, column as u16, text).unwrap();
        }
        for (column, figure) in figures.iter().enumerate() {
            // A cell without a figure is left out.
            if figure.is_finite() {
                sheet.write_number(row, column as u16 + 4, *figure).unwrap();
            }
        }
    }
    book.save(path).unwrap();
}

/// Two economies of two industries and a rest of the world, with the output that gives the exchange rates.
fn world(sectors: [&str; 2]) -> String {
    let [a, b] = sectors;
    let labels: Vec<String> =
        ["AUS", "USA", "ROW"].iter().flat_map(|e| [a, b].map(|s| format!("{e}.{s}"))).collect();
    let mut text = format!("row,{},AUS.FD,USA.FD,ROW.FD,OUT\n", labels.join(","));
    for (k, label) in labels.iter().enumerate() {
        let flows: Vec<f64> = (0..6).map(|j| if j == k { 10.0 } else { 1.0 + j as f64 }).collect();
        let demand = [20.0, 5.0 + k as f64, 4.0];
        let all: Vec<String> = flows.iter().chain(&demand).map(f64::to_string).collect();
        let output: f64 = flows.iter().chain(&demand).sum();
        text.push_str(&format!("{label},{},{output}\n", all.join(",")));
    }
    text
}

/// Output of the industries of [`world`].
fn output(k: usize) -> f64 {
    (0..6).map(|j| if j == k { 10.0 } else { 1.0 + j as f64 }).sum::<f64>() + 29.0 + k as f64
}

#[test]
fn the_socio_economic_accounts_of_wiod_are_read_from_the_published_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    let rate = 0.5;
    for (file, header, codes, sectors, first_code) in [
        (
            "sea16.xlsx",
            ["country", "variable", "description", "code", "2010", "2011"],
            ["A01", "C10-C12"],
            ["A01", "C10-C12"],
            "A01",
        ),
        (
            "sea13.xlsx",
            ["Country", "Variable", "Description", "Code", "_2010", "_2011"],
            ["AtB", "15t16"],
            ["c1", "c3"],
            "TOT",
        ),
    ] {
        let mut rows: Vec<(&str, &str, &str, [f64; 2])> = Vec::new();
        if first_code == "TOT" {
            rows.push(("AUS", "GO", "TOT", [9.0, 9.0]));
        }
        for (k, (economy, code)) in
            ["AUS", "USA"].iter().flat_map(|e| codes.map(|code| (*e, code))).enumerate()
        {
            // The dollar is a dollar, the other currency half of one.
            let own = if economy == "AUS" { output(k) / rate } else { output(k) };
            rows.push((economy, "GO", code, [1.0, own]));
            rows.push((economy, "EMP", code, [1.0, 100.0 + k as f64]));
            rows.push((economy, "LAB", code, [1.0, if k == 3 { f64::NAN } else { own / 4.0 }]));
            rows.push((economy, "GO_QI", code, [100.0, 101.0]));
        }
        accounts_of_wiod(&path(file), &header, &rows);
        fs::write(path("2011.csv"), world(sectors)).unwrap();
        let own = |name: &str, figures: [f64; 6]| {
            let labels = ["AUS", "USA", "ROW"].iter().flat_map(|e| sectors.map(|s| format!("{e},{s}")));
            let lines: String = labels.zip(figures).map(|(l, figure)| format!("{l},{figure}\n")).collect();
            fs::write(path(name), format!("economy,sector,value\n{lines}")).unwrap();
            text(name)
        };
        let jobs = own("jobs.csv", [100.0, 101.0, 102.0, 103.0, 0.0, 0.0]);
        let labour = own("labour.csv", [output(0) / 4.0, output(1) / 4.0, output(2) / 4.0, 0.0, 0.0, 0.0]);
        for (account, own, unit) in [
            ("jobs", jobs, "unit: thousand persons engaged"),
            ("labour", labour, "unit: million USD, current prices"),
        ] {
            let (found, talk) = traced(&text("2011.csv"), &text(file), &[account]);
            let (expected, _) = traced(&text("2011.csv"), &own, &[]);
            same_figures(&found, &expected);
            assert!(talk.contains(unit) && talk.contains("no figures for ROW"), "{talk}");
        }
        let table = text("2011.csv");
        refused(
            &table,
            &text(file),
            &[],
            &["the file holds 2 accounts", "`jobs` (thousand persons engaged), `labour`"],
        );
        let page = stdout(&vadex(&["inspect", &text(file)]));
        assert!(page.contains("labour\tmillion USD, current prices"), "{page}");
        // A year and a table that the accounts do not have.
        fs::write(path("2014.csv"), world(sectors)).unwrap();
        refused(&text("2014.csv"), &text(file), &["jobs"], &["no figures for 2014; they cover 2010-2011"]);
        fs::write(path("2011.csv"), world(["x", "y"])).unwrap();
        refused(
            &table,
            &text(file),
            &["jobs"],
            &["`x`", "aggregate accounts and table with the same concordance"],
        );
    }
}

/// Equal but for rounding where figures are, but for what is empty in one where the other knows nothing and counts zero.
#[track_caller]
fn same_figures(found: &str, expected: &str) {
    let cells = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let (found, expected) = (cells(found), cells(expected));
    let mut compared = 0;
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            match (found.parse::<f64>(), expected.parse::<f64>()) {
                (Ok(a), Ok(b)) => {
                    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
                    compared += 1;
                }
                (Err(_), Ok(_)) => assert!(found.is_empty(), "{found} for {expected}"),
                _ => assert_eq!(found, expected),
            }
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn an_account_of_eora26_is_found_by_the_labels_beside_it() {
    let place = Place::of("eora26", "");
    let table = place.text("Eora26_2015_bp_T.txt");
    // Ten columns: three economies of three industries, and the discrepancy.
    let q =
        place.write("Eora26_2015_bp_Q.txt", "9\t9\t9\t9\t9\t9\t9\t9\t9\t9\n1\t2\t3\t4\t5\t6\t7\t8\t9\t0.5\n");
    refused(&table, &q, &["x"], &["labels_Q.txt (published in indices.zip), a part of Eora26"]);
    place.write("labels_Q.txt", "Energy use (TJ)\tTotal\t\nI-GHG-CO2 emissions (Gg)\tFuel\t\n");
    let name = "I-GHG-CO2 emissions - Fuel";
    let labels = fs::read_to_string(place.path("labels_T.txt")).unwrap();
    let labels: Vec<Vec<&str>> = labels.lines().map(|line| line.split('\t').collect()).collect();
    let figures: Vec<(&str, &str, f64)> =
        labels[..9].iter().zip(1..).map(|(label, k)| (label[1], label[3], f64::from(k))).collect();
    let own = place.own("Gg", &figures);
    let (expected, _) = traced(&table, &own, &[]);
    let (found, talk) = traced(&table, &q, &[name]);
    assert_eq!(found, expected);
    for words in [
        "unit: Gg",
        "taken in the order of",
        "0.5 Gg in the column of the statistical discrepancy",
        "Eora26_2015_bp_QY.txt, which tells it, is not beside the file",
    ] {
        assert!(talk.contains(words), "no `{words}` in {talk}");
    }
    // Six uses of four economies; households of the first two have some.
    let mut uses = ["0"; 24];
    (uses[0], uses[6]) = ("4", "1");
    let line = uses.join("\t");
    let qy = place.write("Eora26_2015_bp_QY.txt", &format!("{line}\n{line}\n"));
    let (_, talk) = traced(&table, &q, &[name]);
    assert!(talk.contains("is left out: 5 Gg, 10.0 % of all"), "{talk}");
    assert!(talk.contains("not in the figures: AFG 4, SUD 1"), "{talk}");
    refused(&table, &qy, &[name], &["holds amounts of final demand", "give Eora26_2015_bp_Q.txt"]);
    // Sizes are all that can be checked.
    for (text, words) in
        [("1\t2\t3\t4\t5\t6\t7\t8\t9\t0\n", "1 rows, but"), ("1\t2\t3\n1\t2\t3\n", "3 columns, but")]
    {
        place.write("Eora26_2015_bp_Q.txt", text);
        let output = vadex(&["tiva", &table, "--satellite", &q, "--satellite-name", name]);
        let talk = stderr(&output);
        assert!(talk.contains("_Q.txt: ") && talk.contains(words), "no `{words}` in {talk}");
    }
}

/// A sheet of columns under their headers.
fn sheet(book: &mut rust_xlsxwriter::Workbook, name: &str, columns: &[(&str, &[&str])]) {
    let sheet = book.add_worksheet().set_name(name).unwrap();
    for (at, (header, cells)) in columns.iter().enumerate() {
        sheet.write_string(0, at as u16, *header).unwrap();
        for (row, cell) in cells.iter().enumerate() {
            sheet.write_string(row as u32 + 1, at as u16, *cell).unwrap();
        }
    }
}

#[test]
fn an_account_of_gloria_is_that_of_its_industries() {
    let place = Place::of("gloria", "");
    let file = |kind: &str| {
        format!("20230314_120secMother_AllCountries_002_{kind}-Results_2014_057_Markup001(full).csv")
    };
    let table = place.text(&file("T"));
    let tq = place.write(&file("TQ"), "9,9,0,0,9,9,0,0,9,9,0,0\n1,2,0,0,0,0,0,0,5,6,7,0\n");
    refused(&table, &tq, &["x"], &["sheet `Satellites`, which names the accounts"]);
    let regions = [("AFG", "Afghanistan"), ("DYE", "DR Yemen (Aden)"), ("XAM", "Rest of Americas")];
    let sectors = ["Growing wheat", "Textiles, clothing and leather"];
    let sequence: Vec<String> = regions
        .iter()
        .flat_map(|(code, name)| {
            ["industry", "product"]
                .map(|kind| sectors.map(|sector| format!("{name} ({code}) {sector} {kind}")))
        })
        .flatten()
        .collect();
    let sequence: Vec<&str> = sequence.iter().map(String::as_str).collect();
    let inputs = [
        "Compensation of employees D.1",
        "Taxes on production D.29",
        "Subsidies on production D.39",
        "Net operating surplus B.2n",
        "Net mixed income B.3n",
        "Consumption of fixed capital K.1",
    ];
    let finals = [
        "Household final consumption P.3h",
        "Non-profit institutions serving households P.3n",
        "Government final consumption P.3g",
        "Gross fixed capital formation P.51",
        "Changes in inventories P.52",
        "Acquisitions less disposals of valuables P.53",
    ];
    let mut book = rust_xlsxwriter::Workbook::new();
    sheet(
        &mut book,
        "Regions",
        &[
            ("Region_acronyms", &regions.map(|(code, _)| code)),
            ("Region_names", &regions.map(|(_, name)| name)),
        ],
    );
    sheet(&mut book, "Sectors", &[("Sector_names", &sectors)]);
    sheet(
        &mut book,
        "Value added and final demand",
        &[("Value_added_names", &inputs), ("Final_demand_names", &finals)],
    );
    sheet(&mut book, "Sequential region-sector labels", &[("Sequential_regionSector_labels", &sequence)]);
    sheet(
        &mut book,
        "Satellites",
        &[
            ("Lfd_Nr", &["1", "2"]),
            ("Sat_head_indicator", &["Material", "Emissions"]),
            ("Sat_indicator", &["Wheat", "co2_total"]),
            ("Sat_unit", &["t", "kt"]),
        ],
    );
    book.save(place.path("GLORIA_ReadMe_057.xlsx")).unwrap();
    let own = place.own(
        "kt",
        &[
            ("AFG", sectors[0], 1.0),
            ("AFG", sectors[1], 2.0),
            ("XAM", sectors[0], 5.0),
            ("XAM", sectors[1], 6.0),
        ],
    );
    let (expected, _) = traced(&table, &own, &[]);
    let (found, talk) = traced(&table, &tq, &["co2_total"]);
    assert_eq!(found, expected);
    for words in
        ["unit: kt", "taken in the order of", "1 products have figures of their own", "YQ-Results_2014"]
    {
        assert!(talk.contains(words), "no `{words}` in {talk}");
    }
    let mut uses = ["0"; 18];
    (uses[0], uses[12]) = ("4", "2");
    let line = uses.join(",");
    let yq = place.write(&file("YQ"), &format!("{line}\n{line}\n"));
    let (_, talk) = traced(&table, &tq, &["co2_total"]);
    assert!(talk.contains("is left out: 6 kt, 30.0 % of all"), "{talk}");
    assert!(talk.contains("not in the figures: AFG 4, XAM 2"), "{talk}");
    refused(&table, &yq, &["co2_total"], &["holds amounts of final demand", "give *_TQ-Results_2014"]);
    // A region that is empty in the table and not in the account.
    let (_, talk) = traced(&table, &tq, &["Wheat"]);
    assert!(
        talk.contains("1 economies are not in the table (DYE); what they have, 18 t, is left out"),
        "{talk}"
    );
    place.write(&file("TQ"), "1,2,0,0,0,0,0,0,5,6,7,0\n");
    let talk = stderr(&vadex(&["tiva", &table, "--satellite", &tq, "--satellite-name", "Wheat"]));
    assert!(talk.contains("1 rows, but") && talk.contains("has 2 labels for them"), "{talk}");
    fs::remove_file(place.path("GLORIA_ReadMe_057.xlsx")).unwrap();
    refused(&table, &tq, &["Wheat"], &["GLORIA_ReadMe_*.xlsx (it names the accounts and their units)"]);
}

#[test]
fn an_account_of_exioml_is_that_of_the_year_of_the_table() {
    let place = exiobase();
    let table = place.text("exiobase/IOT_2011_ixi/Z.txt");
    let mut text = String::from("region,sector,Employment [1000 p.],GHG emissions [kg CO2 eq.],Year\n");
    for (economy, sector, value) in exiobase_figures() {
        text.push_str(&format!("{economy},\"{sector}\",7,{value},2011\n{economy},\"{sector}\",7,99,2012\n"));
    }
    let file = place.write("ExioML_factor_accounting_IxI.csv", &text);
    let own = place.own("kg CO2 eq.", &exiobase_figures());
    let (expected, _) = traced(&table, &own, &[]);
    let (found, talk) = traced(&table, &file, &["GHG emissions"]);
    assert_eq!(found, expected);
    assert!(talk.contains("unit: kg CO2 eq.") && talk.contains("has industries alone"), "{talk}");
    refused(
        &table,
        &file,
        &[],
        &["holds 2 accounts", "`Employment` (1000 p.), `GHG emissions` (kg CO2 eq.)"],
    );
    let later = place.write("ExioML_factor_accounting_IxI.csv", &text.replace(",2011\n", ",2010\n"));
    refused(&table, &later, &["GHG emissions"], &["no figures for 2011; there are: 2010, 2012"]);
    let word = place.write("ExioML_factor_accounting_IxI.csv", &text.replace(",7,10,", ",7,many,"));
    refused(&table, &word, &["GHG emissions"], &["line 2: found `many`, expected a number"]);
}
