//! A drawing as its marks: enough of XML to know that it is well formed and where everything stands.

use std::collections::BTreeMap;

/// One element, with the mark (class and told name) it belongs to.
#[derive(Debug, Clone)]
pub struct Element {
    pub tag: String,
    pub attributes: BTreeMap<String, String>,
    pub class: String,
    pub told: String,
    pub text: String,
    /// Which mark: elements of one mark have one number.
    pub mark: usize,
}

impl Element {
    pub fn number(&self, attribute: &str) -> f64 {
        let text = self.attributes.get(attribute).unwrap_or_else(|| panic!("no {attribute}: {self:?}"));
        text.parse().unwrap_or_else(|_| panic!("{attribute} of {self:?} is no number"))
    }

    /// Points of a path of M and L.
    pub fn points(&self) -> Vec<(f64, f64)> {
        let numbers: Vec<f64> =
            self.attributes["d"].split_whitespace().filter_map(|word| word.parse().ok()).collect();
        numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect()
    }
}

/// Every element of an SVG.
///
/// # Panics
/// When it is not well formed: tags that do not match, attributes without quotes, loose `&` or `<`.
pub fn elements(svg: &str) -> Vec<Element> {
    let mut open: Vec<(String, String, String, usize)> = Vec::new();
    let mut found: Vec<Element> = Vec::new();
    let mut rest = svg.trim();
    let mut marks = 0;
    let mut roots = 0;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = &after[after.find("-->").expect("a comment ends") + 3..];
            continue;
        }
        if let Some(after) = rest.strip_prefix("</") {
            let end = after.find('>').expect("a tag ends");
            let (tag, ..) = open.pop().expect("something is open");
            assert_eq!(after[..end].trim(), tag, "tags match");
            rest = &after[end + 1..];
            continue;
        }
        if let Some(after) = rest.strip_prefix('<') {
            let end = end_of_tag(after);
            let inside = after[..end].trim_end_matches('/').trim_end();
            let closed = after[..end].ends_with('/');
            let tag: String = inside.chars().take_while(|c| !c.is_whitespace()).collect();
            let attributes = attributes(&inside[tag.len()..]);
            roots += usize::from(open.is_empty());
            let (mut class, mut told, mut mark) =
                open.last().map_or((String::new(), String::new(), 0), |(_, class, told, mark)| {
                    (class.clone(), told.clone(), *mark)
                });
            if tag == "g" {
                marks += 1;
                class = attributes.get("class").cloned().unwrap_or_default();
                told = String::new();
                mark = marks;
            }
            found.push(Element {
                tag: tag.clone(),
                attributes,
                class: class.clone(),
                told: told.clone(),
                text: String::new(),
                mark,
            });
            if !closed {
                open.push((tag, class, told, mark));
            }
            rest = &after[end + 1..];
            continue;
        }
        let end = rest.find('<').unwrap_or(rest.len());
        let text = plain(&rest[..end]);
        if !text.trim().is_empty() {
            assert!(!open.is_empty(), "text outside of the root: {text}");
            found.last_mut().expect("text is inside of something").text.push_str(&text);
            // A title tells what the mark around it is.
            if open.last().is_some_and(|(tag, ..)| tag == "title") && open.len() > 2 {
                let place = open.len() - 2;
                open[place].2.clone_from(&text);
            }
        }
        rest = &rest[end..];
    }
    assert!(open.is_empty(), "left open: {open:?}");
    assert_eq!(roots, 1, "one root");
    found
}

fn end_of_tag(text: &str) -> usize {
    let mut quoted = false;
    for (place, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return place,
            '<' => panic!("a loose < in {}", &text[..place]),
            _ => {}
        }
    }
    panic!("a tag does not end: {text}")
}

fn attributes(mut text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    while let Some((name, after)) = text.trim_start().split_once('=') {
        let after = after.strip_prefix('"').unwrap_or_else(|| panic!("{name} is not quoted"));
        let (value, left) = after.split_once('"').expect("a quote ends");
        let before = found.insert(name.trim().to_owned(), plain(value));
        assert!(before.is_none(), "{name} stands twice");
        text = left;
    }
    assert!(text.trim().is_empty(), "left over: {text}");
    found
}

/// Entities as letters.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (entity, left) = after.split_once(';').expect("a loose &");
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            other => panic!("unknown entity {other}"),
        });
        rest = left;
    }
    out + rest
}

/// Elements of a tag in marks of a class.
pub fn of<'a>(elements: &'a [Element], class: &str, tag: &str) -> Vec<&'a Element> {
    elements.iter().filter(|element| element.class == class && element.tag == tag).collect()
}

/// All words of a drawing.
pub fn texts(elements: &[Element]) -> Vec<&str> {
    elements
        .iter()
        .filter(|element| element.tag == "text" || element.tag == "tspan")
        .map(|element| element.text.as_str())
        .collect()
}

/// Fails unless `places` are a linear function of `values` within a pixel; hands back slope and intercept.
#[track_caller]
pub fn linear(values: &[f64], places: &[f64], what: &str) -> (f64, f64) {
    /// Two decimals are written; a pixel is what a reader could see.
    const PIXEL: f64 = 0.5;
    assert_eq!(values.len(), places.len(), "{what}: as many marks as values");
    let low = (0..values.len()).min_by(|a, b| values[*a].total_cmp(&values[*b])).expect("some value");
    let high = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).expect("some value");
    let slope = (places[high] - places[low]) / (values[high] - values[low]);
    assert!(slope.is_finite() && slope.abs() > 0.0, "{what}: values differ and so do places");
    for (value, place) in values.iter().zip(places) {
        let expected = places[low] + slope * (value - values[low]);
        assert!((place - expected).abs() < PIXEL, "{what}: {value} stands at {place}, expected {expected}");
    }
    (slope, places[low] - slope * values[low])
}
