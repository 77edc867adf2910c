use std::path::Path;

use aimlm_report::Report;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFormat {
    /// Markdown, as [`Report::to_markdown`].
    Markdown,
    /// Text for a terminal, as [`Report::to_text`].
    Text,
    /// JSON, as [`Report::to_json`].
    Json,
    /// The JSON of the system that aimlm succeeds, as [`Report::to_legacy_json`].
    Legacy,
}

impl ReportFormat {
    /// The format that is called so, in any case of letters.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "legacy" => Some(Self::Legacy),
            name => Self::ending(name),
        }
    }

    fn ending(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "markdown" | "md" => Some(Self::Markdown),
            "text" | "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The format that a file's ending names; JSON where it has none.
    ///
    /// # Errors
    ///
    /// If it ends otherwise, with what is allowed.
    pub(crate) fn of(path: &Path) -> Result<Self, &'static str> {
        let Some(ending) = path.extension() else {
            return Ok(Self::Json);
        };
        let format = ending.to_str().and_then(Self::ending);
        format
            .ok_or("the name must end in .md, .markdown, .txt, .text or .json, or in nothing, which is JSON")
    }

    pub(crate) fn render(self, report: &Report) -> String {
        match self {
            Self::Markdown => report.to_markdown(),
            Self::Text => report.to_text(),
            Self::Json => report.to_json(),
            Self::Legacy => report.to_legacy_json(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_name_formats_in_any_case() {
        let of = |path: &str| ReportFormat::of(Path::new(path)).ok();
        assert_eq!(of("r.MD"), Some(ReportFormat::Markdown));
        assert_eq!(of("r.markdown"), Some(ReportFormat::Markdown));
        assert_eq!(of("r.txt"), Some(ReportFormat::Text));
        assert_eq!(of("r.json"), Some(ReportFormat::Json));
        assert_eq!(of("r"), Some(ReportFormat::Json));
        assert_eq!(of("a.b/r"), Some(ReportFormat::Json));
        for other in ["r.html", "r.csv", "r.prom", "r.legacy", "r.json ", "r."] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
