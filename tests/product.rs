//! Product accounts: bad input, checks, tracing against independent figures, invariances, bounds, priors, verdicts.

use nalgebra::DMatrix;
use proptest::prelude::*;
use vadex::labels::Axis;
use vadex::model::solver::Side;
use vadex::model::{Model, System, SystemOptions};
use vadex::product::{
    self, Account, AssemblyContent, Embedded, Options, Outcome, Prior, ProductError, ProductReport, Reason,
    Scope, Verdict, YearRule,
};

use super::support::{close, data_dir, fixture, model, open, stderr, stdout, table, vadex};

const ECONOMIES: [&str; 3] = ["CHN", "JPN", "USA"];
const SECTORS: [&str; 2] = ["c1", "c14"];

/// A world of three economies and two sectors whose inputs are `cells` and whose final demand closes every row.
fn world(cells: &[f64]) -> Model {
    let n = 6;
    let z = DMatrix::from_fn(n, n, |i, j| cells[i * n + j]);
    let y = DMatrix::from_fn(n, 3, |i, e| 40.0 + 5.0 * cells[(i + 7 * e) % (n * n)]);
    let table = table(&ECONOMIES, &SECTORS, z, y).with_description(Some("million USD".into()), Some(2009));
    model(&table)
}

fn plain_world() -> Model {
    let cells: Vec<f64> = (0..36).map(|k| f64::from((k * 7 + 3) % 11) + 0.5).collect();
    world(&cells)
}

/// The text of an account: parts as (item, economy, value), all of sector c14.
fn text(parts: &[(&str, &str, f64)], rest: f64, assembly: f64, more: &str) -> String {
    let sum: f64 = parts.iter().map(|(_, _, value)| value).sum::<f64>() + rest + assembly;
    let mut text = format!(
        "id = \"test\"\ntitle = \"a test\"\nyear = 2009\ncurrency = \"USD\"\nscope = \"assembly payment\"\n\
         [sources]\ns = \"invented\"\n[total]\nbase = \"factory\"\nvalue = {sum}\ntolerance = 1e-6\nsource = \"s\"\n\
         evidence = \"illustrative\"\n"
    );
    for (item, economy, value) in parts {
        text.push_str(&format!(
            "[[part]]\nid = \"{}\"\nitem = \"{item}\"\nsupplier = \"x\"\neconomy = \"{economy}\"\nsector = \"c14\"\n\
             value = {value}\nsource = \"s\"\nevidence = \"illustrative\"\n",
            item.replace(' ', "_")
        ));
    }
    if rest > 0.0 {
        text.push_str(&format!(
            "[rest]\nitem = \"other\"\nvalue = {rest}\ncandidate_sector = \"c14\"\nsource = \"s\"\n\
             evidence = \"illustrative\"\n"
        ));
    }
    text.push_str(&format!(
        "[assembly]\neconomy = \"CHN\"\nsector = \"c14\"\nvalue = {assembly}\nsource = \"s\"\n\
         evidence = \"illustrative\"\n{more}"
    ));
    text
}

fn account(parts: &[(&str, &str, f64)], rest: f64, assembly: f64, more: &str) -> Account {
    Account::parse("test", &text(parts, rest, assembly, more)).expect("the account of a test is valid")
}

const PARTS: [(&str, &str, f64); 3] = [("flash", "JPN", 40.0), ("chip", "USA", 15.0), ("box", "CHN", 5.0)];
const TRADE: &str = "[trade]\nimporter = \"USA\"\nunits = 1e5\nsource = \"s\"\nevidence = \"illustrative\"\n";

fn phone() -> Account {
    account(&PARTS, 30.0, 10.0, TRADE)
}

/// The report without priors: drawing them is what takes time.
fn evaluated(account: &Account, model: &Model) -> ProductReport {
    let options = Options { draws: 0, ..Options::default() };
    product::evaluate_with(account, model, &options).expect("the account fits the world")
}

/// B by an explicit inverse: another road than the engine's solves.
fn leontief(model: &Model) -> DMatrix<f64> {
    let a = model.system().input_coefficients().to_dense();
    (DMatrix::identity(a.nrows(), a.ncols()) - a).try_inverse().expect("the world is productive")
}

fn import_mix(account: &Account, model: &Model) -> Vec<f64> {
    product::prior_weights(&Embedded::of(account, model).unwrap(), Prior::ImportMix).unwrap()
}

// ---- bad input -------------------------------------------------------------------------------------------------

fn refused(text: &str) -> ProductError {
    Account::parse("bad.toml", text).expect_err("the account is wrong")
}

#[test]
fn every_mistake_in_an_account_is_named_with_what_to_try() {
    let good = text(&PARTS, 30.0, 10.0, TRADE);
    let cases: [(&str, String, &str, &str); 12] = [
        (
            "total",
            good.replace("value = 100\n", "value = 104\n"),
            "make 100.00, but the stated total is 104.00",
            "missing",
        ),
        ("negative", good.replace("value = 15\n", "value = -15\n"), "part `chip` is -15", "per unit"),
        ("infinite", good.replace("value = 15\n", "value = inf\n"), "part `chip` is inf", "per unit"),
        ("base", good.replace("base = \"factory\"\n", ""), "the total has no price base", "level"),
        (
            "twice",
            good.replace("item = \"box\"", "item = \"Box\"")
                .replace("item = \"flash\"", "item = \"box\"")
                .replace("\"JPN\"", "\"CHN\""),
            "`Box` of CHN is counted twice (parts 1 and 3)",
            "delete",
        ),
        (
            "two economies",
            good.replace("item = \"box\"", "item = \"flash \""),
            "is booked to two economies, JPN and CHN",
            "one origin",
        ),
        (
            "source",
            good.replace(
                "economy = \"USA\"\nsector = \"c14\"\nvalue = 15\nsource = \"s\"",
                "economy = \"USA\"\nsector = \"c14\"\nvalue = 15\nsource = \"t\"",
            ),
            "part `chip` names the source `t`",
            "[sources]",
        ),
        ("key", good.replace("supplier", "suplier"), "unknown field `suplier`", "cotton-shirt"),
        (
            "figure base",
            format!(
                "{good}[[figure]]\nid = \"f\"\nsays = \"x\"\nunit = \"price\"\nvalue = 1\nsource = \"s\"\nevidence = \"seen\"\n"
            ),
            "figure `f` has no price base",
            "level",
        ),
        (
            "formula",
            format!("{good}[[check]]\nid = \"c\"\nsays = \"x\"\nkind = \"reading\"\nleft = \"parts(\"\n"),
            "check `c`: `parts(`, character 7: expected a name, found the end",
            "parentheses",
        ),
        (
            "name",
            format!("{good}[[check]]\nid = \"c\"\nsays = \"x\"\nkind = \"reading\"\nleft = \"unit\"\n"),
            "names the name `unit`",
            "did you mean `units`?",
        ),
        (
            "shape",
            format!("{good}[[check]]\nid = \"c\"\nsays = \"x\"\nkind = \"identity\"\nleft = \"units\"\n"),
            "of kind identity needs `right`",
            "compare",
        ),
    ];
    assert!(Account::parse("good", &good).is_ok());
    for (name, text, words, hint) in cases {
        let error = refused(&text);
        let message = error.to_string();
        assert!(message.starts_with("bad.toml: ") && message.contains(words), "{name}: {message}");
        assert!(error.hint().contains(hint), "{name}: {}", error.hint());
    }
}

#[test]
fn a_total_of_zero_a_wrong_retail_price_and_double_ids_are_refused() {
    assert!(matches!(refused(&text(&[], 0.0, 0.0, "")), ProductError::NothingToDivide { .. }));
    let retail = "[retail]\nprice = 200\nsource = \"s\"\nevidence = \"seen\"\n[[retail.layer]]\nid = \"l\"\nitem = \"x\"\n\
                  economy = \"USA\"\nvalue = 90\nrole = \"lead\"\nsource = \"s\"\nevidence = \"seen\"\n";
    assert!(matches!(refused(&text(&PARTS, 30.0, 10.0, retail)), ProductError::RetailDoesNotAddUp { .. }));
    let twice = "[[figure]]\nid = \"f\"\nsays = \"x\"\nunit = \"number\"\nvalue = 1\nsource = \"s\"\nevidence = \"seen\"\n".repeat(2);
    assert!(matches!(
        refused(&text(&PARTS, 30.0, 10.0, &twice)),
        ProductError::DuplicateId { kind: "figure", .. }
    ));
    let variant = "[[variant]]\nid = \"v\"\nsays = \"x\"\npart = \"flsh\"\neconomy = \"USA\"\n";
    assert_eq!(refused(&text(&PARTS, 30.0, 10.0, variant)).hint(), "did you mean `flash`?");
}

#[test]
fn what_the_table_does_not_have_is_named_with_the_part() {
    let model = plain_world();
    let evaluate = |account: &Account| product::evaluate(account, &model).unwrap_err();
    let economy = evaluate(&account(&[("flash", "JPM", 40.0)], 0.0, 10.0, ""));
    assert!(economy.to_string().contains("part `flash`: unknown economy `JPM`"), "{economy}");
    assert!(economy.hint().contains("did you mean `JPN`?"), "{}", economy.hint());
    let other = text(&PARTS, 30.0, 10.0, "").replacen("sector = \"c14\"", "sector = \"c41\"", 1);
    let sector = evaluate(&Account::parse("test", &other).unwrap());
    assert!(sector.to_string().contains("part `flash`: unknown sector `c41`"), "{sector}");
    let importer = evaluate(&account(&PARTS, 30.0, 10.0, &TRADE.replace("USA", "US")));
    assert!(importer.to_string().contains("the importer: unknown economy `US`"), "{importer}");
}

#[test]
fn a_supplier_without_output_is_refused() {
    let z = DMatrix::from_fn(6, 6, |i, j| if i == 3 || j == 3 { 0.0 } else { 2.0 });
    let y = DMatrix::from_fn(6, 3, |i, _| if i == 3 { 0.0 } else { 50.0 });
    let empty = model(&table(&ECONOMIES, &SECTORS, z, y));
    let error = product::evaluate(&phone(), &empty).unwrap_err();
    assert_eq!(error.to_string(), "test: part `flash`: JPN has no output in sector `c14` in this table");
}

#[test]
fn a_table_of_another_year_gives_no_verdict_unless_asked_for() {
    let model = plain_world();
    let later = Account::parse("test", &text(&PARTS, 30.0, 10.0, "").replace("2009", "2017")).unwrap();
    let error = product::evaluate(&later, &model).unwrap_err();
    assert_eq!(error.to_string(), "test is an account of 2017, the table is of 2009");
    let any = Options { years: YearRule::Any, draws: 0 };
    assert!(product::evaluate_with(&later, &model, &any).is_ok());
}

// ---- tracing -----------------------------------------------------------------------------------------------------

#[test]
fn traced_shares_are_the_column_of_the_appended_sector_and_nothing_else_moves() {
    let (model, account) = (plain_world(), phone());
    let report = evaluated(&account, &model);
    let weights = import_mix(&account, &model);
    let n = 6;
    let before = leontief(&model);
    // The product as row and column n, in China: no sales to industries, inputs b / F, value added a / F.
    let mut a = DMatrix::zeros(n + 1, n + 1);
    a.view_mut((0, 0), (n, n)).copy_from(&model.system().input_coefficients().to_dense());
    let embedded = Embedded::of(&account, &model).unwrap();
    for row in 0..n {
        a[(row, n)] = (embedded.purchases()[row] + 30.0 * weights[row]) / 100.0;
    }
    let after = (DMatrix::identity(n + 1, n + 1) - &a).try_inverse().unwrap();
    let mut shares = [0.0; 3];
    for row in 0..n {
        shares[row / 2] += model.value_added_share()[row] * after[(row, n)];
    }
    shares[0] += 10.0 / 100.0;
    for (economy, share) in shares.iter().enumerate() {
        close(report.shares[economy].traced, *share, 1.0, 1e-13, ECONOMIES[economy]);
    }
    close((after.view((0, 0), (n, n)) - before).amax(), 0.0, 1.0, 1e-14, "the old world's inverse");
    close(report.sum_gap, 0.0, 1.0, 1e-12, "sum of traced shares");
}

#[test]
fn the_carve_out_agrees_with_a_new_solve_and_leaves_the_world_as_it_is() {
    let (model, account) = (plain_world(), account(&PARTS, 30.0, 10.0, &TRADE.replace("1e5", "2e4")));
    let embedded = Embedded::of(&account, &model).unwrap();
    let weights = import_mix(&account, &model);
    let (n, j, pieces) = (6, 1, 0.02);
    let x = model.flows().gross_output();
    for content in AssemblyContent::ALL {
        let local = content == AssemblyContent::Local;
        let carved = product::carved_shares(&account, &embedded, content, &weights).unwrap().unwrap();
        // Row and column n: the product. Its purchases leave the column of CHN.c14, its sales leave the row.
        let bought: Vec<f64> = (0..n).map(|row| embedded.purchases()[row] + 30.0 * weights[row]).collect();
        let payment = if local { 0.0 } else { 10.0 };
        let remaining = x[j] - pieces * (100.0 - payment);
        let mut a = DMatrix::zeros(n + 1, n + 1);
        a.view_mut((0, 0), (n, n)).copy_from(&model.system().input_coefficients().to_dense());
        for row in 0..n {
            a[(row, j)] = (a[(row, j)] * x[j] - pieces * bought[row]) / remaining;
            a[(row, n)] = bought[row] / 100.0;
        }
        a[(j, n)] += payment / 100.0;
        let pairs: Vec<(String, String)> = (0..n)
            .map(|row| (ECONOMIES[row / 2].to_owned(), SECTORS[row % 2].to_owned()))
            .chain([("CHN".to_owned(), "product".to_owned())])
            .collect();
        // The product's row belongs to China, so it moves up behind China's other rows.
        let (axis, order) = Axis::new(&pairs).unwrap();
        let ordered = a.select_rows(&order).select_columns(&order);
        let system = System::from_coefficients(axis.clone(), ordered, &SystemOptions::default()).unwrap();
        let value_added: Vec<f64> =
            system.input_coefficients().column_sums().iter().map(|sum| 1.0 - sum).collect();
        let product_row = order.iter().position(|&old| old == n).unwrap();
        for (economy, share) in carved.iter().enumerate() {
            let mut rhs = DMatrix::zeros(n + 1, 1);
            for row in axis.block(economy) {
                rhs[(row, 0)] = value_added[row];
            }
            system.solve_in_place(Side::Transposed, &mut rhs).unwrap();
            close(*share, rhs[(product_row, 0)], 1.0, 1e-12, ECONOMIES[economy]);
        }
        close(carved.iter().sum(), 1.0, 1.0, 1e-12, "carved shares");
        // Final demand as before, except that the product's sales are its own row's: every other output stays.
        let mut demand = DMatrix::zeros(n + 1, 1);
        for (new, &old) in order.iter().enumerate() {
            demand[(new, 0)] =
                if old == n { pieces * 100.0 } else { model.flows().final_demand().row(old).sum() };
            if old == j {
                demand[(new, 0)] -= pieces * 100.0;
            }
        }
        system.solve_in_place(Side::Direct, &mut demand).unwrap();
        for (new, &old) in order.iter().enumerate() {
            let expected = match old {
                old if old == n => pieces * 100.0,
                old if old == j => remaining,
                old => x[old],
            };
            close(demand[(new, 0)], expected, expected, 1e-12, "output in the carved world");
        }
    }
}

#[test]
fn a_product_larger_than_its_sector_or_without_a_common_currency_is_not_carved_out() {
    let model = plain_world();
    let obstacle = |account: &Account| evaluated(account, &model).obstacle.unwrap();
    assert!(matches!(obstacle(&account(&PARTS, 30.0, 10.0, "")), product::Obstacle::NoUnits));
    let huge = account(&PARTS, 30.0, 10.0, &TRADE.replace("1e5", "1e9"));
    assert!(matches!(obstacle(&huge), product::Obstacle::MoreThanTheSectorSells { .. }));
    let greedy = account(&PARTS, 30.0, 10.0, &TRADE.replace("1e5", "6e5"));
    assert!(matches!(obstacle(&greedy), product::Obstacle::MoreThanTheSectorBuys { .. }));
    let euro = Account::parse("test", &text(&PARTS, 30.0, 10.0, TRADE).replace("USD", "EUR")).unwrap();
    assert!(matches!(obstacle(&euro), product::Obstacle::Unit { .. }));
}

#[test]
fn the_traced_shares_of_the_published_phones_agree_with_numpy_on_the_embedded_table() {
    agrees_with_numpy("wiod13.csv", |year| {
        let tables = vadex::load::discover("builtin:wiod13", &[year]).expect("the year is embedded");
        tables[0].open(&vadex::load::ReadOptions::default()).expect("the embedded table is a table")
    });
}

#[test]
fn the_traced_shares_of_the_published_phones_agree_with_numpy_on_the_full_table() {
    let Some(folder) = data_dir("the traced shares of the published phones") else { return };
    agrees_with_numpy("wiod2013_int.csv", |year| {
        let path = folder.join(format!("wiod2013_int/{year}.parquet"));
        open(path.to_str().unwrap()).with_description(Some("million USD".into()), Some(year))
    });
}

/// Every figure of a golden file: shares by both readings, bounds, means of both priors, carve-out, sector benchmark.
fn agrees_with_numpy(golden: &str, table_of: impl Fn(i32) -> vadex::table::IcioTable) {
    let golden =
        std::fs::read_to_string(format!("{}/data/golden/product/{golden}", env!("CARGO_MANIFEST_DIR")))
            .unwrap();
    let mut models: Vec<(i32, Model)> = Vec::new();
    let mut reports: Vec<(String, ProductReport, Vec<f64>)> = Vec::new();
    let mut compared = 0;
    for line in golden.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if !reports.iter().any(|(id, ..)| id == cells[0]) {
            let account = product::find(cells[0]).unwrap();
            if !models.iter().any(|(year, _)| *year == account.year()) {
                models.push((account.year(), model(&table_of(account.year()))));
            }
            let (_, world) = models.iter().find(|(year, _)| *year == account.year()).unwrap();
            let embedded = Embedded::of(&account, world).unwrap();
            let exports = product::prior_weights(&embedded, Prior::WorldExports).unwrap();
            let exports = embedded.traced_shares(AssemblyContent::Local, &exports).unwrap();
            reports.push((cells[0].to_owned(), evaluated(&account, world), exports));
        }
        let (_, report, exports) = reports.iter().find(|(id, ..)| id == cells[0]).unwrap();
        let expected = |column: usize| cells[column].parse::<f64>().ok();
        let mut same = |found: f64, column: usize| {
            if let Some(expected) = expected(column) {
                close(found, expected, 1.0, 1e-11, &format!("{} column {column}", &cells[..2].join(" ")));
                compared += 1;
            }
        };
        if cells[1] == "*sector" {
            same(report.sector_share, 2);
            continue;
        }
        let shares = report.shares_of(cells[1]).unwrap();
        let find = |bounds: &[product::Bounds], content| {
            bounds.iter().find(|b| b.economy == shares.economy && b.assembly == content).unwrap().clone()
        };
        let any = find(&report.bounds, AssemblyContent::Local);
        let sector = find(&report.sector_bounds, AssemblyContent::Local);
        same(shares.direct, 2);
        same(shares.identified, 3);
        same(find(&report.bounds, AssemblyContent::AverageTechnology).identified, 4);
        same(any.low, 5);
        same(any.high, 6);
        same(sector.low, 7);
        same(sector.high, 8);
        same(shares.traced, 9);
        same(shares.traced_average, 10);
        same(exports[shares.economy], 11);
        same(shares.carved.unwrap_or(f64::NAN), 12);
    }
    assert!(compared > 3 * 41 * 10, "only {compared} figures were compared");
}

/// A world of 2009 in other sectors than those of WIOD 2013, where each sector has a technology of its own.
fn world_of(sectors: &[&str]) -> Model {
    let n = 3 * sectors.len();
    let z = DMatrix::from_fn(n, n, |i, j| ((i * 7 + j * 5 + i * j) % 11) as f64 + 0.5);
    let y = DMatrix::from_fn(n, 3, |i, e| 200.0 + ((i + 2 * e) % 5) as f64);
    model(&table(&ECONOMIES, sectors, z, y).with_description(Some("million USD".into()), Some(2009)))
}

/// The phone of the tests, with another name for the sector of everything.
fn phone_of(sector: &str) -> Account {
    let text = text(&PARTS, 30.0, 10.0, "").replace("\"c14\"", &format!("\"{sector}\""));
    Account::parse("test", &text).expect("the account of a test is valid")
}

#[test]
fn electronics_are_the_sector_of_the_tables_own_classification() {
    for (sectors, wanted, by) in [
        (&["AtB", "C", "D26", "D30t33", "G"][..], "D30t33", "ISIC 3"),
        (&["C10T14MIN", "C26NMM", "C30T33XCEQ", "C31ELQ", "C45CON"], "C30T33XCEQ", "ISIC 3"),
        (&["D05T06", "D10T12", "D26", "D27", "D41T43"], "D26", "ISIC 4"),
        (&["c1", "c2", "c14", "c17"], "c14", "WIOD 2013"),
        (
            &["Agriculture", "Electrical and Machinery", "Electricity, Gas and Water"],
            "Electrical and Machinery",
            "words",
        ),
    ] {
        let world = world_of(sectors);
        let found = evaluated(&phone_of("electronics"), &world);
        let named = evaluated(&phone_of(wanted), &world);
        for (found, named) in found.shares.iter().zip(&named.shares) {
            close(found.traced, named.traced, 1.0, 1e-15, wanted);
        }
        assert_eq!(found.sectors.len(), 1);
        let of = &found.sectors[0];
        assert_eq!((of.name.as_str(), of.label.as_str()), ("electronics", wanted));
        assert!(of.by.contains(by), "{of:?}");
        assert!(named.sectors.is_empty() && named.sectors_in_words().is_none());
    }
}

#[test]
fn a_table_that_does_not_tell_electronics_asks_for_the_sector() {
    let world = world_of(&["Farming", "Factories", "Offices"]);
    let error = product::evaluate(&phone_of("electronics"), &world).unwrap_err();
    assert!(error.to_string().contains("unknown sector `electronics`"), "{error}");
    assert!(error.hint().contains("[sectors]") && !error.hint().contains("did you mean"), "{}", error.hint());
    // What the account says goes first, and the report says what the table's classification would be.
    let named = text(&PARTS, 30.0, 10.0, "[sectors]\nelectronics = [\"D26\"]\n")
        .replace("\"c14\"", "\"electronics\"");
    let report =
        evaluated(&Account::parse("test", &named).unwrap(), &world_of(&["AtB", "C", "D26", "D30t33", "G"]));
    let words = report.sectors_in_words().unwrap();
    assert_eq!(words, "electronics = D26 (label of the account; D30t33 by ISIC 3)");
}

#[test]
fn the_phone_is_no_cement_in_the_world_table_of_2000() {
    let Some(folder) = data_dir("the phone in the world table of 2000") else { return };
    let path = folder.join("world26x23_2000/2000.parquet");
    let model = model(&open(path.to_str().unwrap()));
    let any = Options { years: YearRule::Any, draws: 0 };
    let report = product::evaluate_with(&product::find("iphone-4-2010").unwrap(), &model, &any).unwrap();
    assert_eq!(report.sectors_in_words().as_deref(), Some("electronics = D30t33 (ISIC 3)"));
    for (economy, expected) in [("CHN", 0.043_521_753_540), ("KOR", 0.285_045_777_174)] {
        close(report.shares_of(economy).unwrap().identified, expected, 1.0, 1e-11, economy);
    }
}

// ---- bounds and priors ----------------------------------------------------------------------------------------------

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn bounds_hold_for_every_allocation_and_are_reached_at_a_corner(
        cells in prop::collection::vec(0.1..8.0_f64, 36),
        raw in prop::collection::vec(0.0..1.0_f64, 6),
        rest in 1.0..80.0_f64,
    ) {
        let world = world(&cells);
        let account = account(&PARTS, rest, 10.0, "");
        let report = evaluated(&account, &world);
        let embedded = Embedded::of(&account, &world).unwrap();
        let total: f64 = raw.iter().sum::<f64>() + 1e-9;
        let mut weights: Vec<f64> = raw.iter().map(|w| w / total).collect();
        weights[0] += 1.0 - weights.iter().sum::<f64>();
        for content in AssemblyContent::ALL {
            let shares = embedded.traced_shares(content, &weights).unwrap();
            prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let corners: Vec<Vec<f64>> = (0..6)
                .map(|row| {
                    let corner: Vec<f64> = (0..6).map(|k| if k == row { 1.0 } else { 0.0 }).collect();
                    embedded.traced_shares(content, &corner).unwrap()
                })
                .collect();
            for economy in 0..3 {
                let bound = report.bounds_of(economy, content).unwrap();
                prop_assert!(shares[economy] >= bound.low - 1e-12 && shares[economy] <= bound.high + 1e-12);
                let at = |better: fn(f64, f64) -> f64, start: f64| {
                    corners.iter().map(|corner| corner[economy]).fold(start, better)
                };
                prop_assert!((at(f64::min, f64::INFINITY) - bound.low).abs() < 1e-12);
                prop_assert!((at(f64::max, f64::NEG_INFINITY) - bound.high).abs() < 1e-12);
            }
        }
        // The unit of the prices does not matter.
        let scaled: Vec<(&str, &str, f64)> = PARTS.iter().map(|(i, e, v)| (*i, *e, v * 7.0)).collect();
        let dearer = evaluated(&self::account(&scaled, rest * 7.0, 70.0, ""), &world);
        for (one, other) in report.shares.iter().zip(&dearer.shares) {
            prop_assert!((one.traced - other.traced).abs() < 1e-13);
        }
    }
}

#[test]
fn priors_have_their_exact_moments_lie_inside_the_bounds_and_ignore_the_number_of_threads() {
    let (model, account) = (plain_world(), phone());
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| product::evaluate(&account, &model).unwrap().priors)
    };
    let (one, two) = (on(1), on(2));
    assert_eq!(one, two, "bit for bit");
    assert_eq!(one.len(), 3 * 2 * 3, "economies, priors, concentrations");
    let report = evaluated(&account, &model);
    for prior in &one {
        let bound = report.bounds_of(prior.economy, AssemblyContent::Local).unwrap();
        assert!(bound.low <= prior.low && prior.low <= prior.median);
        assert!(prior.median <= prior.high && prior.high <= bound.high);
        assert!(prior.low < prior.mean && prior.mean < prior.high);
        if prior.prior == Prior::ImportMix {
            close(prior.mean, report.shares[prior.economy].traced, 1.0, 1e-13, "mean of the import mix");
        }
        if prior.concentration > 50.0 {
            // Firmly held, the share is close to normal: 1.96 deviations on each side.
            close(prior.high - prior.low, 2.0 * 1.96 * prior.deviation, prior.deviation, 0.3, "width");
        }
    }
    let width = |concentration: f64| {
        let wanted = |p: &&product::PriorShare| {
            p.economy == 0 && p.prior == Prior::WorldExports && (p.concentration - concentration).abs() < 1e-9
        };
        one.iter().find(wanted).map(|p| p.high - p.low).unwrap()
    };
    assert!(width(1.0) > width(10.0) && width(10.0) > width(100.0));
}

#[test]
fn an_account_without_a_rest_has_exact_shares_and_no_priors() {
    let report = evaluated(&account(&PARTS, 0.0, 10.0, ""), &plain_world());
    assert!(report.priors.is_empty() && report.allocation.is_none());
    for bound in &report.bounds {
        close(bound.low, bound.high, 1.0, 1e-15, "a point");
    }
    close(report.sum_gap, 0.0, 1.0, 1e-12, "sum");
    let embedded_bounds =
        product::bounds(&phone(), &Embedded::of(&phone(), &plain_world()).unwrap(), Scope::CandidateSector);
    assert_eq!(embedded_bounds.unwrap().len(), 6);
}

// ---- checks and deficit ------------------------------------------------------------------------------------------

fn outcome(account: &str, id: &str) -> (Outcome, f64, Option<f64>) {
    let checks = product::check(&product::find(account).unwrap()).unwrap();
    let check = checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("{account} has no {id}"));
    (check.outcome, check.left, check.gap)
}

#[test]
fn the_known_inconsistencies_between_sources_are_found_with_their_size() {
    use Outcome::{ByConstruction, Consistent, Inconsistent, Reading};
    let phone = "iphone-3gs-2009";
    for (account, id, expected, left, gap) in [
        (phone, "sum-of-parts", Consistent, 178.96, Some(0.0)),
        (phone, "share-jpn", Consistent, 60.60 / 178.96, None),
        (phone, "gross-deficit", Consistent, 11.3 * 168.21, Some(11.3 * 168.21 - 1901.2)),
        (phone, "chinese-value-added", Consistent, 73.45, Some(0.0)),
        (phone, "us-surplus", Consistent, 48.05, Some(0.05)),
        (phone, "model-label-3gs", Consistent, 178.96, Some(0.0)),
        (phone, "model-label-3g", Inconsistent, 178.96, Some(4.63)),
        (phone, "voxeu-total", Inconsistent, 178.98, Some(0.02)),
        (phone, "voxeu-germany", Inconsistent, 326.0, Some(326.0 - 11.3 * 30.15)),
        (phone, "voxeu-germany-without-dialog", Consistent, 326.0, Some(326.0 - 11.3 * 28.85)),
        (phone, "voxeu-japan-without-murata", Consistent, 670.0, Some(670.0 - 11.3 * 59.25)),
        (phone, "voxeu-korea", Consistent, 259.0, Some(259.0 - 11.3 * 22.96)),
        (phone, "voxeu-us-without-cirrus", Consistent, 108.0, Some(108.0 - 11.3 * 9.60)),
        (phone, "voxeu-missing", Reading, 11.3 * 3.80, None),
        (phone, "sdram-elpida-korea", Reading, 14.46 / 178.96, None),
        (phone, "sdram-elpida-japan", Reading, 69.10 / 178.96, None),
        (phone, "gross-margin", Reading, 0.64208, None),
        (phone, "retail-price", ByConstruction, 500.0, Some(0.0)),
        ("iphone-4-2010", "sum-of-parts", Consistent, 194.04, Some(0.0)),
        ("iphone-4-2010", "bom-isuppli", Consistent, 187.50, Some(-0.01)),
        ("iphone-4-2010", "observer-factory-gate", Inconsistent, 187.0, Some(-7.04)),
        ("iphone-4-2010", "observer-factory-is-bom", Consistent, 187.0, Some(-0.5)),
        ("iphone-4-2010", "observer-usa", Inconsistent, 24.63, Some(1.75)),
        ("iphone-4-2010", "observer-taiwan", Reading, 43.79, None),
        ("iphone-4-2010", "margin-of-receipts", Consistent, 270.0 / 464.04, Some(270.0 / 464.04 - 0.585)),
        ("iphone-4-2010", "margin-of-retail-in-court-range", Inconsistent, 0.45, Some(-0.04)),
        ("iphone-4-2010", "assembler-margin-on-revenue", Reading, 3.29868, None),
        ("iphone-4-2010", "assembler-margin-on-fee", Reading, 0.11118, None),
        ("iphone-4-2010", "assembler-margin-bases", Inconsistent, 3.29868, Some(3.1875)),
        ("iphone-2010-capture", "price-base", Inconsistent, 232.0 / 0.585, Some(232.0 / 0.585 - 549.0)),
        ("iphone-2010-capture", "chinese-labour-at-higher-price", Inconsistent, 9.882, Some(3.342)),
        ("iphone-2010-capture", "chinese-labour-at-lower-price", Inconsistent, 7.1385, Some(0.5985)),
        ("iphone-x-2017", "implied-cost", Consistent, 104.0 / 0.254, Some(104.0 / 0.254 - 409.25)),
        ("iphone-7-2016", "sum-of-parts", ByConstruction, 237.45, Some(0.0)),
    ] {
        let (found, value, found_gap) = outcome(account, id);
        assert_eq!(found, expected, "{account} {id}: {value} {found_gap:?}");
        close(value, left, 1.0, 5e-4, &format!("{account} {id}"));
        if let Some(gap) = gap {
            close(found_gap.unwrap(), gap, 1.0, 1e-3, &format!("gap of {account} {id}"));
        }
    }
}

#[test]
fn every_embedded_account_states_a_price_base_and_its_checks_run() {
    for account in product::embedded().unwrap() {
        let checks = product::check(&account).unwrap();
        assert!(account.total().base.is_some() && !checks.is_empty());
        let broken: Vec<&str> = checks
            .iter()
            .filter(|check| {
                check.kind == product::schema::CheckKind::Identity && check.outcome == Outcome::Inconsistent
            })
            .map(|check| check.id.as_str())
            .collect();
        assert!(broken.is_empty(), "{}: {broken:?}", account.id());
    }
}

#[test]
fn the_deficit_is_told_again_by_who_earns_it_and_adds_up_by_two_routes() {
    let (model, account) = (plain_world(), phone());
    let report = evaluated(&account, &model);
    let deficit = report.deficit.as_ref().unwrap();
    close(deficit.gross, 0.1 * (100.0 - 15.0), 1.0, 1e-12, "gross");
    close(deficit.direct, 0.1 * 15.0, 1.0, 1e-12, "parts and assembly in China");
    close(deficit.direct_gap, 0.0, deficit.gross, 1e-13, "gross = direct + unallocated");
    let own = report.shares_of("USA").unwrap().traced;
    close(deficit.traced_total(), (1.0 - own) * deficit.gross_imports, 1.0, 1e-12, "traced total");
    close(deficit.net_of_own_parts(), 0.1 * (15.0 - 15.0), 1.0, 1e-12, "net of own parts");
    let flows = model.flows().bilateral_exports();
    let table: f64 =
        (0..2).map(|row| flows[(row, 2)]).sum::<f64>() - (4..6).map(|row| flows[(row, 0)]).sum::<f64>();
    close(deficit.table_deficit.unwrap(), table, table, 1e-12, "table");
}

#[test]
fn own_parts_are_what_is_booked_on_the_rows_of_the_importer_whatever_its_name() {
    let names = "[economies]\nhome = [\"XYZ\", \"USA\"]\nboth = { spread = [\"USA\", \"JPN\"] }\n";
    let parts = [("flash", "JPN", 40.0), ("chip", "home", 15.0), ("glass", "both", 5.0)];
    for importer in ["USA", "home"] {
        let more = format!("{}{names}", TRADE.replace("\"USA\"", &format!("\"{importer}\"")));
        let (model, account) = (plain_world(), account(&parts, 30.0, 10.0, &more));
        let report = evaluated(&account, &model);
        let deficit = report.deficit.as_ref().unwrap();
        let booked = report.shares_of("USA").unwrap().direct * deficit.gross_imports;
        assert!(booked > 1.5 && booked < 2.0, "the chip and a share of the glass: {booked}");
        close(deficit.own_parts, booked, 1.0, 1e-12, "own parts");
        close(deficit.direct_gap, 0.0, deficit.gross, 1e-13, "gross = direct + unallocated");
        close(deficit.net_of_own_parts(), deficit.direct - booked, 1.0, 1e-12, "net of own parts");
        assert_eq!(deficit.open_gap(), None);
    }
    let more = format!("{}{names}", TRADE.replace("\"USA\"", "\"both\""));
    let error = product::evaluate(&account(&parts, 30.0, 10.0, &more), &plain_world()).unwrap_err();
    assert!(error.to_string().contains("the importing economy `both` stands for several"), "{error}");
    assert!(error.hint().contains("[trade]"), "{}", error.hint());
}

#[test]
fn a_gap_between_the_deficit_and_its_parts_is_told() {
    // A total that is stated within its tolerance of the sum, and an assembler that imports from itself.
    let rounded = text(&PARTS, 30.0, 10.0, TRADE)
        .replace("value = 100\ntolerance = 1e-6", "value = 100.2\ntolerance = 0.5");
    let report = evaluated(&Account::parse("test", &rounded).unwrap(), &plain_world());
    close(report.deficit.as_ref().unwrap().open_gap().unwrap(), 0.02, 1.0, 1e-9, "stated less sum");
    let own = account(&PARTS, 30.0, 10.0, &TRADE.replace("\"USA\"", "\"CHN\""));
    let report = evaluated(&own, &plain_world());
    close(report.deficit.as_ref().unwrap().open_gap().unwrap(), 1.0, 1.0, 1e-9, "its own assembly");
}

#[test]
fn a_deficit_of_few_units_is_told_in_the_currency_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bag.toml");
    let trade = TRADE.replace("\"USA\"", "\"Argentina\"").replace("1e5", "10.0");
    let bag = text(&[("hide", "Argentina", 4.0)], 3.0, 2.0, &trade)
        .replace("\"CHN\"", "\"Turkey\"")
        .replace("\"c14\"", "\"Textile_and_Leather\"");
    std::fs::write(&path, bag).unwrap();
    let leather = fixture("leather.csv");
    let page = vadex(&["product", path.to_str().unwrap(), "--table", &leather, "--year", "2009", "-q"]);
    assert_eq!(page.status.code(), Some(0), "{}", stderr(&page));
    let page = stdout(&page);
    let line = |start: &str| {
        let found = page.lines().find(|line| line.trim_start().starts_with(start));
        found.unwrap_or_else(|| panic!("`{start}` is missing from\n{page}")).to_owned()
    };
    assert!(line("7 DEFICIT").ends_with("with Turkey: USD"), "{page}");
    assert!(line("gross imports of the product").ends_with(" 90.00"), "{page}");
    assert!(line("gross deficit").ends_with(" 50.00"), "{page}");
    assert!(!page.contains("-0.00"), "{page}");
}

#[test]
fn a_variant_moves_a_part_and_with_it_the_shares() {
    let more = "[[variant]]\nid = \"v\"\nsays = \"elsewhere\"\npart = \"flash\"\neconomy = \"USA\"\n";
    let model = plain_world();
    let report = evaluated(&account(&PARTS, 30.0, 10.0, more), &model);
    let moved = [("flash", "USA", 40.0), PARTS[1], PARTS[2]];
    let other = evaluated(&account(&moved, 30.0, 10.0, ""), &model);
    for economy in 0..3 {
        close(report.variants[0].direct[economy], other.shares[economy].direct, 1.0, 1e-15, "direct");
        close(report.variants[0].traced[economy], other.shares[economy].traced, 1.0, 1e-14, "traced");
    }
    assert!((report.variants[0].traced[1] - report.shares[1].traced).abs() > 0.01);
}

// ---- verdicts ----------------------------------------------------------------------------------------------------

fn verdict(account: &Account, id: &str) -> Verdict {
    evaluated(account, &plain_world()).statement(id).unwrap().verdict
}

fn lines(which: &str, value: f64) -> String {
    format!("[thresholds]\n{which} = {value}\n")
}

#[test]
fn the_share_verdict_follows_the_planted_bounds() {
    use Verdict::{NotSupported, Supported, Undetermined};
    let report = evaluated(&phone(), &plain_world());
    let of = |content| report.bounds_of(0, content).unwrap().clone();
    let (local, average) = (of(AssemblyContent::Local), of(AssemblyContent::AverageTechnology));
    let (low, high) = (local.low.min(average.low), local.high.max(average.high));
    let with = |line: f64| verdict(&account(&PARTS, 30.0, 10.0, &lines("small_share", line)), "share-traced");
    assert_eq!(with(high + 1e-6), Supported);
    assert_eq!(with(low - 1e-6), NotSupported);
    assert_eq!(with((low + high) / 2.0), Undetermined(Reason::DataMissing));
    // Without a rest only the reading of the assembly payment is open: a line between the two readings is D1.
    let exact = evaluated(&account(&PARTS, 0.0, 10.0, ""), &plain_world());
    let readings = AssemblyContent::ALL.map(|content| exact.bounds_of(0, content).unwrap().low);
    let between = (readings[0] + readings[1]) / 2.0;
    assert!((readings[0] - readings[1]).abs() > 1e-3);
    let torn = account(&PARTS, 0.0, 10.0, &lines("small_share", between));
    assert_eq!(verdict(&torn, "share-traced"), Undetermined(Reason::ReadingsDisagree));
    assert_eq!(verdict(&account(&PARTS, 30.0, 10.0, &lines("small_share", 0.16)), "share-direct"), Supported);
    assert_eq!(
        verdict(&account(&PARTS, 30.0, 10.0, &lines("small_share", 0.14)), "share-direct"),
        NotSupported
    );
}

fn retail(margin: f64, residual: bool, line: f64) -> String {
    format!(
        "[retail]\nprice = {}\nsource = \"s\"\nevidence = \"seen\"\n[[retail.layer]]\nid = \"l\"\nitem = \"x\"\n\
         economy = \"USA\"\nvalue = {margin}\nrole = \"lead\"\nresidual = {residual}\nsource = \"s\"\n\
         evidence = \"seen\"\n{}",
        100.0 + margin,
        lines("capture_ratio", line)
    )
}

#[test]
fn the_capture_verdict_holds_at_the_extreme_bound_and_never_rests_on_a_remainder() {
    use Verdict::{NotSupported, Supported, Undetermined};
    let with = |more: &str| verdict(&account(&PARTS, 30.0, 10.0, more), "capture");
    assert_eq!(with(&retail(500.0, false, 1.0)), Supported);
    assert_eq!(with(&retail(1.0, false, 1.0)), NotSupported);
    assert_eq!(with(&retail(500.0, false, 20.0)), Undetermined(Reason::DataMissing));
    assert_eq!(with(&retail(500.0, true, 1.0)), Undetermined(Reason::DataMissing));
    assert_eq!(with(""), Undetermined(Reason::DataMissing));
}

#[test]
fn the_margin_verdict_counts_pairs_of_dated_periods_and_leaves_recalled_figures_out() {
    use Verdict::{NotSupported, Supported, Undetermined};
    let margin = |role: &str, period: &str, value: f64, evidence: &str| {
        format!(
            "[[margin]]\nfirm = \"{role}\"\nrole = \"{role}\"\nperiod = \"{period}\"\noperating = {value}\nsource = \"s\"\n\
             evidence = \"{evidence}\"\n"
        )
    };
    let with = |margins: &[(f64, &str)]| {
        let mut more = margin("lead", "2012Q1", 0.30, "seen");
        for (value, evidence) in margins {
            more.push_str(&margin("assembler", "2012Q1", *value, evidence));
        }
        verdict(&account(&PARTS, 30.0, 10.0, &more), "margin-gap")
    };
    assert_eq!(with(&[(0.01, "seen"), (0.02, "seen")]), Supported);
    assert_eq!(with(&[(0.10, "seen"), (0.20, "seen")]), NotSupported);
    assert_eq!(with(&[(0.01, "seen"), (0.20, "seen")]), Undetermined(Reason::ReadingsDisagree));
    assert_eq!(with(&[(0.01, "recalled")]), Undetermined(Reason::DataMissing));
    assert_eq!(with(&[]), Undetermined(Reason::DataMissing));
}

#[test]
fn the_other_verdicts_follow_the_numbers() {
    use Verdict::{NotSupported, Supported, Undetermined};
    let plain = evaluated(&phone(), &plain_world());
    let (low, high) = {
        let of = AssemblyContent::ALL.map(|content| plain.bounds_of(0, content).unwrap().clone());
        (of[0].low.min(of[1].low), of[0].high.max(of[1].high))
    };
    let apart = (low - plain.sector_share).abs().max((high - plain.sector_share).abs());
    let near = (low - plain.sector_share).abs().min((high - plain.sector_share).abs());
    let with = |value: f64| {
        verdict(&account(&PARTS, 30.0, 10.0, &lines("representative_within", value)), "representative")
    };
    assert_eq!(with(apart + 1e-6), Supported);
    assert_eq!(with((apart + near) / 2.0), Undetermined(Reason::DataMissing));
    if (low - plain.sector_share).signum() == (high - plain.sector_share).signum() {
        assert_eq!(with(near * 0.9), NotSupported);
    }
    // One account is no series; a printed identity that fails contradicts the arithmetic.
    assert_eq!(verdict(&phone(), "dynamics"), Undetermined(Reason::DataMissing));
    assert_eq!(verdict(&phone(), "arithmetic"), Supported);
    let published = "[[published]]\neconomy = \"JPN\"\nvalue = 41.0\nsource = \"s\"\nevidence = \"seen\"\n";
    assert_eq!(verdict(&account(&PARTS, 30.0, 10.0, published), "arithmetic"), NotSupported);
}

#[test]
fn a_change_of_what_is_counted_leaves_the_series_undetermined_and_one_count_settles_it() {
    let phone = product::find("iphone-4-2010").unwrap();
    let scopes: Vec<String> =
        product::history(&phone).unwrap().into_iter().map(|point| point.scope).collect();
    assert!(scopes.windows(2).any(|pair| pair[0] != pair[1]));
    // A newer phone of the family, counted in every way that the family is counted: still undetermined.
    let text = text(&PARTS, 30.0, 10.0, "").replace("currency", "family = \"iphone\"\ncurrency");
    let report = evaluated(&Account::parse("test", &text).unwrap(), &plain_world());
    let dynamics = report.statement("dynamics").unwrap();
    assert_eq!(dynamics.verdict, Verdict::Undetermined(Reason::DataMissing));
    assert_eq!(dynamics.n, 5);
    assert!(dynamics.because.contains("what is counted changes"), "{}", dynamics.because);
}

// ---- the command -----------------------------------------------------------------------------------------------

#[test]
fn the_command_reads_a_users_account_and_prints_a_page_or_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bag.toml");
    let bag = text(&[("hide", "Argentina", 4.0)], 3.0, 2.0, "")
        .replace("\"CHN\"", "\"Turkey\"")
        .replace("\"c14\"", "\"Textile_and_Leather\"");
    std::fs::write(&path, bag).unwrap();
    let path = path.to_str().unwrap().to_owned();
    let leather = fixture("leather.csv");
    let page = vadex(&["product", &path, "--table", &leather, "--year", "2009", "-q"]);
    assert_eq!(page.status.code(), Some(0), "{}", stderr(&page));
    let page = stdout(&page);
    for words in
        ["1 ACCOUNT", "2 CHECKS", "3 DIRECT AND TRACED", "4 BOUNDS", "5 PRIORS", "6 SECTOR", " VERDICTS"]
    {
        assert!(page.contains(words), "`{words}` is missing from\n{page}");
    }
    assert!(page.lines().all(|line| line.chars().count() <= 80), "a line is longer than 80 columns:\n{page}");
    let json = vadex(&["product", &path, "--table", &leather, "--year", "2009", "-q", "--format", "json"]);
    let records: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    let verdicts: Vec<&str> = records
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| record["section"] == "verdict")
        .map(|record| record["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        verdicts,
        ["arithmetic", "share-direct", "share-traced", "capture", "margin-gap", "representative", "dynamics"]
    );
}

#[test]
fn every_embedded_account_of_an_embedded_year_gets_a_page_and_the_others_are_refused() {
    for account in product::embedded().unwrap() {
        let output = vadex(&["product", account.id(), "-q"]);
        let page = stdout(&output);
        if account.year() <= 2011 {
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
            assert!(page.contains(" VERDICTS"), "{page}");
            assert!(page.lines().all(|line| line.chars().count() <= 80), "longer than 80 columns:\n{page}");
            assert_eq!(page.contains("ILLUSTRATIVE"), account.illustrative());
        } else {
            assert_eq!(output.status.code(), Some(2));
            assert!(page.is_empty(), "a verdict without a table of the year");
            let words = format!("there is no table for {0} ({1} is of {0})", account.year(), account.id());
            assert!(stderr(&output).contains(&words), "{}", stderr(&output));
        }
    }
}

#[test]
fn the_command_lists_accounts_checks_them_alone_and_refuses_what_is_not_there() {
    let listed = stdout(&vadex(&["list", "products"]));
    for id in product::embedded_ids() {
        assert!(listed.contains(id), "{id}");
    }
    let checks = vadex(&["product", "iphone-x-2017", "--checks-only"]);
    assert_eq!(checks.status.code(), Some(0));
    assert!(stdout(&checks).contains("2 CHECKS") && !stdout(&checks).contains("VERDICTS"));
    let unknown = vadex(&["product", "iphone-3g-2009"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("did you mean `iphone-3gs-2009`?"), "{}", stderr(&unknown));
    assert!(stdout(&unknown).is_empty());
}

#[test]
fn a_figure_that_passes_within_a_tolerance_is_said_to() {
    let page = stdout(&vadex(&["product", "iphone-4-2010", "-q"]));
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("sectors of the table: electronics = c14 (WIOD 2013)"), "{page}");
    assert!(words.contains("0.5818 is in 0.4900 to 0.5800 within the tolerance of 0.0050"), "{page}");
    // What agrees to the digit needs none, and what does not agree is told by how much.
    assert!(words.contains("187.50 is 187.50 ok"), "{page}");
    assert!(words.contains("0.4500 is not in 0.4900 to 0.5800 (outside by 0.0400)"), "{page}");
}
