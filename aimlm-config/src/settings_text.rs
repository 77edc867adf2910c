use std::path::Path;

use super::written_tree::line_and_column;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Format {
    Toml,
    Json,
}

impl Format {
    /// By the file's extension; else by content: JSON's settings start with a brace, TOML never does.
    pub(super) fn of(path: &Path, text: &str) -> Self {
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

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Toml => "TOML",
            Self::Json => "JSON",
        }
    }
}

/// A text of settings and what to call it in messages.
#[derive(Debug)]
pub(super) struct SettingsText<'t> {
    pub(super) name: String,
    pub(super) text: &'t str,
    pub(super) format: Format,
}

impl<'t> SettingsText<'t> {
    /// A text that is in no file is called by its format.
    pub(super) fn new(text: &'t str, format: Format) -> Self {
        Self {
            name: format.name().into(),
            text,
            format,
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
