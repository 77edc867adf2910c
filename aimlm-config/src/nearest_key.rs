/// The candidate that `written` most probably means, if any is near: at most two slips, or one in three
/// letters of a long name. A slip is a letter too many, too few, wrong, or swapped with its neighbour.
pub(super) fn nearest<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let written = written.to_lowercase();
    let near = candidates.into_iter().filter_map(|candidate| {
        let limit = (candidate.len() / 3).clamp(1, 4);
        let slips = slips(&written, &candidate.to_lowercase(), limit)?;
        Some((slips, candidate))
    });
    near.min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// The optimal string alignment distance, or nothing when it is over `limit`.
fn slips(left: &str, right: &str, limit: usize) -> Option<usize> {
    // The difference in length is a lower bound; it also bounds the work on a key of any length.
    if left.len() > 4 * (right.len() + limit) || left.chars().count().abs_diff(right.chars().count()) > limit
    {
        return None;
    }
    Some(strsim::osa_distance(left, right)).filter(|slips| *slips <= limit)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_forgiven_and_strangers_are_not() {
        let keys = ["enabled", "history_size", "high", "medium"];
        assert_eq!(nearest("enabeld", keys), Some("enabled"));
        assert_eq!(nearest("histroy-size", keys), Some("history_size"));
        assert_eq!(nearest("hihg", keys), Some("high"));
        assert_eq!(nearest("Medium", keys), Some("medium"));
        assert_eq!(nearest("low", keys), None);
        assert_eq!(nearest("", keys), None);
        assert_eq!(nearest(&"enabled".repeat(1000), keys), None);
        assert_eq!(nearest("ènabled", keys), Some("enabled"));
    }
}
