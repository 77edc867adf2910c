//! What happens with the result: it is judged, its numbers are read, the call ends.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, Pat, PatIdent, ReturnType};

use crate::arguments::Judge;
use crate::beginning::{bits, fields};
use crate::emit::{emit, located, shown_at};
use crate::forms;
use crate::plan::{BodyShape, Plan};
use crate::returns::{Holder, ResultForm, What};

/// Consumes `__aimlm_call` and gives `__aimlm_result`, in the form that the function returns.
///
/// `waiting`: the call has not started yet; what is handed out starts it.
pub(crate) fn ending(plan: &Plan<'_>, waiting: bool) -> TokenStream {
    if plan.place.is_value() {
        return value(plan);
    }
    let value = at_place(plan, &plan.place, waiting);
    emit! { #value }
}

/// The statements that end the call of a function that returned `__aimlm_result`, and that result.
fn value(plan: &Plan<'_>) -> TokenStream {
    let finish = finish(plan, &holder(plan), &emit! { &__aimlm_result });
    emit! {
        #finish
        __aimlm_result
    }
}

/// The type of `__aimlm_call` while the function runs.
pub(crate) fn holder(plan: &Plan<'_>) -> Ident {
    let is_guard = plan.shape == BodyShape::TrackCaller;
    Ident::new(if is_guard { "CallGuard" } else { "Call" }, Span::mixed_site())
}

/// What looks at `__aimlm_result`.
pub(crate) fn look(plan: &Plan<'_>) -> TokenStream {
    finish(
        plan,
        &Ident::new("Call", Span::mixed_site()),
        &emit! { &__aimlm_result },
    )
}

/// A statement that finishes `__aimlm_call`, whose result is behind the reference.
///
/// By the path of its type: a method that takes a reference gives way to one of the user's traits.
fn finish(plan: &Plan<'_>, holder: &Ident, result: &TokenStream) -> TokenStream {
    let finish = if plan.arguments.after.is_empty() && plan.arguments.error_kind.is_none() {
        let outcome = outcome(plan, result);
        emit! { __aimlm::#holder::finish(&mut __aimlm_call, #outcome, ()); }
    } else {
        let (ends, fields) = (ends(plan, result), all_fields(plan));
        emit! {
            #ends
            __aimlm::#holder::finish(&mut __aimlm_call, __aimlm_outcome, __aimlm::Numbers([#fields], __aimlm_bits));
        }
    };
    let quiet = quiet(plan);
    emit! {
        #quiet
        { #finish }
    }
}

/// A closure that is not written out shows what it looks at; a path to a method, as the lints want it, would not.
fn quiet(plan: &Plan<'_>) -> Option<TokenStream> {
    let after = plan.arguments.after.iter().map(|number| &number.value);
    let mut closures = after.chain(&plan.arguments.error_kind);
    let judges = !matches!(plan.arguments.judge, Judge::ByType);
    (judges || closures.any(|closure| simple(closure).is_none())).then(|| {
        emit! { #[allow(clippy::redundant_closure, clippy::redundant_closure_for_method_calls)] }
    })
}

/// The outcome that a closure or the result's type decides.
fn outcome(plan: &Plan<'_>, result: &TokenStream) -> TokenStream {
    let Some((decide, yes, no)) = decide(plan, result) else {
        return emit! { __aimlm::returned(#result).__aimlm_outcome() };
    };
    emit! {
        if #decide { __aimlm::Outcome::#yes } else { __aimlm::Outcome::#no }
    }
}

/// The question that `ok_if` or `error_if` asks, and the outcomes that follow from its answers.
fn decide(plan: &Plan<'_>, result: &TokenStream) -> Option<(TokenStream, Ident, Ident)> {
    let (closure, yes, no) = match &plan.arguments.judge {
        Judge::ByType => return None,
        Judge::OkIf(closure) => (closure, "Ok", "Error"),
        Judge::ErrorIf(closure) => (closure, "Error", "Ok"),
    };
    let span = located(closure);
    let result = shown_at(result.clone(), span);
    let decide = quote::quote_spanned! { span => __aimlm::decide(#result, #closure) };
    let outcome = |name| Ident::new(name, Span::mixed_site());
    Some((decide, outcome(yes), outcome(no)))
}

/// Statements that find `__aimlm_outcome`, and the `__aimlm_bits` of the numbers that only the result can give: one
/// look tells both where the type decides.
fn ends(plan: &Plan<'_>, result: &TokenStream) -> TokenStream {
    let kind = plan.arguments.error_kind.as_ref();
    let total = plan.arguments.after.len() + usize::from(kind.is_some());
    let absent = emit! { [__aimlm::ABSENT; #total] };
    let numbers = plan.arguments.after.iter().map(|number| {
        let observed = observed(&emit! { __aimlm_success }, &number.value);
        bits(number, &observed)
    });
    let no_kind = kind.map(|_| emit! { __aimlm::ABSENT });
    let succeeded = emit! { __aimlm_bits = [#(#numbers,)* #no_kind]; };
    // With a kind every way sets the bits, without one only a success does.
    let (bits, none, failed) = match kind {
        None => (emit! { let mut __aimlm_bits = #absent; }, None, None),
        Some(closure) => {
            let kind = error_kind(closure, result);
            let numbers = plan.arguments.after.iter().map(|_| emit! { __aimlm::ABSENT, });
            (
                emit! { let __aimlm_bits; },
                Some(emit! { __aimlm_bits = #absent; }),
                Some(emit! { __aimlm_bits = [#(#numbers)* #kind]; }),
            )
        }
    };
    let error = emit! {{ #failed __aimlm::Outcome::Error }};
    let by_success = |without: &TokenStream| {
        emit! {
            match __aimlm::returned(#result).__aimlm_success() {
                __aimlm::Some(__aimlm_success) => { #succeeded __aimlm::Outcome::Ok }
                __aimlm::None => #without,
            }
        }
    };
    let outcome = match decide(plan, result) {
        None => by_success(&error),
        Some((decide, yes, _)) => {
            let ok = by_success(&emit! {{ #none __aimlm::Outcome::Ok }});
            let (yes, no) = if yes == "Ok" { (ok, error) } else { (error, ok) };
            emit! { if #decide { #yes } else { #no } }
        }
    };
    emit! {
        #bits
        let __aimlm_outcome = #outcome;
    }
}

/// What a closure of the user's says of a value. A simple one is written out: it need not be compiled as a type and
/// a function of its own.
fn observed(value: &TokenStream, closure: &Expr) -> TokenStream {
    let span = located(closure);
    let value = shown_at(value.clone(), span);
    match simple(closure) {
        Some((name, body)) => quote::quote_spanned! { span => { let #name = #value; #body } },
        None => quote::quote_spanned! { span => __aimlm::observe(#value, #closure) },
    }
}

/// The parameter and the body of a closure that says nothing of its types, and whose body is left at its end alone.
fn simple(closure: &Expr) -> Option<(&PatIdent, &Expr)> {
    let Expr::Closure(closure) = closure else {
        return None;
    };
    let plain = closure.attrs.is_empty()
        && closure.lifetimes.is_none()
        && closure.capture.is_none()
        && matches!(closure.output, ReturnType::Default);
    match closure.inputs.first() {
        Some(Pat::Ident(name))
            if plain
                && !name.ident.to_string().starts_with('_')
                && name.by_ref.is_none()
                && name.subpat.is_none() =>
        {
            let body = forms::peeled(&closure.body);
            (!forms::may_leave(body.to_token_stream())).then_some((name, body))
        }
        _ => None,
    }
}

/// The bits of the error's kind.
fn error_kind(closure: &Expr, result: &TokenStream) -> TokenStream {
    let span = located(closure);
    let value = shown_at(result.clone(), span);
    let failure = quote::quote_spanned! { span => __aimlm::failure(#value) };
    let kind = observed(&emit! { __aimlm_failure }, closure);
    let kind = quote::quote_spanned! { span => __aimlm::text(&#kind) };
    emit! {
        match #failure {
            __aimlm::Some(__aimlm_failure) => __aimlm::error_kind(__aimlm::TextRef::as_str(&#kind)),
            __aimlm::None => __aimlm::ABSENT,
        }
    }
}

/// The fields of [`ends`].
fn all_fields(plan: &Plan<'_>) -> TokenStream {
    let numbers = fields(&plan.arguments.after);
    let comma = (!plan.arguments.after.is_empty()).then(|| emit! { , });
    let kind = plan
        .arguments
        .error_kind
        .as_ref()
        .map(|_| emit! { #comma __aimlm::Payload::ERROR_KIND });
    emit! { #numbers #kind }
}

/// The expression for `__aimlm_result` with the call inside what is handed out.
fn at_place(plan: &Plan<'_>, place: &ResultForm, waiting: bool) -> TokenStream {
    let end = |outcome: TokenStream, more: TokenStream| {
        if waiting {
            return emit! { __aimlm::Call::finish(&mut __aimlm_call.begin(), __aimlm::Outcome::#outcome, #more) };
        }
        let holder = holder(plan);
        emit! { __aimlm::#holder::finish(&mut __aimlm_call, __aimlm::Outcome::#outcome, #more) }
    };
    match place {
        ResultForm::Value => emit! { __aimlm_result },
        ResultForm::Deferred { what, holder, yields } => {
            let yields = yields
                .as_ref()
                .map_or_else(|| emit! { _ }, ToTokens::to_token_stream);
            let watched = watched(plan, *what, &yields);
            match holder {
                Holder::Bare => watched,
                Holder::PinnedBox => emit! { __aimlm::Box::pin(#watched) },
                Holder::Box => emit! { __aimlm::Box::new(#watched) },
            }
        }
        ResultForm::Tuple { of, at, inner } => in_tuple(*of, *at, &at_place(plan, inner, waiting)),
        ResultForm::Ok(inner) => {
            let inner = at_place(plan, inner, waiting);
            let more = failed(plan);
            let end = end(emit! { Error }, emit! { __aimlm_more });
            emit! {
                match __aimlm_result {
                    __aimlm::Ok(__aimlm_result) => __aimlm::Ok(#inner),
                    __aimlm::Err(__aimlm_error) => {
                        #more
                        #end;
                        __aimlm::Err(__aimlm_error)
                    }
                }
            }
        }
        ResultForm::Some(inner) => {
            let inner = at_place(plan, inner, waiting);
            let end = end(emit! { Ok }, emit! { () });
            emit! {
                match __aimlm_result {
                    __aimlm::Some(__aimlm_result) => __aimlm::Some(#inner),
                    __aimlm::None => {
                        #end;
                        __aimlm::None
                    }
                }
            }
        }
    }
}

/// The tuple of so many with `inner` in the place of what is at `at`.
fn in_tuple(of: usize, at: usize, inner: &TokenStream) -> TokenStream {
    let names: Vec<_> = (0..of)
        .map(|n| Ident::new(&format!("__aimlm_{n}"), Span::mixed_site()))
        .collect();
    let at = &names[at];
    emit! {{
        let (#(#names,)*) = __aimlm_result;
        let __aimlm_result = #at;
        let #at = #inner;
        (#(#names,)*)
    }}
}

/// `__aimlm_more` of a call that failed before it handed anything out.
fn failed(plan: &Plan<'_>) -> TokenStream {
    match &plan.arguments.error_kind {
        None => emit! { let __aimlm_more = (); },
        Some(closure) => emit! {
            #[allow(clippy::redundant_closure, clippy::redundant_closure_for_method_calls)]
            let __aimlm_more = __aimlm::Numbers(
                [__aimlm::Payload::ERROR_KIND],
                [__aimlm::error_kind(__aimlm::TextRef::as_str(&__aimlm::text(&__aimlm::observe(&__aimlm_error, #closure))))],
            );
        },
    }
}

fn watched(plan: &Plan<'_>, what: What, yields: &TokenStream) -> TokenStream {
    let item = emit! {
        |__aimlm_item| __aimlm::returned(__aimlm_item).__aimlm_outcome()
    };
    match what {
        What::Future => {
            // A call whatever held it while the function ran.
            let call = Ident::new("Call", Span::mixed_site());
            let finish = finish(plan, &call, &emit! { __aimlm_result });
            emit! {
                __aimlm::watch_future(
                    __aimlm_call,
                    __aimlm::future_of::<#yields, _>(__aimlm_result),
                    |__aimlm_result, mut __aimlm_call| { #finish },
                )
            }
        }
        What::Stream => emit! {
            __aimlm::watch_stream(__aimlm_call, __aimlm::stream_of::<#yields, _>(__aimlm_result), #item)
        },
        What::Iterator => emit! {
            __aimlm::watch_iterator(__aimlm_call, __aimlm::iterator_of::<#yields, _>(__aimlm_result), #item)
        },
    }
}
