//! `#[track_caller]`: the body stays in the function itself, and each visible way out of it is observed.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::{VisitMut, visit_expr_mut};
use syn::{Expr, ExprAsync, ExprClosure, ExprConst, Item};

use crate::ending;
use crate::expand::{Begin, emit, enter, output};
use crate::plan::Plan;

/// The statements of the function.
///
/// A way out that a macro hides is seen by the guard alone; it counts as an error unless the thread panics.
pub(crate) fn track_caller(plan: &Plan<'_>) -> TokenStream {
    let body = plan.function.body.to_token_stream();
    let Ok(mut block) = syn::parse2::<syn::Block>(body.clone()) else {
        return body;
    };
    Exits.visit_block_mut(&mut block);
    let output = output(plan);
    let (enter, ending) = (enter(plan, Begin::Now), ending::ending(plan, false));
    emit! {
        let mut __aimlm_guard = __aimlm::Guard::new(#enter, __aimlm::Outcome::Error);
        #[allow(unused_braces, clippy::diverging_sub_expression)]
        let __aimlm_result: #output = '__aimlm_body: { #block };
        #[allow(unreachable_code)]
        let mut __aimlm_call = __aimlm_guard;
        #ending
    }
}

struct Exits;

impl VisitMut for Exits {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_expr_mut(self, expression);
        match expression {
            Expr::Return(exit) => {
                let value = exit
                    .expr
                    .as_ref()
                    .map_or_else(|| emit! { () }, ToTokens::to_token_stream);
                *expression = Expr::Verbatim(emit! { break '__aimlm_body #value });
            }
            Expr::Try(exit) => {
                let tried = &exit.expr;
                let observed = emit! {
                    match #tried {
                        __aimlm_tried => {
                            __aimlm::Guard::leaving(
                                &mut __aimlm_guard,
                                __aimlm::returned(&__aimlm_tried).__aimlm_leaves(),
                            );
                            __aimlm_tried
                        }
                    }
                };
                *exit.expr = Expr::Verbatim(observed);
            }
            _ => {}
        }
    }

    // What returns from these does not return from the function.
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
