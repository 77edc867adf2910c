//! Where a report goes.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use aimlm_core::console::{self, Stream};
use aimlm_core::process;
use aimlm_report::ReportFormat;

use super::file;

/// In a file's name, the number of the process that writes it.
const PROCESS: &str = "{pid}";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    Output,
    Error,
    File(PathBuf),
}

impl Destination {
    pub(super) fn file(path: impl Into<PathBuf>) -> Self {
        Self::File(path.into())
    }

    /// The format that the ending of a file's name says.
    pub(super) fn ending(&self) -> Option<ReportFormat> {
        match self {
            Self::File(path) if path.extension().is_some() => ReportFormat::of(path).ok(),
            _ => None,
        }
    }

    /// The same from whatever folder the program changes to.
    pub(super) fn absolute(self) -> Self {
        match self {
            Self::File(path) => Self::File(std::path::absolute(&path).unwrap_or(path)),
            other => other,
        }
    }

    /// In a library that the program has opened, which has books of its own: a file beside that of the program.
    pub(super) fn beside_the_programs(self) -> Self {
        match (self, process::library()) {
            (Self::File(path), Some(library)) if file::is_replaced(&path) => {
                let ending = path.extension().map(OsString::from);
                let mut own = path.with_extension(library);
                if let Some(ending) = ending {
                    own.as_mut_os_string().push(".");
                    own.as_mut_os_string().push(ending);
                }
                Self::File(own)
            }
            (own, _) => own,
        }
    }

    /// Whether every process has one of its own.
    pub(super) fn is_each_its_own(&self) -> bool {
        matches!(self, Self::File(path) if path.to_str().is_some_and(|path| path.contains(PROCESS)))
    }

    /// Writes the report of this process.
    pub(super) fn write(&self, text: &[u8]) -> io::Result<()> {
        match self {
            Self::Output => console::print(Stream::Output, text),
            Self::Error => console::print(Stream::Error, text),
            Self::File(path) => {
                let path = of_this_process(path);
                #[cfg(unix)]
                if let Some(number) = file::descriptor_of(&path) {
                    console::ensure_as_at_start(number)?;
                }
                file::write(&path, text)
            }
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output => f.write_str("standard output"),
            Self::Error => f.write_str("standard error"),
            Self::File(path) => write!(f, "{}", of_this_process(path).display()),
        }
    }
}

fn of_this_process(path: &Path) -> PathBuf {
    match path.to_str() {
        Some(path) => path.replace(PROCESS, &std::process::id().to_string()).into(),
        None => path.to_owned(),
    }
}
