//! The report when the program ends.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::Metrics;
use super::output::{self, Format};
use crate::buffer;
use crate::sync::Ordering;
use crate::sync::fixed::{AtomicBool, OnceLock};

/// What was asked for, once.
static WANTED: OnceLock<Wanted> = OnceLock::new();
/// The report is written once, however the program ends.
static WRITTEN: AtomicBool = AtomicBool::new(false);

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Nothing,
    Report { format: Format, path: Option<PathBuf> },
}

/// Writes the report when it is dropped.
#[derive(Debug)]
#[must_use = "the report is written when this is dropped"]
pub struct ReportAtEnd(());

/// Asks for a report when the program ends, in this format and to this file. `AIMLM_REPORT` overrides both.
pub fn report_at_end(format: Option<&str>, path: Option<&str>) -> ReportAtEnd {
    let environment = std::env::var("AIMLM_REPORT").ok();
    WANTED.get_or_init(|| wanted(environment.as_deref(), format, path));
    buffer::on_exit(write_once);
    ReportAtEnd(())
}

impl Drop for ReportAtEnd {
    fn drop(&mut self) {
        write_once();
    }
}

/// The environment wins; what it leaves open, the arguments say.
fn wanted(environment: Option<&str>, format: Option<&str>, path: Option<&str>) -> Wanted {
    let (format, path) = match environment.filter(|text| !text.is_empty()) {
        Some("off" | "0" | "false" | "none") => return Wanted::Nothing,
        None => (format, path),
        Some(text) => match text.split_once(':') {
            Some((format, path)) if Format::named(format).is_some() => (Some(format), Some(path)),
            _ if Format::named(text).is_some() => (Some(text), path),
            _ => (None, Some(text)),
        },
    };
    let path = path.map(PathBuf::from);
    let format = format
        .and_then(Format::named)
        .unwrap_or_else(|| path.as_deref().map_or(Format::Markdown, Format::of));
    Wanted::Report { format, path }
}

/// Nothing that goes wrong here may change how the program ends; it is said on standard error.
fn write_once() {
    // Relaxed: whoever comes first writes; nothing else hangs on the order.
    if WRITTEN.swap(true, Ordering::Relaxed) {
        return;
    }
    let Some(Wanted::Report { format, path }) = WANTED.get() else {
        return;
    };
    let written = catch_unwind(AssertUnwindSafe(|| write(*format, path.as_deref())));
    let problem = match written {
        Ok(Ok(())) => return,
        Ok(Err(problem)) => problem,
        Err(_) => "the report could not be made".to_owned(),
    };
    let _ = writeln!(std::io::stderr(), "aimlm: {problem}");
}

fn write(format: Format, path: Option<&Path>) -> Result<(), String> {
    let report = Metrics::global().comprehensive_report();
    let text = format.render(&report);
    match path {
        Some(path) => output::write(path, &text)
            .map_err(|error| format!("can not write the report to {}: {error}", path.display())),
        None => {
            let mut out = std::io::stdout().lock();
            let written = out
                .write_all(text.as_bytes())
                .and_then(|()| out.write_all(b"\n"))
                .and_then(|()| out.flush());
            written.map_err(|error| format!("can not print the report: {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(format: Format, path: Option<&str>) -> Wanted {
        Wanted::Report {
            format,
            path: path.map(PathBuf::from),
        }
    }

    #[test]
    fn the_environment_overrides_the_arguments() {
        assert_eq!(wanted(None, None, None), report(Format::Markdown, None));
        assert_eq!(wanted(None, Some("text"), None), report(Format::Text, None));
        assert_eq!(
            wanted(None, None, Some("a.md")),
            report(Format::Markdown, Some("a.md"))
        );
        assert_eq!(wanted(None, None, Some("a")), report(Format::Json, Some("a")));
        assert_eq!(
            wanted(None, Some("text"), Some("a.md")),
            report(Format::Text, Some("a.md"))
        );
        assert_eq!(wanted(Some("off"), Some("text"), Some("a.md")), Wanted::Nothing);
        assert_eq!(
            wanted(Some("json"), Some("text"), Some("a.md")),
            report(Format::Json, Some("a.md"))
        );
        assert_eq!(
            wanted(Some("json:b"), Some("text"), Some("a.md")),
            report(Format::Json, Some("b"))
        );
        assert_eq!(
            wanted(Some("b.txt"), None, Some("a.md")),
            report(Format::Text, Some("b.txt"))
        );
        assert_eq!(wanted(Some(""), Some("json"), None), report(Format::Json, None));
    }
}
