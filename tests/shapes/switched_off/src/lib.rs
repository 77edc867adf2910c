//! The attribute of an operation as it is without the feature `enabled`. In a workspace where one crate asks for a
//! feature every crate has it, so the modules of the attributes are compiled once more.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "what only the attributes' own crate uses"
)]

#[path = "../../../../aimlm-macros/src/arguments.rs"]
mod arguments;
#[path = "../../../../aimlm-macros/src/beginning.rs"]
mod beginning;
#[path = "../../../../aimlm-macros/src/checker.rs"]
mod checker;
#[path = "../../../../aimlm-macros/src/emit.rs"]
mod emit;
#[path = "../../../../aimlm-macros/src/argument_word.rs"]
mod argument_word;
#[path = "../../../../aimlm-macros/src/ending.rs"]
mod ending;
#[path = "../../../../aimlm-macros/src/errors.rs"]
mod errors;
#[path = "../../../../aimlm-macros/src/expand.rs"]
mod expand;
#[path = "../../../../aimlm-macros/src/forms.rs"]
mod forms;
#[path = "../../../../aimlm-macros/src/function.rs"]
mod function;
#[path = "../../../../aimlm-macros/src/in_place.rs"]
mod in_place;
#[path = "../../../../aimlm-macros/src/instrument.rs"]
mod instrument;
#[path = "../../../../aimlm-macros/src/kind.rs"]
mod kind;
#[path = "../../../../aimlm-macros/src/lending.rs"]
mod lending;
#[path = "../../../../aimlm-macros/src/off.rs"]
mod off;
#[path = "../../../../aimlm-macros/src/attribute_order.rs"]
mod attribute_order;
#[path = "../../../../aimlm-macros/src/own_arguments.rs"]
mod own_arguments;
#[path = "../../../../aimlm-macros/src/parse.rs"]
mod parse;
#[path = "../../../../aimlm-macros/src/plain_body.rs"]
mod plain_body;
#[path = "../../../../aimlm-macros/src/plan.rs"]
mod plan;
#[path = "../../../../aimlm-macros/src/returns.rs"]
mod returns;
#[path = "../../../../aimlm-macros/src/spelling.rs"]
mod spelling;
#[path = "../../../../aimlm-macros/src/validate.rs"]
mod validate;

/// `track_operation`, switched off.
#[proc_macro_attribute]
pub fn shape(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    instrument::instrument(kind::track_operation, arguments.into(), item.into()).into()
}
