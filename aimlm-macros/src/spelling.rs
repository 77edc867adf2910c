//! The nearest spelling of an unknown name.

/// The known name that is nearest, if one is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    known
        .map(|other| (distance(name, other), other))
        .filter(|(distance, other)| *distance <= limit || is_part(name, other))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// `batch` is meant for `batch_size`, `n_workers` for none.
fn is_part(name: &str, other: &str) -> bool {
    name.len() > 2 && other.split('_').any(|word| word == name)
}

/// Insertions, deletions, substitutions and swaps of neighbours between two names.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substituted.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["model", "device", "batch_size", "tokens_in", "tokens_out"];
        let nearest = |name| nearest(name, known.into_iter());
        assert_eq!(nearest("modle"), Some("model"));
        assert_eq!(nearest("batchsize"), Some("batch_size"));
        assert_eq!(nearest("batch"), Some("batch_size"));
        assert_eq!(nearest("token_out"), Some("tokens_out"));
        assert_eq!(nearest("temperature"), None);
    }
}
