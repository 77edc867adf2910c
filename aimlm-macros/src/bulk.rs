//! `#[track]` on an impl block, a trait or a module: one attribute for each function inside.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, ImplItem, Item, Signature, Token, TraitItem, Type};

use crate::kind::{self, AttributeKind};
use crate::spelling::nearest;
use crate::validate;

/// The attribute for each function, and its arguments.
struct Each {
    kind: &'static AttributeKind,
    arguments: TokenStream,
    root: TokenStream,
    /// The functions go by their own name unless the arguments say otherwise.
    named: bool,
}

/// Annotates each function of an item.
pub(crate) fn track(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let each = match each.parse2(arguments) {
        Ok(each) => each,
        Err(error) => return TokenStream::from_iter([item, error.into_compile_error()]),
    };
    let parsed = syn::parse2::<Item>(item.clone());
    let mut annotated = match parsed {
        Ok(annotated @ (Item::Impl(_) | Item::Trait(_) | Item::Mod(_))) => annotated,
        Ok(other) => {
            let message = "`track` goes on an impl block, a trait or a module; on one function, write \
                           `#[aimlm::track_operation]` or the attribute of its stage";
            let error = syn::Error::new_spanned(first_word(&other), message);
            return TokenStream::from_iter([item, error.into_compile_error()]);
        }
        Err(error) => return TokenStream::from_iter([item, error.into_compile_error()]),
    };
    if let Item::Mod(module) = &annotated
        && module.content.is_none()
    {
        let message = "`track` sees only a module that is written here; put it inside the module's file on each \
                       impl block";
        let error = syn::Error::new_spanned(&module.ident, message);
        return TokenStream::from_iter([item, error.into_compile_error()]);
    }
    each.item(&mut annotated);
    annotated.into_token_stream()
}

/// The tokens after attributes and visibility.
fn first_word(item: &Item) -> TokenStream {
    let mut words = item
        .to_token_stream()
        .into_iter()
        .skip_while(|token| !matches!(token, TokenTree::Ident(_)));
    words.next().into_iter().collect()
}

/// `stage, argument = …, …`, the stage without `track_`; it is `operation` if none is named.
fn each(input: ParseStream<'_>) -> syn::Result<Each> {
    let mut kind = kind::track_operation;
    if input.peek(Ident) && !input.peek2(Token![=]) {
        let stage: Ident = input.parse()?;
        kind = stage_named(&stage)?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    let arguments: TokenStream = input.parse()?;
    let mut errors = crate::errors::Errors::default();
    let written = crate::parse::arguments(kind, arguments.clone(), &mut errors);
    for argument in written
        .iter()
        .filter(|argument| kind.role(&argument.name()).is_none())
    {
        errors.on(&argument.key, crate::validate::unknown(kind, &argument.name()).0);
    }
    errors.into_result()?;
    let named = written.iter().any(|argument| argument.name() == kind.subject);
    if !named && !kind.subject_is_optional {
        let (stage, subject) = (kind.name.trim_start_matches("track_"), kind.subject);
        let message =
            format!("`track` of this stage needs `{subject} = …`; write `track({stage}, {subject} = \"…\")`");
        return Err(syn::Error::new(proc_macro2::Span::call_site(), message));
    }
    let root = written
        .into_iter()
        .find(|argument| argument.name() == "crate")
        .and_then(|root| root.value);
    let root = match root {
        Some(root) => validate::root(&root)?.into_token_stream(),
        None => quote!(::aimlm),
    };
    Ok(Each {
        kind,
        arguments,
        root,
        named,
    })
}

fn stage_named(stage: &Ident) -> syn::Result<&'static AttributeKind> {
    let name = format!("track_{stage}");
    if let Some(kind) = kind::ALL.iter().find(|kind| kind.name == name) {
        return Ok(kind);
    }
    let known = || {
        kind::ALL
            .iter()
            .map(|kind| kind.name.trim_start_matches("track_"))
    };
    let mut message = format!("`track` knows no stage `{stage}`");
    if let Some(near) = nearest(&stage.to_string(), known()) {
        message.push_str(&format!("; did you mean `{near}`?"));
    }
    message.push_str(&format!("\nstages: {}", known().collect::<Vec<_>>().join(", ")));
    Err(syn::Error::new(stage.span(), message))
}

impl Each {
    fn item(&self, item: &mut Item) {
        match item {
            Item::Fn(function) => self.function("", &mut function.attrs, &function.sig, true),
            Item::Impl(block) if !is_skipped(&block.attrs) => {
                let owner = type_name(&block.self_ty);
                for inner in &mut block.items {
                    if let ImplItem::Fn(function) = inner {
                        self.function(&owner, &mut function.attrs, &function.sig, true);
                    }
                }
            }
            Item::Trait(definition) if !is_skipped(&definition.attrs) => {
                let owner = definition.ident.to_string();
                for inner in &mut definition.items {
                    if let TraitItem::Fn(function) = inner {
                        let has_body = function.default.is_some();
                        self.function(&owner, &mut function.attrs, &function.sig, has_body);
                    }
                }
            }
            Item::Mod(module) if !is_skipped(&module.attrs) => {
                let items = module.content.as_mut().map(|(_, items)| items);
                items.into_iter().flatten().for_each(|inner| self.item(inner));
            }
            _ => {}
        }
    }

    fn function(&self, owner: &str, attributes: &mut Vec<Attribute>, signature: &Signature, has_body: bool) {
        let timed = has_body && signature.constness.is_none() && signature.variadic.is_none();
        if !timed || is_skipped(attributes) || attributes.iter().any(is_tracked) {
            return;
        }
        let (root, arguments) = (&self.root, &self.arguments);
        let attribute = Ident::new(self.kind.name, proc_macro2::Span::call_site());
        let name = (!self.named && !owner.is_empty()).then(|| {
            let subject = Ident::new(self.kind.subject, proc_macro2::Span::call_site());
            let name = format!("{owner}::{}", signature.ident);
            let name = name.replace("r#", "");
            quote!(#subject = #name,)
        });
        attributes.push(syn::parse_quote!(#[#root::#attribute(#name #arguments)]));
    }
}

fn last_word(attribute: &Attribute) -> String {
    attribute
        .path()
        .segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

fn is_skipped(attributes: &[Attribute]) -> bool {
    let is_skip = |attribute: &Attribute| last_word(attribute) == "skip" && !is_of_rustfmt(attribute);
    attributes.iter().any(is_skip)
}

fn is_of_rustfmt(attribute: &Attribute) -> bool {
    attribute
        .path()
        .segments
        .first()
        .is_some_and(|first| first.ident == "rustfmt")
}

fn is_tracked(attribute: &Attribute) -> bool {
    kind::ALL.iter().any(|kind| last_word(attribute) == kind.name)
}

fn type_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string())
            .unwrap_or_default(),
        Type::Reference(reference) => type_name(&reference.elem),
        other => other.to_token_stream().to_string(),
    }
}

/// Leaves a function out.
pub(crate) fn skip(arguments: TokenStream, item: TokenStream) -> TokenStream {
    if arguments.is_empty() {
        return item;
    }
    let error = syn::Error::new_spanned(arguments, "`skip` takes no arguments; write `#[aimlm::skip]`");
    TokenStream::from_iter([item, error.into_compile_error()])
}
