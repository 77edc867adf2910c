//! Checks the arguments against the kind table and the function. Every mistake is reported, none twice.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Expr, ExprLit, Lit, Path};

use crate::argument_word::ArgumentWord;
use crate::arguments::{CheckedArguments, Judge, NumberForm};
use crate::checker::Checker;
use crate::errors::Errors;
use crate::forms::literal;
use crate::function::Function;
use crate::kind::{AttributeKind, Role};
use crate::parse::Argument;
use crate::returns::{self, ResultForm, What};
use crate::spelling::nearest;

/// Most numbers that a call carries: a record counts 15, and a duration may be one of them.
const MOST_NUMBERS: usize = 14;

/// A path that types, functions, macros and attributes of aimlm can follow.
pub(crate) fn root(value: &Expr) -> syn::Result<Path> {
    let message = "`crate` is the path to aimlm; write `crate = path::to::aimlm`";
    Path::parse_mod_style
        .parse2(value.to_token_stream())
        .map_err(|_| syn::Error::new_spanned(value, message))
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
    kind: &AttributeKind,
    written: Vec<Argument>,
    function: &Function,
    errors: &mut Errors,
) -> CheckedArguments {
    let unreadable = !errors.is_empty();
    let has_subject = written.iter().any(|argument| argument.name() == kind.subject);
    let mut checker = Checker {
        kind,
        errors,
        seen: HashMap::new(),
        has_subject,
        misspelt_subject: false,
    };
    let mut checked = CheckedArguments {
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
    checker.not_too_many(&checked, function);
    checker.against_function(&checked, function);
    checked
}

impl Checker<'_> {
    fn argument(&mut self, argument: Argument, checked: &mut CheckedArguments) {
        let (key, name) = (argument.key.clone(), argument.name());
        let Some(role) = self.kind.role(&name) else {
            return self.unknown(&argument);
        };
        if !self.is_first(&name) {
            let message = format!(
                "`{name}` is given twice to `{}`; keep one of them",
                self.kind.name
            );
            return self.errors.on(&key, message);
        }
        if role == Role::Common && (name == "numbers" || name == "labels") {
            return self.own(argument, checked);
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
                    .extend(text.map(|text| (ArgumentWord::of_argument(&name), text)));
            }
            Role::Count => self.number(&name, NumberForm::Count, value, checked),
            Role::Real => self.number(&name, NumberForm::Real, value, checked),
            Role::Time => self.number(&name, NumberForm::Time, value, checked),
            Role::Common => self.common(&name, value, checked),
        }
    }

    fn example(&self, role: Role, name: &str) -> String {
        match (role, name) {
            (Role::Subject | Role::Label, _) => format!("{name} = \"…\""),
            (Role::Count, _) => format!("{name} = 8"),
            (Role::Real, _) => format!("{name} = |out| out.{name}"),
            (Role::Time, _) => format!("{name} = since.elapsed()"),
            (_, "timing") => "timing = \"call\"".to_owned(),
            (_, "metrics") => "metrics = self.metrics".to_owned(),
            (_, "crate") => "crate = path::to::aimlm".to_owned(),
            (_, "error_kind") => "error_kind = |err| err.kind()".to_owned(),
            _ => format!("{name} = |out| out.is_valid()"),
        }
    }

    fn unknown(&mut self, argument: &Argument) {
        let (message, near) = unknown(self.kind, &argument.name());
        self.misspelt_subject |= near == Some(self.kind.subject) && !self.has_subject;
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

    fn common(&mut self, name: &str, value: Expr, checked: &mut CheckedArguments) {
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
            _ => match root(&value) {
                Ok(path) => checked.root = Some(path),
                Err(error) => self.errors.push(error),
            },
        }
    }

    fn judge(&mut self, name: &str, value: Expr, checked: &mut CheckedArguments) {
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

    /// A call carries no more numbers than its record has places for.
    fn not_too_many(&mut self, checked: &CheckedArguments, function: &Function) {
        let numbers = checked.before.len() + checked.after.len() + usize::from(checked.error_kind.is_some());
        if numbers > MOST_NUMBERS {
            let message = format!(
                "a call carries at most {MOST_NUMBERS} numbers, an `error_kind` among them; this one would have {numbers}"
            );
            self.errors.on(&function.signature.ident, message);
        }
    }

    /// What only the function can tell.
    fn against_function(&mut self, checked: &CheckedArguments, function: &Function) {
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
            (checked.call_only, ResultForm::of(output).what())
        {
            "this looks at the result, and the function hands out items one by one; remove it, record by hand with a \
             `Guard` that counts them, or time the call alone with `timing = \"call\"`"
        } else {
            return;
        };
        for look in looks {
            self.errors.on(look, message);
        }
    }
}

/// What to say about an argument that the attribute does not take, and the one that is meant.
pub(crate) fn unknown(kind: &AttributeKind, name: &str) -> (String, Option<&'static str>) {
    let known: Vec<_> = kind.arguments().collect();
    let others: Vec<_> = AttributeKind::taking(name)
        .map(|other| format!("`{other}`"))
        .collect();
    let near = nearest(name, known.iter().copied());
    let hint = match near {
        Some(near) => format!("; did you mean `{near}`?"),
        None if others.is_empty() => String::new(),
        None => format!("; it belongs to {}", others.join(", ")),
    };
    let takes = known.join(", ");
    (
        format!(
            "`{0}` has no argument `{name}`{hint}\n`{0}` takes: {takes}",
            kind.name
        ),
        near,
    )
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
