//! Charts: well formed, readable without colour, the same bytes each time, refused with a reason.

#[path = "charts/svg.rs"]
pub mod svg;

use std::collections::BTreeMap;

use vadex::chart::{
    Bars, ChartError, Drawing, Heatmap, Interval, Intervals, Lines, PathPanel, Paths, Sankey, SankeyLink,
    Smile, SmilePoint, SpecCurve, Specification, Step, Turn, Waterfall, Words,
};

use svg::{Element, elements, of, texts};

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
pub fn png_size(bytes: &[u8]) -> (u32, u32) {
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
pub fn luminance(colour: &str) -> u32 {
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

#[test]
fn names_of_a_map_are_thinned_on_a_narrow_sheet_and_its_diagonal_is_crossed_out() {
    let names: Vec<String> = (0..41).map(|at| format!("N{at:02}")).collect();
    let value = |row: usize, column: usize| if row == column { f64::NAN } else { 1.0 + row as f64 };
    let values = (0..41).map(|row| (0..41).map(|column| value(row, column)).collect()).collect();
    let map = Heatmap { words: words(), rows: names.clone(), columns: names.clone(), values };
    for (width, thinned) in [(390.0, true), (720.0, false)] {
        let all = elements(&map.draw_at(width).unwrap().svg());
        assert_eq!(of(&all, "blank", "line").len(), 41, "at {width}");
        let told = texts(&all);
        let named = told.iter().filter(|text| names.iter().any(|name| name == **text)).count();
        assert_eq!(named < 82, thinned, "{named} names at {width}");
        let joined = told.join(" ");
        assert_eq!(joined.contains("Names of columns: one in"), thinned, "{joined}");
        assert!(joined.contains("row and column the same") && !joined.contains("not known"), "{joined}");
    }
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
