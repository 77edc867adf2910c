use aimlm_format::visible;

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
    let is_linked = is_linked(word);
    if is_linked && !word.contains(['`', '|', '\\', '<', '>']) {
        return format!("`{word}`");
    }
    let mut escaped = String::with_capacity(word.len());
    let mut before = None;
    for (at, character) in word.char_indices() {
        let rest = &word[at + character.len_utf8()..];
        // Between letters or digits an underscore is only an underscore.
        let within_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match character {
            '@' | ':' | '.' if is_linked => push_code(&mut escaped, character),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '_' if within_word(before) && within_word(rest.chars().next()) => escaped.push('_'),
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

/// What every link needs stands as code, since GitHub reads escapes and references before it looks for links. Two
/// such characters are one piece of code: two backticks in a row would be another mark.
fn push_code(escaped: &mut String, character: char) {
    let follows_code = escaped.ends_with('`') && !escaped.ends_with("\\`");
    if follows_code {
        escaped.pop();
    } else {
        escaped.push('`');
    }
    escaped.push(character);
    escaped.push('`');
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
    use proptest::prelude::*;

    use super::*;

    /// Every text that GitHub's parser shows, and whether it made anything of it but text, code and tables.
    fn shown(markdown: &str) -> (String, Vec<String>) {
        use comrak::nodes::NodeValue::{
            Code, Document, Escaped, Paragraph, SoftBreak, Strong, Table, TableCell, TableRow, Text,
        };
        let mut options = comrak::Options::default();
        options.extension.autolink = true;
        options.extension.table = true;
        options.extension.strikethrough = true;
        options.extension.footnotes = true;
        options.extension.math_dollars = true;
        let arena = comrak::Arena::new();
        let (mut text, mut others) = (String::new(), Vec::new());
        for node in comrak::parse_document(&arena, markdown, &options).descendants() {
            match &node.data().value {
                Text(part) => text.push_str(part),
                Code(code) => text.push_str(&code.literal),
                Document | Paragraph | SoftBreak | Strong | Escaped | Table(_) | TableRow(_) | TableCell => {}
                other => others.push(format!("{other:?}")),
            }
        }
        (text, others)
    }

    fn is_plain_text(name: &str) {
        let name = visible(name);
        let escaped = escape(&name);
        for (markdown, expected) in [
            (format!("x “{escaped}” y"), format!("x “{name}” y")),
            (format!("x {escaped} y"), format!("x {name} y")),
            (escaped.clone(), name.clone()),
            (
                format!("| a | b |\n| --- | --- |\n| {escaped} | 1 |"),
                format!("ab{name}1"),
            ),
        ] {
            assert_eq!(shown(&markdown), (expected, Vec::new()), "{markdown}");
        }
    }

    #[test]
    fn github_makes_no_links() {
        for name in [
            "www.e.com|x",
            "me@e.com`",
            "www.e.com`",
            "`www.e.com",
            "a|me@e.com|b",
            "http://e.com|x",
            "https://e.com\\",
            "ftp://e.com/<b>",
            "mailto:me@e.com`",
            "xmpp:me@e.com/x`",
            "`@`me@@e.com`:`www..e.com",
            ":tada:|",
            "\\`:@.`www.e.com\\|",
        ] {
            is_plain_text(name);
        }
    }

    proptest! {
        #[test]
        fn github_shows_names_as_they_are(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "www.", "http://", "https:/", "/", "me", "@", "e.com", ".", ":", "`", "``", "|", "\\", "<", ">",
                    "&amp;", "*", "_", "~", "~~", "[", "]", "(", ")", "!", "$", "#", "mailto:", " ", "x",
                ]),
                1..9,
            ),
        ) {
            is_plain_text(&parts.concat());
        }
    }

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
            ("http://a|b", "http`:`//a\\|b"),
            ("me@x|y", "me`@`x\\|y"),
            ("12:30:45 UTC", "12:30:45 UTC"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }
}
