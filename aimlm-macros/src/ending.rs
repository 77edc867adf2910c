//! What happens with the result: it is judged, its numbers are read, the call ends.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

use crate::expand::{bits, emit, fields, located, shown_at, support};
use crate::plan::Plan;
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
    let finish = finish(plan, &emit! { &__aimlm_result });
    emit! {
        #finish
        __aimlm_result
    }
}

/// A statement that finishes `__aimlm_call`, whose result is behind the reference.
pub(crate) fn finish(plan: &Plan<'_>, result: &TokenStream) -> TokenStream {
    let (support, judge) = (support(plan), judge(plan, result));
    let looks = !plan.arguments.after.is_empty()
        || plan.arguments.error_kind.is_some()
        || !matches!(plan.arguments.judge, Judge::ByType);
    // A closure shows what it looks at; a path to a method would not.
    let quiet = looks.then(|| {
        emit! { #[allow(clippy::redundant_closure, clippy::redundant_closure_for_method_calls)] }
    });
    let more = more(plan, result);
    emit! {
        #quiet
        {
            use #support::ReturnedAny as _;
            let __aimlm_outcome = #judge;
            let __aimlm_more = #more;
            __aimlm_call.finish(__aimlm_outcome, __aimlm_more);
        }
    }
}

fn judge(plan: &Plan<'_>, result: &TokenStream) -> TokenStream {
    let support = support(plan);
    let decide = |closure: &syn::Expr, yes: &str, no: &str| {
        let span = located(closure);
        let (support_here, result) = (shown_at(support.clone(), span), shown_at(result.clone(), span));
        let decide = quote::quote_spanned! { span => #support_here::decide(#result, #closure) };
        let (yes, no) = (
            Ident::new(yes, Span::mixed_site()),
            Ident::new(no, Span::mixed_site()),
        );
        emit! {
            if #decide { #support::Outcome::#yes } else { #support::Outcome::#no }
        }
    };
    match &plan.arguments.judge {
        Judge::ByType => emit! { #support::Returned(#result).outcome() },
        Judge::OkIf(closure) => decide(closure, "Ok", "Error"),
        Judge::ErrorIf(closure) => decide(closure, "Error", "Ok"),
    }
}

/// The numbers that only the result can give.
fn more(plan: &Plan<'_>, result: &TokenStream) -> TokenStream {
    let (support, numbers) = (support(plan), &plan.arguments.after);
    if numbers.is_empty() && plan.arguments.error_kind.is_none() {
        return emit! { () };
    }
    let n = numbers.len();
    let total = n + usize::from(plan.arguments.error_kind.is_some());
    let mut fields = fields(plan, numbers);
    let success = numbers.iter().enumerate().map(|(index, number)| {
        let closure = number.value.to_token_stream();
        let span = located(&number.value);
        let (support, success) = (
            shown_at(support.clone(), span),
            shown_at(emit! { __aimlm_success }, span),
        );
        let observe = quote::quote_spanned! { span => #support::observe(#success, #closure) };
        let bits = bits(plan, number, &observe);
        emit! { __aimlm_bits[#index] = #bits; }
    });
    let success = (n > 0).then(|| {
        emit! {
            if let #support::Some(__aimlm_success) = #support::Returned(#result).success() {
                #(#success)*
            }
        }
    });
    let kind = plan.arguments.error_kind.as_ref().map(|closure| {
        fields.extend((n > 0).then(|| emit! { , }));
        fields.extend(emit! { #support::Field::ErrorKind });
        let span = located(closure);
        let (here, value) = (shown_at(support.clone(), span), shown_at(result.clone(), span));
        let error = shown_at(emit! { __aimlm_failure }, span);
        let failure = quote::quote_spanned! { span => #here::failure(#value) };
        let kind = quote::quote_spanned! { span => #here::text(&#here::observe(#error, #closure)) };
        emit! {
            if let #support::Some(__aimlm_failure) = #failure {
                __aimlm_bits[#n] = #support::error_kind(#kind.as_str());
            }
        }
    });
    emit! {{
        let mut __aimlm_bits = [#support::ABSENT; #total];
        if let #support::Outcome::Ok = __aimlm_outcome { #success } else { #kind }
        #support::Numbers::new(&[#fields], __aimlm_bits)
    }}
}

/// The expression for `__aimlm_result` with the call inside what is handed out.
fn at_place(plan: &Plan<'_>, place: &Place, waiting: bool) -> TokenStream {
    let support = support(plan);
    let begun = if waiting {
        emit! { __aimlm_call.begin() }
    } else {
        emit! { __aimlm_call }
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
            emit! {
                match __aimlm_result {
                    #support::Ok(__aimlm_result) => #support::Ok(#inner),
                    #support::Err(__aimlm_error) => {
                        #more
                        #begun.finish(#support::Outcome::Error, __aimlm_more);
                        #support::Err(__aimlm_error)
                    }
                }
            }
        }
        Place::Some(inner) => {
            let inner = at_place(plan, inner, waiting);
            emit! {
                match __aimlm_result {
                    #support::Some(__aimlm_result) => #support::Some(#inner),
                    #support::None => {
                        #begun.finish(#support::Outcome::Ok, ());
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
                [#support::error_kind(#support::text(&#support::observe(&__aimlm_error, #closure)).as_str())],
            );
        },
    }
}

fn watched(plan: &Plan<'_>, what: What, yields: &TokenStream) -> TokenStream {
    let support = support(plan);
    let item = emit! {
        |__aimlm_item| {
            use #support::ReturnedAny as _;
            #support::Returned(__aimlm_item).outcome()
        }
    };
    match what {
        What::Future => {
            let finish = finish(plan, &emit! { __aimlm_result });
            emit! {
                #support::watch_future(
                    __aimlm_call,
                    #support::future_of::<#yields, _>(__aimlm_result),
                    |__aimlm_result, __aimlm_call| { #finish },
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
