//! A letter as a PDF that can be read aloud: tagged as PDF/UA asks, with its language, its title and an outline.

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, TableHeaderScope,
    Tag, TagGroup, TagTree,
};
use krilla::text::{Font, TextDirection};
use krilla::{Document as Pdf, SerializeSettings};

use super::layout::{
    FOOTER, Face, Frame, Layout, PAGE, Structure, has_glyph, lay_out, lay_out_sheet,
};
use crate::domain::letter::text::plain_text;
use crate::domain::letter::{Document, Section};

/// Why a letter can't be put on paper.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The font lacks letters of the text.
    #[error("these letters can't be printed: {0}")]
    Unprintable(String),
    /// The PDF would not be what PDF/UA asks for.
    #[error("the PDF could not be written: {0}")]
    Krilla(String),
}

/// The letters of a letter that can't be printed, each once; empty when all can.
#[must_use]
pub fn unprintable(document: &Document) -> String {
    let mut missing: Vec<char> = plain_text(document)
        .text
        .chars()
        .filter(|it| !has_glyph(*it))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing.into_iter().collect()
}

/// Writes a letter as a PDF, its text in a size.
pub(super) fn write(document: &Document, size: f32) -> Result<Vec<u8>, PdfError> {
    let missing = unprintable(document);
    if !missing.is_empty() {
        return Err(PdfError::Unprintable(missing));
    }
    let layout = lay_out(document, size);
    draw(&layout, &document.subject, &document.reference, size)
}

/// Writes a sheet that goes with no letter.
pub(super) fn write_sheet(sections: &[Section], size: f32) -> Result<Vec<u8>, PdfError> {
    let title = sections.first().map_or("", |it| it.heading.as_str());
    draw(&lay_out_sheet(sections, size), title, title, size)
}

/// Draws the pages, each with what its footer names.
fn draw(layout: &Layout, title: &str, footer: &str, size: f32) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError::Krilla(format!("{error:?}")))?;
    let mut pdf = Pdf::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let fonts = Fonts::new()?;
    let mut leaves: Vec<Vec<Identifier>> = vec![Vec::new(); layout.leaves];
    let count = layout.pages.len();
    for (at, laid) in layout.pages.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).expect("a page has a size");
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        for frame in &laid.frames {
            draw_frame(&mut surface, *frame);
        }
        surface.set_fill(Some(black()));
        for line in &laid.lines {
            let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            let start = Point::from_xy(line.x, line.y);
            let font = fonts.of(line.face);
            let direction = TextDirection::Auto;
            surface.draw_text(start, font, line.size, &line.text, false, direction);
            surface.end_tagged();
            leaves[line.leaf].push(identifier);
        }
        let footer = format!("{footer} – page {} of {count}", at + 1);
        draw_footer(&mut surface, &fonts, &footer, small(size));
        surface.finish();
        page.finish();
    }
    pdf.set_tag_tree(tags(layout, &mut leaves));
    pdf.set_outline(outline(layout));
    pdf.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language("en-GB".to_owned())
            .creator("Housing Ombudsman Service".to_owned()),
    );
    pdf.finish()
        .map_err(|error| PdfError::Krilla(format!("{error:?}")))
}

struct Fonts {
    regular: Font,
    bold: Font,
}

impl Fonts {
    fn new() -> Result<Self, PdfError> {
        let font = |face: Face| {
            Font::new(face.data().into(), 0)
                .ok_or_else(|| PdfError::Krilla("the built-in font can't be read".to_owned()))
        };
        Ok(Self {
            regular: font(Face::Regular)?,
            bold: font(Face::Bold)?,
        })
    }

    fn of(&self, face: Face) -> Font {
        match face {
            Face::Regular => self.regular.clone(),
            Face::Bold => self.bold.clone(),
        }
    }
}

fn black() -> Fill {
    Fill {
        paint: rgb::Color::new(0, 0, 0).into(),
        ..Fill::default()
    }
}

/// Draws a step's frame and the arrow below it. The numbers say the same to those who hear it.
fn draw_frame(surface: &mut Surface<'_>, frame: Frame) {
    let Some(rect) = Rect::from_xywh(frame.x, frame.y, frame.width, frame.height) else {
        return;
    };
    let _ = surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(
        ArtifactType::Layout,
    )));
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    if let Some(path) = path.finish() {
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke::default()));
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
    if let Some(arrow) = frame.arrow.then(|| arrow(frame)).flatten() {
        surface.set_fill(Some(black()));
        surface.draw_path(&arrow);
    }
    surface.end_tagged();
}

/// A triangle that points down, below a frame.
fn arrow(frame: Frame) -> Option<Path> {
    let (middle, top) = (frame.x + frame.width / 2.0, frame.y + frame.height + 2.0);
    let mut path = PathBuilder::new();
    path.move_to(middle - 5.0, top);
    path.line_to(middle + 5.0, top);
    path.line_to(middle, top + 6.0);
    path.close();
    path.finish()
}

/// The size of what stands at the foot. Nothing in large print or easy read is smaller than 16 points.
fn small(size: f32) -> f32 {
    if size < 16.0 { 9.0 } else { 16.0 }
}

fn draw_footer(surface: &mut Surface<'_>, fonts: &Fonts, text: &str, size: f32) {
    let _ = surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(
        ArtifactType::Footer,
    )));
    let start = Point::from_xy(64.0, PAGE.1 - FOOTER);
    let font = fonts.of(Face::Regular);
    surface.draw_text(start, font, size, text, false, TextDirection::Auto);
    surface.end_tagged();
}

/// The structure of the letter, with the lines of each leaf.
fn tags(layout: &Layout, leaves: &mut [Vec<Identifier>]) -> TagTree {
    let mut lines = |leaf: usize| -> Vec<Node> {
        std::mem::take(&mut leaves[leaf])
            .into_iter()
            .map(Node::from)
            .collect()
    };
    let mut tree = TagTree::new();
    for structure in &layout.structure {
        let group = match structure {
            Structure::Heading { level, text, leaf } => {
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                let tag = Tag::Hn(level, Some(text.clone()));
                TagGroup::with_children(tag, lines(*leaf))
            }
            Structure::Paragraph(leaf) => TagGroup::with_children(Tag::P, lines(*leaf)),
            Structure::List { numbered, items } => {
                let numbering = if *numbered {
                    ListNumbering::Decimal
                } else {
                    ListNumbering::Disc
                };
                let mut list = TagGroup::new(Tag::L(numbering));
                for (label, body) in items {
                    let mut item = TagGroup::new(Tag::LI);
                    item.push(TagGroup::with_children(Tag::Lbl, lines(*label)));
                    item.push(TagGroup::with_children(Tag::LBody, lines(*body)));
                    list.push(item);
                }
                list
            }
            Structure::Table(rows) => {
                let mut table = TagGroup::new(Tag::Table);
                for (head, cell) in rows {
                    let mut row = TagGroup::new(Tag::TR);
                    let th = Tag::TH(TableHeaderScope::Row);
                    row.push(TagGroup::with_children(th, lines(*head)));
                    row.push(TagGroup::with_children(Tag::TD, lines(*cell)));
                    table.push(row);
                }
                table
            }
        };
        tree.push(group);
    }
    tree
}

fn outline(layout: &Layout) -> Outline {
    let mut outline = Outline::new();
    for (text, page, top) in &layout.headings {
        let there = XyzDestination::new(*page, Point::from_xy(0.0, *top));
        outline.push_child(OutlineNode::new(text.clone(), there));
    }
    outline
}
