//! A small strict reader of the pages that the engine writes: every tag closed in order, every attribute quoted.

/// An element with what is in it.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Tag.
    pub name: String,
    /// Attributes in order, unescaped.
    pub attributes: Vec<(String, String)>,
    children: Vec<Child>,
}

#[derive(Debug, Clone)]
enum Child {
    Element(Node),
    Text(String),
}

/// Elements that have no end.
const VOID: [&str; 6] = ["meta", "br", "hr", "wbr", "col", "input"];

/// A page as a tree.
pub fn parse(text: &str) -> Result<Node, String> {
    let mut stack = vec![Node::default()];
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let before = &rest[..at];
        let raw = stack.last().is_some_and(|node| node.name == "style");
        if before.contains('>') && !raw {
            return Err(format!("a `>` in the text `{}`", short(before)));
        }
        push_text(&mut stack, before)?;
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").ok_or("an open comment")?.1;
            continue;
        }
        let end = end_of_tag(rest).ok_or_else(|| format!("an open tag `{}`", short(rest)))?;
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let node = stack.pop().ok_or("too many ends")?;
            if node.name != name {
                return Err(format!("<{}> is ended by </{name}>", node.name));
            }
            stack.last_mut().ok_or("an end without a start")?.children.push(Child::Element(node));
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let node = open(tag)?;
        if closed || VOID.contains(&node.name.as_str()) {
            stack.last_mut().ok_or("no root")?.children.push(Child::Element(node));
        } else {
            stack.push(node);
        }
    }
    push_text(&mut stack, rest)?;
    match stack.len() {
        1 => stack.pop().ok_or_else(|| "nothing".into()),
        _ => Err(format!("<{}> is not ended", stack.last().map_or("", |node| &node.name))),
    }
}

fn end_of_tag(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(at)
    })
}

fn push_text(stack: &mut [Node], text: &str) -> Result<(), String> {
    if !text.is_empty() {
        let node = stack.last_mut().ok_or("text outside")?;
        let text = if node.name == "style" { text.to_owned() } else { unescaped(text)? };
        node.children.push(Child::Text(text));
    }
    Ok(())
}

fn open(tag: &str) -> Result<Node, String> {
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut attributes: Vec<(String, String)> = Vec::new();
    rest = rest.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once("=\"").ok_or_else(|| format!("<{tag}>: `{rest}`"))?;
        let (value, after) = after.split_once('"').ok_or_else(|| format!("<{tag}>: an open value"))?;
        if key.contains(char::is_whitespace) || attributes.iter().any(|(known, _)| known == key) {
            return Err(format!("<{tag}>: attribute `{key}`"));
        }
        if value.contains('<') {
            return Err(format!("<{tag}>: `<` in the value of `{key}`"));
        }
        attributes.push((key.to_owned(), unescaped(value)?));
        rest = after.trim();
    }
    Ok(Node { name: name.to_owned(), attributes, children: Vec::new() })
}

fn unescaped(text: &str) -> Result<String, String> {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (entity, after) =
            part.split_once(';').ok_or_else(|| format!("a bare `&` in `{}`", short(text)))?;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" | "apos" => '\'',
            other => return Err(format!("`&{other};`")),
        });
        out.push_str(after);
    }
    Ok(out)
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

impl Node {
    /// An attribute.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Every element below, in order of the document.
    pub fn walk<'a>(&'a self, see: &mut dyn FnMut(&'a Node)) {
        for child in &self.children {
            if let Child::Element(node) = child {
                see(node);
                node.walk(see);
            }
        }
    }

    fn filtered(&self, keep: impl Fn(&Node) -> bool) -> Vec<&Node> {
        let mut found = Vec::new();
        self.walk(&mut |node| {
            if keep(node) {
                found.push(node);
            }
        });
        found
    }

    /// Every element of a name.
    pub fn all(&self, name: &str) -> Vec<&Node> {
        self.filtered(|node| node.name == name)
    }

    /// Every element with an attribute.
    pub fn with_any(&self, key: &str) -> Vec<&Node> {
        self.filtered(|node| node.attribute(key).is_some())
    }

    /// Every element with an attribute of a value.
    pub fn with_attribute(&self, key: &str, value: &str) -> Vec<&Node> {
        self.filtered(|node| node.attribute(key) == Some(value))
    }

    /// The element of an id.
    pub fn by_id(&self, id: &str) -> Option<&Node> {
        self.with_attribute("id", id).first().copied()
    }

    /// Elements directly below.
    pub fn elements(&self) -> Vec<&Node> {
        self.children
            .iter()
            .filter_map(|child| if let Child::Element(node) = child { Some(node) } else { None })
            .collect()
    }

    /// All text below.
    pub fn text(&self) -> String {
        self.text_without("")
    }

    /// All text below but that in elements with an attribute.
    pub fn text_without(&self, key: &str) -> String {
        self.children
            .iter()
            .map(|child| match child {
                Child::Text(text) => text.clone(),
                Child::Element(node) if node.attribute(key).is_some() => String::new(),
                Child::Element(node) => node.text_without(key),
            })
            .collect()
    }
}
