//! Numbers that a reader can look up: Miller and Blair (2009), the OECD-WTO chain, a loop in exact fractions, and the
//! leather table as other tools compute it.

use nalgebra::DMatrix;
use vadex::indicators::{Level, trade_in_value_added};
use vadex::labels::Axis;
use vadex::model::System;
use vadex::model::SystemOptions;
use vadex::model::solver::Side;

use super::support::{close, dmatrix, leather, model, table};

fn system(rows: &[(&str, &str)], coefficients: DMatrix<f64>) -> System {
    let pairs: Vec<(String, String)> = rows.iter().map(|(e, s)| ((*e).into(), (*s).into())).collect();
    let (axis, _) = Axis::new(&pairs).unwrap();
    System::from_coefficients(axis, coefficients, &SystemOptions::default()).unwrap()
}

/// Miller and Blair (2009), chapter 2, tables 2.3 and 2.4.
#[test]
fn the_two_sector_example_of_miller_and_blair() {
    let system = system(&[("R", "1"), ("R", "2")], dmatrix![0.15, 0.25; 0.20, 0.05]);
    let published = dmatrix![1.25412541, 0.330033; 0.2640264, 1.12211221];
    let inverse = system.global_leontief().unwrap();
    for (found, expected) in inverse.iter().zip(published.iter()) {
        close(*found, *expected, 1.0, 5e-9, "Leontief inverse, 8 printed digits");
    }
    // New final demand (600, 1500): gross output 1247.5 and 1841.6 as printed, 1247.524752 and 1841.584158 exactly.
    let mut output = dmatrix![600.0; 1500.0];
    system.solve_in_place(Side::Direct, &mut output).unwrap();
    close(output[0], 1_247.524_752, 1.0, 5e-7, "output of sector 1");
    close(output[1], 1_841.584_158, 1.0, 5e-7, "output of sector 2");
    // Labour 0.30 and 0.25 a unit: 374.25 and 460.40 as printed.
    close(0.30 * output[0], 374.25, 1.0, 0.01, "labour of sector 1");
    close(0.25 * output[1], 460.40, 1.0, 0.01, "labour of sector 2");
}

/// Miller and Blair (2009), section 3.3: two regions, three and two sectors; blocks of unequal size.
#[test]
fn the_interregional_example_of_miller_and_blair() {
    let flows = dmatrix![
        150.0, 500.0, 50.0, 25.0, 75.0;
        200.0, 100.0, 400.0, 200.0, 100.0;
        300.0, 500.0, 50.0, 60.0, 40.0;
        75.0, 100.0, 60.0, 200.0, 250.0;
        50.0, 25.0, 25.0, 150.0, 100.0
    ];
    let output = [1000.0, 2000.0, 1000.0, 1200.0, 800.0];
    let coefficients = DMatrix::from_fn(5, 5, |i, j| flows[(i, j)] / output[j]);
    let system = system(&[("L", "1"), ("L", "2"), ("L", "3"), ("M", "1"), ("M", "2")], coefficients);
    let expected = dmatrix![
        1.423409, 0.465226, 0.290909, 0.191693, 0.304054;
        0.634613, 1.423665, 0.67068, 0.409216, 0.455848;
        0.638291, 0.53687, 1.336252, 0.250122, 0.31077;
        0.267195, 0.200008, 0.197349, 1.340612, 0.547268;
        0.146811, 0.090834, 0.092576, 0.215462, 1.253804
    ];
    for (found, expected) in system.global_leontief().unwrap().iter().zip(expected.iter()) {
        close(*found, *expected, 1.0, 5e-7, "interregional inverse, 6 digits");
    }
}

/// OECD-WTO (2012): A exports 100 to B, B adds 10 and exports 110 to C.
#[test]
fn a_chain_of_three_economies() {
    let z = dmatrix![0.0, 100.0, 0.0; 0.0, 0.0, 0.0; 0.0, 0.0, 0.0];
    let y = dmatrix![0.0, 0.0, 0.0; 0.0, 0.0, 110.0; 0.0, 0.0, 0.0];
    let model = model(&table(&["A", "B", "C"], &["s"], z, y));
    let rows = trade_in_value_added(&model, Level::Country).unwrap();
    let column = |value: fn(&vadex::indicators::TivaRow) -> f64| rows.iter().map(value).collect::<Vec<_>>();
    assert_eq!(column(|row| row.gexp), [100.0, 110.0, 0.0]);
    assert_eq!(column(|row| row.dva), [100.0, 10.0, 0.0]);
    assert_eq!(column(|row| row.fva), [0.0, 100.0, 0.0]);
    assert_eq!(column(|row| row.vs), [0.0, 100.0, 0.0]);
    assert_eq!(column(|row| row.vs1), [100.0, 0.0, 0.0]);
    assert_eq!(column(|row| row.vax), [100.0, 10.0, 0.0]);
    assert_eq!(rows[2].dva_share(), None, "an economy without exports has no share");
    // The bilateral deficit of C moves: 110 gross with B is 10 with B and 100 with A in value added.
    let pairs = trade_in_value_added(&model, Level::Bilateral).unwrap();
    let vax = |s, r| pairs.iter().find(|p| p.economy == s && p.partner == Some(r)).unwrap().vax;
    assert_eq!((vax(0, 2), vax(1, 2), vax(0, 1)), (100.0, 10.0, 0.0));
}

/// Two economies that buy from each other: det(I − A) = 61/100, so everything is a fraction of 61.
#[test]
fn a_loop_of_two_economies_in_exact_fractions() {
    let (x1, x2) = (6300.0 / 61.0, 7700.0 / 61.0);
    let z = dmatrix![0.2 * x1, 0.1 * x2; 0.3 * x1, 0.2 * x2];
    let model = model(&table(&["A", "B"], &["s"], z, dmatrix![50.0, 20.0; 10.0, 60.0]));
    let inverse = model.system().global_leontief().unwrap();
    for (found, expected) in inverse.iter().zip([80.0 / 61.0, 30.0 / 61.0, 10.0 / 61.0, 80.0 / 61.0]) {
        close(*found, expected, 1.0, 1e-15, "global inverse");
    }
    let rows = trade_in_value_added(&model, Level::Country).unwrap();
    let (e1, e2) = (1990.0 / 61.0, 2500.0 / 61.0);
    let (v1, v2) = (0.5, 0.7);
    for (row, gexp, dva, fva, vs, vs1) in [
        (&rows[0], e1, v1 * 80.0 / 61.0 * e1, v2 * 30.0 / 61.0 * e1, 0.3 / 0.8 * e1, v1 * 10.0 / 61.0 * e2),
        (&rows[1], e2, v2 * 80.0 / 61.0 * e2, v1 * 10.0 / 61.0 * e2, 0.1 / 0.8 * e2, v2 * 30.0 / 61.0 * e1),
    ] {
        close(row.gexp, gexp, gexp, 1e-14, "gross exports");
        close(row.dva, dva, gexp, 1e-14, "domestic content");
        close(row.fva, fva, gexp, 1e-14, "foreign content");
        close(row.vs, vs, gexp, 1e-14, "import content");
        close(row.vs1, vs1, gexp, 1e-14, "own value added in the other's exports");
    }
    close(rows[0].vax, 18.032_786_885_245_898, 1.0, 1e-13, "VAX-C of A");
    close(rows[1].vax, 26.393_442_622_950_82, 1.0, 1e-13, "VAX-C of B");
}

/// decompr 7.0.0 `bm(aggregation = "country")` and gvc 6.4.0 `e2r` on the leather table.
#[test]
fn the_leather_table_as_decompr_and_gvc_have_it() {
    let model = model(&leather());
    let rows = trade_in_value_added(&model, Level::Country).unwrap();
    // GEXP, DC, FC, GVCB (= VS), VAX of decompr; sum of e2r of gvc.
    let expected = [
        [64.3, 53.68995649126465, 10.610043508735338, 11.4824384349719, 46.73208810310232, 21.63474729282846],
        [113.6, 92.4617531596313, 21.138246840368698, 23.7751831584645, 77.34144367059304, 27.1003777984993],
        [
            147.6,
            111.29058305935965,
            36.30941694064035,
            40.75759693353071,
            96.71914217054655,
            19.32258219841662,
        ],
    ];
    for (row, [gexp, dc, fc, vs, vax, e2r]) in rows.iter().zip(expected) {
        for (found, expected, what) in [
            (row.gexp, gexp, "GEXP"),
            (row.dva, dc, "DC"),
            (row.fva, fc, "FC"),
            (row.vs, vs, "GVCB"),
            (row.vax, vax, "VAX"),
            (row.vs1, e2r, "e2r"),
        ] {
            close(found, expected, gexp, 1e-13, what);
        }
    }
    let by_sector = trade_in_value_added(&model, Level::Sector).unwrap();
    let e2r = [
        11.947193837794066,
        9.243687984788,
        0.443_865_470_246_400_16,
        12.434004118178198,
        13.683265437426542,
        0.983_108_242_894_538_5,
        8.221_873_390_041_232,
        6.177_406_854_460_526,
        4.923301953914879,
    ];
    for (row, expected) in by_sector.iter().zip(e2r) {
        close(row.vs1, expected, 1.0, 1e-13, "e2r by sector of origin");
    }
}
