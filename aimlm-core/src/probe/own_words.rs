//! Numbers and labels of the program's own: words that stand in no table of the vocabulary.

use super::call_numbers::{ABSENT, Real};
use crate::event::{Label, Number, NumberKind, Payload, leave_out};
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
        let code = look_up(self.name);
        match code {
            Some(code) => self.code.store(u32::from(code) + 1, Ordering::Relaxed),
            None => leave_out(),
        }
        code
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

    /// What a value of it is carried as; none where no more names are taken.
    #[inline]
    fn number(&self) -> Option<Number> {
        let code = self.0.code(|name| Number::of_name(name).map(Number::code))?;
        Number::from_code(code)
    }

    /// What a value of it is carried as. Where no more names are taken it is as if there were no value.
    #[inline]
    #[must_use]
    pub fn payload(&self) -> Payload {
        self.number().map_or(Payload::NONE, Payload::from)
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
            None => (Label::Source, ""),
        }
    }
}

impl std::fmt::Debug for OwnLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name)
    }
}

/// A value under a name that is known when the call is made: what it is carried as, and its bits. A name of the
/// vocabulary is that number, and takes what that takes.
#[inline]
pub fn named(name: &str, value: impl Real) -> (Payload, u64) {
    let Some(number) = Number::of_name(name) else {
        leave_out();
        return (Payload::NONE, ABSENT);
    };
    let bits = match (number.kind(), value.real()) {
        (_, ABSENT) => ABSENT,
        (NumberKind::Count, bits) => whole(f64::from_bits(bits)),
        (_, bits) => bits,
    };
    (number.into(), bits)
}

/// A count; one that is negative, or none, is not there.
fn whole(value: f64) -> u64 {
    if value >= 0.0 {
        (value as u64).min(ABSENT - 1)
    } else {
        ABSENT
    }
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
