use crate::analysis::visible;

/// Text that Markdown shows as it is: at the beginning of a line, in a paragraph or in a table's cell.
pub(super) fn escape(text: &str) -> String {
    let shown = visible(text);
    let mut words = shown.split(' ');
    let mut escaped = leading(words.next().unwrap_or_default());
    for word in words {
        escaped.push(' ');
        escaped.push_str(&inner(word));
    }
    escaped
}

/// A word that begins a line: there it could be a heading's marks, a list's bullet or number, or a rule.
fn leading(word: &str) -> String {
    let numbered = word.strip_suffix(['.', ')']).map_or("", |number| number);
    let is_number = !numbered.is_empty() && numbered.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return format!("{numbered}\\{}", &word[numbered.len()..]);
    }
    let is_mark = |character| matches!(character, '#' | '-' | '+' | '=');
    if !word.is_empty() && word.chars().all(is_mark) {
        return format!("\\{word}");
    }
    inner(word)
}

fn inner(word: &str) -> String {
    // At the end of a heading they close it.
    if !word.is_empty() && word.bytes().all(|byte| byte == b'#') {
        return format!("\\{word}");
    }
    if is_linked(word) && !word.contains(['`', '|', '\\', '<', '>']) {
        return format!("`{word}`");
    }
    let mut escaped = String::with_capacity(word.len());
    let mut characters = word.chars().peekable();
    let mut before = None;
    while let Some(character) = characters.next() {
        // Between letters or digits an underscore is only an underscore.
        let within_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '@' => escaped.push_str("&#64;"),
            '_' if within_word(before) && within_word(characters.peek().copied()) => escaped.push('_'),
            ':' if characters.peek() == Some(&'/') => escaped.push_str("\\:"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
        before = Some(character);
    }
    escaped
}

/// Whether GitHub makes a link, a mention or an emoji of a word: no escape prevents that, only code does.
fn is_linked(word: &str) -> bool {
    let is_emoji = |name: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte);
        name.bytes().all(allowed) && name.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let mut between_colons = word.split(':').skip(1).peekable();
    let mut has_emoji = false;
    while let Some(name) = between_colons.next() {
        has_emoji |= between_colons.peek().is_some() && is_emoji(name);
    }
    has_emoji || word.contains("://") || word.contains("www.") || word.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        for (text, escaped) in [
            (
                "a|b\n<script>alert(1)</script>`x`",
                "a\\|b\\\\n&lt;script&gt;alert(1)&lt;/script&gt;\\`x\\`",
            ),
            ("step_loss _x_ 5 * 3", "step_loss \\_x\\_ 5 \\* 3"),
            ("[a](b) ~~c~~ $d$", "\\[a\\](b) \\~\\~c\\~\\~ \\$d\\$"),
            ("# one", "\\# one"),
            ("1. one", "1\\. one"),
            ("12) one", "12\\) one"),
            ("- one", "\\- one"),
            ("--- one - two", "\\--- one - two"),
            ("-5 1.5 #7", "-5 1.5 #7"),
            ("see http://a.b/c_d", "see `http://a.b/c_d`"),
            ("me@x.org", "`me@x.org`"),
            ("www.x.org", "`www.x.org`"),
            (":tada:", "`:tada:`"),
            ("http://a|b", "http\\://a\\|b"),
            ("12:30:45 UTC", "12:30:45 UTC"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }
}
