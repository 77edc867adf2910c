use super::Number;

/// What a value record carries: a number of the vocabulary, or what the record itself has no bits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payload(u8);

impl Payload {
    // Numbers have the codes of the vocabulary, which end before these.
    /// Kind of an error, as an interned name; counted by name, never added up.
    pub const ERROR_KIND: Self = Self(u8::MAX - 2);
    /// Ticks of a call too long for the duration bits of its record.
    pub(crate) const TICKS: Self = Self(u8::MAX - 1);
    /// How long a recorded call took, as it was said. The record that it stands before says when the call ended.
    pub(crate) const NANOSECONDS: Self = Self(u8::MAX);

    /// No value: what it stands for is left out.
    pub(crate) const NONE: Self = Self(Self::ERROR_KIND.0 - 1);

    /// A number of the vocabulary.
    #[inline(always)]
    pub(crate) const fn number(number: Number) -> Self {
        Self(number.code())
    }

    /// As a record has it.
    #[inline(always)]
    pub(crate) const fn code(self) -> u8 {
        self.0
    }

    /// What a record has; none where no version of this crate wrote it.
    #[inline(always)]
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        (code >= Self::ERROR_KIND.0 || Number::from_code(code).is_some()).then_some(Self(code))
    }

    /// The number of the vocabulary that it is, if it is one.
    #[inline(always)]
    pub(crate) fn as_number(self) -> Option<Number> {
        Number::from_code(self.0)
    }
}

const _: () = assert!(Number::MOST <= Payload::NONE.0 as usize);

impl From<Number> for Payload {
    #[inline(always)]
    fn from(number: Number) -> Self {
        Self::number(number)
    }
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $variant:ident $name:ident $kind:ident $unit:literal $($amount:ident)?;)+) => {
        /// The numbers of the vocabulary, by the names that the attributes emit.
        #[allow(non_upper_case_globals)]
        impl Payload {
            $($(#[$doc])* pub const $variant: Self = Self::number(Number::$variant);)+
        }
    };
}

aimlm_vocabulary::for_each_number!(numbers);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back() {
        for code in 0..=u8::MAX {
            let payload = Payload::from_code(code);
            assert!(payload.is_none_or(|payload| payload.code() == code));
            let number = payload.and_then(Payload::as_number);
            assert_eq!(number.is_some(), Number::from_code(code).is_some());
            assert!(number.is_none_or(|number| Payload::number(number).code() == code));
        }
    }
}
