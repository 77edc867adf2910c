//! Which files of a crate import from each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, ImplItem, ItemUse, Macro, Token};

use crate::source::{Names, Source, flatten, is_for_tests, name_of};

/// From each file to those that it imports from.
pub(crate) type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// Where a path leads.
enum Place<'a> {
    Module(Names),
    /// Something in this file.
    Item(&'a Path),
}

/// More names that only lead to others do not follow each other.
const DEEPEST: usize = 20;

impl Source {
    /// Follows names through modules and what they show; none if they lead out of the crate.
    fn follow(&self, from: &Names, names: &[String], depth: usize) -> Option<Place<'_>> {
        let (first, mut rest) = names.split_first()?;
        let mut at = match first.as_str() {
            "crate" => vec![],
            "self" => from.clone(),
            "super" => from[..from.len().checked_sub(1)?].to_vec(),
            _ => {
                let known = self
                    .0
                    .contains_key(&[from.as_slice(), std::slice::from_ref(first)].concat())
                    || self.0[from].imports.iter().any(|import| import.alias == *first);
                if !known || depth == DEEPEST {
                    return None;
                }
                rest = names;
                from.clone()
            }
        };
        while let Some((name, after)) = rest.split_first() {
            if name == "super" {
                at.pop();
                rest = after;
                continue;
            }
            let inside = [at.as_slice(), std::slice::from_ref(name)].concat();
            if self.0.contains_key(&inside) {
                (at, rest) = (inside, after);
                continue;
            }
            let module = &self.0[&at];
            let mut named = module.imports.iter().filter(|import| import.alias == *name);
            if let Some(import) = named.find(|import| import.names != [name.clone()]) {
                match self.follow(&at, &import.names, depth + 1)? {
                    Place::Module(inside) => (at, rest) = (inside, after),
                    item @ Place::Item(_) => return Some(item),
                }
                continue;
            }
            if !module
                .items
                .iter()
                .any(|item| name_of(item).is_some_and(|own| own == name))
            {
                let all = module
                    .imports
                    .iter()
                    .filter(|import| import.alias == "*" && depth < DEEPEST);
                let names = all.map(|import| [import.names.as_slice(), std::slice::from_ref(name)].concat());
                let mut found = names.filter_map(|names| self.follow(&at, &names, depth + 1));
                if let Some(place @ Place::Item(_)) = found.find(|place| matches!(place, Place::Item(_))) {
                    return Some(place);
                }
            }
            return Some(Place::Item(&module.file));
        }
        Some(Place::Module(at))
    }

    /// What each file imports. What a module only shows on is no import of its own.
    fn imports(&self) -> Imports {
        let mut found = Imports::new();
        for (at, module) in &self.0 {
            let mut paths = Paths(Vec::new());
            module.items.iter().for_each(|item| paths.visit_item(item));
            let own = module
                .imports
                .iter()
                .filter(|import| !import.is_shown && import.alias != "*");
            paths.0.extend(own.map(|import| import.names.clone()));
            let from = found.entry(module.file.clone()).or_default();
            for names in paths.0 {
                match self.follow(at, &names, 0) {
                    Some(Place::Item(file)) if file != module.file => {
                        from.insert(file.to_owned());
                    }
                    _ => {}
                }
            }
        }
        found
    }

    /// The files that lead back to themselves, each with those of its circle that it imports from.
    pub(crate) fn circles(&self) -> Imports {
        let imports = self.imports();
        let reached = |from: &PathBuf| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(file) = next.pop() {
                let further = imports.get(&file).into_iter().flatten();
                next.extend(further.filter(|file| seen.insert((*file).clone())).cloned());
            }
            seen
        };
        let reached: BTreeMap<_, _> = imports.keys().map(|file| (file, reached(file))).collect();
        let circles = imports.iter().map(|(file, further)| {
            let own = further.iter().filter(|other| reached[other].contains(file));
            (file.clone(), own.cloned().collect::<BTreeSet<_>>())
        });
        circles.filter(|(_, own)| !own.is_empty()).collect()
    }
}

/// Every path of several names in code, and what functions import for themselves.
struct Paths(Vec<Names>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        if path.leading_colon.is_none() && names.len() > 1 {
            self.0.push(names);
        }
        visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut imports = Vec::new();
        flatten(&item.tree, vec![], false, &mut imports);
        self.0.extend(imports.into_iter().map(|import| import.names));
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Const(item) => &item.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        let arguments = called.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        for argument in arguments.into_iter().flatten() {
            let mut inside = Paths(Vec::new());
            inside.visit_expr(&argument);
            self.0.append(&mut inside.0);
        }
    }
}

#[test]
fn planted_circles_are_found() {
    let found = |files: &[(&str, &str)]| {
        let read = |path: &Path| {
            let file = files.iter().find(|(name, _)| Path::new(name) == path);
            file.map(|(_, text)| (*text).to_owned())
        };
        let circles = Source::of(Path::new("src/lib.rs"), &read).circles();
        circles.into_keys().collect::<Vec<_>>()
    };
    let circle = ["src/a.rs", "src/b.rs"].map(PathBuf::from);
    let both = ("src/lib.rs", "mod a;\nmod b;");
    let straight = found(&[
        both,
        ("src/a.rs", "use crate::b::B;"),
        ("src/b.rs", "pub struct B;"),
    ]);
    assert!(straight.is_empty(), "{straight:?}");
    for (a, b) in [
        ("use crate::b::B; pub struct A;", "use super::a::A; pub struct B;"),
        (
            "use crate::b; pub fn f() { b::g() }",
            "pub fn g() { assert!(crate::a::f() == ()) }",
        ),
        (
            "pub fn f() { use crate::b::g; g() }",
            "use crate::a; pub fn g() { a::f() }",
        ),
    ] {
        assert_eq!(
            found(&[both, ("src/a.rs", a), ("src/b.rs", b)]),
            circle,
            "{a} {b}"
        );
    }
    let all = [
        ("src/lib.rs", "mod a;\nmod b;\npub use b::*;"),
        ("src/a.rs", "pub struct A(crate::B);"),
        ("src/b.rs", "pub struct B(crate::a::A);"),
    ];
    assert_eq!(found(&all), circle);
    let tests = "#[cfg(test)] mod tests { use crate::a::A; } pub struct B;";
    assert!(
        found(&[
            both,
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            ("src/b.rs", tests)
        ])
        .is_empty()
    );
    // Through what a room shows: it is no part of the circle.
    let room = [
        ("src/lib.rs", "mod room;\nmod other;"),
        (
            "src/room/mod.rs",
            "mod inner;\npub(crate) use inner::Inner as Shown;",
        ),
        ("src/room/inner.rs", "use crate::other::Other; pub struct Inner;"),
        ("src/other.rs", "use crate::room::Shown; pub struct Other;"),
    ];
    assert_eq!(
        found(&room),
        ["src/other.rs", "src/room/inner.rs"].map(PathBuf::from)
    );
}
