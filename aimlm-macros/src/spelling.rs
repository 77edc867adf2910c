//! The nearest spelling of an unknown name.

/// The known name that is nearest, if one is near enough to be meant: by letters too many, too few, wrong, or swapped
/// with their neighbours.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    known
        .map(|other| (strsim::osa_distance(name, other), other))
        .filter(|(distance, other)| *distance <= limit || is_part(name, other))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// `batch` is meant for `batch_size`, `n_workers` for none.
fn is_part(name: &str, other: &str) -> bool {
    name.len() > 2 && other.split('_').any(|word| word == name)
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
