use std::fmt::Write;

use crate::width::{columns, display_width};

/// What stands for a name without a character.
const EMPTY: &str = "(empty)";

/// A text with nothing in it that a reader could not see: control characters, line breaks, marks that turn the
/// direction of text, invisible characters, marks on nothing, and spaces at its ends or after another stand as
/// escapes. Breaks no line of any format. What is visible stays as it is.
#[must_use]
pub fn visible(text: &str) -> String {
    escaped(text, false)
}

/// A user's name, visible, and no other name looks the same: a backslash that could be an escape's is doubled.
fn named(name: &str) -> String {
    match name {
        "" => EMPTY.to_owned(),
        EMPTY => EMPTY.replacen('(', "\\u{28}", 1),
        name => escaped(name, true),
    }
}

fn escaped(text: &str, is_name: bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars();
    let (mut before, mut is_base) = (' ', false);
    while let Some(character) = characters.next() {
        let rest = characters.as_str();
        let is_seen = !is_hidden(character, before, rest) && (is_base || columns(character) > 0);
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            '\\' if is_name && reads_as_escape(rest) => shown.push_str("\\\\"),
            character if is_seen => shown.push(character),
            character => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
        }
        is_base = is_seen && character != ' ';
        before = character;
    }
    shown
}

/// Whether a character can not be seen where it stands.
fn is_hidden(character: char, before: char, rest: &str) -> bool {
    match character {
        ' ' => before == ' ' || rest.is_empty(),
        character => character.is_control() || character.is_whitespace() || is_unseen(character),
    }
}

/// Whether a backslash before this text would look like the beginning of an escape.
fn reads_as_escape(rest: &str) -> bool {
    let mut after = rest.chars();
    let hidden = after
        .next()
        .is_some_and(|next| is_hidden(next, '\\', after.as_str()));
    hidden || rest.starts_with(['\\', 'n', 'r', 't']) || rest.starts_with("u{")
}

/// A name as reports show it, and where that is wider than `width` columns without its middle: names of one family
/// often differ at their end.
#[must_use]
pub fn shortened(text: &str, width: usize) -> String {
    shortened_around(text, width, "…")
}

/// As [`shortened`], with another text in place of the middle.
#[must_use]
pub fn shortened_around(text: &str, width: usize, middle: &str) -> String {
    let shown = named(text);
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
#[must_use]
pub fn quoted(name: &str) -> String {
    if name.is_empty() {
        return EMPTY.to_owned();
    }
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

/// Characters without a shape of their own: Unicode's format characters (`Cf`), those that its
/// `Default_Ignorable_Code_Point` lists, line and paragraph separators, the blank of Braille, what is for private use,
/// and what is no character.
fn is_unseen(character: char) -> bool {
    let code = u32::from(character);
    let is_no_character = code & 0xFFFE == 0xFFFE;
    is_no_character
        || matches!(
            code,
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
                | 0xE000..=0xF8FF
                | 0xFDD0..=0xFDEF
                | 0xFE00..=0xFE0F
                | 0xFEFF
                | 0xFFA0
                | 0xFFF0..=0xFFFB
                | 0x110BD
                | 0x110CD
                | 0x13430..=0x1343F
                | 0x1BCA0..=0x1BCA3
                | 0x1D173..=0x1D17A
                | 0xE0000..=0xE0FFF
                | 0xF0000..=0x10FFFF
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

    /// Names that look like what stands for another.
    #[test]
    fn different_names_are_shown_differently() {
        for (name, shown) in [
            ("a\nb", "a\\nb"),
            ("a\\nb", "a\\\\nb"),
            ("\u{200b}", "\\u{200b}"),
            ("\\u{200b}", "\\\\u{200b}"),
            ("\\\n", "\\\\\\n"),
            ("", "(empty)"),
            ("(empty)", "\\u{28}empty)"),
            (" ", "\\u{20}"),
            ("\\u{20}", "\\\\u{20}"),
            ("C:\\data\\users", "C:\\data\\users"),
            ("\u{fe0f}", "\\u{fe0f}"),
            ("\u{300}", "\\u{300}"),
            (" \u{300}", "\\u{20}\\u{300}"),
            ("e\u{301}", "e\u{301}"),
            ("\u{e000}", "\\u{e000}"),
            ("\u{ffff}", "\\u{ffff}"),
            ("\u{f0000}", "\\u{f0000}"),
        ] {
            assert_eq!(shortened(name, 60), shown, "{name:?}");
            assert_eq!(visible(shown), shown, "what is visible stays as it is");
        }
        assert_eq!(
            [quoted(""), quoted("(empty)"), quoted("a")],
            ["(empty)", "“\\u{28}empty)”", "“a”"]
        );
    }

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(shortened("resnet-50-finetuned-v1", 11), "resne…ed-v1");
        assert_eq!(shortened("short", 11), "short");
        let piled = format!("a{}", "\u{301}".repeat(10_000));
        assert!(shortened(&piled, 10).chars().count() <= 90);
    }

    proptest! {
        /// Read back, every name is itself.
        #[test]
        fn names_can_be_told_apart(name in r"([nrtu\\\n\r\t {}20(empty)\u{200b}\u{300}]|\\u\{20\}){0,12}") {
            let shown = named(&name);
            let mut rest = shown.as_str();
            let mut read = String::new();
            while let Some(character) = rest.chars().next() {
                rest = &rest[character.len_utf8()..];
                if character != '\\' {
                    read.push(character);
                } else if let Some((code, after)) = rest.strip_prefix("u{").and_then(|code| code.split_once('}')) {
                    read.extend(char::from_u32(u32::from_str_radix(code, 16).unwrap()));
                    rest = after;
                } else {
                    let known = [("n", '\n'), ("r", '\r'), ("t", '\t'), ("\\", '\\')];
                    let known = known.into_iter().find(|(escape, _)| rest.starts_with(escape));
                    rest = &rest[known.map_or(0, |(escape, _)| escape.len())..];
                    read.push(known.map_or('\\', |(_, meant)| meant));
                }
            }
            let read = if shown == "(empty)" { String::new() } else { read };
            prop_assert_eq!(read, name);
        }

        #[test]
        fn fits_whatever_it_is(text in any::<String>(), width in 3_usize..80) {
            let short = shortened(&text, width);
            prop_assert!(display_width(&short) <= width);
            let unseen = |c: char| c.is_control() || is_unseen(c);
            prop_assert!(!short.chars().any(unseen));
        }
    }
}
