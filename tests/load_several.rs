//! Databases of several files, layouts that a user describes, national tables: each fixture opens from its folder and from
//! its archive and equals its canonical table; damaged variants are refused with one clear message.

use std::collections::HashMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use vadex::indicators::import_content;
use vadex::load::{
    IMPORTERS, LoadError, NATIONAL_IMPORTERS, ReadOptions, Source, TableRef, discover, national,
};
use vadex::report::PanelWriter;
use vadex::table::{FindingKind, IcioTable, NationalTable, RowRole, Severity, TableParts, check};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::support::{close, fixture, stderr, stdout, vadex};

/// A published layout.
struct Case {
    /// Folder of the fixture, and the folder in it that is the table of a year.
    folder: &'static str,
    inner: &'static str,
    /// File that stands for the table.
    file: &'static str,
    importer: &'static str,
    year: i32,
    unit: &'static str,
    cite: &'static str,
    /// Repairs that must be told, and how many things each touched.
    repairs: &'static [(&'static str, usize)],
    /// Size of what a detour (coefficients, shares) may cost, relative to a cell.
    tolerance: f64,
}

const BASE: Case = Case {
    folder: "",
    inner: "",
    file: "",
    importer: "",
    year: 0,
    unit: "",
    cite: "",
    repairs: &[],
    tolerance: 0.0,
};

const EUR: &str = "million EUR, current basic prices";
const THOUSAND: &str = "thousand USD, current basic prices";
const GLORIA_FILE: &str = "20230314_120secMother_AllCountries_002_T-Results_2014_057_Markup001(full).csv";
/// Two roundings of a double: a share and a product.
const DETOUR: f64 = 1e-14;

const CASES: &[Case] = &[
    Case {
        folder: "exiobase3-ixi",
        inner: "IOT_2011_ixi",
        file: "Z.txt",
        importer: "exiobase3",
        year: 2011,
        unit: EUR,
        cite: "Stadler",
        ..BASE
    },
    Case {
        folder: "exiobase3-pxp",
        inner: "IOT_1995_pxp",
        file: "A.txt",
        importer: "exiobase3",
        year: 1995,
        unit: EUR,
        cite: "CC BY-SA 4.0",
        repairs: &[("flows-from-coefficients", 6)],
        tolerance: DETOUR,
    },
    Case {
        folder: "eora26",
        file: "Eora26_2015_bp_T.txt",
        importer: "eora26",
        year: 2015,
        unit: THOUSAND,
        cite: "academic",
        repairs: &[("use-of-no-economy-kept-at-home", 1)],
        ..BASE
    },
    Case {
        folder: "gloria",
        file: GLORIA_FILE,
        importer: "gloria",
        year: 2014,
        unit: THOUSAND,
        cite: "CC BY-NC-SA 4.0",
        repairs: &[("empty-region-dropped", 1)],
        ..BASE
    },
    Case {
        folder: "gloria-joint",
        file: GLORIA_FILE,
        importer: "gloria",
        year: 2014,
        unit: THOUSAND,
        cite: "Lenzen",
        repairs: &[("empty-region-dropped", 1), ("industry-table-by-fixed-product-sales", 2)],
        tolerance: DETOUR,
        ..BASE
    },
    Case {
        folder: "emerging",
        file: "EMERGING_V2_2015_m.mat",
        importer: "emerging",
        year: 2015,
        unit: "million USD, current prices",
        cite: "Huo",
        ..BASE
    },
    Case {
        folder: "emerging-transposed",
        file: "global_mrio_2017.mat",
        importer: "emerging",
        year: 2017,
        unit: "million USD, current prices",
        cite: "Huo",
        repairs: &[("transposed", 1)],
        ..BASE
    },
];

impl Case {
    fn root(&self) -> PathBuf {
        PathBuf::from(fixture(self.folder)).join(self.inner)
    }

    fn canonical(&self) -> IcioTable {
        let path = fixture(self.folder) + "/canonical.csv";
        discover(&path, &[]).unwrap()[0].open(&ReadOptions::default()).unwrap()
    }

    /// Files of the table, relative to its folder.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        walk(&self.root(), "", &mut files);
        files.retain(|file| file != "canonical.csv");
        files.sort();
        files
    }

    /// A copy that can be damaged, in a folder that is called after the year.
    fn copy(&self) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(format!("IOT_{}", self.year));
        for file in self.files() {
            let target = root.join(&file);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(self.root().join(&file), target).unwrap();
        }
        (folder, root)
    }

    fn zipped(&self, prefix: &str, wanted: impl Fn(&str) -> bool) -> Vec<u8> {
        let contents: Vec<(String, Vec<u8>)> = self
            .files()
            .into_iter()
            .filter(|file| wanted(file))
            .map(|file| (format!("{prefix}{file}"), fs::read(self.root().join(file)).unwrap()))
            .collect();
        zipped(&contents)
    }
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            walk(&path, &format!("{name}/"), files);
        } else {
            files.push(name);
        }
    }
}

fn zipped(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tables(path: &Path) -> Result<Vec<TableRef>, vadex::load::LoadError> {
    discover(path.to_str().unwrap(), &[])
}

#[track_caller]
fn opened(path: &Path) -> IcioTable {
    let found = tables(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(found.len(), 1, "{:?}", found.iter().map(TableRef::name).collect::<Vec<_>>());
    found[0].open(&ReadOptions::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Labels, cells, rows below and published output; cells to a relative tolerance.
#[track_caller]
fn equal(found: &IcioTable, expected: &IcioTable, tolerance: f64, what: &str) {
    assert_eq!(found.axis(), expected.axis(), "{what}: labels");
    assert_eq!(found.categories(), expected.categories(), "{what}: categories");
    let same = |a: f64, b: f64, place: String| {
        assert!((a - b).abs() <= tolerance * b.abs(), "{what}: {place}: {a} for {b}");
    };
    let all = |a: &[f64], b: &[f64], place: &str| {
        assert_eq!(a.len(), b.len(), "{what}: {place}");
        a.iter().zip(b).enumerate().for_each(|(k, (a, b))| same(*a, *b, format!("{place} {k}")));
    };
    let n = expected.axis().n_rows();
    for row in 0..n {
        for column in 0..n {
            let (a, b) =
                (found.intermediate_use().get(row, column), expected.intermediate_use().get(row, column));
            same(
                a,
                b,
                format!("{} -> {}", expected.axis().row_label(row), expected.axis().row_label(column)),
            );
        }
        for column in 0..expected.final_demand().ncols() {
            let (a, b) = (found.final_demand()[(row, column)], expected.final_demand()[(row, column)]);
            same(
                a,
                b,
                format!("{} -> {}", expected.axis().row_label(row), expected.final_demand_label(column)),
            );
        }
    }
    match (found.published_output(), expected.published_output()) {
        (Some(a), Some(b)) => all(a, b, "published output"),
        (a, b) => assert_eq!(a, b, "{what}: published output"),
    }
    let names = |table: &IcioTable| -> Vec<String> {
        table.primary_rows().iter().map(|row| row.name.clone()).collect()
    };
    assert_eq!(names(found), names(expected), "{what}: rows below");
    for (a, b) in found.primary_rows().iter().zip(expected.primary_rows()) {
        all(&a.industries, &b.industries, &a.name);
        match (&a.final_use, &b.final_use) {
            (Some(a), Some(b)) => all(a, b, "final use"),
            (a, b) => assert_eq!(a, b, "{what}: final use of a row below"),
        }
    }
}

#[test]
fn every_database_equals_its_canonical_table_from_file_folder_and_archive() {
    for case in CASES {
        let (folder, root) = case.copy();
        let archive = folder.path().join(format!("archive_{}.zip", case.year));
        fs::write(&archive, case.zipped("some folder/", |_| true)).unwrap();
        let flat = folder.path().join(format!("flat_{}.zip", case.year));
        fs::write(&flat, case.zipped("", |_| true)).unwrap();
        let nested = folder.path().join("bundle.zip");
        let inner = (format!("IOT_{}.zip", case.year), case.zipped("", |_| true));
        fs::write(&nested, zipped(&[inner])).unwrap();
        for input in [root.join(case.file), root.clone(), archive, flat, nested] {
            let table = opened(&input);
            let what = input.display().to_string();
            let expected = case.canonical();
            equal(&table, &expected, case.tolerance, &what);
            let roles =
                |table: &IcioTable| -> Vec<_> { table.primary_rows().iter().map(|row| row.role).collect() };
            assert_eq!(roles(&table), roles(&expected), "{what}: roles survive the canonical layout");
            assert_eq!(table.year(), Some(case.year), "{what}");
            assert_eq!(table.unit(), case.unit, "{what}");
            let provenance = table.provenance();
            assert_eq!(provenance.importer, case.importer, "{what}");
            assert!(provenance.citation.as_deref().unwrap_or_default().contains(case.cite), "{what}");
            assert_eq!(provenance.sha256.len(), 64, "{what}");
            let told: Vec<(&str, usize)> =
                provenance.repairs.iter().map(|repair| (repair.name.as_str(), repair.count)).collect();
            for repair in case.repairs {
                assert!(told.contains(repair), "{what}: {repair:?} among {told:?}");
            }
            // No other change is made to a clean source.
            assert_eq!(told.len(), case.repairs.len(), "{what}: {told:?}");
            let off: Vec<_> = check(&table)
                .into_iter()
                .filter(|f| matches!(f.kind, FindingKind::RowBalance | FindingKind::ColumnBalance))
                .map(|f| f.message)
                .collect();
            assert!(off.is_empty(), "{what}: {off:?}");
        }
    }
}

#[test]
fn folders_and_archives_of_several_years_are_several_tables() {
    let folder = tempfile::tempdir().unwrap();
    let case = &CASES[0];
    for year in [1999, 2003] {
        for file in case.files() {
            let target = folder.path().join(format!("IOT_{year}_ixi")).join(&file);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(case.root().join(&file), target).unwrap();
        }
    }
    let years: Vec<_> = tables(folder.path()).unwrap().iter().map(TableRef::year).collect();
    assert_eq!(years, [Some(1999), Some(2003)]);
    let both = folder.path().join("both.zip");
    let mut members = Vec::new();
    for year in [1999, 2003] {
        for file in case.files() {
            members.push((format!("IOT_{year}_ixi/{file}"), fs::read(case.root().join(&file)).unwrap()));
        }
    }
    fs::write(&both, zipped(&members)).unwrap();
    let found = discover(both.to_str().unwrap(), &[2003]).unwrap();
    assert_eq!(found.iter().map(TableRef::year).collect::<Vec<_>>(), [Some(2003)]);
    let missing = discover(both.to_str().unwrap(), &[2001]).unwrap_err().to_string();
    assert!(missing.contains("2001") && missing.contains("1999, 2003"), "{missing}");
}

#[test]
fn labels_are_found_beside_the_archive_and_in_an_archive_of_their_own() {
    // Eora: labels in indices.zip, the numbers in an archive or not.
    let eora = CASES.iter().find(|case| case.folder == "eora26").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let label = |file: &str| file.starts_with("labels");
    fs::write(folder.path().join("indices.zip"), eora.zipped("", label)).unwrap();
    let archive = folder.path().join("Eora26_2015_bp.zip");
    fs::write(&archive, eora.zipped("", |file| !label(file))).unwrap();
    equal(&opened(&archive), &eora.canonical(), 0.0, "labels beside the archive");
    equal(&opened(folder.path()), &eora.canonical(), 0.0, "a folder of archives");
    fs::remove_file(folder.path().join("indices.zip")).unwrap();
    let error = tables(&archive).unwrap()[0].open(&ReadOptions::default()).unwrap_err();
    assert!(
        error.to_string().contains("labels_T.txt (published in indices.zip), a part of Eora26"),
        "{error}"
    );

    // GLORIA: the read-me beside the archive; without it labels are numbered.
    let gloria = CASES.iter().find(|case| case.folder == "gloria").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let readme = |file: &str| file.starts_with("GLORIA_ReadMe");
    let archive = folder.path().join("GLORIA_MRIOs_57_2014.zip");
    fs::write(&archive, gloria.zipped("", |file| !readme(file))).unwrap();
    let table = opened(&archive);
    assert_eq!(table.axis().economies(), ["R001", "R003"]);
    assert_eq!(table.axis().sectors(), ["S001", "S002"]);
    assert!(table.provenance().repairs.iter().any(|repair| repair.name == "labels-made-up"));
    let expected = gloria.canonical();
    assert_eq!(table.intermediate_use().as_dense(), expected.intermediate_use().as_dense());
    fs::copy(gloria.root().join("GLORIA_ReadMe_057.xlsx"), folder.path().join("GLORIA_ReadMe_057.xlsx"))
        .unwrap();
    equal(&opened(&archive), &expected, 0.0, "the read-me beside the archive");
}

#[test]
fn only_the_file_that_stands_for_the_table_is_recognised() {
    for case in CASES {
        for file in case.files() {
            let source = Source::from_path(&case.root().join(&file)).unwrap();
            let who: Vec<&str> = IMPORTERS.iter().filter(|i| i.recognises(&source)).map(|i| i.id()).collect();
            let expected: &[&str] = if file == case.file { &[case.importer] } else { &[] };
            assert_eq!(who, expected, "{}/{file}", case.folder);
        }
    }
}

/// Opens a copy in which a file was changed; the message of the refusal.
#[track_caller]
fn refused(case: &Case, file: &str, change: impl FnOnce(&Path)) -> String {
    let (_folder, root) = case.copy();
    change(&root.join(file));
    let result = tables(&root.join(case.file)).and_then(|tables| tables[0].open(&ReadOptions::default()));
    match result {
        Ok(_) => panic!("{}: {file}: was read", case.folder),
        Err(error) => {
            assert!(!error.hint().is_empty());
            error.to_string()
        }
    }
}

/// The change of a text line by line.
fn lines(change: impl Fn(&mut Vec<String>)) -> impl Fn(&Path) {
    move |path: &Path| {
        let mut lines: Vec<String> = fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect();
        change(&mut lines);
        fs::write(path, lines.join("\n") + "\n").unwrap();
    }
}

#[test]
fn damaged_parts_are_refused_by_name() {
    let case = |folder: &str| CASES.iter().find(|case| case.folder == folder).unwrap();
    let says = |message: String, words: &[&str]| {
        words.iter().for_each(|word| assert!(message.contains(word), "`{word}` is missing from: {message}"));
    };
    let gone = |path: &Path| fs::remove_file(path).unwrap();
    // A part is missing.
    let (ixi, pxp, eora, gloria) =
        (case("exiobase3-ixi"), case("exiobase3-pxp"), case("eora26"), case("gloria"));
    let y = "20230315_120secMother_AllCountries_002_Y-Results_2014_057_Markup001(full).csv";
    let v = "20230316_120secMother_AllCountries_002_V-Results_2014_057_Markup001(full).csv";
    says(refused(ixi, "Y.txt", gone), &["Z.txt", "Y.txt, a part of EXIOBASE 3, is not beside it"]);
    says(refused(pxp, "x.txt", gone), &["A.txt", "x.txt, a part of EXIOBASE 3"]);
    says(refused(eora, "Eora26_2015_bp_FD.txt", gone), &["Eora26_2015_bp_FD.txt, a part of Eora26"]);
    says(refused(gloria, y, gone), &["*_Y-Results_2014_057_Markup001(full).csv, a part of GLORIA"]);
    // Lines lost at the end, and in the middle.
    for (case, file, words) in [
        (ixi, "Z.txt", ["Z.txt", "`WA Manufacture of basic iron, n.e.c. (27.a)`"].as_slice()),
        (
            ixi,
            "Y.txt",
            &["Y.txt: row `WA Manufacture of basic iron, n.e.c. (27.a)` is missing, which", "Z.txt has"],
        ),
        (pxp, "x.txt", &["x.txt: column", "is missing, which"]),
        (eora, "Eora26_2015_bp_T.txt", &["_T.txt: 9 rows, but", "labels_T.txt has 10 labels"]),
        (eora, "Eora26_2015_bp_VA.txt", &["_VA.txt: 5 rows, but", "labels_VA.txt has 6"]),
        (eora, "labels_FD.txt", &["_FD.txt: 24 columns, but", "labels_FD.txt has 23"]),
        (gloria, GLORIA_FILE, &["T-Results", "11 rows, but", "ReadMe_057.xlsx has 12"]),
        (gloria, y, &["Y-Results", "11 rows"]),
        (gloria, v, &["V-Results", "17 rows, but", "18"]),
    ] {
        says(refused(case, file, lines(|lines| drop(lines.pop()))), words);
    }
    // A field too few, text in a cell.
    for (case, file, words) in [
        (
            ixi,
            "Z.txt",
            ["row `GR Cultivation of wheat`", "column `GR Manufacture of basic iron, n.e.c. (27.a)"]
                .as_slice(),
        ),
        (pxp, "Y.txt", &["Y.txt", "expected a number"]),
        (eora, "Eora26_2015_bp_T.txt", &["_T.txt", "column `5`"]),
        (gloria, GLORIA_FILE, &["row `6`", "column `DYE.Growing wheat industry`", "found `abc`"]),
    ] {
        let separator = if file.ends_with("csv") { "," } else { "\t" };
        let place = if case.importer == "exiobase3" { 5 } else { 4 };
        let line = |lines: &mut Vec<String>| -> usize {
            lines.iter().position(|l| l.starts_with("GR\tCultivation")).unwrap_or(5)
        };
        let text = |lines: &mut Vec<String>| {
            let at = line(lines);
            let mut fields: Vec<&str> = lines[at].split(separator).collect();
            fields[place] = "abc";
            lines[at] = fields.join(separator);
        };
        says(refused(case, file, lines(text)), words);
        let ragged = |lines: &mut Vec<String>| {
            let at = line(lines);
            let (kept, _) = lines[at].rsplit_once(separator).unwrap();
            lines[at] = kept.to_owned();
        };
        says(refused(case, file, lines(ragged)), &["fields, the header has"]);
    }
    // A label twice, an economy that only one file has.
    let twice = |lines: &mut Vec<String>| lines[4] = lines[3].clone();
    says(refused(ixi, "Z.txt", lines(twice)), &["appears twice"]);
    says(
        refused(eora, "labels_T.txt", lines(|lines| lines[1] = lines[0].clone())),
        &["AFG.Agriculture", "twice"],
    );
    let stranger =
        |lines: &mut Vec<String>| lines.iter_mut().for_each(|line| *line = line.replace("WA", "WZ"));
    says(refused(ixi, "Y.txt", lines(stranger)), &["Y.txt: row `WA", "is missing"]);
    says(refused(ixi, "satellite/F.txt", lines(stranger)), &["F.txt: column `WA"]);
    // Workbook and HDF5 that are cut short or something else.
    for (folder, file) in [("gloria", "GLORIA_ReadMe_057.xlsx"), ("emerging", "EMERGING_V2_2015_m.mat")] {
        let cut = |path: &Path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() * 3 / 5]).unwrap();
        };
        says(refused(case(folder), file, cut), &[file]);
    }
    says(refused(ixi, "Z.txt", |path| fs::write(path, "region\t\tAT\nsector\t\tx\n").unwrap()), &["Z.txt"]);
}

/// EXIOBASE 3.8.1 and 3.8.2: <https://github.com/IndEcol/pymrio/issues/95>.
#[test]
fn a_release_that_is_known_to_be_wrong_says_so() {
    let case = CASES.iter().find(|case| case.folder == "exiobase3-ixi").unwrap();
    let (_folder, root) = case.copy();
    let known = |table: &IcioTable| -> Vec<(Severity, String)> {
        let findings = check(table).into_iter().filter(|finding| finding.kind == FindingKind::KnownFile);
        findings.map(|finding| (finding.severity, finding.message)).collect()
    };
    for (metadata, release) in [
        (r#"{"name": "EXIOBASE 3", "version": "v3.8.2"}"#, Some("3.8.2")),
        (r#"{"version": "3.8.1"}"#, Some("3.8.1")),
        (r#"{"version": "v3.81"}"#, Some("3.8.1")),
        (r#"{"version": 3.82}"#, Some("3.8.2")),
        (r#"{"version": "v3.8"}"#, None),
        (r#"{"version": "3.9.4"}"#, None),
        (r#"{"version": null}"#, None),
        ("no JSON", None),
    ] {
        fs::write(root.join("metadata.json"), metadata).unwrap();
        let table = opened(&root.join(case.file));
        match (known(&table).as_slice(), release) {
            ([], None) => {}
            ([(Severity::Warning, message)], Some(release)) => {
                assert!(message.contains(&format!("release {release}: ")), "{message}");
                assert!(message.contains("issues/95"), "{message}");
            }
            (found, _) => panic!("{metadata}: {found:?}"),
        }
        assert_eq!(table.intermediate_use().as_dense(), case.canonical().intermediate_use().as_dense());
    }
    fs::write(root.join("metadata.json"), r#"{"version": "v3.8.2"}"#).unwrap();
    let input = root.to_str().unwrap();
    let inspected = stdout(&vadex(&["inspect", input]));
    assert!(inspected.contains("  warning     known-defect (1): metadata.json says"), "{inspected}");
    let checked = vadex(&["check", input, "--format", "text"]);
    assert!(stdout(&checked).contains("known-defect: metadata.json says"), "{}", stdout(&checked));
    assert_eq!(checked.status.code(), Some(0), "usable with care");
    let talk = stderr(&vadex(&["tiva", input, "-v"]));
    assert!(
        talk.contains("finding: 2011: known-defect: ") && !talk.contains("worst: known-defect"),
        "{talk}"
    );
    // What is made of the table goes on saying it.
    let made = root.join("made.parquet");
    assert!(vadex(&["import", input, "-q", "-o", made.to_str().unwrap()]).status.success());
    assert_eq!(known(&opened(&made)).len(), 1);
}

#[test]
fn sectors_of_a_newer_edition_are_labels_like_others() {
    for (folder, old, new) in [
        ("exiobase3-ixi", "Cultivation of wheat", "Growing of teff"),
        ("eora26", "Agriculture", "Aquaculture"),
    ] {
        let case = CASES.iter().find(|case| case.folder == folder).unwrap();
        let (_folder, root) = case.copy();
        for file in case.files() {
            let text = fs::read_to_string(root.join(&file)).unwrap().replace(old, new);
            fs::write(root.join(&file), text).unwrap();
        }
        let table = opened(&root.join(case.file));
        assert_eq!(table.axis().sectors()[0], new);
        assert_eq!(table.intermediate_use().as_dense(), case.canonical().intermediate_use().as_dense());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_parts_never_panic_or_hang(
        which in 0..CASES.len(),
        part in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let case = &CASES[which];
        let files = case.files();
        let file = part.get(&files);
        let (_folder, root) = case.copy();
        let mut bytes = fs::read(root.join(file)).unwrap();
        if cut.index(3) == 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        for (place, byte) in edits {
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
        }
        fs::write(root.join(file), bytes).unwrap();
        if let Ok(source) = Source::from_path(&root.join(case.file)) {
            for importer in IMPORTERS {
                let _ = importer.recognises(&source);
            }
            let importer = IMPORTERS.iter().find(|importer| importer.id() == case.importer).unwrap();
            let _ = importer.read(&source, &ReadOptions::default());
        }
    }
}

/// Every database of several files says what it needs before it asks for it.
#[test]
fn several_files_beyond_the_memory_are_refused() {
    for case in CASES {
        let options = ReadOptions { memory: Some(64), ..ReadOptions::default() };
        let result = tables(&case.root().join(case.file)).unwrap()[0].open(&options);
        let Err(LoadError::NoRoom { needed, there, stated, .. }) = result else {
            panic!("{}: {:?}", case.folder, result.err());
        };
        assert!(needed > 64 && there == 64 && stated, "{}: {needed} of {there}", case.folder);
    }
}

/// Memory is asked for by the shapes that a file tells: a damaged shape must be refused before it is believed.
#[test]
fn shapes_larger_than_the_file_are_refused_before_memory_is_asked_for() {
    let case = CASES.iter().find(|case| case.folder == "emerging").unwrap();
    let whole = fs::read(case.root().join(case.file)).unwrap();
    let importer = IMPORTERS.iter().find(|importer| importer.id() == case.importer).unwrap();
    let mut refused = Vec::new();
    for place in (0..whole.len() - 8).step_by(4) {
        // Lengths of dimensions are small numbers of eight bytes; others of that look are changed as well.
        if !(1..=256).contains(&u64::from_le_bytes(whole[place..place + 8].try_into().unwrap())) {
            continue;
        }
        let mut bytes = whole.clone();
        bytes[place..place + 8].copy_from_slice(&(1_u64 << 42).to_le_bytes());
        let source = Source::from_bytes(case.file, bytes);
        if let Err(error) = importer.read(&source, &ReadOptions::default()) {
            refused.push(error.to_string());
        }
    }
    for variable in ["z", "f", "va", "X", "country_list", "sector_list", "final_list"] {
        let said = |message: &String| {
            message.contains(&format!("{variable} tells ")) && message.contains("4398046511104")
        };
        assert!(refused.iter().any(said), "no shape of {variable} was refused: {refused:#?}");
    }
}

// -------------------------------------------------------------------------------------------------- national tables

type Figures = HashMap<(String, String, String), f64>;

/// code, origin, column -> value; of one year where the file has several.
fn figures(folder: &str, year: Option<&str>) -> Figures {
    let text = fs::read_to_string(fixture(&format!("{folder}/figures.csv"))).unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| year.is_none_or(|year| cells[0] == year))
        .map(|cells| {
            let at = cells.len() - 4;
            let text = |k: usize| cells[at + k].to_owned();
            ((text(0), text(1), text(2)), cells[at + 3].parse().unwrap())
        })
        .collect()
}

#[track_caller]
fn is_as_published(table: &NationalTable, figures: &Figures, exports: &str) {
    let value = |code: &str, origin: &str, column: &str| {
        figures[&(code.to_owned(), origin.to_owned(), column.to_owned())]
    };
    for (i, row) in table.sectors().iter().enumerate() {
        for (j, column) in table.sectors().iter().enumerate() {
            close(table.domestic_use()[(i, j)], value(row, "Domestic", column), 1.0, 0.0, row);
            close(table.imported_use()[(i, j)], value(row, "Imports", column), 1.0, 0.0, row);
        }
        for (k, column) in table.categories().iter().enumerate() {
            close(table.domestic_final()[(i, k)], value(row, "Domestic", column), 1.0, 0.0, row);
            close(table.imported_final()[(i, k)], value(row, "Imports", column), 1.0, 0.0, row);
        }
        close(table.exports()[i], value(row, "Domestic", exports), 1.0, 0.0, row);
    }
    // Rows and columns close.
    let gap = table.row_gap().into_iter().map(f64::abs).fold(0.0, f64::max);
    assert!(gap < 1e-9, "rows miss output by {gap}");
    for j in 0..table.sectors().len() {
        let below: f64 =
            table.primary_rows().iter().filter(|r| r.role.closes_the_column()).map(|r| r.industries[j]).sum();
        let column = table.domestic_use().column(j).sum() + table.imported_use().column(j).sum() + below;
        close(column, table.output()[j], 1.0, 1e-9, &table.sectors()[j]);
    }
}

#[test]
fn national_workbooks_and_texts_are_as_published() {
    let niot = national::read(&fixture("wiod16-niot/MEX_NIOT_nov16.xlsx"), &[]).unwrap();
    assert_eq!(niot.iter().map(|year| year.year).collect::<Vec<_>>(), [2000, 2001]);
    for year in &niot {
        let table = &year.tables[0];
        assert_eq!((table.economy(), table.unit()), ("MEX", "million USD, current prices"));
        assert_eq!(table.sectors(), ["A01", "C10-C12", "U"]);
        assert_eq!(table.categories(), ["CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN"]);
        is_as_published(table, &figures("wiod16-niot", Some(&year.year.to_string())), "EXP");
        let names: Vec<&str> = table.provenance().repairs.iter().map(|repair| repair.name.as_str()).collect();
        assert_eq!(names, ["blank-as-zero", "reexports-left-out"]);
    }
    let oecd = national::read(&fixture("oecd-national/MEX2018dom.csv"), &[2018]).unwrap();
    let table = &oecd[0].tables[0];
    assert_eq!((table.economy(), table.year()), ("MEX", 2018));
    assert_eq!(table.sectors(), ["01T02", "10T12", "97T98"]);
    assert_eq!(table.categories(), ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT"]);
    is_as_published(table, &figures("oecd-national", None), "EXPO");
    assert!(table.provenance().citation.as_deref().unwrap().contains("OECD"));
    // Without total use there is no row of output: the sum of sales stands in, and is told.
    let folder = tempfile::tempdir().unwrap();
    for kind in ["dom", "imp"] {
        let name = format!("MEX2018{kind}.csv");
        fs::copy(fixture(&format!("oecd-national/{name}")), folder.path().join(name)).unwrap();
    }
    let alone = national::read(folder.path().to_str().unwrap(), &[]).unwrap();
    for (a, b) in alone[0].tables[0].output().iter().zip(table.output()) {
        close(*a, *b, 1.0, 1e-9, "output from sales");
    }
    assert!(alone[0].tables[0].provenance().repairs.iter().any(|repair| repair.name == "output-from-sales"));
}

#[test]
fn national_tables_give_import_content_from_folder_and_archive() {
    let folder = tempfile::tempdir().unwrap();
    let mut members = Vec::new();
    for kind in ["dom", "imp", "ttl"] {
        let name = format!("MEX2018{kind}.csv");
        members.push((name.clone(), fs::read(fixture(&format!("oecd-national/{name}"))).unwrap()));
    }
    let archive = folder.path().join("oecd.zip");
    fs::write(&archive, zipped(&members)).unwrap();
    let table = &national::read(&fixture("oecd-national/MEX2018dom.csv"), &[]).unwrap()[0].tables[0];
    let share = import_content(table).unwrap()[0].vs_share().unwrap();
    let output = vadex(&["import-content", archive.to_str().unwrap(), "--format", "csv", "-q"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let line: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(line[..2], ["2018", "MEX"]);
    close(line[4].parse().unwrap(), share, 1.0, 1e-12, "vs_share");
    assert!(share > 0.0 && share < 1.0);
    // A workbook twice is one economy twice.
    let book = fixture("wiod16-niot/MEX_NIOT_nov16.xlsx");
    let both = tempfile::tempdir().unwrap();
    fs::copy(&book, both.path().join("MEX_NIOT_nov16.xlsx")).unwrap();
    fs::copy(&book, both.path().join("mex_niot_copy.xlsx")).unwrap();
    let error = national::read(both.path().to_str().unwrap(), &[]).unwrap_err().to_string();
    assert!(error.contains("two national tables of MEX for 2000"), "{error}");
    let error = national::read(&book, &[1999]).unwrap_err().to_string();
    assert!(error.contains("1999") && error.contains("2000, 2001"), "{error}");
}

#[test]
fn damaged_national_tables_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let read = |names: &[&str], change: &dyn Fn(String) -> String| -> String {
        let inside = tempfile::tempdir_in(folder.path()).unwrap();
        for name in ["MEX2018dom.csv", "MEX2018imp.csv", "MEX2018ttl.csv"] {
            let text = fs::read_to_string(fixture(&format!("oecd-national/{name}"))).unwrap();
            if names.contains(&name) {
                fs::write(inside.path().join(name), if name == names[0] { change(text) } else { text })
                    .unwrap();
            }
        }
        national::read(inside.path().to_str().unwrap(), &[])
            .map(|_| String::new())
            .unwrap_or_else(|e| e.to_string())
    };
    let same = |text: String| text;
    for (names, change, words) in [
        (
            ["MEX2018dom.csv"].as_slice(),
            &same as &dyn Fn(String) -> String,
            "MEX2018imp.csv, a part of the OECD's national tables",
        ),
        (&["MEX2018ttl.csv"], &same, "MEX2018dom.csv, a part of"),
        (
            &["MEX2018imp.csv", "MEX2018dom.csv"],
            &|t| t.replace("IMP_10T12", "IMP_10T13"),
            "imp.csv: row `10T12` is missing",
        ),
        (
            &["MEX2018imp.csv", "MEX2018dom.csv"],
            &|t| t.replace("D97T98", "D97"),
            "imp.csv: column `97T98` is missing",
        ),
        (
            &["MEX2018dom.csv", "MEX2018imp.csv"],
            &|t| t.replacen("DOM_01T02,", "DOM_01T02,x", 1),
            "row `DOM_01T02`, column `D01T02`",
        ),
    ] {
        let error = read(names, change);
        assert!(error.contains(words), "`{words}` is missing from: {error}");
    }
    let path = folder.path().join("NIOT.csv");
    fs::write(&path, "hello,world\n1,2\n").unwrap();
    let error = national::read(path.to_str().unwrap(), &[]).unwrap_err().to_string();
    assert!(error.contains("not a layout of national tables"), "{error}");
    let bytes = fs::read(fixture("wiod16-niot/MEX_NIOT_nov16.xlsx")).unwrap();
    let path = folder.path().join("MEX_NIOT_nov16.xlsx");
    for cut in [bytes.len() / 3, bytes.len() - 40] {
        fs::write(&path, &bytes[..cut]).unwrap();
        assert!(national::read(path.to_str().unwrap(), &[]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_national_tables_never_panic_or_hang(
        which in 0..2_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let name = ["oecd-national/MEX2018dom.csv", "wiod16-niot/MEX_NIOT_nov16.xlsx"][which];
        let mut bytes = fs::read(fixture(name)).unwrap();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let source = Source::from_bytes("MEX_NIOT_2018dom.csv", bytes);
        for importer in NATIONAL_IMPORTERS {
            let _ = importer.recognises(&source);
            let _ = importer.read(&source, &|_| true);
        }
    }
}

// ---------------------------------------------------------------------------------------- layouts that a user describes

#[test]
fn described_layouts_equal_the_canonical_table() {
    let expected = fixture("layout/canonical.csv");
    let expected = discover(&expected, &[]).unwrap()[0].open(&ReadOptions::default()).unwrap();
    for (file, layout) in
        [("layout/wide.txt", "wide"), ("layout/long.csv", "long"), ("layout/headerless.txt", "headerless")]
    {
        let layout = PathBuf::from(format!("{}/data/layouts/{layout}.toml", env!("CARGO_MANIFEST_DIR")));
        let options = ReadOptions { layout: Some(layout.clone()), ..ReadOptions::default() };
        let table = discover(&fixture(file), &[]).unwrap()[0].open(&options).unwrap();
        let same_labels = table.axis() == expected.axis();
        assert!(same_labels, "{file}: {:?}", table.axis());
        equal(&table, &expected, 0.0, file);
        assert_eq!((table.unit(), table.year()), ("million reais", Some(2015)), "{file}");
        assert_eq!(table.provenance().importer, "layout");
        let roles: Vec<_> = table.primary_rows().iter().map(|row| row.role).collect();
        assert_eq!(roles, [RowRole::Taxes, RowRole::ValueAdded], "{file}");
        // The store keeps what the layout said of its rows.
        let folder = tempfile::tempdir().unwrap();
        for (store, more) in
            [("dense.parquet", &[][..]), ("sparse.parquet", &["--store", "sparse"]), ("table.csv", &[])]
        {
            let store = folder.path().join(store);
            let path = fixture(file);
            let mut arguments =
                vec!["import", &path, "--layout", layout.to_str().unwrap(), "-o", store.to_str().unwrap()];
            arguments.extend(more);
            let imported = vadex(&arguments);
            assert!(imported.status.success(), "{}", stderr(&imported));
            let kept =
                discover(store.to_str().unwrap(), &[]).unwrap()[0].open(&ReadOptions::default()).unwrap();
            equal(&kept, &table, 0.0, file);
            let kept: Vec<_> = kept.primary_rows().iter().map(|row| row.role).collect();
            assert_eq!(kept, roles, "{file}, stored");
        }
        // So does the file of several years, which tables with rows of another meaning do not join.
        let mut panel = PanelWriter::new();
        panel.push(&table).unwrap();
        let axis = table.axis();
        let pair = |row: usize| (axis.member_of(row).to_owned(), axis.sectors()[axis.sector_of(row)].clone());
        let mut below = table.primary_rows().to_vec();
        below[0].role = RowRole::Margins;
        let others = IcioTable::new(TableParts {
            rows: (0..axis.n_rows()).map(pair).collect(),
            categories: table.categories().to_vec(),
            intermediate_use: table.intermediate_use().clone(),
            final_demand: table.final_demand().clone(),
            primary_rows: below,
            published_output: table.published_output().map(<[f64]>::to_vec),
            unit: table.unit().to_owned(),
            year: Some(2016),
            provenance: table.provenance().clone(),
        });
        let refused = panel.push(&others.unwrap()).unwrap_err();
        assert!(refused.to_string().contains("margins"), "{refused}");
        let path = folder.path().join("panel.parquet");
        panel.finish(fs::File::create(&path).unwrap()).unwrap();
        let kept = discover(path.to_str().unwrap(), &[]).unwrap()[0].open(&ReadOptions::default()).unwrap();
        let kept: Vec<_> = kept.primary_rows().iter().map(|row| row.role).collect();
        assert_eq!(kept, roles, "{file}, panel");
        // The same through the command.
        let path = fixture(file);
        let output = vadex(&[
            "tiva",
            &path,
            "--layout",
            layout.to_str().unwrap(),
            "--economy",
            "CHN",
            "--format",
            "csv",
            "-q",
        ]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stdout(&output).lines().nth(1).unwrap().contains("CHN"), "{}", stdout(&output));
    }
    let output = vadex(&["tiva", &fixture("layout/long.csv"), "--from", "layout"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--layout FILE"), "{}", stderr(&output));
}
