//! Whatever stands in an attribute and under it, no attribute panics; what was written comes back, and a function
//! that parses is one that parses afterwards.
//!
//! An attribute's crate can only be loaded by a compiler, so its modules are compiled into this target.
//!
//! | first byte | what it says |
//! |---|---|
//! | low four bits | the attribute |
//! | bit 4 | the arguments are assembled from the grammar, else they are text |
//! | bit 5 | the item is assembled from the grammar, else it is text |
//!
//! What is text comes first; a text of arguments ends with its line.
#![no_main]
// What only the attributes' own crate uses.
#![allow(dead_code, unused_imports)]

#[path = "../../aimlm-macros/src/bulk.rs"]
mod bulk;
#[path = "../../aimlm-macros/src/arguments.rs"]
mod arguments;
#[path = "../../aimlm-macros/src/beginning.rs"]
mod beginning;
#[path = "../../aimlm-macros/src/checker.rs"]
mod checker;
#[path = "../../aimlm-macros/src/emit.rs"]
mod emit;
#[path = "../../aimlm-macros/src/argument_word.rs"]
mod argument_word;
#[path = "../../aimlm-macros/src/ending.rs"]
mod ending;
#[path = "../../aimlm-macros/src/errors.rs"]
mod errors;
#[path = "../../aimlm-macros/src/expand.rs"]
mod expand;
#[path = "../../aimlm-macros/src/forms.rs"]
mod forms;
#[path = "../../aimlm-macros/src/function.rs"]
mod function;
mod grammar;
#[path = "../../aimlm-macros/src/in_place.rs"]
mod in_place;
#[path = "../../aimlm-macros/src/instrument.rs"]
mod instrument;
#[path = "../../aimlm-macros/src/kind.rs"]
mod kind;
#[path = "../../aimlm-macros/src/main_function.rs"]
mod main_function;
#[path = "../../aimlm-macros/src/lending.rs"]
mod lending;
#[path = "../../aimlm-macros/src/off.rs"]
mod off;
#[path = "../../aimlm-macros/src/attribute_order.rs"]
mod attribute_order;
#[path = "../../aimlm-macros/src/own_arguments.rs"]
mod own_arguments;
#[path = "../../aimlm-macros/src/parse.rs"]
mod parse;
#[path = "../../aimlm-macros/src/plain_body.rs"]
mod plain_body;
#[path = "../../aimlm-macros/src/plan.rs"]
mod plan;
#[path = "../../aimlm-macros/src/returns.rs"]
mod returns;
#[path = "../../aimlm-macros/src/spelling.rs"]
mod spelling;
#[path = "../../aimlm-macros/src/validate.rs"]
mod validate;

use libfuzzer_sys::fuzz_target;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{FnArg, ItemFn, Pat};

/// Brackets within brackets, and operators before what they work on: more overflow the stack of the parser that
/// every attribute uses.
const DEPTH: usize = 40;
const OPERATORS: usize = 200;

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, rest)) = bytes.split_first() else {
        return;
    };
    let Some((arguments, item)) = texts(first, rest) else {
        return;
    };
    let (Some(arguments), Some(item)) = (tokens(&arguments), tokens(&item)) else {
        return;
    };
    let stages = kind::ALL.len();
    match usize::from(first & 15) {
        at if at < stages => stage(kind::ALL[at], arguments, item),
        at if at == stages => keeps(&item, &bulk::track(arguments, item.clone())),
        at if at == stages + 1 => keeps(&item, &bulk::skip(arguments, item.clone())),
        _ => keeps(&item, &main_function::main(arguments, item.clone())),
    }
});

/// The texts of arguments and item.
fn texts(first: u8, rest: &[u8]) -> Option<(String, String)> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).ok();
    let whole = |name, bytes: &[u8]| grammar::assemble(name, &mut bytes.iter().copied());
    Some(match (first & 16 > 0, first & 32 > 0) {
        (false, false) => {
            let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
            (text(&rest[..line])?, text(&rest[line..])?)
        }
        (false, true) => {
            let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
            (text(&rest[..line])?, whole("item", &rest[line..]))
        }
        (true, false) => {
            let half = rest.len() / 2;
            (whole("arguments", &rest[half..]), text(&rest[..half])?)
        }
        (true, true) => {
            let mut bytes = rest.iter().copied();
            let arguments = grammar::assemble("arguments", &mut bytes);
            (arguments, grammar::assemble("item", &mut bytes))
        }
    })
}

/// The tokens of a text. `$[…]` becomes what a macro passes on as `$x:expr` and the like: a group without
/// delimiters.
fn tokens(text: &str) -> Option<TokenStream> {
    let (mut depth, mut operators) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'!' | b'-' | b'*' | b'&' | b'|' | b'=' | b'<' => operators += 1,
            _ => {}
        }
        if depth > DEPTH || operators > OPERATORS {
            return None;
        }
    }
    Some(grouped(text.parse().ok()?))
}

fn grouped(tokens: TokenStream) -> TokenStream {
    let mut result: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let TokenTree::Group(group) = token else {
            result.push(token);
            continue;
        };
        let is_passed_on = group.delimiter() == Delimiter::Bracket
            && matches!(result.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '$');
        let delimiter = if is_passed_on {
            result.pop();
            Delimiter::None
        } else {
            group.delimiter()
        };
        result.push(Group::new(delimiter, grouped(group.stream())).into());
    }
    result.into_iter().collect()
}

fn stage(kind: &kind::AttributeKind, arguments: TokenStream, item: TokenStream) {
    let says_so = is_refused(&arguments) || is_refused(&item);
    let mut emitted = instrument::instrument(kind, arguments.clone(), item.clone());
    if is_put_last(&emitted) {
        // Below an attribute that is not known: the compiler comes again once that has done its work.
        emitted = instrument::instrument(kind, quote!(__last, #arguments), item.clone());
    }
    if says_so {
        // Whether it was refused can not be told.
        return;
    }
    if is_refused(&emitted) {
        let (emitted, item) = (emitted.to_string(), item.to_string());
        assert!(
            emitted.starts_with(&item),
            "{emitted}\nis not what was written:\n{item}"
        );
        return;
    }
    let Ok(written) = syn::parse2::<ItemFn>(item) else {
        return;
    };
    let Ok(emitted) = syn::parse2::<ItemFn>(emitted.clone()) else {
        panic!("no function any more: {emitted}");
    };
    assert_eq!(head(&emitted), head(&written));
    let (written, mut emitted) = (attributes(&written), attributes(&emitted));
    if emitted.len() > written.len() {
        emitted.retain(|attribute| !attribute.contains("items_after_statements"));
    }
    assert_eq!(emitted, written);
}

/// The signature without its patterns: a parameter `_` gets a name.
fn head(function: &ItemFn) -> String {
    let mut head = function.sig.clone();
    for input in &mut head.inputs {
        if let FnArg::Typed(parameter) = input {
            *parameter.pat = Pat::Verbatim(TokenStream::new());
        }
    }
    head.to_token_stream().to_string()
}

/// A lint that is kept quiet may come to these.
fn attributes(function: &ItemFn) -> Vec<String> {
    let attributes = function.attrs.iter();
    attributes
        .map(|attribute| attribute.to_token_stream().to_string())
        .collect()
}

/// Whether the first word of an attribute above the function is the mark of one that has gone below the others.
fn is_put_last(emitted: &TokenStream) -> bool {
    let Ok(function) = syn::parse2::<ItemFn>(emitted.clone()) else {
        return false;
    };
    function.attrs.iter().any(|attribute| {
        let Ok(list) = attribute.meta.require_list() else {
            return false;
        };
        matches!(list.tokens.clone().into_iter().next(), Some(TokenTree::Ident(word)) if word == "__last")
    })
}

fn is_refused(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "compile_error",
        TokenTree::Group(group) => is_refused(&group.stream()),
        _ => false,
    })
}

/// What parsed as a file still does.
fn keeps(item: &TokenStream, emitted: &TokenStream) {
    if syn::parse2::<syn::File>(item.clone()).is_ok() {
        assert!(
            syn::parse2::<syn::File>(emitted.clone()).is_ok(),
            "{item}\nbecame\n{emitted}"
        );
    }
}
