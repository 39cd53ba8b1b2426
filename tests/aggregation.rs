//! Concordances, the store of a panel, and the embedded tables made with both.

use nalgebra::DMatrix;
use vadex::load::{self, LoadError, ReadOptions, builtins, concordance, discover};
use vadex::report::{PanelWriter, ReportError};
use vadex::table::{AggregateError, Concordance, IcioTable, PrimaryRow, Provenance, RowRole, TableParts};

use super::support::{close, data_dir, open, table};

fn concordance_of(lines: &[(&str, &str, &str)]) -> Result<Concordance, AggregateError> {
    Concordance::new(lines.iter().map(|(d, s, t)| ((*d).into(), (*s).into(), (*t).into())))
}

fn committed() -> Concordance {
    concordance::read(concat!(env!("CARGO_MANIFEST_DIR"), "/data/wiod13/concordance.csv").as_ref()).unwrap()
}

/// Two economies of three sectors, with every kind of row and column, in fractions that have no short binary form.
fn mixed(year: i32, factor: f64) -> IcioTable {
    let rows: Vec<(String, String)> = ["A", "B"]
        .iter()
        .flat_map(|e| ["x", "y", "z"].iter().map(|s| ((*e).to_owned(), (*s).to_owned())))
        .collect();
    let value = |i: usize, j: usize| {
        // One row and column stay empty, as in real tables.
        if i == 4 || j == 4 { 0.0 } else { factor * (i as f64 + 1.0) / (j as f64 + 3.0) }
    };
    IcioTable::new(TableParts {
        rows,
        categories: vec!["use".into(), "stocks".into()],
        intermediate_use: DMatrix::from_fn(6, 6, value).into(),
        final_demand: DMatrix::from_fn(6, 4, |i, j| if (i, j) == (2, 3) { -0.1 } else { 2.0 * value(i, j) }),
        primary_rows: vec![
            PrimaryRow {
                name: "VA".into(),
                role: RowRole::ValueAdded,
                industries: (0..6).map(|j| factor * (j as f64 + 0.7)).collect(),
                final_use: None,
            },
            PrimaryRow {
                name: "TLS".into(),
                role: RowRole::Taxes,
                industries: vec![0.1 * factor; 6],
                final_use: Some(vec![0.0, 0.3, 0.0, 0.9]),
            },
        ],
        published_output: Some((0..6).map(|i| factor * 30.0 / (i as f64 + 1.0)).collect()),
        unit: "thousand crowns".into(),
        year: Some(year),
        provenance: Provenance { source: format!("made up {year}"), ..Provenance::default() },
    })
    .unwrap()
}

/// Equal number for number, label for label.
fn assert_same(found: &IcioTable, expected: &IcioTable) {
    assert_eq!(found.axis(), expected.axis());
    assert_eq!(found.categories(), expected.categories());
    assert_eq!(found.intermediate_use(), expected.intermediate_use());
    assert_eq!(found.final_demand(), expected.final_demand());
    assert_eq!(found.primary_rows(), expected.primary_rows());
    assert_eq!(found.published_output(), expected.published_output());
    assert_eq!(found.year(), expected.year());
}

#[test]
fn aggregation_keeps_every_total_and_adds_up_the_right_cells() {
    let table = mixed(2000, 1.0);
    let concordance =
        concordance_of(&[("sector", "x", "a"), ("sector", "y", "b"), ("sector", "z", "a")]).unwrap();
    let small = table.aggregate(&concordance).unwrap();
    assert_eq!(small.axis().sectors(), ["a", "b"]);
    assert_eq!(small.axis().economies(), ["A", "B"]);
    let total = |matrix: &DMatrix<f64>| matrix.sum();
    for (found, expected) in [
        (total(&small.intermediate_use().to_dense()), total(&table.intermediate_use().to_dense())),
        (total(small.final_demand()), total(table.final_demand())),
        (small.primary_rows()[0].industries.iter().sum(), table.primary_rows()[0].industries.iter().sum()),
        (small.published_output().unwrap().iter().sum(), table.published_output().unwrap().iter().sum()),
    ] {
        close(found, expected, expected, 1e-12, "a total");
    }
    // A.a sells to B.a what x and z of A sell to x and z of B.
    let z = table.intermediate_use().to_dense();
    let sum = z[(0, 3)] + z[(0, 5)] + z[(2, 3)] + z[(2, 5)];
    close(small.intermediate_use().get(0, 2), sum, sum, 1e-15, "A.a to B.a");
    assert!(small.provenance().repairs.iter().any(|repair| repair.name == "aggregated"));
}

#[test]
fn economies_are_added_up_with_their_final_demand() {
    let table = mixed(2000, 1.0);
    let one =
        table.aggregate(&concordance_of(&[("economy", "A", "W"), ("economy", "B", "W")]).unwrap()).unwrap();
    assert_eq!(one.axis().economies(), ["W"]);
    let y = table.final_demand();
    let stocks = y[(2, 1)] + y[(2, 3)] + y[(5, 1)] + y[(5, 3)];
    close(one.final_demand()[(2, 1)], stocks, stocks, 1e-14, "stocks of z");
}

#[test]
fn labels_that_are_unmapped_or_mapped_twice_are_listed_and_refused() {
    let table = mixed(2000, 1.0);
    let unmapped = table.aggregate(&concordance_of(&[("sector", "x", "a")]).unwrap()).unwrap_err();
    assert_eq!(
        unmapped.to_string(),
        "the concordance maps no sector for 2 of the table's labels: y, z",
        "every missing label is named"
    );
    let twice = concordance_of(&[("sector", "x", "a"), ("sector", "x", "b")]).unwrap_err();
    assert!(twice.to_string().contains("`x` twice: to `a` and to `b`"), "{twice}");
    let stranger = concordance_of(&[
        ("sector", "x", "a"),
        ("sector", "y", "a"),
        ("sector", "z", "a"),
        ("sector", "w", "a"),
    ])
    .unwrap();
    assert!(table.aggregate(&stranger).unwrap_err().to_string().contains("`w`"));
    let by = concordance_of(&[("sector", "x", "a"), ("sector", "y", "a"), ("sector", "z", "b")]).unwrap();
    let again = table.aggregate(&by).unwrap().aggregate(&by).unwrap_err();
    assert!(
        again.to_string().contains("every sector of the table is one that the concordance makes"),
        "{again}"
    );
    let dimension = concordance_of(&[("country", "A", "a")]).unwrap_err();
    assert!(dimension.to_string().contains("line 2"), "{dimension}");
}

#[test]
fn the_committed_concordance_keeps_what_the_claims_need_apart() {
    let concordance = committed();
    for code in (1..=35).map(|i| format!("c{i}")) {
        assert!(concordance.sector_target(&code).is_some(), "{code}");
    }
    for alone in ["c1", "c2", "c3", "c8", "c12", "c13", "c14", "c15"] {
        assert_eq!(concordance.sector_target(alone), Some(alone));
        let sharing = (1..=35).filter(|i| concordance.sector_target(&format!("c{i}")) == Some(alone)).count();
        assert_eq!(sharing, 1, "{alone} keeps its code and its sector");
    }
}

#[test]
fn a_panel_gives_back_what_was_put_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panel.parquet");
    let tables = [mixed(2001, 1.25), mixed(2000, 0.3)];
    let mut panel = PanelWriter::new();
    tables.iter().for_each(|table| panel.push(table).unwrap());
    panel.finish(std::fs::File::create(&path).unwrap()).unwrap();
    let found = discover(path.to_str().unwrap(), &[]).unwrap();
    assert_eq!(found.iter().map(|table| table.year()).collect::<Vec<_>>(), [Some(2000), Some(2001)]);
    for reference in &found {
        let back = reference.open(&ReadOptions::default()).unwrap();
        let expected = tables.iter().find(|table| table.year() == back.year()).unwrap();
        assert_same(&back, expected);
        assert_eq!(back.unit(), "thousand crowns");
        let origin = back.provenance().derived_from.as_ref().unwrap();
        assert_eq!(origin.source, expected.provenance().source);
    }
    let one_year = discover(path.to_str().unwrap(), &[2001]).unwrap();
    assert_eq!(one_year.len(), 1);
    let missing = discover(path.to_str().unwrap(), &[1999]).unwrap_err();
    assert!(matches!(missing, LoadError::NoSuchYear { .. }), "{missing}");
    // As a stream without a place for a year, it cannot be one table.
    let source = load::Source::from_bytes("-", std::fs::read(&path).unwrap());
    let several = load::read(&source, &ReadOptions::default()).unwrap_err();
    assert!(several.to_string().contains("2000, 2001"), "{several}");
}

#[test]
fn tables_that_do_not_belong_together_are_not_one_panel() {
    let mut panel = PanelWriter::new();
    panel.push(&mixed(2000, 1.0)).unwrap();
    let again = panel.push(&mixed(2000, 1.0)).unwrap_err().to_string();
    assert!(again.contains("2000 a second time"), "{again}");
    let other = table(&["A"], &["x"], DMatrix::zeros(1, 1), DMatrix::from_element(1, 1, 1.0))
        .with_description(None, Some(2001));
    assert!(panel.push(&other).unwrap_err().to_string().contains("a row label"));
    let without_year = mixed(2000, 1.0).with_description(Some("euro".into()), Some(2003));
    assert!(panel.push(&without_year).unwrap_err().to_string().contains("the unit"));
}

#[test]
fn a_panel_that_will_not_fit_is_refused_after_its_first_table() {
    let push = |tables, memory| PanelWriter::of(tables, Some(memory)).push(&mixed(2000, 1.0));
    let Err(ReportError::NoRoom { needed, .. }) = push(27, 1) else { panic!("no room for 27 tables") };
    assert!(push(27, needed).is_ok());
    let error = push(28, needed).unwrap_err();
    assert!(error.to_string().contains("28 tables in one file take about"), "{error}");
    assert!(error.to_string().contains("allowed by --memory") && error.hint().contains("one file each"));
}

#[test]
fn the_embedded_tables_are_what_the_command_makes_of_the_published_ones() {
    let Some(folder) = data_dir("embedded tables") else { return };
    let concordance = committed();
    for year in [1995, 2005, 2011] {
        let path = folder.join("wiod2013_int").join(format!("{year}.parquet"));
        let full = open(path.to_str().unwrap());
        let made = full.aggregate(&concordance).unwrap();
        let embedded = open(&format!("builtin:wiod13/{year}"));
        assert_same(&embedded, &made);
        let origin = embedded.provenance().derived_from.as_ref().unwrap();
        assert_eq!(origin.sha256, full.provenance().sha256, "made from the same file");
        let total = full.intermediate_use().to_dense().sum() + full.final_demand().sum();
        let kept = embedded.intermediate_use().to_dense().sum() + embedded.final_demand().sum();
        close(kept, total, total, 1e-12, "the world's output");
    }
}

#[test]
fn every_embedded_year_opens_with_output_and_value_added() {
    for builtin in builtins() {
        for reference in discover(&format!("builtin:{}", builtin.id), &[]).unwrap() {
            let table = reference.open(&ReadOptions::default()).unwrap();
            assert_eq!(table.axis().n_economies(), 41);
            assert!(table.axis().find_sector("c14").is_ok());
            assert!(table.published_output().is_some());
            assert!(table.primary_rows().iter().any(|row| row.role == RowRole::ValueAdded));
        }
    }
}

#[test]
fn the_readme_has_the_checksum_of_every_embedded_file() {
    let data = format!("{}/data", env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(format!("{data}/README.md")).unwrap();
    for file in
        ["wiod13/wiod13.parquet", "wiod13/satellites.parquet", "wiod16-national/wiod16-national.parquet"]
    {
        let sha256 = load::Source::from_path(format!("{data}/{file}").as_ref()).unwrap().sha256().unwrap();
        let line = readme.lines().find(|line| line.contains(&format!("`{file}`"))).unwrap();
        assert!(line.contains(&sha256), "{file}: data/README.md has another checksum than {sha256}");
    }
}
