//! Tests that need a process of their own.
#![allow(dead_code, unreachable_pub)]

use std::process::{Command, Output};

/// Names the test that a process was started for.
pub const NAME: &str = "TEST_IN_OWN_PROCESS";

/// Runs `body` in a process that runs no other test, and gives what that process left behind.
///
/// `test` is the calling test's own name.
pub fn in_own_process(test: &str, body: fn()) -> Option<Output> {
    in_own_process_with(test, &[], body)
}

/// As [`in_own_process`], with these variables in the environment of that process.
pub fn in_own_process_with(test: &str, variables: &[(&str, &str)], body: fn()) -> Option<Output> {
    if std::env::var_os(NAME).is_some() {
        body();
        return None;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(NAME, test)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    Some(output)
}
