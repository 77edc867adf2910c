use super::cell_value::CellValue;
use aimlm_format::counted;

/// What every format shows: sections of tables and lists. Texts are as users wrote them; each renderer
/// escapes them its own way.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) title: String,
    /// One line below the title.
    pub(super) summary: String,
    /// What makes the rest doubtful, each loudly on a line of its own.
    pub(super) warnings: Vec<String>,
    pub(super) sections: Vec<Section>,
}

/// A heading and what stands below it.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) items: Vec<Item>,
    pub(super) tables: Vec<ReportTable>,
}

/// An entry of a list: a term in bold, a sentence, and what stands below it.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) term: String,
    pub(super) sentence: String,
    pub(super) details: Vec<String>,
    pub(super) measures: Vec<Measure>,
    /// What to do; empty where that is not known.
    pub(super) action: String,
}

/// A number that shows something, and the threshold that it crossed.
#[derive(Debug)]
pub(super) struct Measure {
    pub(super) name: String,
    pub(super) value: CellValue,
    pub(super) threshold: Option<CellValue>,
}

/// A table by columns, so that one without content can go.
#[derive(Debug)]
pub(super) struct ReportTable {
    pub(super) caption: &'static str,
    pub(super) columns: Vec<ReportColumn>,
    pub(super) notes: Vec<String>,
}

/// One column.
#[derive(Debug)]
pub(super) struct ReportColumn {
    pub(super) title: String,
    pub(super) align: Align,
    /// Whether it names the row: repeated where a table has to be cut in two.
    pub(super) is_key: bool,
    pub(super) cells: Vec<CellValue>,
}

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// What a cell without data shows.
pub(super) const MISSING: &str = "–";
/// Widest cell, in columns.
pub(super) const WIDEST: usize = 40;

impl Section {
    pub(super) fn new(title: &'static str) -> Self {
        Self {
            title,
            items: Vec::new(),
            tables: Vec::new(),
        }
    }

    /// Adds a table; one without rows is left out.
    pub(super) fn table(mut self, table: ReportTable) -> Self {
        if table.rows() > 0 {
            self.tables.push(table);
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.tables.is_empty()
    }
}

impl ReportTable {
    pub(super) fn new(caption: &'static str) -> Self {
        Self {
            caption,
            columns: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }

    /// A column that names the row.
    pub(super) fn key<T>(self, title: &str, rows: &[T], cell: impl Fn(&T) -> String) -> Self {
        let cells = rows.iter().map(|row| CellValue::text(cell(row)));
        self.push(title, Align::Left, true, cells.collect())
    }

    /// A column of values that name the row.
    pub(super) fn key_cell<T>(self, title: &str, rows: &[T], cell: impl Fn(&T) -> CellValue) -> Self {
        self.push(title, Align::Left, true, rows.iter().map(cell).collect())
    }

    /// A column of numbers.
    pub(super) fn right<T>(self, title: &str, rows: &[T], cell: impl Fn(&T) -> Option<CellValue>) -> Self {
        let cells = rows.iter().map(|row| cell(row).unwrap_or(CellValue::Missing));
        self.push(title, Align::Right, false, cells.collect())
    }

    /// A column of numbers that goes if no row has one.
    pub(super) fn right_if_any<T>(
        self,
        title: &str,
        rows: &[T],
        cell: impl Fn(&T) -> Option<CellValue>,
    ) -> Self {
        if rows.iter().all(|row| cell(row).is_none()) {
            return self;
        }
        self.right(title, rows, cell)
    }

    /// A column of texts that goes if no row has one.
    pub(super) fn left_if_any<T>(
        self,
        title: &str,
        rows: &[T],
        cell: impl Fn(&T) -> Option<CellValue>,
    ) -> Self {
        let cells: Vec<Option<CellValue>> = rows.iter().map(cell).collect();
        if cells.iter().all(Option::is_none) {
            return self;
        }
        let cells = cells.into_iter().map(|cell| cell.unwrap_or(CellValue::Missing));
        self.push(title, Align::Left, false, cells.collect())
    }

    /// A column of counts that goes if all are 0.
    pub(super) fn count_if_any<T>(self, title: &str, rows: &[T], cell: impl Fn(&T) -> u64) -> Self {
        if rows.iter().all(|row| cell(row) == 0) {
            return self;
        }
        self.right(title, rows, |row| Some(CellValue::Count(cell(row))))
    }

    pub(super) fn note(mut self, note: Option<String>) -> Self {
        self.notes.extend(note);
        self
    }

    /// At most so many rows (0 for all); a note says how many more there are, all of them in JSON.
    pub(super) fn limited(mut self, rows: usize) -> Self {
        let more = self.rows().saturating_sub(rows);
        if rows > 0 && more > 0 {
            self.columns
                .iter_mut()
                .for_each(|column| column.cells.truncate(rows));
            let (rows, verb) = (
                counted(more as u64, "more row"),
                if more == 1 { "is" } else { "are" },
            );
            self.notes.push(format!("{rows} {verb} in JSON."));
        }
        self
    }

    fn push(mut self, title: &str, align: Align, is_key: bool, cells: Vec<CellValue>) -> Self {
        self.columns.push(ReportColumn {
            title: title.to_owned(),
            align,
            is_key,
            cells,
        });
        self
    }
}
