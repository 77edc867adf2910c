//! Where the report of a program goes, and that it goes there whatever the program does.

use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::run::{Check, Left, Start, apart, names, pass_over, run, wait};

pub const ALL: &[Check] = &[
    ("that can not be written", can_not_be_written),
    ("to a full disk", full_disk),
    ("to what is open", to_what_is_open),
    ("beside a lock that is held", beside_a_held_lock),
    ("after half a line", after_half_a_line),
    ("to a pipe that nobody reads", broken_pipe),
    ("not to a file of the program's", not_to_the_programs_files),
    ("when a signal comes", when_a_signal_comes),
    ("of a program that is killed", of_a_killed_program),
    ("of the first process", of_the_first_process),
    ("beside others by hand", beside_others_by_hand),
];

pub const RETURNS: Start<'static> = Start {
    program: "returns",
    report: "",
    every: "",
    output: None,
};

pub fn annotated(program: &str, report: &str, folder: &Path) -> Left {
    let start = Start {
        program,
        report,
        ..RETURNS
    };
    start.run("annotated", &folder.join("annotated"))
}

/// What the program itself does.
pub fn plain(program: &str, folder: &Path) -> Left {
    let start = Start { program, ..RETURNS };
    start.run("plain", &folder.join("plain"))
}

/// What is printed after the program's own output, which is there first.
pub fn after<'a>(left: &'a Left, plain: &Left) -> &'a str {
    assert!(left.output.starts_with(&plain.output), "{}", left.output);
    &left.output[plain.output.len()..]
}

fn is_text(report: &str) -> bool {
    report.to_lowercase().trim_start().starts_with("aimlm report") && report.contains("work")
}

fn can_not_be_written(folder: &Path) {
    let plain = plain("returns", folder);
    for (report, every) in [
        ("text:/dev/full", ""),
        ("/proc/report.json", "10ms"),
        ("none/report.json", "10ms"),
        ("json:/", ""),
    ] {
        let start = Start {
            report,
            every,
            ..RETURNS
        };
        let left = start.run("annotated", &folder.join("annotated"));
        let (said, error) = apart(&left.error);
        let name = report.rsplit(':').next().unwrap();
        assert!(said.iter().all(|said| said.contains(name)), "{said:?}");
        assert!(
            (1..=2).contains(&said.len()) && error.is_empty(),
            "{report}: {}",
            left.error
        );
        assert_eq!(
            (left.status, &left.output, &left.files),
            (plain.status, &plain.output, &plain.files)
        );
    }
    assert_eq!(names(folder), ["annotated", "plain"]);
}

/// To which the program itself writes nothing.
fn full_disk(folder: &Path) {
    let start = Start {
        program: "says_nothing",
        report: "text",
        output: Some(Path::new("/dev/full")),
        ..RETURNS
    };
    let left = start.run("annotated", &folder.join("annotated"));
    assert_eq!(left.status, start.run("plain", &folder.join("plain")).status);
    assert!(
        apart(&left.error).0.len() == 1 && left.error.contains("No space"),
        "{}",
        left.error
    );
}

/// What is there stays, and what the program prints comes first.
fn to_what_is_open(folder: &Path) {
    let own = plain("returns", folder).output;
    for report in [
        "text",
        "text:stdout",
        "text:-",
        "text:/dev/stdout",
        "text:/dev/fd/1",
        "text:/proc/self/fd/1",
    ] {
        let log = folder.join("log");
        fs::write(&log, "older\n").unwrap();
        let start = Start {
            report,
            output: Some(&log),
            ..RETURNS
        };
        start.run("annotated", &folder.join("annotated"));
        let text = fs::read_to_string(&log).unwrap();
        let rest = text
            .strip_prefix(&format!("older\n{own}"))
            .unwrap_or_else(|| panic!("{report}: {text}"));
        assert!(is_text(rest), "{report}: {text}");
    }
    assert_eq!(names(folder), ["annotated", "log", "plain"]);
    let left = annotated("returns", "text:stderr", folder);
    assert!(left.output == own && is_text(&left.error));
}

fn beside_a_held_lock(folder: &Path) {
    for program in ["output_is_held", "own_output_is_held"] {
        let (left, plain) = (annotated(program, "text", folder), plain(program, folder));
        assert!(is_text(after(&left, &plain)), "{program}: {}", left.output);
        assert_eq!((left.status, left.error), (plain.status, plain.error));
    }
    let left = annotated("error_is_held", "none/report.json", folder);
    assert_eq!(left.status, plain("error_is_held", folder).status);
    assert_eq!(apart(&left.error).0.len(), 1, "{}", left.error);
}

fn after_half_a_line(folder: &Path) {
    for program in ["half_a_line", "panics", "progress", "output_does_not_wait"] {
        let (left, plain) = (annotated(program, "text", folder), plain(program, folder));
        assert!(is_text(after(&left, &plain)), "{program}: {}", left.output);
        assert_eq!(left.status, plain.status);
    }
}

/// The program would be ended by a signal, wrote it there itself.
fn broken_pipe(folder: &Path) {
    let start = Start {
        program: "broken_pipe_ends_it",
        report: "text",
        ..RETURNS
    };
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let folder = folder.join("annotated");
    let left = run(start.command("annotated", &folder).stdout(writer), &folder);
    assert!(left.status.success(), "{}", left.status);
    assert!(
        apart(&left.error).0.len() == 1 && left.error.contains("pipe"),
        "{}",
        left.error
    );
}

/// Which got the numbers of its standard streams.
fn not_to_the_programs_files(folder: &Path) {
    for report in ["text", "stderr"] {
        let (left, plain) = (
            annotated("closes_its_streams", report, folder),
            plain("closes_its_streams", folder),
        );
        assert_eq!((left.status, left.files), (plain.status, plain.files));
    }
    let (left, plain) = (
        annotated("redirects_itself", "text", folder),
        plain("redirects_itself", folder),
    );
    assert_eq!(left.output, plain.output);
    let (log, own) = (&left.files[Path::new("log")], &plain.files[Path::new("log")]);
    assert_eq!(log, own);
    assert_eq!(apart(&left.error).0.len(), 1, "{}", left.error);
}

fn when_a_signal_comes(folder: &Path) {
    for (program, signal) in [
        ("default_interrupt", libc::SIGINT),
        ("default_terminate", libc::SIGTERM),
        ("default_hang_up", libc::SIGHUP),
    ] {
        let (left, plain) = (annotated(program, "text", folder), plain(program, folder));
        assert_eq!(left.status.signal(), Some(signal));
        assert!(is_text(after(&left, &plain)), "{program}: {}", left.output);
    }
    // Who asks again does not want to wait for a report that does not get written.
    let start = Start {
        program: "never_ends",
        report: "/dev/fd/1",
        ..RETURNS
    };
    let mut ends = [0; 2];
    // SAFETY: the array has room for two.
    crate::system::check(unsafe { libc::pipe(ends.as_mut_ptr()) });
    let full = format!("/proc/self/fd/{}", ends[1]);
    // SAFETY: an end of the pipe, which nobody else has yet.
    unsafe { libc::fcntl(ends[1], libc::F_SETFL, libc::O_NONBLOCK) };
    let block = [0_u8; 4096];
    // SAFETY: the block has as many bytes.
    while unsafe { libc::write(ends[1], block.as_ptr().cast(), block.len()) } > 0 {}
    let start = Start {
        output: Some(Path::new(&full)),
        ..start
    };
    let mut child = start
        .command("annotated", &folder.join("annotated"))
        .spawn()
        .unwrap();
    let id = child.id() as i32;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        // SAFETY: takes numbers; the child has not been waited for.
        unsafe { libc::kill(id, libc::SIGTERM) };
        thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(status.signal(), Some(libc::SIGTERM));
    for end in ends {
        // SAFETY: opened above.
        unsafe { libc::close(end) };
    }
}

/// Without a word, in the middle of its life.
fn of_a_killed_program(folder: &Path) {
    let report = folder.join("report.json");
    let start = Start {
        program: "never_ends",
        report: report.to_str().unwrap(),
        every: "10ms",
        ..RETURNS
    };
    let mut child = start
        .command("annotated", &folder.join("annotated"))
        .spawn()
        .unwrap();
    while !fs::read_to_string(&report).is_ok_and(|text| text.contains("\"ok\": 1000")) {
        assert!(child.try_wait().unwrap().is_none(), "it has ended");
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    assert_eq!(wait(&mut child).signal(), Some(libc::SIGKILL));
    let text = fs::read_to_string(&report).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert_eq!(error, "");
}

/// Of a system of its own, as in a container.
#[cfg(target_os = "linux")]
fn of_the_first_process(folder: &Path) {
    let report = folder.join("report.json");
    let start = |kind: &str| {
        let inside = folder.join(kind);
        let own = Start {
            program: "first_process",
            report: report.to_str().unwrap(),
            ..RETURNS
        };
        let own = own.command(kind, &inside);
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--pid", "--fork", "--kill-child"]);
        command.arg(own.get_program()).current_dir(&inside);
        command.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        run(&mut command, &inside)
    };
    let (plain, annotated) = (start("plain"), start("annotated"));
    assert_eq!(annotated, plain);
    if plain.status.code() != Some(3) {
        pass_over(plain.error.trim());
    }
    let text = fs::read_to_string(report).unwrap();
    assert!(
        plain.output.starts_with("1\n") && text.contains("\"ok\": 1001"),
        "{text}"
    );
}

#[cfg(not(target_os = "linux"))]
fn of_the_first_process(_: &Path) {}

/// Of those that are being written when the program ends, nothing stays behind.
fn beside_others_by_hand(folder: &Path) {
    for _ in 0..10 {
        let left = annotated("exports_to_the_end", "text", folder);
        assert!(left.status.success() && left.error.is_empty(), "{}", left.error);
        assert_eq!(names(&folder.join("annotated")), ["exported.json"]);
    }
}
