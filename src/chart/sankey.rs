//! Flows between layers of names: how much goes from whom, through whom, to whom.
//!
//! Widths of ribbons are amounts, on one scale for all layers. Every node is named beside its block; ribbons follow the
//! order of the nodes, so that they can be traced without colour.

use kuva::plot::FillPattern;

use super::canvas::{Anchor, Canvas, MARGIN};
use super::drawing::Drawing;
use super::look::{BODY, INK, SMALL, STYLES, Style};
use super::plain::{self, Row};
use super::{ChartError, PAGE_WIDTH, Words, at_most, finite, wording};

/// A flow from a node of layer `layer` to a node of the next layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SankeyLink {
    /// Layer that it starts from.
    pub layer: usize,
    /// Node of that layer.
    pub from: usize,
    /// Node of the next layer.
    pub to: usize,
    /// Amount.
    pub value: f64,
}

/// Flows between layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Sankey {
    /// Words.
    pub words: Words,
    /// Heading and node names of each layer.
    pub layers: Vec<(String, Vec<String>)>,
    /// Flows.
    pub links: Vec<SankeyLink>,
}

const CHART: &str = "sankey";
/// Nodes of a layer that can still be named.
const MOST: usize = 30;
/// Colour of what is put together.
const REST: &str = "#9a9a9a";
/// Colours when those of the styles are used up: darker ones of the same hues, so that no two names look alike.
const DARKER: [&str; STYLES.len()] =
    ["#00436a", "#8a5f00", "#7f3800", "#1f6f9f", "#005c43", "#8f8728", "#7a4766", "#5a5a5a"];
/// Width of a block.
const BLOCK: f64 = 14.0;
/// Room for the ribbons of a chart with few nodes.
const LEAST: f64 = 300.0;
/// Height that a name needs.
const NAME: f64 = 15.0;

/// Where a block stands and how much of each side is used.
#[derive(Debug, Clone, Copy, Default)]
struct Block {
    amount: f64,
    top: f64,
    entered: f64,
    left: f64,
}

impl Sankey {
    /// Draws it for a page.
    ///
    /// # Errors
    /// No flow, a flow that is negative or not finite or of a node that is not there, too many nodes in a layer.
    pub fn draw(&self) -> Result<Drawing, ChartError> {
        self.draw_at(PAGE_WIDTH)
    }

    /// Draws it so many pixels wide.
    ///
    /// # Errors
    /// As [`Self::draw`], and a width out of range.
    pub fn draw_at(&self, width: f64) -> Result<Drawing, ChartError> {
        self.check()?;
        let mut canvas = Canvas::new(width)?;
        let top = canvas.head(&self.words) + 26.0;
        let most = self.layers.iter().map(|(_, names)| names.len()).max().unwrap_or(1) as f64;
        let high = (most * 28.0).max(LEAST);
        let mut blocks = self.blocks(top, high);
        // Names of the first layer stand at its left, all others at the right of their blocks.
        let name_room = |layer: usize| {
            let names = self.layers[layer].1.iter().enumerate();
            let told: Vec<String> = names
                .map(|(node, name)| format!("{name} {}", wording::number(blocks[layer][node].amount)))
                .collect();
            wording::widest(told.iter().map(String::as_str), SMALL)
        };
        let most = canvas.inner() * 0.27;
        let last = self.layers.len() - 1;
        let (first_room, last_room) = (name_room(0).min(most) + 16.0, name_room(last).min(most) + 16.0);
        let start = MARGIN + first_room;
        let step = (canvas.width() - MARGIN - last_room - BLOCK - start) / last as f64;
        let x_of = |layer: usize| start + layer as f64 * step;
        let scale = self.scale(&blocks, high);
        self.draw_links(&mut canvas, &mut blocks, scale, &x_of);
        for (layer, (heading, names)) in self.layers.iter().enumerate() {
            let x = x_of(layer);
            let (at, anchor) = if layer == 0 {
                (x + BLOCK, Anchor::End)
            } else if layer == last {
                (x, Anchor::Start)
            } else {
                (x + BLOCK / 2.0, Anchor::Middle)
            };
            let room = if layer == 0 || layer == last { most + BLOCK } else { step * 1.5 };
            canvas.put(&wording::cut(heading, room / 1.1, BODY), (at, top - 12.0), BODY, anchor, INK, true);
            for (node, name) in names.iter().enumerate() {
                let block = blocks[layer][node];
                let style = self.style_of(layer, node);
                let tall = (block.amount * scale).max(0.5);
                canvas.begin("node", &format!("{heading}, {name}: {}", wording::number(block.amount)));
                canvas.bar((x, block.top), (BLOCK, tall), style.colour, style.pattern);
                canvas.end();
                let amount = wording::number(block.amount);
                let room = if layer == 0 {
                    first_room
                } else if layer == last {
                    last_room
                } else {
                    step.max(150.0)
                };
                let name = wording::cut(name, room - 6.0 - wording::width(&amount, SMALL) - 5.0, SMALL);
                let told = format!("{name} {amount}");
                let middle = block.top + tall / 2.0 + 4.0;
                let inner = layer != 0 && layer != last;
                if inner && names.len() == 1 {
                    // A block that stands alone has room above it; ribbons come near on a narrow sheet.
                    let wide = wording::width(&told, SMALL) * 0.95 + 4.0;
                    canvas.scrim((x + (BLOCK - wide) / 2.0, block.top - 16.0), (wide, 14.0));
                    canvas.put(&told, (x + BLOCK / 2.0, block.top - 5.0), SMALL, Anchor::Middle, INK, false);
                    continue;
                }
                let (at, anchor) =
                    if layer == 0 { (x - 5.0, Anchor::End) } else { (x + BLOCK + 5.0, Anchor::Start) };
                if inner {
                    // Ribbons run behind the names of a middle layer.
                    canvas
                        .scrim((at - 2.0, middle - 11.0), (wording::width(&told, SMALL) * 0.95 + 4.0, 14.0));
                }
                canvas.put(&told, (at, middle), SMALL, anchor, INK, false);
            }
        }
        let below = blocks
            .iter()
            .flatten()
            .map(|block| block.top + (block.amount * scale).max(NAME))
            .fold(top + high, f64::max);
        Ok(canvas.finish(&self.words, below, self.view()))
    }

    fn draw_links(
        &self,
        canvas: &mut Canvas,
        blocks: &mut [Vec<Block>],
        scale: f64,
        x_of: &impl Fn(usize) -> f64,
    ) {
        let mut order: Vec<&SankeyLink> = self.links.iter().filter(|link| link.value > 0.0).collect();
        order.sort_by_key(|link| (link.layer, link.from, link.to));
        for link in order {
            let (from, to) = (blocks[link.layer][link.from], blocks[link.layer + 1][link.to]);
            let tall = link.value * scale;
            let (x0, x1) = (x_of(link.layer) + BLOCK, x_of(link.layer + 1));
            let (y0, y1) = (from.top + from.left, to.top + to.entered);
            blocks[link.layer][link.from].left += tall;
            blocks[link.layer + 1][link.to].entered += tall;
            let edge = curve((x0, y0), (x1, y1));
            let mut ribbon = edge.clone();
            ribbon.extend(edge.iter().rev().map(|(x, y)| (*x, y + tall)));
            // A ribbon has the colour of its outer end, where the nodes differ.
            let style = if link.layer == 0 {
                self.style_of(0, link.from)
            } else {
                self.style_of(link.layer + 1, link.to)
            };
            let (from, to) = (&self.layers[link.layer], &self.layers[link.layer + 1]);
            let tell = format!("{} to {}: {}", from.1[link.from], to.1[link.to], wording::number(link.value));
            canvas.begin("link", &tell);
            canvas.polygon(&ribbon, style.colour, 0.45);
            canvas.end();
        }
    }

    /// Equal names have equal styles in all layers; what is put together has none of its own.
    fn style_of(&self, layer: usize, node: usize) -> Style {
        let name = &self.layers[layer].1[node];
        if is_rest(name) {
            return Style { colour: REST, pattern: FillPattern::Solid, ..STYLES[0] };
        }
        let mut seen: Vec<&String> = Vec::new();
        for other in self.layers.iter().flat_map(|(_, names)| names).filter(|name| !is_rest(name)) {
            if other == name {
                break;
            }
            if !seen.contains(&other) {
                seen.push(other);
            }
        }
        let style = STYLES[seen.len() % STYLES.len()];
        match seen.len() / STYLES.len() {
            0 => style,
            _ => Style { colour: DARKER[seen.len() % DARKER.len()], ..style },
        }
    }

    /// Pixels an amount.
    fn scale(&self, blocks: &[Vec<Block>], high: f64) -> f64 {
        blocks
            .iter()
            .map(|layer| {
                let sum: f64 = layer.iter().map(|block| block.amount).sum();
                (high - gap(layer.len(), high) * (layer.len() as f64 - 1.0)) / sum
            })
            .filter(|scale| scale.is_finite())
            .fold(f64::INFINITY, f64::min)
    }

    /// Blocks with their amounts and places.
    fn blocks(&self, top: f64, high: f64) -> Vec<Vec<Block>> {
        let mut blocks: Vec<Vec<Block>> =
            self.layers.iter().map(|(_, names)| vec![Block::default(); names.len()]).collect();
        for (layer, layer_blocks) in blocks.iter_mut().enumerate() {
            for (node, block) in layer_blocks.iter_mut().enumerate() {
                let sum = |chosen: &dyn Fn(&SankeyLink) -> bool| -> f64 {
                    self.links.iter().filter(|link| chosen(link)).map(|link| link.value).sum()
                };
                let out = sum(&|link| link.layer == layer && link.from == node);
                let into = sum(&|link| link.layer + 1 == layer && link.to == node);
                block.amount = out.max(into);
            }
        }
        let scale = self.scale(&blocks, high);
        for layer in &mut blocks {
            let sum: f64 = layer.iter().map(|block| block.amount).sum();
            let gap = gap(layer.len(), high);
            // Thin layers are centred.
            let used = sum * scale + gap * (layer.len() as f64 - 1.0);
            let mut y = top + ((high - used) / 2.0).max(0.0);
            for block in layer {
                block.top = y;
                // A thin block still leaves its name room.
                y += (block.amount * scale).max(NAME - gap) + gap;
            }
        }
        blocks
    }

    fn check(&self) -> Result<(), ChartError> {
        if self.layers.len() < 2 {
            return Err(ChartError::Nothing { chart: CHART, what: "there are fewer than two layers" });
        }
        for (_, names) in &self.layers {
            at_most(CHART, "nodes in a layer", names.len(), MOST)?;
        }
        for link in &self.links {
            let node =
                |layer: usize, node: usize| self.layers.get(layer).and_then(|(_, names)| names.get(node));
            let (Some(from), Some(to)) = (node(link.layer, link.from), node(link.layer + 1, link.to)) else {
                return Err(ChartError::Uneven {
                    chart: CHART,
                    what: format!(
                        "a flow from node {} of layer {} to node {}",
                        link.from, link.layer, link.to
                    ),
                    expected: "nodes that are there".into(),
                    found: "none of that number".into(),
                });
            };
            let at = || format!("the flow from `{from}` to `{to}`");
            let value = finite(CHART, at, link.value)?;
            if value < 0.0 {
                return Err(ChartError::Negative { chart: CHART, at: at(), value });
            }
        }
        if self.links.iter().all(|link| link.value <= 0.0) {
            return Err(ChartError::Nothing { chart: CHART, what: "no flow is above zero" });
        }
        Ok(())
    }

    fn view(&self) -> super::drawing::View {
        let chart = self.clone();
        Box::new(move |columns, _| {
            let mut lines = Vec::new();
            for layer in 0..chart.layers.len() - 1 {
                let (from, to) = (&chart.layers[layer], &chart.layers[layer + 1]);
                lines.push(format!("{} -> {}", from.0, to.0));
                let mut links: Vec<&SankeyLink> =
                    chart.links.iter().filter(|link| link.layer == layer && link.value > 0.0).collect();
                links.sort_by_key(|link| (link.from, link.to));
                let rows: Vec<Row> = links
                    .iter()
                    .map(|link| Row {
                        name: format!("{} -> {}", from.1[link.from], to.1[link.to]),
                        parts: vec![(0.0, link.value, '█')],
                        tail: wording::number(link.value),
                    })
                    .collect();
                lines.extend(plain::bars(&rows, columns));
                lines.push(String::new());
            }
            lines
        })
    }
}

/// From one place to another, level at both ends.
fn curve((x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> Vec<(f64, f64)> {
    const STEPS: i32 = 24;
    (0..=STEPS)
        .map(|step| {
            let t = f64::from(step) / f64::from(STEPS);
            (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t * t * (3.0 - 2.0 * t))
        })
        .collect()
}

/// `33 others`, `others`.
fn is_rest(name: &str) -> bool {
    name == "others" || name.ends_with(" others")
}

/// Room between blocks, less where there are many.
fn gap(nodes: usize, high: f64) -> f64 {
    (high * 0.3 / nodes.max(1) as f64).clamp(4.0, 14.0)
}

impl Canvas {
    /// A veil that keeps words readable over ribbons.
    fn scrim(&mut self, at: (f64, f64), size: (f64, f64)) {
        let (x, y) = at;
        let corners = [(x, y), (x + size.0, y), (x + size.0, y + size.1), (x, y + size.1)];
        self.polygon(&corners, "#ffffff", 0.75);
    }
}
