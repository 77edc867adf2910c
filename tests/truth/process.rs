//! Scenarios that need a process of their own.

use std::process::Command;

/// Names the scenario that this process runs.
const ALONE: &str = "TRUTH_ALONE";

/// Whether this is the process of a scenario. If not, runs the test of this name in one, and fails if it does.
#[track_caller]
pub(crate) fn alone(name: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(ALONE, name)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "in a process of its own: {error}\n{out}");
    assert!(out.contains("1 passed"), "there is no test {name}: {out}");
    false
}
