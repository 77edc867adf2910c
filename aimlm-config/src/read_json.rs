use super::written_tree::{Node, WrittenKey, WrittenValue};

/// The tree of a JSON text, or the offset and text of the first syntax error.
///
/// serde_json says whether the text is JSON and how deep it may nest; it gives no positions of values, so a
/// walk over the text, which then is known to be valid, finds them.
pub(super) fn read(text: &str) -> Result<Node, (usize, String)> {
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        let line_start = text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1))
            .map(str::len)
            .sum::<usize>();
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        return Err((line_start + error.column().saturating_sub(1), message.into()));
    }
    Ok(Walk { text, at: 0 }.node())
}

/// A walk over valid JSON. Each step moves forward, so that it ends on any text.
struct Walk<'t> {
    text: &'t str,
    at: usize,
}

impl Walk<'_> {
    fn node(&mut self) -> Node {
        self.skip_space();
        let at = self.at;
        let value = match self.peek() {
            Some(b'{') => self.table(),
            Some(b'[') => self.list(),
            Some(b'"') => WrittenValue::Text(self.string()),
            _ => self.scalar(),
        };
        Node::new(at, &self.text[at..self.at], value)
    }

    fn table(&mut self) -> WrittenValue {
        let mut entries = Vec::new();
        self.at += 1;
        while self.another(b'}') {
            let at = self.at;
            let name = self.string();
            self.skip_space();
            self.at += 1; // the colon
            entries.push((WrittenKey { at, name }, self.node()));
        }
        WrittenValue::Table(entries)
    }

    fn list(&mut self) -> WrittenValue {
        let mut items = Vec::new();
        self.at += 1;
        while self.another(b']') {
            items.push(self.node());
        }
        WrittenValue::List(items)
    }

    /// Moves to the next member, or past the closing bracket.
    fn another(&mut self, closing: u8) -> bool {
        self.skip_space();
        if self.peek() == Some(b',') {
            self.at += 1;
            self.skip_space();
        }
        match self.peek() {
            Some(byte) if byte == closing => {
                self.at += 1;
                false
            }
            next => next.is_some(),
        }
    }

    fn string(&mut self) -> String {
        let start = self.at;
        let mut escaped = false;
        let inside = self.text.bytes().skip(start + 1).position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        self.at = inside.map_or(self.text.len(), |length| start + length + 2);
        serde_json::from_str(&self.text[start..self.at]).unwrap_or_default()
    }

    fn scalar(&mut self) -> WrittenValue {
        let rest = &self.text[self.at..];
        let end = rest
            .find([',', ']', '}', ' ', '\t', '\n', '\r'])
            .unwrap_or(rest.len());
        self.at += end;
        match &rest[..end] {
            "true" => WrittenValue::Switch(true),
            "false" => WrittenValue::Switch(false),
            number => match (number.parse(), number.parse()) {
                (Ok(whole), _) => WrittenValue::Whole(whole),
                (_, Ok(float)) => WrittenValue::Number(float),
                _ => WrittenValue::Other,
            },
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Node, WrittenValue, read};

    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            WrittenValue::Switch(on) => (*on).into(),
            WrittenValue::Whole(whole) => i64::try_from(*whole).map_or((*whole as f64).into(), Into::into),
            WrittenValue::Number(number) => (*number).into(),
            WrittenValue::Text(text) => text.as_str().into(),
            WrittenValue::List(items) => items.iter().map(plain).collect(),
            WrittenValue::Table(entries) => entries
                .iter()
                .map(|(key, node)| (key.name.clone(), plain(node)))
                .collect(),
            WrittenValue::Time(_) | WrittenValue::Other => serde_json::Value::Null,
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[a\"\\\\{}\\[\\],:\n é]{0,8}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::hash_map("[a\"\\\\{}:,é]{0,4}", inner, 0..5)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        /// The walk sees what serde_json sees, and each value's offset is where the value starts.
        #[test]
        fn the_walk_agrees_with_serde_json(value in any_json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.expect("serialises");
            let node = read(&text).expect("valid");
            prop_assert_eq!(plain(&node), value);
            prop_assert!(starts_match(&node, &text));
        }
    }

    fn starts_match(node: &Node, text: &str) -> bool {
        let rest = &text[node.at..];
        match &node.value {
            WrittenValue::Text(text) => rest.starts_with(&serde_json::to_string(text).expect("serialises")),
            WrittenValue::List(items) => {
                rest.starts_with('[') && items.iter().all(|item| starts_match(item, text))
            }
            WrittenValue::Table(entries) => {
                rest.starts_with('{')
                    && entries
                        .iter()
                        .all(|(key, node)| text[key.at..].starts_with('"') && starts_match(node, text))
            }
            _ => rest.starts_with(&node.shown),
        }
    }
}
