//! Which report is asked for, by the arguments of `#[aimlm::main]` and by the environment.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use aimlm_core::process;
use aimlm_report::ReportFormat;

use super::destination::Destination;
use super::repeated::SHORTEST;

pub(super) const REPORT: &str = "AIMLM_REPORT";
pub(super) const EVERY: &str = "AIMLM_REPORT_EVERY";
pub(super) const SIGNALS: &str = "AIMLM_REPORT_SIGNALS";
const YES: [&str; 4] = ["on", "1", "yes", "true"];
const NO: [&str; 5] = ["off", "0", "no", "false", "none"];

/// What `#[aimlm::main]` says.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Arguments<'a> {
    pub(super) report: Option<&'a str>,
    pub(super) path: Option<&'a str>,
    pub(super) every: Option<&'a str>,
}

/// What the variables are.
#[derive(Debug, Default, Clone)]
pub(super) struct Variables {
    report: Option<OsString>,
    every: Option<OsString>,
    signals: Option<OsString>,
}

/// A report that is written at the end, and perhaps before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) format: ReportFormat,
    pub(super) destination: Destination,
    pub(super) every: Option<Duration>,
    /// Whether it is written when a signal ends the program.
    pub(super) signals: bool,
}

impl Variables {
    /// Those that are set. An empty variable counts as not set, and so does one that was set by somebody with fewer rights
    /// than the program has.
    pub(super) fn read() -> Self {
        if process::has_more_rights() {
            return Self::default();
        }
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            report: variable(REPORT),
            every: variable(EVERY),
            signals: variable(SIGNALS),
        }
    }

    /// Whether they ask for no report.
    pub(super) fn is_empty(&self) -> bool {
        let every = self.every.as_deref().and_then(OsStr::to_str);
        self.report.is_none() && every.is_none_or(|every| switch(every) == Some(false))
    }
}

/// What a value of `AIMLM_REPORT` says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Off,
    /// What it leaves open, the arguments say.
    On(Option<ReportFormat>, Option<Destination>),
}

impl Request {
    /// What is asked for; none if it is switched off. The environment wins; what it leaves open, the arguments say. What is
    /// wrong is left out, and said in the list.
    pub(super) fn new(variables: &Variables, arguments: Arguments<'_>) -> (Option<Self>, Vec<String>) {
        let mut problems = Vec::new();
        let said = variables.report.as_deref().map_or(Said::On(None, None), |value| {
            said(value).unwrap_or_else(|reason| {
                problems.push(format!("{REPORT} is {value:?}: {reason}; allowed: {}", allowed()));
                Said::On(None, None)
            })
        });
        let Said::On(format, destination) = said else {
            return (None, problems);
        };
        // The path of the variable is not the one that the arguments' format is for.
        let by_ending = destination.as_ref().and_then(Destination::ending);
        let by_argument = arguments.path.map(Destination::file);
        let destination = destination.or(by_argument).unwrap_or(Destination::Output);
        let by_argument = || arguments.report.and_then(ReportFormat::named);
        let format = format.or(by_ending).or_else(by_argument);
        let format = format.unwrap_or_else(|| of_destination(&destination, &mut problems));
        let every = every(variables, arguments, &destination, &mut problems);
        let request = Self {
            format,
            destination,
            every,
            signals: signals(variables, &mut problems),
        };
        (Some(request), problems)
    }
}

fn of_destination(destination: &Destination, problems: &mut Vec<String>) -> ReportFormat {
    let Destination::File(path) = destination else {
        return ReportFormat::Markdown;
    };
    ReportFormat::of(path).unwrap_or_else(|reason| {
        problems.push(format!("{} is written as Markdown: {reason}", path.display()));
        ReportFormat::Markdown
    })
}

fn allowed() -> String {
    let names: Vec<_> = ReportFormat::all().flat_map(ReportFormat::names).collect();
    let endings: Vec<_> = ReportFormat::all().flat_map(ReportFormat::endings).collect();
    format!(
        "`off`, `on`, `stdout`, `stderr`, a format ({}), a path that ends in {} or has a `/`, or `format:path`",
        listed("`", &names, "`"),
        listed(".", &endings, "")
    )
}

fn listed(before: &str, words: &[&&str], after: &str) -> String {
    let words: Vec<_> = words
        .iter()
        .map(|word| format!("{before}{word}{after}"))
        .collect();
    words.join(", ")
}

/// Whether it is a word for yes or for no.
fn switch(value: &str) -> Option<bool> {
    let word = value.to_ascii_lowercase();
    let is_one_of = |words: &[&str]| words.contains(&word.as_str());
    (is_one_of(&YES) || is_one_of(&NO)).then(|| is_one_of(&YES))
}

fn signals(variables: &Variables, problems: &mut Vec<String>) -> bool {
    let Some(value) = &variables.signals else {
        return true;
    };
    value.to_str().and_then(switch).unwrap_or_else(|| {
        problems.push(format!("{SIGNALS} is {value:?}; allowed: `on`, `off`"));
        true
    })
}

fn said(value: &OsStr) -> Result<Said, String> {
    let text = value.to_str().unwrap_or_default();
    match switch(text) {
        Some(false) => return Ok(Said::Off),
        Some(true) => return Ok(Said::On(None, None)),
        None => {}
    }
    if let Some(format) = ReportFormat::named(text) {
        return Ok(Said::On(Some(format), None));
    }
    if let Some((name, rest)) = split(value) {
        return match ReportFormat::named(&name) {
            None => Err(format!("there is no format `{name}`")),
            Some(_) if rest.is_empty() => Err("the path is empty".to_owned()),
            Some(format) => Ok(Said::On(Some(format), Some(destination(rest)))),
        };
    }
    let destination = destination(value.to_owned());
    if let Destination::File(path) = &destination {
        if path.extension().is_none() && path.components().count() < 2 && !text.contains('/') {
            return Err("it is no format, and no path either".to_owned());
        }
        ReportFormat::of(path)?;
    }
    Ok(Said::On(None, Some(destination)))
}

fn destination(value: OsString) -> Destination {
    match value.to_str().map(str::to_ascii_lowercase).as_deref() {
        Some("stdout" | "-") => Destination::Output,
        Some("stderr") => Destination::Error,
        _ => Destination::File(PathBuf::from(value)),
    }
}

/// A word before a colon, and the rest. One letter is a drive.
fn split(value: &OsStr) -> Option<(String, OsString)> {
    let word = |word: &str| {
        (word.len() > 1 && word.chars().all(|c| c.is_alphanumeric() || c == ' ')).then(|| word.to_owned())
    };
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;

        let bytes = value.as_bytes();
        let at = bytes.iter().position(|byte| *byte == b':')?;
        let rest = OsStr::from_bytes(&bytes[at + 1..]);
        Some((word(str::from_utf8(&bytes[..at]).ok()?)?, rest.to_owned()))
    }
    #[cfg(not(unix))]
    {
        let (before, rest) = value.to_str()?.split_once(':')?;
        Some((word(before)?, rest.into()))
    }
}

fn every(
    variables: &Variables,
    arguments: Arguments<'_>,
    destination: &Destination,
    problems: &mut Vec<String>,
) -> Option<Duration> {
    let written = match &variables.every {
        Some(value) => value.to_string_lossy(),
        None => arguments.every?.into(),
    };
    if switch(&written) == Some(false) {
        return None;
    }
    let every = match humantime::parse_duration(&written) {
        Ok(every) if every >= SHORTEST => every,
        Ok(_) => {
            problems.push(format!("{EVERY} is {written:?}; allowed: at least {SHORTEST:?}"));
            return None;
        }
        Err(_) => {
            problems.push(format!(
                "{EVERY} is {written:?}; allowed: a number with a unit, such as 500ms, 30s, 5m, 1h"
            ));
            return None;
        }
    };
    if !matches!(destination, Destination::File(_)) {
        problems.push(format!(
            "a report every {written} needs a file to write, and {destination} is none: {REPORT}=path"
        ));
        return None;
    }
    Some(every)
}

#[cfg(test)]
mod tests;
