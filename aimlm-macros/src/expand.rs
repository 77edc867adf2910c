//! Puts the function together again, its body inside a call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{FnArg, Pat, PatIdent, ReturnType, Signature, Type};

use crate::function::{Function, bindings};
use crate::plan::{Plan, Shape};
use crate::returns;
use crate::validate::{Number, Text};
use crate::{ending, forms};

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
        Shape::Future => future(plan, &signature),
        Shape::Guarded => guarded(plan),
        Shape::TrackCaller => crate::caller::track_caller(plan),
        Shape::Never => never(plan),
        Shape::NeverFuture => never_future(plan, &signature),
    };
    assemble(function, &signature, &statements)
}

/// The braces are those that the user wrote: their edition says when temporaries are dropped.
fn assemble(function: &Function, signature: &Signature, statements: &TokenStream) -> TokenStream {
    let Function {
        attributes,
        visibility,
        default,
        inner_attributes,
        ..
    } = function;
    let body = function.braced(quote! { #(#inner_attributes)* #statements });
    quote! { #(#attributes)* #visibility #default #signature #body }
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

/// The path to the hidden support module.
pub(crate) fn support(plan: &Plan<'_>) -> TokenStream {
    match &plan.arguments.root {
        Some(root) => quote! { #root::__private },
        None => emit! { ::aimlm::__private },
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
    let support = support(plan);
    let stage = Ident::new(plan.kind.stage, Span::mixed_site());
    let name = plan.function.signature.ident.to_string();
    let name = name.trim_start_matches("r#");
    let line_span = Span::call_site();
    let memory = plan.arguments.memory.then(|| emit! { .with_memory() });
    let line = quote::quote_spanned! { line_span => !() };
    emit! {{
        static __AIMLM_SITE: #support::Site = #support::Site::new(
            #support::Stage::#stage,
            #support::concat!(#support::module_path!(), "::", #name),
            #support::file!(),
            #support::line #line,
        ) #memory;
        &__AIMLM_SITE
    }}
}

/// A label's text.
fn text(plan: &Plan<'_>, text: &Text) -> TokenStream {
    match text {
        Text::Literal(literal) => literal.to_token_stream(),
        Text::Expression(value) => {
            let text = borrowed(plan, value);
            let support = support(plan);
            emit! { #support::TextRef::as_str(&#text) }
        }
    }
}

/// What borrows the text of a value.
fn borrowed(plan: &Plan<'_>, value: &syn::Expr) -> TokenStream {
    let support = shown_at(support(plan), located(value));
    let kept = kept(plan, value);
    quote::quote_spanned! { located(value) => #support::text(&(#kept)) }
}

/// A value; one that may hide a way out of the function, as a macro can, stays a closure of its own.
fn kept(plan: &Plan<'_>, value: &syn::Expr) -> TokenStream {
    let tokens = forms::peeled(value).to_token_stream();
    if !forms::may_leave(tokens.clone()) {
        return tokens;
    }
    let support = shown_at(support(plan), located(value));
    quote::quote_spanned! { located(value) => #support::run(|| #tokens) }
}

/// A span in the macro's context at the user's place, so that errors point there.
pub(crate) fn located(tokens: &impl Spanned) -> Span {
    Span::mixed_site().located_at(tokens.span())
}

/// What makes the call, started (`Call::begin`) or not yet (`Pending::new`).
///
/// Plain matches: a closure for each value, and a function that takes it, cost twice as long to compile.
pub(crate) fn enter(plan: &Plan<'_>, begin: Begin) -> TokenStream {
    let (support, site) = (support(plan), site(plan));
    let (subject, values) = (subject(plan), before(plan));
    let labels = plan.arguments.labels.iter().map(|(label, value)| {
        let (label, value) = (Ident::new(label, Span::mixed_site()), text(plan, value));
        emit! { (#support::Label::#label, #value) }
    });
    let labels = emit! { &[#(#labels),*] };
    let (kind, begin) = match begin {
        Begin::Now => (emit! { Call }, emit! { Call::begin }),
        Begin::Later => (emit! { Pending }, emit! { Pending::new }),
    };
    let begun = |series: TokenStream, keep: TokenStream| {
        emit! {
            match #series {
                #support::Some(__aimlm_series) => #support::#begin(__aimlm_series, #values, #keep),
                #support::None => #support::#kind::off(),
            }
        }
    };
    if plan.fixed {
        return begun(emit! { #support::fixed(#site, #subject, #labels) }, emit! { () });
    }
    let found = |resolver: TokenStream, keep: TokenStream| {
        let begun = begun(emit! { __aimlm_series }, keep);
        emit! {{
            let __aimlm_series = #resolver.series(#subject, #labels);
            #begun
        }}
    };
    let (recording, found) = match &plan.arguments.metrics {
        None => (
            emit! { #support::resolver(#site) },
            found(emit! { __aimlm_to }, emit! { () }),
        ),
        Some(metrics) => {
            let metrics = quote::quote_spanned! { located(metrics) => &(#metrics) };
            (
                emit! { #support::recording(#metrics) },
                found(
                    emit! { #support::resolver_in(&__aimlm_to, #site) },
                    emit! { __aimlm_to },
                ),
            )
        }
    };
    // In a statement of its own, so that what the instance is borrowed from is let go before the subject is asked for.
    emit! {{
        let __aimlm_recording = #recording;
        match __aimlm_recording {
            #support::Some(__aimlm_to) => #found,
            #support::None => #support::#kind::off(),
        }
    }}
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
        Some(Text::Expression(value)) => return borrowed(plan, value),
        Some(Text::Literal(literal)) => literal.to_token_stream(),
        None => {
            let name = plan.function.signature.ident.to_string();
            name.trim_start_matches("r#").to_token_stream()
        }
    };
    if plan.fixed {
        return literal;
    }
    let support = support(plan);
    emit! { #support::text(#literal) }
}

/// The numbers known before the body.
fn before(plan: &Plan<'_>) -> TokenStream {
    let numbers = &plan.arguments.before;
    if numbers.is_empty() {
        return emit! { () };
    }
    let support = support(plan);
    let fields = fields(plan, numbers);
    let bits = numbers.iter().map(|number| {
        let value = &number.value;
        bits(plan, number, &kept(plan, value))
    });
    // Each in a statement of its own: a lock that one value takes is let go before the next.
    emit! { #support::Numbers::new(&[#fields], [#({ let __aimlm_bits = #bits; __aimlm_bits }),*]) }
}

/// The fields of some numbers.
pub(crate) fn fields(plan: &Plan<'_>, numbers: &[Number]) -> TokenStream {
    let support = support(plan);
    let fields = numbers
        .iter()
        .map(|number| Ident::new(&number.field, Span::mixed_site()));
    emit! { #(#support::Field::#fields),* }
}

/// A number's bits.
pub(crate) fn bits(plan: &Plan<'_>, number: &Number, value: &TokenStream) -> TokenStream {
    let span = located(&number.value);
    let support = shown_at(support(plan), span);
    if number.real {
        quote::quote_spanned! { span => #support::real(#value) }
    } else {
        quote::quote_spanned! { span => #support::count(#value) }
    }
}

/// Captures the parameters whole and so that they are dropped in their order, after the body's own variables.
///
/// A parameter that nothing mentions is bound anew, so that the compiler still calls it unused.
fn captures(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    let mut captures = TokenStream::new();
    let bindings = bindings(signature);
    for binding in bindings.iter().rev() {
        let (name, conditions) = (binding.name, &binding.conditions);
        if plan.words.contains(name) {
            captures.extend(emit! { #(#conditions)* let _ = &#name; });
        } else if !name.to_string().starts_with('_') {
            // Bound anew, so that the compiler still calls it unused.
            let attributes = binding.attributes;
            captures.extend(emit! { #(#attributes)* let #name = &#name; });
        } else {
            let quiet = emit! { #[allow(clippy::used_underscore_binding)] };
            captures.extend(emit! { #(#conditions)* #quiet let _ = &#name; });
        }
    }
    if plan.words.contains_word("self") && signature.receiver().is_some() {
        let this = signature.receiver().map(|receiver| receiver.self_token);
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
    let (support, output) = (support(plan), output(plan));
    let body = captured(plan, signature, &TokenStream::new());
    let run = quote::quote_spanned! { located(&signature.ident) => move || -> #output #body };
    let handed_out = !plan.place.is_whole();
    let ending = ending::ending(plan, handed_out);
    if handed_out {
        let prepare = enter(plan, Begin::Later);
        return emit! {
            let __aimlm_call = #prepare;
            let (__aimlm_call, __aimlm_result) = #support::hand_out(__aimlm_call, #run);
            #ending
        };
    }
    let enter = enter(plan, Begin::Now);
    emit! {
        let mut __aimlm_call = #enter;
        let __aimlm_result = #support::run(#run);
        #ending
    }
}

fn future(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    let (support, output) = (support(plan), output(plan));
    let (enter, ending) = (enter(plan, Begin::Now), ending::ending(plan, false));
    let block = typed_block(plan, signature);
    emit! {
        let mut __aimlm_call = #enter;
        let __aimlm_typed = #support::typed::<#output>;
        let __aimlm_result = #support::carry(#support::Call::cancellable(&mut __aimlm_call), #block).await;
        #ending
    }
}

fn never_future(plan: &Plan<'_>, signature: &Signature) -> TokenStream {
    let (support, enter) = (support(plan), enter(plan, Begin::Now));
    let block = typed_block(plan, signature);
    emit! {
        let mut __aimlm_call = #enter;
        let __aimlm_typed = #support::typed::<#support::Infallible>;
        match #support::carry(#support::Call::cancellable(&mut __aimlm_call), #block).await {}
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
    let (support, body) = (support(plan), plan.function.statements());
    let enter = enter(plan, Begin::Now);
    emit! {
        let __aimlm_call = #support::Guard::new(#enter, #support::Outcome::Ok);
        #body
    }
}
