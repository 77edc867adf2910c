use toml::{
    Spanned,
    de::{DeFloat, DeInteger, DeTable, DeValue},
};

use super::written_tree::{Node, WrittenKey, WrittenValue};

/// The tree of a TOML text, or offset and text of each syntax error. TOML counts a duplicate key as one.
pub(super) fn read(text: &str) -> Result<Node, Vec<(usize, String)>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Node::new(0, "", table(text, document.get_ref())));
    }
    Err(errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(text.len()..text.len());
            let message = error.message();
            match text.get(span.clone()) {
                Some(name) if message == "duplicate key" => {
                    (span.start, format!("duplicate key `{}`", name.trim()))
                }
                _ => (span.start, message.into()),
            }
        })
        .collect())
}

fn table(text: &str, entries: &DeTable<'_>) -> WrittenValue {
    let entries = entries.iter().map(|(key, value)| {
        let key = WrittenKey {
            at: key.span().start,
            name: key.get_ref().to_string(),
        };
        (key, node(text, value))
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_unstable_by_key(|(key, _)| key.at);
    WrittenValue::Table(entries)
}

fn node(text: &str, value: &Spanned<DeValue<'_>>) -> Node {
    let written = text.get(value.span()).unwrap_or_default();
    let read = match value.get_ref() {
        DeValue::Boolean(on) => WrittenValue::Switch(*on),
        DeValue::Integer(integer) => whole(integer),
        DeValue::Float(float) => number(float),
        DeValue::String(string) => WrittenValue::Text(string.to_string()),
        DeValue::Datetime(_) => WrittenValue::Other,
        DeValue::Array(items) => WrittenValue::List(items.iter().map(|item| node(text, item)).collect()),
        DeValue::Table(entries) => table(text, entries),
    };
    Node::new(value.span().start, written, read)
}

fn whole(integer: &DeInteger<'_>) -> WrittenValue {
    // An integer of more than 128 bits is in no range that aimlm has.
    i128::from_str_radix(integer.as_str(), integer.radix()).map_or(WrittenValue::Other, WrittenValue::Whole)
}

fn number(float: &DeFloat<'_>) -> WrittenValue {
    float
        .as_str()
        .parse()
        .map_or(WrittenValue::Other, WrittenValue::Number)
}
