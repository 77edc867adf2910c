use crate::event::Number;

/// Which amounts a call said that succeeded: each that has a rate, and whichever counts the items of its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amounts(u16);

/// Numbers that are amounts.
const AMOUNTS: usize = {
    let (mut at, mut amounts) = (0, 0);
    while at < Number::ALL.len() {
        amounts += Number::ALL[at].is_amount() as usize;
        at += 1;
    }
    amounts
};

/// The bit of each number of the vocabulary, by its code.
const BITS: [u16; Number::ALL.len()] = {
    let mut bits = [0; Number::ALL.len()];
    let (mut at, mut next) = (0, 1);
    while at < bits.len() {
        if Number::ALL[at].is_amount() {
            bits[at] = next;
            next <<= 1;
        }
        at += 1;
    }
    bits
};

impl Amounts {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(((1_u32 << Self::COUNT) - 1) as u16);
    pub(crate) const ITEMS: Self = Self(1 << AMOUNTS);
    pub(crate) const COUNT: usize = AMOUNTS + 1;

    /// That of a field; none if it is no amount.
    #[inline]
    pub(crate) const fn of(field: Number) -> Self {
        const { assert!(Self::COUNT <= u16::BITS as usize, "more amounts than bits") };
        let code = field.code() as usize;
        // Numbers of the program's own have none.
        Self(if code < BITS.len() { BITS[code] } else { 0 })
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
