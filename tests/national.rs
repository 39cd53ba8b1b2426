//! National tables and satellite accounts: importers, embedded data, indicators, against independent figures.

use std::collections::HashMap;

use vadex::indicators::import_content;
use vadex::labels::Axis;
use vadex::load::wiod13_sea::SocioEconomicAccounts;
use vadex::load::{LoadError, NationalYear, Source, concordance, national, satellites};
use vadex::report::NationalWriter;
use vadex::table::{Concordance, NationalTable};

use super::support::{close, data_dir, open, stderr, stdout, vadex};

fn committed(series: &str) -> Concordance {
    concordance::read(format!("{}/data/{series}/concordance.csv", env!("CARGO_MANIFEST_DIR")).as_ref())
        .unwrap()
}

/// Lines of a golden file after its two header lines, split at commas.
fn golden(path: &str) -> Vec<Vec<String>> {
    std::fs::read_to_string(format!("{}/data/golden/{path}", env!("CARGO_MANIFEST_DIR")))
        .unwrap()
        .lines()
        .skip(2)
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

/// (year, economy) -> gexp, vs, vs_share at 56 industries, vs, vs_share at 22.
fn golden_content() -> HashMap<(i32, String), Vec<f64>> {
    golden("import_content/wiod2016_niot.csv")
        .into_iter()
        .map(|cells| {
            let figures = cells[2..].iter().map(|cell| cell.parse().unwrap()).collect();
            ((cells[0].parse().unwrap(), cells[1].clone()), figures)
        })
        .collect()
}

fn find<'a>(year: &'a NationalYear, economy: &str) -> &'a NationalTable {
    year.tables.iter().find(|table| table.economy() == economy).unwrap()
}

#[test]
fn published_national_tables_give_the_published_domestic_share() {
    let Some(folder) = data_dir("national tables") else { return };
    let folder = folder.join("wiod2016_niot");
    let golden = golden_content();
    for year in national::read(folder.to_str().unwrap(), &[2000, 2005, 2014]).unwrap() {
        assert_eq!(year.tables.len(), 43);
        for table in &year.tables {
            let whole = &import_content(table).unwrap()[0];
            let expected = &golden[&(year.year, table.economy().to_owned())];
            let at = format!("{} {}", table.economy(), year.year);
            close(whole.gexp, expected[0], expected[0], 1e-12, &at);
            close(whole.vs_share().unwrap(), expected[2], 1.0, 1e-12, &at);
            // The published tables balance to rounding.
            let gap = table.row_gap().into_iter().map(f64::abs).fold(0.0, f64::max);
            assert!(gap < 1e-8, "{at}: rows miss output by {gap}");
        }
        if year.year == 2005 {
            // Domestic value-added share of China's exports in 2005, as `icio` for Stata has it on the world tables.
            let share = import_content(find(&year, "CHN")).unwrap()[0].dva_share().unwrap();
            close(share, 0.761_409, 1.0, 5e-7, "CHN 2005");
        }
    }
}

#[test]
fn industries_add_up_to_the_economy() {
    for table in &national::read("builtin:wiod16-national", &[2008]).unwrap()[0].tables {
        let rows = import_content(table).unwrap();
        assert_eq!(rows.len(), 23);
        let sum: f64 = rows[1..].iter().map(|row| row.vs).sum();
        close(sum, rows[0].vs, rows[0].gexp, 1e-14, table.economy());
    }
}

#[test]
fn the_embedded_national_tables_agree_with_an_independent_aggregation() {
    let golden = golden_content();
    let years = national::read("builtin:wiod16-national", &[]).unwrap();
    assert_eq!(years.iter().map(|year| year.year).collect::<Vec<_>>(), (2000..=2014).collect::<Vec<_>>());
    let mut worst: f64 = 0.0;
    for year in &years {
        for table in &year.tables {
            let expected = &golden[&(year.year, table.economy().to_owned())];
            let found = import_content(table).unwrap()[0].vs_share().unwrap();
            close(found, expected[4], 1.0, 1e-9, &format!("{} {}", table.economy(), year.year));
            worst = worst.max((found - expected[4]).abs());
        }
    }
    println!("rounding to ten cents moves the import content of exports by at most {worst:.1e} of exports");
}

#[test]
fn the_embedded_national_tables_are_what_the_command_makes_of_the_published_ones() {
    let Some(folder) = data_dir("embedded national tables") else { return };
    let concordance = committed("wiod16-national");
    let published = national::read(folder.join("wiod2016_niot").to_str().unwrap(), &[2007]).unwrap();
    let embedded = national::read("builtin:wiod16-national", &[2007]).unwrap();
    assert_eq!(embedded[0].tables.len(), published[0].tables.len());
    for (found, table) in embedded[0].tables.iter().zip(&published[0].tables) {
        let made = table.aggregate(&concordance).unwrap().rounded(7).unwrap();
        assert_eq!(found.economy(), made.economy());
        assert_eq!(found.sectors(), made.sectors());
        assert_eq!(found.categories(), made.categories());
        assert_eq!(found.domestic_use(), made.domestic_use());
        assert_eq!(found.imported_use(), made.imported_use());
        assert_eq!(found.domestic_final(), made.domestic_final());
        assert_eq!(found.imported_final(), made.imported_final());
        assert_eq!(found.exports(), made.exports());
        assert_eq!(found.output(), made.output());
        assert_eq!(found.primary_rows(), made.primary_rows());
        let origin = found.provenance().derived_from.as_ref().unwrap();
        assert_eq!(origin.sha256, table.provenance().sha256);
        assert!(origin.repairs.iter().any(|repair| repair.name == "rounded"));
    }
}

#[test]
fn national_tables_come_back_from_their_store() {
    let year = &national::read("builtin:wiod16-national", &[2014]).unwrap()[0];
    let few = NationalYear { year: 2014, tables: year.tables[3..6].to_vec() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("few.parquet");
    // Kept as doubles, and as whole ten-millionths: the same numbers.
    for decimals in [None, Some(7)] {
        let mut writer = NationalWriter::new(decimals);
        writer.push(&few).unwrap();
        writer.finish(std::fs::File::create(&path).unwrap()).unwrap();
        assert!(national::is_national(path.to_str().unwrap()));
        let back = &national::read(path.to_str().unwrap(), &[]).unwrap()[0];
        for (found, expected) in back.tables.iter().zip(&few.tables) {
            assert_eq!(found.economy(), expected.economy());
            assert_eq!(found.domestic_use(), expected.domestic_use());
            assert_eq!(found.imported_final(), expected.imported_final());
            assert_eq!(found.exports(), expected.exports());
        }
    }
    let missing = national::read(path.to_str().unwrap(), &[2001]).unwrap_err();
    assert!(matches!(missing, LoadError::NoSuchYear { .. }), "{missing}");
    assert!(!national::is_national("builtin:wiod13"));
}

#[test]
fn accounts_agree_with_an_independent_aggregation_and_miss_what_is_missing() {
    let accounts = satellites("builtin:wiod13").unwrap();
    let mut missing = 0;
    for cells in golden("accounts/wiod13_sea.csv") {
        let year: i32 = cells[0].parse().unwrap();
        let found = accounts.figure(&cells[3], &cells[1], &cells[2], year).unwrap();
        match cells[4].parse::<f64>() {
            // Kept to the sixth decimal; the golden file has twelve digits.
            Ok(expected) => close(found.unwrap(), expected, expected.abs().max(1.0), 1e-6, &cells.join(" ")),
            Err(_) => {
                assert_eq!(found, None, "{cells:?}");
                missing += 1;
            }
        }
    }
    assert!(missing > 0, "skills end in 2009");
    let skills = accounts.coverage("labour-high").unwrap();
    assert_eq!((skills[0].first, skills[0].last, skills[0].covered.len()), (1995, 2009, 40));
    assert_eq!((skills[1].last, skills[1].covered.len()), (2011, 0));
    let labour = accounts.coverage("labour").unwrap();
    assert_eq!(labour.last().unwrap().covered.len(), 27);
    assert!(!accounts.economies().iter().any(|economy| economy == "RoW"));
}

#[test]
fn labour_by_skill_adds_up_to_labour() {
    let accounts = satellites("builtin:wiod13").unwrap();
    for economy in accounts.economies() {
        for sector in accounts.sectors() {
            let figure = |name: &str| accounts.figure(name, economy, sector, 2007).unwrap().unwrap();
            let skills = figure("labour-high") + figure("labour-medium") + figure("labour-low");
            close(skills, figure("labour"), figure("labour").max(1.0), 1e-6, &format!("{economy} {sector}"));
        }
    }
}

#[test]
fn the_embedded_accounts_are_what_the_command_makes_of_the_published_ones() {
    let Some(folder) = data_dir("embedded accounts") else { return };
    let source = Source::from_path(&folder.join("wiod2013_sea/sea.parquet")).unwrap();
    let published = SocioEconomicAccounts::read(&source).unwrap();
    let table = open(folder.join("wiod2013_int/2009.parquet").to_str().unwrap());
    for rate in published.rates(&table).unwrap() {
        // Tables are whole millions: an industry is half a million off, LUX three in one year.
        assert!(rate.largest_gap < 3.5, "{rate:?}");
        if rate.economy == "USA" {
            close(rate.rate, 1.0, 1.0, 1e-6, "a dollar is a dollar");
        }
    }
    let made = published.in_usd([&table]).unwrap().aggregate(&committed("wiod13")).unwrap().rounded(6);
    let embedded = satellites("builtin:wiod13").unwrap();
    assert_eq!(embedded.sectors(), made.sectors());
    for variable in made.variables() {
        for economy in made.economies() {
            for sector in made.sectors() {
                let figure = |accounts: &vadex::table::SatelliteAccounts| {
                    accounts.figure(&variable.name, economy, sector, 2009).unwrap()
                };
                assert_eq!(figure(&embedded), figure(&made), "{} {economy} {sector}", variable.name);
            }
        }
    }
}

#[test]
fn published_accounts_that_are_traced_are_no_second_table() {
    let Some(folder) = data_dir("published accounts beside a table") else { return };
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (table, accounts) = (path("wiod2013_int/2005.parquet"), path("wiod2013_sea/sea.parquet"));
    let output = vadex(&["tiva", &table, "--satellite", &accounts, "--satellite-name", "jobs"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains(" tiva: 1 table; unit: thousand persons"), "{}", stderr(&output));
}

#[test]
fn published_rates_of_2011_are_those_of_value_added_too() {
    let Some(folder) = data_dir("implied exchange rates") else { return };
    let source = Source::from_path(&folder.join("wiod2013_sea/sea.parquet")).unwrap();
    let published = SocioEconomicAccounts::read(&source).unwrap();
    let table = open(folder.join("wiod2013_int/2011.parquet").to_str().unwrap());
    let rates = published.rates(&table).unwrap();
    // From value added at basic prices of the full bottom rows over value added of the accounts.
    for (economy, expected) in [("CHN", 0.154_796), ("DEU", 1.392), ("JPN", 0.012_541_3), ("MEX", 0.080_788)]
    {
        let found = rates.iter().find(|rate| rate.economy == economy).unwrap().rate;
        close(found, expected, expected, 3e-6, economy);
    }
}

#[test]
fn accounts_of_other_sectors_are_refused() {
    let accounts = satellites("builtin:wiod13").unwrap();
    let (axis, _) = Axis::new(&[("USA".into(), "c4".into())]).unwrap();
    let error = accounts.fit("jobs", &axis, 2000).unwrap_err();
    assert!(error.to_string().contains("unknown sector `c4`"), "{error}");
    assert!(error.hint().contains("same concordance"));
    assert!(satellites("builtin:wiod99").is_err());
}

#[test]
fn jobs_in_exports_are_told_with_what_is_missing() {
    let output = vadex(&[
        "decompose",
        "builtin:wiod13",
        "--year",
        "2009",
        "--method",
        "leontief",
        "--satellite",
        "builtin:wiod13",
        "--satellite-name",
        "jobs",
        "--exporter",
        "CHN",
        "--format",
        "csv",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).lines().count() > 100);
    assert!(stderr(&output).contains("no figures for RoW"), "{}", stderr(&output));
    let unnamed =
        vadex(&["decompose", "builtin:wiod13", "--method", "leontief", "--satellite", "builtin:wiod13"]);
    assert_eq!(unnamed.status.code(), Some(2));
    assert!(stderr(&unnamed).contains("--satellite-name"));
}

#[test]
fn the_command_line_lists_accounts_and_reads_national_tables() {
    let list = stdout(&vadex(&["list", "satellites"]));
    assert!(list.contains("builtin:wiod13 labour-high"), "{list}");
    assert!(list.contains("1995-2009 all 40 economies; 2010-2011 none"), "{list}");
    let output = vadex(&["import-content", "builtin:wiod16-national", "--economy", "CHN", "--year", "2005"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("year,economy,gexp,vs,vs_share,dva_share\n2005,CHN,"));
    let unknown = vadex(&["import-content", "builtin:wiod16-national", "--economy", "CHM"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("CHN"), "{}", stderr(&unknown));
    let world = vadex(&["import-content", "builtin:wiod13"]);
    assert_eq!(world.status.code(), Some(2));
}

#[test]
fn options_that_national_tables_have_no_use_for_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.parquet");
    let names = folder.path().join("names.csv");
    std::fs::write(&names, "old,new\nCHN,China\n").unwrap();
    let (to, names) = (out.to_str().unwrap(), names.to_str().unwrap());
    let concordance = format!("{}/data/wiod16-national/concordance.csv", env!("CARGO_MANIFEST_DIR"));
    for command in [
        &["import-content"][..],
        &["check"],
        &["extract", "--economy", "CHN", "-o", to],
        &["rename", "--economies", names, "-o", to],
        &["aggregate", "--concordance", concordance.as_str(), "-o", to],
    ] {
        let refused = |more: &[&str], words: &[&str]| {
            let arguments = [command, &["builtin:wiod16-national", "--year", "2011"], more].concat();
            let output = vadex(&arguments);
            let talk = stderr(&output);
            assert_eq!(
                (output.status.code(), stdout(&output)),
                (Some(2), String::new()),
                "{arguments:?}: {talk}"
            );
            for word in words.iter().chain(&["builtin:wiod16-national: "]) {
                assert!(talk.contains(word), "{arguments:?}: `{word}` is not in {talk}");
            }
        };
        refused(&["--from", "oecd"], &["--from is for inter-country tables", "leave --from out"]);
        refused(&["--unit", "million EUR"], &["--unit is for inter-country tables", "state their unit"]);
        refused(&["--layout", "mine.toml"], &["--layout is for inter-country tables", "leave --layout out"]);
        refused(&["--store", "f32"], &["--store is for inter-country tables", "double precision"]);
        refused(
            &["--memory", "100k"],
            &["43 national tables take about", "102 kB are allowed by --memory", "a larger --memory"],
        );
    }
    assert!(!out.exists());
    let enough = vadex(&["import-content", "builtin:wiod16-national", "--year", "2011", "--memory", "100M"]);
    assert!(enough.status.success(), "{}", stderr(&enough));
}

#[test]
fn a_file_of_national_tables_is_told_where_another_kind_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("national.parquet");
    let path = path.to_str().unwrap();
    let names = folder.path().join("names.csv");
    std::fs::write(&names, "old,new\nCHN,China\n").unwrap();
    let names = names.to_str().unwrap();
    let made =
        vadex(&["rename", "builtin:wiod16-national", "--year", "2011", "--economies", names, "-o", path]);
    assert!(made.status.success(), "{}", stderr(&made));
    assert!(vadex(&["import-content", path]).status.success());
    // Importers of national tables are listed, and none of them reads a table of the world.
    for command in [&["import", path, "-o", "x.csv"][..], &["inspect", path], &["check", path]] {
        let told = stderr(&vadex(&[command, &["--from", "wiod16-national"][..]].concat()));
        assert!(
            told.contains("--from is for inter-country tables; national tables are recognised"),
            "{told}"
        );
    }
    // What is in them can be looked at.
    let page = stdout(&vadex(&["inspect", path]));
    for words in ["year        2011", "43 national tables of", "China", "gross exports"] {
        assert!(page.contains(words), "`{words}` is not in {page}");
    }
    let json: serde_json::Value =
        serde_json::from_slice(&vadex(&["inspect", path, "--json"]).stdout).unwrap();
    assert_eq!(json[0]["economies"].as_array().unwrap().len(), 43);
    for command in [["tiva", path], ["tiva", "builtin:wiod16-national"]] {
        let output = vadex(&command);
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        assert!(
            stderr(&output).contains("holds national tables, and inter-country tables are needed"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn economies_of_national_tables_are_not_added_up_and_the_reason_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (own, out) = (folder.path().join("own.csv"), folder.path().join("out.parquet"));
    std::fs::write(&own, "dimension,source,target\neconomy,CHN,Asia\n").unwrap();
    for concordance in [own.to_str().unwrap(), "builtin:regions"] {
        let output = vadex(&[
            "aggregate",
            "builtin:wiod16-national",
            "--year",
            "2011",
            "--concordance",
            concordance,
            "-o",
            out.to_str().unwrap(),
        ]);
        let talk = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{talk}");
        for words in
            ["builtin:wiod16-national: ", "a national table has one economy", "sectors alone", concordance]
        {
            assert!(talk.contains(words), "`{words}` is not in {talk}");
        }
        assert!(!talk.contains("spelling") && !out.exists(), "{talk}");
    }
}
