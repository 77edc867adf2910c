//! A report as a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::report::Report;
use crate::sync::Ordering;
use crate::sync::fixed::AtomicU64;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Markdown,
    Text,
    Json,
}

impl Format {
    /// The format that is called so, or whose files end so.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "markdown" | "md" => Some(Self::Markdown),
            "text" | "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The format that a file's ending names; JSON for any other.
    pub(super) fn of(path: &Path) -> Self {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.and_then(Self::named).unwrap_or(Self::Json)
    }

    pub(super) fn render(self, report: &Report) -> String {
        match self {
            Self::Markdown => report.to_markdown(),
            Self::Text => report.to_text(),
            Self::Json => report.to_json(),
        }
    }
}

/// Writes a file whole or not at all: a new one takes the place of the old, with the old one's permissions, behind
/// the same link. What is no regular file, a pipe or a device, is written to as it is.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let existing = fs::metadata(path).ok();
    if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
        return File::options().write(true).open(path)?.write_all(text.as_bytes());
    }
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let temporary = Temporary::in_folder(folder);
    let mut file = File::options().write(true).create_new(true).open(&temporary.0)?;
    if let Some(existing) = existing {
        file.set_permissions(existing.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary.0, path)
}

/// The name of a file that is not there any more once this is dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn in_folder(folder: &Path) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(folder.join(format!(".aimlm-{}-{number}", std::process::id())))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Most often it was renamed, and there is nothing to remove.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_name_formats_in_any_case() {
        assert_eq!(Format::of(Path::new("r.MD")), Format::Markdown);
        assert_eq!(Format::of(Path::new("r.markdown")), Format::Markdown);
        assert_eq!(Format::of(Path::new("r.txt")), Format::Text);
        assert_eq!(Format::of(Path::new("r")), Format::Json);
    }

    #[cfg(unix)]
    #[test]
    fn links_permissions_and_devices_stay_what_they_are() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&target, &link).unwrap();
        write(&link, "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        write(Path::new("/dev/null"), "nothing").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
