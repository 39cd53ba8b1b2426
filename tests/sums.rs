//! Sums over partners, sectors and exporters: a group stands for the rows of its members, what is added up is the sum of
//! those rows, what does not add up is refused with the reason, and the notes say which members there were.

use std::collections::{BTreeMap, BTreeSet};

use vadex::analysis::{Analysis, AnalysisError, DecomposeAnalysis, Piece, Preparation, World};
use vadex::decompose::{DecomposeError, Identity, METHODS, Method, SumOver, Sums, find_method};
use vadex::frame::{Column, Frame};
use vadex::level::Level;

use super::batch::Study;
use super::support::{close, fixture, leather, stderr, stdout, vadex};

/// The members of each group, among the labels of the leather table.
const TWO: &str = "Two=Argentina,Turkey";
const ALL: &str = "All=Argentina,Turkey,Germany";
const GOODS: &str = "Goods=Agriculture,Transport_Equipment";
const EVERY_SECTOR: &str = "Every=Agriculture,Textile_and_Leather,Transport_Equipment";

fn world() -> World {
    Preparation::default().build(leather()).unwrap()
}

/// A method at a level, with a group chosen for one key.
fn of_group(method: &'static dyn Method, level: Level, key: SumOver, group: &str) -> DecomposeAnalysis {
    let mut analysis = DecomposeAnalysis::of(method, level);
    let place = match key {
        SumOver::Exporter => &mut analysis.exporters,
        SumOver::Importer => &mut analysis.importers,
        SumOver::Sector => &mut analysis.sectors,
    };
    place.push(group.to_owned());
    analysis
}

/// Rows by the labels of their keys, those of one key left out: what a sum over it is compared with.
type Rows = BTreeMap<Vec<String>, BTreeMap<String, f64>>;

fn rows_without(frame: &Frame, key: &str) -> Rows {
    let mut rows = Rows::new();
    for row in 0..frame.n_rows() {
        let labels = frame
            .fields()
            .iter()
            .filter(|field| field.name != key)
            .filter_map(|field| field.column.text(row).map(str::to_owned))
            .collect();
        let sums: &mut BTreeMap<String, f64> = rows.entry(labels).or_default();
        for field in frame.fields() {
            if let Column::Number(values) = &field.column {
                *sums.entry(field.name.clone()).or_default() += values[row];
            }
        }
    }
    rows
}

/// Every method, level and key that its rows have there.
fn every_key() -> Vec<(&'static dyn Method, Level, SumOver)> {
    let mut all = Vec::new();
    for method in METHODS {
        for &level in method.levels() {
            let keys = SumOver::ALL.into_iter().filter(|key| method.keys(level).contains(&key.id()));
            all.extend(keys.map(|key| (*method, level, key)));
        }
    }
    all
}

#[test]
fn a_summed_row_is_the_sum_of_the_rows_of_its_members_in_every_method_that_adds_up() {
    let world = world();
    let (mut compared, mut refused) = (0, BTreeSet::new());
    for (method, level, key) in every_key() {
        let what = format!("{} {} over {}", method.id(), level.id(), key.id());
        let group = if key == SumOver::Sector { GOODS } else { TWO };
        let members = of_group(method, level, key, group);
        let summed = DecomposeAnalysis { sums: vec![key], ..members.clone() };
        let sums = method.sums(key);
        if let Sums::None { reason } = sums {
            let error = summed.run(&world).unwrap_err();
            assert!(summed.check_sums().is_err(), "{what}");
            let told = error.to_string();
            assert!(told.contains(reason) && told.contains("do not add up"), "{what}: {told}");
            assert!(matches!(error, AnalysisError::Decompose(DecomposeError::NotAdditive { .. })), "{what}");
            refused.insert(format!("{} {}", method.id(), key.id()));
            continue;
        }
        summed.check_sums().unwrap();
        let expected = rows_without(&members.run(&world).unwrap().frame, key.id());
        let frame = summed.run(&world).unwrap().frame;
        let name = group.split('=').next();
        let labels = frame.texts(key.id()).unwrap();
        assert!(!labels.is_empty() && labels.iter().all(|label| *label == name), "{what}: {labels:?}");
        assert_eq!(frame.n_rows(), expected.len(), "{what}");
        let found = rows_without(&frame, key.id());
        for (labels, numbers) in &expected {
            for (column, number) in numbers {
                let sum = found[labels][column];
                if sums.apart().contains(&column.as_str()) {
                    assert!(sum.is_nan(), "{what}: {column} of {labels:?} does not add up and is {sum}");
                    continue;
                }
                // Added in the same order: the same bits.
                assert_eq!(sum.to_bits(), number.to_bits(), "{what}: {column} of {labels:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 1_000, "{compared}");
    let refused: Vec<&str> = refused.iter().map(String::as_str).collect();
    assert_eq!(refused, ["bm-self importer", "bm-self sector", "extraction importer"]);
}

/// Of the summed flow: what is said of a group of all importers, or of all sectors, is what the coarser level says.
#[test]
fn the_sum_over_everything_is_the_coarser_level() {
    let world = world();
    let coarser = |level: Level, key: SumOver| match (level, key) {
        (Level::Bilateral, SumOver::Importer) | (Level::Sector, SumOver::Sector) => Some(Level::Country),
        (Level::BilateralSector, SumOver::Importer) => Some(Level::Sector),
        (Level::BilateralSector, SumOver::Sector) => Some(Level::Bilateral),
        _ => None,
    };
    let mut methods = BTreeSet::new();
    for (method, level, key) in every_key() {
        let sums = method.sums(key);
        let Some(coarse) = coarser(level, key).filter(|coarse| method.levels().contains(coarse)) else {
            continue;
        };
        if !matches!(sums, Sums::OfFlow | Sums::OfFlowSave { .. }) {
            continue;
        }
        let what = format!("{} {} over {}", method.id(), level.id(), key.id());
        let group = if key == SumOver::Sector { EVERY_SECTOR } else { ALL };
        let analysis = DecomposeAnalysis { sums: vec![key], ..of_group(method, level, key, group) };
        let found = rows_without(&analysis.run(&world).unwrap().frame, key.id());
        let expected =
            rows_without(&DecomposeAnalysis::of(method, coarse).run(&world).unwrap().frame, key.id());
        let scale = 100.0;
        for (labels, numbers) in &expected {
            // Lists of origins have keys of their own.
            let Some(row) = found.get(labels) else { continue };
            for (column, number) in numbers {
                let Some(sum) = row.get(column).filter(|_| !sums.apart().contains(&column.as_str())) else {
                    continue;
                };
                close(*sum, *number, scale, 1e-12, &format!("{what}: {column} of {labels:?}"));
                methods.insert(method.id());
            }
        }
    }
    for id in [
        "bm-source",
        "bm-sink",
        "bm-source-terms",
        "bm-sink-terms",
        "wwz",
        "wwz-kww",
        "miroudot-ye",
        "miroudot-ye-world",
        "hiy",
        "vax",
        "tiva",
        "extraction",
    ] {
        assert!(methods.contains(id), "{id}: nothing was compared in {methods:?}");
    }
}

/// Why some sums are refused: the finer rows are not the coarser one, by more than rounding.
#[test]
fn what_is_refused_does_not_add_up() {
    let world = world();
    for (id, fine, coarse, term) in [
        ("bm-self", Level::Bilateral, Level::Country, "dva"),
        ("bm-self", Level::Sector, Level::Country, "dva"),
        ("bm-self", Level::BilateralSector, Level::Bilateral, "dva"),
        ("extraction", Level::Bilateral, Level::Country, "vaxd"),
        ("vax", Level::Bilateral, Level::Country, "vaxd"),
    ] {
        let total = |level: Level| -> f64 {
            let frame = DecomposeAnalysis::of(find_method(id).unwrap(), level).run(&world).unwrap().frame;
            frame.numbers(term).unwrap().iter().sum()
        };
        let (fine, coarse) = (total(fine), total(coarse));
        assert!(fine > 1.001 * coarse, "{id} {term}: {fine} and {coarse}");
    }
}

#[test]
fn identities_hold_in_sums() {
    let world = world();
    let mut checked = 0;
    for (method, level, key) in every_key() {
        if matches!(method.sums(key), Sums::None { .. }) {
            continue;
        }
        let group = if key == SumOver::Sector { GOODS } else { TWO };
        let analysis = DecomposeAnalysis { sums: vec![key], ..of_group(method, level, key, group) };
        let frame = analysis.run(&world).unwrap().frame;
        for identity in method.identities(level).iter().filter(|identity| identity.summed_over.is_empty()) {
            // Of a table with residual value added v B e is exports.
            let wholes = match identity.whole {
                Identity::EMBODIED => vec!["gexp", "exgr", "gimp"],
                whole => vec![whole],
            };
            let Some(whole) = wholes.iter().find_map(|name| frame.numbers(name)) else { continue };
            let parts: Vec<&[f64]> = identity.parts.iter().map(|part| frame.numbers(part).unwrap()).collect();
            for (row, total) in whole.iter().enumerate() {
                let sum: f64 = parts.iter().map(|part| part[row]).sum();
                close(
                    sum,
                    *total,
                    100.0,
                    1e-12,
                    &format!("{} {}: {}", method.id(), level.id(), identity.statement),
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 300, "{checked}");
}

#[test]
fn a_group_and_a_member_by_itself_stand_beside_each_other() {
    let world = world();
    let mut analysis = of_group(find_method("bm-source").unwrap(), Level::Bilateral, SumOver::Importer, TWO);
    analysis.importers.push("Turkey".into());
    analysis.exporters.push("Germany".into());
    analysis.sums = vec![SumOver::Importer];
    let Piece { frame, notes } = analysis.run(&world).unwrap();
    let importers: Vec<&str> = frame.texts("importer").unwrap().into_iter().flatten().collect();
    assert_eq!(importers, ["Two", "Turkey"]);
    let told = notes.remarks.join("\n");
    for words in [
        "importer Two: Argentina + Turkey; Two stands for 2 economies of the table",
        "rows of importer Two are sums over its members: what one member sells on to another has crossed a border",
    ] {
        assert!(told.contains(words), "`{words}` is missing from {told}");
    }
    assert!(!told.contains("overlap"), "{told}");
    // Two groups that overlap have rows of their own, and that is said.
    analysis.importers = vec![TWO.into(), ALL.into()];
    let Piece { frame, notes } = analysis.run(&world).unwrap();
    let gexp = frame.numbers("gexp").unwrap();
    close(gexp[0], gexp[1], gexp[0], 1e-15, "Germany has no row to itself: both are the same two partners");
    assert!(notes.remarks.iter().any(|remark| remark.contains("groups of importer overlap")));
    // Over exporters the members are decomposed by themselves.
    let mut analysis = of_group(find_method("bm-source").unwrap(), Level::Country, SumOver::Exporter, TWO);
    analysis.sums = vec![SumOver::Exporter];
    let told = analysis.run(&world).unwrap().notes.remarks.join("\n");
    assert!(told.contains("each taken by itself: trade between members is inside"), "{told}");
}

/// One number of a CSV on standard output.
fn cell(text: &str, row: usize, column: &str) -> f64 {
    let place = text.lines().next().unwrap().split(',').position(|name| name == column).unwrap();
    text.lines().nth(row + 1).unwrap().split(',').nth(place).unwrap().parse().unwrap()
}

fn succeeds(arguments: &[&str]) -> (String, String) {
    let output = vadex(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    (stdout(&output), stderr(&output))
}

#[test]
fn known_groups_of_economies_and_sectors_are_added_up_and_the_absent_members_told() {
    let ask = [
        "decompose",
        "builtin:wiod13/2005",
        "--method",
        "bm-source",
        "--level",
        "bilateral-sector",
        "--exporter",
        "ESP",
        "--importer",
        "EU27",
        "--sector",
        "manufactured",
        "--format",
        "csv",
    ];
    let (rows, talk) = succeeds(&ask);
    // Spain does not export to itself; Croatia is not in the table.
    let importers: BTreeSet<&str> = rows.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
    assert!(
        importers.len() == 25 && importers.contains("ROM") && !importers.contains("ESP"),
        "{importers:?}"
    );
    let sectors: BTreeSet<&str> = rows.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    assert!(sectors.contains("c14") && !sectors.contains("c2") && !sectors.contains("c17"), "{sectors:?}");
    assert!(
        talk.contains("importer EU27: European Union since February 2020; the table has no HRV"),
        "{talk}"
    );
    assert!(!talk.contains("are sums over"), "{talk}");
    let (sum, talk) = succeeds(&[&ask[..], &["--sum", "importer,sector"]].concat());
    assert_eq!(sum.lines().count(), 2);
    assert!(sum.lines().nth(1).unwrap().starts_with("2005,ESP,manufactured,EU27,"), "{sum}");
    for column in ["gexp", "dva", "vax", "davax", "ref", "ddc", "fva", "fdc", "gvc"] {
        let parts: f64 = (0..rows.lines().count() - 1).map(|row| cell(&rows, row, column)).sum();
        close(cell(&sum, 0, column), parts, parts, 1e-12, column);
    }
    let (gexp, dva, fva) = (cell(&sum, 0, "gexp"), cell(&sum, 0, "dva"), cell(&sum, 0, "fva"));
    close(
        dva + cell(&sum, 0, "ddc") + fva + cell(&sum, 0, "fdc"),
        gexp,
        gexp,
        1e-10,
        "gexp = dva + ddc + fva + fdc",
    );
    for words in [
        "the table has no HRV, which stays in its rest of the world; EU27 stands for 26 economies of the table",
        "sector manufactured: c3, c4t5",
        "of WIOD 2013",
        "rows of importer EU27 are sums over its members",
        "rows of sector manufactured are sums over its members",
    ] {
        assert!(talk.contains(words), "`{words}` is missing from {talk}");
    }
    // A span of codes in the table's own classification is the same group.
    let place = ask.iter().position(|word| *word == "manufactured").unwrap();
    let mut span = ask.to_vec();
    span[place] = "c3t16";
    assert_eq!(succeeds(&span).0, rows);
    // Exporters: separate decompositions, not the union that --group makes.
    let exporter = ["decompose", "builtin:wiod13/2005", "--method", "bm-source", "--format", "csv"];
    let (apart, _) = succeeds(&[&exporter[..], &["--exporter", "BENELUX"]].concat());
    let (sum, talk) = succeeds(&[&exporter[..], &["--exporter", "BENELUX", "--sum", "exporter"]].concat());
    let (one, _) = succeeds(&[&exporter[..], &["--group", "BENELUX", "--exporter", "BENELUX"]].concat());
    assert_eq!((apart.lines().count(), sum.lines().count(), one.lines().count()), (4, 2, 2));
    let parts: f64 = (0..3).map(|row| cell(&apart, row, "gexp")).sum();
    close(cell(&sum, 0, "gexp"), parts, parts, 1e-12, "gexp of three");
    assert!(cell(&one, 0, "gexp") < 0.95 * parts, "trade inside is domestic in the union alone");
    assert!(talk.contains("`--group` makes one economy of them"), "{talk}");
}

#[test]
fn a_detail_and_the_long_form_are_added_up_piece_by_piece() {
    let table = fixture("leather.csv");
    let ask = [
        "decompose",
        &table,
        "--method",
        "wwz",
        "--level",
        "bilateral",
        "--importer",
        TWO,
        "--format",
        "csv",
        "-q",
    ];
    for by in ["origin", "absorber", "third"] {
        for (shape, keys) in [(&[][..], 4), (&["--tidy"][..], 5)] {
            let all: Vec<&str> = [&ask[..], &["--by", by], shape].concat();
            let (members, _) = succeeds(&all);
            let (summed, _) = succeeds(&[&all[..], &["--sum", "importer"]].concat());
            assert_eq!(members.lines().next(), summed.lines().next());
            // Keys are year, exporter, importer and the rest.
            let add = |text: &str| -> BTreeMap<Vec<String>, Vec<f64>> {
                let mut sums: BTreeMap<Vec<String>, Vec<f64>> = BTreeMap::new();
                for line in text.lines().skip(1) {
                    let mut labels: Vec<String> = line.split(',').map(str::to_owned).collect();
                    let numbers = labels.split_off(keys);
                    labels.remove(2);
                    let numbers = numbers.iter().map(|number| number.parse::<f64>().unwrap());
                    let sum = sums.entry(labels).or_default();
                    sum.resize(numbers.len(), 0.0);
                    sum.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
                }
                sums
            };
            let (expected, found) = (add(&members), add(&summed));
            assert!(summed.lines().skip(1).all(|line| line.split(',').nth(2) == Some("Two")), "{summed}");
            assert_eq!(summed.lines().count(), expected.len() + 1, "one row each: {summed}");
            assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
            for (labels, numbers) in &expected {
                for (number, sum) in numbers.iter().zip(&found[labels]) {
                    close(*sum, *number, 100.0, 1e-13, &format!("{by} {labels:?}"));
                }
            }
        }
    }
    // An interval is that of the sum, from the draws of the sum.
    let drawn = ["--draws", "40", "--sum", "importer", "--exporter", "Germany"];
    let output = succeeds(&[&ask[..], &drawn].concat()).0;
    let (low, value, high) =
        (cell(&output, 0, "gexp_lo"), cell(&output, 0, "gexp"), cell(&output, 0, "gexp_hi"));
    assert!(output.lines().count() == 2 && low < high && 0.2 * value < low && high < 5.0 * value, "{output}");
}

#[test]
fn a_batch_adds_up_as_the_command_does() {
    let study = Study::with_tables(
        "[[table]]\npath = 'tables'\nname = 'leather'\nyear = 2000\n\
         [[task]]\ncommand = 'decompose'\nmethod = ['bm-source', 'vax']\nlevel = 'bilateral-sector'\n\
         importer = 'Two=Argentina,Turkey'\nsector = ['Goods=Agriculture,Transport_Equipment']\n\
         sum = ['importer', 'sector']\n\
         [[task]]\ncommand = 'decompose'\nmethod = 'bm-sink'\nlevel = 'bilateral'\nimporter = ['Two=Argentina,Turkey', 'Germany']\n\
         sum = 'importer'\nby = 'origin'\n\
         [[task]]\ncommand = 'tiva'\nlevel = 'bilateral'\npartner = 'Two=Argentina,Turkey'\nsum = 'partner'\n",
    );
    study.succeeds("out", &[]);
    let alone = study.text("alone.csv");
    let table = study.text("tables/2000.csv");
    for (file, more) in [
        (
            "decompose-bm-source-bilateral-sector-sum-importer-sector",
            &[
                "bm-source",
                "--level",
                "bilateral-sector",
                "--importer",
                TWO,
                "--sector",
                GOODS,
                "--sum",
                "sector,importer",
            ][..],
        ),
        (
            "decompose-vax-bilateral-sector-sum-importer-sector",
            &[
                "vax",
                "--level",
                "bilateral-sector",
                "--importer",
                TWO,
                "--sector",
                GOODS,
                "--sum",
                "importer,sector",
            ],
        ),
        (
            "decompose-bm-sink-bilateral-by-origin-sum-importer",
            &[
                "bm-sink",
                "--level",
                "bilateral",
                "--importer",
                "Germany,Two=Argentina,Turkey",
                "--sum",
                "importer",
                "--by",
                "origin",
            ],
        ),
    ] {
        succeeds(&[&["decompose", &table, "--year", "2000", "-o", &alone, "-q", "--method"], more].concat());
        let batch = std::fs::read(study.path(&format!("out/{file}/leather-2000.csv"))).unwrap();
        let text = String::from_utf8(batch.clone()).unwrap();
        assert!(std::fs::read(&alone).unwrap() == batch, "{file}: {text}");
        assert!(text.contains(",Two,"), "{file}: {text}");
    }
    let whole = ["--level", "bilateral", "--partner", TWO, "--sum", "partner"];
    succeeds(&[&["tiva", &table, "--year", "2000", "-o", &alone, "-q"], &whole[..]].concat());
    let batch = std::fs::read(study.path("out/tiva-bilateral-sum-partner/leather-2000.csv")).unwrap();
    assert!(std::fs::read(&alone).unwrap() == batch, "{}", String::from_utf8_lossy(&batch));
    for (sum, words) in [
        ("sum = 'importer'\nmethod = 'bm-self'", "m.toml:5: rows of `bm-self` do not add up over `importer`"),
        ("sum = 'imprter'\nmethod = 'wwz'", "did you mean `importer`?"),
    ] {
        let study = Study::with_tables(&format!(
            "[[table]]\npath = 'tables'\n[[task]]\ncommand = 'decompose'\n{sum}\nlevel = 'bilateral'\nimporter = '{TWO}'\n"
        ));
        let output = study.run("out", &[]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}

#[test]
fn what_cannot_be_added_up_is_refused_with_a_way_out() {
    let table = fixture("leather.csv");
    let decompose = |method: &'static str| vec!["decompose", table.as_str(), "--method", method];
    for (method, more, words) in [
        (
            "bm-self",
            &["--level", "bilateral", "--importer", TWO, "--sum", "importer"][..],
            &["perimeter of its own", "--group", "bm-source"][..],
        ),
        (
            "bm-self",
            &["--level", "sector", "--sector", GOODS, "--sum", "sector"],
            &["perimeter of its own", "bm-source"],
        ),
        (
            "extraction",
            &["--level", "bilateral", "--importer", TWO, "--sum", "importer"],
            &["less is lost", "--group"],
        ),
        (
            "wwz",
            &["--level", "bilateral", "--importer", "Turkey", "--sum", "importer"],
            &["no group is chosen", "NAME=A,B"],
        ),
        ("wwz", &["--level", "sector", "--sum", "sector"], &["no group is chosen", "manufactured"]),
        (
            "wwz",
            &["--importer", TWO, "--sum", "importer"],
            &["`importer` cannot be chosen here", "bilateral"],
        ),
        ("wwz", &["--exporter", "Turkey=Argentina,Germany"], &["a name of the table's own", "another name"]),
        ("wwz", &["--exporter", "Two=Argentina,Germny"], &["unknown economy `Germny`", "`Germany`"]),
        ("wwz", &["--exporter", "EU27"], &["the table has no member of `EU27`", "NAME=A,B"]),
        (
            "wwz",
            &["--level", "bilateral", "--group", "G=Turkey,Germany", "--exporter", "Turkey"],
            &["`Turkey` is a part of `G`", "--importer NAME=A,B --sum importer"],
        ),
    ] {
        let output = vadex(&[&decompose(method)[..], more].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{method} {more:?}");
        for words in words {
            assert!(
                stderr(&output).contains(words),
                "{method} {more:?}: no `{words}` in {}",
                stderr(&output)
            );
        }
    }
    // Over exporters every method has separate decompositions; a refused method is refused among others, too.
    succeeds(&[&decompose("bm-self")[..], &["--exporter", TWO, "--sum", "exporter", "-q"]].concat());
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let both = ["--level", "bilateral", "--importer", TWO, "--sum", "importer", "-o", out.to_str().unwrap()];
    let output = vadex(&[&decompose("wwz,bm-self")[..], &both].concat());
    assert!(output.status.code() == Some(2) && !out.exists(), "{}", stderr(&output));
}

#[test]
fn groups_choose_rows_wherever_economies_and_sectors_are_chosen() {
    let wiod = "builtin:wiod13/2005";
    let same = |one: &[&str], other: &[&str]| {
        let (one, talk) = succeeds(one);
        let (other, _) = succeeds(other);
        assert_eq!(one, other);
        assert!(one.lines().count() > 1);
        talk
    };
    let talk = same(
        &["tiva", wiod, "--economy", "BENELUX,USA", "--format", "csv"],
        &["tiva", wiod, "--economy", "BEL,LUX,NLD,USA", "--format", "csv"],
    );
    assert!(
        talk.contains("economy BENELUX: Benelux Union; BENELUX stands for 3 economies of the table"),
        "{talk}"
    );
    let sectors = "c3,c4t5,c6t7,c8,c9t11,c12,c13,c14,c15,c16";
    let talk = same(
        &[
            "indicators",
            "gvc-income",
            wiod,
            "--economy",
            "CHN",
            "--sector",
            "manufactured",
            "--format",
            "csv",
        ],
        &["indicators", "gvc-income", wiod, "--economy", "CHN", "--sector", sectors, "--format", "csv"],
    );
    assert!(talk.contains("sector manufactured: c3, c4t5"), "{talk}");
    let pairs =
        ["indicators", "exposure", wiod, "--level", "bilateral", "--economy", "CHN", "--format", "csv"];
    same(
        &[&pairs[..], &["--partner", "NAFTA"]].concat(),
        &[&pairs[..], &["--partner", "CAN,MEX,USA"]].concat(),
    );
    let parts = [
        "decompose",
        wiod,
        "--method",
        "bm-source",
        "--exporter",
        "CHN",
        "--by",
        "origin",
        "--format",
        "csv",
    ];
    let talk = same(
        &[&parts[..], &["--origin", "BENELUX"]].concat(),
        &[&parts[..], &["--origin", "BEL,LUX,NLD"]].concat(),
    );
    assert!(talk.contains("origin BENELUX: Benelux Union; BENELUX stands for 3 economies"), "{talk}");
    let years = ["sda", "builtin:wiod13/2004", wiod, "--format", "csv"];
    let talk = same(
        &[&years[..], &["--economy", "BENELUX"]].concat(),
        &[&years[..], &["--economy", "BEL,LUX,NLD"]].concat(),
    );
    assert!(talk.contains("economy BENELUX: Benelux Union"), "{talk}");
    let cells = ["matrix", wiod, "--of", "input-coefficients", "--format", "csv"];
    let talk = same(
        &[&cells[..], &["--economy", "BENELUX", "--to-economy", "BENELUX"]].concat(),
        &[&cells[..], &["--economy", "BEL,LUX,NLD", "--to-economy", "BEL,LUX,NLD"]].concat(),
    );
    assert_eq!(talk.matches("economy BENELUX: Benelux Union").count(), 1, "told once: {talk}");
}

/// Amounts add up, shares do not: they are those of the sums.
#[test]
fn shares_of_trade_in_value_added_are_those_of_the_sums() {
    let ask = [
        "tiva",
        "builtin:wiod13/2005",
        "--level",
        "bilateral-sector",
        "--economy",
        "ESP,FRA",
        "--format",
        "csv",
    ];
    let of = ["--partner", "EU27", "--sector", "manufactured"];
    let (rows, _) = succeeds(&[&ask[..], &of].concat());
    let (sums, talk) = succeeds(&[&ask[..], &of, &["--sum", "sector,partner"]].concat());
    assert_eq!((rows.lines().count(), sums.lines().count()), (1 + 2 * 25 * 10, 3));
    for (place, economy) in ["ESP", "FRA"].into_iter().enumerate() {
        let line = sums.lines().nth(place + 1).unwrap();
        assert!(line.starts_with(&format!("2005,{economy},manufactured,EU27,")), "{line}");
        let own: Vec<usize> = (0..rows.lines().count() - 1)
            .filter(|row| rows.lines().nth(row + 1).unwrap().starts_with(&format!("2005,{economy},")))
            .collect();
        let total = |column: &str| -> f64 { own.iter().map(|&row| cell(&rows, row, column)).sum() };
        let found = |column: &str| cell(&sums, place, column);
        for column in ["gexp", "dva", "fva", "vs", "vs1", "vax"] {
            close(found(column), total(column), total(column), 1e-12, column);
        }
        for (share, part) in [("dva_share", "dva"), ("vs_share", "vs"), ("vax_ratio", "vax")] {
            close(found(share), total(part) / total("gexp"), 1.0, 1e-12, share);
        }
        let inputs = |row: usize| {
            if cell(&rows, row, "gexp") > 0.0 {
                cell(&rows, row, "int_share") * cell(&rows, row, "gexp")
            } else {
                0.0
            }
        };
        let inputs: f64 = own.iter().map(|&row| inputs(row)).sum();
        close(found("int_share"), inputs / total("gexp"), 1.0, 1e-12, "int_share");
    }
    assert!(talk.contains("rows of partner EU27 are sums over its members"), "{talk}");
    // A key that the rows do not have, and a sum without a group.
    for (more, words) in [
        (&["--partner", "EU27"][..], "`partner` cannot be chosen here"),
        (&["--level", "bilateral", "--sector", "c3"], "`sector` cannot be chosen here"),
        (&["--level", "sector", "--sector", "c3", "--sum", "sector"], "no group is chosen"),
    ] {
        let output = vadex(&[&["tiva", "builtin:wiod13/2005"], more].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{more:?}");
        assert!(stderr(&output).contains(words), "{more:?}: {}", stderr(&output));
    }
}

#[test]
fn the_manual_says_of_each_method_what_its_sums_are() {
    for (method, words) in [
        ("bm-source", &["--sum: exporter: of separate decompositions", "importer: of the summed flow"][..]),
        ("bm-self", &["importer: none, each flow has a perimeter of its own"]),
        ("vax", &["importer: of the summed flow, without vaxd"]),
        ("bm-imports", &["--sum: importer: of separate decompositions"]),
        ("EU27", &["--group EU27", "--importer EU27", "--sum importer"]),
    ] {
        let told = succeeds(&["explain", method]).0.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.iter().all(|words| told.contains(words)), "{method}: {told}");
    }
}
