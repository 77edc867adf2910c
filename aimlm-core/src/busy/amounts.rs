use crate::event::Number;

/// Which amounts a call said that succeeded: each that has a rate, and whichever counts the items of its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amounts(u8);

impl Amounts {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self((1 << Self::COUNT) - 1);
    pub(crate) const ITEMS: Self = Self(1 << 6);
    pub(crate) const COUNT: usize = 7;

    /// That of a field; none if it is no amount.
    #[inline]
    pub(crate) const fn of(field: Number) -> Self {
        Self(match field {
            Number::BatchSize => 1,
            Number::TokensIn => 1 << 1,
            Number::TokensOut => 1 << 2,
            Number::SizeBytes => 1 << 3,
            Number::NumSamples => 1 << 4,
            Number::Items => 1 << 5,
            _ => 0,
        })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn has(self, nth: usize) -> bool {
        self.0 >> nth & 1 != 0
    }

    /// The place of each among [`COUNT`](Self::COUNT).
    pub(crate) fn places(self) -> impl Iterator<Item = usize> {
        (0..Self::COUNT).filter(move |&nth| self.has(nth))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_amount_has_a_place() {
        let amounts: Vec<_> = Number::ALL.iter().filter(|field| field.is_amount()).collect();
        assert_eq!(amounts.len() + 1, Amounts::COUNT);
        let all = amounts
            .iter()
            .fold(Amounts::ITEMS, |all, field| all.and(Amounts::of(**field)));
        assert_eq!(all, Amounts::ALL);
        for field in Number::ALL {
            assert_eq!(
                Amounts::of(*field).places().count(),
                usize::from(field.is_amount())
            );
        }
    }
}
