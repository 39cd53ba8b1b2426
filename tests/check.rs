//! `vadex check`: what it finds in tables with planted faults, and in published tables whose faults are documented.

use nalgebra::DMatrix;
use vadex::load::{ReadOptions, discover, national};
use vadex::table::{
    Audit, FindingKind, IcioTable, PrimaryRow, Provenance, RowRole, Severity, TableParts, check,
};

use super::support::{data_dir, dmatrix, fixture, leather, open, stderr, stdout, table, vadex};

fn found(audit: &Audit, kind: FindingKind) -> Option<Severity> {
    audit.findings.iter().find(|finding| finding.kind == kind).map(|finding| finding.severity)
}

/// The leather table with other published output or value added.
fn altered(alter: impl Fn(&mut Vec<f64>, &mut Vec<PrimaryRow>)) -> IcioTable {
    let sound = leather();
    let axis = sound.axis();
    let mut output = sound.published_output().unwrap().to_vec();
    let mut primary = sound.primary_rows().to_vec();
    alter(&mut output, &mut primary);
    IcioTable::new(TableParts {
        rows: (0..axis.n_rows())
            .map(|row| (axis.member_of(row).to_owned(), axis.sectors()[axis.sector_of(row)].clone()))
            .collect(),
        categories: sound.categories().to_vec(),
        intermediate_use: sound.intermediate_use().clone(),
        final_demand: sound.final_demand().clone(),
        primary_rows: primary,
        published_output: Some(output),
        unit: "unit".into(),
        year: None,
        provenance: Provenance::default(),
    })
    .unwrap()
}

#[test]
fn a_sound_table_has_no_findings_and_its_figures_are_counted() {
    let sound = leather();
    let audit = Audit::of(&sound);
    assert!(audit.findings.is_empty(), "{:?}", audit.findings);
    assert_eq!((audit.economies, audit.sectors, audit.rows), (3, 3, 9));
    let cells: Vec<(&str, usize, usize)> =
        audit.blocks.iter().map(|block| (block.block, block.cells, block.negative)).collect();
    assert_eq!(
        cells,
        [
            ("Z domestic", 27, 0),
            ("Z imported", 54, 0),
            ("Y domestic", 9, 0),
            ("Y imported", 18, 0),
            ("value added", 9, 0)
        ]
    );
    let zero: usize = audit.blocks[..2].iter().map(|block| block.zero).sum();
    assert_eq!(zero, sound.intermediate_use().to_dense().iter().filter(|cell| **cell == 0.0).count());
    let total: f64 = audit.blocks[..4].iter().map(|block| block.sum).sum();
    let rows: f64 = sound.row_sums().iter().sum();
    assert!((total - rows).abs() < 1e-9 * rows);
}

#[test]
fn the_spectral_radius_is_the_largest_eigenvalue_of_the_input_coefficients() {
    for name in ["leather.csv", "bmtoy.csv", "edge.csv", "synth6x5.csv"] {
        let table = open(&fixture(name));
        let output = table.row_sums();
        let a = DMatrix::from_fn(output.len(), output.len(), |i, j| {
            if output[j] == 0.0 { 0.0 } else { table.intermediate_use().to_dense()[(i, j)] / output[j] }
        });
        let expected = a.complex_eigenvalues().iter().map(|value| value.norm()).fold(0.0, f64::max);
        let found = Audit::of(&table).spectral;
        assert!(found.settled && (found.radius - expected).abs() < 1e-7, "{name}: {found:?}, {expected}");
    }
}

#[test]
fn industries_that_eat_more_of_each_other_than_they_make_are_a_violation() {
    // x = (13, 13), every column of A adds up to 15/13.
    let table = table(&["A"], &["x", "y"], dmatrix![5.0, 10.0; 10.0, 5.0], dmatrix![-2.0; -2.0]);
    let audit = Audit::of(&table);
    assert!((audit.spectral.radius - 15.0 / 13.0).abs() < 1e-7);
    assert_eq!(found(&audit, FindingKind::SpectralRadius), Some(Severity::Violation));
    assert_eq!(found(&audit, FindingKind::NegativeValueAdded), Some(Severity::Warning));
}

#[test]
fn inputs_above_output_are_negative_value_added_unless_a_sum_is_rounded() {
    // Industry x makes 10 and buys 5 + `more` of y.
    let bought_above_output = |more: f64| {
        let table = table(&["A"], &["x", "y"], dmatrix![5.0, 1.0; 5.0 + more, 1.0], dmatrix![4.0; 20.0]);
        let excess = table.intermediate_use().to_dense().column(0).sum() - table.row_sums()[0];
        assert!(excess > 0.0, "{more} is lost when it is added: the test would say nothing");
        found(&Audit::of(&table), FindingKind::NegativeValueAdded)
    };
    assert_eq!(bought_above_output(1e-9), Some(Severity::Warning));
    assert_eq!(bought_above_output(2e-15), None);
}

#[test]
fn a_broken_row_and_a_broken_column_are_found_where_they_are() {
    let rows = Audit::of(&altered(|output, _| output[4] += 20.0));
    let row = rows.findings.iter().find(|finding| finding.kind == FindingKind::RowBalance).unwrap();
    assert_eq!((row.severity, row.worst_at.as_str()), (Severity::Violation, leather_label(4).as_str()));
    assert_eq!(rows.balances[0].worst.len(), 1);
    assert_eq!((rows.balances[0].within, rows.balances[0].beyond), (8, 1));
    let columns = Audit::of(&altered(|_, primary| primary[0].industries[2] -= 20.0));
    assert_eq!(found(&columns, FindingKind::RowBalance), None);
    let column = columns.findings.iter().find(|finding| finding.kind == FindingKind::ColumnBalance).unwrap();
    assert_eq!((column.severity, column.worst_at.as_str()), (Severity::Violation, leather_label(2).as_str()));
}

fn leather_label(row: usize) -> String {
    leather().axis().row_label(row)
}

#[test]
fn a_column_is_compared_with_the_row_where_no_output_is_published() {
    let mut parts = TableParts {
        rows: vec![("A".into(), "x".into()), ("B".into(), "x".into())],
        categories: vec!["FD".into()],
        intermediate_use: dmatrix![10.25, 20.5; 30.125, 40.0].into(),
        final_demand: dmatrix![50.0, 19.25; 29.875, 100.0],
        primary_rows: vec![PrimaryRow {
            name: "VA".into(),
            role: RowRole::ValueAdded,
            industries: vec![59.625, 139.5],
            final_use: None,
        }],
        published_output: None,
        unit: "unit".into(),
        year: None,
        provenance: Provenance::default(),
    };
    assert!(check(&IcioTable::new(parts.clone()).unwrap()).is_empty());
    parts.primary_rows[0].industries[1] = 39.5;
    let broken = check(&IcioTable::new(parts.clone()).unwrap());
    assert_eq!(broken[0].kind, FindingKind::ColumnBalance);
    assert_eq!((broken[0].worst_at.as_str(), broken[0].severity), ("B.x", Severity::Violation));
    // A row whose role is not known may be what is missing: that is said, and is no violation.
    parts.primary_rows.push(PrimaryRow {
        name: "mystery".into(),
        role: RowRole::Other,
        industries: vec![0.0, 100.0],
        final_use: None,
    });
    let unknown = check(&IcioTable::new(parts).unwrap());
    assert_eq!(unknown[0].severity, Severity::Warning);
    assert!(unknown[0].message.contains("mystery"), "{}", unknown[0].message);
}

#[test]
fn what_rounding_explains_is_no_violation_and_what_it_cannot_is_one() {
    // Whole numbers: six cells in a row can miss its true sum by up to 3.
    let of = |off: f64| {
        let z = dmatrix![100.0, 7.0, 3.0; 2.0, 200.0, 4.0; 1.0, 5.0, 300.0];
        let y = dmatrix![400.0, 1.0, 2.0; 3.0, 500.0, 6.0; 7.0, 8.0, 600.0];
        let rounded = table(&["A", "B", "C"], &["x"], z.clone(), y.clone());
        let mut output = rounded.row_sums();
        output[1] += off;
        let parts = TableParts {
            rows: ["A", "B", "C"].map(|economy| (economy.to_owned(), "x".to_owned())).into(),
            categories: vec!["FD".into()],
            intermediate_use: z.into(),
            final_demand: y,
            primary_rows: Vec::new(),
            published_output: Some(output),
            unit: "unit".into(),
            year: None,
            provenance: Provenance::default(),
        };
        Audit::of(&IcioTable::new(parts).unwrap())
    };
    let explained = of(2.9);
    assert_eq!(explained.step.map(f64::to_bits), Some(1.0_f64.to_bits()));
    assert_eq!((explained.balances[0].rounding, explained.balances[0].beyond), (1, 0));
    assert_eq!(found(&explained, FindingKind::RowBalance), Some(Severity::Warning));
    let broken = of(9.0);
    assert_eq!((broken.balances[0].beyond, broken.balances[0].broken), (1, 1));
    assert_eq!(found(&broken, FindingKind::RowBalance), Some(Severity::Violation));
}

#[test]
fn exports_that_are_mostly_rounding_are_named_with_the_economy() {
    let z = dmatrix![1000.0, 3.0, 4.0; 70.0, 2000.0, 90.0; 80.0, 60.0, 3000.0];
    let y = dmatrix![500.0, 2.0, 30.0; 40.0, 600.0, 50.0; 20.0, 25.0, 700.0];
    let audit = Audit::of(&table(&["TINY", "BIG", "HUGE"], &["x"], z, y));
    // TINY exports 3 + 4 + 2 + 30: less than half in cells of at most ten steps; BIG and HUGE nothing.
    let share = |name: &str| {
        let exports = audit.exports.iter().find(|exports| exports.economy == name).unwrap();
        exports.in_small_cells / exports.exports
    };
    assert!((share("TINY") - 9.0 / 39.0).abs() < 1e-15);
    assert!(share("BIG").abs() < 1e-15);
    assert_eq!(found(&audit, FindingKind::RoundedExports), None);
    let z = dmatrix![1000.0, 3.0, 4.0; 70.0, 2000.0, 90.0; 80.0, 60.0, 3000.0];
    let y = dmatrix![500.0, 2.0, 5.0; 40.0, 600.0, 50.0; 20.0, 25.0, 700.0];
    let audit = Audit::of(&table(&["TINY", "BIG", "HUGE"], &["x"], z, y));
    let finding = audit.findings.iter().find(|f| f.kind == FindingKind::RoundedExports).unwrap();
    assert_eq!((finding.count, finding.worst_at.as_str()), (1, "TINY"));
}

#[test]
fn published_value_added_above_output_is_named() {
    let audit = Audit::of(&altered(|output, primary| primary[0].industries[3] = 1.5 * output[3]));
    let published = &audit.value_added[1];
    assert_eq!((published.below, published.above), (0, 1));
    assert_eq!(published.worst[0].0, leather_label(3));
    assert_eq!(found(&audit, FindingKind::ValueAddedShare), Some(Severity::Warning));
    assert_eq!(audit.value_added[0].above, 0, "the residual is what it was");
}

#[test]
fn the_page_fits_eighty_columns_and_machines_get_every_figure() {
    for source in ["builtin:wiod13/1995", &fixture("edge.csv"), &fixture("bmtoy.csv")] {
        let output = vadex(&["check", source, "--format", "text"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let page = stdout(&output);
        for words in ["radius of A", "Z imported", "value-added shares", "findings"] {
            assert!(page.contains(words), "`{words}` is missing from {page}");
        }
        // The first line is the user's own path.
        for line in page.lines().skip(1) {
            assert!(line.chars().count() <= 80, "{source}: {line}");
        }
    }
    let output = vadex(&["check", "builtin:wiod13/1995", "--format", "json"]);
    let lines: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let of = |kind: &str, severity: &str| {
        lines
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["finding"] == kind && line["severity"] == severity)
            .count()
    };
    assert_eq!((of("size", "fact"), of("spectral-radius", "fact")), (1, 1));
    assert_eq!((of("zero-cells", "fact"), of("negative-cells", "fact")), (5, 5));
    assert_eq!(of("row-balance", "fact"), 10, "the worst ten");
    assert_eq!(of("rounded-exports", "fact"), 41);
}

#[test]
fn many_tables_are_told_in_short() {
    let short = stdout(&vadex(&["check", "builtin:wiod13", "--format", "text"]));
    assert_eq!(short.lines().filter(|line| line.starts_with("builtin:wiod13/")).count(), 17);
    assert!(!short.contains("Z imported") && short.contains("radius of A"));
    let long = stdout(&vadex(&["check", "builtin:wiod13", "--format", "text", "--year", "1995-1998", "-v"]));
    assert_eq!(long.matches("Z imported").count(), 4);
}

#[test]
fn a_violation_is_exit_code_one_also_for_national_tables() {
    let output = vadex(&["check", "builtin:wiod16-national", "--year", "2014", "--format", "csv"]);
    let text = stdout(&output);
    assert!(text.starts_with("year,economy,severity,finding"), "{}", &text[..80]);
    // In the published workbook of Romania one column does not close.
    assert_eq!(output.status.code(), Some(1));
    let romania: Vec<&str> =
        text.lines().filter(|line| line.contains(",ROU,violation,column-balance")).collect();
    assert_eq!(romania.len(), 1);
}

#[test]
fn published_national_tables_fail_to_close_where_it_is_documented() {
    let Some(folder) = data_dir("audit of national tables") else { return };
    let years = national::read(folder.join("wiod2016_niot").to_str().unwrap(), &[2014]).unwrap();
    for (economy, gap) in [("ROU", 3_853.0), ("LUX", 64.0), ("BGR", 27.0), ("DEU", 0.0)] {
        let table = years[0].tables.iter().find(|table| table.economy() == economy).unwrap();
        let audit = Audit::of_national(table);
        let columns = audit.balances.iter().find(|b| b.kind == FindingKind::ColumnBalance).unwrap();
        let worst = columns.worst.first().map_or(0.0, |gap| (gap.found - gap.expected).abs());
        assert!((worst - gap).abs() < 1.0, "{economy}: {worst}, documented {gap}");
        let broken = found(&audit, FindingKind::ColumnBalance) == Some(Severity::Violation);
        assert_eq!(broken, gap > 0.0, "{economy}");
        let rows = audit.balances.iter().find(|b| b.kind == FindingKind::RowBalance).unwrap();
        assert_eq!(rows.within, rows.industries, "{economy}: the rows close");
    }
}

#[test]
fn the_rounded_tables_lose_the_small_economies_as_documented() {
    let Some(folder) = data_dir("audit of rounded tables") else { return };
    let path = folder.join("wiod2013_int");
    let reference = &discover(path.to_str().unwrap(), &[1995]).unwrap()[0];
    let audit = Audit::of(&reference.open(&ReadOptions::default()).unwrap());
    assert!(audit.worst() < Some(Severity::Violation));
    let finding = audit.findings.iter().find(|f| f.kind == FindingKind::RoundedExports).unwrap();
    for economy in ["EST", "LVA", "LTU", "BGR"] {
        assert!(finding.message.contains(economy), "{economy}: {}", finding.message);
    }
    for economy in ["CHN", "DEU", "USA", "KOR"] {
        assert!(!finding.message.contains(economy), "{economy}: {}", finding.message);
    }
    let worst = &audit.balances[0].worst[0];
    assert!((worst.expected - worst.found - 106.0).abs() < 0.5, "{worst:?}");
}

/// The leather table of 2005 as it is, and with half of the published output.
fn sound_and_broken(folder: &std::path::Path) -> (String, String) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (sound, broken) = (path("sound_2005.csv"), path("broken_2005.csv"));
    std::fs::copy(fixture("leather.csv"), &sound).unwrap();
    let text = std::fs::read_to_string(&sound).unwrap();
    let (header, lines) = text.split_once('\n').unwrap();
    assert!(header.ends_with(",OUT"), "{header}");
    let halved: String = lines
        .lines()
        .map(|line| match line.rsplit_once(',').map(|(rest, output)| (rest, output.parse::<f64>())) {
            Some((rest, Ok(output))) => format!("{rest},{}\n", output / 2.0),
            _ => format!("{line}\n"),
        })
        .collect();
    std::fs::write(&broken, format!("{header}\n{halved}")).unwrap();
    (sound, broken)
}

#[test]
fn accounts_that_do_not_hold_are_told_by_every_command_and_strict_makes_them_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (sound, broken) = sound_and_broken(folder.path());
    let (out, csv, all) = (path("out.parquet"), path("out.csv"), path("all"));
    let commands: [&[&str]; 9] = [
        &["tiva", "TABLE", "-o", &csv],
        &["decompose", "TABLE", "--method", "bm-source"],
        &["decompose", "TABLE", "--method", "bm-source", "--by", "origin"],
        &["decompose", "TABLE", "--method", "kww,wwz", "-o", &all],
        &["indicators", "kpww", "TABLE"],
        &["sensitivity", "TABLE", "--economy", "Turkey"],
        &["everything", "TABLE", "-o", &all],
        &["claims", "C9", "--table", "TABLE"],
        &["import", "TABLE", "-o", &out],
    ];
    for command in commands {
        for (table, violated) in [(&sound, false), (&broken, true)] {
            let mut arguments: Vec<&str> =
                command.iter().map(|word| if *word == "TABLE" { table.as_str() } else { word }).collect();
            let lenient = vadex(&arguments);
            assert_eq!(lenient.status.code(), Some(0), "{arguments:?}: {}", stderr(&lenient));
            assert_eq!(
                stderr(&lenient).contains("violation: "),
                violated,
                "{arguments:?}: {}",
                stderr(&lenient)
            );
            arguments.push("--strict");
            let strict = vadex(&arguments);
            assert_eq!(strict.status.code(), Some(i32::from(violated)), "{arguments:?}: {}", stderr(&strict));
        }
    }
    // The notes have them apart from what is merely odd.
    vadex(&["tiva", &broken, "-o", &csv, "-q"]);
    let notes = std::fs::read_to_string(format!("{csv}.notes.json")).unwrap();
    let notes: serde_json::Value = serde_json::from_str(&notes).unwrap();
    // The rows, and the columns.
    assert_eq!(notes["violations"].as_array().unwrap().len(), 2, "{notes}");
    assert!(!notes["findings"].to_string().contains("are off: sum of the row"), "{notes}");
}

#[test]
fn a_batch_remembers_accounts_that_do_not_hold() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    sound_and_broken(folder.path());
    for (table, expected) in [("sound_2005.csv", 0), ("broken_2005.csv", 1)] {
        let manifest = path("batch.toml");
        std::fs::write(&manifest, format!("[[table]]\npath = '{table}'\n[[task]]\ncommand = 'tiva'\n"))
            .unwrap();
        let out = path(&format!("out-{table}"));
        // The second run finds everything finished, and knows it all the same.
        for _ in 0..2 {
            let strict = vadex(&["batch", &manifest, "-o", &out, "--strict"]);
            assert_eq!(strict.status.code(), Some(expected), "{}", stderr(&strict));
            assert_eq!(stderr(&strict).contains("violation: "), expected == 1, "{}", stderr(&strict));
            assert_eq!(vadex(&["batch", &manifest, "-o", &out, "-q"]).status.code(), Some(0));
        }
    }
}

#[test]
fn a_balance_that_parts_rows_from_columns_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("m.csv"), "label,value\nDEU.c1,60000\n").unwrap();
    let out = path("out.parquet");
    let given = path("m.csv");
    let arguments =
        ["balance", "builtin:wiod13/2011", "--rows-from", &given, "--on-conflict", "rows", "-o", &out];
    let output = vadex(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("violation: 2011: "), "{}", stderr(&output));
    assert!(stderr(&output).contains("worst: DEU.c1"), "{}", stderr(&output));
}

#[test]
fn parts_of_split_economies_are_told_to_be_apart_and_totals_are_plain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("2010.csv");
    let text = "row,CHN.x y,CN1.x y,USA.x y,CHN.FD,CN1.FD,USA.FD\nCHN.x y,1010,2,3,40,0,5\n\
                CN1.x y,0,3,0,0,10,0\nUSA.x y,1,1,20.25,4,0,60\n";
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let page = stdout(&vadex(&["inspect", path]));
    for words in ["gross output 1,159.250 (sum of rows)", "gross exports 16 (parts of CHN apart)"] {
        assert!(page.contains(words), "`{words}` is not in {page}");
    }
    assert!(page.contains("sectors     x y\n"), "{page}");
    let found = stdout(&vadex(&["check", path, "-q", "--format", "csv"]));
    let note = found.lines().find(|line| line.contains("no-exports")).unwrap();
    assert!(note.contains("parts of a split economy are told apart here"), "{note}");
}

#[test]
fn a_parquet_of_another_layout_is_neither_damaged_nor_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.parquet");
    let path = path.to_str().unwrap();
    let made = vadex(&["import", &fixture("leather.csv"), "-o", path, "-q"]);
    assert!(made.status.success(), "{}", stderr(&made));
    let panel = stderr(&vadex(&["inspect", path, "--from", "panel-parquet"]));
    assert!(panel.contains("of another layout") && panel.contains("leave --from out"), "{panel}");
    let edges = stderr(&vadex(&["inspect", path, "--from", "edges"]));
    assert!(edges.contains("found: a file that is not text") && !edges.contains("PAR1"), "{edges}");
}
