//! Smallest and largest values, which may be unknown.

/// Of both; what only one knows is of both.
pub(crate) fn merge_with<T>(ours: Option<T>, theirs: Option<T>, pick: impl Fn(T, T) -> T) -> Option<T> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => Some(pick(ours, theirs)),
        (ours, theirs) => ours.or(theirs),
    }
}

/// Of what came after `earlier` an extreme is known if it went beyond the one that there was, or if there was none.
pub(crate) fn since<T: PartialEq>(now: Option<T>, earlier: Option<T>) -> Option<T> {
    if now == earlier { None } else { now }
}
