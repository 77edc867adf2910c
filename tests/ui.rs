//! What the attributes say about mistakes.
//!
//! The messages hold some of the compiler's own words, so this runs with the release that wrote them.
//! `TRYBUILD=overwrite cargo test --test ui` writes them anew.

use std::process::Command;

const WRITTEN_WITH: &str = "rustc 1.95.";

#[test]
fn every_mistake_is_explained() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .map(|output| output.stdout);
    let version = String::from_utf8(version.unwrap_or_default()).unwrap_or_default();
    if !version.starts_with(WRITTEN_WITH) {
        println!("skipped: the messages are those of {WRITTEN_WITH}, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
