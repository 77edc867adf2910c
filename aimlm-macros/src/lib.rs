//! The attributes of [aimlm](https://docs.rs/aimlm); use them through that crate.

#![forbid(unsafe_code)]

mod arguments;
mod beginning;
mod bulk;
mod checker;
mod emit;
mod ending;
mod errors;
mod expand;
mod forms;
mod function;
mod in_place;
mod instrument;
mod kind;
mod lending;
mod main_function;
mod off;
mod attribute_order;
mod own_arguments;
mod parse;
mod plain_body;
mod plan;
mod returns;
mod spelling;
mod validate;
mod argument_word;

use instrument::instrument;

/// One attribute for each stage that has calls.
macro_rules! attributes {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:ident of $noun:ident {
            $(call $call:ident($subject:ident $(or $function:ident)?) $tracks:literal $timed:literal;)?
            labels { $($label:ident $label_variant:ident $label_doc:literal;)* }
            counts { $($count:ident $count_variant:ident $count_doc:literal;)* }
            reals { $($real:ident $real_variant:ident $real_doc:literal;)* }
            $(times { $($time:ident $time_variant:ident $time_doc:literal;)* })?
            $(levels { $($level:ident $level_variant:ident $level_doc:literal;)* })?
            items [$($items:ident),*];
            $($by_epoch:ident;)?
        }
    )+) => {
        $(attributes! {
            @one $variant $($call($subject $($function)?) $timed)?
            [$(concat!("| `", stringify!($label), "` | text | ", $label_doc, " |"),)*]
            [$(concat!("| `", stringify!($count), "` | whole number, or a closure over the result | ", $count_doc, " |"),)*]
            [
                $(concat!("| `", stringify!($real), "` | real number, or a closure over the result | ", $real_doc, " |"),)*
                $($(concat!("| `", stringify!($time), "` | `Duration`, or a closure over the result | ", $time_doc, " |"),)*)?
                $($(concat!("| `", stringify!($level), "` | real number, or a closure over the result | ", $level_doc, " |"),)*)?
            ]
        })+
    };
    (@one $variant:ident [] [] []) => {};
    (
        @one $variant:ident $call:ident($subject:ident $($function:ident)?) $timed:literal
        [$($label:expr,)*] [$($count:expr,)*] [$($other:expr,)*]
    ) => {
        #[doc = $timed]
        ///
        /// | argument | what it is | |
        /// |---|---|---|
        #[doc = concat!("| `", stringify!($subject), "` | text, ", attributes!(@missing $($function)?), " | What is reported on. |")]
        $(#[doc = $label])*
        $(#[doc = $count])*
        $(#[doc = $other])*
        /// | common ones | | See [below](#common-arguments). |
        ///
        #[doc = include_str!(concat!("examples/", stringify!($call), ".md"))]
        #[doc = include_str!("arguments.md")]
        #[proc_macro_attribute]
        pub fn $call(
            arguments: proc_macro::TokenStream,
            item: proc_macro::TokenStream,
        ) -> proc_macro::TokenStream {
            instrument(kind::$call, arguments.into(), item.into()).into()
        }
    };
    (@missing) => { "required" };
    (@missing $function:ident) => { "default: the name of the function" };
}

aimlm_vocabulary::for_each_stage!(attributes);

/// Tracks each function of an impl block, a trait or a module, nested modules included.
///
/// Without arguments each is an operation that goes by `Type::function`. The first argument may name a stage, as in
/// the stage's attribute without `track_`; the others go to each function's attribute. Functions that have an
/// attribute of their own keep it, [`skip`](macro@skip) leaves one out, and a `const fn` is left as it is.
///
/// ```
/// struct Tokenizer;
///
/// #[aimlm::track]
/// impl Tokenizer {
///     fn encode(&self, text: &str) -> Vec<u32> {
///         text.bytes().map(u32::from).collect()
///     }
///
///     #[aimlm::skip]
///     fn size(&self) -> usize {
///         256
///     }
/// }
///
/// #[aimlm::track(inference, model = "tiny")]
/// mod model {
///     pub fn embed(tokens: &[u32]) -> u32 {
///         tokens.iter().sum()
///     }
/// }
/// # model::embed(&Tokenizer.encode("a"));
/// # assert_eq!(Tokenizer.size(), 256);
/// ```
#[proc_macro_attribute]
pub fn track(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    bulk::track(arguments.into(), item.into()).into()
}

/// Leaves a function, an impl block or a module out of the [`track`](macro@track) around it.
#[proc_macro_attribute]
pub fn skip(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    bulk::skip(arguments.into(), item.into()).into()
}

/// Reports what the program recorded when it ends: when `main` returns, also an error, when it panics; and on Unix at
/// `std::process::exit`, and when SIGINT, SIGTERM or SIGHUP comes and the program has no handler of its own: then it
/// dies of the same signal. A program that is killed or aborts leaves the report that `every` wrote last, or none. A
/// forked child writes none, unless the path has `{pid}` in it, which is the number of the process.
///
/// | argument | what it is |
/// |---|---|
/// | `report` | a word for a format, such as `"markdown"`, `"text"` or `"json"`: those of `aimlm::ReportFormat`; default: by the path's ending, or Markdown |
/// | `path` | the file to write; default: standard output |
/// | `every` | how often the file is written before the end: `"500ms"`, `"30s"`, `"5m"`, `"1h"`, at least 10 ms; default: never |
/// | `crate` | the path to aimlm, where it is re-exported |
///
/// The environment variables `AIMLM_REPORT` (`off`, a format, a path, `format:path`, `stdout`, `stderr`) and
/// `AIMLM_REPORT_EVERY` override these.
///
/// Nothing of this changes how the program ends; what goes wrong is one line on standard error.
///
/// With `#[tokio::main]` and the like in either order; the report comes when the runtime has shut down.
///
/// ```
/// #[aimlm::main(report = "text")]
/// fn main() -> Result<(), std::io::Error> {
///     Ok(())
/// }
/// ```
#[proc_macro_attribute]
pub fn main(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    main_function::main(arguments.into(), item.into()).into()
}
