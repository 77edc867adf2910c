//! Decides how the function is wrapped.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{ReturnType, Type};

use crate::argument_word::ArgumentWord;
use crate::arguments::{CheckedArguments, Judge, TextArgument};
use crate::forms;
use crate::function::{Function, Mentions};
use crate::kind::AttributeKind;
use crate::returns::{self, ResultForm};

/// How the body runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyShape {
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
    pub(crate) kind: &'a AttributeKind,
    pub(crate) function: &'a Function,
    pub(crate) arguments: &'a CheckedArguments,
    pub(crate) shape: BodyShape,
    pub(crate) place: ResultForm,
    /// Subject and labels are literals.
    pub(crate) fixed_texts: bool,
    /// And the instance is the global one: the series is known when the program is compiled.
    pub(crate) fixed: bool,
    /// Which parameters body and arguments mention.
    pub(crate) mentions: Mentions,
}

impl Plan<'_> {
    /// The name of the function.
    pub(crate) fn name(&self) -> String {
        self.function.signature.ident.unraw().to_string()
    }

    /// The return type as the body can write it.
    pub(crate) fn output(&self) -> Type {
        match &self.function.signature.output {
            ReturnType::Default => syn::parse_quote!(()),
            ReturnType::Type(_, ty) => returns::in_body(ty),
        }
    }
}

/// Plans the expansion of a function with a body.
pub(crate) fn plan<'a>(
    kind: &'a AttributeKind,
    function: &'a Function,
    arguments: &'a CheckedArguments,
) -> Plan<'a> {
    let mut mentions = Mentions::of(&function.signature);
    mentions.look(&function.tokens);
    for tokens in expressions(arguments) {
        mentions.look_in(tokens);
    }
    let place = if arguments.call_only {
        ResultForm::Value
    } else {
        ResultForm::of(&function.signature.output)
    };
    let shape = shape(function, arguments);
    let fixed_texts = !matches!(arguments.subject, Some(TextArgument::Expression(_)))
        && arguments
            .labels
            .iter()
            .all(|(word, text)| matches!((word, text), (ArgumentWord::Known(_), TextArgument::Literal(_))));
    Plan {
        kind,
        function,
        arguments,
        shape,
        place,
        fixed_texts,
        fixed: fixed_texts && arguments.metrics.is_none(),
        mentions,
    }
}

fn expressions(arguments: &CheckedArguments) -> impl Iterator<Item = TokenStream> {
    let numbers = arguments
        .before
        .iter()
        .map(|number| number.value.to_token_stream());
    let texts = arguments
        .subject
        .iter()
        .chain(arguments.labels.iter().map(|(_, text)| text));
    let texts = texts.filter_map(|text| match text {
        TextArgument::Expression(value) => Some(value.to_token_stream()),
        TextArgument::Literal(_) => None,
    });
    numbers
        .chain(texts)
        .chain(arguments.metrics.iter().map(ToTokens::to_token_stream))
}

fn shape(function: &Function, arguments: &CheckedArguments) -> BodyShape {
    let output = &function.signature.output;
    let never = returns::is_never(output);
    if function.is_async() {
        return match (may_wait(&function.tokens), never) {
            (true, true) => BodyShape::NeverFuture,
            (true, false) => BodyShape::Future,
            (false, true) => BodyShape::Never,
            (false, false) => BodyShape::Closure,
        };
    }
    let looks_at_result = !arguments.after.is_empty() || !matches!(arguments.judge, Judge::ByType);
    if never {
        BodyShape::Never
    } else if function.has_attribute("track_caller") {
        BodyShape::TrackCaller
    } else if returns::is_impl_fn(output) && !looks_at_result {
        BodyShape::Guarded
    } else {
        BodyShape::Closure
    }
}

/// Whether an async body may wait.
fn may_wait(tokens: &[TokenTree]) -> bool {
    let waits = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "await");
    forms::may_say(tokens.iter().cloned(), waits)
}
