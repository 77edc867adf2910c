use unicode_width::UnicodeWidthChar;

/// Columns that a terminal gives to a text, character by character: what joins characters to one picture is never in
/// what is shown.
#[must_use]
pub fn display_width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Columns of one character. Control characters have none.
pub(crate) fn columns(character: char) -> usize {
    character.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_have_their_widths() {
        for (text, width) in [
            ("", 0),
            ("minilm", 6),
            ("模型-é", 6),
            ("e\u{301}", 1),
            ("क्ष", 2),
            ("🦀", 2),
            ("▁▂█ ≈ †", 7),
            ("\u{7}", 0),
        ] {
            assert_eq!(display_width(text), width, "{text:?}");
        }
    }
}
