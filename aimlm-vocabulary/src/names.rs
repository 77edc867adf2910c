//! Names that stand in no table: a user's own words, and those of another version of aimlm that wrote a file.

use std::sync::atomic::{AtomicU8, Ordering};

use once_cell::race::OnceBox;

/// Longest name, in bytes.
pub(crate) const LONGEST: usize = 64;

/// So many names, each kept once and for good. Whoever looks one up waits for nobody, also in a forked child.
/// Beside each is room for a mark, which is made once.
pub struct Names<const N: usize> {
    names: [OnceBox<Box<str>>; N],
    /// 0 where there is none.
    marks: [AtomicU8; N],
}

impl<const N: usize> Names<N> {
    /// None so far.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "it is a static")]
    pub const fn new() -> Self {
        Self {
            names: [const { OnceBox::new() }; N],
            marks: [const { AtomicU8::new(0) }; N],
        }
    }

    /// The name at a place, if there is one.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&str> {
        self.names.get(place)?.get().map(|name| &**name)
    }

    /// The place of a name; none if there is no room for another, or if it is none: empty, or longer than 64 bytes.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        let is_name = !name.is_empty() && name.len() <= LONGEST;
        // Where another thread puts its own into a place first, the next one is tried.
        let mut places = self.names.iter().filter(|_| is_name);
        places.position(|place| **place.get_or_init(|| Box::new(name.into())) == *name)
    }

    /// The mark at a place; 0 where there is none.
    #[must_use]
    pub fn mark_at(&self, place: usize) -> u8 {
        // Relaxed: the mark stands for itself.
        self.marks
            .get(place)
            .map_or(0, |mark| mark.load(Ordering::Relaxed))
    }

    /// Marks a place that has no mark yet.
    pub fn mark(&self, place: usize, mark: u8) {
        if let Some(own) = self.marks.get(place) {
            // Relaxed: as above; whoever comes later finds the first, whatever the order of anything else.
            let _ = own.compare_exchange(0, mark, Ordering::Relaxed, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_place_and_there_are_so_many() {
        let names = Names::<3>::new();
        assert_eq!(
            ["a", "b", "a", "c", "d", "b"].map(|name| names.place(name)),
            [Some(0), Some(1), Some(0), Some(2), None, Some(1)]
        );
        assert_eq!((names.get(1), names.get(3)), (Some("b"), None));
        assert_eq!((names.place(""), names.place(&"c".repeat(65))), (None, None));
    }

    #[test]
    fn a_mark_is_made_once() {
        let names = Names::<2>::new();
        assert_eq!(names.mark_at(1), 0);
        for (place, mark) in [(1, 3), (1, 4), (7, 1)] {
            names.mark(place, mark);
        }
        assert_eq!([0, 1, 7].map(|place| names.mark_at(place)), [0, 3, 0]);
    }

    #[test]
    fn threads_agree_on_the_place() {
        let names = Names::<64>::new();
        let all = || -> Vec<_> { (0..64).map(|n| names.place(&format!("{}", n % 48))).collect() };
        let places: Vec<Vec<_>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(all)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for (n, place) in places.iter().flatten().enumerate() {
            assert_eq!(names.get(place.unwrap()), Some(&*format!("{}", n % 64 % 48)));
        }
        assert!(places.iter().all(|other| *other == places[0]));
    }
}
