//! The function under the attribute. Its body stays a token tree: what does not parse yet can still complete.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, FnArg, Pat, Signature, Token, Visibility};

/// A function, its parts ready to be put together again.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// `default` of a specialised implementation.
    pub(crate) default: Option<Ident>,
    pub(crate) signature: Signature,
    pub(crate) inner_attributes: Vec<Attribute>,
    /// `None` for a method that is only declared.
    pub(crate) body: Option<Group>,
}

/// Reads a function. The parser sees no more than what stands before the body: it would copy all of it.
pub(crate) fn function(tokens: TokenStream) -> syn::Result<Function> {
    let mut head: Vec<TokenTree> = tokens.into_iter().collect();
    let body = head.last().cloned().and_then(braces);
    if body.is_some() {
        head.pop();
    }
    let mut function = parse.parse2(head.into_iter().collect())?;
    if let Some(body) = body {
        let (inner_attributes, body) = split_inner(body)?;
        function.inner_attributes = inner_attributes;
        function.body = Some(body);
    }
    Ok(function)
}

fn parse(input: ParseStream<'_>) -> syn::Result<Function> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    let default = is_default(input)
        .then(|| input.call(Ident::parse_any))
        .transpose()?;
    let signature: Signature = input.parse()?;
    input.parse::<Option<Token![;]>>()?;
    Ok(Function {
        attributes,
        visibility,
        default,
        signature,
        inner_attributes: Vec::new(),
        body: None,
    })
}

/// The body; one that a macro took as `$body:block` comes in an invisible group.
fn braces(token: TokenTree) -> Option<Group> {
    let TokenTree::Group(group) = token else {
        return None;
    };
    match group.delimiter() {
        Delimiter::Brace => Some(group),
        Delimiter::None => group.stream().into_iter().next().and_then(braces),
        _ => None,
    }
}

fn is_default(input: ParseStream<'_>) -> bool {
    input
        .fork()
        .call(Ident::parse_any)
        .is_ok_and(|word| word == "default")
}

/// The inner attributes of a body, and the body without them.
fn split_inner(body: Group) -> syn::Result<(Vec<Attribute>, Group)> {
    let mut tokens = body.stream().into_iter();
    let begins = |token: Option<TokenTree>, with| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == with);
    if !(begins(tokens.next(), '#') && begins(tokens.next(), '!')) {
        return Ok((Vec::new(), body));
    }
    let split = |input: ParseStream<'_>| Ok((input.call(Attribute::parse_inner)?, input.parse()?));
    let (attributes, rest): (_, TokenStream) = split.parse2(body.stream())?;
    let mut rest = Group::new(Delimiter::Brace, rest);
    rest.set_span(body.span());
    Ok((attributes, rest))
}

impl Function {
    /// Whether an attribute of this name, or one under `cfg_attr`, stands on the function.
    pub(crate) fn has_attribute(&self, name: &str) -> bool {
        self.attributes
            .iter()
            .any(|attribute| attribute.path().is_ident(name))
    }

    /// The body without its braces.
    pub(crate) fn statements(&self) -> TokenStream {
        self.body.as_ref().map(Group::stream).unwrap_or_default()
    }

    /// Statements in the braces of the body.
    pub(crate) fn braced(&self, statements: TokenStream) -> TokenStream {
        let mut braced = Group::new(Delimiter::Brace, statements);
        if let Some(body) = &self.body {
            braced.set_span(body.span());
        }
        TokenTree::Group(braced).into()
    }

    pub(crate) const fn is_async(&self) -> bool {
        self.signature.asyncness.is_some()
    }
}

/// A name bound by a parameter, with the `cfg`s under which it is there.
pub(crate) struct Binding<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) conditions: Vec<&'a Attribute>,
    pub(crate) attributes: &'a [Attribute],
}

/// The names that the parameters bind, in order, without `self`.
pub(crate) fn bindings(signature: &Signature) -> Vec<Binding<'_>> {
    let mut bindings = Vec::new();
    for input in &signature.inputs {
        if let FnArg::Typed(parameter) = input {
            let mut names = Vec::new();
            bound_names(&parameter.pat, &mut names);
            bindings.extend(names.into_iter().map(|name| {
                Binding {
                    name,
                    conditions: parameter
                        .attrs
                        .iter()
                        .filter(|a| a.path().is_ident("cfg"))
                        .collect(),
                    attributes: &parameter.attrs,
                }
            }));
        }
    }
    bindings
}

fn bound_names<'a>(pattern: &'a Pat, names: &mut Vec<&'a Ident>) {
    match pattern {
        Pat::Ident(pattern) => {
            names.push(&pattern.ident);
            if let Some((_, inner)) = &pattern.subpat {
                bound_names(inner, names);
            }
        }
        Pat::Tuple(pattern) => pattern.elems.iter().for_each(|inner| bound_names(inner, names)),
        Pat::TupleStruct(pattern) => pattern.elems.iter().for_each(|inner| bound_names(inner, names)),
        Pat::Slice(pattern) => pattern.elems.iter().for_each(|inner| bound_names(inner, names)),
        Pat::Struct(pattern) => pattern
            .fields
            .iter()
            .for_each(|field| bound_names(&field.pat, names)),
        Pat::Reference(pattern) => bound_names(&pattern.pat, names),
        Pat::Paren(pattern) => bound_names(&pattern.pat, names),
        Pat::Type(pattern) => bound_names(&pattern.pat, names),
        _ => {}
    }
}

/// The identifiers of some tokens, those in format strings among them; fields after a dot are left out.
#[derive(Debug, Default)]
pub(crate) struct Words(HashSet<String>);

impl Words {
    pub(crate) fn add(&mut self, tokens: TokenStream) {
        let (mut dots, mut previous_dots) = (0, 0);
        for token in tokens {
            match &token {
                TokenTree::Ident(word) if previous_dots != 1 => {
                    self.0.insert(word.unraw().to_string());
                }
                TokenTree::Literal(literal) => self.add_format(&literal.to_string()),
                TokenTree::Group(group) => self.add(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == '.' => dots += 1,
                _ => {}
            }
            if !matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.') {
                dots = 0;
            }
            previous_dots = dots;
        }
    }

    fn add_format(&mut self, literal: &str) {
        if !literal.contains('"') {
            return;
        }
        let words = literal.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        if literal.contains('{') {
            self.0
                .extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }

    pub(crate) fn contains(&self, word: &Ident) -> bool {
        self.0.contains(&word.unraw().to_string())
    }

    pub(crate) fn contains_word(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}
