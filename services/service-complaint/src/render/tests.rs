//! Letters as they go out.

use chrono::NaiveDate;
use lopdf::Object;
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider as _};

use super::layout::Face;
use super::*;
use crate::domain::letter::{Part, Section};

#[test]
fn sc_15_1_7_the_factsheet_by_itself_is_drawn_in_each_format() {
    let mut drawn = Vec::new();
    for format in [Format::Letter, Format::LargePrint, Format::EasyRead] {
        let pdf = factsheet(format).unwrap();
        let read = lopdf::Document::load_mem(pdf).unwrap();
        let pages: Vec<u32> = read.get_pages().into_keys().collect();
        let text = read.extract_text(&pages).unwrap();
        assert!(text.contains("complaints"), "{text}");
        assert_eq!(factsheet(format).unwrap(), pdf);
        drawn.push((pages.len(), text));
    }
    assert!(drawn[1].0 > drawn[0].0, "large print takes more pages");
    assert!(drawn[2].1.contains("A special team"));
}

fn a_letter(text: &str) -> Document {
    Document {
        subject: "Our answer to your complaint".to_owned(),
        name: "Asha Verma".to_owned(),
        address: vec!["Asha Verma".to_owned(), "1 High Street".to_owned()],
        date: NaiveDate::from_ymd_opt(2025, 6, 10).unwrap(),
        reference: "SC202500001".to_owned(),
        sections: vec![Section {
            part: Part::Opening,
            heading: "What we found".to_owned(),
            blocks: vec![
                Block::Subheading("The call".to_owned()),
                Block::p(text),
                Block::List(vec!["One point".to_owned(), "Another".to_owned()]),
                Block::Dates(vec![(
                    "We will answer by".to_owned(),
                    NaiveDate::from_ymd_opt(2025, 6, 24).unwrap(),
                )]),
            ],
        }],
        writer: "Ines Vestey".to_owned(),
        factsheet: vec![Section {
            part: Part::Factsheet,
            heading: "The process".to_owned(),
            blocks: vec![Block::Steps(vec!["First".to_owned(), "Then".to_owned()])],
        }],
    }
}

fn pdf_of(document: &Document, format: Format) -> lopdf::Document {
    let rendered = render(document, format, Delivery::Post).unwrap();
    lopdf::Document::load_mem(&rendered.pdf.unwrap()).unwrap()
}

/// The sizes that text is set in, in points.
fn sizes(pdf: &lopdf::Document) -> Vec<f32> {
    let mut sizes = Vec::new();
    for page in pdf.get_pages().into_values() {
        let content = pdf.get_page_content(page);
        let content = lopdf::content::Content::decode(&content).unwrap();
        for operation in content.operations {
            if operation.operator == "Tf" {
                sizes.push(operation.operands[1].as_float().unwrap());
            }
        }
    }
    sizes
}

/// Large print begins at 16 points; in an ordinary letter the page numbers at the foot are smaller than the text.
#[test]
fn sc_12_large_print_is_set_in_sixteen_points_or_more() {
    for (format, least) in [
        (Format::LargePrint, 16.0),
        (Format::EasyRead, 16.0),
        (Format::Letter, 9.0),
    ] {
        let sizes = sizes(&pdf_of(&a_letter("Nobody called you."), format));

        let smallest = sizes.iter().copied().fold(f32::MAX, f32::min);
        assert!(
            smallest >= least && smallest < 100.0,
            "{format:?}: {sizes:?}"
        );
    }
}

/// What PDF/UA asks of a letter that is read aloud.
#[test]
fn sc_12_a_letter_on_paper_is_tagged_and_has_its_title_and_language() {
    let pdf = pdf_of(&a_letter("Nobody called you."), Format::Letter);

    let catalog = pdf.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"en-GB");
    let marks = pdf
        .dereference(catalog.get(b"MarkInfo").unwrap())
        .unwrap()
        .1;
    let marked = marks.as_dict().unwrap().get(b"Marked").unwrap();
    assert_eq!(*marked, Object::Boolean(true));
    let mut kinds: Vec<String> = pdf
        .objects
        .values()
        .filter_map(|it| it.as_dict().ok())
        .filter_map(|it| it.get(b"S").ok()?.as_name().ok())
        .map(|it| String::from_utf8_lossy(it).into_owned())
        .collect();
    kinds.sort();
    kinds.dedup();
    for kind in [
        "H1", "H2", "H3", "P", "L", "LI", "LBody", "Table", "TR", "TH", "TD",
    ] {
        assert!(kinds.iter().any(|it| it == kind), "{kind}: {kinds:?}");
    }
    assert!(catalog.has(b"Outlines"));
}

#[test]
fn sc_12_a_long_letter_goes_on_over_pages_and_loses_no_word() {
    let words: Vec<String> = (0..2_000).map(|it| format!("word{it}")).collect();
    let pdf = pdf_of(&a_letter(&words.join(" ")), Format::LargePrint);

    let pages = pdf.get_pages();
    assert!(pages.len() > 5, "{}", pages.len());
    let numbers: Vec<u32> = pages.keys().copied().collect();
    let text = pdf.extract_text(&numbers).unwrap();
    let text: Vec<&str> = text.split_whitespace().collect();
    for word in ["word0", "word999", "word1999"] {
        assert_eq!(text.iter().filter(|it| **it == word).count(), 1, "{word}");
    }
}

/// Nothing is printed as an empty box: the writer hears of it before.
#[test]
fn sc_12_letters_that_the_font_lacks_are_named() {
    let letter = a_letter("আশা ভার্মা, and the rest");

    assert!(unprintable(&letter).contains('আ'));
    assert_eq!(
        unprintable(&a_letter("Zoë’s “complaint” – Łódź, Αθήνα")),
        ""
    );
    let refused = render(&letter, Format::Letter, Delivery::Post).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("these letters can't be printed")
    );
    assert!(render(&letter, Format::Email, Delivery::Email).is_ok());
}

#[test]
fn what_people_write_can_not_write_html() {
    let rendered = render(
        &a_letter("<img src=x> & more"),
        Format::Email,
        Delivery::Email,
    )
    .unwrap();

    assert!(!rendered.html.contains("<img"));
    assert!(rendered.text.text.contains("<img src=x> & more"));
    assert_eq!(rendered.pdf, None);
}

#[test]
fn the_html_is_accessible_and_brings_nothing_from_elsewhere() {
    let html = html(&a_letter("Nobody called you."), Format::LargePrint).unwrap();

    for outside in [
        "<img", "<link", "<script", "url(", "@import", "src=", "<style", "class=",
    ] {
        assert!(!html.contains(outside), "{outside}");
    }
    for inside in [
        "<html lang=\"en\">",
        "<title>Our answer",
        "<h1 ",
        "<h2 ",
        "<h3 ",
        "<main ",
        "scope=\"row\"",
        "font-size: 24px",
        "10 June 2025",
    ] {
        assert!(html.contains(inside), "{inside}: {html}");
    }
}

/// The fonts' licence wants its notice in every copy of them, and so in every copy of the program and of a PDF's source.
#[test]
fn the_embedded_fonts_carry_their_copyright_and_licence() {
    for face in [Face::Regular, Face::Bold] {
        let font = FontRef::new(face.data()).unwrap();
        let said = |id| {
            let words = font.localized_strings(id).english_or_first();
            words.map(|it| it.chars().collect()).unwrap_or_default()
        };
        let copyright: String = said(StringId::COPYRIGHT_NOTICE);
        let licence: String = said(StringId::LICENSE_DESCRIPTION);

        assert!(copyright.contains("Bitstream, Inc."), "{face:?}");
        assert!(licence.contains("included in all copies"), "{face:?}");
    }
}
