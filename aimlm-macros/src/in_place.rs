//! The body stays in the function itself, and each visible way out of it is observed: under `#[track_caller]`, where a
//! closure would hide the caller, and in async functions, where each future inside another takes two levels of the
//! compiler's recursion limit more.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::visit_mut::{VisitMut, visit_expr_mut};
use syn::{Block, Expr, ExprAsync, ExprAwait, ExprClosure, ExprConst, ExprTry, Item, Macro};

use crate::arguments::Judge;
use crate::beginning::{Begin, enter};
use crate::emit::{emit, located};
use crate::plan::{BodyShape, Plan};
use crate::{ending, forms, returns};

/// The statements of a function under `#[track_caller]`.
///
/// A way out that a macro hides is seen by the guard alone; it counts as an error unless the thread panics.
pub(crate) fn track_caller(plan: &Plan<'_>) -> TokenStream {
    let body = plan.function.body.to_token_stream();
    let Ok(mut block) = syn::parse2::<Block>(body.clone()) else {
        return body;
    };
    Exits::of(plan).visit_block_mut(&mut block);
    let (enter, body) = (enter(plan, Begin::Now), labelled(plan, &block));
    let ending = ending::ending(plan, false);
    emit! {
        let mut __aimlm_call = __aimlm::CallGuard::new(#enter, __aimlm::Outcome::Error);
        #body
        #ending
    }
}

/// The statements of an async function, if all that its body does can be seen: what it waits for, and where it ends
/// before its end.
pub(crate) fn waiting(plan: &Plan<'_>) -> Option<TokenStream> {
    let mut block = syn::parse2::<Block>(plan.function.body.to_token_stream()).ok()?;
    let mut exits = Exits::of(plan);
    exits.visit_block_mut(&mut block);
    if exits.hidden || exits.tries && !tells_all(plan) {
        return None;
    }
    let (enter, body) = (enter(plan, Begin::Now), labelled(plan, &block));
    let ending = ending::ending(plan, false);
    Some(emit! {
        let mut __aimlm_call = #enter;
        #body
        #ending
    })
}

/// Whether a `?` that leaves the function tells how its call ends, before the value that it returns is there.
fn tells_all(plan: &Plan<'_>) -> bool {
    let arguments = plan.arguments;
    let by_type = matches!(arguments.judge, Judge::ByType) && arguments.error_kind.is_none();
    let output = &plan.function.signature.output;
    by_type
        && (returns::is_named(output, "Result")
            || returns::is_named(output, "Option") && arguments.after.is_empty())
}

/// The body where a `return` breaks out of it, and what it gives.
fn labelled(plan: &Plan<'_>, block: &Block) -> TokenStream {
    let output = plan.output();
    emit! {
        #[allow(break_with_label_and_loop, unused_braces, clippy::diverging_sub_expression)]
        let __aimlm_result: #output = '__aimlm_body: { #block };
        // Where the body never ends, the compiler says so here, once, and of the macro's own.
        #[allow(unreachable_code)]
        {}
    }
}

struct Exits {
    /// What `__aimlm_call` is.
    holder: syn::Ident,
    is_async: bool,
    /// Whether there is a `?`.
    tries: bool,
    /// Whether a macro may hide what is sought.
    hidden: bool,
}

impl Exits {
    fn of(plan: &Plan<'_>) -> Self {
        Self {
            holder: ending::holder(plan),
            is_async: plan.shape != BodyShape::TrackCaller,
            tries: false,
            hidden: false,
        }
    }

    /// The value that a `?` looks at, and the end of the call if it leaves the function.
    fn tried(&mut self, exit: &mut ExprTry) {
        self.tries = true;
        let (tried, holder) = (&exit.expr, &self.holder);
        let observed = emit! {
            match #tried {
                __aimlm_tried => {
                    __aimlm::#holder::leaving(
                        &mut __aimlm_call,
                        __aimlm::returned(&__aimlm_tried).__aimlm_leaves(),
                    );
                    __aimlm_tried
                }
            }
        };
        *exit.expr = Expr::Verbatim(observed);
    }
}

/// What is waited for, under the call. It is there before the call is borrowed: what makes it may wait as well.
fn carried(wait: &mut ExprAwait) {
    let awaited = &wait.base;
    let carried = quote_spanned! { located(awaited) =>
        __aimlm::carry(#awaited, __aimlm::Call::cancellable(&mut __aimlm_call))
    };
    *wait.base = Expr::Verbatim(carried);
}

impl VisitMut for Exits {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_expr_mut(self, expression);
        match expression {
            Expr::Return(exit) => {
                let value = exit
                    .expr
                    .as_ref()
                    .map_or_else(|| emit! { () }, ToTokens::to_token_stream);
                let attributes = &exit.attrs;
                *expression = Expr::Verbatim(emit! { #(#attributes)* break '__aimlm_body #value });
            }
            Expr::Try(exit) => self.tried(exit),
            Expr::Await(wait) if self.is_async => carried(wait),
            // Newer than the parser.
            Expr::Verbatim(tokens) => self.hidden |= forms::may_leave(tokens.clone()),
            _ => {}
        }
    }

    fn visit_macro_mut(&mut self, called: &mut Macro) {
        self.hidden |= forms::may_leave(called.to_token_stream());
    }

    // What returns from these does not return from the function.
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
