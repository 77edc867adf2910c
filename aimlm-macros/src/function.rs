//! The function under the attribute. Its body stays a token tree: what does not parse yet can still complete.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, FnArg, Pat, Signature, Token, Type, Visibility};

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
    /// What stands in the body: to ask the compiler again is what takes an attribute its time.
    pub(crate) tokens: Vec<TokenTree>,
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
        function.tokens = body.stream().into_iter().collect();
        function.body = Some(body);
        function.split_inner()?;
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
        tokens: Vec::new(),
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

impl Function {
    /// Takes the inner attributes out of the body.
    fn split_inner(&mut self) -> syn::Result<()> {
        let is = |at, sign| matches!(self.tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
        let (Some(body), true) = (&self.body, is(0, '#') && is(1, '!')) else {
            return Ok(());
        };
        let split = |input: ParseStream<'_>| Ok((input.call(Attribute::parse_inner)?, input.parse()?));
        let (attributes, rest): (_, TokenStream) = split.parse2(body.stream())?;
        let mut group = Group::new(Delimiter::Brace, rest.clone());
        group.set_span(body.span());
        self.inner_attributes = attributes;
        self.tokens = rest.into_iter().collect();
        self.body = Some(group);
        Ok(())
    }

    /// Whether an attribute of this name, or one under `cfg_attr`, stands on the function.
    pub(crate) fn has_attribute(&self, name: &str) -> bool {
        self.attributes
            .iter()
            .any(|attribute| attribute.path().is_ident(name))
    }

    /// Whether an item may stand among the statements of the body.
    pub(crate) fn has_items(&self) -> bool {
        const BEGIN: [&str; 12] = [
            "const",
            "enum",
            "extern",
            "fn",
            "impl",
            "macro_rules",
            "mod",
            "static",
            "struct",
            "trait",
            "type",
            "use",
        ];
        self.tokens.iter().any(
            |token| matches!(token, TokenTree::Ident(word) if BEGIN.contains(&word.to_string().as_str())),
        )
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
    /// Whether the whole parameter is one, by its type.
    pub(crate) is_reference: bool,
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
                    is_reference: matches!(
                        (&*parameter.pat, &*parameter.ty),
                        (Pat::Ident(_), Type::Reference(_))
                    ),
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

/// Which of some names are mentioned, format strings included; fields after a dot are no mentions.
#[derive(Debug)]
pub(crate) struct Mentions {
    sought: Vec<String>,
    found: Vec<String>,
}

impl Mentions {
    /// None yet of the parameters' names and `self`.
    pub(crate) fn of(signature: &Signature) -> Self {
        let names = bindings(signature).into_iter().map(|binding| binding.name);
        let names = names.map(|name| name.unraw().to_string());
        let receiver = signature.receiver().map(|_| "self".to_owned());
        Self {
            sought: names.chain(receiver).collect(),
            found: Vec::new(),
        }
    }

    /// Looks through tokens until every name is found.
    pub(crate) fn look(&mut self, tokens: &[TokenTree]) {
        let mut dots = 0;
        for token in tokens {
            if self.sought.is_empty() {
                return;
            }
            let after = dots;
            dots = 0;
            match token {
                TokenTree::Ident(word) if after != 1 => {
                    let word = word.to_string();
                    self.found(word.strip_prefix("r#").unwrap_or(&word));
                }
                TokenTree::Ident(_) => {}
                TokenTree::Literal(literal) => self.format(&literal.to_string()),
                TokenTree::Group(group) => self.look_in(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == '.' => dots = after + 1,
                TokenTree::Punct(_) => {}
            }
        }
    }

    pub(crate) fn look_in(&mut self, tokens: TokenStream) {
        self.look(&tokens.into_iter().collect::<Vec<_>>());
    }

    fn format(&mut self, literal: &str) {
        if literal.contains('"') && literal.contains('{') {
            for word in literal.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
                self.found(word);
            }
        }
    }

    fn found(&mut self, word: &str) {
        if let Some(at) = self.sought.iter().position(|sought| sought == word) {
            self.found.push(self.sought.swap_remove(at));
        }
    }

    pub(crate) fn contains(&self, name: &Ident) -> bool {
        let name = name.unraw().to_string();
        self.found.contains(&name)
    }
}
