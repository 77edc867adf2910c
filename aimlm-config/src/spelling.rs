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
    if left.len() > 4 * (right.len() + limit) {
        return None;
    }
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for row in 1..=left.len() {
        let mut here = vec![row];
        for column in 1..=right.len() {
            let same = left[row - 1] == right[column - 1];
            let mut best = (above[column - 1] + usize::from(!same))
                .min(above[column] + 1)
                .min(here[column - 1] + 1);
            let crossed = row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1];
            if crossed {
                best = best.min(before[column - 2] + 1);
            }
            here.push(best);
        }
        before = std::mem::replace(&mut above, here);
    }
    above.last().copied().filter(|slips| *slips <= limit)
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
