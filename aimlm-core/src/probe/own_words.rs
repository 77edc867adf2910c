//! Numbers and labels of the program's own: words that stand in no table of the vocabulary.

use super::call_numbers::ABSENT;
use super::own_value::{OwnValue, converted};
use crate::event::{Label, Number, Payload, leave_out};
use crate::sync::Ordering;
use crate::sync::fixed::AtomicU32;

/// A word that is looked up once.
struct OwnWord {
    name: &'static str,
    /// Its code and one more; 0 before it is known.
    code: AtomicU32,
}

impl OwnWord {
    #[inline]
    fn code(&self, look_up: fn(&str) -> Option<u8>) -> Option<u8> {
        // Relaxed: the code stands for itself; the name is found through the vocabulary, which orders its own writes.
        match self.code.load(Ordering::Relaxed) {
            0 => self.look_up(look_up),
            code => Some((code - 1) as u8),
        }
    }

    #[cold]
    #[inline(never)]
    fn look_up(&self, look_up: fn(&str) -> Option<u8>) -> Option<u8> {
        let code = look_up(self.name)?;
        self.code.store(u32::from(code) + 1, Ordering::Relaxed);
        Some(code)
    }
}

/// A number that an attribute's `numbers(…)` names.
pub struct OwnNumber(OwnWord);

impl OwnNumber {
    /// One of this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(OwnWord {
            name,
            code: AtomicU32::new(0),
        })
    }

    /// What a value of it is carried as. Where no more names are taken it is as if there were no value.
    #[inline]
    #[must_use]
    pub fn payload(&self) -> Payload {
        let code = self.0.code(|name| Number::of_name(name).map(Number::code));
        match code.and_then(Number::from_code) {
            Some(number) => number.into(),
            None => no_name(),
        }
    }

    /// The bits of a value of it, which says of what kind it is if none did before.
    #[inline]
    pub fn bits<V: OwnValue>(&self, value: V) -> u64 {
        let code = self
            .0
            .code(|name| Number::of_kind(name, V::KIND).map(Number::code));
        let number = code.and_then(Number::from_code);
        number.map_or(ABSENT, |number| {
            converted(V::KIND, number.kind(), value.own_bits())
        })
    }
}

impl std::fmt::Debug for OwnNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name)
    }
}

/// A label that an attribute's `labels(…)` names.
pub struct OwnLabel(OwnWord);

impl OwnLabel {
    /// One of this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(OwnWord {
            name,
            code: AtomicU32::new(0),
        })
    }

    /// The label, with its text; where no more names are taken, one without text, which is as if there were none.
    #[inline]
    #[must_use]
    pub fn with<'a>(&self, text: &'a str) -> (Label, &'a str) {
        let code = self.0.code(|name| Label::of_name(name).map(Label::code));
        match code.and_then(Label::from_code) {
            Some(label) => (label, text),
            None => {
                leave_out();
                (Label::Source, "")
            }
        }
    }
}

impl std::fmt::Debug for OwnLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name)
    }
}

/// A value under a name that is known when the call is made: what it is carried as, and its bits. A name of the
/// vocabulary is that number, and takes what can be one of its kind.
#[inline]
pub fn named<V: OwnValue>(name: &str, value: V) -> (Payload, u64) {
    let Some(number) = Number::of_kind(name, V::KIND) else {
        return (no_name(), ABSENT);
    };
    (number.into(), converted(V::KIND, number.kind(), value.own_bits()))
}

/// Stands for a value whose name is not taken.
#[cold]
fn no_name() -> Payload {
    leave_out();
    Payload::NONE
}

/// A label of this name, if it is taken.
#[must_use]
pub fn label(name: &str) -> Option<Label> {
    let label = Label::of_name(name);
    if label.is_none() {
        leave_out();
    }
    label
}
