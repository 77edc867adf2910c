//! Decides how the function is wrapped.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;

use crate::forms;
use crate::function::{Function, Mentions};
use crate::kind::Kind;
use crate::own::Word;
use crate::returns::{self, Place};
use crate::validate::{Arguments, Judge, Text};

/// How the body runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// In a closure called at once.
    Closure,
    /// In its place, what it waits for under the call, or in an inner future if a macro hides what it does.
    Future,
    /// In its place; a guard ends the call when the function is left, however that is.
    Guarded,
    /// In its place, each visible way out observed: a closure would hide the caller.
    TrackCaller,
    /// In its place: it never returns.
    Never,
    /// In an inner future that never ends.
    NeverFuture,
}

/// All that the expansion needs.
pub(crate) struct Plan<'a> {
    pub(crate) kind: &'a Kind,
    pub(crate) function: &'a Function,
    pub(crate) arguments: &'a Arguments,
    pub(crate) shape: Shape,
    pub(crate) place: Place,
    /// Subject and labels are literals: the series is known when the program is compiled.
    pub(crate) fixed: bool,
    /// Which parameters body and arguments mention.
    pub(crate) mentions: Mentions,
}

impl Plan<'_> {
    /// The name of the function.
    pub(crate) fn name(&self) -> String {
        self.function.signature.ident.unraw().to_string()
    }
}

/// Plans the expansion of a function with a body.
pub(crate) fn plan<'a>(kind: &'a Kind, function: &'a Function, arguments: &'a Arguments) -> Plan<'a> {
    let mut mentions = Mentions::of(&function.signature);
    mentions.look(&function.tokens);
    for tokens in expressions(arguments) {
        mentions.look_in(tokens);
    }
    let place = if arguments.call_only {
        Place::Whole
    } else {
        Place::of(&function.signature.output)
    };
    let shape = shape(function, arguments);
    let fixed = arguments.metrics.is_none()
        && !matches!(arguments.subject, Some(Text::Expression(_)))
        && arguments
            .labels
            .iter()
            .all(|(word, text)| matches!((word, text), (Word::Known(_), Text::Literal(_))));
    Plan {
        kind,
        function,
        arguments,
        shape,
        place,
        fixed,
        mentions,
    }
}

fn expressions(arguments: &Arguments) -> impl Iterator<Item = TokenStream> {
    let numbers = arguments
        .before
        .iter()
        .map(|number| number.value.to_token_stream());
    let texts = arguments
        .subject
        .iter()
        .chain(arguments.labels.iter().map(|(_, text)| text));
    let texts = texts.filter_map(|text| match text {
        Text::Expression(value) => Some(value.to_token_stream()),
        Text::Literal(_) => None,
    });
    numbers
        .chain(texts)
        .chain(arguments.metrics.iter().map(ToTokens::to_token_stream))
}

fn shape(function: &Function, arguments: &Arguments) -> Shape {
    let output = &function.signature.output;
    let never = returns::is_never(output);
    if function.is_async() {
        return match (may_wait(&function.tokens), never) {
            (true, true) => Shape::NeverFuture,
            (true, false) => Shape::Future,
            (false, true) => Shape::Never,
            (false, false) => Shape::Closure,
        };
    }
    let looks_at_result = !arguments.after.is_empty() || !matches!(arguments.judge, Judge::ByType);
    if never {
        Shape::Never
    } else if function.has_attribute("track_caller") {
        Shape::TrackCaller
    } else if returns::is_impl_fn(output) && !looks_at_result {
        Shape::Guarded
    } else {
        Shape::Closure
    }
}

/// Whether an async body may wait.
fn may_wait(tokens: &[TokenTree]) -> bool {
    let waits = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "await");
    forms::may_say(tokens.iter().cloned(), waits)
}
