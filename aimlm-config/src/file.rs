use std::{fs, path::Path, thread};

use super::{
    Config,
    nesting::{self, deeper_than},
    problems::Problems,
    read_json, read_toml, section,
    tree::{Node, line_and_column},
};
use crate::Error;

/// In bytes; what is not used takes no memory.
const STACK: usize = 2 << 20;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Format {
    Toml,
    Json,
}

impl Format {
    /// By the file's extension; else by content: JSON's settings start with a brace, TOML never does.
    fn of(path: &Path, text: &str) -> Self {
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .map(str::to_ascii_lowercase);
        match extension.as_deref() {
            Some("toml") => Self::Toml,
            Some("json") => Self::Json,
            _ if text.trim_start().starts_with('{') => Self::Json,
            _ => Self::Toml,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Toml => "TOML",
            Self::Json => "JSON",
        }
    }
}

/// A text of settings and what to call it in messages.
#[derive(Debug)]
pub(super) struct Source<'t> {
    name: String,
    pub(super) text: &'t str,
    format: Format,
}

impl<'t> Source<'t> {
    /// A text that is in no file is called by its format.
    pub(super) fn text(text: &'t str, format: Format) -> Self {
        Self {
            name: format.name().into(),
            text,
            format,
        }
    }

    /// Reads it on a thread of its own: an annotated call, of which the first reads the settings, may have little
    /// stack left, and other programs' settings in the same file may nest deep.
    pub(super) fn apply(&self, config: &mut Config, problems: &mut Problems) {
        let is_read = thread::scope(|scope| {
            let (config, problems) = (&mut *config, &mut *problems);
            let aside = thread::Builder::new()
                .name("aimlm-settings".into())
                .stack_size(STACK);
            let reading = aside.spawn_scoped(scope, move || self.read(nesting::MOST, config, problems));
            // Joined, so that it has ended and not only read: the program may count its threads, or fork.
            reading.map(|reading| reading.join()).is_ok()
        });
        if !is_read {
            self.read(nesting::MOST_IN_PLACE, config, problems);
        }
    }

    fn read(&self, deepest: usize, config: &mut Config, problems: &mut Problems) {
        if let Some(at) = deeper_than(self.text, deepest) {
            let message = format!("it nests deeper than {deepest} levels, which is as deep as it is read");
            return problems.push(|| self.located(at, &message));
        }
        match self.tree() {
            Ok(root) => section::apply(self, &root, config, problems),
            Err(errors) => {
                for (at, error) in errors {
                    problems.push(|| self.located(at, &format!("not valid {}: {error}", self.format.name())));
                }
            }
        }
    }

    fn tree(&self) -> Result<Node, Vec<(usize, String)>> {
        match self.format {
            Format::Toml => read_toml::read(self.text),
            Format::Json => read_json::read(self.text).map_err(|error| vec![error]),
        }
    }

    /// The message behind its position.
    pub(super) fn located(&self, at: usize, message: &str) -> String {
        let (line, column) = line_and_column(self.text, at);
        format!("{}:{line}:{column}: {message}", self.name)
    }

    /// Where settings belong.
    pub(super) fn section_in_words(&self) -> &'static str {
        match self.format {
            Format::Toml => "under `[ai_ml.metrics]`",
            Format::Json => r#"in `"ai_ml": {"metrics": {…}}`"#,
        }
    }
}

/// Reads a file of settings over what `config` has. `doing` is for the problem of a file that can not be read.
pub(super) fn apply(path: &Path, doing: &'static str, config: &mut Config, problems: &mut Problems) {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return problems.push_unreadable(Error::io(doing, path, error)),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let source = Source {
        name: path.display().to_string(),
        text,
        format: Format::of(path, text),
    };
    source.apply(config, problems);
}
