//! What happens with the result: it is judged, its numbers are read, the call ends.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, Pat, PatIdent, ReturnType};

use crate::expand::{bits, emit, fields, located, shown_at, support};
use crate::forms;
use crate::plan::{Plan, Shape};
use crate::returns::{Holder, Place, What};
use crate::validate::Judge;

/// Consumes `__aimlm_call` and gives `__aimlm_result`, in the form that the function returns.
///
/// `waiting`: the call has not started yet; what is handed out starts it.
pub(crate) fn ending(plan: &Plan<'_>, waiting: bool) -> TokenStream {
    if plan.place.is_whole() {
        return whole(plan);
    }
    let value = at_place(plan, &plan.place, waiting);
    emit! { #value }
}

/// The statements that end the call of a function that returned `__aimlm_result`, and that result.
fn whole(plan: &Plan<'_>) -> TokenStream {
    let finish = finish(plan, holder(plan), &emit! { &__aimlm_result });
    emit! {
        #finish
        __aimlm_result
    }
}

/// The type of `__aimlm_call` while the function runs.
fn holder(plan: &Plan<'_>) -> TokenStream {
    if plan.shape == Shape::TrackCaller {
        emit! { Guard }
    } else {
        emit! { Call }
    }
}

/// A statement that finishes `__aimlm_call`, whose result is behind the reference.
///
/// By the path of its type: a method that takes a reference gives way to one of the user's traits.
fn finish(plan: &Plan<'_>, holder: TokenStream, result: &TokenStream) -> TokenStream {
    let support = support(plan);
    let looks = !plan.arguments.after.is_empty() || plan.arguments.error_kind.is_some();
    let by_type = matches!(plan.arguments.judge, Judge::ByType);
    // A closure shows what it looks at; a path to a method would not.
    let quiet = (looks || !by_type).then(|| {
        emit! { #[allow(clippy::redundant_closure, clippy::redundant_closure_for_method_calls)] }
    });
    let finish = if looks {
        let (ends, fields) = (ends(plan, result), all_fields(plan));
        emit! {
            let (__aimlm_outcome, __aimlm_bits) = #ends;
            let __aimlm_more = #support::Numbers::new(&[#fields], __aimlm_bits);
            #support::#holder::finish(&mut __aimlm_call, __aimlm_outcome, __aimlm_more);
        }
    } else {
        let outcome = outcome(plan, result);
        emit! { #support::#holder::finish(&mut __aimlm_call, #outcome, ()); }
    };
    emit! {
        #quiet
        {
            use #support::ReturnedAny as _;
            #finish
        }
    }
}

/// The outcome that a closure or the result's type decides.
fn outcome(plan: &Plan<'_>, result: &TokenStream) -> TokenStream {
    let support = support(plan);
    let Some((decide, yes, no)) = decide(plan, result) else {
        return emit! { #support::Returned(#result).__aimlm_outcome() };
    };
    emit! {
        if #decide { #support::Outcome::#yes } else { #support::Outcome::#no }
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
    let (here, result) = (shown_at(support(plan), span), shown_at(result.clone(), span));
    let decide = quote::quote_spanned! { span => #here::decide(#result, #closure) };
    let outcome = |name| Ident::new(name, Span::mixed_site());
    Some((decide, outcome(yes), outcome(no)))
}

/// The outcome, and the bits of the numbers that only the result can give: one look tells both where the type
/// decides.
fn ends(plan: &Plan<'_>, result: &TokenStream) -> TokenStream {
    let support = support(plan);
    let kind = plan.arguments.error_kind.as_ref();
    let absent = plan.arguments.after.iter().map(|_| emit! { #support::ABSENT, });
    let no_kind = kind.map(|_| emit! { #support::ABSENT });
    let kind = kind.map(|closure| error_kind(plan, closure, result));
    let failed = emit! { [#(#absent)* #kind] };
    let numbers = plan.arguments.after.iter().map(|number| {
        let observed = observed(plan, &emit! { __aimlm_success }, &number.value);
        bits(plan, number, &observed)
    });
    let succeeded = emit! { [#(#numbers,)* #no_kind] };
    let success = emit! { #support::Returned(#result).__aimlm_success() };
    let Some((decide, ..)) = decide(plan, result) else {
        return emit! {
            match #success {
                #support::Some(__aimlm_success) => (#support::Outcome::Ok, #succeeded),
                #support::None => (#support::Outcome::Error, #failed),
            }
        };
    };
    let total = plan.arguments.after.len() + usize::from(no_kind.is_some());
    let ok = emit! {
        match #success {
            #support::Some(__aimlm_success) => (#support::Outcome::Ok, #succeeded),
            #support::None => (#support::Outcome::Ok, [#support::ABSENT; #total]),
        }
    };
    let error = emit! { (#support::Outcome::Error, #failed) };
    let is_ok_if = matches!(plan.arguments.judge, Judge::OkIf(_));
    let (yes, no) = if is_ok_if { (ok, error) } else { (error, ok) };
    emit! { if #decide { #yes } else { #no } }
}

/// What a closure of the user's says of a value. A simple one is written out: it need not be compiled as a type and
/// a function of its own.
fn observed(plan: &Plan<'_>, value: &TokenStream, closure: &Expr) -> TokenStream {
    let span = located(closure);
    let (support, value) = (shown_at(support(plan), span), shown_at(value.clone(), span));
    match simple(closure) {
        Some((name, body)) => quote::quote_spanned! { span => { let #name = #value; #body } },
        None => quote::quote_spanned! { span => #support::observe(#value, #closure) },
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
fn error_kind(plan: &Plan<'_>, closure: &Expr, result: &TokenStream) -> TokenStream {
    let (here, span) = (support(plan), located(closure));
    let support = shown_at(here.clone(), span);
    let value = shown_at(result.clone(), span);
    let failure = quote::quote_spanned! { span => #support::failure(#value) };
    let kind = observed(plan, &emit! { __aimlm_failure }, closure);
    let kind = quote::quote_spanned! { span => #support::text(&#kind) };
    emit! {
        match #failure {
            #here::Some(__aimlm_failure) => #here::error_kind(#here::TextRef::as_str(&#kind)),
            #here::None => #here::ABSENT,
        }
    }
}

/// The fields of [`ends`].
fn all_fields(plan: &Plan<'_>) -> TokenStream {
    let support = support(plan);
    let numbers = fields(plan, &plan.arguments.after);
    let comma = (!plan.arguments.after.is_empty()).then(|| emit! { , });
    let kind = plan
        .arguments
        .error_kind
        .as_ref()
        .map(|_| emit! { #comma #support::Field::ErrorKind });
    emit! { #numbers #kind }
}

/// The expression for `__aimlm_result` with the call inside what is handed out.
fn at_place(plan: &Plan<'_>, place: &Place, waiting: bool) -> TokenStream {
    let support = support(plan);
    let end = |outcome: TokenStream, more: TokenStream| {
        if waiting {
            return emit! { #support::Call::finish(&mut __aimlm_call.begin(), #support::Outcome::#outcome, #more) };
        }
        let holder = holder(plan);
        emit! { #support::#holder::finish(&mut __aimlm_call, #support::Outcome::#outcome, #more) }
    };
    match place {
        Place::Whole => emit! { __aimlm_result },
        Place::Handed { what, holder, yields } => {
            let yields = yields
                .as_ref()
                .map_or_else(|| emit! { _ }, ToTokens::to_token_stream);
            let watched = watched(plan, *what, &yields);
            match holder {
                Holder::Bare => watched,
                Holder::PinnedBox => emit! { #support::Box::pin(#watched) },
                Holder::Box => emit! { #support::Box::new(#watched) },
            }
        }
        Place::Tuple { of, at, inner } => {
            let names: Vec<_> = (0..*of)
                .map(|n| Ident::new(&format!("__aimlm_{n}"), Span::mixed_site()))
                .collect();
            let (inner, at) = (at_place(plan, inner, waiting), &names[*at]);
            emit! {{
                let (#(#names,)*) = __aimlm_result;
                let __aimlm_result = #at;
                let #at = #inner;
                (#(#names,)*)
            }}
        }
        Place::Ok(inner) => {
            let inner = at_place(plan, inner, waiting);
            let more = failed(plan);
            let end = end(emit! { Error }, emit! { __aimlm_more });
            emit! {
                match __aimlm_result {
                    #support::Ok(__aimlm_result) => #support::Ok(#inner),
                    #support::Err(__aimlm_error) => {
                        #more
                        #end;
                        #support::Err(__aimlm_error)
                    }
                }
            }
        }
        Place::Some(inner) => {
            let inner = at_place(plan, inner, waiting);
            let end = end(emit! { Ok }, emit! { () });
            emit! {
                match __aimlm_result {
                    #support::Some(__aimlm_result) => #support::Some(#inner),
                    #support::None => {
                        #end;
                        #support::None
                    }
                }
            }
        }
    }
}

/// `__aimlm_more` of a call that failed before it handed anything out.
fn failed(plan: &Plan<'_>) -> TokenStream {
    let support = support(plan);
    match &plan.arguments.error_kind {
        None => emit! { let __aimlm_more = (); },
        Some(closure) => emit! {
            let __aimlm_more = #support::Numbers::new(
                &[#support::Field::ErrorKind],
                [#support::error_kind(#support::TextRef::as_str(&#support::text(&#support::observe(&__aimlm_error, #closure))))],
            );
        },
    }
}

fn watched(plan: &Plan<'_>, what: What, yields: &TokenStream) -> TokenStream {
    let support = support(plan);
    let item = emit! {
        |__aimlm_item| {
            use #support::ReturnedAny as _;
            #support::Returned(__aimlm_item).__aimlm_outcome()
        }
    };
    match what {
        What::Future => {
            let finish = finish(plan, emit! { Call }, &emit! { __aimlm_result });
            emit! {
                #support::watch_future(
                    __aimlm_call,
                    #support::future_of::<#yields, _>(__aimlm_result),
                    |__aimlm_result, mut __aimlm_call| { #finish },
                )
            }
        }
        What::Stream => emit! {
            #support::watch_stream(__aimlm_call, #support::stream_of::<#yields, _>(__aimlm_result), #item)
        },
        What::Iterator => emit! {
            #support::watch_iterator(__aimlm_call, #support::iterator_of::<#yields, _>(__aimlm_result), #item)
        },
    }
}
