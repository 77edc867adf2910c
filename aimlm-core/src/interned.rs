use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::sync::fixed::OnceBox;

/// Distinct names that a process interns; a further one becomes [`OTHER`].
const CAPACITY: usize = 256;

/// Longest text that is kept, in bytes.
pub(crate) const LONGEST: usize = 256;

/// The name that stands for all names over the limit.
pub(crate) const OTHER: &str = "other";

static NAMES: [OnceBox<Box<str>>; CAPACITY] = [const { OnceBox::new() }; CAPACITY];

/// A number for this name, the same every time, below [`CAPACITY`]; the last for every name over the limit.
/// Lock-free: the table only grows, and whoever loses a race for a place reads who won it.
pub(crate) fn intern(name: &str) -> u64 {
    let name = &*shortened(name);
    let last = CAPACITY - 1;
    for (number, place) in NAMES[..last].iter().enumerate() {
        let held = place.get_or_init(|| Box::new(name.into()));
        if **held == *name {
            return number as u64;
        }
    }
    last as u64
}

/// What is kept of a text: all of it, or its beginning and a number that tells it from others.
pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return text.into();
    }
    let number = FixedState::with_seed(0).hash_one(text);
    format!("{}…{number:016x}", beginning(text, LONGEST - 20)).into()
}

/// As much of a text as `most` bytes hold.
fn beginning(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The name with this number.
pub(crate) fn name(number: u64) -> &'static str {
    NAMES
        .get(number as usize)
        .and_then(OnceBox::get)
        .map_or(OTHER, |name| name)
}

/// Bytes that the names take up.
pub(crate) fn bytes() -> usize {
    let held = NAMES.iter().filter_map(OnceBox::get);
    held.map(|name| size_of::<Box<str>>() + name.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_the_table_is_bounded() {
        let timeout = intern("timeout");
        assert_eq!(timeout, intern("timeout"));
        assert_eq!(name(timeout), "timeout");
        let numbers: Vec<_> = (0..2 * CAPACITY).map(|i| intern(&format!("kind {i}"))).collect();
        assert_eq!(*numbers.last().unwrap(), CAPACITY as u64 - 1);
        assert_eq!(name(CAPACITY as u64 - 1), OTHER);
    }

    #[test]
    fn long_texts_are_kept_short_and_apart() {
        let (one, other) = ("é".repeat(10_000), "é".repeat(10_001));
        assert!(shortened(&one).len() <= LONGEST && shortened(&one).starts_with("éé"));
        assert_ne!(shortened(&one), shortened(&other));
        let longest = "k".repeat(LONGEST);
        assert_eq!(shortened(&longest), longest);
    }
}
