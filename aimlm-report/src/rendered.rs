//! A report in each of its forms.

use serde::Serialize;

use super::formats::{markdown, plain_text};
use super::{Report, legacy, sections};

/// The JSON, which says first what it is: no run file.
#[derive(Serialize)]
struct ReportJson<'a> {
    aimlm: &'static str,
    #[serde(flatten)]
    report: &'a Report,
}

impl Report {
    /// The report as GitHub's Markdown. Tables are aligned in the source too.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::render(&sections::document(self))
    }

    /// The report as plain text for a terminal of 80 columns.
    #[must_use]
    pub fn to_text(&self) -> String {
        plain_text::render(&sections::document(self))
    }

    /// The report as JSON, indented, members always in the same order. `docs/report-schema.md` describes it.
    /// Numbers that are not finite are `null`.
    ///
    /// # Panics
    ///
    /// Never: every map has texts as keys.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = ReportJson {
            aimlm: "report",
            report: self,
        };
        serde_json::to_string_pretty(&written).expect("plain data with text keys is always valid JSON")
    }

    /// The report in the shape that the `AIMLMetrics` class of `ipfs-kit-py` writes, for programs that read
    /// it: its statistics are over all calls that succeeded, its lists of those that the history has.
    /// `docs/report-schema.md` says what stands in it beside the members of that class.
    #[must_use]
    pub fn to_legacy_json(&self) -> String {
        format!("{:#}", legacy::report(&self.snapshot, &self.thresholds))
    }
}
