/// How deep a text of settings may nest. The settings themselves nest seven deep; what others have in the same file is
/// read as well, on a stack that has room for so much.
pub(super) const MOST: usize = 100;
/// The same where it has to be read on the stack of whoever calls.
pub(super) const MOST_IN_PLACE: usize = 10;

/// Where a text first nests deeper than that: brackets in brackets, and names with dots, which are tables in tables.
/// What stands in quotes on one line is passed over; of what does not, it may see more than there is.
pub(super) fn deeper_than(text: &str, most: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    // The dots of the name at hand, for each bracket that is open.
    let (mut dots, mut depth, mut at) = (vec![0], 0, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => at = closing_quote(bytes, at).unwrap_or(at),
            b'\\' => at += 1,
            b'[' | b'{' => {
                dots.push(0);
                depth += 1;
            }
            b']' | b'}' if dots.len() > 1 => depth -= 1 + dots.pop().unwrap_or(0),
            b'.' | b',' | b'\n' => {
                if let Some(name) = dots.last_mut() {
                    depth -= *name;
                    *name = if byte == b'.' { *name + 1 } else { 0 };
                    depth += *name;
                }
            }
            _ => {}
        }
        if depth > most {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn closing_quote(bytes: &[u8], opening: usize) -> Option<usize> {
    let quote = bytes[opening];
    let mut at = opening + 1;
    loop {
        match *bytes.get(at)? {
            b'\n' => return None,
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::deeper_than;

    #[test]
    fn brackets_and_names_with_dots_nest() {
        for (text, depth) in [
            ("", 0),
            ("a = 1\nb = [1, [2], {c = 3}]", 2),
            ("[a.b.c]\nd.e = 0.5\n", 3),
            ("a = {b.c = {d.e.f = 1}, g = 1}", 5),
            ("a = \"[[[.\\\"[[...\"\nb = '{{{'", 0),
            ("}}]]\n[]", 1),
            ("{\"a.b\": {\"c\": [[]]}}", 4),
        ] {
            assert_eq!(deeper_than(text, depth), None, "{text}");
            assert!(depth == 0 || deeper_than(text, depth - 1).is_some(), "{text}");
        }
        assert_eq!(deeper_than("a = [[\n[", 2), Some(7));
    }
}
