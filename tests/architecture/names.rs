//! One name, one thing: no two files of the house are called alike, and no two types.

use std::collections::BTreeMap;
use std::path::Path;

use crate::source::{Source, name_of};

/// Files that may be called alike: `aimlm::stage` is a module of the public API, and the vocabulary has the table of stages.
const FILES: [&str; 1] = ["stage.rs"];

/// Files that tell by their folder what they hold.
const BY_FOLDER: [&str; 5] = [
    "lib.rs",
    "mod.rs",
    "tests.rs",
    "loom_tests.rs",
    "shuttle_tests.rs",
];

/// What is there more than once.
fn doubles(all: BTreeMap<String, usize>) -> Vec<String> {
    let doubles = all.into_iter().filter(|(_, times)| *times > 1);
    doubles.map(|(name, _)| name).collect()
}

/// How many modules hold a type of each name; twins for two systems stand in one.
fn types<'a>(sources: impl Iterator<Item = &'a Source>) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for module in sources.flat_map(|source| source.0.values()) {
        let types = module.items.iter().filter(|item| {
            use syn::Item::{Enum, Struct, Trait, Type};
            matches!(item, Enum(_) | Struct(_) | Trait(_) | Type(_))
        });
        let mut names: Vec<_> = types.filter_map(name_of).map(ToString::to_string).collect();
        names.sort();
        names.dedup();
        for name in names {
            *all.entry(name).or_default() += 1;
        }
    }
    all
}

fn files<'a>(paths: impl Iterator<Item = &'a Path>) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !BY_FOLDER.contains(&name.as_str()) {
            *all.entry(name).or_default() += 1;
        }
    }
    all
}

#[test]
fn no_two_files_or_types_are_called_alike() {
    let sources: Vec<_> = crate::members()
        .iter()
        .map(|member| crate::source(member))
        .collect();
    let mut paths: Vec<_> = sources
        .iter()
        .flat_map(|source| source.0.values().map(|module| module.file.as_path()))
        .collect();
    paths.sort();
    paths.dedup();
    assert_eq!(doubles(files(paths.into_iter())), FILES);
    assert_eq!(doubles(types(sources.iter())), [""; 0]);
}

#[test]
fn planted_doubles_are_found() {
    let paths = ["a/one.rs", "b/one.rs", "a/mod.rs", "b/mod.rs", "b/two.rs"];
    assert_eq!(doubles(files(paths.iter().map(Path::new))), ["one.rs"]);
    let source = |text: &'static str| Source::of(Path::new("lib.rs"), &move |_| Some(text.to_owned()));
    let sources = [
        source("struct One; enum Two { A } #[cfg(test)] struct Three;"),
        source("trait Two {} type Three = u8; #[cfg(unix)] struct Four; #[cfg(not(unix))] struct Four;"),
    ];
    assert_eq!(doubles(types(sources.iter())), ["Two"]);
}
