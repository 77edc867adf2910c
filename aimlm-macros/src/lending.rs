//! Whether the instance that `metrics = …` names can be lent to what begins a call. If not, it is kept: counted once more,
//! which all threads that call the function do to one number.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, FnArg, Pat, ReceiverKind, Signature, Type, UnOp};

use crate::arguments::{CheckedArguments, TextArgument};
use crate::forms;
use crate::function::bindings;

/// It can be lent where nothing else that begins the call runs code of the user's, or nothing of that can be in the way of a
/// reference to it: what asks for the same lock, or borrows the same variable to change it.
pub(crate) fn is_lent(metrics: &Expr, arguments: &CheckedArguments, signature: &Signature) -> bool {
    let others: Vec<_> = others(arguments).collect();
    if others.iter().all(|other| is_place(other)) {
        return true;
    }
    let Some(root) = root(metrics) else { return false };
    let is_other = |other: &&Expr| mentions(other.to_token_stream(), root);
    is_shared(root, signature) || !others.iter().any(is_other)
}

/// Whatever else is asked for before the call begins, but for literals.
fn others(arguments: &CheckedArguments) -> impl Iterator<Item = &Expr> {
    let labels = arguments.labels.iter().map(|(_, text)| text);
    let texts = arguments.subject.iter().chain(labels);
    let texts = texts.filter_map(|text| match text {
        TextArgument::Expression(value) => Some(value),
        TextArgument::Literal(_) => None,
    });
    texts.chain(arguments.before.iter().map(|number| &number.value))
}

/// Whether a value is just there.
fn is_place(value: &Expr) -> bool {
    forms::literal(value).is_some() || root(value).is_some()
}

/// The variable that a value is, or is a part of or behind.
fn root(value: &Expr) -> Option<&Ident> {
    match value {
        Expr::Path(path) if path.qself.is_none() => path.path.segments.last().map(|segment| &segment.ident),
        Expr::Field(field) => root(&field.base),
        Expr::Paren(inner) => root(&inner.expr),
        Expr::Reference(reference) if reference.mutability.is_none() => root(&reference.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => root(&unary.expr),
        _ => None,
    }
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Whether nobody can change a variable, or take it away: a static, or a parameter that is a shared reference.
fn is_shared(name: &Ident, signature: &Signature) -> bool {
    let is_parameter = bindings(signature).iter().any(|binding| binding.name == name);
    if !is_parameter && name != "self" {
        return true;
    }
    signature.inputs.iter().any(|input| match input {
        FnArg::Receiver(receiver) => {
            name == "self" && matches!(&receiver.kind, ReceiverKind::Reference(_, _, None))
        }
        FnArg::Typed(parameter) => {
            let is_named =
                matches!(&*parameter.pat, Pat::Ident(own) if own.ident == *name && own.by_ref.is_none());
            is_named && matches!(&*parameter.ty, Type::Reference(reference) if reference.mutability.is_none())
        }
    })
}
