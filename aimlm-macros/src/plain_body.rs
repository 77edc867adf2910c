//! The body of a function that can stay where it is, as it is written: a closure around it is a type, a body to check and
//! a function more to compile.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::{FnArg, Pat, ReceiverKind, Type};

use crate::emit::emit;
use crate::forms;
use crate::plan::Plan;

/// The statements that give `__aimlm_result`, if leaving the body is all that its ways out do, and if nothing of the
/// parameters is dropped: a closure drops them before the call ends.
pub(crate) fn body(plan: &Plan<'_>) -> Option<TokenStream> {
    if !plan.function.signature.inputs.iter().all(drops_nothing) {
        return None;
    }
    let mut body = Body { leaves: false };
    let statements = body.rewritten(&plan.function.tokens)?;
    let (output, block) = (plan.output(), plan.function.braced(statements));
    let label = body.leaves.then(|| emit! { '__aimlm_body: });
    Some(emit! {
        #[allow(break_with_label_and_loop, unused_braces, clippy::diverging_sub_expression)]
        let __aimlm_result: #output = #label #block;
        // Where the body never ends, the compiler says so here, once, and of the macro's own.
        #[allow(unreachable_code)]
        {}
    })
}

fn drops_nothing(input: &FnArg) -> bool {
    match input {
        FnArg::Receiver(receiver) => matches!(receiver.kind, ReceiverKind::Reference(..)),
        FnArg::Typed(parameter) => matches!(&*parameter.pat, Pat::Ident(_)) && is_plain(&parameter.ty),
    }
}

fn is_plain(ty: &Type) -> bool {
    const PLAIN: [&str; 16] = [
        "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32",
        "u64", "u8", "usize",
    ];
    match ty {
        Type::Reference(_) => true,
        Type::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|name| PLAIN.contains(&name.to_string().as_str())),
        _ => false,
    }
}

struct Body {
    /// Whether a `return` became a `break`.
    leaves: bool,
}

impl Body {
    /// The tokens, with each `return` a `break` out of the body. None where it can not be told what a `return` leaves,
    /// and where a `?` would leave the function.
    fn rewritten(&mut self, tokens: &[TokenTree]) -> Option<TokenStream> {
        if !forms::may_leave(tokens.iter().cloned().collect()) {
            return Some(tokens.iter().cloned().collect());
        }
        if tokens.iter().any(may_be_of_another) {
            return None;
        }
        let mut tokens = tokens.iter().peekable();
        let mut rewritten = TokenStream::new();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(word) if word == "return" => {
                    self.leaves = true;
                    rewritten.extend(emit! { break '__aimlm_body });
                }
                TokenTree::Ident(word) if matches!(tokens.peek(), Some(TokenTree::Punct(p)) if p.as_char() == '!') =>
                {
                    // What it does is written in its arguments, or nowhere.
                    if !forms::hides_nothing(word) {
                        return None;
                    }
                    rewritten.extend([token.clone()]);
                }
                TokenTree::Group(group) => {
                    let inner: Vec<_> = group.stream().into_iter().collect();
                    let mut inner = Group::new(group.delimiter(), self.rewritten(&inner)?);
                    inner.set_span(group.span());
                    rewritten.extend([TokenTree::Group(inner)]);
                }
                _ => rewritten.extend([token.clone()]),
            }
        }
        Some(rewritten)
    }
}

/// Whether what stands beside it may be the body of a closure, a block that runs later or another function; or whether it
/// leaves the function by itself.
fn may_be_of_another(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == '|' || punct.as_char() == '?',
        TokenTree::Ident(word) => [
            "async",
            "await",
            "const",
            "fn",
            "gen",
            "impl",
            "macro_rules",
            "mod",
            "static",
            "trait",
            "try",
        ]
        .iter()
        .any(|other| word == other),
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}

#[cfg(all(test, feature = "enabled"))]
mod tests {
    use proc_macro2::TokenStream;

    use crate::{instrument, kind};

    fn emitted(item: &str) -> String {
        let item: TokenStream = item.parse().expect("these are tokens");
        instrument::instrument(kind::track_operation, TokenStream::new(), item).to_string()
    }

    #[test]
    fn a_body_that_can_stay_gets_no_closure_and_leaves_by_a_break() {
        let body = "{ for row in rows { if row.is_nan() { return Err(format!(\"{row}\")); } } Ok(rows.iter().map(|r| r * 2.0).sum()) }";
        for parameters in ["rows: &[f64]", "&self, mut rows: &'static [f64], scale: f64"] {
            let emitted = emitted(&format!("fn f({parameters}) -> Result<f64, String> {body}"));
            assert!(
                !emitted.contains("invoke") && !emitted.contains("return "),
                "{emitted}"
            );
            assert!(
                emitted.contains("break '__aimlm_body Err (format ! (\"{row}\"))"),
                "{emitted}"
            );
        }
        let unlabelled = emitted("fn f(x: u8) -> u8 { x + 1 }");
        assert!(
            !unlabelled.contains("invoke") && !unlabelled.contains("'__aimlm_body"),
            "{unlabelled}"
        );
    }

    #[test]
    fn where_a_way_out_may_be_that_of_something_else_or_a_parameter_is_dropped_there_is_a_closure() {
        let items = [
            "fn f(x: &[u8]) -> u8 { x.iter().map(|y| { return 2 * y; }).sum() }",
            "fn f(x: &[u8]) -> u8 { let double = |y| return 2 * y; double(x[0]) }",
            "fn f(x: &[u8]) -> u8 { fn g(y: u8) -> u8 { return y; } g(x[0]) }",
            "fn f(x: &[u8]) -> u8 { let later = async { return 3; }; g(later) }",
            "fn f(x: &[u8]) -> Option<u8> { let y = x.first()?; Some(*y) }",
            "fn f(x: &[u8]) -> u8 { ensure!(x.len() > 2); x[2] }",
            "fn f(x: Vec<u8>) -> usize { x.len() }",
            "fn f(self) -> usize { 1 }",
            "fn f((x, y): (&u8, &u8)) -> u8 { *x }",
        ];
        for item in items {
            let emitted = emitted(item);
            assert!(emitted.contains("invoke"), "{emitted}");
            assert!(!emitted.contains("break"), "{emitted}");
        }
    }
}
