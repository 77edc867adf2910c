//! Without the feature `enabled`: the function as it was written. What its attribute mentions stands before the body in a
//! branch that is never taken and that no code is left of; the compiler would call it unused.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Type;

use crate::arguments::{Judge, TextArgument};
use crate::beginning::{Begin, enter};
use crate::emit::emit;
use crate::expand::assemble;
use crate::plan::Plan;
use crate::{ending, forms};

/// The function, if its attribute mentions anything.
pub(crate) fn expand(plan: &Plan<'_>) -> Option<TokenStream> {
    let looked_at = looked_at(plan);
    if looked_at.is_none() && !enters_with_more_than_literals(plan) {
        return None;
    }
    let enter = enter(plan, Begin::Now);
    let looks = looked_at.map(|result| {
        let look = ending::look(plan);
        emit! {
            let __aimlm_result = __aimlm::typed::<#result>();
            #look
        }
    });
    let unused = emit! {
        #[allow(unreachable_code, unused_mut, unused_variables)]
        if false {
            let mut __aimlm_call = #enter;
            #looks
        }
    };
    let statements = plan.function.statements();
    Some(assemble(
        plan,
        &plan.function.signature,
        &quote! { #unused #statements },
    ))
}

/// The type of what closures look at, if any do, and if the body can write it.
fn looked_at(plan: &Plan<'_>) -> Option<Type> {
    let arguments = plan.arguments;
    let looks = !arguments.after.is_empty()
        || arguments.error_kind.is_some()
        || !matches!(arguments.judge, Judge::ByType);
    let looked_at = match plan.place.yields() {
        None => Some(plan.output()),
        Some(yields) => yields.cloned(),
    };
    let has_blanks = |ty: &Type| {
        forms::may_say(
            ty.to_token_stream(),
            |token| matches!(token, TokenTree::Ident(word) if word == "_"),
        )
    };
    looked_at.filter(|ty| looks && !has_blanks(ty))
}

fn enters_with_more_than_literals(plan: &Plan<'_>) -> bool {
    let arguments = plan.arguments;
    let texts = arguments.labels.iter().map(|(_, text)| text);
    let mut texts = texts.chain(&arguments.subject);
    arguments.metrics.is_some()
        || texts.any(|text| matches!(text, TextArgument::Expression(_)))
        || arguments
            .before
            .iter()
            .any(|number| forms::literal(&number.value).is_none())
}
