//! Arguments and items that are nearly right, so that more than the first look at them is tried.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The choices of each name.
static GRAMMAR: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let sections = include_str!("../macro_input.grammar").split("\n# ").skip(1);
    sections
        .map(|section| {
            let (name, choices) = section.split_once('\n').expect("choices stand below their name");
            let choices = choices.lines().filter(|line| !line.is_empty());
            (
                name,
                choices
                    .map(|choice| if choice == "ε" { "" } else { choice })
                    .collect(),
            )
        })
        .collect()
});

/// After so many choices the first of each name is taken, so that there is an end.
const NAMES: usize = 300;

/// Assembles what `name` stands for, a byte deciding each choice. Without bytes the first is taken.
pub(crate) fn assemble(name: &str, bytes: &mut impl Iterator<Item = u8>) -> String {
    let mut text = String::new();
    // What is still to be written, the next last.
    let mut rest = vec![format!("%{name}")];
    let mut names = 0;
    while let Some(next) = rest.pop() {
        let Some((before, after)) = next.split_once('%') else {
            text.push_str(&next);
            continue;
        };
        text.push_str(before);
        let end = after
            .find(|c: char| !c.is_ascii_lowercase())
            .unwrap_or(after.len());
        rest.push(after[end..].to_owned());
        let choices = &GRAMMAR[&after[..end]];
        names += 1;
        let choice = bytes.next().filter(|_| names < NAMES).map_or(0, usize::from);
        rest.push(choices[choice % choices.len()].to_owned());
    }
    text
}
