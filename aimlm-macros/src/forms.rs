//! The form of a value: what can be seen of it before its type is known.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{Expr, ExprLit, ExprUnary, FnArg, Lit, Pat, Signature, Type, UnOp};

/// What in an expression would leave the function, were it there.
pub(crate) fn way_out(tokens: TokenStream) -> Option<&'static str> {
    let mut in_closure = false;
    for token in tokens {
        let found = match &token {
            TokenTree::Group(group) => way_out(group.stream()),
            TokenTree::Ident(word) if word == "await" => Some(".await"),
            TokenTree::Ident(word) if word == "return" => Some("return"),
            TokenTree::Punct(punct) if punct.as_char() == '?' => Some("?"),
            TokenTree::Punct(punct) if punct.as_char() == '|' => {
                in_closure = true;
                None
            }
            _ => None,
        };
        if found.is_some() && !in_closure {
            return found;
        }
    }
    None
}

/// A literal, and whether a minus stands before it.
pub(crate) fn literal(value: &Expr) -> Option<(&Lit, bool)> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some((lit, false)),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => match &**expr {
            Expr::Lit(ExprLit { lit, .. }) => Some((lit, true)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a value costs nothing and runs no code of the user's: a literal, a name, the `len()` of a parameter that is a
/// slice or a text by its type. (A field or another `len()` may be that of what is behind a user's `Deref`.)
pub(crate) fn is_costless(value: &Expr, signature: &Signature) -> bool {
    match value {
        Expr::Path(_) => true,
        Expr::MethodCall(call) if call.method == "len" && call.args.is_empty() => match &*call.receiver {
            Expr::Path(name) => name
                .path
                .get_ident()
                .is_some_and(|name| is_slice(name, signature)),
            _ => false,
        },
        _ => literal(value).is_some(),
    }
}

fn is_slice(name: &Ident, signature: &Signature) -> bool {
    let parameter = signature.inputs.iter().find_map(|input| match input {
        FnArg::Typed(parameter) => match &*parameter.pat {
            Pat::Ident(pattern) if pattern.ident == *name => Some(&*parameter.ty),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    match parameter {
        Some(Type::Reference(reference)) => match &*reference.elem {
            Type::Slice(_) => true,
            Type::Path(path) => path.path.is_ident("str"),
            _ => false,
        },
        _ => false,
    }
}

/// A value without parentheses around all of it: the compiler would call them unused where they end up.
pub(crate) fn peeled(value: &Expr) -> &Expr {
    match value {
        Expr::Paren(inner) if inner.attrs.is_empty() => peeled(&inner.expr),
        _ => value,
    }
}

/// Whether a body may leave the function, were it written out there. What looks like a closure may be an "or".
pub(crate) fn may_leave(tokens: TokenStream) -> bool {
    may_say(tokens, |token| match token {
        TokenTree::Ident(word) => word == "await" || word == "return",
        TokenTree::Punct(punct) => punct.as_char() == '?',
        _ => false,
    })
}

/// Whether tokens say what is sought, or call a macro that may hide it.
pub(crate) fn may_say(
    tokens: impl IntoIterator<Item = TokenTree>,
    sought: impl Fn(&TokenTree) -> bool + Copy,
) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let may = sought(&token)
            || match &token {
                TokenTree::Group(group) => may_say(group.stream(), sought),
                TokenTree::Ident(word) => {
                    let called = matches!(tokens.peek(), Some(TokenTree::Punct(p)) if p.as_char() == '!');
                    called && !hides_nothing(word)
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => false,
            };
        if may {
            return true;
        }
    }
    false
}

/// Macros of the standard library, and keywords before a `!`: what they do is written in their arguments.
pub(crate) fn hides_nothing(name: &Ident) -> bool {
    const KNOWN: &[&str] = &[
        "assert",
        "assert_eq",
        "assert_ne",
        "concat",
        "dbg",
        "debug_assert",
        "debug_assert_eq",
        "debug_assert_ne",
        "env",
        "eprint",
        "eprintln",
        "format",
        "format_args",
        "if",
        "in",
        "include_bytes",
        "include_str",
        "match",
        "matches",
        "panic",
        "print",
        "println",
        "return",
        "stringify",
        "todo",
        "unimplemented",
        "unreachable",
        "vec",
        "while",
        "write",
        "writeln",
    ];
    KNOWN.contains(&name.to_string().as_str())
}
