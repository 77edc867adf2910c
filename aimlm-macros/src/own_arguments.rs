//! `numbers(…)` and `labels(…)`: words of the program's own.

use std::fmt::Write;

use aimlm_vocabulary as vocabulary;
use aimlm_vocabulary::NumberKind;

use crate::arguments::NumberForm;

use crate::argument_word::ArgumentWord;
use crate::arguments::CheckedArguments;
use crate::checker::Checker;
use crate::kind::Role;
use crate::parse::Argument;

/// Longest name of a word, in bytes; the vocabulary takes no longer one.
const LONGEST: usize = 64;

impl Checker<'_> {
    /// The words in `numbers(…)` or `labels(…)`.
    pub(crate) fn own(&mut self, list: Argument, checked: &mut CheckedArguments) {
        let what = list.name();
        let Some(words) = list.own else {
            let message = format!("`{what}` is a list; write `{what}({} = …)`", example(&what));
            return self.errors.on(&list.key, message);
        };
        if words.is_empty() {
            let message = format!("`{what}()` names nothing; write `{what}({} = …)`", example(&what));
            return self.errors.on(&list.key, message);
        }
        for word in words {
            self.own_word(&what, word, checked);
        }
    }

    fn own_word(&mut self, what: &str, word: Argument, checked: &mut CheckedArguments) {
        let name = word.name();
        if let Some(message) = self.not_own(what, &name) {
            return self.errors.on(&word.key, message);
        }
        let Some(value) = word.value else {
            let message = format!("`{name}` in `{what}` needs a value; write `{name} = …`");
            return self.errors.on(&word.key, message);
        };
        if !self.leaves_no_body(&name, &value) {
            return;
        }
        if what == "labels" {
            let text = self.text(&name, value);
            checked
                .labels
                .extend(text.map(|text| (ArgumentWord::label_named(&name), text)));
        } else {
            let known = vocabulary::Number::from_name(&name);
            let form = known.map_or(NumberForm::Own, |number| match number.kind() {
                NumberKind::Count => NumberForm::Count,
                NumberKind::Time => NumberForm::Time,
                _ => NumberForm::Real,
            });
            self.number(&name, form, value, checked);
        }
    }

    /// Why a name can not stand in the list, if it can not.
    fn not_own(&mut self, what: &str, name: &str) -> Option<String> {
        let mut message = String::new();
        let attribute = self.kind.name;
        match self.kind.role(name) {
            Some(Role::Common) => write!(
                message,
                "`{name}` has a meaning of its own in `{attribute}`; choose another name"
            ),
            Some(_) => write!(
                message,
                "`{name}` is an argument of `{attribute}`; write `{name} = …` beside `{what}`"
            ),
            None if name.len() > LONGEST => write!(
                message,
                "`{name}` has over {LONGEST} bytes; choose a shorter name"
            ),
            None if !self.is_first(name) => write!(
                message,
                "`{name}` is given twice to `{attribute}`; keep one of them"
            ),
            None => return None,
        }
        .expect("a string takes all");
        Some(message)
    }
}

fn example(what: &str) -> &'static str {
    match what {
        "labels" => "tenant",
        _ => "cache_hits",
    }
}
