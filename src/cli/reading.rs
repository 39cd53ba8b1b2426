//! Pages of the manual on a screen: their Markdown broken at its width. In a file or a pipe they stay as they are written.

use comfy_table::{ContentArrangement, Table, presets};

use super::output::{behind, broken};

/// `page` for a screen of so many columns: tables that have no room as lists, paragraphs broken between words, examples as
/// they are.
pub(super) fn for_screen(page: &str, width: usize) -> String {
    let mut shown = String::new();
    let (mut rows, mut words): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut example = false;
    for line in page.lines() {
        example ^= line.starts_with("```");
        let is_row = !example && line.starts_with('|');
        // What goes on is the text of a paragraph or of an item of a list; an indented example does not.
        let stands_alone = is_row || example || line.trim().is_empty();
        let goes_on =
            !stands_alone && !["#", "- ", "```", "    "].iter().any(|start| line.starts_with(start));
        if !is_row {
            shown.push_str(&table(&rows, width));
            rows.clear();
        }
        if !goes_on {
            shown.push_str(&paragraph(&words, width));
            words.clear();
        }
        if is_row {
            rows.push(line);
        } else if goes_on || line.starts_with("- ") && !example {
            words.extend(line.split_whitespace());
        } else {
            shown.push_str(&format!("{line}\n"));
        }
    }
    shown.push_str(&table(&rows, width));
    shown.push_str(&paragraph(&words, width));
    shown
}

/// Words in lines; what follows the first line of an item stands below its text.
fn paragraph(words: &[&str], width: usize) -> String {
    let Some(first) = words.first() else { return String::new() };
    let hang = if *first == "-" { 2 } else { 0 };
    behind("", hang, &words.join(" "), width)
}

/// The rows of a Markdown table, the second of which is the rule below its head: as a table where its cells have room, else
/// as a list, in which addresses and equations stay whole.
fn table(rows: &[&str], width: usize) -> String {
    let [head, _, body @ ..] = rows else { return rows.iter().map(|row| format!("{row}\n")).collect() };
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(cells(head));
    body.iter().for_each(|row| {
        table.add_row(cells(row));
    });
    let shown = format!("{}\n", table.trim_fmt());
    if shown.lines().all(|line| line.chars().count() <= width) { shown } else { list(head, body, width) }
}

/// An item a row: its first cell, then the others below their headings.
fn list(head: &str, body: &[&str], width: usize) -> String {
    let headings = cells(head);
    let mut shown = format!("({})\n\n", headings.join("; "));
    for row in body {
        let row = cells(row);
        let mut lines = row.iter().zip(&headings).filter(|(cell, _)| !cell.is_empty());
        if let Some((first, _)) = lines.next() {
            shown.push_str(&broken(&format!("- {first}\n"), width));
        }
        for (cell, heading) in lines {
            shown.push_str(&broken(&format!("    {heading}: {cell}\n"), width));
        }
    }
    shown
}

/// The cells of a row; a bar that is part of a text is written `\|`.
fn cells(row: &str) -> Vec<String> {
    const BAR: &str = "\u{0}";
    let row = row.replace("\\|", BAR);
    row.trim().trim_matches('|').split('|').map(|cell| cell.trim().replace(BAR, "|")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manual;

    #[test]
    fn every_page_fits_a_screen_and_loses_no_word() {
        for page in manual::PAGES {
            let text = manual::explain(page.id).unwrap();
            let shown = for_screen(&text, 80);
            let mut example = false;
            for line in shown.lines() {
                example ^= line.starts_with("```");
                // A word of its own may be longer: an address, a command in an example.
                let breaks = line.trim().contains(' ') && !example;
                assert!(!breaks || line.chars().count() <= 80, "{}: {line}", page.id);
            }
            // Headings of a list are told with every item, with other marks.
            let bare = |word: &str| word.trim_matches([':', ';', '(', ')']).replace("\\|", "|");
            let shown: std::collections::HashSet<String> = shown.split_whitespace().map(bare).collect();
            let lost = text
                .split_whitespace()
                .find(|word| word.chars().any(char::is_alphanumeric) && !shown.contains(&bare(word)));
            assert_eq!(lost, None, "{}", page.id);
        }
    }

    #[test]
    fn a_table_keeps_its_cells_and_bars_that_are_text() {
        let page = "Before.\n\n- an\n  item\n- of two\n\n| a | b |\n|---|---|\n| `x` | |\n| y \\| z | two words |\n\nAfter.\n";
        let shown = for_screen(page, 80);
        assert!(shown.contains("`x`") && shown.contains("y | z") && shown.contains("two words"), "{shown}");
        assert!(
            shown.starts_with("Before.\n\n- an item\n- of two\n\n") && shown.ends_with("\nAfter.\n"),
            "{shown}"
        );
        let narrow = for_screen(page, 12);
        assert!(narrow.contains("- y | z\n    b: two\n"), "{narrow}");
    }
}
