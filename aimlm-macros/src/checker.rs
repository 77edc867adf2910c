//! What every argument's value has to be.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{Expr, ExprClosure, ExprLit, Lit};

use crate::argument_word::ArgumentWord;
use crate::arguments::{CheckedArguments, NumberArgument, NumberForm, TextArgument};
use crate::errors::Errors;
use crate::forms::{literal, way_out};
use crate::kind::AttributeKind;

/// Checks the arguments of one attribute.
pub(crate) struct Checker<'a> {
    pub(crate) kind: &'a AttributeKind,
    pub(crate) errors: &'a mut Errors,
    pub(crate) seen: HashMap<String, ()>,
    pub(crate) has_subject: bool,
    pub(crate) misspelt_subject: bool,
}

impl Checker<'_> {
    /// `?`, `return` and `.await` would leave the expression, not the function.
    pub(crate) fn leaves_no_body(&mut self, name: &str, value: &Expr) -> bool {
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

    pub(crate) fn text(&mut self, name: &str, value: Expr) -> Option<TextArgument> {
        let message = match &value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) if name == self.kind.subject => {
                if !text.value().is_empty() {
                    return Some(TextArgument::Literal(text.clone()));
                }
                format!("`{name}` is empty; write the name that reports shall show")
            }
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => return Some(TextArgument::Literal(text.clone())),
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
            _ => return Some(TextArgument::Expression(value)),
        };
        self.errors.on(value, message);
        None
    }

    pub(crate) fn number(
        &mut self,
        name: &str,
        form: NumberForm,
        value: Expr,
        checked: &mut CheckedArguments,
    ) {
        let word = ArgumentWord::of_argument(name);
        if let Expr::Closure(closure) = &value {
            if self.one_parameter(name, closure, "out") {
                checked.after.push(NumberArgument { word, form, value });
            }
            return;
        }
        let real = form != NumberForm::Count;
        let message = match literal(&value) {
            Some(_) if form == NumberForm::Time => Some(format!(
                "`{name}` is a duration; write `{name} = since.elapsed()` or another expression"
            )),
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
            None => checked.before.push(NumberArgument { word, form, value }),
        }
    }

    pub(crate) fn one_parameter(&mut self, name: &str, closure: &ExprClosure, parameter: &str) -> bool {
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

    /// Whether a name is met for the first time.
    pub(crate) fn is_first(&mut self, name: &str) -> bool {
        self.seen.insert(name.to_owned(), ()).is_none()
    }
}
