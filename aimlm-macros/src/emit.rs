//! Tokens of the macro's own, at the user's place.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;

/// `quote!` with names that can not meet the user's.
macro_rules! emit {
    ($($tokens:tt)*) => { quote::quote_spanned! { proc_macro2::Span::mixed_site() => $($tokens)* } };
}
pub(crate) use emit;

/// A span in the macro's context at the user's place, so that errors point there.
pub(crate) fn located(tokens: &impl Spanned) -> Span {
    Span::mixed_site().located_at(tokens.span())
}

/// Tokens of the macro's own, shown at the user's place when an error points at them.
pub(crate) fn shown_at(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    moved.collect()
}
