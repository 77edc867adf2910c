//! A text as a file.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};

use super::turn::Underway;

/// As many links, one behind the other, as systems follow.
const MAX_LINKS: usize = 40;

/// What a path leads to.
enum PathTarget {
    /// What this process has open under a number, in whose end it is written.
    #[cfg(unix)]
    Descriptor(i32),
    /// A pipe, a device: what is no file of its own, and is written to as it is.
    Other(PathBuf, Metadata),
    File(PathBuf, Option<Metadata>),
}

/// Writes a file whole or not at all: a new one takes the place of the old, with the old one's permissions and owner,
/// behind the same link. Where no other can take its place, it is written as it is; and so is what is no file.
pub(crate) fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    match target(path)? {
        #[cfg(unix)]
        PathTarget::Descriptor(number) => aimlm_core::console::write_to(number, text),
        PathTarget::Other(path, found) => open_other(&path, &found)?.write_all(text),
        PathTarget::File(path, existing) => {
            let _underway = Underway::begin();
            replace(&path, existing.as_ref(), text)
        }
    }
}

/// Whether what is written takes the place of what was there, instead of following it.
pub(super) fn is_replaced(path: &Path) -> bool {
    matches!(target(path), Ok(PathTarget::File(..)))
}

/// The number of the descriptor that the path leads to.
#[cfg(unix)]
pub(super) fn descriptor_of(path: &Path) -> Option<i32> {
    match target(path) {
        Ok(PathTarget::Descriptor(number)) => Some(number),
        _ => None,
    }
}

/// Follows links; the last may lead to a file that is not there yet.
fn target(path: &Path) -> io::Result<PathTarget> {
    let mut path = std::path::absolute(path)?;
    for _ in 0..=MAX_LINKS {
        #[cfg(unix)]
        if let Some(number) = descriptor(&path) {
            return Ok(PathTarget::Descriptor(number));
        }
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {
                let folder = path.parent().unwrap_or(Path::new("/"));
                path = folder.join(fs::read_link(&path)?);
            }
            Ok(found) if found.is_file() => return Ok(PathTarget::File(path, Some(found))),
            Ok(found) => return Ok(PathTarget::Other(path, found)),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(PathTarget::File(path, None)),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many links, or a link to itself"))
}

/// The number of the descriptor that this is a name of: opened by that name, a file would be written from its start.
#[cfg(unix)]
fn descriptor(path: &Path) -> Option<i32> {
    let parts: Vec<_> = path
        .iter()
        .skip(1)
        .map(|part| part.to_str())
        .collect::<Option<_>>()?;
    let own = std::process::id().to_string();
    match parts[..] {
        ["dev", "stdout"] => Some(1),
        ["dev", "stderr"] => Some(2),
        ["dev", "fd", number] => number.parse().ok(),
        ["proc", process, "fd", number]
            if process == "self" || process == "thread-self" || process == own =>
        {
            number.parse().ok()
        }
        _ => None,
    }
}

/// Opens what is no file. A pipe that nobody reads is an error, and not waited for.
fn open_other(path: &Path, found: &Metadata) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

        if found.file_type().is_fifo() {
            // Held until the other is open: a reader must not find that all writers have gone.
            let _held = options.clone().custom_flags(libc::O_NONBLOCK).open(path)?;
            return beyond_standard(options.open(path)?);
        }
        options.custom_flags(libc::O_NOCTTY);
    }
    #[cfg(not(unix))]
    let _ = found;
    beyond_standard(options.open(path)?)
}

/// Where the program has closed a standard stream, a new file gets its number, and what the program prints.
fn beyond_standard(file: File) -> io::Result<File> {
    #[cfg(unix)]
    if std::os::fd::AsRawFd::as_raw_fd(&file) <= aimlm_core::process::descriptor::STANDARD_ERROR {
        // Never a number of a standard stream.
        return file.try_clone();
    }
    Ok(file)
}

fn replace(path: &Path, existing: Option<&Metadata>, text: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let begun = begin(folder, existing);
    let replaced = match begun {
        Ok(mut temporary) => {
            if let Some(existing) = existing {
                // Before there is anything to read.
                become_as(temporary.as_file(), existing)?;
            }
            fill(temporary.as_file_mut(), text)?;
            temporary.persist(path).map(drop).map_err(|kept| kept.error)
        }
        Err(error) => Err(error),
    };
    match replaced {
        Err(reason) if existing.is_some() && is_of_the_place(&reason) => {
            overwrite(path, text).map_err(|error| match error.kind() == reason.kind() {
                true => error,
                false => io::Error::other(format!(
                    "no other file can take its place ({reason}), and {error}"
                )),
            })
        }
        replaced => replaced,
    }
}

/// A file that is deleted unless it takes the other's place.
fn begin(folder: &Path, existing: Option<&Metadata>) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".aimlm-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        // Nobody else's until it is as the other: who has it open then, goes on reading. Without another it is as any
        // new file; the program's mask takes from it.
        let mode = existing.map_or(0o666, |_| 0o600);
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = existing;
    let (file, path) = builder.tempfile_in(folder).map_err(bare)?.into_parts();
    Ok(tempfile::NamedTempFile::from_parts(beyond_standard(file)?, path))
}

/// Without the name of the temporary file, which says nothing to whoever asked for another.
fn bare(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.split_once(" at path ") {
        Some((reason, _)) => io::Error::new(error.kind(), reason),
        None => error,
    }
}

fn fill(file: &mut File, text: &[u8]) -> io::Result<()> {
    // What the program printed, if for a moment it went here.
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text)?;
    sync(file)
}

#[cfg(not(unix))]
fn become_as(file: &File, existing: &Metadata) -> io::Result<()> {
    file.set_permissions(existing.permissions())
}

/// Owner, group and mode, as far as it may: others than the superuser give a file at most to a group of theirs.
#[cfg(unix)]
fn become_as(file: &File, existing: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    let (user, group) = (existing.uid(), existing.gid());
    let is_both = |own: &Metadata| (own.uid(), own.gid()) == (user, group);
    let mut own = file.metadata()?;
    if !is_both(&own) {
        if fchown(file, Some(user), Some(group)).is_err() {
            let _ = fchown(file, None, Some(group));
        }
        own = file.metadata()?;
    }
    let mut mode = existing.mode() & 0o7777;
    if !is_both(&own) {
        // With the rights of its user or its group it ran as somebody else.
        mode &= 0o777;
    }
    if own.gid() != group {
        // Another group may do what everybody may.
        mode &= 0o707 | (mode & 0o007) << 3;
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
}

/// Some file systems have nothing to do, and say that they can not.
fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// Whether it is the folder, or that something is mounted there, which lets no other file take the place.
fn is_of_the_place(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::CrossesDevices
            | ErrorKind::ResourceBusy
    )
}

fn overwrite(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = beyond_standard(File::options().write(true).open(path)?)?;
    file.rewind()?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)?;
    sync(&file)
}
