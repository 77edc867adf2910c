use std::{fs, path::Path, thread};

use super::{
    Config,
    nesting::{self, deeper_than},
    problems::Problems,
    read_json, read_toml, settings_section,
    settings_text::{Format, SettingsText},
    written_tree::Node,
};
use crate::Error;

/// In bytes; what is not used takes no memory.
const STACK: usize = 2 << 20;

/// Reads a file of settings over what `config` has. `doing` is for the problem of a file that can not be read.
pub(super) fn apply(path: &Path, doing: &'static str, config: &mut Config, problems: &mut Problems) {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return problems.push_unreadable(Error::io(doing, path, error)),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = SettingsText {
        name: path.display().to_string(),
        text,
        format: Format::of(path, text),
    };
    apply_text(&text, config, problems);
}

/// Reads a text on a thread of its own: an annotated call, of which the first reads the settings, may have little
/// stack left, and other programs' settings in the same file may nest deep.
pub(super) fn apply_text(text: &SettingsText<'_>, config: &mut Config, problems: &mut Problems) {
    let is_read = thread::scope(|scope| {
        let (config, problems) = (&mut *config, &mut *problems);
        let aside = thread::Builder::new()
            .name("aimlm-settings".into())
            .stack_size(STACK);
        let reading = aside.spawn_scoped(scope, move || read(text, nesting::MOST, config, problems));
        // Joined, so that it has ended and not only read: the program may count its threads, or fork.
        reading.map(|reading| reading.join()).is_ok()
    });
    if !is_read {
        read(text, nesting::MOST_IN_PLACE, config, problems);
    }
}

fn read(text: &SettingsText<'_>, deepest: usize, config: &mut Config, problems: &mut Problems) {
    if let Some(at) = deeper_than(text.text, deepest) {
        let message = format!("it nests deeper than {deepest} levels, which is as deep as it is read");
        return problems.push(|| text.located(at, &message));
    }
    match tree(text) {
        Ok(root) => settings_section::apply(text, &root, config, problems),
        Err(errors) => {
            for (at, error) in errors {
                let name = text.format.name();
                problems.push(|| text.located(at, &format!("not valid {name}: {error}")));
            }
        }
    }
}

fn tree(text: &SettingsText<'_>) -> Result<Node, Vec<(usize, String)>> {
    match text.format {
        Format::Toml => read_toml::read(text.text),
        Format::Json => read_json::read(text.text).map_err(|error| vec![error]),
    }
}
