//! The files of a crate as its modules declare them, without what is only for tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syn::{Attribute, Ident, Item, UseTree, Visibility};

/// The names from a crate's root to a module or an item.
pub(crate) type Names = Vec<String>;

/// Where the word `super` or a name of a module leads, and who wrote it.
pub(crate) struct Import {
    /// What it is called here; `*` for all.
    pub(crate) alias: String,
    pub(crate) names: Names,
    /// Whether others see it here.
    pub(crate) is_shown: bool,
}

pub(crate) struct Module {
    pub(crate) file: PathBuf,
    pub(crate) items: Vec<Item>,
    pub(crate) imports: Vec<Import>,
}

/// The modules of one crate, each by its path.
pub(crate) struct Source(pub BTreeMap<Names, Module>);

impl Source {
    /// Follows `mod` from a crate's root; `read` gives the text of a file, if there is one.
    pub(crate) fn of(root: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut source = Self(BTreeMap::new());
        let folder = root.parent().unwrap().to_owned();
        source.add_file(vec![], root.to_owned(), &folder, read);
        source
    }

    fn add_file(&mut self, at: Names, file: PathBuf, folder: &Path, read: &dyn Fn(&Path) -> Option<String>) {
        let text = read(&file).unwrap_or_else(|| panic!("{}", file.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.add(at, file, folder, parsed.items, read);
    }

    /// Adds a module whose own modules are in `folder`.
    fn add(
        &mut self,
        at: Names,
        file: PathBuf,
        folder: &Path,
        items: Vec<Item>,
        read: &dyn Fn(&Path) -> Option<String>,
    ) {
        let mut module = Module {
            file: file.clone(),
            items: Vec::new(),
            imports: Vec::new(),
        };
        for item in items.into_iter().filter(|item| !is_for_tests(attributes(item))) {
            match item {
                Item::Mod(own) => {
                    let name = own.ident.to_string();
                    let inside = [at.clone(), vec![name.clone()]].concat();
                    let folder = folder.join(&name);
                    if let Some((_, items)) = own.content {
                        self.add(inside, file.clone(), &folder, items, read);
                        continue;
                    }
                    let named = own.attrs.iter().find_map(path_attribute);
                    let flat = folder.with_extension("rs");
                    let file = match named {
                        Some(path) => file.parent().unwrap().join(path),
                        None if read(&flat).is_some() => flat,
                        None => folder.join("mod.rs"),
                    };
                    if !self.0.contains_key(&inside) {
                        self.add_file(inside, file, &folder, read);
                    }
                }
                Item::Use(own) => {
                    let is_shown = !matches!(own.vis, Visibility::Inherited);
                    flatten(&own.tree, vec![], is_shown, &mut module.imports);
                }
                other => module.items.push(other),
            }
        }
        self.0.insert(at, module);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let meta = &attribute.meta;
        let condition = meta.require_list().map(|list| list.tokens.to_string());
        let condition = condition.unwrap_or_default().replace(' ', "");
        meta.path().is_ident("cfg") && condition.contains("test") && !condition.contains("not(test)")
    })
}

fn path_attribute(attribute: &Attribute) -> Option<String> {
    let value = attribute.meta.require_name_value().ok()?;
    match &value.value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) if value.path.is_ident("path") => Some(text.value()),
        _ => None,
    }
}

pub(crate) fn flatten(tree: &UseTree, mut names: Names, is_shown: bool, into: &mut Vec<Import>) {
    let mut add = |names: Names, alias: String| {
        into.push(Import {
            alias,
            names,
            is_shown,
        });
    };
    match tree {
        UseTree::Path(path) => {
            names.push(path.ident.to_string());
            flatten(&path.tree, names, is_shown, into);
        }
        UseTree::Name(name) if name.ident == "self" => {
            let alias = names.last().cloned().unwrap_or_default();
            add(names, alias);
        }
        UseTree::Name(name) => {
            names.push(name.ident.to_string());
            add(names, name.ident.to_string());
        }
        UseTree::Rename(renamed) => {
            if renamed.ident != "self" {
                names.push(renamed.ident.to_string());
            }
            add(names, renamed.rename.to_string());
        }
        UseTree::Glob(_) => add(names, "*".to_owned()),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, names.clone(), is_shown, into);
            }
        }
    }
}

/// What an item that has a name is called.
pub(crate) fn name_of(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        _ => None,
    }
}
