//! Pages of the manual on a screen: their Markdown broken at its width. In a file or a pipe they stay as they are written.

use comfy_table::{ContentArrangement, Table, presets};

use super::output::broken;

/// `page` for a screen of so many columns: tables with cells of several lines, long lines of text broken between words,
/// examples as they are.
pub(super) fn for_screen(page: &str, width: usize) -> String {
    let mut shown = String::new();
    let mut rows: Vec<&str> = Vec::new();
    let mut example = false;
    for line in page.lines() {
        example ^= line.starts_with("```");
        if !example && line.starts_with('|') {
            rows.push(line);
            continue;
        }
        shown.push_str(&table(&rows, width));
        rows.clear();
        let line = format!("{line}\n");
        shown.push_str(&if example { line } else { broken(&line, width) });
    }
    shown.push_str(&table(&rows, width));
    shown
}

/// The rows of a Markdown table, the second of which is the rule below its head.
fn table(rows: &[&str], width: usize) -> String {
    let [head, _, body @ ..] = rows else { return rows.iter().map(|row| format!("{row}\n")).collect() };
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_header(cells(head));
    body.iter().for_each(|row| {
        table.add_row(cells(row));
    });
    format!("{}\n", table.trim_fmt())
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
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            assert_eq!(letters(&shown), letters(&text), "{}", page.id);
        }
    }

    #[test]
    fn a_table_keeps_its_cells_and_bars_that_are_text() {
        let page = "Before.\n\n| a | b |\n|---|---|\n| `x` | |\n| y \\| z | two words |\n\nAfter.\n";
        let shown = for_screen(page, 80);
        assert!(shown.contains("`x`") && shown.contains("y | z") && shown.contains("two words"), "{shown}");
        assert!(shown.starts_with("Before.\n\n") && shown.ends_with("\nAfter.\n"), "{shown}");
    }
}
