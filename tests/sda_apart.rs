//! Structural decompositions taken apart: by whose demand it is, by industry, year by year, of jobs. Against figures that a program of its own
//! (numpy 2.4: dense solves of every mixture, a walk through each of the 720 orders) computes of two tables of invented whole
//! numbers, and against each other.

use nalgebra::DMatrix;
use vadex::analysis::{AnalysisError, Piece, Preparation, Satellite, SdaAnalysis, World};
use vadex::labels::Group;
use vadex::level::Level;
use vadex::table::IcioTable;

use super::support::{close, dmatrix, stderr, stdout, table, vadex};

const ECONOMIES: [&str; 3] = ["A", "B", "C"];
const SECTORS: [&str; 2] = ["a", "b"];
/// Of GDP: sums and solves of six rows, in another order.
const TOLERANCE: f64 = 1e-12;
/// Of GDP: the figures have nine decimals.
const ELSEWHERE: f64 = 1e-10;
/// No economy's value added is far from it.
const GDP: f64 = 100.0;

/// Contribution, its ends, and what of it is for demand at home and abroad: a row an economy and factor.
#[rustfmt::skip]
const BY_ECONOMY: [[f64; 5]; 18] = [
    [43.113_609_606, 32.051_464_634, 61.062_296_295, 21.017_411_507, 22.096_198_099],
    [-14.887_758_118, -30.453_972_260, -4.220_393_753, -8.542_297_437, -6.345_460_682],
    [7.898_168_214, 1.372_427_627, 20.965_844_303, 5.411_219_710, 2.486_948_503],
    [0.413_168_250, -3.853_244_720, 7.798_597_446, 15.253_135_108, -14.839_966_858],
    [1.376_331_909, -1.284_889_637, 5.178_042_783, -0.163_417_646, 1.539_749_555],
    [38.086_480_140, 27.208_382_054, 55.610_627_397, 25.721_706_191, 12.364_773_949],
    [-15.169_251_179, -18.529_460_056, -13.058_592_347, -8.355_172_379, -6.814_078_800],
    [-1.701_585_481, -8.805_642_608, 3.504_134_429, 0.732_490_499, -2.434_075_980],
    [-3.094_374_492, -8.925_316_433, 0.841_437_428, 0.545_784_305, -3.640_158_797],
    [-1.829_468_730, -9.418_729_312, 3.355_845_969, 9.444_290_788, -11.273_759_517],
    [-0.501_456_360, -5.504_983_817, 3.972_816_572, -0.080_015_209, -0.421_441_151],
    [26.296_136_242, 20.735_293_998, 32.506_540_989, 3.249_800_539, 23.046_335_703],
    [-4.442_612_932, -10.972_095_878, 0.340_438_972, -2.867_647_704, -1.574_965_228],
    [-8.465_762_405, -14.105_925_099, -3.632_080_618, -1.901_435_334, -6.564_327_071],
    [-3.668_111_278, -6.474_478_531, -1.035_699_303, -0.830_045_753, -2.838_065_524],
    [1.480_749_738, -1.357_845_098, 4.530_186_752, 7.539_016_288, -6.058_266_550],
    [-0.783_104_337, -6.750_946_865, 3.940_332_241, -1.220_781_922, 0.437_677_585],
    [31.878_841_214, 28.407_936_481, 36.555_387_303, 19.448_923_544, 12.429_917_670],
];

/// Contribution of the six factors: a row an industry and absorber.
#[rustfmt::skip]
const BY_INDUSTRY_AND_ABSORBER: [[f64; 6]; 18] = [
    [18.543_040_935, -6.152_924_404, 3.926_688_957, 10.308_254_707, 1.646_662_512, 14.763_380_837],
    [10.208_696_509, -2.235_540_062, 0.831_726_971, -4.659_463_483, 0.129_938_354, 0.845_561_594],
    [9.013_719_268, -4.163_520_329, 1.848_871_590, -1.270_106_172, -2.063_365_736, 5.478_377_951],
    [2.474_370_572, -2.389_373_033, 1.484_530_753, 4.944_880_401, -1.810_080_158, 10.958_325_353],
    [1.291_310_611, -0.436_225_258, -0.356_963_285, -2.746_284_683, -0.070_549_223, 0.607_389_862],
    [1.582_471_710, 0.489_824_967, 0.163_313_228, -6.164_112_520, 3.543_726_159, 5.433_444_541],
    [-2.562_991_164, -1.459_027_931, -1.436_896_248, -5.064_378_670, 0.474_216_240, 5.756_231_929],
    [-6.052_198_875, 0.376_086_546, 1.455_242_461, 7.308_793_785, 0.377_105_561, 1.379_001_971],
    [-2.309_249_281, -0.943_785_145, -1.640_101_961, -5.427_620_388, -2.272_153_565, 4.041_724_734],
    [-0.964_309_295, -1.721_163_446, -1.332_875_170, -6.041_679_097, -0.719_492_765, 7.595_860_850],
    [-2.302_973_504, 0.356_403_953, -0.909_458_156, 2.135_497_003, -0.457_120_770, 1.870_798_568],
    [-0.977_529_060, 1.689_900_543, 0.769_714_581, 5.259_918_637, 2.095_988_938, 5.652_518_190],
    [-4.059_046_012, -2.876_144_680, -1.919_318_486, -3.893_695_048, 0.655_343_625, 6.187_669_925],
    [-3.313_406_998, -1.666_845_164, -2.072_813_431, -2.938_802_702, 0.114_794_002, 0.523_561_006],
    [-8.709_218_521, -3.027_838_341, -0.099_957_888, 5.813_712_291, -9.678_530_216, 9.960_536_637],
    [2.322_378_240, -2.105_193_925, -0.180_648_379, -0.051_821_844, -0.238_138_333, 4.937_362_251],
    [3.475_109_542, 0.083_856_699, 1.334_714_772, 0.826_053_045, -0.094_321_709, 0.781_324_487],
    [5.841_570_817, 1.126_403_007, -0.730_087_865, 1.725_303_997, 8.457_748_293, 9.488_386_907],
];

/// Ends of the six factors over all orders, of B.a.
const ENDS_OF_AN_INDUSTRY: [[f64; 2]; 6] = [
    [-13.799_624_129, -9.238_021_682],
    [-7.029_294_568, 1.212_457_690],
    [-6.525_231_979, 1.647_422_641],
    [-8.279_179_535, -0.151_492_007],
    [-4.123_112_591, -0.064_912_739],
    [6.965_034_316, 16.274_954_196],
];

/// The same as by economy, of jobs.
#[rustfmt::skip]
const JOBS: [[f64; 5]; 18] = [
    [-26.393_530_261, -36.682_761_680, -20.094_252_292, -12.781_199_528, -13.612_330_733],
    [-10.381_332_135, -22.438_119_188, -3.294_945_006, -6.306_619_580, -4.074_712_555],
    [6.365_392_237, 0.972_621_366, 15.372_356_048, 4.375_732_687, 1.989_659_551],
    [-1.470_571_602, -4.733_766_942, 4.679_370_563, 12.278_342_110, -13.748_913_713],
    [1.708_100_793, -1.246_692_580, 5.671_026_954, -0.895_399_307, 2.603_500_100],
    [33.171_940_967, 25.867_205_027, 45.257_108_979, 21.991_804_113, 11.180_136_855],
    [-2.574_992_441, -4.151_450_805, -1.300_188_222, -1.276_219_493, -1.298_772_948],
    [-1.364_836_991, -6.930_491_447, 2.408_841_262, 0.622_521_870, -1.987_358_861],
    [-2.178_274_128, -6.801_505_225, 0.955_190_078, 0.765_468_935, -2.943_743_063],
    [-1.939_588_639, -7.673_113_770, 2.350_211_132, 7.573_187_831, -9.512_776_470],
    [-0.612_601_625, -4.239_895_730, 2.784_351_071, 0.039_521_569, -0.652_123_194],
    [18.670_293_824, 15.063_319_422, 22.275_654_508, 2.348_306_156, 16.321_987_667],
    [14.733_266_438, 7.712_293_472, 23.674_429_444, 8.247_070_374, 6.486_196_064],
    [-8.272_395_405, -12.552_230_420, -4.541_508_950, -2.961_590_171, -5.310_805_234],
    [-4.167_166_693, -6.365_453_465, -2.301_197_711, -0.231_908_811, -3.935_257_882],
    [-0.622_295_288, -3.568_201_075, 2.403_868_941, 6.488_250_088, -7.110_545_376],
    [-7.607_469_948, -14.184_452_236, -2.602_979_049, -8.310_398_279, 0.702_928_331],
    [20.936_060_897, 16.018_059_445, 28.682_153_569, 12.675_748_106, 8.260_312_791],
];

/// Jobs of the industries in the two years.
const JOBS_HELD: [[i32; 6]; 2] = [[45, 49, 36, 44, 42, 13], [39, 58, 49, 41, 57, 13]];

fn tables() -> [IcioTable; 2] {
    let flows = [
        (
            dmatrix![
                7.0, 10.0, 8.0, 8.0, 11.0, 8.0;
                11.0, 11.0, 8.0, 5.0, 4.0, 11.0;
                7.0, 7.0, 10.0, 6.0, 9.0, 5.0;
                11.0, 10.0, 10.0, 15.0, 5.0, 3.0;
                10.0, 6.0, 8.0, 1.0, 17.0, 7.0;
                10.0, 11.0, 2.0, 11.0, 6.0, 7.0
            ],
            dmatrix![
                19.0, 14.0, 8.0;
                22.0, 11.0, 12.0;
                12.0, 30.0, 14.0;
                12.0, 41.0, 2.0;
                14.0, 12.0, 36.0;
                2.0, 9.0, 18.0
            ],
        ),
        (
            dmatrix![
                13.0, 15.0, 10.0, 6.0, 8.0, 8.0;
                7.0, 24.0, 4.0, 8.0, 10.0, 13.0;
                1.0, 4.0, 22.0, 15.0, 4.0, 1.0;
                4.0, 10.0, 7.0, 22.0, 14.0, 11.0;
                3.0, 3.0, 3.0, 1.0, 15.0, 10.0;
                6.0, 11.0, 14.0, 11.0, 10.0, 10.0
            ],
            dmatrix![
                55.0, 7.0, 6.0;
                43.0, 6.0, 11.0;
                10.0, 46.0, 3.0;
                6.0, 46.0, 18.0;
                14.0, 7.0, 43.0;
                3.0, 11.0, 49.0
            ],
        ),
    ];
    flows.map(|(z, y): (DMatrix<f64>, DMatrix<f64>)| table(&ECONOMIES, &SECTORS, z, y))
}

fn worlds(preparation: &Preparation) -> [World; 2] {
    tables().map(|table| preparation.build(table).unwrap())
}

fn run(level: Level, coupled: bool) -> Piece {
    let [from, to] = worlds(&Preparation::default());
    SdaAnalysis { level, coupled, ..SdaAnalysis::default() }.run(&from, &to, &|| ()).unwrap()
}

/// A column of numbers.
fn column(piece: &Piece, name: &str) -> Vec<f64> {
    piece.frame.numbers(name).unwrap_or_else(|| panic!("there is no column {name}")).to_vec()
}

#[test]
fn demand_at_home_and_abroad_is_what_another_program_computes() {
    let piece = run(Level::Country, false);
    assert_eq!(piece.frame.n_rows(), BY_ECONOMY.len());
    let names = ["contribution", "lowest", "highest", "domestic_demand", "foreign_demand"];
    for (place, name) in names.into_iter().enumerate() {
        for (row, (found, expected)) in column(&piece, name).iter().zip(&BY_ECONOMY).enumerate() {
            close(*found, expected[place], GDP, ELSEWHERE, &format!("{name}, row {row}"));
        }
    }
}

#[test]
fn industries_and_absorbers_are_what_another_program_computes() {
    let piece = run(Level::BilateralSector, false);
    let found = column(&piece, "contribution");
    assert_eq!(found.len(), 6 * BY_INDUSTRY_AND_ABSORBER.len());
    for (row, expected) in BY_INDUSTRY_AND_ABSORBER.iter().flatten().enumerate() {
        close(found[row], *expected, GDP, ELSEWHERE, &format!("row {row}"));
    }
    let piece = run(Level::Sector, false);
    let (lowest, highest) = (column(&piece, "lowest"), column(&piece, "highest"));
    for (factor, ends) in ENDS_OF_AN_INDUSTRY.into_iter().enumerate() {
        // B.a is the third industry.
        let found = [lowest[12 + factor], highest[12 + factor]];
        (0..2).for_each(|end| close(found[end], ends[end], GDP, ELSEWHERE, &format!("factor {factor}")));
    }
}

#[test]
fn levels_add_up_to_each_other() {
    for coupled in [false, true] {
        let [country, sector, bilateral, finest] = Level::ALL.map(|level| run(level, coupled));
        for name in ["contribution", "change"] {
            let [country, sector, bilateral, finest] =
                [&country, &sector, &bilateral, &finest].map(|piece| column(piece, name));
            for (row, whole) in country.iter().enumerate() {
                let (economy, factor) = (row / 6, row % 6);
                let what = format!("{name} of {economy}, factor {factor}, coupled {coupled}");
                let industries = |at: &dyn Fn(usize) -> f64| (0..2).map(|k| at(2 * economy + k)).sum::<f64>();
                let absorbers = |at: &dyn Fn(usize) -> f64| (0..3).map(at).sum::<f64>();
                close(industries(&|industry| sector[6 * industry + factor]), *whole, GDP, TOLERANCE, &what);
                let of = |absorber: usize| bilateral[6 * (3 * economy + absorber) + factor];
                close(absorbers(&of), *whole, GDP, TOLERANCE, &what);
                let of =
                    |industry: usize| absorbers(&|absorber| finest[6 * (3 * industry + absorber) + factor]);
                close(industries(&of), *whole, GDP, TOLERANCE, &what);
            }
        }
        for (piece, by, members) in [(&country, &bilateral, 1), (&sector, &finest, 2)] {
            let by = column(by, "contribution");
            let [whole, home, abroad] =
                ["contribution", "domestic_demand", "foreign_demand"].map(|name| column(piece, name));
            for row in 0..whole.len() {
                let (unit, factor) = (row / 6, row % 6);
                let of = |absorber: usize| by[6 * (3 * unit + absorber) + factor];
                let own = unit / members;
                let others: f64 = (0..3).filter(|absorber| *absorber != own).map(of).sum();
                close(home[row], of(own), GDP, TOLERANCE, "at home");
                close(abroad[row], others, GDP, TOLERANCE, "abroad");
                close(home[row] + abroad[row], whole[row], GDP, TOLERANCE, "at home and abroad");
            }
        }
        for piece in [country, sector, bilateral, finest] {
            let gap = piece.notes.worst_identity.unwrap();
            assert!(gap.relative_gap < TOLERANCE, "{gap:?}");
        }
    }
}

#[test]
fn an_industry_of_a_group_is_that_of_its_members_and_their_demand_is_at_home() {
    let union = Group { name: "U".into(), members: vec!["A".into(), "C".into()] };
    let [from, to] = worlds(&Preparation { groups: vec![union], ..Preparation::default() });
    let at = |level: Level| {
        SdaAnalysis { economies: vec!["U".into()], level, ..SdaAnalysis::default() }
            .run(&from, &to, &|| ())
            .unwrap()
    };
    let (country, sector) = (at(Level::Country), at(Level::Sector));
    assert_eq!(sector.frame.n_rows(), 12, "two industries, not four");
    for name in ["contribution", "domestic_demand", "foreign_demand", "change"] {
        let (whole, parts) = (column(&country, name), column(&sector, name));
        for factor in 0..6 {
            close(parts[factor] + parts[6 + factor], whole[factor], GDP, TOLERANCE, name);
        }
    }
    // What A and C sell each other is at home now.
    let (home, apart) =
        (column(&country, "domestic_demand"), column(&run(Level::Country, false), "domestic_demand"));
    assert!((home[5] - apart[5] - apart[17]).abs() > 1.0, "{home:?}");
}

/// Three years: the third uses as much as the first, and demands what the second does.
fn three_years() -> Vec<IcioTable> {
    let [first, second] = tables();
    let inputs = first.intermediate_use().as_dense().unwrap().clone();
    let third = table(&ECONOMIES, &SECTORS, inputs, second.final_demand().clone());
    [first, second, third]
        .into_iter()
        .zip(2000..)
        .map(|(table, year)| table.with_description(None, Some(year)))
        .collect()
}

#[test]
fn a_chain_is_its_steps_their_sum_and_the_ends_compared() {
    let years = three_years();
    let opened = |place: usize| Preparation::default().build(years[place].clone()).unwrap();
    for level in [Level::Country, Level::BilateralSector] {
        let analysis = SdaAnalysis { level, ..SdaAnalysis::default() };
        let (mut order, solved) = (Vec::new(), std::cell::Cell::new(0));
        let mut open = |place: usize| -> Result<World, AnalysisError> {
            order.push(place);
            Ok(opened(place))
        };
        let chain = analysis.run_chain(3, &mut open, &|| solved.set(solved.get() + 1)).unwrap();
        assert_eq!(order, [0, 1, 2, 0], "one pair of tables at a time");
        assert_eq!(solved.get(), 3 * analysis.systems());
        let alone = [(0, 1), (1, 2), (0, 2)]
            .map(|(from, to)| analysis.run(&opened(from), &opened(to), &|| ()).unwrap());
        let rows = alone[0].frame.n_rows();
        assert_eq!(chain.frame.n_rows(), 4 * rows);
        let paths: Vec<&str> = chain.frame.texts("path").unwrap().into_iter().flatten().collect();
        let names =
            alone[0].frame.fields().iter().filter(|field| alone[0].frame.numbers(&field.name).is_some());
        for name in names.map(|field| field.name.as_str()) {
            let found = column(&chain, name);
            let [first, second, direct] = [0, 1, 2].map(|place: usize| column(&alone[place], name));
            for row in 0..rows {
                let what = format!("{name}, row {row} of {level}");
                let sum = match name {
                    "gdp_from" | "value_from" => first[row],
                    "gdp_to" | "value_to" => second[row],
                    _ => first[row] + second[row],
                };
                for (part, expected) in [first[row], second[row], sum, direct[row]].into_iter().enumerate() {
                    close(found[part * rows + row], expected, GDP, TOLERANCE, &what);
                }
            }
        }
        for (part, (path, from, to)) in
            [("step", 2000, 2001), ("step", 2001, 2002), ("chained", 2000, 2002), ("direct", 2000, 2002)]
                .into_iter()
                .enumerate()
        {
            assert!(paths[part * rows..(part + 1) * rows].iter().all(|found| *found == path), "{path}");
            assert_eq!(chain.frame.integers("from").unwrap()[part * rows], Some(from));
            assert_eq!(chain.frame.integers("to").unwrap()[part * rows], Some(to));
        }
        let (contribution, change) = (column(&chain, "contribution"), column(&chain, "change"));
        let (chained, direct) = (2 * rows, 3 * rows);
        let apart: f64 =
            (0..rows).map(|row| (contribution[chained + row] - contribution[direct + row]).abs()).sum();
        let all: f64 = contribution[direct..].iter().map(|one| one.abs()).sum();
        assert!(apart > 0.01 * all, "nothing depends on the path: {apart} of {all}");
        let told = format!("they differ by {:.2} % of the direct contributions", 100.0 * apart / all);
        assert!(chain.notes.remarks.iter().any(|remark| remark.contains(&told)), "{:?}", chain.notes.remarks);
        for row in 0..rows {
            close(change[chained + row], change[direct + row], GDP, TOLERANCE, "the same change");
        }
        assert!(chain.notes.worst_identity.unwrap().relative_gap < TOLERANCE);
    }
}

#[test]
fn two_tables_make_no_chain() {
    let years = three_years();
    let mut open = |place: usize| -> Result<World, AnalysisError> {
        Ok(Preparation::default().build(years[place].clone()).unwrap())
    };
    let error = SdaAnalysis::default().run_chain(2, &mut open, &|| ()).unwrap_err();
    assert!(matches!(error, AnalysisError::ShortChain { found: 2, fewest: 3 }), "{error}");
    for (arguments, words) in [
        (
            &["sda", "builtin:wiod13", "--year", "2000,2001", "--chain"][..],
            "takes 3 tables or more, there are 2",
        ),
        (&["sda", "builtin:wiod13/2000", "builtin:wiod13/2001", "--chain"], "cannot be used with"),
    ] {
        let output = vadex(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_chain_of_years_is_what_its_pairs_are() {
    let rows = |arguments: &[&str]| -> Vec<Vec<String>> {
        let output = vadex(&[arguments, &["--economy", "CHN", "--format", "csv"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        let cells = |line: &str| line.split(',').map(str::to_owned).collect();
        stdout(&output).lines().skip(1).map(cells).collect()
    };
    let chain = rows(&["sda", "builtin:wiod13", "--year", "2000-2002", "--chain"]);
    assert_eq!(chain.len(), 4 * 6);
    for (part, years) in [(0, "2000,2001"), (1, "2001,2002"), (3, "2000,2002")] {
        let pair = rows(&["sda", "builtin:wiod13", "--year", years]);
        for (one, other) in chain[6 * part..].iter().zip(&pair) {
            // The same without the path.
            assert_eq!([&one[..2], &one[3..]].concat(), *other, "{years}");
        }
    }
    let number = |part: usize, factor: usize| chain[6 * part + factor][5].parse::<f64>().unwrap();
    for factor in 0..6 {
        assert_eq!(chain[12 + factor][..3], ["2000", "2002", "chained"]);
        close(number(2, factor), number(0, factor) + number(1, factor), 1e6, TOLERANCE, "sum of the steps");
    }
}

/// The worlds of jobs, from a file of figures.
fn worlds_of_jobs() -> [World; 2] {
    let folder = tempfile::tempdir().unwrap();
    let mut place = 0;
    tables().map(|table| {
        let mut text = String::from("economy,sector,value,satellite,unit\n");
        for (row, jobs) in JOBS_HELD[place].iter().enumerate() {
            text.push_str(&format!("{},{},{jobs},jobs,persons\n", ECONOMIES[row / 2], SECTORS[row % 2]));
        }
        let file = folder.path().join(format!("jobs{place}.csv"));
        place += 1;
        std::fs::write(&file, text).unwrap();
        let satellite = Satellite::open(&file, None).unwrap();
        let (_, mut traced) = Preparation::default().build_with(table, &[&satellite]).unwrap();
        traced.remove(0).unwrap()
    })
}

#[test]
fn jobs_are_what_another_program_computes() {
    let [from, to] = worlds_of_jobs();
    let piece = SdaAnalysis::default().run(&from, &to, &|| ()).unwrap();
    let names = ["contribution", "lowest", "highest", "domestic_demand", "foreign_demand"];
    for (place, name) in names.into_iter().enumerate() {
        for (row, (found, expected)) in column(&piece, name).iter().zip(&JOBS).enumerate() {
            close(*found, expected[place], GDP, ELSEWHERE, &format!("{name}, row {row}"));
        }
    }
    let factors: Vec<&str> = piece.frame.texts("factor").unwrap().into_iter().flatten().collect();
    assert_eq!(factors[..2], ["intensity", "technology"]);
    for (end, held) in ["value_from", "value_to"].into_iter().zip(JOBS_HELD) {
        for economy in 0..3 {
            let jobs = f64::from(held[2 * economy] + held[2 * economy + 1]);
            close(column(&piece, end)[6 * economy], jobs, GDP, TOLERANCE, end);
        }
    }
    assert_eq!(piece.notes.unit, "persons");
    let gap = piece.notes.worst_identity.unwrap();
    assert!(gap.identity.contains("change of jobs") && gap.relative_gap < TOLERANCE, "{gap:?}");
    assert!(
        !piece.notes.remarks.iter().any(|remark| remark.contains("--coupled")),
        "{:?}",
        piece.notes.remarks
    );
}

#[test]
fn jobs_are_not_coupled_with_inputs_and_not_compared_with_value_added() {
    let ([from, to], [money, _]) = (worlds_of_jobs(), worlds(&Preparation::default()));
    let coupled = SdaAnalysis { coupled: true, ..SdaAnalysis::default() };
    let error = coupled.run(&from, &to, &|| ()).unwrap_err();
    assert!(matches!(&error, AnalysisError::CoupledSatellite { account } if account == "jobs"), "{error}");
    let error = SdaAnalysis::default().run(&money, &to, &|| ()).unwrap_err();
    assert!(error.to_string().contains("jobs (persons)"), "{error}");
    let output =
        vadex(&["sda", "builtin:wiod13/2000", "builtin:wiod13/2001", "--coupled", "--satellite", "jobs.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot be used with"), "{}", stderr(&output));
}

#[test]
fn economies_without_figures_of_jobs_stay_empty() {
    let output = vadex(&[
        "sda",
        "builtin:wiod13",
        "--year",
        "2000,2008",
        "--satellite",
        "builtin:wiod13",
        "--satellite-name",
        "jobs",
        "--economy",
        "CHN,RoW",
        "--format",
        "csv",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let mut lines = text.lines();
    let head = "from,to,economy,factor,contribution,lowest,highest,change,value_from,value_to,domestic_demand,foreign_demand";
    assert_eq!(lines.next(), Some(head));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 12);
    let number = |row: usize, cell: usize| rows[row][cell].parse::<f64>().unwrap();
    let sum: f64 = (0..6).map(|row| number(row, 4)).sum();
    close(sum, number(0, 7), number(0, 9), 1e-9, "contributions add up");
    // Of some 700 million persons.
    assert!(number(0, 8) > 5e5 && number(0, 9) > 5e5, "{:?}", rows[0]);
    assert_eq!(rows[0][2..4], ["CHN", "intensity"]);
    for row in &rows[6..] {
        assert_eq!(row[2], "RoW");
        assert!(row[4..].iter().all(|cell| cell.is_empty()), "{row:?}");
    }
}
