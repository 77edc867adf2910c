//! Checks the arguments against the kind table and the function. Every mistake is reported, none twice.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, ExprClosure, ExprLit, ExprUnary, Lit, LitStr, Path, UnOp};

use crate::errors::Errors;
use crate::function::Function;
use crate::kind::{Kind, Role};
use crate::parse::Argument;
use crate::returns::{self, Place, What};
use crate::spelling::nearest;

/// A text: of the subject or a label.
pub(crate) enum Text {
    Literal(LitStr),
    Expression(Expr),
}

/// A number and the field it goes to.
pub(crate) struct Number {
    pub(crate) field: String,
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
pub(crate) struct Arguments {
    /// `None`: the function's name.
    pub(crate) subject: Option<Text>,
    pub(crate) labels: Vec<(String, Text)>,
    /// Known before the body runs.
    pub(crate) before: Vec<Number>,
    /// Closures over the result.
    pub(crate) after: Vec<Number>,
    pub(crate) metrics: Option<Expr>,
    pub(crate) memory: bool,
    pub(crate) judge: Judge,
    pub(crate) error_kind: Option<Expr>,
    /// `timing = "call"`.
    pub(crate) call_only: bool,
    /// `crate = path`.
    pub(crate) root: Option<Path>,
}

/// Checks the function, whatever the arguments.
pub(crate) fn function(name: &str, function: &Function, errors: &mut Errors) {
    if let Some(constness) = &function.signature.constness {
        let message =
            format!("`{name}` can not time a `const fn`: it may run at compile time; remove `const`");
        errors.on(constness, message);
    }
    if function.body.is_none() {
        let message = format!(
            "`{name}` needs a function with a body; put it on each implementation, or give this method one"
        );
        errors.on(&function.signature, message);
    }
    if let Some(variadic) = &function.signature.variadic {
        errors.on(
            variadic,
            format!("`{name}` can not wrap a variadic function; wrap a caller of it instead"),
        );
    }
}

/// Checks the arguments.
pub(crate) fn arguments(
    kind: &Kind,
    written: Vec<Argument>,
    function: &Function,
    errors: &mut Errors,
) -> Arguments {
    let unreadable = !errors.is_empty();
    let has_subject = written.iter().any(|argument| argument.name() == kind.subject);
    let mut checker = Checker {
        kind,
        errors,
        seen: HashMap::new(),
        has_subject,
        misspelt_subject: false,
    };
    let mut checked = Arguments {
        subject: None,
        labels: Vec::new(),
        before: Vec::new(),
        after: Vec::new(),
        metrics: None,
        memory: false,
        judge: Judge::ByType,
        error_kind: None,
        call_only: false,
        root: None,
    };
    for argument in written {
        checker.argument(argument, &mut checked);
    }
    if !has_subject && !unreadable && !checker.misspelt_subject && !kind.subject_is_optional {
        let (name, subject) = (kind.name, kind.subject);
        let message =
            format!("`{name}` needs `{subject} = …`, for example `#[{name}({subject} = \"name\")]`");
        checker.errors.at(Span::call_site(), message);
    }
    checker.against_function(&checked, function);
    checked
}

struct Checker<'a> {
    kind: &'a Kind,
    errors: &'a mut Errors,
    seen: HashMap<String, ()>,
    has_subject: bool,
    misspelt_subject: bool,
}

impl Checker<'_> {
    fn argument(&mut self, argument: Argument, checked: &mut Arguments) {
        let (key, name) = (argument.key.clone(), argument.name());
        let Some(role) = self.kind.role(&name) else {
            return self.unknown(&argument);
        };
        if self.seen.insert(name.clone(), ()).is_some() {
            let message = format!(
                "`{name}` is given twice to `{}`; keep one of them",
                self.kind.name
            );
            return self.errors.on(&key, message);
        }
        if role == Role::Common && name == "track_memory" {
            checked.memory = self.flag(&argument);
            return;
        }
        let Some(value) = argument.value else {
            let example = self.example(role, &name);
            let message = format!(
                "`{name}` of `{}` needs a value; write `{example}`",
                self.kind.name
            );
            return self.errors.on(&key, message);
        };
        if !self.leaves_no_body(&name, &value) {
            return;
        }
        match role {
            Role::Subject => checked.subject = self.text(&name, value),
            Role::Label => {
                let text = self.text(&name, value);
                checked
                    .labels
                    .extend(text.map(|text| (crate::kind::variant(&name), text)));
            }
            Role::Count | Role::Real => self.number(&name, role == Role::Real, value, checked),
            Role::Common => self.common(&name, value, checked),
        }
    }

    fn example(&self, role: Role, name: &str) -> String {
        match (role, name) {
            (Role::Subject | Role::Label, _) => format!("{name} = \"…\""),
            (Role::Count, _) => format!("{name} = 8"),
            (Role::Real, _) => format!("{name} = |out| out.{name}"),
            (_, "timing") => "timing = \"call\"".to_owned(),
            (_, "metrics") => "metrics = self.metrics".to_owned(),
            (_, "crate") => "crate = path::to::aimlm".to_owned(),
            (_, "error_kind") => "error_kind = |err| err.kind()".to_owned(),
            _ => format!("{name} = |out| out.is_valid()"),
        }
    }

    fn unknown(&mut self, argument: &Argument) {
        let (macro_name, name) = (self.kind.name, argument.name());
        let known: Vec<_> = self.kind.arguments().collect();
        let others: Vec<_> = Kind::taking(&name).map(|other| format!("`{other}`")).collect();
        let mut message = format!("`{macro_name}` has no argument `{name}`");
        if let Some(near) = nearest(&name, known.iter().copied()) {
            message.push_str(&format!("; did you mean `{near}`?"));
            self.misspelt_subject |= near == self.kind.subject && !self.has_subject;
        } else if !others.is_empty() {
            message.push_str(&format!("; it belongs to {}", others.join(", ")));
        }
        message.push_str(&format!("\n`{macro_name}` takes: {}", known.join(", ")));
        self.errors.on(&argument.key, message);
    }

    fn flag(&mut self, argument: &Argument) -> bool {
        match &argument.value {
            None => true,
            Some(Expr::Lit(ExprLit {
                lit: Lit::Bool(on), ..
            })) => on.value,
            Some(other) => {
                let name = argument.name();
                let message = format!("`{name}` is `true` or `false`; write `{name}`, or leave it out");
                self.errors.on(other, message);
                false
            }
        }
    }

    /// `?`, `return` and `.await` would leave the expression, not the function.
    fn leaves_no_body(&mut self, name: &str, value: &Expr) -> bool {
        if matches!(value, Expr::Closure(_)) {
            return true;
        }
        let Some(written) = way_out(value.to_token_stream()) else {
            return true;
        };
        let message =
            format!("`{written}` can not stand in `{name}`; compute the value in the function and return it");
        self.errors.on(value, message);
        false
    }

    fn text(&mut self, name: &str, value: Expr) -> Option<Text> {
        let message = match &value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) if name == self.kind.subject => {
                if !text.value().is_empty() {
                    return Some(Text::Literal(text.clone()));
                }
                format!("`{name}` is empty; write the name that reports shall show")
            }
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => return Some(Text::Literal(text.clone())),
            Expr::Lit(ExprLit { lit, .. }) => {
                let written = quote::quote!(#lit);
                format!(
                    "`{name}` of `{}` is a text; write `{name} = \"{written}\"`",
                    self.kind.name
                )
            }
            Expr::Closure(_) => format!(
                "`{name}` of `{}` must be known before the call; write an expression over the parameters, \
                 such as `{name} = self.{name}()`",
                self.kind.name
            ),
            _ => return Some(Text::Expression(value)),
        };
        self.errors.on(value, message);
        None
    }

    fn number(&mut self, name: &str, real: bool, value: Expr, checked: &mut Arguments) {
        let field = crate::kind::variant(name);
        if let Expr::Closure(closure) = &value {
            if self.one_parameter(name, closure, "out") {
                checked.after.push(Number { field, real, value });
            }
            return;
        }
        let message = match literal(&value) {
            Some((Lit::Int(_), negative)) if real || !negative => None,
            Some((Lit::Float(_), _)) if real => None,
            Some((Lit::Int(_), _)) => {
                Some(format!("`{name}` is never negative; write a whole number from 0"))
            }
            Some((Lit::Float(_), _)) => {
                Some(format!("`{name}` is a whole number; write it without a fraction"))
            }
            Some(_) if real => Some(format!(
                "`{name}` is a real number; write `{name} = 0.5` or an expression"
            )),
            Some(_) => Some(format!(
                "`{name}` is a whole number; write `{name} = 8` or an expression"
            )),
            None => None,
        };
        match message {
            Some(message) => self.errors.on(value, message),
            None => checked.before.push(Number { field, real, value }),
        }
    }

    fn one_parameter(&mut self, name: &str, closure: &ExprClosure, parameter: &str) -> bool {
        if closure.asyncness.is_some() {
            self.errors.on(
                closure,
                format!("`{name}` can not be async; write `|{parameter}| …`"),
            );
            return false;
        }
        if closure.inputs.len() != 1 {
            let message = format!(
                "the closure of `{name}` takes one parameter, a reference to the result; \
                 write `|{parameter}| …`"
            );
            self.errors.on(closure, message);
            return false;
        }
        true
    }

    fn common(&mut self, name: &str, value: Expr, checked: &mut Arguments) {
        match name {
            "metrics" => checked.metrics = Some(value),
            "ok_if" | "error_if" => self.judge(name, value, checked),
            "error_kind" => {
                if self.is_function(name, &value, "err") {
                    checked.error_kind = Some(value);
                }
            }
            "timing" => match literal(&value) {
                Some((Lit::Str(text), _)) if text.value() == "call" => checked.call_only = true,
                _ => {
                    let message = "`timing` is `\"call\"`: time until the function returns; without it, what \
                                   the function hands out is timed to its end";
                    self.errors.on(value, message);
                }
            },
            _ => match value {
                Expr::Path(path) if path.qself.is_none() => checked.root = Some(path.path),
                other => self.errors.on(
                    other,
                    "`crate` is the path to aimlm; write `crate = path::to::aimlm`",
                ),
            },
        }
    }

    fn judge(&mut self, name: &str, value: Expr, checked: &mut Arguments) {
        if !matches!(checked.judge, Judge::ByType) {
            self.errors.on(
                value,
                "`ok_if` and `error_if` say the same thing; keep one of them",
            );
        } else if self.is_function(name, &value, "out") {
            checked.judge = if name == "ok_if" {
                Judge::OkIf(value)
            } else {
                Judge::ErrorIf(value)
            };
        }
    }

    fn is_function(&mut self, name: &str, value: &Expr, parameter: &str) -> bool {
        match value {
            Expr::Closure(closure) => self.one_parameter(name, closure, parameter),
            Expr::Path(_) => true,
            other => {
                let message = format!("`{name}` is a closure; write `{name} = |{parameter}| …`");
                self.errors.on(other, message);
                false
            }
        }
    }

    /// What only the function can tell.
    fn against_function(&mut self, checked: &Arguments, function: &Function) {
        let output = &function.signature.output;
        let looks = checked.after.iter().map(|number| &number.value);
        let judge = match &checked.judge {
            Judge::ByType => None,
            Judge::OkIf(value) | Judge::ErrorIf(value) => Some(value),
        };
        let looks: Vec<_> = looks.chain(judge).chain(&checked.error_kind).collect();
        let message = if returns::is_never(output) {
            "this looks at the result, and the function never returns; remove it"
        } else if let (false, Some(What::Stream | What::Iterator)) =
            (checked.call_only, Place::of(output).what())
        {
            "this looks at the result, and the function hands out items one by one; remove it, or time \
             the call alone with `timing = \"call\"`"
        } else {
            return;
        };
        for look in looks {
            self.errors.on(look, message);
        }
    }
}

/// What in an expression would leave the function, were it there.
fn way_out(tokens: TokenStream) -> Option<&'static str> {
    let mut in_closure = false;
    for token in tokens {
        let found = match &token {
            TokenTree::Group(group) => way_out(group.stream()),
            TokenTree::Ident(word) if word == "await" => Some(".await"),
            TokenTree::Ident(word) if word == "return" => Some("return"),
            TokenTree::Punct(punct) if punct.as_char() == '?' => Some("?"),
            TokenTree::Punct(punct) if punct.as_char() == '|' => {
                in_closure = true;
                None
            }
            _ => None,
        };
        if found.is_some() && !in_closure {
            return found;
        }
    }
    None
}

/// A literal, and whether a minus stands before it.
fn literal(value: &Expr) -> Option<(&Lit, bool)> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some((lit, false)),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => match &**expr {
            Expr::Lit(ExprLit { lit, .. }) => Some((lit, true)),
            _ => None,
        },
        _ => None,
    }
}

/// The item as it was written, and why it is no function.
pub(crate) fn not_a_function(name: &str, item: TokenStream, error: syn::Error) -> TokenStream {
    let words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    });
    let other = words.take_while(|word| word != "fn").find(|word| {
        [
            "struct", "enum", "union", "impl", "mod", "trait", "static", "type", "use", "const",
        ]
        .iter()
        .any(|keyword| word == keyword)
    });
    let error = match other {
        Some(word) if word == "impl" || word == "mod" => {
            let message = format!(
                "`{name}` goes on a function; put it on each function inside, or `#[aimlm::track]` on the whole"
            );
            syn::Error::new(word.span(), message)
        }
        Some(word) if word != "const" => syn::Error::new(
            word.span(),
            format!("`{name}` goes on a function, not on a `{word}`"),
        ),
        _ => error,
    };
    TokenStream::from_iter([item, error.into_compile_error()])
}
