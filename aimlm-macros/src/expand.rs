//! Puts the function together again, its body inside a call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{FnArg, Pat, PatIdent, ReceiverKind, ReturnType, Signature, Type};

use crate::function::{Function, bindings};
use crate::plan::{Plan, Shape};
use crate::returns;
use crate::validate::{Number, Text};
use crate::{ending, forms, in_place};

/// `quote!` with names that can not meet the user's.
macro_rules! emit {
    ($($tokens:tt)*) => { quote::quote_spanned! { proc_macro2::Span::mixed_site() => $($tokens)* } };
}
pub(crate) use emit;

/// The function under the attribute.
pub(crate) fn expand(plan: &Plan<'_>) -> TokenStream {
    let function = plan.function;
    let mut signature = function.signature.clone();
    name_unnamed(&mut signature);
    let statements = match plan.shape {
        Shape::Closure => closure(plan, &signature),
        Shape::Future => in_place::waiting(plan).unwrap_or_else(|| future(plan, &signature)),
        Shape::Guarded => guarded(plan),
        Shape::TrackCaller => in_place::track_caller(plan),
        Shape::Never => never(plan),
        Shape::NeverFuture => never_future(plan, &signature),
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

/// Tokens of the macro's own, shown at the user's place when an error points at them.
pub(crate) fn shown_at(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    moved.collect()
}

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
fn text(text: &Text) -> TokenStream {
    match text {
        Text::Literal(literal) => literal.to_token_stream(),
        Text::Expression(value) => {
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
    quote::quote_spanned! { located(value) => __aimlm::run(|| #tokens) }
}

/// A span in the macro's context at the user's place, so that errors point there.
pub(crate) fn located(tokens: &impl Spanned) -> Span {
    Span::mixed_site().located_at(tokens.span())
}

/// What makes the call, started (`Call::begin`) or not yet (`Pending::new`).
///
/// Plain matches: a closure for each value, and a function that takes it, cost twice as long to compile. Where nothing
/// is recorded, no value is asked for that takes any time.
pub(crate) fn enter(plan: &Plan<'_>, begin: Begin) -> TokenStream {
    let (site, values) = (site(plan), before(plan));
    let (kind, begin) = match begin {
        Begin::Now => (emit! { Call }, emit! { begin }),
        Begin::Later => (emit! { Pending }, emit! { new }),
    };
    let costless = plan
        .arguments
        .before
        .iter()
        .all(|number| forms::is_costless(&number.value, &plan.function.signature));
    let begun = |series: TokenStream, keep: TokenStream| {
        if costless {
            return emit! { __aimlm::#kind::of(#series, #values, #keep) };
        }
        emit! {
            match #series {
                __aimlm::Some(__aimlm_series) => __aimlm::#kind::#begin(__aimlm_series, #values, #keep),
                __aimlm::None => __aimlm::#kind::off(),
            }
        }
    };
    if plan.fixed && costless {
        return emit! { __aimlm::#kind::fixed(#site, #values) };
    }
    if plan.fixed {
        return begun(emit! { __aimlm::fixed(#site) }, emit! { () });
    }
    let (subject, labels) = (subject(plan), labels(plan));
    // In statements of their own, so that what the instance or the subject is borrowed from is let go before the next
    // is asked for.
    let Some(metrics) = &plan.arguments.metrics else {
        let begun = begun(emit! { __aimlm_series }, emit! { () });
        return emit! {{
            let __aimlm_series = match __aimlm::resolver(#site) {
                __aimlm::Some(__aimlm_to) => __aimlm_to.series(#subject, #labels),
                __aimlm::None => __aimlm::None,
            };
            #begun
        }};
    };
    let metrics = quote::quote_spanned! { located(metrics) => &(#metrics) };
    let begun = begun(emit! { __aimlm_series }, emit! { __aimlm_to });
    emit! {{
        let __aimlm_recording = __aimlm::recording(#metrics);
        match __aimlm_recording {
            __aimlm::Some(__aimlm_to) => {
                let __aimlm_series = __aimlm::resolver_in(&__aimlm_to, #site).series(#subject, #labels);
                #begun
            }
            __aimlm::None => __aimlm::#kind::off(),
        }
    }}
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

/// The subject: the name of the function if the arguments give none. A literal where the series is fixed, else
/// what borrows its text.
fn subject(plan: &Plan<'_>) -> TokenStream {
    let literal = match &plan.arguments.subject {
        Some(Text::Expression(value)) => return borrowed(value),
        Some(Text::Literal(literal)) => literal.to_token_stream(),
        None => plan.name().to_token_stream(),
    };
    if plan.fixed {
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
        if forms::is_costless(&number.value, &plan.function.signature) {
            bits
        } else {
            emit! {{ let __aimlm_bits = #bits; __aimlm_bits }}
        }
    });
    emit! { __aimlm::Numbers([#fields], [#(#bits),*]) }
}

/// The fields of some numbers.
pub(crate) fn fields(numbers: &[Number]) -> TokenStream {
    let payloads = numbers.iter().map(|number| number.word.payload());
    quote! { #(#payloads),* }
}

/// A number's bits.
pub(crate) fn bits(number: &Number, value: &TokenStream) -> TokenStream {
    let span = located(&number.value);
    if number.real {
        quote::quote_spanned! { span => __aimlm::real(#value) }
    } else {
        quote::quote_spanned! { span => __aimlm::count(#value) }
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

/// The return type as the body can write it.
pub(crate) fn output(plan: &Plan<'_>) -> Type {
    match &plan.function.signature.output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, ty) => returns::in_body(ty),
    }
}

fn closure(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    let output = output(plan);
    let body = captured(plan, signature, &TokenStream::new());
    let run = quote::quote_spanned! { located(&signature.ident) => move || -> #output #body };
    let handed_out = !plan.place.is_whole();
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
        let __aimlm_result = __aimlm::run(#run);
        #ending
    }
}

fn future(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    let output = output(plan);
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
