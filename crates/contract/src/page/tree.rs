//! A page as a tree: sections, the blocks in them, and fields in fields.
//!
//! A front end builds it from one form in which pages reach people, and knows nothing of facts;
//! whatever reads facts reads them from here. Texts are Markdown, which plain text is as well.

use crate::location;

/// A part of a page that lists fields: what they are fields of, its heading, and its heading in the
/// request form.
pub(super) type Part = (location::Section, &'static str, Option<&'static str>);

/// The parts in document order.
pub(super) fn parts() -> [Part; 5] {
    use location::Section::{Body, Header, Path, Query, Response};
    [
        (Path, "Path Parameters", None),
        (Header, "Header Parameters", Some("Header")),
        (Query, "Query Parameters", Some("Query Parameters")),
        (Body, BODY, Some("Body")),
        (Response("200".to_owned()), "Response Properties", None),
    ]
}

/// Heading of the part that every page has, once.
pub(super) const BODY: &str = "Body Parameters";

/// Heading of the table of statuses.
pub(super) const STATUSES: &str = "Response Codes";

/// One page.
pub(super) struct Page {
    pub(super) endpoint: Option<RequestLine>,
    /// Title and description; `None` where no title was found.
    pub(super) header: Option<Section>,
    /// Parameters, properties and statuses, one section a heading.
    pub(super) sections: Vec<Section>,
    /// Whether the fields of `sections` hold the fields below them. Where that is lost, all fields
    /// of a section stand in one row, in document order.
    pub(super) is_nested: bool,
    /// The request form beside the documentation: it repeats the top-level parameters, here under
    /// the headings of the documentation.
    pub(super) form: Vec<Section>,
    /// Addresses and bodies.
    pub(super) examples: Vec<Block>,
}

/// Method and path.
#[derive(Clone)]
pub(super) struct RequestLine {
    pub(super) method: String,
    pub(super) path: String,
    /// Where it stands in the source, counted from 0.
    pub(super) line: usize,
}

/// A heading and what stands under it.
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
}

impl Section {
    pub(super) fn new(heading: &str, blocks: Vec<Block>) -> Self {
        let heading = heading.to_owned();
        Self { heading, blocks }
    }
}

/// What a section consists of.
pub(super) enum Block {
    /// Ends with a line break, or else goes on in the next block: text that has lost where its
    /// paragraphs end runs on around lists.
    Paragraph(String),
    /// One paragraph an item.
    List(Vec<String>),
    /// Cell by cell and row by row, without the head. A cell may have several paragraphs.
    Table(Vec<Vec<String>>),
    /// The caption is empty where there is none.
    Code {
        caption: String,
        text: String,
    },
    Fields(Vec<Field>),
}

/// A field, as far as it is shown.
#[derive(Default)]
pub(super) struct Field {
    /// `None` for a description that has lost its name.
    pub(super) name: Option<String>,
    /// As written, without what says that the field is required.
    pub(super) ty: String,
    pub(super) required: bool,
    /// Possible values; `None` where they would not be shown.
    pub(super) values: Option<Vec<String>>,
    pub(super) description: String,
    /// The fields below it, if [`Page::is_nested`].
    pub(super) fields: Vec<Field>,
}

/// What stands in the section under `heading`; nothing where there is no such section.
pub(super) fn blocks<'a>(sections: &'a [Section], heading: &str) -> &'a [Block] {
    let section = sections.iter().find(|section| section.heading == heading);
    section.map_or(&[], |section| &section.blocks)
}

/// The fields of the section under `heading`.
pub(super) fn fields<'a>(sections: &'a [Section], heading: &str) -> Vec<&'a Field> {
    let fields = blocks(sections, heading).iter().map(|block| match block {
        Block::Fields(fields) => &fields[..],
        _ => &[],
    });
    fields.flatten().collect()
}

/// The paragraphs and lists among `blocks`, as Markdown.
pub(super) fn markdown(blocks: &[Block]) -> String {
    let texts = blocks.iter().map(|block| match block {
        Block::Paragraph(text) => format!("{text}\n"),
        Block::List(items) => items.iter().map(|item| format!("- {item}\n")).collect(),
        _ => String::new(),
    });
    texts.collect()
}
