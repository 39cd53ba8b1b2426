//! Charts: every number stands where it belongs, no chart needs colour, and `vadex plot` draws what the commands write.

#[path = "charts/svg.rs"]
mod svg;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use vadex::chart::{
    Bars, CHARTS, ChartError, Drawing, Heatmap, Interval, Intervals, Lines, PathPanel, Paths, Sankey,
    SankeyLink, Smile, SmilePoint, SpecCurve, Specification, Step, Turn, Waterfall, Words,
};

use super::support::{fixture, stderr, stdout, vadex};
use svg::{Element, elements, linear, of, texts};

/// Written with two decimals, and frames are stroked by half a pixel.
const PIXEL: f64 = 0.5;

fn words() -> Words {
    Words {
        title: "A title with <signs> & \"quotes\"".into(),
        x: "Year".into(),
        y: "Share of exports (%)".into(),
        source: "a source".into(),
        note: "a note".into(),
        description: "What is seen.".into(),
    }
}

/// One of each kind, with negative, missing and awkward values.
fn one_of_each() -> Vec<(&'static str, Drawing)> {
    let wave = |shift: f64| {
        (0..12).map(|t| (2000.0 + f64::from(t), (f64::from(t) + shift).sin())).collect::<Vec<_>>()
    };
    let mut gap = wave(1.0);
    gap[4].1 = f64::NAN;
    let panels = vec![
        PathPanel {
            name: "China".into(),
            points: gap.clone(),
            band: wave(1.0).into_iter().map(|(x, y)| (x, y - 0.2, y + 0.2)).collect(),
            turn: Some(Turn { at: 2004.0, low: 2002.0, high: f64::INFINITY }),
            verdict: "not known: the interval holds zero, and a long reason that has to be wrapped or cut"
                .into(),
        },
        PathPanel {
            name: "A name that is far too long for a panel of this width".into(),
            points: wave(2.0),
            ..PathPanel::default()
        },
    ];
    let step = |name: &str, value, total| Step { name: name.into(), value, total };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let spec = |estimate: f64, low: f64, high: f64, first: bool| Specification {
        estimate,
        low,
        high,
        choices: vec![first, !first],
    };
    let point = |name: &str, position, share, size| SmilePoint { name: name.into(), position, share, size };
    let link = |layer, from, to, value| SankeyLink { layer, from, to, value };
    let interval =
        |name: &str, point, low, high, direct| Interval { name: name.into(), point, low, high, direct };
    vec![
        ("paths", Paths { words: words(), panels }.draw().unwrap()),
        (
            "lines",
            Lines { words: words(), series: vec![("a".into(), gap), ("b".into(), wave(2.0))] }
                .draw()
                .unwrap(),
        ),
        (
            "waterfall",
            Waterfall {
                words: words(),
                steps: vec![step("up", 5.0, false), step("down", -8.0, false), step("end", -3.0, true)],
            }
            .draw()
            .unwrap(),
        ),
        (
            "bars",
            Bars {
                words: words(),
                categories: names(&["x", "y"]),
                series: vec![("one".into(), vec![3.0, -1.0]), ("two".into(), vec![f64::NAN, -2.0])],
            }
            .draw()
            .unwrap(),
        ),
        (
            "heatmap",
            Heatmap {
                words: words(),
                rows: names(&["r", "s"]),
                columns: names(&["c", "d", "e"]),
                values: vec![vec![1.0, f64::NAN, 3.0], vec![-2.0, 0.0, 0.5]],
            }
            .draw()
            .unwrap(),
        ),
        (
            "smile",
            Smile {
                words: words(),
                points: vec![
                    point("design", 3.0, 60.0, 4.0),
                    point("assembly", 2.0, 20.0, 16.0),
                    point("sale", 1.0, 55.0, 0.0),
                ],
            }
            .draw()
            .unwrap(),
        ),
        (
            "sankey",
            Sankey {
                words: words(),
                layers: vec![
                    ("Origin".into(), names(&["JPN", "CHN"])),
                    ("Exporter".into(), names(&["CHN"])),
                    ("Absorber".into(), names(&["USA", "DEU"])),
                ],
                links: vec![
                    link(0, 0, 0, 30.0),
                    link(0, 1, 0, 70.0),
                    link(1, 0, 0, 60.0),
                    link(1, 0, 1, 40.0),
                ],
            }
            .draw()
            .unwrap(),
        ),
        (
            "spec-curve",
            SpecCurve {
                words: words(),
                choices: names(&["mining: with", "mining: without"]),
                specifications: vec![
                    spec(0.3, 0.1, 0.5, true),
                    spec(-0.2, -0.4, 0.1, false),
                    spec(-0.5, -0.7, -0.2, true),
                    spec(0.1, f64::NAN, f64::NAN, false),
                ],
            }
            .draw()
            .unwrap(),
        ),
        (
            "intervals",
            Intervals {
                words: words(),
                rows: vec![
                    interval("JPN", 34.0, 20.0, 41.0, Some(36.0)),
                    interval("CHN", 3.6, f64::NAN, f64::NAN, None),
                ],
            }
            .draw()
            .unwrap(),
        ),
    ]
}

#[test]
fn every_kind_is_well_formed_scales_and_speaks() {
    for (kind, drawing) in one_of_each() {
        let svg = drawing.svg();
        let all = elements(&svg);
        let root = &all[0];
        assert_eq!((root.tag.as_str(), root.attributes["role"].as_str()), ("svg", "img"), "{kind}");
        assert_eq!(root.attributes["width"], "100%", "{kind}");
        let (width, height) = drawing.size();
        assert_eq!(root.attributes["viewBox"], format!("0 0 {width} {height}"), "{kind}");
        assert_eq!((all[1].tag.as_str(), all[1].text.as_str()), ("title", words().title.as_str()), "{kind}");
        assert_eq!((all[2].tag.as_str(), all[2].text.as_str()), ("desc", "What is seen."), "{kind}");
        let told = texts(&all).join(" ");
        for part in
            ["A title with <signs> & \"quotes\"", "Share of exports (%)", "Source: a source", "a note"]
        {
            assert!(told.contains(part), "{kind}: `{part}` is not in {told}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{kind}: a number that is none");
        assert!(!svg.contains("href") && !svg.contains("<script"), "{kind}: stands on its own");
    }
}

#[test]
fn everything_stays_on_the_sheet() {
    for (kind, drawing) in one_of_each() {
        let (width, height) = drawing.size();
        for element in elements(&drawing.svg()) {
            for (attributes, end) in [(["x", "x1", "x2", "cx"], width), (["y", "y1", "y2", "cy"], height)] {
                for attribute in attributes.iter().filter(|name| element.attributes.contains_key(**name)) {
                    let in_pattern =
                        element.tag == "line" && element.attributes.get("stroke") == Some(&"black".into());
                    if element.tag == "circle" && element.attributes.get("fill") == Some(&"black".into())
                        || in_pattern
                    {
                        continue;
                    }
                    let place = element.number(attribute);
                    assert!(
                        (0.0..=end).contains(&place),
                        "{kind}: {attribute} of {element:?} is off the sheet"
                    );
                }
            }
        }
    }
}

#[test]
fn two_identical_calls_give_identical_bytes() {
    for ((kind, one), (_, two)) in one_of_each().into_iter().zip(one_of_each()) {
        assert_eq!(one.svg(), two.svg(), "{kind}");
        assert_eq!(one.terminal(80, 24), two.terminal(80, 24), "{kind}");
        assert_eq!(one.png(1.0).unwrap(), two.png(1.0).unwrap(), "{kind}");
    }
}

#[test]
fn ids_of_two_drawings_do_not_meet() {
    let mut seen = BTreeMap::new();
    for (kind, drawing) in one_of_each() {
        for element in elements(&drawing.svg()) {
            if let Some(id) = element.attributes.get("id") {
                assert!(seen.insert(id.clone(), kind).is_none(), "{kind}: id {id} is in {} too", seen[id]);
            }
        }
    }
    assert!(!seen.is_empty(), "some drawing has patterns");
}

/// Width and height that a PNG says it has, after its signature and the checksum of every chunk were looked at.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(bytes[..8], [137, 80, 78, 71, 13, 10, 26, 10], "signature");
    let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let crc = |data: &[u8]| {
        !data.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xEDB8_8320 & (0_u32.wrapping_sub(crc & 1)))
            })
        })
    };
    let (mut at, mut kinds) = (8, Vec::new());
    while at < bytes.len() {
        let length = word(at) as usize;
        assert_eq!(crc(&bytes[at + 4..at + 8 + length]), word(at + 8 + length), "checksum");
        kinds.push(String::from_utf8_lossy(&bytes[at + 4..at + 8]).into_owned());
        at += 12 + length;
    }
    assert_eq!((kinds[0].as_str(), kinds.last().unwrap().as_str()), ("IHDR", "IEND"));
    assert!(kinds.iter().any(|kind| kind == "IDAT"));
    (word(16), word(20))
}

#[test]
fn pictures_have_the_size_asked_for() {
    for (kind, drawing) in one_of_each() {
        let (width, height) = drawing.size();
        for scale in [1.0_f32, 2.0] {
            let size = png_size(&drawing.png(scale).unwrap());
            let expected = (width * f64::from(scale), height * f64::from(scale));
            assert!(
                (f64::from(size.0) - expected.0).abs() <= 1.0
                    && (f64::from(size.1) - expected.1).abs() <= 1.0,
                "{kind}: {size:?}, expected {expected:?}"
            );
        }
        assert!(matches!(drawing.png(0.0), Err(ChartError::Png { .. })), "{kind}");
        assert!(matches!(drawing.png(1e6), Err(ChartError::Png { .. })), "{kind}");
    }
}

#[test]
fn text_fits_every_screen() {
    for (kind, drawing) in one_of_each() {
        for columns in [40, 80, 132] {
            let text = drawing.terminal(columns, 24);
            assert!(text.contains("a source") && text.contains("a note"), "{kind}");
            for line in text.lines() {
                assert!(line.chars().count() <= usize::from(columns), "{kind} at {columns}: {line}");
            }
        }
    }
}

#[test]
fn series_differ_without_colour() {
    let points = |shift: f64| vec![(2000.0, shift), (2005.0, shift + 1.0), (2010.0, shift)];
    let series: Vec<(String, Vec<(f64, f64)>)> =
        (0..8).map(|s| (format!("s{s}"), points(f64::from(s)))).collect();
    let all = elements(&Lines { words: words(), series }.draw().unwrap().svg());
    let mut looks = Vec::new();
    for line in of(&all, "line", "path").iter().filter(|path| path.attributes["fill"] == "none") {
        let markers = all.iter().filter(|e| e.mark == line.mark && e.tag != "g" && e.tag != "title").skip(1);
        let shape: Vec<String> = markers.map(|e| format!("{} {}", e.tag, shape_of(e))).take(1).collect();
        looks.push((line.attributes.get("stroke-dasharray").cloned(), shape));
    }
    assert_eq!(looks.len(), 8);
    for (place, look) in looks.iter().enumerate() {
        assert!(
            !looks[..place].contains(look),
            "line {place} looks like another without its colour: {look:?}"
        );
    }
    let bars = Bars {
        words: words(),
        categories: vec!["c".into()],
        series: (0..8).map(|s| (format!("s{s}"), vec![1.0 + f64::from(s)])).collect(),
    };
    let all = elements(&bars.draw().unwrap().svg());
    let mut looks: Vec<(String, u32)> = Vec::new();
    let rects = of(&all, "bar", "rect");
    for (place, rect) in rects.iter().enumerate().filter(|(_, rect)| rect.attributes["fill"].starts_with('#'))
    {
        let pattern = rects.get(place + 1).filter(|next| next.mark == rect.mark);
        let pattern = pattern.map_or(String::new(), |next| next.attributes["fill"].clone());
        looks.push((pattern, luminance(&rect.attributes["fill"])));
    }
    assert_eq!(looks.len(), 8);
    for (place, look) in looks.iter().enumerate() {
        let like = looks[..place].iter().find(|other| other.0 == look.0 && other.1.abs_diff(look.1) < 40);
        assert!(like.is_none(), "part {place} looks like another in grey: {look:?}, {like:?}");
    }
}

/// What a marker is, without its place: number of corners, or size.
fn shape_of(element: &Element) -> String {
    element.attributes.get("d").map_or_else(String::new, |_| {
        let points = element.points();
        let (x, y) = points[0];
        points.iter().map(|(a, b)| format!("{:.1},{:.1} ", a - x, b - y)).collect()
    })
}

/// Lightness of `#rrggbb` from 0 to 255.
fn luminance(colour: &str) -> u32 {
    let part = |at: usize| u32::from_str_radix(&colour[at..at + 2], 16).unwrap();
    (299 * part(1) + 587 * part(3) + 114 * part(5)) / 1000
}

#[test]
fn what_cannot_be_drawn_is_refused_with_a_reason() {
    let refused = |result: Result<Drawing, ChartError>, part: &str| {
        let error = result.expect_err(part);
        assert!(error.to_string().contains(part), "{error}");
        assert!(!error.hint().is_empty());
    };
    refused(
        Lines { words: words(), series: vec![("a".into(), vec![(1.0, f64::NAN)])] }.draw(),
        "nothing to draw",
    );
    refused(
        Lines { words: words(), series: vec![("a".into(), vec![(1.0, f64::INFINITY)])] }.draw(),
        "`a` at 1",
    );
    let panel = PathPanel { points: vec![(1.0, 1.0)], ..PathPanel::default() };
    refused(Paths { words: words(), panels: vec![panel; 300] }.draw(), "300 panels");
    refused(Waterfall { words: words(), steps: Vec::new() }.draw(), "there is no step");
    let step = Step { name: "s".into(), value: f64::NAN, total: false };
    refused(Waterfall { words: words(), steps: vec![step] }.draw(), "`s` is NaN");
    let bars = |series| Bars { words: words(), categories: vec!["c".into()], series };
    refused(bars(vec![("s".into(), vec![1.0, 2.0])]).draw(), "series `s` has 2, expected 1 values");
    refused(bars((0..9).map(|s| (s.to_string(), vec![1.0])).collect()).draw(), "9 parts of a bar");
    refused(bars(vec![("s".into(), vec![f64::NAN])]).draw(), "every value is missing");
    let point = SmilePoint { name: "p".into(), position: 1.0, share: 1.0, size: -1.0 };
    refused(Smile { words: words(), points: vec![point] }.draw(), "size of `p`");
    let sankey = |value, to| Sankey {
        words: words(),
        layers: vec![("A".into(), vec!["a".into()]), ("B".into(), vec!["b".into()])],
        links: vec![SankeyLink { layer: 0, from: 0, to, value }],
    };
    refused(sankey(-1.0, 0).draw(), "from `a` to `b`");
    refused(sankey(0.0, 0).draw(), "no flow is above zero");
    refused(sankey(1.0, 7).draw(), "node 7");
    refused(sankey(1.0, 0).draw_at(10.0), "10 pixels wide");
}

#[test]
fn one_value_is_enough() {
    let one = vec![(2011.0, 5.0)];
    let panels = vec![PathPanel { name: "a".into(), points: one.clone(), ..PathPanel::default() }];
    let paths = elements(&Paths { words: words(), panels }.draw().unwrap().svg());
    assert_eq!(of(&paths, "path", "circle").len(), 1, "a point without neighbours is a dot");
    Lines { words: words(), series: vec![("a".into(), one)] }.draw().unwrap();
    let heat = Heatmap {
        words: words(),
        rows: vec!["r".into()],
        columns: vec!["c".into()],
        values: vec![vec![0.0]],
    };
    heat.draw().unwrap();
    let steps = vec![Step { name: "s".into(), value: 0.0, total: true }];
    Waterfall { words: words(), steps }.draw().unwrap();
}

// From here on: results of the real binary, read back and drawn by it.

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
fn what_lowers_the_sum_is_hatched_and_goes_back() {
    let step = |name: &str, value, total| Step { name: name.into(), value, total };
    let steps = vec![step("up", 5.0, false), step("down", -8.0, false), step("end", -3.0, true)];
    let all = elements(&Waterfall { words: words(), steps }.draw().unwrap().svg());
    let rects = of(&all, "step", "rect");
    let up: Vec<_> = rects.iter().filter(|rect| rect.told.starts_with("up")).collect();
    let down: Vec<_> = rects.iter().filter(|rect| rect.told.starts_with("down")).collect();
    assert_eq!((up.len(), down.len()), (1, 2), "one hatch");
    assert!(down[1].attributes["fill"].starts_with("url(#"));
    let end = |rect: &Element| rect.number("x") + rect.number("width");
    assert!((end(up[0]) - end(down[0])).abs() < PIXEL);
    assert!(down[0].number("x") < up[0].number("x"), "below zero is left of zero");
    assert!(texts(&all).contains(&"−8.00"));
}

#[test]
fn cells_of_a_heat_map_are_darker_the_larger_they_are() {
    let desk = Desk::new();
    let leather = fixture("leather.csv");
    desk.run(&["decompose", &leather, "--method", "leontief", "--by", "origin", "-o", "origin.csv"]);
    let all = desk.plot(&["heatmap", "origin.csv"]);
    let rows = desk.rows("origin.csv");
    let economies =
        rows.iter().map(|row| row["exporter"].clone()).collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(of(&all, "cell", "rect").len(), economies * (economies - 1), "all but the diagonal");
    assert_eq!(of(&all, "blank", "rect").len(), economies, "the diagonal is blank");
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
    desk.run(&["tiva", "builtin:wiod13", "--economy", "CHN,DEU,MEX,USA,JPN", "-o", "tiva.csv"]);
    let all = desk.plot(&["paths", "tiva.csv"]);
    let rows = desk.rows("tiva.csv");
    let paths = of(&all, "path", "path");
    assert_eq!(paths.len(), 5);
    let mut slopes = Vec::new();
    for path in paths {
        let mine: Vec<_> = rows.iter().filter(|row| row["economy"] == path.told).collect();
        let points = path.points();
        assert_eq!((mine.len(), points.len()), (17, 17), "{}", path.told);
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
    assert!(texts(&all).iter().any(|text| text.ends_with("(%)")), "the unit is told");
}

#[test]
fn lines_end_at_their_names() {
    let desk = Desk::new();
    desk.run(&["tiva", "builtin:wiod13", "--economy", "CHN,MEX,USA", "-o", "tiva.parquet"]);
    desk.run(&["tiva", "builtin:wiod13", "--economy", "CHN,MEX,USA", "-o", "tiva.csv"]);
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
        heights.push(line.points()[number(row, "year") as usize - 1995].1);
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
        if kind.id() == "intervals" {
            arguments.extend(PHONE_CHOICE);
        }
        let all = desk.plot(&arguments);
        assert!(texts(&all).len() > 5, "{}", kind.id());
    }
}

/// The part of a product's result in which every row has the same unit.
const PHONE_CHOICE: [&str; 2] = ["--select", "section=traced"];

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
    desk.run(&["tiva", "builtin:wiod13", "--economy", "CHN,MEX", "-o", "tiva.csv"]);
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
fn shares_of_another_column_are_told_in_percent() {
    let desk = Desk::new();
    desk.run(&["tiva", &fixture("leather.csv"), "-o", "tiva.csv"]);
    let all = desk.plot(&["bars", "tiva.csv", "--percent-of", "gexp"]);
    let sums: Vec<&str> = texts(&all).into_iter().filter(|text| *text == "100").collect();
    assert!(sums.len() >= 3, "every bar is the whole: {:?}", texts(&all));
}

#[test]
fn years_of_one_economy_are_a_line_in_the_terminal_table() {
    let output = stdout(&vadex(&["tiva", "builtin:wiod13", "--economy", "CHN", "--format", "table", "-q"]));
    let line =
        output.lines().find(|line| line.trim_start().starts_with("dva_share ")).expect("a line of its own");
    let levels = line.chars().filter(|c| ('▁'..='█').contains(c)).count();
    assert_eq!(levels, 17, "one level a year: {line}");
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
