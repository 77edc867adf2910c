//! Arguments that make sense.

use syn::{Expr, LitStr, Path};

use crate::argument_word::ArgumentWord;

/// A text: of the subject or a label.
pub(crate) enum TextArgument {
    Literal(LitStr),
    Expression(Expr),
}

/// A number and what it goes under.
pub(crate) struct NumberArgument {
    pub(crate) word: ArgumentWord,
    pub(crate) real: bool,
    pub(crate) value: Expr,
}

/// Who says whether a returned value is a success.
pub(crate) enum Judge {
    ByType,
    OkIf(Expr),
    ErrorIf(Expr),
}

/// Arguments that make sense.
pub(crate) struct CheckedArguments {
    /// `None`: the function's name.
    pub(crate) subject: Option<TextArgument>,
    pub(crate) labels: Vec<(ArgumentWord, TextArgument)>,
    /// Known before the body runs.
    pub(crate) before: Vec<NumberArgument>,
    /// Closures over the result.
    pub(crate) after: Vec<NumberArgument>,
    pub(crate) metrics: Option<Expr>,
    pub(crate) memory: bool,
    pub(crate) judge: Judge,
    pub(crate) error_kind: Option<Expr>,
    /// `timing = "call"`.
    pub(crate) call_only: bool,
    /// `crate = path`.
    pub(crate) root: Option<Path>,
}
