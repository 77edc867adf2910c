//! The arguments as they are written. A mistake in one does not hide the next.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Token};

use crate::errors::Errors;
use crate::kind::AttributeKind;

/// One argument.
pub(crate) struct Argument {
    pub(crate) key: Ident,
    /// `None` for a flag, and a list.
    pub(crate) value: Option<Expr>,
    /// What stands in the parentheses of `numbers(…)` and `labels(…)`.
    pub(crate) own: Option<Vec<Argument>>,
}

impl Argument {
    /// The key as text, without `r#`.
    pub(crate) fn name(&self) -> String {
        self.key.unraw().to_string()
    }
}

/// Reads the arguments of an attribute.
pub(crate) fn arguments(kind: &AttributeKind, tokens: TokenStream, errors: &mut Errors) -> Vec<Argument> {
    let mut found = Vec::new();
    let parser = |input: ParseStream<'_>| all(kind, input, &mut found, errors);
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
    }
    found
}

/// Reads arguments to the end of what is there.
fn all(
    kind: &AttributeKind,
    input: ParseStream<'_>,
    found: &mut Vec<Argument>,
    errors: &mut Errors,
) -> syn::Result<()> {
    while !input.is_empty() {
        match argument(kind, input, errors) {
            Ok(argument) => found.push(argument),
            Err(error) => {
                errors.push(error);
                skip_argument(input)?;
            }
        }
        if input.is_empty() {
            break;
        }
        if input.parse::<Option<Token![,]>>()?.is_none() {
            errors.push(input.error("expected `,` between two arguments"));
            skip_argument(input)?;
            input.parse::<Option<Token![,]>>()?;
        }
    }
    Ok(())
}

fn argument(kind: &AttributeKind, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Argument> {
    let (name, subject) = (kind.name, kind.subject);
    if input.peek(syn::Lit) {
        let value: Expr = input.parse()?;
        let written = quote::quote!(#value);
        let message = format!("`{name}` takes arguments by name; write `{subject} = {written}`");
        return Err(syn::Error::new(value.span(), message));
    }
    if !input.peek(Ident::peek_any) {
        let message = format!("`{name}` takes arguments of the form `name = value`; write `{subject} = …`");
        return Err(input.error(message));
    }
    let key = input.call(Ident::parse_any)?;
    if input.is_empty() || input.peek(Token![,]) {
        let (value, own) = (None, None);
        return Ok(Argument { key, value, own });
    }
    if input.peek(Token![:]) && !input.peek(Token![::]) {
        return Err(input.error(format!("expected `=` after `{key}`; write `{key} = …`")));
    }
    if input.peek(syn::token::Paren) && (key == "numbers" || key == "labels") {
        let (listed, mut own) = (parenthesised(input)?, Vec::new());
        let words = |input: ParseStream<'_>| all(kind, input, &mut own, errors);
        words.parse2(listed)?;
        let (value, own) = (None, Some(own));
        return Ok(Argument { key, value, own });
    }
    if input.peek(syn::token::Paren) {
        return Err(input.error(format!(
            "expected `=` after `{key}`; write `{key} = …` without parentheses"
        )));
    }
    if !input.peek(Token![=]) || input.peek(Token![==]) || input.peek(Token![=>]) {
        return Err(input.error(format!("expected `=` after `{key}`; write `{key} = …`")));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("`{key} =` needs a value");
        return Err(syn::Error::new(key.span(), message));
    }
    match input.parse() {
        Ok(value) => Ok(Argument {
            key,
            value: Some(value),
            own: None,
        }),
        Err(error) => {
            let message = format!("`{key}` of `{name}` is no whole expression: {error}; write `{key} = …`");
            Err(syn::Error::new(error.span(), message))
        }
    }
}

/// Goes to the comma before what looks like the next argument.
fn skip_argument(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        if input.peek(Token![,]) && (input.peek2(Ident::peek_any) || input.peek2(syn::Lit)) {
            return Ok(());
        }
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn parenthesised(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let content;
    syn::parenthesized!(content in input);
    content.parse()
}
