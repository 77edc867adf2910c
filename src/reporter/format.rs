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
    /// Everything that was recorded, for [`Snapshot::read`](crate::Snapshot::read).
    Run,
    /// The same, packed as gzip does.
    #[cfg(feature = "gzip")]
    PackedRun,
}

impl ReportFormat {
    /// The format that is called so, in any case of letters.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "legacy" => Some(Self::Legacy),
            "run" => Some(Self::Run),
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
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_lowercase();
        if name.ends_with(".aimlm.json") {
            return Ok(Self::Run);
        }
        if name.ends_with(".json.gz") {
            return Self::packed();
        }
        let Some(ending) = path.extension() else {
            return Ok(Self::Json);
        };
        let format = ending.to_str().and_then(Self::ending);
        format
            .ok_or("the name must end in .md, .markdown, .txt, .text or .json, in .aimlm.json or .json.gz, which are run files, or in nothing, which is JSON")
    }

    #[cfg(feature = "gzip")]
    const fn packed() -> Result<Self, &'static str> {
        Ok(Self::PackedRun)
    }

    #[cfg(not(feature = "gzip"))]
    const fn packed() -> Result<Self, &'static str> {
        Err("aimlm was built without the feature `gzip`: the name of a run file must end in .aimlm.json")
    }

    pub(crate) fn render(self, report: &Report) -> Vec<u8> {
        let text = match self {
            Self::Markdown => report.to_markdown(),
            Self::Text => report.to_text(),
            Self::Json => report.to_json(),
            Self::Legacy => report.to_legacy_json(),
            Self::Run => report.snapshot().to_run_file(),
            #[cfg(feature = "gzip")]
            Self::PackedRun => return report.snapshot().to_packed_run_file(),
        };
        text.into_bytes()
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
        assert_eq!(of("r.aimlm.json"), Some(ReportFormat::Run));
        assert_eq!(of("r.AIMLM.json"), Some(ReportFormat::Run));
        #[cfg(feature = "gzip")]
        assert_eq!(
            (of("r.aimlm.json.gz"), of("r.json.gz")),
            (Some(ReportFormat::PackedRun), Some(ReportFormat::PackedRun))
        );
        for other in [
            "r.gz", "r.md.gz", "r.html", "r.csv", "r.prom", "r.legacy", "r.json ", "r.",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
