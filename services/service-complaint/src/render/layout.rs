//! Lays a letter out on pages: what stands where, and what each line belongs to.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

use crate::domain::letter::text::signature;
use crate::domain::letter::{Block, Document, Section, in_words};

/// A4, in points.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 64.0;
/// Where the footer stands, from the bottom.
pub(super) const FOOTER: f32 = 32.0;
/// From one baseline to the next, in sizes.
const LEADING: f32 = 1.45;
/// How far the text of a list or of a step stands in, in sizes.
const INDENT: f32 = 1.6;

/// Which face a line is set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
}

impl Face {
    pub(super) fn data(self) -> &'static [u8] {
        match self {
            Self::Regular => dejavu::sans::regular(),
            Self::Bold => dejavu::sans::bold(),
        }
    }
}

/// A line of text on a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) x: f32,
    /// The baseline, from the top.
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) face: Face,
    /// The leaf of the document's structure that it belongs to.
    pub(super) leaf: usize,
}

/// A frame around a step, with an arrow to the next one below it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) arrow: bool,
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Page {
    pub(super) lines: Vec<Line>,
    pub(super) frames: Vec<Frame>,
}

/// What the document is made of, for those who hear it. The numbers are leaves.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Structure {
    Heading {
        level: u16,
        text: String,
        leaf: usize,
    },
    Paragraph(usize),
    List {
        numbered: bool,
        items: Vec<(usize, usize)>,
    },
    Table(Vec<(usize, usize)>),
}

/// A letter laid out.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) pages: Vec<Page>,
    pub(super) structure: Vec<Structure>,
    pub(super) leaves: usize,
    /// Where each heading stands, for the outline: its text, its page and its height on it.
    pub(super) headings: Vec<(String, usize, f32)>,
}

/// Lays out a sheet that goes with no letter, under the heading of its first section.
pub(super) fn lay_out_sheet(sections: &[Section], size: f32) -> Layout {
    let mut pen = Pen::new(size);
    if let Some((first, rest)) = sections.split_first() {
        pen.heading(&first.heading, 1);
        pen.blocks(first);
        for section in rest {
            pen.section(section);
        }
    }
    pen.layout
}

/// Lays a letter out, its text in a size.
pub(super) fn lay_out(document: &Document, size: f32) -> Layout {
    let mut pen = Pen::new(size);
    for line in &document.address {
        pen.paragraph(line, 0.0);
    }
    if !document.address.is_empty() {
        pen.gap(1.0);
    }
    pen.paragraph(&in_words(document.date), 0.0);
    pen.paragraph(&format!("Reference: {}", document.reference), 1.0);
    pen.paragraph(&format!("Dear {}", document.name), 0.7);
    pen.heading(&document.subject, 1);
    for section in &document.sections {
        pen.section(section);
    }
    pen.keep(LEADING * 6.0);
    pen.paragraph("Yours sincerely", 1.0);
    for line in signature(document) {
        pen.paragraph(line, 0.0);
    }
    if !document.factsheet.is_empty() {
        pen.new_page();
    }
    for section in &document.factsheet {
        pen.section(section);
    }
    pen.layout
}

struct Pen {
    layout: Layout,
    size: f32,
    y: f32,
}

impl Pen {
    fn new(size: f32) -> Self {
        Self {
            layout: Layout {
                pages: vec![Page::default()],
                ..Layout::default()
            },
            size,
            y: MARGIN,
        }
    }

    fn leaf(&mut self) -> usize {
        self.layout.leaves += 1;
        self.layout.leaves - 1
    }

    fn page(&mut self) -> &mut Page {
        self.layout
            .pages
            .last_mut()
            .expect("there is a first page, and pages are only added")
    }

    fn new_page(&mut self) {
        self.layout.pages.push(Page::default());
        self.y = MARGIN;
    }

    /// Begins a new page unless so many sizes of height are left on this one.
    fn keep(&mut self, sizes: f32) {
        let bottom = PAGE.1 - MARGIN;
        if self.y + sizes * self.size > bottom && self.y > MARGIN {
            self.new_page();
        }
    }

    fn gap(&mut self, sizes: f32) {
        self.y += sizes * self.size;
    }

    fn width(indent: f32) -> f32 {
        PAGE.0 - 2.0 * MARGIN - indent
    }

    /// Sets a text, line by line, for a leaf.
    fn set(&mut self, text: &str, indent: f32, style: (f32, Face), leaf: usize) {
        let (size, face) = style;
        for line in wrap(text, Self::width(indent), size, face) {
            self.keep(LEADING * size / self.size);
            self.y += size * LEADING;
            let line = Line {
                text: line,
                x: MARGIN + indent,
                y: self.y - size * (LEADING - 1.0),
                size,
                face,
                leaf,
            };
            self.page().lines.push(line);
        }
    }

    fn body(&self) -> (f32, Face) {
        (self.size, Face::Regular)
    }

    fn paragraph(&mut self, text: &str, gap: f32) {
        let leaf = self.leaf();
        self.set(text, 0.0, self.body(), leaf);
        self.layout.structure.push(Structure::Paragraph(leaf));
        self.gap(gap);
    }

    fn heading(&mut self, text: &str, level: u16) {
        let size = self.size
            * match level {
                1 => 1.4,
                2 => 1.2,
                _ => 1.0,
            };
        self.gap(if level == 1 { 0.5 } else { 0.8 });
        // A heading never stands alone at the foot of a page.
        self.keep(LEADING * 4.0);
        let (page, top) = (self.layout.pages.len() - 1, self.y);
        let leaf = self.leaf();
        self.set(text, 0.0, (size, Face::Bold), leaf);
        self.gap(0.4);
        let text = text.to_owned();
        self.layout.headings.push((text.clone(), page, top));
        let heading = Structure::Heading { level, text, leaf };
        self.layout.structure.push(heading);
    }

    fn section(&mut self, section: &Section) {
        if !section.heading.is_empty() {
            self.heading(&section.heading, 2);
        }
        self.blocks(section);
    }

    fn blocks(&mut self, section: &Section) {
        for block in &section.blocks {
            match block {
                // Under a section without a heading, the next level down is the second.
                Block::Subheading(text) if section.heading.is_empty() => self.heading(text, 2),
                Block::Subheading(text) => self.heading(text, 3),
                Block::Paragraph(text) => self.paragraph(text, 0.7),
                Block::List(items) => self.list(items),
                Block::Steps(items) => self.steps(items),
                Block::Dates(rows) => {
                    let rows: Vec<_> = rows
                        .iter()
                        .map(|(what, date)| (what.as_str(), in_words(*date)))
                        .collect();
                    self.table(&rows);
                }
            }
        }
    }

    fn list(&mut self, items: &[String]) {
        let indent = INDENT * self.size;
        let mut set = Vec::new();
        for item in items {
            self.keep(LEADING);
            let (label, body) = (self.leaf(), self.leaf());
            self.label("•", label);
            self.set(item, indent, self.body(), body);
            self.gap(0.3);
            set.push((label, body));
        }
        self.gap(0.5);
        self.layout.structure.push(Structure::List {
            numbered: false,
            items: set,
        });
    }

    /// The steps of a process, each in a frame, with an arrow to the next.
    fn steps(&mut self, items: &[String]) {
        let (indent, pad) = (INDENT * self.size, 0.6 * self.size);
        let mut set = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let lines = wrap(
                item,
                Self::width(indent + 2.0 * pad),
                self.size,
                Face::Regular,
            );
            #[expect(clippy::cast_precision_loss, reason = "a step has few lines")]
            let height = lines.len() as f32 * self.size * LEADING + 2.0 * pad;
            self.keep(height / self.size + 0.5);
            let frame = Frame {
                x: MARGIN,
                y: self.y,
                width: Self::width(0.0),
                height,
                arrow: at + 1 < items.len(),
            };
            self.page().frames.push(frame);
            self.y += pad;
            let (label, body) = (self.leaf(), self.leaf());
            let number = format!("{}.", at + 1);
            let top = self.y;
            self.set_at(&number, MARGIN + pad, label);
            self.y = top;
            for line in lines {
                self.set_at(&line, MARGIN + pad + indent, body);
            }
            self.y += pad + 0.9 * self.size;
            set.push((label, body));
        }
        self.layout.structure.push(Structure::List {
            numbered: true,
            items: set,
        });
    }

    /// Sets one line that is known to fit.
    fn set_at(&mut self, text: &str, x: f32, leaf: usize) {
        let size = self.size;
        self.y += size * LEADING;
        let line = Line {
            text: text.to_owned(),
            x,
            y: self.y - size * (LEADING - 1.0),
            size,
            face: Face::Regular,
            leaf,
        };
        self.page().lines.push(line);
    }

    /// A list item's bullet, on the line that its text begins on.
    fn label(&mut self, text: &str, leaf: usize) {
        let top = self.y;
        self.set_at(text, MARGIN + 0.4 * self.size, leaf);
        self.y = top;
    }

    fn table(&mut self, rows: &[(&str, String)]) {
        let widest = rows
            .iter()
            .map(|(what, _)| measure(what, self.size, Face::Bold))
            .fold(0.0, f32::max);
        let column = (widest + 1.5 * self.size).min(Self::width(0.0) * 0.6);
        let mut set = Vec::new();
        for (what, when) in rows {
            let (head, cell) = (self.leaf(), self.leaf());
            let lines = wrap(what, column - self.size, self.size, Face::Bold);
            #[expect(clippy::cast_precision_loss, reason = "a row has few lines")]
            let height = lines.len() as f32;
            self.keep(LEADING * (height + 1.0));
            let top = self.y;
            for line in lines {
                self.set_at(&line, MARGIN, head);
                let last = self.page().lines.last_mut();
                if let Some(last) = last {
                    last.face = Face::Bold;
                }
            }
            let below = self.y;
            self.y = top;
            self.set(when, column, self.body(), cell);
            self.y = self.y.max(below) + 0.3 * self.size;
            set.push((head, cell));
        }
        self.gap(0.5);
        self.layout.structure.push(Structure::Table(set));
    }
}

/// Breaks a text into lines of a width. A word that is longer than a line is broken where the line ends.
fn wrap(text: &str, width: f32, size: f32, face: Face) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = word.to_owned();
        let joined = if line.is_empty() {
            word.clone()
        } else {
            format!("{line} {word}")
        };
        if measure(&joined, size, face) <= width {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            // The blank stays at the end, so that whoever hears the lines hears two words.
            line.push(' ');
            lines.push(std::mem::take(&mut line));
        }
        while measure(&word, size, face) > width {
            let fits = word
                .char_indices()
                .map(|(at, it)| at + it.len_utf8())
                .take_while(|end| measure(&word[..*end], size, face) <= width)
                .last();
            // A column narrower than a letter still takes one.
            let first = word.chars().next().map_or(0, char::len_utf8);
            let rest = word.split_off(fits.unwrap_or(first));
            lines.push(std::mem::replace(&mut word, rest));
        }
        line = word;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// How wide a text is. Kerning makes it a little narrower still.
fn measure(text: &str, size: f32, face: Face) -> f32 {
    let font = font(face);
    let (glyphs, metrics) = (
        font.charmap(),
        font.glyph_metrics(Size::new(size), LocationRef::default()),
    );
    text.chars()
        .map(|it| {
            let glyph = glyphs.map(it).unwrap_or_default();
            metrics.advance_width(glyph).unwrap_or(size)
        })
        .sum()
}

fn font(face: Face) -> FontRef<'static> {
    FontRef::new(face.data()).expect("the font that is built in is a font")
}

/// Whether the font has a letter.
pub(super) fn has_glyph(letter: char) -> bool {
    letter.is_whitespace() || font(Face::Regular).charmap().map(letter).is_some()
}
