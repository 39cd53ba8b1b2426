//! Published layouts: each fixture in `data/fixtures/<folder>/` opens, equals its canonical table cell by cell, and every
//! damaged variant is refused with one clear message.
//!
//! To add a layout: its folder, made by a script, and a line in [`CASES`].

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use vadex::load::{self, IMPORTERS, LoadError, ReadOptions, Source, discover};
use vadex::table::IcioTable;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::support::{fixture, stderr, stdout, vadex};

/// A published layout.
struct Case {
    /// Folder of the fixture.
    folder: &'static str,
    /// File that is opened; others of the folder belong to it.
    file: &'static str,
    importer: &'static str,
    /// Canonical table and its year.
    canonical: &'static str,
    year: Option<i32>,
    unit: &'static str,
    /// Words of the citation.
    cite: &'static str,
    /// Repairs that must be told, and how many things each touched.
    repairs: &'static [(&'static str, usize)],
}

const USD: &str = "million USD, current basic prices";
const EUR: &str = "million EUR, current basic prices";

const fn case(folder: &'static str, file: &'static str, importer: &'static str, year: i32) -> Case {
    Case {
        folder,
        file,
        importer,
        canonical: "canonical.csv",
        year: Some(year),
        unit: USD,
        cite: "",
        repairs: &[],
    }
}

/// Every fixture with an importer of its own.
const CASES: &[Case] = &[
    Case {
        cite: "OECD (2016)",
        repairs: &[("use-of-no-economy-kept-at-home", 1), ("final-demand-column-added", 12)],
        ..case("oecd-2016", "ICIO2016_1995.csv", "oecd-icio", 1995)
    },
    Case { cite: "OECD (2018)", ..case("oecd-2018", "ICIO2018_2005.CSV", "oecd-icio", 2005) },
    Case { cite: "OECD (2021)", ..case("oecd-2021", "ICIO2021_1995.csv", "oecd-icio", 1995) },
    Case {
        cite: "OECD (2023)",
        repairs: &[("final-demand-column-added", 24)],
        ..case("oecd-2023-extended", "2019.csv", "oecd-icio", 2019)
    },
    Case { cite: "OECD (2023)", ..case("oecd-2023-early", "2011.CSV", "oecd-icio", 2011) },
    Case { cite: "OECD (2025)", ..case("oecd-2025", "2022_SML.csv", "oecd-icio", 2022) },
    Case {
        unit: EUR,
        cite: "Eurostat",
        ..case("figaro", "matrix_eu-ic-io_ind-by-ind_25ed_2010.csv", "figaro", 2010)
    },
    Case {
        unit: EUR,
        cite: "CC BY 4.0",
        ..case("figaro-products", "matrix_eu-ic-io_prod-by-prod_25ed_2011.csv", "figaro", 2011)
    },
    Case {
        unit: EUR,
        cite: "Eurostat",
        repairs: &[("label-mapped", 2)],
        ..case("figaro-flat", "flatfile_eu-ic-io_ind-by-ind_26ed_2023.csv", "figaro-flat", 2023)
    },
    Case {
        unit: EUR,
        cite: "Eurostat",
        ..case("figaro-flat-products", "flatfile_eu-ic-io_prod-by-prod_26ed_2022.csv", "figaro-flat", 2022)
    },
    Case {
        cite: "Timmer",
        repairs: &[("label-mapped", 2), ("subtotal-dropped", 1)],
        ..case("wiod13", "wiot95_row_apr12.xlsx", "wiod13", 1995)
    },
    Case {
        cite: "Timmer",
        repairs: &[("label-mapped", 2), ("subtotal-dropped", 1)],
        ..case("wiod13-csv", "wiot95.csv", "wiod13", 1995)
    },
    Case {
        cite: "Timmer",
        repairs: &[("subtotal-dropped", 1)],
        ..case("wiod16", "WIOT2014_Nov16_ROW.xlsb", "wiod16", 2014)
    },
    Case {
        cite: "Timmer",
        repairs: &[("subtotal-dropped", 1)],
        ..case("wiod16-wide", "WIOT2014_October16_ROW.csv", "wiod16", 2014)
    },
    Case {
        cite: "Timmer",
        canonical: "canonical-1999.csv",
        repairs: &[("subtotal-dropped", 1)],
        ..case("wiod-long-run", "lr_wiod_wiot_final_filled.csv", "wiod-long-run", 1999)
    },
    Case {
        cite: "Timmer",
        canonical: "canonical-2000.csv",
        repairs: &[("subtotal-dropped", 1)],
        ..case("wiod-long-run", "lr_wiod_wiot_final_filled.csv", "wiod-long-run", 2000)
    },
    Case {
        cite: "Asian Development Bank",
        repairs: &[("label-mapped", 4), ("subtotal-dropped", 1)],
        ..case("adb-62", "ADB-MRIO62-2021_August 2024.xlsx", "adb-mrio", 2021)
    },
    Case {
        unit: "million USD, constant 2010 basic prices",
        cite: "Asian Development Bank",
        repairs: &[("label-mapped", 3), ("subtotal-dropped", 1)],
        ..case("adb-72-constant", "ADB MRIO 2017, at constant 2010 prices.xlsx", "adb-mrio", 2017)
    },
];

impl Case {
    fn folder(&self) -> PathBuf {
        PathBuf::from(fixture(self.folder))
    }

    fn path(&self) -> PathBuf {
        self.folder().join(self.file)
    }

    fn canonical(&self) -> IcioTable {
        opened(&self.folder().join(self.canonical), &[])
    }

    fn is_text(&self) -> bool {
        self.file.to_lowercase().ends_with(".csv")
    }

    fn years(&self) -> Vec<i32> {
        self.year.into_iter().collect()
    }
}

/// The one table of an input in the chosen years.
#[track_caller]
fn opened(path: &Path, years: &[i32]) -> IcioTable {
    let name = path.to_str().expect("a path in UTF-8");
    let tables = discover(name, years).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(tables.len(), 1, "{name}: {:?}", tables.iter().map(load::TableRef::name).collect::<Vec<_>>());
    tables[0].open(&ReadOptions::default()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Z as a dense matrix, however the table keeps it.
fn dense(table: &IcioTable) -> nalgebra::DMatrix<f64> {
    let (rows, columns) = table.intermediate_use().shape();
    nalgebra::DMatrix::from_fn(rows, columns, |row, column| table.intermediate_use().get(row, column))
}

/// Labels, categories, cells, rows below and published output.
#[track_caller]
fn equal(found: &IcioTable, expected: &IcioTable, what: &str) {
    assert_eq!(found.axis(), expected.axis(), "{what}: labels");
    assert_eq!(found.categories(), expected.categories(), "{what}: categories");
    let labels = |column: usize| found.axis().row_label(column);
    for (part, found_cells, expected_cells) in [
        ("intermediate use", dense(found), dense(expected)),
        ("final demand", found.final_demand().clone(), expected.final_demand().clone()),
    ] {
        for row in 0..found_cells.nrows() {
            for column in 0..found_cells.ncols() {
                let (found, expected) = (found_cells[(row, column)], expected_cells[(row, column)]);
                assert!(
                    (found - expected).abs() <= 0.0,
                    "{what}: {part}: {}, column {column}: {found} for {expected}",
                    labels(row)
                );
            }
        }
    }
    assert_eq!(found.published_output(), expected.published_output(), "{what}: published output");
    assert_eq!(found.primary_rows(), expected.primary_rows(), "{what}: rows below the industries");
}

/// An archive of members with these contents.
fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a member");
        zip.write_all(content).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

#[test]
fn every_layout_equals_its_canonical_table() {
    for case in CASES {
        let found = opened(&case.path(), &case.years());
        equal(&found, &case.canonical(), case.file);
        assert_eq!(found.year(), case.year, "{}", case.file);
        assert_eq!(found.unit(), case.unit, "{}", case.file);
        let provenance = found.provenance();
        assert_eq!(provenance.importer, case.importer, "{}", case.file);
        let cited = provenance.citation.as_deref().unwrap_or_default();
        assert!(cited.contains(case.cite), "{}: citation {cited}", case.file);
        for &(name, count) in case.repairs {
            let repair = provenance.repairs.iter().find(|repair| repair.name == name);
            assert_eq!(
                repair.map(|repair| repair.count),
                Some(count),
                "{}: {name}: {:?}",
                case.file,
                provenance.repairs
            );
        }
    }
}

#[test]
fn blanks_are_counted_where_a_layout_has_them() {
    for (folder, blanks) in [("oecd-2025", true), ("adb-62", true), ("figaro", false)] {
        let case = CASES.iter().find(|case| case.folder == folder).expect("a case");
        let table = opened(&case.path(), &[]);
        let told = table
            .provenance()
            .repairs
            .iter()
            .any(|repair| repair.name == "blank-as-zero" && repair.count > 0);
        assert_eq!(told, blanks, "{folder}");
    }
}

#[test]
fn every_layout_adds_up_under_its_own_accounts() {
    for case in CASES {
        let table = opened(&case.path(), &case.years());
        let off: Vec<String> = vadex::table::check(&table)
            .into_iter()
            .filter(|finding| format!("{:?}", finding.kind).ends_with("Balance"))
            .map(|finding| finding.message)
            .collect();
        assert!(off.is_empty(), "{}: {off:?}", case.file);
    }
}

#[test]
fn one_importer_recognises_each_fixture() {
    for case in CASES {
        let source = Source::from_path(&case.path()).expect("the fixture");
        let who: Vec<&str> = IMPORTERS.iter().filter(|i| i.recognises(&source)).map(|i| i.id()).collect();
        assert_eq!(who, [case.importer], "{}", case.file);
    }
    for name in ["leather.csv", "edge.csv"] {
        let source = Source::from_path(Path::new(&fixture(name))).expect("the fixture");
        let who: Vec<&str> = IMPORTERS.iter().filter(|i| i.recognises(&source)).map(|i| i.id()).collect();
        assert_eq!(who, ["canonical-csv"], "{name}");
    }
}

#[test]
fn the_name_of_the_file_does_not_matter() {
    let folder = tempfile::tempdir().expect("a folder");
    for case in CASES {
        let path = folder.path().join("renamed.dat");
        fs::copy(case.path(), &path).expect("a copy");
        let table = opened(&path, &case.years());
        equal(&table, &case.canonical(), case.file);
        assert_eq!(table.provenance().importer, case.importer);
    }
}

#[test]
fn archives_and_archives_inside_them_are_read_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    for case in CASES {
        let content = fs::read(case.path()).expect("the fixture");
        let once = zipped(&[("ReadMe.txt", b"about".as_slice()), (case.file, &content)]);
        let twice = zipped(&[("inner.zip", &once)]);
        for (name, bytes) in [("1995-2000.zip", &once), ("bundle.zip", &twice)] {
            let path = folder.path().join(name);
            fs::write(&path, bytes).expect("an archive");
            let table = opened(&path, &case.years());
            equal(&table, &case.canonical(), &format!("{} in {name}", case.file));
            assert_eq!(table.year(), case.year);
            assert!(table.provenance().source.contains(name), "{}", table.provenance().source);
        }
    }
}

#[test]
fn a_folder_and_an_archive_of_years_are_several_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = fs::read(fixture("oecd-2025/2022_SML.csv")).expect("the fixture");
    for year in [2020, 2021] {
        fs::write(folder.path().join(format!("{year}_SML.csv")), &one).expect("a table");
    }
    let archive = folder.path().join("2016-2022_SML.zip");
    fs::write(&archive, zipped(&[("2016_SML.csv", &one), ("2017_SML.csv", &one)])).expect("an archive");
    let years = |input: &Path| -> Vec<Option<i32>> {
        discover(input.to_str().expect("UTF-8"), &[])
            .expect("tables")
            .iter()
            .map(load::TableRef::year)
            .collect()
    };
    assert_eq!(years(&archive), [Some(2016), Some(2017)]);
    assert_eq!(years(folder.path()), [2016, 2017, 2020, 2021].map(Some));
    let missing = discover(archive.to_str().expect("UTF-8"), &[2022]).expect_err("no such year").to_string();
    assert!(missing.contains("2022") && missing.contains("2016, 2017"), "{missing}");
}

#[test]
fn two_tables_of_a_year_are_refused_and_hidden_files_are_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = folder.path().to_str().expect("UTF-8");
    for file in ["2020_SML.csv", "2021_SML.csv", ".tmp.2021_SML.csv.7@node.Ab12Cd"] {
        fs::copy(fixture("oecd-2025/2022_SML.csv"), folder.path().join(file)).expect("a copy");
    }
    assert_eq!(discover(name, &[]).expect("tables").len(), 2, "what a killed command left is no table");
    fs::copy(folder.path().join("2021_SML.csv"), folder.path().join("2021_SML_v2.csv")).expect("a copy");
    let error = discover(name, &[]).expect_err("2021 stands twice");
    let LoadError::YearTwice { year: 2021, first, second, .. } = &error else { panic!("{error}") };
    assert!(first.ends_with("2021_SML.csv") && second.ends_with("2021_SML_v2.csv"), "{error}");
    // Another year is none the worse, and a look at everything shows both.
    assert_eq!(discover(name, &[2020]).expect("one table").len(), 1);
    assert_eq!(load::discover_all(name, &[2021]).expect("both").len(), 2);
}

/// Reads bytes as a file of this name; the message of the refusal.
#[track_caller]
fn refused(name: &str, bytes: Vec<u8>, years: &[i32]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file");
    let result = discover(path.to_str().expect("UTF-8"), years).and_then(|tables| {
        tables.iter().map(|table| table.open(&ReadOptions::default())).collect::<Result<Vec<_>, _>>()
    });
    match result {
        Ok(_) => panic!("{name}: was read"),
        Err(error) => {
            assert!(!error.hint().is_empty(), "{error}");
            let message = error.to_string();
            assert!(
                message.contains(path.file_name().expect("a name").to_str().expect("UTF-8")),
                "{message}"
            );
            message
        }
    }
}

/// A text fixture as lines of fields.
fn lines(case: &Case) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(case.path())
        .expect("the fixture");
    reader.records().map(|record| record.expect("a line").iter().map(str::to_owned).collect()).collect()
}

fn joined(lines: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    lines.iter().for_each(|line| writer.write_record(line).expect("memory"));
    writer.into_inner().expect("memory")
}

/// Header lines and label columns of the wide text layouts.
fn shape(case: &Case) -> Option<(usize, usize)> {
    match case.folder {
        "wiod13-csv" => Some((6, 4)),
        "wiod16-wide" => Some((1, 5)),
        name if case.is_text() && !name.contains("flat") && !name.contains("long-run") => Some((1, 1)),
        _ => None,
    }
}

#[test]
fn damaged_text_is_refused_and_harmless_changes_are_not() {
    for case in CASES.iter().filter(|case| case.is_text()) {
        let whole = fs::read(case.path()).expect("the fixture");
        let cut = refused(case.file, whole[..whole.len() * 2 / 5].to_vec(), &case.years());
        assert!(!cut.is_empty());
        refused(case.file, b"hello,world\n1,2\n".to_vec(), &[]);
        assert!(refused(case.file, Vec::new(), &[]).contains("empty"));
        let Some((header, labels)) = shape(case) else { continue };
        let lines = lines(case);

        // Lines lost at the end.
        let message = refused(case.file, joined(&lines[..lines.len() - 1]), &[]);
        assert!(message.contains("ends before"), "{message}");
        let message = refused(case.file, joined(&lines[..header + 2]), &[]);
        assert!(message.contains("ends before") || message.contains("no row"), "{message}");

        // A line of an industry is lost.
        let mut lost = lines.clone();
        let gone = lost.remove(header + 1);
        let message = refused(case.file, joined(&lost), &[]);
        assert!(message.contains("no row of that name"), "{} without {}: {message}", case.file, gone[0]);

        // A line twice.
        let mut twice = lines.clone();
        twice.insert(header + 1, lines[header].clone());
        let message = refused(case.file, joined(&twice), &[]);
        assert!(message.contains("twice"), "{message}");

        // Text in a cell.
        let mut text = lines.clone();
        text[header + 1][labels + 2] = "abc".into();
        let message = refused(case.file, joined(&text), &[]);
        assert!(message.contains("`abc`") && message.contains("expected a number"), "{message}");

        // A field too few.
        let mut ragged = lines.clone();
        ragged[header + 1].pop();
        let message = refused(case.file, joined(&ragged), &[]);
        assert!(message.contains(&format!("line {}", header + 2)), "{message}");

        // Columns in another order are still right; so are rows.
        let turned: Vec<Vec<String>> = lines
            .iter()
            .map(|line| {
                let (front, back) = line.split_at(labels.min(line.len()));
                front.iter().chain(back.iter().rev()).cloned().collect()
            })
            .collect();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(case.file);
        fs::write(&path, joined(&turned)).expect("a file");
        let found = opened(&path, &[]);
        let expected = case.canonical();
        assert_eq!(found.axis(), expected.axis(), "{}: rows give the order", case.file);
        assert_eq!(found.intermediate_use(), expected.intermediate_use(), "{}", case.file);
        let column = |table: &IcioTable, label: &str| {
            (0..table.final_demand().ncols())
                .find(|&column| table.final_demand_label(column) == label)
                .map(|column| table.final_demand().column(column).into_owned())
        };
        for position in 0..expected.final_demand().ncols() {
            let label = expected.final_demand_label(position);
            assert_eq!(column(&found, &label), column(&expected, &label), "{}: {label}", case.file);
        }
    }
}

#[test]
fn industries_of_a_newer_edition_are_labels_like_others() {
    for (folder, old, new) in
        [("oecd-2025", "C24A", "C24Z9"), ("figaro", "C31_32", "C31_33"), ("wiod16-wide", "C10-C12", "C10X")]
    {
        let case = CASES.iter().find(|case| case.folder == folder).expect("a case");
        let text = fs::read_to_string(case.path()).expect("the fixture").replace(old, new);
        let files = tempfile::tempdir().expect("a folder");
        let path = files.path().join(case.file);
        fs::write(&path, text).expect("a file");
        let table = opened(&path, &[]);
        assert!(table.axis().sectors().iter().any(|sector| sector == new), "{folder}");
        assert_eq!(table.intermediate_use(), case.canonical().intermediate_use(), "{folder}");
    }
    // A category that no edition has: kept as final demand, and told.
    let case = CASES.iter().find(|case| case.folder == "oecd-2025").expect("a case");
    let text = fs::read_to_string(case.path()).expect("the fixture").replace("_DPABR", "_NEWFD");
    let files = tempfile::tempdir().expect("a folder");
    let path = files.path().join(case.file);
    fs::write(&path, text).expect("a file");
    let table = opened(&path, &[]);
    assert!(table.categories().iter().any(|category| category == "NEWFD"));
    assert!(table.provenance().repairs.iter().any(|repair| repair.name == "unknown-category-kept"));
    // A row that means nothing to the layout.
    let text = fs::read_to_string(case.path()).expect("the fixture").replace("\nTLS,", "\nXYZ,");
    let message = refused(case.file, text.into_bytes(), &[]);
    assert!(message.contains("`XYZ`"), "{message}");
}

#[test]
fn cells_listed_twice_and_years_not_there() {
    let case = CASES.iter().find(|case| case.folder == "figaro-flat").expect("a case");
    let text = fs::read_to_string(case.path()).expect("the fixture");
    let second = text.lines().nth(1).expect("a line");
    let message = refused(case.file, format!("{text}{second}\n").into_bytes(), &[]);
    assert!(message.contains("second time") && message.contains("AR_A01"), "{message}");
    let long = CASES.iter().find(|case| case.folder == "wiod-long-run").expect("a case");
    let path = long.path();
    let error = discover(path.to_str().expect("UTF-8"), &[1998]).expect_err("no such year").to_string();
    assert!(error.contains("1998") && error.contains("1999, 2000"), "{error}");
    let tables = discover(path.to_str().expect("UTF-8"), &[]).expect("two years");
    assert_eq!(tables.iter().map(load::TableRef::year).collect::<Vec<_>>(), [Some(1999), Some(2000)]);
}

#[test]
fn supply_and_use_tables_are_told_from_input_output_tables() {
    let supply = "rowLabels,AR_A01,AR_B,GB_A01,GB_B\nAR_CPA_A01,1,2,0,0\nGB_CPA_B,0,0,7,8\n";
    let using = "rowLabels,AR_A01,GB_A01,AR_P3_S14\nAR_CPA_A01,1,2,1\nGB_CPA_A01,0,5,1\nW2_B2A3G,1,1,0\n";
    let flat = "icsupRow,icsupCol,refArea,rowPi,counterpartArea,colPi,obsValue\nAR_CPA_A01,AR_A01,AR,CPA_A01,AR,A01,1\n";
    for (name, text) in [
        ("matrix_eu-ic-supply_25ed_2010.csv", supply),
        ("matrix_eu-ic-use_25ed_2010.csv", using),
        ("flatfile_eu-ic-supply_25ed_2010.csv", flat),
    ] {
        let message = refused(name, text.as_bytes().to_vec(), &[]);
        assert!(message.contains("supply or use table"), "{name}: {message}");
    }
}

#[test]
fn damaged_workbooks_are_refused() {
    let labelled = ["wiod13", "wiod16", "adb-62", "adb-72-constant"];
    for case in CASES.iter().filter(|case| labelled.contains(&case.folder) && !case.is_text()) {
        let ending = case.file.rsplit_once('.').expect("an ending").1;
        for (name, words) in [
            ("text-in-cell", &["`n.a.`", "AUS", "expected a number"][..]),
            ("label-twice", &["row label `AUS.", "twice"]),
            ("rows-missing", &["ends before the row of gross output"]),
            ("economy-missing", &["industry rows are missing", "of other economies"]),
        ] {
            let name = format!("{name}.{ending}");
            let bytes = fs::read(fixture(&format!("{}/{name}", case.folder))).expect("the fixture");
            let message = refused(&name, bytes, &[]);
            for word in words {
                assert!(message.contains(word), "{} {name}: `{word}` is missing from {message}", case.folder);
            }
        }
    }
    for case in CASES.iter().filter(|case| !case.is_text()) {
        let whole = fs::read(case.path()).expect("the fixture");
        refused(case.file, whole[..whole.len() / 2].to_vec(), &[]);
        // One byte in the middle of a packed part: the checksum does not fit.
        let mut flipped = whole.clone();
        let middle = flipped.len() / 3;
        flipped[middle] ^= 0x55;
        refused(case.file, flipped, &[]);
        // What a workbook with a password is wrapped in.
        let mut wrapped = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        wrapped.resize(1024, 0);
        wrapped.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        wrapped.resize(4096, 0);
        let message = refused(case.file, wrapped, &[]);
        assert!(message.contains("password"), "{message}");
    }
}

#[test]
fn archives_without_a_table_bombs_and_passwords_are_refused() {
    let message = refused("tables.zip", zipped(&[("ReadMe.txt", b"nothing here".as_slice())]), &[]);
    assert!(message.contains("no table"), "{message}");
    let message = refused("tables.zip", zipped(&[("2000.csv", b"hello,world\n1,2\n".as_slice())]), &[]);
    assert!(message.contains("2000.csv") && message.contains("layout"), "{message}");

    // 300 MB of one letter behind a plausible first line.
    let mut bomb = b"V1,AUS_A01,AUS_A02,AUS_HFCE\n".to_vec();
    bomb.resize(300 << 20, b'0');
    let message = refused("2000.zip", zipped(&[("2000.csv", &bomb)]), &[]);
    assert!(message.contains("zip bomb"), "{message}");

    // Bit 0 of a member's flags says that it is encrypted, in its own header and in the directory.
    let mut locked = zipped(&[("2000.csv", b"V1,AUS_A01\n".as_slice())]);
    let directory = locked.windows(4).position(|four| four == b"PK\x01\x02").expect("a directory");
    locked[6] |= 1;
    locked[directory + 8] |= 1;
    let message = refused("2000.zip", locked, &[]);
    assert!(message.contains("password"), "{message}");
}

#[test]
fn import_writes_what_was_read_and_tells_what_it_did() {
    let folder = tempfile::tempdir().expect("a folder");
    for case in CASES {
        let out = folder.path().join("table.parquet");
        let year = case.year.expect("a year").to_string();
        let source = case.path();
        let output = vadex(&[
            "import",
            source.to_str().expect("UTF-8"),
            "--year",
            &year,
            "-o",
            out.to_str().expect("UTF-8"),
        ]);
        let told = stderr(&output);
        assert!(output.status.success(), "{told}");
        assert!(stdout(&output).is_empty());
        for word in [case.importer, case.unit, case.cite, &year] {
            assert!(told.contains(word), "`{word}` is missing from {told}");
        }
        for (name, _) in case.repairs {
            assert!(told.contains(name), "`{name}` is missing from {told}");
        }
        let stored = opened(&out, &[]);
        equal(&stored, &case.canonical(), case.file);
        assert_eq!((stored.year(), stored.unit()), (case.year, case.unit));
        let origin = stored.provenance().derived_from.as_ref().expect("what it was made from");
        assert_eq!(origin.importer, case.importer);
        assert!(stored.provenance().citation.as_deref().unwrap_or_default().contains(case.cite));
        fs::remove_file(&out).expect("written");
    }
}

#[test]
fn import_leaves_nothing_behind_when_it_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("table.parquet");
    for arguments in [
        vec![fixture("wiod13/text-in-cell.xlsx")],
        vec![fixture("oecd-2025/2022_SML.csv"), "--from".into(), "wiod13".into()],
        vec![fixture("oecd-2025/2022_SML.csv"), "--year".into(), "1999".into()],
    ] {
        let mut all = vec!["import"];
        all.extend(arguments.iter().map(String::as_str));
        all.extend(["-o", out.to_str().expect("UTF-8")]);
        let output = vadex(&all);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains("\n  try: "), "{}", stderr(&output));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "left behind");
    }
}

/// Every importer says what a table needs before it asks for it; what is needed grows with the cells.
#[test]
fn a_table_beyond_the_memory_is_refused_by_every_importer() {
    for case in CASES {
        let read = |memory| {
            let path = case.path();
            let years: Vec<i32> = case.year.into_iter().collect();
            let tables = discover(path.to_str().expect("UTF-8"), &years).expect("the fixture");
            tables[0].open(&ReadOptions { memory, ..ReadOptions::default() })
        };
        let Err(LoadError::NoRoom { needed, there, stated, .. }) = read(Some(64)) else {
            panic!("{}: read in 64 bytes", case.folder);
        };
        assert!(there == 64 && stated, "{}", case.folder);
        // Just enough is enough.
        assert!(read(Some(needed.max(1 << 20))).is_ok(), "{}", case.folder);
    }
}

#[test]
fn what_does_not_fit_is_told_with_numbers_and_a_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (list, network, wide, parquet) =
        (path("edges.csv"), path("network.parquet"), path("wide.csv"), path("wide.parquet"));
    let mut text = String::from("seller,buyer,value\n");
    for k in 0..5_000 {
        text.push_str(&format!("firm{},firm{},{k}.5\n", k % 2_000, (k * 7 + k / 2_000 + 1) % 2_000));
    }
    fs::write(&list, text).expect("written");
    for (from, to) in [(list.as_str(), &network), ("builtin:wiod13", &wide), ("builtin:wiod13", &parquet)] {
        let mut all = vec!["import", from, "-o", to];
        if from.starts_with("builtin") {
            all.extend(["--year", "1995"]);
        }
        let output = vadex(&all);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    for (file, what) in [
        (&list, " purchases take "),
        (&network, "5936 listed cells take "),
        (&wide, " cells take "),
        (&parquet, " cells take "),
    ] {
        for command in [["inspect", file].as_slice(), &["tiva", file], &["check", file]] {
            let mut all = command.to_vec();
            all.extend(["--memory", "100k"]);
            let output = vadex(&all);
            let told = stderr(&output);
            assert_eq!(output.status.code(), Some(2), "{all:?}: {told}");
            assert!(told.contains(what), "{all:?}: {told}");
            assert!(told.contains("102 kB are allowed by --memory"), "{all:?}: {told}");
            assert!(told.contains("a larger --memory"), "{all:?}: {told}");
            assert!(output.stdout.is_empty());
        }
    }
    // Read, but not made dense: 2000 x 2000 cells.
    for (store, cells, needed) in
        [("f64", "dense, double precision", "33 MB"), ("f32", "dense, single precision", "49 MB")]
    {
        let output = vadex(&["tiva", &network, "--store", store, "--memory", "10M"]);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("2000 x 2000 cells, to be kept as") && told.contains(cells), "{told}");
        assert!(told.contains(needed), "{told}");
    }
    // The page of a network shows some of its firms.
    let output = vadex(&["inspect", &network]);
    let page = stdout(&output);
    assert!(page.contains("... and 1980 more") && page.contains("firm19 "), "{page}");
    assert!(page.contains("gross exports 0\n") && page.contains(" 0.1% of the cells"), "{page}");
    assert!(page.lines().filter(|line| line.starts_with("   ")).all(|line| line.len() <= 80), "{page}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever happens to the bytes of a published file, every importer answers.
    #[test]
    fn no_importer_panics_on_changed_bytes(
        which in 0..CASES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let case = &CASES[which];
        let mut bytes = fs::read(case.path()).expect("the fixture");
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        for importer in IMPORTERS {
            let source = Source::from_bytes("changed", bytes.clone());
            if importer.recognises(&source) || importer.id() == case.importer {
                let _ = importer.years(&source);
                let _ = importer.read(&source, &ReadOptions { year: case.year, ..ReadOptions::default() });
            }
        }
    }
}

#[test]
fn a_damaged_file_of_a_folder_is_told_when_it_is_opened_and_the_others_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/fixtures/leather.csv"),
        folder.path().join("2000.csv"),
    )
    .expect("the fixture");
    fs::write(folder.path().join("2001.zip"), b"PK\x03\x04 and nothing else that an archive has")
        .expect("written");
    fs::write(folder.path().join("notes.txt"), "no table").expect("written");
    let tables = discover(folder.path().to_str().expect("UTF-8"), &[]).expect("two tables");
    assert_eq!(tables.iter().map(|table| table.year()).collect::<Vec<_>>(), [Some(2001), Some(2000)]);
    assert!(tables[1].open(&ReadOptions::default()).is_ok());
    let error = tables[0].open(&ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("2001.zip") && error.to_string().contains("archive"), "{error}");
}

#[test]
fn no_year_of_a_folder_vanishes_because_its_file_cannot_be_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let leather = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/fixtures/leather.csv");
    fs::copy(&leather, folder.path().join("2000.csv")).expect("the fixture");
    fs::create_dir(folder.path().join("2001.csv")).expect("a folder that is called a table");
    fs::write(folder.path().join("2002.zip"), "no archive at all").expect("written");
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere.csv", folder.path().join("2003.csv")).expect("a link");
    let tables = discover(folder.path().to_str().expect("UTF-8"), &[]).expect("tables");
    let mut years: Vec<i32> = tables.iter().filter_map(|table| table.year()).collect();
    years.sort_unstable();
    assert_eq!(years, if cfg!(unix) { vec![2000, 2001, 2002, 2003] } else { vec![2000, 2001, 2002] });
    for table in tables {
        let outcome = table.open(&ReadOptions::default());
        assert_eq!(outcome.is_ok(), table.year() == Some(2000), "{}", table.name());
    }
}

#[test]
fn embedded_tables_take_no_option_of_files_and_no_more_than_is_allowed() {
    for (option, value) in [("--from", "figaro"), ("--unit", "pesos"), ("--layout", "no-such.toml")] {
        let output = vadex(&["tiva", "builtin:wiod13/2011", option, value]);
        assert_eq!(output.status.code(), Some(2), "{option}");
        assert!(stderr(&output).contains(&format!("{option} is for files")), "{}", stderr(&output));
    }
    let output = vadex(&["check", "builtin:wiod13/2011", "--memory", "1M"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("820 x 1025 cells"), "{}", stderr(&output));
}

#[test]
fn a_layout_of_one_year_is_not_put_on_a_table_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::copy(fixture("leather.csv"), path("t_1999.csv")).unwrap();
    std::fs::write(path("lay.toml"), "year = 2015\n[labels]\nseparator = '.'\n[parts]\nfinal_demand = ['FD']\nvalue_added = ['VA']\noutput = ['OUT']\n").unwrap();
    let table = path("t_1999.csv");
    let run = |extra: &[&str]| {
        let layout = path("lay.toml");
        let mut arguments = vec!["tiva", table.to_str().unwrap(), "--layout", layout.to_str().unwrap()];
        arguments.extend(extra);
        vadex(&arguments)
    };
    let told = stderr(&run(&[]));
    assert!(told.contains("the layout says 2015, the name of the file says 1999"), "{told}");
}

#[test]
fn rows_of_an_economy_without_columns_are_no_value_added() {
    let text = "row,A.x,B.x,A.C,B.C\nA.x,5,2,9,3\nB.x,1,4,2,8\nROW.x,3,2,1,1\n";
    let source = Source::from_bytes("t.csv", text.as_bytes().to_vec());
    let error = load::read(&source, &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("`ROW.x`"), "{error}");
    // A row that is named after no industry is a row below them.
    let below = text.replace("ROW.x", "TLS.imports");
    let table =
        load::read(&Source::from_bytes("t.csv", below.into_bytes()), &ReadOptions::default()).unwrap();
    assert_eq!(table.primary_rows().len(), 1);
}

#[test]
fn what_is_packed_otherwise_is_told_by_name() {
    let refused = |bytes: &[u8]| {
        load::read(&Source::from_bytes("t.csv", bytes.to_vec()), &ReadOptions::default()).unwrap_err()
    };
    let gzip = refused(b"\x1f\x8b\x08\x00rest of it");
    assert!(gzip.to_string().contains("gzip") && gzip.hint().contains("gunzip"), "{gzip}");
    assert!(refused(b"\xff\xfer\x00o\x00w\x00").hint().contains("iconv"));
}

#[test]
fn what_a_system_hides_in_an_archive_is_no_table() {
    let leather = std::fs::read(fixture("leather.csv")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tables.zip");
    let members: [(&str, &[u8]); 3] = [
        ("x/2019.csv", &leather),
        ("__MACOSX/x/._2019.csv", b"\x00\x05\x16\x07"),
        ("x/.hidden_2019.csv", &leather),
    ];
    std::fs::write(&path, zipped(&members)).unwrap();
    let found = discover(path.to_str().unwrap(), &[]).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].year(), Some(2019));
}

#[test]
fn what_was_said_of_a_file_against_it_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let repairs = |name: &str, year: &[i32]| -> Vec<String> {
        let path = folder.path().join(name);
        fs::copy(fixture("leather.csv"), &path).unwrap();
        let table = discover(path.to_str().unwrap(), year).unwrap()[0].open(&ReadOptions::default()).unwrap();
        table.provenance().repairs.iter().map(|repair| repair.name.clone()).collect()
    };
    assert!(repairs("t.csv", &[2001]).contains(&"year-given".into()));
    assert!(!repairs("t_2001.csv", &[2001]).contains(&"year-given".into()));
    assert!(repairs("t_2023ed_2018.csv", &[]).contains(&"year-from-name".into()));
    assert!(!repairs("t_2018.csv", &[]).contains(&"year-from-name".into()));
    // A unit against the file's own; none is stated in a CSV without notes.
    let stored = folder.path().join("stored.parquet");
    let source = folder.path().join("t_2018.csv");
    let (stored, source) = (stored.to_str().unwrap(), source.to_str().unwrap());
    assert!(vadex(&["import", source, "--unit", "million USD", "-o", stored]).status.success());
    let under = |path: &str, unit: &str| -> (String, bool) {
        let options = ReadOptions { unit: Some(unit.into()), ..ReadOptions::default() };
        let table = discover(path, &[]).unwrap()[0].open(&options).unwrap();
        let told = table.provenance().repairs.iter().any(|repair| repair.name == "unit-overruled");
        (table.unit().to_owned(), told)
    };
    assert_eq!(under(stored, "pesos"), ("pesos".into(), true));
    assert_eq!(under(stored, "million USD"), ("million USD".into(), false));
    assert_eq!(under(source, "pesos"), ("pesos".into(), false));
}

#[test]
fn tables_in_different_units_are_not_told_as_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let leather = fixture("leather.csv");
    for (year, unit) in [("2001", "million USD"), ("2002", "million EUR")] {
        let out = folder.path().join(format!("{year}.parquet"));
        let output =
            vadex(&["import", &leather, "--year", year, "--unit", unit, "-o", out.to_str().unwrap()]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let output = vadex(&["tiva", folder.path().to_str().unwrap()]);
    let told = stderr(&output);
    assert!(
        told.contains("unit: million USD | million EUR") && told.contains("in different units"),
        "{told}"
    );
}

#[test]
fn a_data_frame_indexed_by_its_rows_is_a_table() {
    use polars::prelude::*;
    let column = |name: &str, values: [f64; 2]| Column::new(name.into(), values);
    let mut frame = DataFrame::new(
        2,
        vec![
            column("A.x", [5.0, 1.0]),
            column("B.x", [2.0, 4.0]),
            column("A.C", [9.0, 2.0]),
            column("B.C", [3.0, 8.0]),
            Column::new("row".into(), ["A.x", "B.x"]),
        ],
    )
    .unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    let table = load::read(&Source::from_bytes("t.parquet", bytes), &ReadOptions::default()).unwrap();
    assert_eq!(table.axis().economies(), ["A", "B"]);
    assert!((table.intermediate_use().to_dense()[(0, 1)] - 2.0).abs() < 1e-15);
}

#[test]
fn a_table_in_csv_keeps_unit_year_and_history_in_the_notes_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, moved) = (path("out.csv"), path("moved.csv"));
    let output =
        vadex(&["import", &fixture("leather.csv"), "--year", "2001", "--unit", "million USD", "-o", &out]);
    assert!(output.status.success(), "{}", stderr(&output));
    let opened = |path: &str| discover(path, &[]).unwrap()[0].open(&ReadOptions::default()).unwrap();
    let table = opened(&out);
    assert_eq!((table.unit(), table.year()), ("million USD", Some(2001)));
    let origin = table.provenance().derived_from.as_ref().unwrap();
    assert!(origin.source.ends_with("leather.csv"), "{}", origin.source);
    assert!(table.provenance().repairs.iter().any(|repair| repair.name == "notes-read"));
    // A batch makes results again when what they rest on has changed.
    let references = discover(&out, &[]).unwrap();
    assert_eq!(references[0].companions(&ReadOptions::default()).unwrap().len(), 1);
    // Without its notes it is a table like any other; notes of a result are no notes of a table.
    fs::copy(&out, &moved).unwrap();
    assert_eq!((opened(&moved).year(), opened(&moved).provenance().derived_from.is_none()), (None, true));
    fs::write(path("moved.csv.notes.json"), "{\"engine\": \"vadex\", \"unit\": \"persons\"}").unwrap();
    assert!(opened(&moved).unit() != "persons");
}
