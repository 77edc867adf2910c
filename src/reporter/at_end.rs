//! The report of the program: at its end, when a signal ends it, and every so often.

use std::io;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use aimlm_core::capture;
use aimlm_core::console;
use aimlm_core::process;
#[cfg(unix)]
use aimlm_core::process::interrupt;
use aimlm_core::series::GLOBAL;
use aimlm_report::Report;
use aimlm_snapshot::Detail;

use super::file;
use super::making::{self, Limits};
use super::repeated::Repetition;
use super::request::{Arguments, Request, Variables};
use super::turn::{self, Turn};

/// How long the end of the program waits for what other threads do.
const PATIENCE: Duration = Duration::from_secs(5);
const AT_EXIT: Limits = Limits {
    making: PATIENCE,
    writing: None,
};
/// Who sends a signal does not wait long, and may send one that can not be handled.
#[cfg(unix)]
const AT_SIGNAL: Limits = Limits {
    making: PATIENCE,
    writing: Some(PATIENCE),
};

/// What was asked for, once.
static ASKED: OnceLock<Asked> = OnceLock::new();
/// The process that has recorded something.
static RECORDS: AtomicU32 = AtomicU32::new(0);

struct Asked {
    request: Option<Request>,
    /// What is wrong with it, and was not said yet.
    problems: Vec<String>,
    /// Whose report it is.
    process: u32,
}

impl Asked {
    fn new(variables: &Variables, arguments: Arguments<'_>) -> Self {
        let (request, problems) = Request::new(variables, arguments);
        let request = request.map(|request| Request {
            destination: request.destination.absolute().beside_the_programs(),
            ..request
        });
        Self {
            request,
            problems,
            process: std::process::id(),
        }
    }

    /// What this process has to write. A forked child writes no report, which would take the place of its parent's, unless
    /// each process has a file of its own, and the child has recorded something.
    fn of_this_process(&self) -> Option<&Request> {
        let request = self.request.as_ref()?;
        let process = std::process::id();
        // Relaxed: what this process recorded, it did before it ends.
        let has_recorded = RECORDS.load(Ordering::Relaxed) == process;
        let is_own = self.process == process || has_recorded && request.destination.is_each_its_own();
        is_own.then_some(request)
    }
}

/// Writes the report when it is dropped.
#[derive(Debug)]
#[must_use = "the report is written when this is dropped"]
pub struct ReportAtEnd(());

/// Asks for a report when the program ends, in this format, to this file, and every so often before. The environment
/// overrides each.
pub fn report_at_end(report: Option<&str>, path: Option<&str>, every: Option<&str>) -> ReportAtEnd {
    let arguments = Arguments { report, path, every };
    ask(|| {
        let mut asked = Asked::new(&Variables::read(), arguments);
        asked
            .problems
            .drain(..)
            .for_each(|problem| console::say(&problem));
        asked
    });
    ReportAtEnd(())
}

fn ask(asked: impl FnOnce() -> Asked) {
    #[cfg(unix)]
    process::descriptor::remember();
    ASKED.get_or_init(asked);
    process::on_exit(at_exit);
}

impl Drop for ReportAtEnd {
    fn drop(&mut self) {
        finish(AT_EXIT);
    }
}

/// A process that records for the first time: the environment may ask for a report of a program that does not, and the
/// threads start that a report before the end needs. A program that does not record has none.
pub(crate) fn ensure_running() {
    let process = std::process::id();
    // Relaxed: of several threads that record at first, one does it; nothing else hangs on the order.
    if RECORDS.swap(process, Ordering::Relaxed) == process {
        return;
    }
    ask_environment();
    if let Some(request) = ASKED.get().and_then(Asked::of_this_process) {
        start(request);
    }
}

/// Of a program that does not ask for a report, the environment may, also where it says that nothing is recorded: then
/// the report says that.
#[cold]
pub(crate) fn ask_environment() {
    static HAS_LOOKED: AtomicBool = AtomicBool::new(false);
    // Not in a forked child, where another thread of the parent may have left the environment locked.
    // Relaxed: as above.
    if !HAS_LOOKED.swap(true, Ordering::Relaxed) && ASKED.get().is_none() {
        let variables = Variables::read();
        if !variables.is_empty() {
            ask(|| Asked::new(&variables, Arguments::default()));
        }
    }
}

/// A thread that can not be started is one that nothing needs: the report comes at the end all the same.
fn start(request: &'static Request) {
    #[cfg(unix)]
    if request.signals && interrupt::prepare() && process::spawn("aimlm-signals", end_by_signals).is_ok() {
        interrupt::take();
    }
    if let Some(every) = request.every {
        let _ = Repetition::start(every, || write_one_of_many(request));
    }
}

fn write_one_of_many(request: &Request) -> Result<(), String> {
    match turn::begin_repeated() {
        Some(_turn) => write(request, &render(request)),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn end_by_signals() {
    loop {
        let signal = interrupt::wait();
        finish(AT_SIGNAL);
        turn::wait_for_files(PATIENCE);
        interrupt::end_by(signal);
        // The program handles it by now, or is the first of its system, which no such signal ends.
        turn::reopen();
        interrupt::forget();
        interrupt::take();
    }
}

/// The program calls `exit`, or has returned from `main`.
fn at_exit() {
    finish(AT_EXIT);
    turn::wait_for_files(PATIENCE);
    // What was interrupted may have ended the program another way since.
    #[cfg(unix)]
    if let Some(signal) = interrupt::came() {
        interrupt::end_by(signal);
    }
}

/// Writes the last report, or waits for whoever does.
fn finish(limits: Limits) {
    let Some(asked) = ASKED.get() else {
        return;
    };
    let Some(request) = asked.of_this_process() else {
        return;
    };
    let last = match turn::begin_last(PATIENCE) {
        Turn::Begun(last) => last,
        Turn::Written => return,
        Turn::Taken => return console::say("the report was being written, and is not whole"),
    };
    let written = making::make_and_write(limits, || render(request), |text| write(request, text));
    drop(last);
    let problems = asked.problems.iter().cloned().chain(written.err());
    problems.for_each(|problem| console::say(&problem));
}

fn render(request: &Request) -> Vec<u8> {
    request.format.render(&Report::of(
        capture::capture(&GLOBAL, Detail::Everything),
        GLOBAL.config(),
    ))
}

fn write(request: &Request, text: &[u8]) -> Result<(), String> {
    let written = request.destination.write(text);
    written.map_err(|error| format!("can not write the report to {}: {error}", request.destination))
}

/// Writes a file of a report that was asked for by hand. A program that ends meanwhile waits for it a while.
pub(crate) fn write_by_hand(path: &Path, text: &[u8]) -> io::Result<()> {
    process::on_exit(at_exit);
    file::write(path, text)
}
