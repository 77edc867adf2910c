//! Runs each program as it is and annotated, and compares.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::{reports, variables};

/// Names the program that this process is.
pub const PROGRAM: &str = "TEST_PROGRAM";
/// Names the library that a program opens.
pub const PLUG_IN: &str = "TEST_PLUG_IN";

/// What the report of a program has to say.
#[derive(Clone, Copy, PartialEq)]
pub enum Report {
    /// So many calls of `work`, no other.
    Exactly(u64),
    AtLeast(u64),
    /// The program ends in a way that tells nobody.
    None,
    /// It can not be written where it should be, and one line says so.
    Refused,
}
use Report::AtLeast;
pub use Report::{Exactly, Refused};

const PROGRAMS: &[(&str, Report)] = &[
    ("returns", Exactly(1000)),
    ("says_nothing", Exactly(1000)),
    ("asks_for_no_report", Exactly(1000)),
    ("panic_hook", Exactly(8)),
    ("panics", Exactly(4)),
    ("exits_on_a_thread", Exactly(4)),
    ("exits_at_once", Exactly(2000)),
    ("aborts", Report::None),
    ("leaves_by_underscore_exit", Report::None),
    ("becomes_another", Report::None),
    #[cfg(target_os = "linux")]
    ("main_thread_ends", Exactly(8)),
    ("fork_server", Exactly(1000)),
    ("child_returns", Exactly(1000)),
    ("child_panics", Exactly(1000)),
    ("child_is_ended", Exactly(1000)),
    ("child_stays", Exactly(1000)),
    ("daemon", Exactly(10)),
    ("commands", Exactly(120)),
    ("default_interrupt", Exactly(1000)),
    ("default_terminate", Exactly(1000)),
    ("default_hang_up", Exactly(1000)),
    ("interrupted_poll", Exactly(1000)),
    ("ignored_hang_up", Exactly(1001)),
    ("own_handler", Exactly(1000)),
    // It has taken the handler away that would tell.
    ("later_handler", Report::None),
    ("chained_handler", Exactly(1001)),
    ("self_pipe", Exactly(1010)),
    ("waits_for_signals", Exactly(2000)),
    ("signal_descriptor", Exactly(2010)),
    ("timer", AtLeast(1)),
    ("progress", Exactly(210)),
    ("half_a_line", Exactly(10)),
    ("output_is_held", Exactly(20)),
    ("error_is_held", Exactly(20)),
    ("own_output_is_held", Exactly(10)),
    ("broken_pipe_ends_it", Exactly(10)),
    ("closes_its_streams", Exactly(20)),
    ("redirects_itself", Exactly(10)),
    ("output_does_not_wait", Exactly(10)),
    ("reads_its_input", Exactly(20)),
    ("small_stacks", Exactly(2000)),
    ("small_files", Refused),
    ("few_descriptors", Refused),
    ("no_more_threads", Exactly(10)),
    ("ends_in_another_root", AtLeast(10)),
    ("locking_allocator", Exactly(100)),
    ("counting_allocator", Exactly(200)),
    ("refusing_allocator", Exactly(1000)),
    ("plug_in", Exactly(10)),
    ("counts_descriptors", Exactly(1000)),
    ("closes_descriptors", Exactly(1000)),
    ("changes_folder", Exactly(10)),
    ("many_threads", AtLeast(20)),
];

/// Becomes the program of this name.
pub fn program(name: &str) {
    let (kind, name) = name.split_once('/').expect("a kind and a name");
    let found = match kind {
        "plain" => crate::plain::programs::find(name),
        _ => crate::annotated::programs::find(name),
    };
    found.expect("a program of this name")();
}

/// What a program leaves behind.
#[derive(Debug, PartialEq)]
pub struct Left {
    pub status: ExitStatus,
    pub output: String,
    pub error: String,
    pub files: BTreeMap<PathBuf, Vec<u8>>,
}

/// How a program is started.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    pub program: &'a str,
    pub report: &'a str,
    pub every: &'a str,
    /// What its standard output is; a pipe that is read without.
    pub output: Option<&'a Path>,
}

impl Start<'_> {
    /// Runs it to its end.
    pub fn run(self, kind: &str, folder: &Path) -> Left {
        run(&mut self.command(kind, folder), folder)
    }

    pub fn command(self, kind: &str, folder: &Path) -> Command {
        fs::create_dir_all(folder).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .env(PROGRAM, format!("{kind}/{}", self.program))
            .env("AIMLM_REPORT", self.report)
            .env("AIMLM_REPORT_EVERY", self.every)
            .env("RUST_BACKTRACE", "0")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        crate::signals::as_from_a_terminal(&mut command);
        if let Some(path) = self.output {
            let file = File::options().append(true).create(true).open(path);
            command.stdout(file.unwrap());
        }
        command
    }
}

pub fn run(command: &mut Command, folder: &Path) -> Left {
    let mut child = command.spawn().unwrap();
    drop(child.stdin.take().unwrap().write_all(b"one\ntwo\n"));
    let (output, error) = (read(child.stdout.take()), read(child.stderr.take()));
    let status = wait(&mut child);
    Left {
        status,
        output: output.join().unwrap(),
        error: error.join().unwrap(),
        files: files(folder),
    }
}

fn read(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A program that does not end is one that hangs.
pub fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it does not end");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(
                files(&path)
                    .into_iter()
                    .map(|(inside, bytes)| (path.join(inside), bytes)),
            ),
            false => drop(all.insert(path.clone(), fs::read(&path).unwrap())),
        }
    }
    let inside = |path: &Path| path.strip_prefix(folder).unwrap_or(path).to_owned();
    all.into_iter()
        .map(|(path, bytes)| (inside(&path), bytes))
        .collect()
}

pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What aimlm said, and what the program itself did.
pub fn apart(error: &str) -> (Vec<&str>, String) {
    let (said, rest): (Vec<_>, Vec<_>) = error.lines().partition(|line| line.starts_with("aimlm: "));
    // Threads have numbers of the system's.
    let rest: Vec<_> = rest
        .into_iter()
        .filter(|line| !line.starts_with("thread '"))
        .collect();
    (said, rest.join("\n"))
}

pub fn compare(program: &str, expected: Report, every: &str, folder: &Path) {
    let report = folder.join("report.json");
    let start = Start {
        program,
        report: &format!("json:{}", report.display()),
        every,
        output: None,
    };
    let plain = start.run("plain", &folder.join("plain"));
    let annotated = start.run("annotated", &folder.join("annotated"));
    let (said, error) = apart(&annotated.error);
    assert_eq!(annotated.status, plain.status, "{}", annotated.error);
    assert_eq!(annotated.output, plain.output);
    assert_eq!(error, apart(&plain.error).1);
    assert_eq!(annotated.files, plain.files);
    let written = fs::read_to_string(&report).ok();
    let calls = written.as_ref().map(|text| {
        let report: serde_json::Value = serde_json::from_str(text).expect("the report is whole");
        report["operations"]["work"]["calls"]["counts"]["ok"]
            .as_u64()
            .unwrap_or(0)
    });
    match expected {
        // A report of before the end may be there.
        Report::None if !every.is_empty() => {}
        // One that comes every so often says it the first time, and the last one says it again.
        Refused => assert!(
            (1..=1 + usize::from(!every.is_empty())).contains(&said.len())
                && said.iter().all(|line| line.contains("report.json")),
            "{said:?}"
        ),
        // Not every process may do what keeps the report from its place.
        AtLeast(least) => assert!(
            calls.map_or((1..=2).contains(&said.len()), |calls| calls >= least),
            "{calls:?} {said:?}"
        ),
        Exactly(exactly) => assert_eq!((calls, &said[..]), (Some(exactly), &[][..])),
        Report::None => assert_eq!((calls, &said[..]), (None, &[][..])),
    }
    let mut left = vec!["annotated", "plain"];
    left.extend(written.as_ref().map(|_| "report.json"));
    // It has books of its own.
    left.extend((program == "plug_in").then_some("report.libplugin.json"));
    assert_eq!(names(folder), left, "no temporary file is left");
}

/// Builds the library where this program was built, and gives its path.
fn plug_in() -> PathBuf {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--example", "plugin", "--manifest-path"]);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success());
    let executable = std::env::current_exe().unwrap();
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let profile = executable.ancestors().nth(2).unwrap();
    profile.join("examples").join(format!("{prefix}plugin{suffix}"))
}

/// A name, and what must hold.
pub type Check = (&'static str, fn(&Path));
type Named = (String, Box<dyn FnOnce(&Path) + Send>);

/// That a check can not be made here, and why.
struct PassedOver(String);

/// Ends a check that this system does not permit; that it was not made is said beside the others, and at the end.
pub fn pass_over(why: impl Into<String>) -> ! {
    std::panic::resume_unwind(Box::new(PassedOver(why.into())))
}

pub fn all() {
    let folder = tempfile::tempdir().unwrap();
    // SAFETY: there is no other thread yet.
    unsafe { std::env::set_var(PLUG_IN, plug_in()) };
    let filter: Vec<_> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let is_asked = |name: &str| filter.is_empty() || filter.iter().any(|part| name.contains(part));
    let mut checks: Vec<Named> = Vec::new();
    for &(name, report) in PROGRAMS {
        for every in ["", "10ms"] {
            // While a file is written, it is open.
            if name == "counts_descriptors" && !every.is_empty() {
                continue;
            }
            let check = move |folder: &Path| compare(name, report, every, folder);
            checks.push((format!("{name} {every}").trim().to_owned(), Box::new(check)));
        }
    }
    for &(name, check) in reports::ALL.iter().chain(variables::ALL) {
        checks.push((format!("report {name}"), Box::new(check)));
    }
    #[cfg(target_os = "linux")]
    for &(name, check) in crate::places::ALL {
        checks.push((format!("on {name}"), Box::new(check)));
    }
    checks.retain(|(name, _)| is_asked(name));
    make(checks, folder.path());
}

fn make(checks: Vec<Named>, folder: &Path) {
    let checks = Mutex::new(checks);
    let (failed, passed_over) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((name, check)) = { checks.lock().unwrap().pop() } {
                    let folder = folder.join(name.replace(' ', "_"));
                    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&folder)));
                    let Err(reason) = checked else {
                        println!("program {name} ... ok");
                        continue;
                    };
                    if let Some(PassedOver(why)) = reason.downcast_ref() {
                        println!("program {name} ... PASSED OVER: {why}");
                        passed_over.lock().unwrap().push(name);
                    } else {
                        println!("program {name} ... FAILED");
                        failed.lock().unwrap().push(name);
                    }
                }
            });
        }
    });
    let (failed, passed_over) = (failed.into_inner().unwrap(), passed_over.into_inner().unwrap());
    if !passed_over.is_empty() {
        println!("not permitted by this system, and PASSED OVER: {passed_over:?}");
    }
    assert!(
        failed.is_empty(),
        "programs that are not as without annotation: {failed:?}"
    );
}
