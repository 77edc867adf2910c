//! `#[aimlm::main]`: the report comes, however the program ends. This program runs itself once for each way.

use std::path::Path;
use std::process::{Command, Output, Stdio};

#[aimlm::track_operation]
fn work() {}

mod returns {
    #[aimlm::main]
    pub(super) fn main() {
        super::work();
        println!("last line");
    }
}

mod fails {
    #[aimlm::main(report = "text")]
    pub(super) fn main() -> Result<(), String> {
        super::work();
        Err("failed".to_owned())
    }
}

mod panics {
    #[aimlm::main(report = "json")]
    pub(super) fn main() {
        super::work();
        panic!("as asked");
    }
}

mod exits {
    #[aimlm::main]
    pub(super) fn main() {
        super::work();
        std::process::exit(7);
    }
}

/// Threads that nobody waits for: some have made their calls and sleep, some go on to the very end.
mod detaches {
    use std::sync::mpsc::channel;
    use std::thread;

    #[aimlm::track_operation]
    fn finished() {}

    #[aimlm::main(report = "json")]
    pub(super) fn main() {
        let (done, all_done) = channel();
        for _ in 0..4 {
            let (finished_all, is_at_work) = (done.clone(), done.clone());
            thread::spawn(move || {
                (0..700).for_each(|_| finished());
                finished_all.send(()).expect("main waits");
                loop {
                    thread::park();
                }
            });
            thread::spawn(move || {
                super::work();
                is_at_work.send(()).expect("main waits");
                loop {
                    super::work();
                }
            });
        }
        all_done.iter().take(8).for_each(drop);
    }
}

mod writes {
    #[aimlm::main(path = "report.txt")]
    pub(super) fn main() {
        super::work();
    }
}

mod async_inside {
    #[tokio::main(flavor = "current_thread")]
    #[aimlm::main]
    pub(super) async fn main() {
        tokio::task::yield_now().await;
        super::work();
    }
}

mod async_outside {
    #[aimlm::main]
    #[tokio::main(flavor = "current_thread")]
    pub(super) async fn main() -> Result<(), String> {
        tokio::task::yield_now().await;
        super::work();
        Ok(())
    }
}

fn run(way: &str, report: Option<&str>, folder: &Path) -> (Output, String) {
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(program);
    command
        .env("TEST_WAY", way)
        .env_remove("AIMLM_REPORT")
        .current_dir(folder)
        .stderr(Stdio::piped());
    if let Some(report) = report {
        command.env("AIMLM_REPORT", report);
    }
    let output = command.output().expect("this program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, text)
}

fn check_every_way() {
    let temporary = tempfile::tempdir().expect("a folder for the reports");
    let folder = temporary.path();
    let reported = |text: &str| text.matches("work").count();

    let (output, text) = run("returns", None, folder);
    assert!(output.status.success());
    assert!(text.starts_with("last line\n#") && reported(&text) > 0, "{text}");

    let (output, text) = run("fails", None, folder);
    assert!(!output.status.success());
    assert!(!text.starts_with('#') && reported(&text) > 0, "{text}");

    let (output, text) = run("panics", None, folder);
    assert!(!output.status.success());
    assert!(text.starts_with('{') && reported(&text) > 0, "{text}");

    let (output, text) = run("exits", None, folder);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(
        text.matches("\n# ").count() + usize::from(text.starts_with("# ")),
        1,
        "one report: {text}"
    );
    assert!(reported(&text) > 0, "{text}");

    let (output, text) = run("detaches", None, folder);
    assert!(output.status.success());
    let report: serde_json::Value = serde_json::from_str(&text).expect("the report is JSON");
    let calls = |name: &str| report["operations"][name]["calls"]["counts"].clone();
    for (member, expected) in [("started", 2800), ("ok", 2800), ("in_flight", 0)] {
        assert_eq!(calls("finished")[member], expected, "{member}: {text}");
    }
    assert!(calls("work")["ok"].as_u64() >= Some(4), "{text}");

    for way in ["async_inside", "async_outside"] {
        let (output, text) = run(way, None, folder);
        assert!(output.status.success());
        assert!(reported(&text) > 0, "{way}: {text}");
    }

    let (_, text) = run("writes", None, folder);
    let written = std::fs::read_to_string(folder.join("report.txt")).expect("the report was written");
    assert!(text.is_empty() && reported(&written) > 0, "{text}");

    let (_, text) = run("returns", Some("off"), folder);
    assert_eq!(text, "last line\n");
    let (_, text) = run("returns", Some("json:other.json"), folder);
    assert_eq!(text, "last line\n");
    let written = std::fs::read_to_string(folder.join("other.json")).expect("the report was written");
    assert!(written.starts_with('{'));
    let (_, text) = run("writes", Some("text"), folder);
    assert!(text.is_empty());
    let (output, _) = run("returns", Some("missing/report.md"), folder);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("missing/report.md"));
    temporary.close().expect("the folder can go");
}

fn main() -> Result<(), String> {
    match std::env::var("TEST_WAY").as_deref() {
        Ok("returns") => returns::main(),
        Ok("fails") => return fails::main(),
        Ok("panics") => panics::main(),
        Ok("exits") => exits::main(),
        Ok("detaches") => detaches::main(),
        Ok("writes") => writes::main(),
        Ok("async_inside") => async_inside::main(),
        Ok("async_outside") => return async_outside::main(),
        _ => {
            check_every_way();
            println!("the report came every way");
        }
    }
    Ok(())
}
