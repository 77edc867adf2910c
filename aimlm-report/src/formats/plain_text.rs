use std::fmt::Write;

use crate::document::{Align, Document, Item, ReportColumn, ReportTable, Section, WIDEST};
use crate::fitted::fitted;
use crate::shown::lines;
use aimlm_format::{display_width, visible};

/// Columns of the terminal.
const WIDTH: usize = 80;
/// Widest name of a row where a table would be too wide.
const NARROW: usize = 24;
const GAP: usize = 2;

/// The document as plain text.
pub(crate) fn render(document: &Document) -> String {
    let mut out = String::new();
    underlined(&mut out, &visible(&document.title), '=');
    wrapped(&mut out, &visible(&document.summary), 0);
    for warning in &document.warnings {
        wrapped(&mut out, &format!("!! {}", visible(warning)), 3);
    }
    for section in &document.sections {
        write_section(&mut out, section);
    }
    out
}

fn write_section(out: &mut String, section: &Section) {
    out.push('\n');
    underlined(out, &section.title.to_uppercase(), '-');
    for item in &section.items {
        write_item(out, item);
    }
    for (at, table) in section.tables.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        write_table(out, table);
    }
}

fn write_item(out: &mut String, item: &Item) {
    let first = format!("* {} {}", visible(&item.term), visible(&item.sentence));
    wrapped(out, &first, 2);
    for line in lines(item) {
        out.push_str("  ");
        wrapped(out, &visible(&line), 2);
    }
}

fn write_table(out: &mut String, table: &ReportTable) {
    if !table.caption.is_empty() {
        let _ = writeln!(out, "{}", table.caption);
    }
    let mut columns = table
        .columns
        .iter()
        .map(|column| Laid::new(column, WIDEST))
        .collect::<Vec<_>>();
    if line_width(&columns) > WIDTH {
        let widest = |column: &ReportColumn| match column.align {
            Align::Left => NARROW,
            Align::Right => WIDEST,
        };
        columns = table
            .columns
            .iter()
            .map(|column| Laid::new(column, widest(column)))
            .collect();
    }
    for (at, part) in parts(&columns).iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        write_part(out, part, table.rows());
    }
    for note in &table.notes {
        wrapped(out, &visible(note), 2);
    }
}

/// A column with its cells as they will stand.
struct Laid {
    align: Align,
    is_key: bool,
    cells: Vec<String>,
    width: usize,
}

impl Laid {
    fn new(column: &ReportColumn, widest: usize) -> Self {
        let title = std::iter::once(column.title.clone());
        let cells: Vec<String> = title.chain(fitted(&column.cells, widest)).collect();
        Self {
            align: column.align,
            is_key: column.is_key,
            width: cells.iter().map(|cell| display_width(cell)).max().unwrap_or(0),
            cells,
        }
    }
}

fn line_width<'a>(columns: impl IntoIterator<Item = &'a Laid>) -> usize {
    let widths = columns.into_iter().map(|column| column.width + GAP);
    widths.sum::<usize>().saturating_sub(GAP)
}

/// The columns cut into as many tables as the terminal's width needs, all about as wide, so that no column
/// stands alone: of all widths that give so many tables, the smallest.
fn parts(columns: &[Laid]) -> Vec<Vec<&Laid>> {
    let needed = cut(columns, WIDTH).len();
    (1..=WIDTH)
        .map(|width| cut(columns, width))
        .find(|parts| parts.len() == needed)
        .unwrap_or_default()
}

/// The columns cut into tables of at most so many columns of the terminal, each beginning with the columns
/// that name rows.
fn cut(columns: &[Laid], width: usize) -> Vec<Vec<&Laid>> {
    let keys: Vec<&Laid> = columns.iter().filter(|column| column.is_key).collect();
    let mut parts = vec![keys.clone()];
    for column in columns.iter().filter(|column| !column.is_key) {
        let last = parts.last_mut().expect("there is a first part");
        let is_full = line_width(last.iter().copied()) + GAP + column.width > width;
        if is_full && last.len() > keys.len() {
            parts.push(keys.iter().copied().chain([column]).collect());
        } else {
            last.push(column);
        }
    }
    parts
}

fn write_part(out: &mut String, columns: &[&Laid], rows: usize) {
    for row in 0..=rows {
        let mut line = String::new();
        for column in columns {
            let gap = " ".repeat(column.width - display_width(&column.cells[row]));
            let _ = match column.align {
                Align::Left => write!(line, "{}{gap}", column.cells[row]),
                Align::Right => write!(line, "{gap}{}", column.cells[row]),
            };
            line.push_str("  ");
        }
        let _ = writeln!(out, "{}", line.trim_end());
        if row == 0 {
            let rules: Vec<String> = columns.iter().map(|column| "-".repeat(column.width)).collect();
            let _ = writeln!(out, "{}", rules.join("  "));
        }
    }
}

fn underlined(out: &mut String, title: &str, rule: char) {
    let rule: String = std::iter::repeat_n(rule, display_width(title)).collect();
    let _ = writeln!(out, "{title}\n{rule}");
}

/// Breaks a text at spaces, and words where they are wider than a line; its lines after the first are
/// indented. The first is where `out` stands.
fn wrapped(out: &mut String, text: &str, indent: usize) {
    let mut column = indent;
    for (at, word) in text.split(' ').enumerate() {
        let width = display_width(word);
        if at > 0 && column + 1 + width > WIDTH {
            let _ = write!(out, "\n{}", " ".repeat(indent));
            column = indent;
        } else if at > 0 {
            out.push(' ');
            column += 1;
        }
        for character in word.chars() {
            let width = display_width(character.encode_utf8(&mut [0; 4]));
            if column + width > WIDTH {
                let _ = write!(out, "\n{}", " ".repeat(indent));
                column = indent;
            }
            out.push(character);
            column += width;
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use crate::cell_value::CellValue;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_table_is_wider_than_the_terminal(
            names in prop::collection::vec(any::<String>(), 1..4),
            wide in 1_usize..30,
        ) {
            let mut table = ReportTable::new("").key("Model", &names, String::clone);
            for _ in 0..wide {
                table = table.right("A number", &names, |_| Some(CellValue::text("123,456 samples")));
            }
            let mut out = String::new();
            write_table(&mut out, &table);
            prop_assert_eq!(out.matches("A number").count(), wide);
            for line in out.lines() {
                prop_assert!(display_width(line) <= WIDTH, "{}", line);
            }
        }

        /// A table is cut into as few parts as can be, and none of them has one column of many.
        #[test]
        fn no_column_stands_alone(widths in prop::collection::vec(4_usize..12, 4..30)) {
            let rows = ["m"];
            let table = widths.iter().fold(ReportTable::new("").key("Model", &rows, |_| "m".into()), |table, &width| {
                table.right(&"x".repeat(width), &rows, |_| None)
            });
            let columns: Vec<Laid> = table.columns.iter().map(|column| Laid::new(column, WIDEST)).collect();
            let parts = parts(&columns);
            prop_assert_eq!(parts.len(), cut(&columns, WIDTH).len());
            prop_assert!(parts.iter().all(|part| part.len() > 2));
        }

        #[test]
        fn long_words_break(word in "[a-z]{81,300}") {
            let mut out = String::new();
            wrapped(&mut out, &format!("see {word} there"), 2);
            prop_assert!(out.lines().all(|line| display_width(line) <= WIDTH));
            let back: String = out.split_whitespace().collect();
            prop_assert_eq!(back, format!("see{word}there"));
        }

        #[test]
        fn sentences_wrap(words in prop::collection::vec("[a-z]{1,20}", 0..60)) {
            let mut out = String::new();
            wrapped(&mut out, &words.join(" "), 2);
            prop_assert!(out.lines().all(|line| display_width(line) <= WIDTH));
            let back: Vec<&str> = out.split_whitespace().collect();
            prop_assert_eq!(back, words);
        }
    }
}
