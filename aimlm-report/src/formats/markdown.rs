use std::fmt::Write;

use crate::document::{Align, Document, Item, ReportColumn, ReportTable, Section, WIDEST};
use crate::fitted::fitted;
use crate::markup::escape;
use crate::shown::lines;
use aimlm_format::display_width;

/// The document in GitHub's Markdown.
pub(crate) fn render(document: &Document) -> String {
    let mut out = format!("# {}\n\n{}\n", escape(&document.title), escape(&document.summary));
    for warning in &document.warnings {
        let _ = write!(out, "\n**{}**\n", escape(warning));
    }
    for section in &document.sections {
        write_section(&mut out, section);
    }
    out
}

fn write_section(out: &mut String, section: &Section) {
    let _ = write!(out, "\n## {}\n", section.title);
    if !section.items.is_empty() {
        out.push('\n');
        section.items.iter().for_each(|item| write_item(out, item));
    }
    for table in &section.tables {
        write_table(out, table);
    }
}

fn write_item(out: &mut String, item: &Item) {
    let _ = write!(out, "- **{}** {}", escape(&item.term), escape(&item.sentence));
    for line in lines(item) {
        // A backslash at the end breaks the line; the indent keeps it in the item.
        let _ = write!(out, "\\\n  {}", escape(&line));
    }
    out.push('\n');
}

fn write_table(out: &mut String, table: &ReportTable) {
    if !table.caption.is_empty() {
        let _ = write!(out, "\n### {}\n", table.caption);
    }
    out.push('\n');
    let cells = |column: &ReportColumn| -> Vec<String> {
        let cells = fitted(&column.cells, WIDEST);
        let texts = std::iter::once(&column.title).chain(&cells);
        texts.map(|text| escape(text)).collect()
    };
    let columns: Vec<(Align, Vec<String>)> = table
        .columns
        .iter()
        .map(|column| (column.align, cells(column)))
        .collect();
    let widths: Vec<usize> = columns
        .iter()
        .map(|(_, cells)| {
            cells
                .iter()
                .map(|cell| display_width(cell))
                .max()
                .unwrap_or(0)
                .max(3)
        })
        .collect();
    for row in 0..=table.rows() {
        for ((align, cells), &width) in columns.iter().zip(&widths) {
            let gap = " ".repeat(width - display_width(&cells[row]));
            let _ = match align {
                Align::Left => write!(out, "| {}{gap} ", cells[row]),
                Align::Right => write!(out, "| {gap}{} ", cells[row]),
            };
        }
        out.push_str("|\n");
        if row == 0 {
            for ((align, _), &width) in columns.iter().zip(&widths) {
                let _ = match align {
                    Align::Left => write!(out, "| {} ", "-".repeat(width)),
                    Align::Right => write!(out, "| {}: ", "-".repeat(width - 1)),
                };
            }
            out.push_str("|\n");
        }
    }
    for note in &table.notes {
        let _ = write!(out, "\n{}\n", escape(note));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The cells of a row as GitHub cuts it: at every pipe that no backslash escapes.
    fn cells(line: &str) -> usize {
        let mut cut = 0;
        let mut escaped = false;
        for character in line.chars() {
            match character {
                '\\' if !escaped => escaped = true,
                '|' if !escaped => cut += 1,
                _ => escaped = false,
            }
        }
        cut - 1
    }

    proptest! {
        #[test]
        fn no_name_breaks_a_table(names in prop::collection::vec(any::<String>(), 1..5)) {
            let table = ReportTable::new("")
                .key("Model", &names, String::clone)
                .right("Calls", &names, |_| None);
            let mut out = String::new();
            write_table(&mut out, &table);
            let lines: Vec<&str> = out.trim_start_matches('\n').lines().collect();
            prop_assert_eq!(lines.len(), names.len() + 2);
            let width = display_width(lines[0]);
            for line in lines {
                prop_assert_eq!(cells(line), 2, "{}", line);
                prop_assert_eq!(display_width(line), width, "{}", line);
                prop_assert!(!line.contains('<') && !line.contains('>'));
            }
        }
    }
}
