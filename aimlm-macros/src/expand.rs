//! Puts the function together again, its body inside a call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{FnArg, Pat, PatIdent, ReceiverKind, Signature};

use crate::beginning::{Begin, enter};
use crate::emit::{emit, located};
use crate::function::{Function, bindings};
use crate::plan::{BodyShape, Plan};
use crate::{ending, in_place, plain_body};

/// The function under the attribute.
pub(crate) fn expand(plan: &Plan<'_>) -> TokenStream {
    let function = plan.function;
    let mut signature = function.signature.clone();
    name_unnamed(&mut signature);
    let statements = match plan.shape {
        BodyShape::Closure => closure(plan, &signature),
        BodyShape::Future => in_place::waiting(plan).unwrap_or_else(|| future(plan, &signature)),
        BodyShape::Guarded => guarded(plan),
        BodyShape::TrackCaller => in_place::track_caller(plan),
        BodyShape::Never => never(plan),
        BodyShape::NeverFuture => never_future(plan, &signature),
    };
    assemble(plan, &signature, &statements)
}

/// The braces are those that the user wrote: their edition says when temporaries are dropped.
///
/// `__aimlm` leads to what the code calls: a path written out at each use takes the compiler longer.
pub(crate) fn assemble(plan: &Plan<'_>, signature: &Signature, statements: &TokenStream) -> TokenStream {
    let Function {
        attributes,
        visibility,
        default,
        inner_attributes,
        ..
    } = plan.function;
    let support = match &plan.arguments.root {
        Some(root) => emit! { use #root::__private as __aimlm; },
        None => emit! { use ::aimlm::__private as __aimlm; },
    };
    let body = plan
        .function
        .braced(quote! { #(#inner_attributes)* #support #statements });
    // A body that begins with items begins with statements now.
    let quiet = plan
        .function
        .has_items()
        .then(|| emit! { #[allow(clippy::items_after_statements)] });
    quote! { #(#attributes)* #quiet #visibility #default #signature #body }
}

/// A parameter `_` lives as long as its neighbours, so it must be captured, so it needs a name.
fn name_unnamed(signature: &mut Signature) {
    for (index, input) in signature.inputs.iter_mut().enumerate() {
        let FnArg::Typed(parameter) = input else { continue };
        if !matches!(*parameter.pat, Pat::Wild(_)) {
            continue;
        }
        let ident = Ident::new(&format!("_unnamed{index}"), Span::mixed_site());
        let (attrs, by_ref, mutability, subpat) = (Vec::new(), None, None, None);
        *parameter.pat = Pat::Ident(PatIdent {
            attrs,
            by_ref,
            mutability,
            ident,
            subpat,
        });
    }
}

/// Captures the parameters whole and so that they are dropped in their order, after the body's own variables; a
/// reference is captured whole as it is, and is not dropped.
///
/// A parameter that nothing mentions is bound anew, so that the compiler still calls it unused.
fn captures(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    let mut captures = TokenStream::new();
    let bindings = bindings(signature);
    for binding in bindings.iter().rev() {
        let (name, conditions) = (binding.name, &binding.conditions);
        if plan.mentions.contains(name) {
            if !binding.is_reference {
                captures.extend(emit! { #(#conditions)* let _ = &#name; });
            }
        } else if !name.to_string().starts_with('_') {
            let attributes = binding.attributes;
            captures.extend(emit! { #(#attributes)* let #name = &#name; });
        } else {
            let quiet = emit! { #[allow(clippy::used_underscore_binding)] };
            captures.extend(emit! { #(#conditions)* #quiet let _ = &#name; });
        }
    }
    let owned = signature
        .receiver()
        .filter(|receiver| !matches!(receiver.kind, ReceiverKind::Reference(..)));
    let this = owned.map(|receiver| &receiver.self_token);
    if let Some(this) = this.filter(|this| plan.mentions.contains(&Ident::from(**this))) {
        captures.extend(emit! { let _ = &#this; });
    }
    captures
}

fn closure(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    if plan.place.is_value()
        && !plan.function.is_async()
        && let Some(body) = plain_body::body(plan)
    {
        let (enter, ending) = (enter(plan, Begin::Now), ending::ending(plan, false));
        return emit! {
            let mut __aimlm_call = #enter;
            #body
            #ending
        };
    }
    let output = plan.output();
    let body = captured(plan, signature, &TokenStream::new());
    let run = quote::quote_spanned! { located(&signature.ident) => move || -> #output #body };
    let handed_out = !plan.place.is_value();
    let ending = ending::ending(plan, handed_out);
    if handed_out {
        let prepare = enter(plan, Begin::Later);
        return emit! {
            let __aimlm_call = #prepare;
            let (__aimlm_call, __aimlm_result) = __aimlm::hand_out(__aimlm_call, #run);
            #ending
        };
    }
    let enter = enter(plan, Begin::Now);
    emit! {
        let mut __aimlm_call = #enter;
        let __aimlm_result = __aimlm::invoke(#run);
        #ending
    }
}

fn future(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    let output = plan.output();
    let (enter, ending) = (enter(plan, Begin::Now), ending::ending(plan, false));
    let block = typed_block(plan, signature);
    emit! {
        let mut __aimlm_call = #enter;
        let __aimlm_typed = __aimlm::typed::<#output>;
        let __aimlm_result = __aimlm::carry(#block, __aimlm::Call::cancellable(&mut __aimlm_call)).await;
        #ending
    }
}

fn never_future(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    let enter = enter(plan, Begin::Now);
    let block = typed_block(plan, signature);
    emit! {
        let mut __aimlm_call = #enter;
        let __aimlm_typed = __aimlm::typed::<__aimlm::Infallible>;
        match __aimlm::carry(#block, __aimlm::Call::cancellable(&mut __aimlm_call)).await {}
    }
}

/// The body as an inner future. The return that never runs gives it its type before the body is looked at;
/// the type itself is written outside, where nothing of the body hides its names.
fn typed_block(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    let typed = emit! {
        if false {
            return __aimlm_typed();
        }
    };
    let body = captured(plan, signature, &typed);
    quote::quote_spanned! { located(&signature.ident) => async move #body }
}

/// The body in the user's own braces, after some statements and what captures the parameters.
fn captured(plan: &Plan<'_>, signature: &Signature, first: &TokenStream) -> TokenStream {
    let (captures, statements) = (captures(plan, signature), plan.function.statements());
    plan.function.braced(quote! { #first #captures #statements })
}

fn never(plan: &Plan<'_>) -> TokenStream {
    let (enter, body) = (enter(plan, Begin::Now), plan.function.statements());
    emit! {
        let __aimlm_call = #enter;
        #body
    }
}

fn guarded(plan: &Plan<'_>) -> TokenStream {
    let (enter, body) = (enter(plan, Begin::Now), plan.function.statements());
    emit! {
        let __aimlm_call = __aimlm::CallGuard::new(#enter, __aimlm::Outcome::Ok);
        #body
    }
}
