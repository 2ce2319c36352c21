//! A piece of the window: an element, words, or nothing. Leptos draws it like any view of its own; but all pieces are of one type, so
//! that the code that draws is in the wasm once: with a type for each element the wasm weighed 100 KB, brotli, of the 60 that all may have.

use leptos::{
    prelude::{AddAnyAttr, Mountable, Render, RenderHtml, document},
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        view::{Position, PositionState},
    },
};
use wasm_bindgen::JsCast;
use web_sys::{Element as DomElement, Node};

/// A piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Nothing, in the place of something: what follows stays where it is.
    Nothing,
    /// Words.
    Text(String),
    /// An element.
    Element(Element),
}

/// An element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Piece>,
    html: String,
}

/// An element as it is before anything is said of it: its tag and its attributes that never change, `tag|name=value|name=value`.
pub fn el(words: &'static str) -> Piece {
    let mut parts = words.split('|');
    let tag = parts.next().unwrap_or_default();
    let attribute = |part: &'static str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (name, value.to_owned())
    };
    Piece::Element(Element { tag, attributes: parts.map(attribute).collect(), children: vec![], html: String::new() })
}

/// A piece that may be there.
pub fn maybe(piece: Option<Piece>) -> Piece {
    piece.unwrap_or(Piece::Nothing)
}

impl Piece {
    fn change(mut self, act: impl FnOnce(&mut Element)) -> Self {
        if let Self::Element(element) = &mut self {
            act(element);
        }
        self
    }

    /// An attribute.
    #[inline(never)]
    pub fn put(self, name: &'static str, value: &str) -> Self {
        self.change(|element| element.attributes.push((name, value.to_owned())))
    }

    /// An attribute, or none.
    #[inline(never)]
    pub fn when(self, on: bool, name: &'static str, value: &str) -> Self {
        if on { self.put(name, value) } else { self }
    }

    /// Words inside.
    #[inline(never)]
    pub fn text(self, text: &str) -> Self {
        self.with(Self::Text(text.to_owned()))
    }

    /// A piece inside.
    #[inline(never)]
    pub fn with(self, piece: Self) -> Self {
        self.change(|element| element.children.push(piece))
    }

    /// Pieces inside.
    #[inline(never)]
    pub fn all(self, pieces: Vec<Self>) -> Self {
        self.change(|element| element.children.extend(pieces))
    }

    /// What the server made of an agent's words: clean HTML.
    pub fn html(self, html: &str) -> Self {
        self.change(|element| html.clone_into(&mut element.html))
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Nothing => {}
            Self::Text(text) => escape(text, out),
            Self::Element(Element { tag, attributes, children, html }) => {
                out.extend(["<", tag]);
                for (name, value) in attributes {
                    out.extend([" ", name, "=\""]);
                    escape(value, out);
                    out.push('"');
                }
                out.push('>');
                if !matches!(*tag, "input" | "img") {
                    out.push_str(html);
                    for child in children {
                        child.write(out);
                    }
                    out.extend(["</", tag, ">"]);
                }
            }
        }
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// A piece that stands in the page; what was inside of it, beside it.
pub struct Drawn {
    piece: Piece,
    node: Node,
    children: Vec<Drawn>,
}

/// Namespace of drawings.
const SVG: &str = "http://www.w3.org/2000/svg";

fn draw(mut piece: Piece) -> Drawn {
    let mut children = vec![];
    let node: Node = match &mut piece {
        Piece::Nothing => document().create_text_node("").into(),
        Piece::Text(text) => document().create_text_node(text).into(),
        Piece::Element(Element { tag, attributes, children: inside, html }) => {
            let made =
                if matches!(*tag, "svg" | "path") { document().create_element_ns(Some(SVG), tag) } else { document().create_element(tag) };
            // fails only for a tag that is none
            let Ok(made) = made else { return draw(Piece::Nothing) };
            for (name, value) in &*attributes {
                drop(made.set_attribute(name, value));
            }
            if !html.is_empty() {
                made.set_inner_html(html);
            }
            for child in std::mem::take(inside) {
                let drawn = draw(child);
                drop(made.append_child(&drawn.node));
                children.push(drawn);
            }
            made.into()
        }
    };
    Drawn { piece, node, children }
}

impl Drawn {
    /// Changes what differs, and nothing else: what was typed, chosen or opened stays.
    fn become_like(&mut self, mut piece: Piece) {
        match (&self.piece, &mut piece) {
            (Piece::Nothing, Piece::Nothing) => return,
            (Piece::Text(old), Piece::Text(new)) => {
                if old != new {
                    self.node.set_text_content(Some(new));
                }
            }
            (Piece::Element(old), Piece::Element(new)) if old.tag == new.tag && old.html.is_empty() == new.html.is_empty() => {
                let element: &DomElement = self.node.unchecked_ref();
                for (name, _) in old.attributes.iter().filter(|(name, _)| !new.attributes.iter().any(|(other, _)| name == other)) {
                    drop(element.remove_attribute(name));
                }
                for (name, value) in new.attributes.iter().filter(|new| !old.attributes.contains(new)) {
                    drop(element.set_attribute(name, value));
                }
                if old.html != new.html {
                    element.set_inner_html(&new.html);
                }
                let children = std::mem::take(&mut new.children);
                for gone in self.children.drain(children.len().min(self.children.len())..) {
                    drop(self.node.remove_child(&gone.node));
                }
                for (at, child) in children.into_iter().enumerate() {
                    if let Some(known) = self.children.get_mut(at) {
                        known.become_like(child);
                    } else {
                        let drawn = draw(child);
                        drop(self.node.append_child(&drawn.node));
                        self.children.push(drawn);
                    }
                }
            }
            _ => {
                let fresh = draw(piece);
                if let Some(parent) = self.node.parent_node() {
                    drop(parent.replace_child(&fresh.node, &self.node));
                }
                *self = fresh;
                return;
            }
        }
        self.piece = piece;
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        if let Some(parent) = self.node.parent_node() {
            drop(parent.remove_child(&self.node));
        }
    }

    fn mount(&mut self, parent: &DomElement, marker: Option<&Node>) {
        drop(parent.insert_before(&self.node, marker));
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.node.parent_node().and_then(|parent| parent.dyn_into::<DomElement>().ok());
        parent.map(|parent| child.mount(&parent, Some(&self.node))).is_some()
    }

    fn elements(&self) -> Vec<DomElement> {
        self.node.dyn_ref::<DomElement>().cloned().into_iter().collect()
    }
}

impl Render for Piece {
    type State = Drawn;

    fn build(self) -> Drawn {
        draw(self)
    }

    fn rebuild(self, state: &mut Drawn) {
        state.become_like(self);
    }
}

impl AddAnyAttr for Piece {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self::Output<NewAttr>
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        self
    }
}

impl RenderHtml for Piece {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, out: &mut String, position: &mut Position, _escape: bool, _branches: bool, _attributes: Vec<AnyAttribute>) {
        self.write(out);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, _cursor: &Cursor, _position: &PositionState) -> Drawn {
        // the window is not hydrated: it is drawn anew in the place of what the server wrote
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_no_markup() {
        let piece = el("p|class=a b").put("title", "\"><script>").text("<b>&").with(Piece::Nothing).with(el("input|hidden"));
        assert_eq!(piece.to_html(), "<p class=\"a b\" title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;<input hidden=\"\"></p>");
        assert_eq!(el("div").html("<p>x</p>").to_html(), "<div><p>x</p></div>");
    }
}
