//! What becomes of the files, links, pipes and descriptors that a report is written to.
#![cfg(unix)]
#![allow(unsafe_code)]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use aimlm::{Metrics, ReportFormat};

fn metrics() -> Metrics {
    let metrics = Metrics::default_instance();
    metrics.record_operation("tokenize", Duration::from_micros(90));
    metrics
}

fn is_report(path: impl AsRef<Path>) -> bool {
    fs::read_to_string(path).unwrap().contains("tokenize")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_name_that_ends_in_no_format_is_refused_with_those_there_are() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["r.nosuch", "r.other", "r.json~"] {
        let error = metrics()
            .export(folder.path().join(name))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(name) && [".md, ", ".json, "].iter().all(|ending| error.contains(ending)),
            "{error}"
        );
        let error = metrics().report_every(folder.path().join(name), Duration::from_secs(1));
        assert!(error.unwrap_err().to_string().contains(".json"));
    }
    assert_eq!(names(folder.path()), [""; 0]);
    metrics().export(folder.path().join("report")).unwrap();
    assert!(
        fs::read_to_string(folder.path().join("report"))
            .unwrap()
            .starts_with('{')
    );
    let html = folder.path().join("r.html");
    metrics().export_as(&html, ReportFormat::Legacy).unwrap();
    let legacy: serde_json::Value = serde_json::from_str(&fs::read_to_string(html).unwrap()).unwrap();
    assert!(
        legacy["analysis"]["data_pipeline_analysis"].is_object(),
        "{legacy}"
    );
}

#[test]
fn a_link_stays_one_whether_or_not_its_target_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("elsewhere")).unwrap();
    symlink("elsewhere/target.json", at("first.json")).unwrap();
    symlink(at("first.json"), at("second.json")).unwrap();
    for _ in 0..2 {
        metrics().export(at("second.json")).unwrap();
        assert!(fs::symlink_metadata(at("first.json")).unwrap().is_symlink());
        assert!(fs::symlink_metadata(at("second.json")).unwrap().is_symlink());
        assert!(is_report(at("elsewhere/target.json")));
    }
    symlink("elsewhere/none/target.json", at("broken.json")).unwrap();
    metrics().export(at("broken.json")).unwrap_err();
    symlink("itself.json", at("itself.json")).unwrap();
    symlink("there.json", at("back.json")).unwrap();
    symlink("back.json", at("there.json")).unwrap();
    for name in ["itself.json", "back.json"] {
        let error = metrics().export(at(name)).unwrap_err().to_string();
        assert!(error.contains("link"), "{error}");
        assert!(fs::symlink_metadata(at(name)).unwrap().is_symlink());
    }
    assert_eq!(names(&at("elsewhere")), ["target.json"]);
    assert_eq!(names(folder.path()).len(), 7);
}

#[test]
fn mode_owner_and_the_mask_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new, plain) = (
        folder.path().join("old.md"),
        folder.path().join("new.md"),
        folder.path().join("plain"),
    );
    fs::write(&old, "old").unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    // Only the superuser may.
    let given = std::os::unix::fs::chown(&old, Some(12), Some(34)).is_ok();
    metrics().export(&old).unwrap();
    let kept = fs::metadata(&old).unwrap();
    assert!(is_report(&old));
    assert_eq!(kept.mode() & 0o7777, 0o640);
    assert!(!given || (kept.uid(), kept.gid()) == (12, 34));
    metrics().export(&new).unwrap();
    fs::write(&plain, "").unwrap();
    assert_eq!(
        fs::metadata(new).unwrap().mode(),
        fs::metadata(plain).unwrap().mode()
    );
}

/// Whoever opens a file while it may still be read, reads what comes later.
#[test]
fn a_report_in_place_of_a_private_file_is_private_from_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (private, is_over) = (folder.path().join("private.json"), AtomicBool::new(false));
    fs::write(&private, "old").unwrap();
    fs::set_permissions(&private, fs::Permissions::from_mode(0o600)).unwrap();
    let modes = thread::scope(|scope| {
        let watch = || {
            let mut modes = BTreeSet::new();
            while !is_over.load(Ordering::Relaxed) {
                for entry in fs::read_dir(folder.path()).unwrap() {
                    // It may be gone by now.
                    modes.extend(entry.unwrap().metadata().map(|found| found.mode() & 0o7777));
                }
            }
            modes
        };
        let watcher = scope.spawn(watch);
        let exported = (0..200).try_for_each(|_| metrics().export(&private));
        is_over.store(true, Ordering::Relaxed);
        exported.unwrap();
        watcher.join().unwrap()
    });
    let modes: Vec<_> = modes.iter().map(|mode| format!("{mode:o}")).collect();
    assert!(modes.iter().all(|mode| mode == "600"), "{modes:?}");
}

/// Neither may what a group was given be read by another.
#[test]
fn what_is_for_a_group_is_for_no_other() {
    let test = "what_is_for_a_group_is_for_no_other";
    if let Some(path) = std::env::var_os("TEST_PATH") {
        // SAFETY: of no groups nothing is read.
        assert_eq!(unsafe { libc::setgroups(0, std::ptr::null()) }, 0);
        // SAFETY: takes a number.
        assert_eq!(unsafe { libc::setgid(65534) }, 0);
        // SAFETY: takes a number.
        assert_eq!(unsafe { libc::setuid(65534) }, 0);
        return metrics().export(path).unwrap();
    }
    // SAFETY: gives a number.
    if unsafe { libc::geteuid() } != 0 {
        return println!("only the superuser can make such a file");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    for (mode, expected) in [(0o660, 0o600), (0o664, 0o644), (0o2750, 0o700), (0o444, 0o444)] {
        let path = folder.path().join(format!("{mode:o}.json"));
        fs::write(&path, "old").unwrap();
        std::os::unix::fs::chown(&path, Some(12), Some(34)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let run = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .env("TEST_PATH", &path)
            .current_dir("/")
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
        assert!(is_report(&path));
        let found = fs::metadata(&path).unwrap().mode() & 0o7777;
        assert_eq!(found, expected, "{mode:o} became {found:o}");
    }
}

#[test]
fn leftovers_of_others_are_neither_in_the_way_nor_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let leftovers: Vec<_> = (0..64)
        .map(|number| format!(".aimlm-{}-{number}", std::process::id()))
        .collect();
    for name in &leftovers {
        fs::write(folder.path().join(name), "not ours").unwrap();
    }
    for _ in 0..8 {
        metrics().export(folder.path().join("r.json")).unwrap();
    }
    for name in &leftovers {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "not ours");
    }
    assert_eq!(names(folder.path()).len(), 65);
}

#[test]
fn what_can_not_be_written_leaves_no_file_and_changes_none() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("folder.md")).unwrap();
    for path in ["folder.md", "none/r.md"] {
        let error = metrics()
            .export(folder.path().join(path))
            .unwrap_err()
            .to_string();
        assert!(error.contains(path), "{error}");
    }
    let error = metrics().export("/dev/full").unwrap_err().to_string();
    assert!(error.contains("/dev/full"), "{error}");
    assert!(!fs::metadata("/dev/full").unwrap().is_file());
    metrics().export("/dev/null").unwrap();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    assert_eq!(names(folder.path()), ["folder.md"]);
}

#[test]
fn what_is_open_is_written_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut log = File::create(&path).unwrap();
    log.write_all(b"before\n").unwrap();
    symlink(
        format!("/proc/self/fd/{}", log.as_raw_fd()),
        folder.path().join("link"),
    )
    .unwrap();
    metrics().export(format!("/dev/fd/{}", log.as_raw_fd())).unwrap();
    log.write_all(b"\nbetween\n").unwrap();
    if cfg!(target_os = "linux") {
        metrics().export(folder.path().join("link")).unwrap();
    }
    log.write_all(b"\nafter\n").unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with("before\n{") && text.ends_with("}\nafter\n"),
        "{text}"
    );
    assert_eq!(text.matches("\nbetween\n").count(), 1);
    assert_eq!(
        text.matches("\"tokenize\": {").count() > 1,
        cfg!(target_os = "linux"),
        "{text}"
    );
    assert!(metrics().export("/dev/fd/9999").is_err());
}

#[test]
fn a_pipe_is_written_if_somebody_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    metrics().export(&pipe).unwrap_err();
    let reader = {
        let pipe = pipe.clone();
        thread::spawn(move || {
            let mut text = String::new();
            File::open(pipe).unwrap().read_to_string(&mut text).unwrap();
            text
        })
    };
    // Until the reader has opened it.
    while metrics().export(&pipe).is_err() {
        thread::yield_now();
    }
    assert!(reader.join().unwrap().contains("tokenize"));
    assert_eq!(names(folder.path()), ["pipe"]);
}

/// A file that something is mounted on can be written, but no other can take its place. Where this process may not
/// mount, there is nothing to see.
#[cfg(target_os = "linux")]
#[test]
fn what_no_other_file_can_replace_is_written_as_it_is() {
    const FOLDER: &str = "TEST_FOLDER";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let folder = Path::new(&folder);
        metrics().export(folder.join("mounted.json")).unwrap();
        metrics().export(folder.join("read_only/writable.json")).unwrap();
        let error = metrics()
            .export(folder.join("read_only/other.json"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("Read-only"), "{error}");
        assert_eq!(names(&folder.join("read_only")), ["other.json", "writable.json"]);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("read_only")).unwrap();
    for name in [
        "source.json",
        "mounted.json",
        "read_only/writable.json",
        "read_only/other.json",
    ] {
        fs::write(at(name), "x".repeat(1 << 16)).unwrap();
    }
    let script = "cd \"$0\" && mount --bind source.json mounted.json && mount --bind read_only read_only \
                  && mount -o remount,bind,ro read_only && mount --bind source.json read_only/writable.json || exit 77; \
                  exec \"$@\"";
    let run = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .args([
            "what_no_other_file_can_replace_is_written_as_it_is",
            "--exact",
            "--nocapture",
        ])
        .env(FOLDER, folder.path())
        .output();
    let Some(run) = run.ok().filter(|run| !matches!(run.status.code(), Some(1 | 77))) else {
        return println!("no mounts here");
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    let text = fs::read_to_string(at("source.json")).unwrap();
    assert!(text.contains("tokenize") && text.ends_with("}"), "{}", text.len());
    assert_eq!(fs::read_to_string(at("mounted.json")).unwrap().len(), 1 << 16);
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn reports_are_written_again_and_again_and_once_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let own = Metrics::default_instance();
    let reports = own.report_every(&path, Duration::from_millis(10)).unwrap();
    let waits_for = |words: &str| {
        while !fs::read_to_string(&path).unwrap_or_default().contains(words) {
            thread::sleep(Duration::from_millis(1));
        }
    };
    for name in ["first", "second"] {
        own.record_operation(name, Duration::from_micros(1));
        waits_for(name);
    }
    let text = fs::read_to_string(&path).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    own.record_operation("last", Duration::from_micros(1));
    reports.finish().unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("last"));
    fs::remove_file(&path).unwrap();
    drop(own.report_every(&path, Duration::from_secs(3600)).unwrap());
    assert!(fs::read_to_string(&path).unwrap().contains("last"));
    for short in [
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_nanos(9_999_999),
    ] {
        let error = own.report_every(&path, short).unwrap_err().to_string();
        assert!(error.contains("10ms"), "{error}");
    }
    let missing = own.report_every(folder.path().join("none/r.json"), Duration::from_secs(3600));
    missing.unwrap().finish().unwrap_err();
    assert_eq!(names(folder.path()), ["r.json"]);
}
