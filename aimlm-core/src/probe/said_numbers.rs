//! The numbers of a call by hand.

use std::mem;

use super::{ABSENT, Values, set};
use crate::event::Payload;

/// Numbers that are said one after another. The first two have places of their own: a call with no more of them allocates
/// nothing, and keeps them in registers where the compiler sees all that it does.
#[derive(Debug, Clone)]
pub struct SaidNumbers {
    first: (Payload, u64),
    second: (Payload, u64),
    more: Vec<(Payload, u64)>,
}

const FREE: (Payload, u64) = (Payload::NONE, ABSENT);

impl SaidNumbers {
    /// None yet.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            first: FREE,
            second: FREE,
            more: Vec::new(),
        }
    }

    /// Sets the number under a field; one that is absent takes away what was said before.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn set(&mut self, what: Payload, bits: u64) {
        for place in [&mut self.first, &mut self.second] {
            if place.0 == what {
                place.1 = bits;
                return;
            }
            if place.0 == Payload::NONE {
                if bits != ABSENT {
                    *place = (what, bits);
                }
                return;
            }
        }
        // By value: what has a reference given away is in memory from its beginning.
        self.more = with(mem::take(&mut self.more), what, bits);
    }
}

impl Default for SaidNumbers {
    fn default() -> Self {
        Self::new()
    }
}

#[inline(never)]
fn with(mut numbers: Vec<(Payload, u64)>, what: Payload, bits: u64) -> Vec<(Payload, u64)> {
    set(&mut numbers, what, bits);
    numbers
}

impl Values for SaidNumbers {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn len(&self) -> usize {
        if self.first.0 == Payload::NONE {
            0
        } else if self.second.0 == Payload::NONE {
            1
        } else {
            2 + self.more.len()
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn at(&self, nth: usize) -> (Payload, u64) {
        match nth {
            0 => self.first,
            1 => self.second,
            _ => self.more[nth - 2],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(numbers: &SaidNumbers) -> Vec<(Payload, u64)> {
        let mut said = Vec::new();
        numbers.visit(|what, bits| said.push((what, bits)));
        said
    }

    #[test]
    fn each_field_has_what_was_said_last_wherever_its_place_is() {
        const FIELDS: [Payload; 5] = [
            Payload::Epoch,
            Payload::Loss,
            Payload::Accuracy,
            Payload::LearningRate,
            Payload::GradientNorm,
        ];
        for count in 0..=FIELDS.len() {
            let mut numbers = SaidNumbers::new();
            let mut expected = Vec::new();
            for (what, bits) in FIELDS[..count].iter().copied().zip(0..) {
                numbers.set(what, 99);
                numbers.set(what, bits);
                expected.push((what, bits));
            }
            assert_eq!((numbers.len(), said(&numbers)), (count, expected.clone()));
            for (what, _) in expected.clone() {
                numbers.set(what, ABSENT);
                expected.remove(0);
                assert_eq!(said(&numbers), expected);
            }
            for (what, bits) in FIELDS.into_iter().zip(5..) {
                numbers.set(what, bits);
                expected.push((what, bits));
            }
            assert_eq!(said(&numbers), expected, "after {count} were taken away");
        }
    }

    #[test]
    fn what_is_absent_takes_no_place() {
        let mut numbers = SaidNumbers::new();
        numbers.set(Payload::Loss, ABSENT);
        assert!(numbers.is_empty());
        numbers.set(Payload::Epoch, 1);
        assert_eq!((numbers.len(), said(&numbers)), (1, vec![(Payload::Epoch, 1)]));
    }
}
