//! `#[main]`: a report when the program ends.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, LitStr, Path, Token};

use crate::emit::{emit, shown_at};
use crate::function::{self, Function};
use crate::spelling::nearest;
use crate::validate;

const ARGUMENTS: [&str; 4] = ["report", "path", "every", "crate"];

/// The shortest time between two reports.
const SHORTEST: Duration = Duration::from_millis(10);

/// What is asked for.
#[derive(Default)]
struct Wanted {
    report: Option<LitStr>,
    path: Option<LitStr>,
    every: Option<LitStr>,
    root: Option<Path>,
}

/// Adds the report to the function.
pub(crate) fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let function = match function::function(item.clone()) {
        Ok(function) => function,
        Err(error) => return validate::not_a_function("main", item, error),
    };
    let wanted = wanted
        .parse2(arguments)
        .and_then(|wanted| check(&function).map(|()| wanted));
    match wanted {
        Ok(wanted) if cfg!(feature = "enabled") => expand(&wanted, function),
        Ok(_) => item,
        // Without a runtime the function could only give a second error.
        Err(error) if needs_runtime(&function) => {
            TokenStream::from_iter([quote! { fn main() {} }, error.into_compile_error()])
        }
        Err(error) => TokenStream::from_iter([item, error.into_compile_error()]),
    }
}

fn wanted(input: ParseStream<'_>) -> syn::Result<Wanted> {
    let mut wanted = Wanted::default();
    while !input.is_empty() {
        let key = input.call(<Ident as syn::ext::IdentExt>::parse_any)?;
        let name = key.to_string();
        if !ARGUMENTS.contains(&name.as_str()) {
            let mut message = format!("`main` has no argument `{key}`");
            if let Some(near) = nearest(&name, ARGUMENTS.into_iter()) {
                message.push_str(&format!("; did you mean `{near}`?"));
            }
            message.push_str(&format!("\n`main` takes: {}", ARGUMENTS.join(", ")));
            return Err(syn::Error::new(key.span(), message));
        }
        input.parse::<Token![=]>()?;
        let twice = match name.as_str() {
            "report" => wanted.report.replace(input.parse()?).is_some(),
            "every" => wanted.every.replace(every(input)?).is_some(),
            "path" => wanted.path.replace(input.parse()?).is_some(),
            _ => wanted.root.replace(validate::root(&input.parse()?)?).is_some(),
        };
        if twice {
            return Err(syn::Error::new(
                key.span(),
                format!("`{key}` is given twice to `main`; keep one of them"),
            ));
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    check_file(&wanted)?;
    Ok(wanted)
}

fn every(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let every: LitStr = input.parse()?;
    match humantime::parse_duration(&every.value()) {
        Ok(duration) if duration >= SHORTEST => Ok(every),
        _ => {
            let message = "`every` is a time of at least 10 ms, such as \"30s\", \"5m\" or \"1h\"";
            Err(syn::Error::new(every.span(), message))
        }
    }
}

fn check_file(wanted: &Wanted) -> syn::Result<()> {
    if let (Some(every), None) = (&wanted.every, &wanted.path) {
        let message = "`every` writes a file; add `path = \"report.md\"`";
        return Err(syn::Error::new(every.span(), message));
    }
    Ok(())
}

/// That the format is one, or else the ending of the path, which tells it then: asserted while the program is compiled,
/// because the crate of reports knows the formats, not this one.
fn known_format(wanted: &Wanted, support: &TokenStream) -> Option<TokenStream> {
    let (assertion, text) = match (&wanted.report, &wanted.path) {
        (Some(report), _) => (quote!(assert_name), report),
        (None, Some(path)) => (quote!(assert_file), path),
        (None, None) => return None,
    };
    let asserted = emit! { const _: () = #support::#assertion(#text); };
    Some(shown_at(asserted, text.span()))
}

fn check(function: &Function) -> syn::Result<()> {
    let signature = &function.signature;
    if signature.ident != "main" {
        let message = "`main` goes on `fn main`; another function is tracked by the attribute of its stage";
        return Err(syn::Error::new(signature.ident.span(), message));
    }
    if needs_runtime(function) {
        let message =
            "an async `main` needs a runtime; put its attribute, such as `#[tokio::main]`, beside this one";
        return Err(syn::Error::new_spanned(signature.asyncness, message));
    }
    Ok(())
}

fn needs_runtime(function: &Function) -> bool {
    function.is_async() && function.signature.ident == "main" && !function.attributes.iter().any(is_runtime)
}

/// `#[tokio::main]` and its like.
fn is_runtime(attribute: &syn::Attribute) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|last| last.ident == "main" || last.ident == "test")
}

/// The function runs inside another, with the attribute of its runtime, so that the report comes after all of it.
fn expand(wanted: &Wanted, function: Function) -> TokenStream {
    let support = match &wanted.root {
        Some(root) => quote!(#root::__private),
        None => emit! { ::aimlm::__private },
    };
    let text = |text: &Option<LitStr>| {
        text.as_ref().map_or_else(
            || emit! { #support::None },
            |text| emit! { #support::Some(#text) },
        )
    };
    let (report, path, every) = (text(&wanted.report), text(&wanted.path), text(&wanted.every));
    let (runtime, outer): (Vec<_>, Vec<_>) = function.attributes.iter().partition(|a| is_runtime(a));
    let (visibility, inner_attributes) = (&function.visibility, &function.inner_attributes);
    let statements = function.statements();
    let body = function.braced(quote! { #(#inner_attributes)* #statements });
    let signature = &function.signature;
    let mut plain = signature.clone();
    plain.asyncness = None;
    let name = &signature.ident;
    let known_format = known_format(wanted, &support);
    let inner = emit! {
        #known_format
        #(#runtime)*
        #signature #body
        let __aimlm_report = #support::report_at_end(#report, #path, #every);
        #name()
    };
    let outer_body = function.braced(inner);
    quote! { #(#outer)* #visibility #plain #outer_body }
}
