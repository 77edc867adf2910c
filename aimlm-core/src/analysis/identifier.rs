use std::fmt::Write;

/// A user's text with nothing in it that a reader could not see: control characters, line breaks, marks that
/// turn the direction of text, invisible characters, and spaces at its ends or after another stand as escapes.
/// Breaks no line of any format.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            ' ' if before != ' ' && characters.peek().is_some() => shown.push(' '),
            character if character.is_control() || character.is_whitespace() || is_unseen(character) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
            character => shown.push(character),
        }
        before = character;
    }
    shown
}

/// [`visible`], and where that is wider than `width` columns without its middle: names of one family often
/// differ at their end.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    shortened_around(text, width, "…")
}

/// As [`shortened`], with another text in place of the middle.
pub(crate) fn shortened_around(text: &str, width: usize, middle: &str) -> String {
    let shown = visible(text);
    if display_width(&shown) <= width && shown.chars().count() <= 4 * width {
        return shown;
    }
    let room = width.saturating_sub(display_width(middle));
    let head = taken(shown.chars(), room - room / 2);
    let tail = taken(shown.chars().rev(), room / 2);
    head.into_iter()
        .chain(middle.chars())
        .chain(tail.into_iter().rev())
        .collect()
}

/// A name in a sentence.
pub(crate) fn quoted(name: &str) -> String {
    format!("“{}”", shortened(name, 60))
}

/// Characters from the front that fit, without piling marks onto one of them without end.
fn taken(characters: impl Iterator<Item = char>, width: usize) -> Vec<char> {
    let mut left = width;
    let mut taken = Vec::new();
    for character in characters.take(4 * width) {
        let wide = columns(character);
        if wide > left {
            break;
        }
        left -= wide;
        taken.push(character);
    }
    taken
}

/// Columns that a terminal gives to a text.
pub(crate) fn display_width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Columns of one character, from the East Asian Width and general categories of Unicode 16, by block.
fn columns(character: char) -> usize {
    match u32::from(character) {
        0x0300..=0x036F
        | 0x0483..=0x0489
        | 0x0591..=0x05BD
        | 0x064B..=0x065F
        | 0x1AB0..=0x1AFF
        | 0x1DC0..=0x1DFF
        | 0x20D0..=0x20FF
        | 0xFE20..=0xFE2F => 0,
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0x4DBF
        | 0x4E00..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F680..=0x1F6FF
        | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// Characters without a shape of their own: Unicode's format characters (`Cf`), those that its
/// `Default_Ignorable_Code_Point` lists, line and paragraph separators, and the blank of Braille.
fn is_unseen(character: char) -> bool {
    matches!(
        u32::from(character),
        0x00AD
            | 0x034F
            | 0x0600..=0x0605
            | 0x061C
            | 0x06DD
            | 0x070F
            | 0x0890..=0x0891
            | 0x08E2
            | 0x115F..=0x1160
            | 0x17B4..=0x17B5
            | 0x180B..=0x180F
            | 0x200B..=0x200F
            | 0x2028..=0x202E
            | 0x2060..=0x206F
            | 0x2800
            | 0x3164
                | 0xFEFF
            | 0xFFA0
            | 0xFFF0..=0xFFFB
            | 0x110BD
            | 0x110CD
            | 0x13430..=0x1343F
            | 0x1BCA0..=0x1BCA3
            | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_hides() {
        assert_eq!(
            visible("a\nb\u{202e}c\u{0}\u{85}"),
            "a\\nb\\u{202e}c\\u{0}\\u{85}"
        );
        assert_eq!(visible("模型-é"), "模型-é");
        for (hidden, shown) in [
            ("a\u{200c}b\u{200d}c", "a\\u{200c}b\\u{200d}c"),
            ("\u{600}7\u{6dd}", "\\u{600}7\\u{6dd}"),
            ("\u{110bd}\u{1bca0}\u{e0041}", "\\u{110bd}\\u{1bca0}\\u{e0041}"),
            (" ", "\\u{20}"),
            (" a  b ", "\\u{20}a \\u{20}b\\u{20}"),
            ("a\u{a0}b\u{3000}", "a\\u{a0}b\\u{3000}"),
            ("a b", "a b"),
        ] {
            assert_eq!(visible(hidden), shown);
            assert_eq!(visible(shown), shown, "what is visible stays as it is");
        }
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(shortened("resnet-50-finetuned-v1", 11), "resne…ed-v1");
        assert_eq!(shortened("short", 11), "short");
        let piled = format!("a{}", "\u{301}".repeat(10_000));
        assert!(shortened(&piled, 10).chars().count() <= 90);
    }

    proptest! {
        #[test]
        fn fits_whatever_it_is(text in any::<String>(), width in 3_usize..80) {
            let short = shortened(&text, width);
            prop_assert!(display_width(&short) <= width);
            let unseen = |c: char| c.is_control() || is_unseen(c);
            prop_assert!(!short.chars().any(unseen));
        }
    }
}
