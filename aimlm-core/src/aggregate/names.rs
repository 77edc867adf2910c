use crate::sync::fixed::OnceBox;

/// Distinct names that a process interns; a further one becomes [`OTHER`].
const CAPACITY: usize = 256;

/// Bytes that are kept of a name.
const LONGEST: usize = 256;

/// The name that stands for all names over the limit.
pub(crate) const OTHER: &str = "other";

static NAMES: [OnceBox<Box<str>>; CAPACITY] = [const { OnceBox::new() }; CAPACITY];

/// A number for this name, the same every time, below [`CAPACITY`]; the last for every name over the limit.
/// Lock-free: the table only grows, and whoever loses a race for a place reads who won it.
pub(crate) fn intern(name: &str) -> u64 {
    let name = beginning(name, LONGEST);
    let last = CAPACITY - 1;
    for (number, place) in NAMES[..last].iter().enumerate() {
        let held = place.get_or_init(|| Box::new(name.into()));
        if **held == *name {
            return number as u64;
        }
    }
    last as u64
}

/// As much of a text as `most` bytes hold.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
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
}
