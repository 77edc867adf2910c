//! From the attribute of a stage to what it emits.
//!
//! Everything here and below takes and gives `proc_macro2`'s tokens, so that it also runs outside of a compiler.

use proc_macro2::TokenStream;

use crate::kind::AttributeKind;
use crate::{attribute_order, errors, expand, function, off, parse, plan, validate};

/// Table of attributes → order → parse → validate → plan → expand.
pub(crate) fn instrument(kind: &AttributeKind, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let (arguments, is_last) = attribute_order::unmarked(arguments);
    let function = match function::function(item.clone()) {
        Ok(function) => function,
        Err(error) => return validate::not_a_function(kind.name, item, error),
    };
    if !is_last && let Some(reordered) = attribute_order::last(kind, &arguments, &function, &item) {
        return reordered;
    }
    let mut errors = errors::Errors::default();
    let written = parse::arguments(kind, arguments, &mut errors);
    validate::function(kind.name, &function, &mut errors);
    let arguments = validate::arguments(kind, written, &function, &mut errors);
    if !errors.is_empty() {
        return TokenStream::from_iter([item, errors.into_tokens()]);
    }
    let plan = plan::plan(kind, &function, &arguments);
    if cfg!(feature = "enabled") {
        expand::expand(&plan)
    } else {
        off::expand(&plan).unwrap_or(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind;

    fn emitted(arguments: &str, item: &str) -> (String, String) {
        let parse = |text: &str| text.parse::<TokenStream>().expect("these are tokens");
        let item = parse(item);
        (
            instrument(kind::track_inference, parse(arguments), item.clone()).to_string(),
            item.to_string(),
        )
    }

    #[test]
    fn switched_off_the_function_is_the_one_written() {
        let items = [
            "pub fn f(x: &[u8]) -> Result<u8, String> { #![allow(unused)] Ok(x[0]) }",
            "async fn f(mut x: Vec<u8>) -> impl Iterator<Item = u8> { g().await; x.into_iter() }",
            "#[track_caller] extern \"C\" fn f(_: u8, (a, b): (u8, u8)) -> ! { panic!() }",
        ];
        for item in items {
            let (emitted, written) = emitted("model = \"m\", batch_size = 3", item);
            assert_eq!(emitted == written, cfg!(not(feature = "enabled")), "{emitted}");
        }
    }

    #[test]
    fn mistakes_are_reported_on_or_off_beside_the_function_as_written() {
        let (emitted, written) = emitted("modle = 3", "fn f() { unfinished. }");
        let error = emitted.strip_prefix(&written).expect("the function comes first");
        assert!(error.contains("compile_error"), "{error}");
    }

    #[test]
    fn an_unfinished_body_is_still_a_body() {
        let (emitted, _) = emitted("model = \"m\"", "fn f(x: Vec<u8>) -> usize { let y = x. }");
        assert!(emitted.contains("x ."), "{emitted}");
        assert!(!emitted.contains("compile_error"), "{emitted}");
    }
}
