//! A record flows in one direction, through the crates and through the rooms of `aimlm-core`, and so do imports.

mod circles;
mod names;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use source::Source;

/// The rooms, in the order of `lib.rs`.
fn rooms(lib: &str) -> Vec<String> {
    lib.lines()
        .filter_map(|line| line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod "))
        .filter_map(|line| Some(line.strip_suffix(';')?.to_owned()))
        .collect()
}

/// The code of a file, without comments and without what is only for tests.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("#[cfg(") && line.contains("test") && !line.contains("not(test)") {
            // The item ends with the line that closes its braces, or where it has none, with its semicolon.
            for line in lines.by_ref() {
                if line == "}" || line.ends_with(';') && !line.starts_with(' ') {
                    break;
                }
            }
            continue;
        }
        code.push_str(line.split("//").next().unwrap_or_default());
        code.push('\n');
    }
    code
}

/// The rooms that code imports from: the word after every `crate::`, or each first word of its braces.
fn imports(code: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    code.match_indices("crate::")
        .filter(|(at, _)| !code[..*at].ends_with('$'))
        .flat_map(|(at, found)| {
            let rest = &code[at + found.len()..];
            match rest.strip_prefix('{') {
                Some(group) => {
                    let mut depth = 0;
                    let end = group.find(|c| {
                        depth += i32::from(c == '{') - i32::from(c == '}');
                        depth < 0
                    });
                    let mut depth = 0;
                    let parts = group[..end.unwrap_or(0)].split(|c| {
                        depth += i32::from(c == '{') - i32::from(c == '}');
                        c == ',' && depth == 0
                    });
                    parts.map(|part| word(part.trim())).collect()
                }
                None => vec![word(rest)],
            }
        })
        .collect()
}

/// Where a file of a room imports from a room below it.
fn upward(rooms: &[String], room: &str, text: &str) -> Vec<String> {
    let place = |name: &str| rooms.iter().position(|room| room == name);
    let own = place(room);
    imports(&code(text))
        .into_iter()
        // What is no room would be re-exported from one by `lib.rs`.
        .filter(|import| place(import).is_none_or(|from| Some(from) > own))
        .collect()
}

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => source_files(&path),
            false => vec![path],
        })
        .collect()
}

/// Each file of `aimlm-core` with the room it is in.
fn files() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("aimlm-core/src");
    let files = source_files(&root).into_iter().map(|path| {
        let inside = path.strip_prefix(&root).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        (room.trim_end_matches(".rs").to_owned(), path, text)
    });
    files.filter(|(room, ..)| room != "lib").collect()
}

/// A file that is compiled for tests alone.
fn is_test(path: &Path) -> bool {
    path.iter()
        .any(|part| part == "tests" || part.to_string_lossy().ends_with("tests.rs"))
}

#[test]
fn no_room_imports_from_one_below_it() {
    let lib = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/aimlm-core/src/lib.rs")).unwrap();
    let rooms = rooms(&lib);
    assert!(rooms.len() > 10, "{rooms:?}");
    let files = files();
    assert!(files.len() > 50);
    for (room, path, text) in &files {
        if !is_test(path) {
            let upward = upward(&rooms, room, text);
            assert!(upward.is_empty(), "{} imports upward: {upward:?}", path.display());
        }
    }
}

#[test]
fn unsafe_code_lives_in_three_rooms_alone() {
    for (room, path, text) in files() {
        let has_unsafe = code(&text)
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == "unsafe");
        assert!(
            !has_unsafe || ["clock", "process", "ring"].contains(&room.as_str()),
            "{}",
            path.display()
        );
    }
    assert!(read("Cargo.toml").contains("\nunsafe_code = \"deny\"\n"));
    assert!(read("aimlm-core/Cargo.toml").contains("[lints]\nworkspace = true\n"));
    for member in members().iter().filter(|member| *member != "aimlm-core") {
        let lib = match member.as_str() {
            "aimlm" => "src/lib.rs".to_owned(),
            other => format!("{other}/src/lib.rs"),
        };
        assert!(read(&lib).contains("\n#![forbid(unsafe_code)]\n"), "{lib}");
    }
}

/// The modules of a crate that is published.
fn source(member: &str) -> Source {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = if member == "aimlm" {
        root.to_owned()
    } else {
        root.join(member)
    };
    Source::of(&root.join("src/lib.rs"), &|path| fs::read_to_string(path).ok())
}

#[test]
fn no_files_import_from_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let name = |file: &Path| file.strip_prefix(root).unwrap().to_string_lossy().into_owned();
    let mut found = Vec::new();
    for member in members() {
        for (file, further) in &source(&member).circles() {
            let further: Vec<_> = further.iter().map(|file| name(file)).collect();
            found.push(format!("{} and {}", name(file), further.join(" ")));
        }
    }
    assert_eq!(found, [""; 0]);
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The crates that are published.
fn members() -> Vec<String> {
    let manifest = read("Cargo.toml");
    let quoted = manifest
        .lines()
        .map(|line| line.trim().trim_end_matches(',').trim_matches('"'));
    let members = quoted.filter(|member| member.starts_with("aimlm-") && !member.contains(' '));
    members.chain(["aimlm"]).map(str::to_owned).collect()
}

/// The crates of the house that the users of a crate build with it.
fn stands_on(member: &str) -> Vec<String> {
    let manifest = match member {
        "aimlm" => read("Cargo.toml"),
        other => read(&format!("{other}/Cargo.toml")),
    };
    let own = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let own = own.split("\n[").next().unwrap_or_default().lines();
    let mut names: Vec<_> = own
        .filter_map(|line| line.strip_prefix("aimlm-")?.split(['.', ' ']).next())
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

/// The lines of the first drawing in DESIGN.md that begins so.
fn drawing(begin: &str) -> Vec<String> {
    let design = read("DESIGN.md");
    let drawings = design.split("```text\n").skip(1);
    let mut drawings = drawings.filter_map(|rest| rest.split("```").next());
    let drawing = drawings.find(|drawing| drawing.starts_with(begin));
    drawing.expect("it is drawn").lines().map(str::to_owned).collect()
}

#[test]
fn the_crates_stand_on_each_other_as_drawn() {
    let mut drawn = Vec::new();
    for line in drawing("aimlm-vocabulary") {
        let (name, rest) = line.split_once('←').expect("an arrow");
        let mut on: Vec<_> = rest
            .split("  ")
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        on.sort();
        assert_eq!(on, stands_on(name.trim()), "{name}");
        for other in &on {
            assert!(
                drawn.contains(&format!("aimlm-{other}")),
                "{name} stands above {other}"
            );
        }
        drawn.push(name.trim().to_owned());
    }
    let mut members = members();
    members.sort();
    drawn.sort();
    assert_eq!(drawn, members);
}

#[test]
fn the_rooms_stand_as_drawn() {
    let drawn: Vec<_> = drawing("sync ")
        .iter()
        .flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let lib = read("aimlm-core/src/lib.rs");
    assert_eq!(drawn, rooms(&lib));
    let table: Vec<_> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `")?.split('`').next())
        .collect();
    assert_eq!(drawn, table);
}

#[test]
fn a_planted_upward_import_is_found() {
    let rooms: Vec<_> = ["sync", "clock", "buffer", "report"].map(String::from).into();
    let found = |text| upward(&rooms, "clock", text);
    assert_eq!(
        found("use crate::sync::{Ordering, lock};\nfn f() { crate::clock::g() }"),
        [""; 0]
    );
    assert_eq!(found("use crate::buffer::{REGISTRY, Ring};"), ["buffer"]);
    assert_eq!(
        found("use crate::{sync::{Ordering, lock}, report::{self, Report}, Error};"),
        ["report", "Error"]
    );
    assert_eq!(
        found("fn f() { crate::report::text(); } // crate::buffer"),
        ["report"]
    );
    assert_eq!(found("use crate::Snapshot;"), ["Snapshot"]);
    assert_eq!(
        found("#[cfg(test)]\nmod tests {\n    use crate::report::Report;\n}\nuse crate::sync::A;"),
        [""; 0]
    );
    assert_eq!(
        found("#[cfg(all(test, not(loom)))]\nmod tests;\nuse crate::report::Report;"),
        ["report"]
    );
}
