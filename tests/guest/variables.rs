//! What the environment asks for.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::reports::{RETURNS, after, annotated, plain};
use crate::run::{Check, Start, apart, names, run};

pub const ALL: &[Check] = &[
    ("of each process", of_each_process),
    ("asked for wrongly", asked_for_wrongly),
    ("by a path from where it began", path_from_where_it_began),
    ("switched off", switched_off),
    ("of a program with more rights", of_a_program_with_more_rights),
    ("by a path that is no text", path_that_is_no_text),
];

/// Each is said, no file is called so, and the report comes as if nothing had been asked.
fn asked_for_wrongly(folder: &Path) {
    let plain = plain("returns", folder);
    for report in ["nosuch", "other", " text", "json:", "nosuch:r.json", "r.nosuch"] {
        let left = annotated("returns", report, folder);
        assert_eq!((left.status, &left.files), (plain.status, &plain.files));
        assert!(
            after(&left, &plain).starts_with("# "),
            "{report}: {}",
            left.output
        );
        let (said, _) = apart(&left.error);
        assert!(
            said.len() == 1 && said[0].contains("format:path") && said[0].contains(report),
            "{said:?}"
        );
    }
    let every = Start {
        every: "30",
        report: "r.md",
        ..RETURNS
    }
    .run("annotated", &folder.join("every"));
    assert!(every.files.contains_key(Path::new("r.md")));
    assert!(
        apart(&every.error).0.len() == 1 && every.error.contains("30s"),
        "{}",
        every.error
    );
}

fn switched_off(folder: &Path) {
    for program in ["returns", "default_terminate", "asks_for_no_report"] {
        let plain = plain(program, folder);
        for report in ["off", "OFF", "0", "no", "false", "none"] {
            assert_eq!(annotated(program, report, folder), plain);
        }
        for report in ["1", "on", "true", "YES"] {
            assert!(after(&annotated(program, report, folder), &plain).starts_with("# "));
        }
    }
    assert_eq!(
        annotated("asks_for_no_report", "", folder),
        plain("asks_for_no_report", folder)
    );
}

fn path_that_is_no_text(folder: &Path) {
    let name = OsStr::from_bytes(b"r\xff.json");
    let inside = folder.join("annotated");
    let left = run(
        RETURNS.command("annotated", &inside).env("AIMLM_REPORT", name),
        &inside,
    );
    assert_eq!(left.error, "");
    assert!(left.status.success());
    assert!(
        left.files.keys().any(|file| file.as_os_str() == name),
        "{:?}",
        left.files
    );
}

fn of_each_process(folder: &Path) {
    let pattern = format!("json:{}/report-{{pid}}", folder.display());
    let left = annotated("fork_server", &pattern, folder);
    assert_eq!(left.error, "");
    let mut calls: Vec<_> = names(folder)
        .iter()
        .filter(|name| name.starts_with("report-"))
        .map(|name| {
            let text = fs::read_to_string(folder.join(name)).unwrap();
            let report: serde_json::Value = serde_json::from_str(&text).unwrap();
            report["operations"]["work"]["calls"]["counts"]["ok"]
                .as_u64()
                .unwrap()
        })
        .collect();
    calls.sort_unstable();
    assert_eq!(calls, [1, 1, 1, 1, 1000]);
}

/// What its environment says was said by somebody with fewer. Only the superuser can give such rights.
fn of_a_program_with_more_rights(folder: &Path) {
    let inside = folder.join("annotated");
    let report = folder.join("report.json");
    let start = Start {
        report: report.to_str().unwrap(),
        ..RETURNS
    };
    let command = start.command("annotated", &inside);
    let program = folder.join("program");
    fs::copy(command.get_program(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o4755)).unwrap();
    for folder in folder.ancestors().take(2) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut with_more = Command::new(program);
    with_more.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    with_more
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // SAFETY: takes nothing.
    if unsafe { libc::getuid() } != 0 || with_more.uid(65534).current_dir(&inside).status().is_err() {
        return;
    }
    let left = run(&mut with_more, &inside);
    assert!(!report.exists(), "{left:?}");
    assert!(after(&left, &plain("returns", folder)).starts_with("# "));
}

/// The program is elsewhere when it ends.
fn path_from_where_it_began(folder: &Path) {
    for every in ["", "10ms"] {
        let start = Start {
            program: "changes_folder",
            report: "report.json",
            every,
            ..RETURNS
        };
        let left = start.run("annotated", &folder.join(format!("every {every}")));
        let files: Vec<_> = left.files.keys().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(files, ["inside/file", "report.json"]);
    }
}
