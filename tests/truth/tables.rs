//! Reads the tables of a rendered report back.

/// A table of Markdown: its heading, the titles of its columns, and its cells.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Its own heading, or its section's where it has none.
    pub(crate) caption: String,
    pub(crate) titles: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn column(&self, title: &str) -> Option<usize> {
        self.titles.iter().position(|own| own == title)
    }

    /// The cell of the row that begins with these names, in the first column of these that there is.
    pub(crate) fn cell(&self, names: &[&str], titles: &[&str]) -> Option<&str> {
        let column = titles.iter().find_map(|title| self.column(title))?;
        let row = self
            .rows
            .iter()
            .find(|row| row.iter().zip(names).all(|(cell, name)| cell == name))?;
        Some(&row[column])
    }
}

/// Every table of a Markdown text, in order.
pub(crate) fn of_markdown(markdown: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut caption = String::new();
    let mut in_table = false;
    for line in markdown.lines() {
        let heading = ["## ", "### ", "#### "]
            .iter()
            .find_map(|mark| line.strip_prefix(mark));
        if let Some(title) = heading {
            title.clone_into(&mut caption);
        }
        let is_row = line.starts_with('|');
        if is_row && !in_table {
            tables.push(Table {
                caption: caption.clone(),
                titles: cells(line),
                rows: Vec::new(),
            });
        } else if is_row && !is_rule(line) {
            tables.last_mut().unwrap().rows.push(cells(line));
        }
        in_table = is_row;
    }
    for table in &tables {
        for row in &table.rows {
            assert_eq!(
                row.len(),
                table.titles.len(),
                "{} has a row of another length: {row:?}",
                table.caption
            );
        }
    }
    tables
}

fn is_rule(line: &str) -> bool {
    line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

/// The cells between bars that no backslash stands before, without the escapes.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut characters = line.trim().trim_start_matches('|').chars();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut().unwrap();
        match character {
            '\\' => cell.extend(characters.next()),
            '|' => cells.push(String::new()),
            character => cell.push(character),
        }
    }
    cells.pop();
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// A quantity as it is printed: the number in its base unit, and half of its last digit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printed {
    pub(crate) value: f64,
    pub(crate) rounding: f64,
}

const UNITS: [(&str, f64); 17] = [
    ("ns", 1e-9),
    ("µs", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("min", 60.0),
    ("h", 3600.0),
    ("d", 86400.0),
    ("days", 86400.0),
    ("B", 1.0),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
    ("PiB", 1_125_899_906_842_624.0),
    ("EiB", 1_152_921_504_606_846_976.0),
    ("%", 0.01),
    ("", 1.0),
];

/// Reads `12.3 ms`, `3 min 05 s`, `1.25 GiB/s`, `≈12,345`, `42.5 % †`.
pub(crate) fn printed(cell: &str) -> Option<Printed> {
    let bare = cell
        .trim_start_matches(['≈', '~'])
        .trim_end_matches(['†', '*', ' ']);
    let bare = bare.strip_suffix("/s").unwrap_or(bare);
    let words: Vec<&str> = bare.split_whitespace().collect();
    let mut sum = Printed {
        value: 0.0,
        rounding: 0.0,
    };
    if words.is_empty() {
        return None;
    }
    for pair in words.chunks(2) {
        let (number, unit) = (pair[0], *pair.get(1).unwrap_or(&""));
        let unit = UNITS.iter().find(|(name, _)| *name == unit)?.1;
        let plain = number.replace(',', "");
        let value: f64 = plain.parse().ok()?;
        sum.value += value * unit;
        // The last part of `3 min 05 s` is the one that is rounded.
        sum.rounding = last_digit(&plain) * unit / 2.0;
    }
    Some(sum)
}

/// What one is worth in the last digit of a number.
fn last_digit(number: &str) -> f64 {
    let (digits, exponent) = number.split_once('e').unwrap_or((number, "0"));
    let decimals = digits
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len() as i32);
    10_f64.powi(exponent.parse::<i32>().unwrap_or(0) - decimals)
}

impl Printed {
    /// Whether it is this value, rounded to the digits that it has.
    pub(crate) fn is(self, value: f64) -> bool {
        (self.value - value).abs() <= self.rounding * 1.0001 + value.abs() * 1e-12
    }
}

/// Fails unless a cell shows this value.
#[track_caller]
pub(crate) fn shows(what: &str, cell: Option<&str>, value: f64) {
    let read = cell.and_then(printed);
    assert!(
        read.is_some_and(|read| read.is(value)),
        "{what}: {cell:?} does not show {value}"
    );
}

#[test]
fn quantities_read_back() {
    for (cell, value) in [
        ("750 ms", 0.75),
        ("3 min 05 s", 185.0),
        ("2 h 05 min", 7500.0),
        ("1.50 KiB", 1536.0),
        ("1,000 B", 1000.0),
        ("≈12.3 µs†", 12.3e-6),
        ("42.5 %", 0.425),
        ("1.20e-7", 1.2e-7),
        ("2.00 MiB/s", 2_097_152.0),
    ] {
        shows(cell, Some(cell), value);
    }
    assert!(printed("–").is_none() && printed("fast").is_none() && printed("").is_none());
    assert!(!printed("750 ms").unwrap().is(0.7506));
    assert!(printed("3 min 05 s").unwrap().is(185.4));
}
