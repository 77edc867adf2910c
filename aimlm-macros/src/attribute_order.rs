//! The attributes below ours. One that is not known may rewrite what the function returns, or how it waits: then it has
//! to do so first, and ours goes below it.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, PathSegment};

use crate::errors::Errors;
use crate::function::Function;
use crate::kind::{self, AttributeKind};
use crate::{parse, validate};

/// The first argument of an attribute that has gone below the others.
const LAST: &str = "__last";

/// Attributes that leave alone what the function returns: the language's own, and those of test harnesses and runtimes,
/// which put a function without parameters inside another.
const KNOWN: [&str; 27] = [
    "allow",
    "automatically_derived",
    "bench",
    "cfg",
    "cfg_attr",
    "cold",
    "coverage",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "ignore",
    "inline",
    "link_section",
    "main",
    "must_use",
    "naked",
    "no_mangle",
    "optimize",
    "should_panic",
    "target_feature",
    "test",
    "track_caller",
    "unsafe",
    "warn",
];

/// Tools whose attributes are no macros.
const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// The arguments without the mark, if it is there.
pub(crate) fn unmarked(arguments: TokenStream) -> (TokenStream, bool) {
    let mut rest = arguments.clone().into_iter();
    if !matches!(rest.next(), Some(TokenTree::Ident(word)) if word == LAST) {
        return (arguments, false);
    }
    rest.next();
    (rest.collect(), true)
}

/// The item with the attribute below all others, if one of them is not known.
pub(crate) fn last(
    kind: &AttributeKind,
    arguments: &TokenStream,
    function: &Function,
    item: &TokenStream,
) -> Option<TokenStream> {
    if function.attributes.iter().all(is_known) {
        return None;
    }
    let written = parse::arguments(kind, arguments.clone(), &mut Errors::default());
    let root = written.into_iter().find(|argument| argument.name() == "crate");
    let root = root.and_then(|root| validate::root(&root.value?).ok());
    let root = root.map_or_else(|| quote!(::aimlm), ToTokens::into_token_stream);
    let (name, last) = (
        Ident::new(kind.name, Span::call_site()),
        Ident::new(LAST, Span::call_site()),
    );
    let (attributes, rest) = split(item);
    Some(quote! { #attributes #[#root::#name(#last, #arguments)] #rest })
}

/// The outer attributes of an item, and what is below them.
fn split(item: &TokenStream) -> (TokenStream, TokenStream) {
    let mut tokens = item.clone().into_iter().peekable();
    let mut attributes = TokenStream::new();
    while let Some(sign) =
        tokens.next_if(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == '#'))
    {
        let is_brackets = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket);
        attributes.extend([sign]);
        attributes.extend(tokens.next_if(is_brackets));
    }
    (attributes, tokens.collect())
}

fn is_known(attribute: &Attribute) -> bool {
    let segments = &attribute.path().segments;
    let is_in = |segment: Option<&PathSegment>, names: &[&str]| {
        segment.is_some_and(|segment| names.iter().any(|name| segment.ident == name))
    };
    is_in(segments.first(), &TOOLS)
        || is_in(segments.last(), &KNOWN)
        || kind::ALL.iter().any(|kind| is_in(segments.last(), &[kind.name]))
}
