//! What begins a call: its site, its subject and labels, the numbers that are known before the body runs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use crate::arguments::{NumberArgument, NumberForm, TextArgument};
use crate::emit::{emit, located};
use crate::forms;
use crate::lending::is_lent;
use crate::plan::Plan;

/// The static of the function.
fn site(plan: &Plan<'_>) -> TokenStream {
    let stage = Ident::new(plan.kind.stage, Span::mixed_site());
    let name = plan.name();
    let made = if plan.fixed {
        let (subject, labels) = (subject(plan), labels(plan));
        emit! { fixed(__aimlm::Stage::#stage, __aimlm::module_path!(), #name, #subject, #labels) }
    } else {
        emit! { new(__aimlm::Stage::#stage, __aimlm::module_path!(), #name) }
    };
    let memory = plan.arguments.memory.then(|| emit! { .with_memory() });
    emit! {{
        static __AIMLM_SITE: __aimlm::Site = __aimlm::Site::#made #memory.with_reporter(&__aimlm::REPORTER);
        &__AIMLM_SITE
    }}
}

/// A label's text.
fn text(text: &TextArgument) -> TokenStream {
    match text {
        TextArgument::Literal(literal) => literal.to_token_stream(),
        TextArgument::Expression(value) => {
            let text = borrowed(value);
            emit! { __aimlm::TextRef::as_str(&#text) }
        }
    }
}

/// What borrows the text of a value.
fn borrowed(value: &syn::Expr) -> TokenStream {
    let kept = kept(value);
    quote::quote_spanned! { located(value) => __aimlm::text(&(#kept)) }
}

/// A value; one that may hide a way out of the function, as a macro can, stays a closure of its own.
fn kept(value: &syn::Expr) -> TokenStream {
    let tokens = forms::peeled(value).to_token_stream();
    if !forms::may_leave(tokens.clone()) {
        return tokens;
    }
    quote::quote_spanned! { located(value) => __aimlm::invoke(|| #tokens) }
}

/// What makes the call, started (`Call::begin`) or not yet (`Pending::new`).
///
/// Plain matches: a closure for each value, and a function that takes it, cost twice as long to compile. Where nothing
/// is recorded, no value is asked for that takes any time.
pub(crate) fn enter(plan: &Plan<'_>, begin: Begin) -> TokenStream {
    let (site, values) = (site(plan), before(plan));
    let kind = begin.kind();
    if plan.fixed && is_all_costless(plan) {
        return emit! { __aimlm::#kind::fixed(#site, #values) };
    }
    let nothing = emit! { () };
    if plan.fixed {
        return begun(plan, begin, &emit! { __aimlm::fixed(#site) }, &nothing);
    }
    if let Some(metrics) = &plan.arguments.metrics {
        return enter_in(plan, begin, metrics);
    }
    let (subject, labels) = (subject(plan), labels(plan));
    let begun = begun(plan, begin, &emit! { __aimlm_series }, &nothing);
    // In a statement of its own, so that what the subject is borrowed from is let go before a number is asked for.
    emit! {{
        let __aimlm_series = match __aimlm::resolver(#site) {
            __aimlm::Some(__aimlm_to) => __aimlm_to.series(#subject, #labels),
            __aimlm::None => __aimlm::None,
        };
        #begun
    }}
}

/// The same of an instance of one's own.
fn enter_in(plan: &Plan<'_>, begin: Begin, metrics: &syn::Expr) -> TokenStream {
    let (site, subject, labels) = (site(plan), subject(plan), labels(plan));
    let find = if plan.fixed_texts {
        emit! { fixed_series }
    } else {
        emit! { series }
    };
    let named = quote::quote_spanned! { located(metrics) => &(#metrics) };
    let (kind, series) = (begin.kind(), emit! { __aimlm_series });
    let is_now = begin == Begin::Now;
    // Once it runs a call needs no instance: its series is there for as long as it is in flight.
    if is_now && is_lent(metrics, plan.arguments, &plan.function.signature) {
        let begun = begun(plan, begin, &series, &emit! { () });
        return emit! {
            match __aimlm::lent(#named) {
                __aimlm::Some(__aimlm_to) => {
                    let __aimlm_series = __aimlm::resolver_in(__aimlm_to, #site).#find(#subject, #labels);
                    __aimlm::begun(__aimlm_to, #begun)
                }
                __aimlm::None => __aimlm::#kind::off(),
            }
        };
    }
    let keep = if is_now {
        emit! { () }
    } else {
        emit! { __aimlm_to }
    };
    let begun = begun(plan, begin, &series, &keep);
    // In statements of their own, so that what the instance or the subject is borrowed from is let go before the next is
    // asked for.
    emit! {{
        let __aimlm_kept = __aimlm::kept(#named);
        match __aimlm_kept {
            __aimlm::Some(__aimlm_to) => {
                let __aimlm_series = __aimlm::resolver_in(&__aimlm_to, #site).#find(#subject, #labels);
                #begun
            }
            __aimlm::None => __aimlm::#kind::off(),
        }
    }}
}

/// A call of a series that was found, or of none.
fn begun(plan: &Plan<'_>, begin: Begin, series: &TokenStream, keep: &TokenStream) -> TokenStream {
    let (kind, values) = (begin.kind(), before(plan));
    if is_all_costless(plan) {
        return emit! { __aimlm::#kind::of(#series, #values, #keep) };
    }
    let begin = match begin {
        Begin::Now => emit! { begin },
        Begin::Later => emit! { new },
    };
    emit! {
        match #series {
            __aimlm::Some(__aimlm_series) => __aimlm::#kind::#begin(__aimlm_series, #values, #keep),
            __aimlm::None => __aimlm::#kind::off(),
        }
    }
}

fn is_all_costless(plan: &Plan<'_>) -> bool {
    let mut numbers = plan.arguments.before.iter();
    numbers.all(|number| is_costless(plan, number))
}

/// The labels, as texts that are there or as literals.
fn labels(plan: &Plan<'_>) -> TokenStream {
    let labels = &plan.arguments.labels;
    if labels.is_empty() {
        return emit! { __aimlm::UNLABELLED };
    }
    let labels = labels.iter().map(|(word, value)| word.label(&text(value)));
    emit! { &[#(#labels),*] }
}

/// When a call begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    Now,
    /// When what the function hands out is first used.
    Later,
}

impl Begin {
    /// The type of the call.
    fn kind(self) -> TokenStream {
        match self {
            Self::Now => emit! { Call },
            Self::Later => emit! { Pending },
        }
    }
}

/// The subject: the name of the function if the arguments give none. A literal where the series is fixed, else
/// what borrows its text.
fn subject(plan: &Plan<'_>) -> TokenStream {
    let literal = match &plan.arguments.subject {
        Some(TextArgument::Expression(value)) => return borrowed(value),
        Some(TextArgument::Literal(literal)) => literal.to_token_stream(),
        None => plan.name().to_token_stream(),
    };
    if plan.fixed_texts {
        return literal;
    }
    emit! { __aimlm::text(#literal) }
}

/// The numbers known before the body.
fn before(plan: &Plan<'_>) -> TokenStream {
    let numbers = &plan.arguments.before;
    if numbers.is_empty() {
        return emit! { () };
    }
    let fields = fields(numbers);
    let bits = numbers.iter().map(|number| bits(number, &kept(&number.value)));
    // Each in a statement of its own: a lock that one value takes is let go before the next.
    let bits = numbers.iter().zip(bits).map(|(number, bits)| {
        if is_costless(plan, number) {
            bits
        } else {
            emit! {{ let __aimlm_bits = #bits; __aimlm_bits }}
        }
    });
    emit! { __aimlm::Numbers([#fields], [#(#bits),*]) }
}

/// Whether a number takes no time that is worth a look at whether anything is recorded. One of the program's own is looked
/// up, and has the kind of the first value that was recorded.
fn is_costless(plan: &Plan<'_>, number: &NumberArgument) -> bool {
    number.form != NumberForm::Own && forms::is_costless(&number.value, &plan.function.signature)
}

/// The fields of some numbers.
pub(crate) fn fields(numbers: &[NumberArgument]) -> TokenStream {
    let payloads = numbers.iter().map(|number| number.word.payload());
    quote! { #(#payloads),* }
}

/// A number's bits.
pub(crate) fn bits(number: &NumberArgument, value: &TokenStream) -> TokenStream {
    let span = located(&number.value);
    match number.form {
        NumberForm::Count => quote::quote_spanned! { span => __aimlm::count(#value) },
        NumberForm::Real => quote::quote_spanned! { span => __aimlm::real(#value) },
        NumberForm::Time => quote::quote_spanned! { span => __aimlm::time(#value) },
        NumberForm::Own => {
            let own = number.word.own_number();
            quote::quote_spanned! { span => __aimlm::OwnNumber::bits(#own, #value) }
        }
    }
}
