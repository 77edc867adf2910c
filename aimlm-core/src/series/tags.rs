use crate::sync::{AtomicU64, Ordering};

/// Places of a group.
pub(super) const PLACES: usize = 8;

/// A byte of the hash for each place of a group that is taken; 0 for the others.
pub(super) struct Tags(AtomicU64);

/// Which places of a group have the tag of a hash.
#[derive(Clone, Copy)]
pub(super) struct Same {
    tags: u64,
    /// The highest bit of each byte that is the tag.
    bits: u64,
}

/// The highest bit of each byte, set in every tag.
const TAKEN: u64 = 0x8080_8080_8080_8080;

/// The tag of a hash. Its low bits choose the group.
const fn tag_of(hash: u64) -> u64 {
    hash >> 57 | 0x80
}

/// The highest bit of every byte of `word` that is `tag`.
#[inline(always)]
const fn equal_bytes(word: u64, tag: u64) -> u64 {
    let differ = word ^ (tag * 0x0101_0101_0101_0101);
    // A byte that is 0 alone does not carry into its highest bit.
    !(((differ & !TAKEN) + !TAKEN) | differ) & TAKEN
}

// Relaxed throughout: a tag only says where to look. Who must see it is ordered after the call that set it.
impl Tags {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// The places whose tag is that of `hash`.
    #[inline(always)]
    pub(super) fn of(&self, hash: u64) -> Same {
        let tags = self.0.load(Ordering::Relaxed);
        Same {
            tags,
            bits: equal_bytes(tags, tag_of(hash)),
        }
    }

    /// Sets the tag of a place. Says whether this was the first to do so.
    pub(super) fn set(&self, place: usize, hash: u64) -> bool {
        let tag = tag_of(hash) << (place * 8);
        self.0.fetch_or(tag, Ordering::Relaxed) & tag != tag
    }

    pub(super) fn has(&self, place: usize) -> bool {
        self.0.load(Ordering::Relaxed) >> (place * 8) & 0x80 != 0
    }
}

impl Same {
    #[inline(always)]
    pub(super) fn first(self) -> Option<usize> {
        (self.bits != 0).then(|| self.bits.trailing_zeros() as usize / 8)
    }

    pub(super) fn places(self) -> impl Iterator<Item = usize> {
        (0..PLACES).filter(move |place| self.bits >> (place * 8) & 0x80 != 0)
    }

    /// Whether every place of the group has a tag, whichever.
    #[inline(always)]
    pub(super) const fn are_full(self) -> bool {
        self.tags & TAKEN == TAKEN
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_places_of_a_tag_are_those_that_were_given_it(
            taken in prop::collection::vec((0..PLACES, prop_oneof![0..4_u64, 0..1_u64 << 7]), 0..12),
        ) {
            let tags = Tags::new();
            let mut expected = [None; PLACES];
            for (place, tag) in taken {
                if expected[place].is_none_or(|held| held == tag) {
                    prop_assert_eq!(tags.set(place, tag << 57 | 5), expected[place].is_none());
                    expected[place] = Some(tag);
                }
            }
            for tag in 0..1 << 7 {
                let same = tags.of(tag << 57);
                let places: Vec<_> = (0..PLACES).filter(|&place| expected[place] == Some(tag)).collect();
                prop_assert_eq!(same.first(), places.first().copied());
                prop_assert_eq!(same.places().collect::<Vec<_>>(), places);
                prop_assert_eq!(same.are_full(), expected.iter().all(Option::is_some));
            }
            for (place, held) in expected.iter().enumerate() {
                prop_assert_eq!(tags.has(place), held.is_some());
            }
        }
    }
}
