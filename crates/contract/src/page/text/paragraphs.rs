//! Paragraphs and lists of plain text.

use crate::page::tree::Block;

/// Paragraphs end at empty lines, which they keep, and items also where the next one begins.
pub(super) fn read(lines: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for paragraph in lines.split_inclusive(|line| line.is_empty()) {
        for part in paragraph.chunk_by(|_, next| item(next).is_none()) {
            let text = part.join("\n");
            match (item(&text), blocks.last_mut()) {
                (Some(item), Some(Block::List(items))) => items.push(item.to_owned()),
                (Some(item), _) => blocks.push(Block::List(vec![item.to_owned()])),
                (None, _) => blocks.push(Block::Paragraph(text)),
            }
        }
    }
    blocks
}

fn item(text: &str) -> Option<&str> {
    let item = text.strip_prefix(['\u{2022}', '-'])?;
    let is_item = item.starts_with([' ', '\t']);
    is_item.then(|| item.trim_start_matches([' ', '\t']))
}

#[cfg(test)]
mod tests {
    //! Text comes back as it was, whatever was found in it.
    use super::*;
    use crate::page::tree::markdown;

    #[test]
    fn finds_paragraphs_and_lists() {
        let blocks = read(&[
            "One",
            "goes on.",
            "",
            "\u{2022} a",
            "- b",
            "goes on",
            "",
            "Two.",
        ]);
        assert_eq!(
            markdown(&blocks),
            "One\ngoes on.\n\n- a\n- b\ngoes on\n\nTwo.\n"
        );
        let [Block::Paragraph(_), Block::List(items), Block::Paragraph(_)] = &blocks[..] else {
            panic!("a list between two paragraphs");
        };
        assert_eq!(items, &["a", "b\ngoes on\n"]);
    }
}
