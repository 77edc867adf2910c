//! Attributes that rewrite what a function returns, as those of other crates do.

use proc_macro::TokenStream;
use proc_macro2::TokenTree;
use quote::{ToTokens, quote};
use syn::{ItemFn, ReturnType, Type, parse_macro_input, parse_quote};

fn output(function: &ItemFn) -> Type {
    match &function.sig.output {
        ReturnType::Default => parse_quote!(()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    }
}

/// `-> T` becomes `-> Result<T, String>`; what the body gives becomes an `Ok`, and a `?` in it leaves the function.
#[proc_macro_attribute]
pub fn throws(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = parse_macro_input!(item as ItemFn);
    let (output, body) = (output(&function), &function.block);
    function.block = parse_quote!({ Ok(#body) });
    function.sig.output = parse_quote!(-> Result<#output, String>);
    function.into_token_stream().into()
}

/// `async fn -> T` becomes `fn -> Pin<Box<dyn Future<Output = T> + Send>>`.
#[proc_macro_attribute]
pub fn boxed(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = parse_macro_input!(item as ItemFn);
    let (output, body) = (output(&function), &function.block);
    function.block = parse_quote!({ Box::pin(async move #body) });
    function.sig.output = parse_quote!(-> std::pin::Pin<Box<dyn Future<Output = #output> + Send>>);
    function.sig.asyncness = None;
    function.into_token_stream().into()
}

/// `async` and `.await` are taken away.
#[proc_macro_attribute]
pub fn blocking(_: TokenStream, item: TokenStream) -> TokenStream {
    without_waits(item.into()).into()
}

fn without_waits(tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "async" => {}
            TokenTree::Ident(word) if word == "await" => drop(kept.pop()),
            TokenTree::Group(group) => {
                let inner = proc_macro2::Group::new(group.delimiter(), without_waits(group.stream()));
                kept.push(inner.into());
            }
            token => kept.push(token),
        }
    }
    quote! { #(#kept)* }
}
