//! Edge lists of networks of firms: what a list becomes, and that a network of firms is a table like any other.

use std::fs;
use std::path::Path;

use nalgebra::DMatrix;
use vadex::indicators::{INDICATORS, Request, trade_in_value_added};
use vadex::kernel::stored::Storage;
use vadex::level::Level;
use vadex::load::{self, ReadOptions, Source};
use vadex::model::{Model, ModelOptions};
use vadex::table::IcioTable;

use super::firm_networks::{NetworkShape, network};
use super::support::{close, model, stderr, stdout, vadex};

fn read(text: &str) -> Result<IcioTable, load::LoadError> {
    let options = ReadOptions { importer: Some("edges".into()), ..ReadOptions::default() };
    load::read(&Source::from_bytes("net.csv", text.as_bytes().to_vec()), &options)
}

fn refused(text: &str) -> String {
    let error = read(text).expect_err("the list is refused");
    assert!(!error.hint().is_empty());
    error.to_string()
}

fn repair(table: &IcioTable, name: &str) -> Option<usize> {
    table.provenance().repairs.iter().find(|repair| repair.name == name).map(|repair| repair.count)
}

/// A mill buys 20 abroad and sells 40 to a baker and 60 to final use; the baker sells 50 at home and 50 abroad.
const BREAD: &str = "seller,buyer,value\nIMPORTS,mill,20\nmill,baker,30\nmill,FINAL,60\nbaker,FINAL,50\n\
    mill,baker,10\nbaker,EXPORTS,50\nVALUE_ADDED,mill,80\nVALUE_ADDED,baker,60\n";

#[test]
fn reserved_names_are_not_firms() {
    let table = read(BREAD).unwrap();
    assert_eq!(table.axis().economies(), ["HOME", "ROW"]);
    assert_eq!(
        (0..3).map(|row| table.axis().row_label(row)).collect::<Vec<_>>(),
        ["HOME.mill", "HOME.baker", "ROW.ABROAD"]
    );
    assert_eq!(table.intermediate_use().storage(), Storage::Compressed);
    let z = table.intermediate_use().to_dense();
    assert_eq!(z, DMatrix::from_row_slice(3, 3, &[0.0, 40.0, 0.0, 0.0, 0.0, 0.0, 20.0, 0.0, 0.0]));
    assert_eq!(*table.final_demand(), DMatrix::from_row_slice(3, 2, &[60.0, 0.0, 50.0, 50.0, 0.0, 0.0]));
    // Abroad, all that is sold is value added: rows and columns add up.
    assert_eq!(table.primary_rows()[0].industries, [80.0, 60.0, 20.0]);
    assert_eq!(
        vadex::table::check(&table)
            .iter()
            .filter(|f| f.severity == vadex::table::Severity::Violation)
            .count(),
        0
    );
    assert_eq!(repair(&table, "repeated-purchases-added-up"), Some(1));
    assert_eq!(repair(&table, "one-economy"), Some(2));
    assert_eq!(repair(&table, "closed-by-final-demand"), None);
}

#[test]
fn purchases_of_several_years_are_not_added_up() {
    let list = "seller,buyer,value,year,\"price, EUR\"\na,b,10,2010,1\n,,,,\na,b,12,2011,2\nb,FINAL,30,2010,3\n\
        b,FINAL,40,2011,4\n";
    assert!(refused(list).contains("several years (2010, 2011)"), "{}", refused(list));
    // The year of a file's name is not that of its purchases.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firms-2024.csv");
    fs::write(&path, list).unwrap();
    let found = load::discover(path.to_str().unwrap(), &[]).unwrap();
    assert_eq!(found.iter().map(load::TableRef::year).collect::<Vec<_>>(), [Some(2010), Some(2011)]);
    for (reference, sold, left) in [(&found[0], 10.0, 30.0), (&found[1], 12.0, 40.0)] {
        let table = reference.open(&ReadOptions::default()).unwrap();
        assert_eq!(table.year(), reference.year());
        close(table.intermediate_use().to_dense()[(0, 1)], sold, 1.0, 0.0, "sold");
        close(table.final_demand()[(1, 0)], left, 1.0, 0.0, "left");
        assert_eq!(repair(&table, "repeated-purchases-added-up"), None);
        // The price is not read, and the year is.
        assert_eq!(repair(&table, "columns-passed-over"), Some(1));
    }
    let missing = load::discover(path.to_str().unwrap(), &[2024]).unwrap_err().to_string();
    assert!(missing.contains("2010-2011") || missing.contains("2010, 2011"), "{missing}");
    // One year is no choice; what is no year is told with its line.
    assert_eq!(read("seller,buyer,value,year\na,b,10,2010\nb,FINAL,30,2010\n").unwrap().year(), Some(2010));
    let float = refused("seller,buyer,value,year\na,b,10,2010\nb,FINAL,30,2010.0\n");
    assert!(float.contains("line 3: `2010.0`"), "{float}");
    // The last line of a list that is read in many pieces counts.
    let mut long = "seller,buyer,value,year\n".to_owned();
    (0..400_000).for_each(|i| long.push_str(&format!("firm{},b,1,2010\n", i % 100)));
    assert_eq!(read(&long).unwrap().year(), Some(2010));
    long.push_str("b,FINAL,7,2011\n");
    assert!(refused(&long).contains("several years (2010, 2011)"), "{}", refused(&long));
}

#[test]
fn half_of_the_economies_and_firms_without_a_name_are_refused() {
    let half = refused("seller,seller_economy,buyer,value\na,DEU,b,10\nb,FRA,FINAL,30\n");
    assert!(half.contains("`seller_economy`, but no `buyer_economy`"), "{half}");
    for (list, told) in [
        ("seller,buyer,value\n,b,10\nb,FINAL,20\n", "a purchase of 10 from nobody by `b`"),
        ("seller,buyer,value\na, ,10\na,FINAL,20\n", "a purchase of 10 from `a` by nobody"),
    ] {
        assert!(refused(list).contains(told), "{}", refused(list));
    }
    // A line without any text is no purchase.
    let table = read("seller,buyer,value\na,b,10\n,,\nb,FINAL,20\n").unwrap();
    assert_eq!((table.axis().n_rows(), repair(&table, "blank-as-zero")), (2, Some(1)));
    let split = read("seller,buyer,value\nDEU_a,FRA_b,10\n,,\nFRA_b,FINAL,20\n").unwrap();
    assert_eq!(split.axis().economies(), ["DEU", "FRA"]);
}

/// By hand: bread contains 0.4 of flour, flour 0.2 of imports. Of exports of 50, 0.4 x 0.2 x 50 = 4 come from abroad.
#[test]
fn import_content_and_multipliers_are_those_a_reader_computes_by_hand() {
    let model = model(&read(BREAD).unwrap());
    let tiva = trade_in_value_added(&model, Level::Country).unwrap();
    assert_eq!(tiva[0].gexp.to_bits(), 50.0_f64.to_bits());
    for (found, expected) in [(tiva[0].vs, 4.0), (tiva[0].fva, 4.0), (tiva[0].dva, 46.0)] {
        close(found, expected, 50.0, 1e-12, "of exports of 50");
    }
    for (id, column, expected) in [
        // Baker: 1 + 0.4 (1 + 0.2); without the imports 1 + 0.4.
        ("multipliers", "output_multiplier", [1.2, 1.48]),
        ("multipliers", "output_multiplier_domestic", [1.0, 1.4]),
        ("multipliers", "value_added_multiplier_domestic", [0.8, 0.92]),
        // Mill: 0.6 final, 0.4 one stage further.
        ("upstreamness", "upstreamness", [1.4, 1.0]),
        ("exposure", "face_value", [0.0, 1.0]),
    ] {
        let indicator = INDICATORS.iter().find(|indicator| indicator.id() == id).unwrap();
        let level = *indicator.profile().levels.last().unwrap();
        let reading = indicator.run(&model, level, &Request::default()).unwrap();
        let values = reading.frame.numbers(column).unwrap();
        // Exposure lists partner by partner: mill at home, mill abroad.
        for (found, expected) in values.iter().zip(expected) {
            close(*found, expected, 1.0, 1e-12, &format!("{id} {column}"));
        }
    }
}

#[test]
fn a_list_without_final_demand_is_closed_by_what_nodes_buy_beyond_their_sales() {
    let table = read("value;seller;buyer\n10;a;b\n4;b;c\n1;c;c\n").unwrap();
    assert_eq!(repair(&table, "closed-by-final-demand"), Some(2));
    // b buys 10 and sells 4; c buys 5 and sells 1; a only sells: all value added.
    assert_eq!(table.final_demand().as_slice(), [0.0, 6.0, 4.0]);
    let model = model(&table);
    assert_eq!(model.flows().gross_output(), [10.0, 10.0, 5.0]);
    for (found, expected) in model.value_added_share().iter().zip([1.0, 0.0, 0.0]) {
        close(*found, expected, 1.0, 1e-15, "value added over output");
    }
}

#[test]
fn economies_come_from_columns_or_from_labels() {
    let labels =
        read("seller,buyer,value\nCHN_C26,DEU_C29,5\nDEU_C29,CHN_FINAL,9\nCHN_C26,FINAL,1\n").unwrap();
    let columns = read(
        "seller_economy,seller,buyer,buyer_economy,value\nCHN,C26,C29,DEU,5\nDEU,C29,FINAL,CHN,9\nCHN,C26,FINAL,,1\n",
    )
    .unwrap();
    for table in [&labels, &columns] {
        assert_eq!(table.axis().economies(), ["CHN", "DEU"]);
        assert_eq!(table.final_demand().as_slice(), [1.0, 9.0, 0.0, 0.0]);
    }
    assert_eq!(repair(&labels, "economy-from-label"), Some(2));
    assert_eq!(repair(&columns, "economy-from-label"), None);
    // A point in a name is not a split.
    let plain = read("seller,buyer,value\nA.1,B_2,5\nB_2,FINAL,9\n").unwrap();
    assert_eq!(plain.axis().economies(), ["HOME"]);
}

#[test]
fn nonsense_is_named_with_its_place() {
    assert!(refused("seller,buyer,value\na,b,1\nFINAL,b,2\n").contains("from `FINAL` by `b`"));
    assert!(refused("seller,buyer,value\na,VALUE_ADDED,2\n").contains("VALUE_ADDED"));
    assert!(refused("seller,buyer\na,b\n").contains("`value`"));
    let text = refused("seller,buyer,value\na,b,1\na,c,much\n");
    assert!(text.contains("line 3") && text.contains("much"), "{text}");
    assert!(refused("seller,buyer,value\n").contains("net.csv"));
    let orphan = refused("seller,buyer,value,seller_economy,buyer_economy\na,b,1,X,\n");
    assert!(orphan.contains("`b` has no economy"), "{orphan}");
    let nowhere = refused("seller,buyer,value,seller_economy,buyer_economy\na,FINAL,1,X,Y\n");
    assert!(nowhere.contains("`Y`"), "{nowhere}");
}

/// Writes a drawn network as an edge list; its firms, and the number of purchases.
fn write_network(path: &Path) -> usize {
    let drawn =
        network(&NetworkShape { firms: 300, edges: 2400, spectral_radius: 0.6, spread: 1.0, seed: 7 });
    let mut text = String::from("seller,buyer,value\n");
    let mut edges = 0;
    let mut bought = vec![0.0; 300];
    for (seller, row) in drawn.coefficients.outer_iterator().enumerate() {
        for (buyer, share) in row.iter() {
            text.push_str(&format!("f{seller},f{buyer},{}\n", share * 100.0));
            bought[buyer] += share * 100.0;
            edges += 1;
        }
    }
    for (firm, _) in bought.iter().enumerate() {
        text.push_str(&format!(
            "f{firm},{},{}\n",
            if firm % 3 == 0 { "EXPORTS" } else { "FINAL" },
            50 + firm
        ));
        if firm % 5 == 0 {
            text.push_str(&format!("IMPORTS,f{firm},{}\n", 3 + firm % 7));
        }
    }
    fs::write(path, text).unwrap();
    edges
}

#[test]
fn a_network_goes_through_the_store_and_has_the_indicators_of_the_dense_table() {
    let folder = tempfile::tempdir().unwrap();
    let (list, store) = (folder.path().join("net.csv"), folder.path().join("net.parquet"));
    let edges = write_network(&list);
    let (list, store) = (list.to_str().unwrap(), store.to_str().unwrap());
    let imported = vadex(&["import", list, "--from", "edges", "-o", store]);
    assert!(imported.status.success(), "{}", stderr(&imported));
    let from_list = super::support::open(list);
    let from_store = super::support::open(store);
    assert_eq!(from_store.intermediate_use(), from_list.intermediate_use());
    assert_eq!(from_store.final_demand(), from_list.final_demand());
    assert_eq!(from_store.axis(), from_list.axis());
    assert!(from_store.intermediate_use().non_zeros() >= edges);
    // So small a network is factorised by default; a large one is solved like this.
    let krylov = ModelOptions { solver: Some("sparse-krylov".into()), ..ModelOptions::default() };
    let sparse = Model::build(&from_store, &krylov).unwrap();
    let dense = Model::build(&from_list.kept_as(Storage::Double).unwrap(), &ModelOptions::default()).unwrap();
    for id in [
        "multipliers",
        "upstreamness",
        "downstreamness",
        "exposure",
        "supplier-concentration",
        "direct-linkages",
    ] {
        let indicator = INDICATORS.iter().find(|indicator| indicator.id() == id).unwrap();
        for &level in indicator.profile().levels {
            let (found, expected) = (
                indicator.run(&sparse, level, &Request::default()).unwrap(),
                indicator.run(&dense, level, &Request::default()).unwrap(),
            );
            for column in indicator.profile().columns {
                let both = (found.frame.numbers(column.name), expected.frame.numbers(column.name));
                let (Some(found), Some(expected)) = both else { continue };
                for (found, expected) in found.iter().zip(expected).filter(|(_, expected)| !expected.is_nan())
                {
                    close(
                        *found,
                        *expected,
                        expected.abs().max(1.0),
                        1e-11,
                        &format!("{id} {}", column.name),
                    );
                }
            }
        }
    }
    let (found, expected) = (
        trade_in_value_added(&sparse, Level::Country).unwrap(),
        trade_in_value_added(&dense, Level::Country).unwrap(),
    );
    assert!(expected[0].vs > 0.0);
    close(found[0].vs, expected[0].vs, expected[0].gexp, 1e-12, "import content");
    let told = vadex(&["tiva", store, "--format", "csv"]);
    assert!(told.status.success() && stdout(&told).contains("HOME"), "{}", stderr(&told));
}

#[test]
fn a_wide_copy_of_a_large_network_is_refused_and_a_small_one_is_equal() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("net.csv");
    write_network(&list);
    let csv = folder.path().join("wide.csv");
    let written = vadex(&["import", list.to_str().unwrap(), "-o", csv.to_str().unwrap()]);
    assert!(written.status.success(), "{}", stderr(&written));
    let wide = super::support::open(csv.to_str().unwrap());
    let original = super::support::open(list.to_str().unwrap());
    assert_eq!(wide.intermediate_use().to_dense(), original.intermediate_use().to_dense());
    let mut long = String::from("seller,buyer,value\n");
    for firm in 0..20_001 {
        long.push_str(&format!("f{firm},FINAL,1\n"));
    }
    fs::write(&list, long).unwrap();
    let refused =
        vadex(&["import", list.to_str().unwrap(), "-o", folder.path().join("no.csv").to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains(".parquet") && !folder.path().join("no.csv").exists());
}

#[test]
fn a_reserved_name_in_small_letters_is_no_firm() {
    let error = refused("seller,buyer,value\nA,final,3\nA,B,3\nB,FINAL,5\n");
    assert!(error.contains("`final`") && error.contains("FINAL is written in capitals"), "{error}");
    assert!(refused("seller,buyer,value\nValue_Added,A,3\nA,FINAL,5\n").contains("VALUE_ADDED"));
}
