use std::time::Duration;

/// A value as it was written, whatever it was written in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// Byte offset in its text; 0 where there is no text.
    pub(super) at: usize,
    /// How messages show it.
    pub(super) shown: String,
    pub(super) value: WrittenValue,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum WrittenValue {
    Switch(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    /// Only from the builder: files and the environment write whole milliseconds.
    Time(Duration),
    List(Vec<Node>),
    Table(Vec<(WrittenKey, Node)>),
    /// JSON's `null`, TOML's dates: never right.
    Other,
}

/// A key of a table, in the order written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WrittenKey {
    pub(super) at: usize,
    pub(super) name: String,
}

impl Node {
    /// `written` is the value's source text.
    pub(super) fn new(at: usize, written: &str, value: WrittenValue) -> Self {
        let shown = match &value {
            WrittenValue::Text(text) => format!("{:?}", shortened(text)),
            WrittenValue::List(items) if items.is_empty() => "[]".into(),
            WrittenValue::List(_) => "a list".into(),
            WrittenValue::Table(_) => "a table".into(),
            _ => shortened(written),
        };
        Self { at, shown, value }
    }

    /// Where a message about this value points: at the key when the value is a table, because a table may be
    /// written in several places.
    pub(super) fn position(&self, key: &WrittenKey) -> usize {
        if matches!(self.value, WrittenValue::Table(_)) {
            key.at
        } else {
            self.at
        }
    }
}

/// A few words of a text that may be long.
pub(super) fn shortened(text: &str) -> String {
    const KEPT: usize = 60;
    match text.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

/// Line and column, both from 1; the column counts characters.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}
