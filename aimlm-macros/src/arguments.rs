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
    pub(crate) form: NumberForm,
    pub(crate) value: Expr,
}

/// What the value of a number has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberForm {
    Count,
    /// Levels, too.
    Real,
    Time,
    /// Of a number of the program's own, whatever kind its type is of.
    Own,
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
