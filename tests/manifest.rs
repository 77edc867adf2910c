//! What the manifests promise: a small default tree, and a minimum Rust version that every dependency shares.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// `name version` of every crate that a user of the default features builds.
fn default_tree() -> BTreeSet<String> {
    cargo(&[
        "tree", "--locked", "-e", "normal", "-p", "aimlm", "--prefix", "none", "--format", "{p}",
    ])
    .lines()
    .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
    .collect()
}

fn metadata(more: &[&str]) -> Value {
    let usual = ["metadata", "--locked", "--format-version", "1"];
    serde_json::from_str(&cargo(&[&usual, more].concat())).expect("cargo writes JSON")
}

#[test]
fn the_default_tree_stays_small() {
    let tree = default_tree();
    assert!(tree.len() <= 60, "{} crates: {tree:#?}", tree.len());
}

#[test]
fn no_dependency_asks_for_a_newer_rust() {
    let number =
        |version: &str| -> Vec<u32> { version.split('.').map(|part| part.parse().unwrap()).collect() };
    let metadata = metadata(&[]);
    let tree = default_tree();
    let own = number(env!("CARGO_PKG_RUST_VERSION"));
    let mut checked = 0;
    for package in metadata["packages"].as_array().unwrap() {
        let name = format!(
            "{} v{}",
            package["name"].as_str().unwrap(),
            package["version"].as_str().unwrap()
        );
        if let Some(needs) = package["rust_version"].as_str().filter(|_| tree.contains(&name)) {
            assert!(number(needs) <= own, "{name} needs Rust {needs}");
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} crates declare a version");
}

/// In the order in which they can be published, but for the first, the one at the root.
const PUBLISHED: [&str; 9] = [
    "aimlm",
    "aimlm-vocabulary",
    "aimlm-format",
    "aimlm-snapshot",
    "aimlm-diagnosis",
    "aimlm-config",
    "aimlm-report",
    "aimlm-core",
    "aimlm-macros",
];

/// What reads snapshots and makes reports of them needs nothing that records.
#[test]
fn readers_do_without_the_recorder() {
    for name in [
        "aimlm-vocabulary",
        "aimlm-format",
        "aimlm-snapshot",
        "aimlm-diagnosis",
        "aimlm-config",
        "aimlm-report",
    ] {
        let tree = cargo(&["tree", "--locked", "-e", "normal", "-p", name, "--prefix", "none"]);
        assert!(tree.starts_with(name), "{tree}");
        for recorder in [
            "aimlm-core ",
            "aimlm v",
            "aimlm-macros ",
            "crossbeam",
            "arc-swap",
            "quanta",
            "libc ",
        ] {
            let found = tree.lines().find(|line| line.starts_with(recorder));
            assert!(found.is_none(), "{name} needs {found:?}");
        }
    }
}

/// What a feature adds is documented as well.
#[test]
fn every_published_crate_is_documented_with_all_features() {
    let metadata = metadata(&["--no-deps"]);
    let packages = metadata["packages"].as_array().unwrap();
    for name in PUBLISHED {
        let own = packages.iter().find(|package| package["name"] == name);
        let own = own.unwrap_or_else(|| panic!("{name} is no member of the workspace"));
        assert_eq!(own["metadata"]["docs"]["rs"]["all-features"], true, "{name}");
    }
}

/// What is published has its licences with it.
#[test]
fn every_published_crate_carries_its_licences() {
    for name in PUBLISHED {
        let packed = cargo(&["package", "--list", "--allow-dirty", "--offline", "-p", name]);
        let files: BTreeSet<_> = packed.lines().collect();
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert!(files.contains(licence), "{name} has no {licence}: {files:#?}");
        }
    }
}

/// Their text is the one at the root.
#[test]
fn the_licences_are_the_same_everywhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read =
        |path: PathBuf| std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let own = read(root.join(licence));
        assert!(own.len() > 500, "{licence}");
        for name in PUBLISHED[1..].iter().chain(&["benches", "fuzz"]) {
            assert_eq!(read(root.join(name).join(licence)), own, "{name}/{licence}");
        }
    }
}
