//! `vadex plot` with the real binary: every number of a file stands where it belongs in the chart.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use vadex::chart::CHARTS;

use super::charts::svg::{Element, elements, linear, of, texts};
use super::charts::{luminance, png_size};
use super::support::{fixture, stderr, stdout, vadex};

/// Written with two decimals, and frames are stroked by half a pixel.
const PIXEL: f64 = 0.5;

/// A folder in which commands run.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs the binary in the folder; it has to succeed.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Output {
        let output = self.try_run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
        output
    }

    fn try_run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_vadex")).args(arguments).current_dir(self.0.path()).output().unwrap()
    }

    /// Plots to `chart.svg` and hands back its elements.
    #[track_caller]
    fn plot(&self, arguments: &[&str]) -> Vec<Element> {
        let mut all = vec!["plot"];
        all.extend(arguments);
        all.extend(["-o", "chart.svg"]);
        self.run(&all);
        elements(&fs::read_to_string(self.path("chart.svg")).unwrap())
    }

    /// Rows of a CSV file by column name.
    fn rows(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.path(name)).unwrap();
        let names = reader.headers().unwrap().clone();
        reader
            .records()
            .map(|record| {
                names.iter().zip(record.unwrap().iter()).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
            })
            .collect()
    }
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or(f64::NAN)
}

#[test]
fn bars_are_as_long_as_the_values_of_the_file() {
    let desk = Desk::new();
    desk.run(&["tiva", &fixture("leather.csv"), "-o", "tiva.csv"]);
    let all = desk.plot(&["bars", "tiva.csv"]);
    let rows = desk.rows("tiva.csv");
    let bars: Vec<&Element> =
        of(&all, "bar", "rect").into_iter().filter(|rect| rect.attributes["fill"].starts_with('#')).collect();
    let expected: Vec<f64> = rows.iter().flat_map(|row| [number(row, "dva"), number(row, "fva")]).collect();
    let widths: Vec<f64> = bars.iter().map(|bar| bar.number("width")).collect();
    let (_, none) = linear(&expected, &widths, "bars");
    assert!(none.abs() < PIXEL, "no value, no length");
    for pair in bars.chunks(2) {
        assert!(
            (pair[0].number("x") + pair[0].number("width") - pair[1].number("x")).abs() < PIXEL,
            "stacked"
        );
    }
    let told = texts(&all);
    for row in &rows {
        assert!(told.contains(&row["economy"].as_str()), "{told:?}");
    }
}

#[test]
fn steps_of_a_waterfall_start_where_the_last_one_ended() {
    let desk = Desk::new();
    let leather = fixture("leather.csv");
    desk.run(&["decompose", &leather, "--method", "wwz", "-o", "wwz.csv"]);
    let rows = desk.rows("wwz.csv");
    let exporter = rows[0]["exporter"].clone();
    let all = desk.plot(&["waterfall", "wwz.csv", "--select", &format!("exporter={exporter}")]);
    let bars: Vec<&Element> = of(&all, "step", "rect")
        .into_iter()
        .filter(|rect| rect.attributes["fill"].starts_with('#'))
        .collect();
    assert_eq!(bars.len(), 17, "sixteen terms and their sum");
    let total = bars[16].number("width");
    let mut reached = bars[0].number("x");
    for bar in &bars[..16] {
        assert!((bar.number("x") - reached).abs() < PIXEL, "{}", bar.told);
        reached += bar.number("width");
    }
    assert!((bars[16].number("x") - bars[0].number("x")).abs() < PIXEL, "the total starts at zero");
    assert!((reached - bars[0].number("x") - total).abs() < PIXEL, "the terms add up to the total");
    let share = number(&rows[0], "dva_fin") / number(&rows[0], "gexp");
    assert!((bars[0].number("width") / total - share).abs() * total < PIXEL, "in proportion");
}

#[test]
fn terms_by_use_are_steps_of_their_own() {
    let desk = Desk::new();
    let leather = fixture("leather.csv");
    desk.run(&[
        "decompose",
        &leather,
        "--method",
        "bm-sink-terms",
        "--exporter",
        "Turkey",
        "-o",
        "terms.csv",
    ]);
    let all = desk.plot(&["waterfall", "terms.csv"]);
    let bars = of(&all, "step", "rect").into_iter().filter(|rect| rect.attributes["fill"].starts_with('#'));
    assert_eq!(bars.count(), 13, "twelve terms and their sum, not the five that they are parts of");
}

#[test]
fn cells_of_a_heat_map_are_darker_the_larger_they_are() {
    let desk = Desk::new();
    let leather = fixture("leather.csv");
    desk.run(&["decompose", &leather, "--method", "bm-source", "--by", "origin", "-o", "origin.csv"]);
    let all = desk.plot(&["heatmap", "origin.csv"]);
    let rows = desk.rows("origin.csv");
    let economies =
        rows.iter().map(|row| row["exporter"].clone()).collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(of(&all, "cell", "rect").len(), economies * (economies - 1), "all but the diagonal");
    assert_eq!(of(&all, "blank", "rect").len(), economies, "the diagonal is blank");
    assert_eq!(
        of(&all, "blank", "line").len(),
        economies,
        "and crossed out, as nothing that is not known is"
    );
    let mut cells: Vec<(f64, u32)> = Vec::new();
    for cell in of(&all, "cell", "rect") {
        let (names, _) = cell.told.rsplit_once(": ").unwrap();
        let (origin, exporter) = names.split_once(", ").unwrap();
        let row = rows.iter().find(|row| row["origin"] == origin && row["exporter"] == exporter).unwrap();
        cells.push((number(row, "gexp"), luminance(&cell.attributes["fill"])));
    }
    cells.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(cells.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{cells:?}");
    assert!(cells[0].1 > cells[cells.len() - 1].1, "{cells:?}");
}

#[test]
fn panels_share_one_scale_and_hold_every_year() {
    let desk = Desk::new();
    desk.run(&[
        "tiva",
        "builtin:wiod13",
        "--economy",
        "CHN,DEU,MEX,USA,JPN",
        "--year",
        "2003-2011",
        "-o",
        "tiva.csv",
    ]);
    let all = desk.plot(&["paths", "tiva.csv"]);
    let rows = desk.rows("tiva.csv");
    let paths = of(&all, "path", "path");
    assert_eq!(paths.len(), 5);
    let mut slopes = Vec::new();
    for path in paths {
        let mine: Vec<_> = rows.iter().filter(|row| row["economy"] == path.told).collect();
        let points = path.points();
        assert_eq!((mine.len(), points.len()), (9, 9), "{}", path.told);
        let values: Vec<f64> = mine.iter().map(|row| number(row, "dva_share")).collect();
        let years: Vec<f64> = mine.iter().map(|row| number(row, "year")).collect();
        let heights: Vec<f64> = points.iter().map(|(_, y)| *y).collect();
        let places: Vec<f64> = points.iter().map(|(x, _)| *x).collect();
        linear(&years, &places, "years");
        slopes.push(linear(&values, &heights, "shares").0);
    }
    let worst = slopes.iter().map(|slope| (slope / slopes[0] - 1.0).abs()).fold(0.0, f64::max);
    // Two decimals of a pixel over a path of twenty pixels.
    assert!(worst < 2e-3 && slopes[0] < 0.0, "{slopes:?}");
    assert!(texts(&all).contains(&"Percent"), "the unit is told: {:?}", texts(&all));
}

#[test]
fn lines_end_at_their_names() {
    let desk = Desk::new();
    for file in ["tiva.parquet", "tiva.csv"] {
        desk.run(&["tiva", "builtin:wiod13", "--economy", "CHN,MEX,USA", "--year", "2008-2011", "-o", file]);
    }
    let all = desk.plot(&["lines", "tiva.parquet", "--value", "gexp"]);
    let told = texts(&all);
    for name in ["CHN", "MEX", "USA"] {
        assert!(told.contains(&name));
    }
    let unit = desk.rows("tiva.csv");
    let values: Vec<f64> = unit.iter().map(|row| number(row, "gexp")).collect();
    let mut heights = Vec::new();
    for row in &unit {
        let line = of(&all, "line", "path")
            .into_iter()
            .find(|path| path.told == row["economy"] && path.attributes["fill"] == "none")
            .unwrap();
        heights.push(line.points()[number(row, "year") as usize - 2008].1);
    }
    linear(&values, &heights, "gross exports");
    let notes = fs::read_to_string(desk.path("tiva.parquet.notes.json")).unwrap();
    let notes: serde_json::Value = serde_json::from_str(&notes).unwrap();
    let unit = notes["unit"].as_str().unwrap();
    assert!(told.iter().any(|text| text.contains(unit)), "unit `{unit}` travels to the axis: {told:?}");
}

#[test]
fn points_of_a_smile_stand_where_they_are_and_are_as_large() {
    let desk = Desk::new();
    desk.run(&[
        "indicators",
        "upstreamness",
        "gvc-earnings",
        "builtin:wiod13",
        "--level",
        "sector",
        "--economy",
        "CHN",
        "--year",
        "2011",
        "-o",
        "smile.csv",
    ]);
    let all = desk.plot(&["smile", "smile.csv"]);
    let rows = desk.rows("smile.csv");
    let value = |sector: &str, measure: &str| {
        rows.iter()
            .find(|row| row["sector"] == sector && row["measure"] == measure)
            .map_or(f64::NAN, |row| number(row, "value"))
    };
    let circles = of(&all, "point", "circle");
    let sectors: Vec<&str> =
        circles.iter().map(|circle| circle.told.split(": position").next().unwrap()).collect();
    let of_all = |measure: &str| sectors.iter().map(|sector| value(sector, measure)).collect::<Vec<f64>>();
    let (income, output) = (of_all("gvc_income"), of_all("output"));
    let shares: Vec<f64> = income.iter().zip(&output).map(|(a, b)| a / b).collect();
    let place = |name: &str| circles.iter().map(|circle| circle.number(name)).collect::<Vec<f64>>();
    assert!(linear(&of_all("upstreamness"), &place("cx"), "position").0 > 0.0);
    assert!(linear(&shares, &place("cy"), "share").0 < 0.0);
    let largest = income.iter().copied().fold(0.0, f64::max);
    for (circle, income) in circles.iter().zip(&income) {
        let expected = (20.0 * (income / largest).sqrt()).max(2.5);
        assert!((circle.number("r") - expected).abs() < 0.01, "{}", circle.told);
    }
}

#[test]
fn what_flows_into_a_block_flows_out_of_it() {
    let desk = Desk::new();
    let leather = fixture("leather.csv");
    let exporter = {
        desk.run(&["tiva", &leather, "-o", "tiva.csv"]);
        desk.rows("tiva.csv")[0]["economy"].clone()
    };
    for by in ["origin", "absorber"] {
        let file = format!("{by}.csv");
        desk.run(&[
            "decompose",
            &leather,
            "--method",
            SANKEY_METHOD,
            "--exporter",
            &exporter,
            "--by",
            by,
            "-o",
            &file,
        ]);
    }
    let all = desk.plot(&["sankey", "origin.csv", "absorber.csv"]);
    let told = texts(&all);
    for heading in ["Origin", "Exporter", "Absorber"] {
        assert!(told.contains(&heading), "{told:?}");
    }
    let nodes: Vec<&Element> = of(&all, "node", "rect")
        .into_iter()
        .filter(|rect| rect.attributes["fill"].starts_with('#'))
        .collect();
    let rows = desk.rows("origin.csv");
    let whole: f64 = rows.iter().map(|row| number(row, "gexp")).sum();
    let middle = nodes.iter().find(|node| node.told.starts_with("Exporter")).unwrap().number("height");
    for row in &rows {
        let value = number(row, "gexp");
        let prefix = format!("Origin, {}:", row["origin"]);
        let node = nodes.iter().find(|node| node.told.starts_with(&prefix)).unwrap();
        assert!((node.number("height") - middle * value / whole).abs() < PIXEL, "{}", node.told);
    }
    let absorbed: f64 = desk.rows("absorber.csv").iter().map(|row| number(row, "gexp")).sum();
    assert!(
        (absorbed / whole - 1.0).abs() < 1e-9,
        "both files tell the same exports: {absorbed} and {whole}"
    );
}

/// A method whose pieces by origin and by absorber both add up to gross exports.
const SANKEY_METHOD: &str = "bm-source";

#[test]
fn specifications_stand_in_order_with_a_mark_for_each_choice() {
    let desk = Desk::new();
    let file = "table,mining,estimate,ci_lo,ci_hi\na,with,0.3,0.1,0.5\nb,with,-0.2,-0.4,0.1\na,without,-0.5,-0.7,-0.2\n\
                b,without,0.1,,\n";
    fs::write(desk.path("specs.csv"), file).unwrap();
    let all = desk.plot(&["spec-curve", "specs.csv"]);
    let mut marks: Vec<(f64, f64, f64)> = Vec::new();
    for element in all.iter().filter(|e| e.class == "specification" && (e.tag == "circle" || e.tag == "rect"))
    {
        let estimate: f64 = element.told.split(' ').next().unwrap().replace('−', "-").parse().unwrap();
        let (x, y) = if element.tag == "circle" {
            (element.number("cx"), element.number("cy"))
        } else {
            let half = element.number("width") / 2.0;
            (element.number("x") + half, element.number("y") + half)
        };
        marks.push((x, estimate, y));
    }
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let estimates: Vec<f64> = marks.iter().map(|mark| mark.1).collect();
    assert_eq!(estimates, [-0.5, -0.2, 0.1, 0.3]);
    linear(&estimates, &marks.iter().map(|mark| mark.2).collect::<Vec<_>>(), "estimates");
    // Hollow where the interval holds zero or is not known, filled where it does not: told by form, not by colour.
    let hollow =
        of(&all, "specification", "circle").iter().filter(|c| c.attributes["fill"] == "#ffffff").count();
    assert_eq!((hollow, of(&all, "specification", "rect").len()), (2, 1));
    assert_eq!(of(&all, "specification", "line").len(), 3, "an interval that is not known is not drawn");
    let ticks =
        all.iter().filter(|e| e.tag == "rect" && e.class.is_empty() && e.attributes["fill"] == "#222222");
    assert_eq!(ticks.count(), 8, "four specifications made two choices each");
}

#[test]
fn bounds_reach_as_far_as_they_should() {
    let desk = Desk::new();
    let file = "economy,value,low,high,reference\nJPN,34.0,20.0,41.0,36\nCHN,3.6,1.8,6.5,\nKOR,12.9,,,\n";
    fs::write(desk.path("phone.csv"), file).unwrap();
    let all = desk.plot(&["intervals", "phone.csv"]);
    let lines = of(&all, "interval", "line");
    let spans: Vec<&&Element> =
        lines.iter().filter(|line| line.attributes["y1"] == line.attributes["y2"]).collect();
    assert_eq!(spans.len(), 2, "unknown bounds are not drawn");
    let circles = of(&all, "interval", "circle");
    let mut values = vec![34.0, 3.6, 12.9, 20.0, 41.0, 1.8, 6.5];
    let mut places: Vec<f64> = circles.iter().map(|circle| circle.number("cx")).collect();
    places.extend(spans.iter().flat_map(|line| [line.number("x1"), line.number("x2")]));
    linear(&values, &places, "estimates and bounds");
    let diamond = of(&all, "interval", "path")[0].points();
    values.push(36.0);
    places.push(diamond[0].0);
    linear(&values, &places, "the direct figure");
    assert!(texts(&all).iter().any(|text| text.contains("bounds not known")));
}

#[test]
fn every_kind_tells_the_command_that_makes_its_file() {
    let desk = Desk::new();
    for kind in CHARTS {
        // Claims take a minute in a debug build; tests of their own make their tables, and the curve is tested above.
        let made_by = kind.made_by()[0];
        if made_by.contains("claims") {
            continue;
        }
        let files: Vec<&str> = kind
            .made_by()
            .iter()
            .take(if kind.id() == "sankey" { 2 } else { 1 })
            .map(|command| {
                let command = command.split(" (").next().unwrap();
                let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
                desk.run(&arguments);
                *arguments.last().unwrap()
            })
            .collect();
        let mut arguments = vec![kind.id()];
        arguments.extend(files);
        let all = desk.plot(&arguments);
        assert!(texts(&all).len() > 5, "{}", kind.id());
    }
}

#[test]
fn a_file_that_does_not_fit_is_told_what_is_missing_and_what_makes_it() {
    let desk = Desk::new();
    let wrong = |arguments: &[&str], parts: &[&str]| {
        let output = desk.try_run(arguments);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(stdout(&output).is_empty());
        for part in parts {
            assert!(said.contains(part), "{arguments:?}: `{part}` is not in {said}");
        }
    };
    fs::write(desk.path("other.csv"), "name,size\na,1\nb,2\n").unwrap();
    let unknown =
        |kind: &str| wrong(&["plot", kind, "other.csv"], &["other.csv", "name, size", "try: vadex "]);
    for kind in ["paths", "lines", "heatmap", "smile", "sankey", "spec-curve", "intervals", "waterfall"] {
        unknown(kind);
    }
    desk.run(&["tiva", "builtin:wiod13", "--economy", "CHN,MEX", "--year", "1995,2011", "-o", "tiva.csv"]);
    wrong(
        &["plot", "waterfall", "tiva.csv"],
        &["several values of `economy`", "CHN, MEX", "--select economy=MEX"],
    );
    wrong(
        &["plot", "waterfall", "tiva.csv", "--select", "economy=MEX"],
        &["`year`", "1995", "--select year=2011"],
    );
    wrong(&["plot", "paths", "tiva.csv", "--select", "economy=XXX"], &["XXX", "CHN, MEX"]);
    wrong(&["plot", "paths", "tiva.csv", "--select", "city=XXX"], &["`city`", "year, economy, gexp"]);
    wrong(&["plot", "paths", "tiva.csv", "--value", "nothing"], &["`nothing`", "dva_share"]);
    wrong(&["plot", "paths", "none.csv"], &["none.csv", "no such file"]);
    // One axis has one unit.
    wrong(
        &["plot", "lines", "tiva.csv", "--value", "dva_share,gexp"],
        &["dva_share: %", "gexp: million USD"],
    );
    let two = ["plot", "bars", "tiva.csv", "--select", "year=2011", "--value", "dva,dva_share"];
    wrong(&two, &["dva: million USD", "--value dva"]);
    desk.run(&["scenario", "c10-tariff", "--only", "usa", "-o", "tariff.csv"]);
    wrong(
        &["plot", "bars", "tariff.csv", "--select", "economy=USA", "--value", "difference"],
        &["several values of `unit`", "--select unit="],
    );
    wrong(
        &[
            "plot",
            "bars",
            "tariff.csv",
            "--select",
            "economy=USA+MEX,unit=fraction",
            "--value",
            "difference,percent",
        ],
        &["difference: no unit", "percent: %"],
    );
    let one = ["--select", "year=2011,economy=MEX", "--value", "dva,dva_share"];
    wrong(&[&["plot", "waterfall", "tiva.csv"][..], &one].concat(), &["dva_share: %"]);
    wrong(
        &[&["plot", "bars", "tiva.csv"][..], &one, &["--percent-of", "gexp"]].concat(),
        &["`dva_share` is a share already"],
    );
    // A column called `unit` that names economies is a name.
    desk.run(&["claims", "C4", "--detail", "paths", "-o", "c4.csv"]);
    desk.run(&["plot", "lines", "c4.csv", "--value", "value", "--select", "unit=AUS+AUT", "-o", "c4.svg"]);
    fs::write(desk.path("nothing.csv"), "economy,year,dva_share\n").unwrap();
    wrong(&["plot", "paths", "nothing.csv"], &["it has a header and no rows", "its options"]);
    // Bounds: a column without any is not suggested.
    fs::write(desk.path("bounds.csv"), "name,size,weight,weight_lo,weight_hi\na,1,2,1,3\nb,2,3,2,4\n")
        .unwrap();
    wrong(&["plot", "intervals", "bounds.csv"], &["--value weight"]);
    wrong(&["plot", "intervals", "bounds.csv", "--value", "size"], &["size_lo, size_hi"]);
    wrong(&["plot", "paths", "tiva.csv", "-o", "chart.gif"], &["chart.gif", ".svg or .png"]);
    wrong(&["plot", "paths", "tiva.csv", "-o", "nowhere/chart.svg"], &["does not exist"]);
    wrong(&["plot", "paths", "tiva.csv", "--width", "12"], &["12 pixels"]);
    assert!(!Path::new(&desk.path("chart.gif")).exists());
}

#[test]
fn a_chart_goes_to_standard_output_as_svg_and_to_a_file_as_named() {
    let desk = Desk::new();
    let leather = fixture("leather.csv");
    desk.run(&["tiva", &leather, "-o", "tiva.json"]);
    let piped = desk.run(&["plot", "bars", "tiva.json"]);
    elements(&stdout(&piped));
    let file = desk.run(&["plot", "bars", "tiva.json", "-o", "bars.svg", "--title", "Mine"]);
    assert!(stdout(&file).is_empty() && stderr(&file).contains("bars.svg"));
    assert_eq!(elements(&fs::read_to_string(desk.path("bars.svg")).unwrap())[1].text, "Mine");
    desk.run(&["plot", "bars", "tiva.json", "-o", "bars.png", "--width", "500", "--scale", "2", "-q"]);
    assert_eq!(png_size(&fs::read(desk.path("bars.png")).unwrap()).0, 1000);
    // From standard input.
    let csv = stdout(&desk.run(&["tiva", &leather]));
    let mut child = Command::new(env!("CARGO_BIN_EXE_vadex"))
        .args(["plot", "bars", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), csv.as_bytes()).unwrap();
    elements(&stdout(&child.wait_with_output().unwrap()));
}

#[test]
fn a_result_is_the_same_chart_from_every_format() {
    let desk = Desk::new();
    let mut charts = Vec::new();
    for extension in ["csv", "json", "parquet"] {
        let (file, chart) = (format!("tiva.{extension}"), format!("{extension}.svg"));
        desk.run(&["tiva", &fixture("leather.csv"), "--level", "bilateral", "-o", &file]);
        desk.run(&["plot", "heatmap", &file, "-o", &chart]);
        charts.push(fs::read_to_string(desk.path(&chart)).unwrap());
    }
    assert!(of(&elements(&charts[0]), "cell", "rect").len() == 6, "three economies, two partners each");
    assert!(charts[0] == charts[1] && charts[0] == charts[2]);
}

#[test]
fn turning_points_and_verdicts_come_from_further_files() {
    let desk = Desk::new();
    fs::write(
        desk.path("paths.csv"),
        "economy,year,value\nA,2000,1\nA,2004,3\nA,2008,2\nB,2000,2\nB,2008,1\n",
    )
    .unwrap();
    fs::write(desk.path("peaks.csv"), "economy,peak_year,peak_year_lo,peak_year_hi\nA,2004,2002,2006\n")
        .unwrap();
    fs::write(desk.path("verdicts.csv"), "economy,verdict\nA,Supported\nB,NotSupported\n").unwrap();
    let all = desk.plot(&["paths", "paths.csv", "peaks.csv", "verdicts.csv", "--select", "economy=A+B"]);
    let told = texts(&all);
    assert!(
        told.contains(&"Supported") && told.contains(&"Not supported") && told.contains(&"2004"),
        "{told:?}"
    );
    let points = of(&all, "path", "path")[0].points();
    let line = of(&all, "turn", "line")[0].number("x1");
    let shade = of(&all, "turn", "rect")[0];
    assert!((line - points[1].0).abs() < PIXEL, "the turn stands at its year");
    let years = |x: f64| 2000.0 + 8.0 * (x - points[0].0) / (points[2].0 - points[0].0);
    let (low, high) = (shade.number("x"), shade.number("x") + shade.number("width"));
    // A pixel is a tenth of a year here.
    assert!(
        (years(low) - 2002.0).abs() < 0.1 && (years(high) - 2006.0).abs() < 0.1,
        "and its interval around it"
    );
    assert_eq!(shade.attributes["fill"], "#d0d7de", "grey, which no band is");
}

#[test]
fn the_band_of_a_fitted_path_lies_where_its_columns_say() {
    let desk = Desk::new();
    fs::write(
        desk.path("paths.csv"),
        "economy,year,value,value_fit_lo,value_fit_hi\nA,2000,1,0.5,2\nA,2004,3,2,3\nA,2008,2,1,2.5\n",
    )
    .unwrap();
    let all = desk.plot(&["paths", "paths.csv"]);
    let path = of(&all, "path", "path")[0].points();
    let value = |y: f64| 1.0 + 2.0 * (y - path[0].1) / (path[1].1 - path[0].1);
    let band = of(&all, "band", "path");
    assert_eq!(band.len(), 3, "an area between two lines");
    for (line, wanted) in band[1..].iter().zip([[2.0, 3.0, 2.5], [1.0, 2.0, 0.5]]) {
        for ((x, y), wanted) in line.points().into_iter().zip(wanted) {
            assert!((value(y) - wanted).abs() < 0.05, "{} at {x} is not {wanted}", value(y));
        }
    }
    assert!(
        texts(&all).iter().any(|text| text.contains("95% interval of the fitted path")),
        "{:?}",
        texts(&all)
    );
}

#[test]
fn shares_of_another_column_are_told_in_percent() {
    let desk = Desk::new();
    desk.run(&["tiva", &fixture("leather.csv"), "-o", "tiva.csv"]);
    let all = desk.plot(&["bars", "tiva.csv", "--percent-of", "gexp"]);
    let sums: Vec<&str> = texts(&all).into_iter().filter(|text| *text == "100").collect();
    assert!(sums.len() >= 3, "every bar is the whole: {:?}", texts(&all));
}

#[test]
fn years_of_one_economy_are_a_line_in_the_terminal_table() {
    let output = stdout(&vadex(&[
        "tiva",
        "builtin:wiod13",
        "--economy",
        "CHN",
        "--year",
        "2005-2011",
        "--format",
        "table",
        "-q",
    ]));
    let line =
        output.lines().find(|line| line.trim_start().starts_with("dva_share ")).expect("a line of its own");
    let levels = line.chars().filter(|c| ('▁'..='█').contains(c)).count();
    assert_eq!(levels, 7, "one level a year: {line}");
    assert!(output.lines().all(|line| line.chars().count() <= 80), "80 columns hold it:\n{output}");
    let wide = stdout(&vadex(&[
        "decompose",
        "builtin:wiod13",
        "--method",
        "wwz",
        "--year",
        "2011",
        "--format",
        "table",
        "-q",
    ]));
    assert!(wide.lines().all(|line| line.chars().count() <= 80), "80 columns hold it:\n{wide}");
    assert!(wide.matches("CHN").count() > 1, "the exporter is told in every block");
}

#[test]
fn a_total_beside_its_parts_has_a_name() {
    let desk = Desk::new();
    desk.run(&[
        "import-content",
        "builtin:wiod16-national",
        "--year",
        "2014",
        "--economy",
        "MEX",
        "--sectors",
        "-o",
        "vs.csv",
    ]);
    let chart = desk.plot(&["bars", "vs.csv", "--value", "vs"]);
    assert!(texts(&chart).contains(&"every sector"), "{:?}", texts(&chart));
}

#[test]
fn where_a_part_is_not_known_neither_is_the_sum() {
    let desk = Desk::new();
    fs::write(desk.path("parts.csv"), "economy,dva,fva\nA,,20\nB,70,30\nC,,\n").unwrap();
    let chart = desk.plot(&["bars", "parts.csv"]);
    let told = texts(&chart);
    assert_eq!(told.iter().filter(|text| **text == "not known").count(), 2, "{told:?}");
    assert!(told.iter().any(|text| text.contains("neither is the sum")), "{told:?}");
    assert!(!told.contains(&"20.0"), "{told:?}");
}

#[test]
fn columns_of_a_heatmap_are_in_the_order_of_its_rows() {
    let desk = Desk::new();
    // Without a diagonal the first importer is not the first exporter.
    let cells = "exporter,importer,gexp\nA,B,1\nA,C,2\nB,A,3\nB,C,4\nC,A,5\nC,B,6\n";
    fs::write(desk.path("cells.csv"), cells).unwrap();
    let chart = desk.plot(&["heatmap", "cells.csv"]);
    let told = texts(&chart);
    let names: Vec<&str> = told.iter().copied().filter(|text| ["A", "B", "C"].contains(text)).collect();
    assert_eq!(names.len(), 6, "{told:?}");
    for names in names.chunks(3) {
        assert_eq!(names, ["A", "B", "C"]);
    }
    // Nothing was left out that was there.
    assert!(!told.iter().any(|text| text.contains("left out")), "{told:?}");
}

#[test]
fn titles_stand_alone_with_their_unit() {
    let desk = Desk::new();
    let span = ["--economy", "CHN", "--year", "2008-2011", "-o", "up.csv"];
    desk.run(&[&["indicators", "upstreamness", "builtin:wiod13", "--level", "country"][..], &span].concat());
    let all = desk.plot(&["lines", "up.csv", "--value", "upstreamness_exports"]);
    assert!(all[1].text.contains("Stages from exports to final use"), "{}", all[1].text);
    // A measure that has tripled is at 110: no per cent.
    let paths = "economy,kind,measure,year,value,change,change_unit\nA,product,m,2000,1,0,%\nA,product,m,2001,3,110,%\n";
    fs::write(desk.path("paths.csv"), paths).unwrap();
    let all = desk.plot(&["lines", "paths.csv", "--value", "change"]);
    assert!(all[1].text.contains("Change since the first year"), "{}", all[1].text);
    assert!(texts(&all).contains(&"100 × log of the ratio to the first year"), "{:?}", texts(&all));
    let head = "claim,economy,statement,verdict,estimate,ci_lo,ci_hi,estimate_unit,reason\n";
    let row = |claim: &str, economy: &str, unit: &str| {
        format!("{claim},{economy},s,Supported,1,0,2,{unit},r{economy}\n")
    };
    let one = format!("{head}{}{}", row("C1", "A", "points a year"), row("C1", "B", "points a year"));
    fs::write(desk.path("claims.csv"), &one).unwrap();
    let all = desk.plot(&["intervals", "claims.csv"]);
    assert_eq!(all[1].text, "Effect that the claim is about");
    let told = texts(&all).join(" ");
    assert!(told.contains("points a year") && !told.contains("rA"), "{told}");
    fs::write(desk.path("claims.csv"), format!("{one}{}", row("C2", "A", "per cent"))).unwrap();
    let refused = desk.try_run(&["plot", "intervals", "claims.csv", "-o", "two.svg"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("--select claim=C1"), "{}", stderr(&refused));
}

#[test]
fn a_product_is_drawn_as_its_page_tells_it() {
    let desk = Desk::new();
    desk.run(&["product", "iphone-4-2010", "-o", "phone.csv"]);
    let told = texts(&desk.plot(&["intervals", "phone.csv"])).join(" ");
    assert!(told.contains("Traced: assembly all local; rest by import mix."), "{told}");
    // The bounds are those of the page and of the report, not what is known when the rest is left out (3.8).
    assert!(told.contains("10.5 [3.9, 34.2]; direct 0.0"), "{told}");
}

#[test]
fn a_curve_of_specifications_tells_its_unit() {
    let desk = Desk::new();
    desk.run(&["claims", "C2", "--detail", "specifications", "-o", "spec.csv"]);
    let told = texts(&desk.plot(&["spec-curve", "spec.csv"])).join(" ");
    assert!(told.contains("percentage points of exports a year"), "{told}");
}
