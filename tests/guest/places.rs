//! Programs in places that are made for them, each in a mount namespace of its own: a root that is only read, as
//! containers have it, and a disk that is full.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Command;

use crate::run::{Check, Exactly, Refused, compare, pass_over};

pub const ALL: &[Check] = &[
    ("a root that is only read", only_read),
    ("a full disk", full_disk),
];

/// Names the place that this process is in.
pub const PLACE: &str = "TEST_PLACE";
/// What the shell ends with where it may not mount.
const MAY_NOT: i32 = 77;

/// Runs this program again behind these mounts, in its folder.
fn enter(place: &str, mounts: &str, folder: &Path) {
    let script = format!("cd \"$0\" && {mounts} || exit {MAY_NOT}; cd \"$0\" && exec \"$@\"");
    let run = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
        .arg(folder)
        .arg(std::env::current_exe().unwrap())
        .env(PLACE, place)
        .output();
    let run = run.unwrap_or_else(|error| pass_over(format!("unshare: {error}")));
    let said = String::from_utf8_lossy(&run.stderr);
    // `unshare` itself fails with 1, a check with 101.
    if matches!(run.status.code(), Some(1 | MAY_NOT)) {
        pass_over(said.trim());
    }
    assert!(run.status.success(), "{said}");
}

/// What is checked there.
pub fn inside(place: &str) {
    let folder = std::env::current_dir().unwrap();
    match place {
        "only read" => inside_only_read(&folder),
        _ => inside_full_disk(&folder),
    }
}

/// Neither root nor folder can be written, but a volume can.
fn only_read(folder: &Path) {
    for place in ["closed/plain", "closed/annotated", "volume"] {
        fs::create_dir_all(folder.join(place)).unwrap();
    }
    // The folder by itself, for it may be on another file system than the root.
    let mounts = "mount --bind . . && cd \"$0\" && mount --bind volume volume \
                  && mount -o remount,bind,ro . && mount -o remount,bind,ro /";
    enter("only read", mounts, folder);
}

fn inside_only_read(folder: &Path) {
    let written = fs::write("/written_by_a_guest", "").and(fs::write("file", ""));
    assert_eq!(written.unwrap_err().kind(), ErrorKind::ReadOnlyFilesystem);
    for every in ["", "10ms"] {
        let volume = folder.join("volume").join(every);
        for program in ["only_reads_its_root", "fork_server", "default_terminate"] {
            let calls = if program == "only_reads_its_root" {
                10
            } else {
                1000
            };
            compare(program, Refused, every, &folder.join("closed"));
            compare(program, Exactly(calls), every, &volume.join(program));
        }
    }
}

fn full_disk(folder: &Path) {
    fs::create_dir_all(folder.join("disk")).unwrap();
    enter("full disk", "mount -t tmpfs -o size=256k none disk", folder);
}

fn inside_full_disk(folder: &Path) {
    let (disk, report) = (folder.join("disk/own"), folder.join("disk/own/report.json"));
    compare("fills_its_disk", Exactly(10), "", &disk);
    // An earlier report, which stays as it is if no later one finds room.
    fs::write(&report, "{}").unwrap();
    let mut filling = File::create(folder.join("disk/filling")).unwrap();
    let full = (0..).find_map(|_| filling.write_all(&[0; 1024]).err()).unwrap();
    assert_eq!(full.kind(), ErrorKind::StorageFull);
    for every in ["", "10ms"] {
        compare("fills_its_disk", Refused, every, &disk);
        assert_eq!(fs::read_to_string(&report).unwrap(), "{}");
    }
}
