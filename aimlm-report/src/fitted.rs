use std::collections::BTreeMap;

use aimlm_format::{display_width, shortened, shortened_around};

use super::cell_value::CellValue;
use super::shown::texts;

/// Narrowest text that says anything.
const LEAST: usize = 12;

/// The texts of a cell in at most `width` columns. What is too wide is shortened text by text, so that the beginning of one
/// and the end of another never look like one.
fn cut(texts: &[String], width: usize) -> String {
    if let [one] = texts {
        return shortened(one, width);
    }
    for shown in (1..=texts.len()).rev() {
        let rest = texts.len() - shown;
        let more = if rest == 0 {
            String::new()
        } else {
            format!(" and {rest} more")
        };
        let room = width.saturating_sub(more.len() + 2 * (shown - 1)) / shown;
        let widest = texts[..shown].iter().map(|text| display_width(text)).max();
        if room >= LEAST || widest.is_some_and(|widest| widest <= room) || shown == 1 {
            let texts: Vec<String> = texts[..shown].iter().map(|text| shortened(text, room)).collect();
            return format!("{}{more}", texts.join(", "));
        }
    }
    String::new()
}

/// The cells in at most `width` columns each. Different names stay different: those that their middle told
/// apart have a number in its place.
pub(super) fn fitted(cells: &[CellValue], width: usize) -> Vec<String> {
    let cells: Vec<Vec<String>> = cells.iter().map(texts).collect();
    let mut fitted: Vec<String> = cells.iter().map(|texts| cut(texts, width)).collect();
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, text) in fitted.iter().enumerate() {
        places.entry(text).or_default().push(at);
    }
    let alike: Vec<Vec<usize>> = places.into_values().filter(|places| places.len() > 1).collect();
    for places in alike {
        let mut names: Vec<&[String]> = Vec::new();
        for at in places {
            let known = names.iter().position(|name| *name == cells[at]);
            let number = known.unwrap_or_else(|| {
                names.push(&cells[at]);
                names.len() - 1
            });
            if let ([name], 1..) = (cells[at].as_slice(), number) {
                fitted[at] = shortened_around(name, width, &format!("…{}…", number + 1));
            }
        }
    }
    fitted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_paths_are_two() {
        let cut = |texts: &[&str], width| {
            cut(
                &texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>(),
                width,
            )
        };
        let sources = [
            "/mnt/a/models/minilm/model.safetensors",
            "s3://bucket/minilm/weights.bin",
        ];
        assert_eq!(cut(&sources, 40), "/mnt/a/mo…fetensors, s3://buck…ights.bin");
        assert_eq!(cut(&sources, 24), "/mnt/a…ensors and 1 more");
        assert_eq!(cut(&["cpu", "cuda"], 24), "cpu, cuda");
        assert_eq!(cut(&["", "x"], 24), "(empty), x");
    }

    #[test]
    fn names_that_differ_in_the_middle_stay_different() {
        let names = ["a", "b", "c", "b"]
            .map(|middle| CellValue::text(format!("shard-{}{middle}{}", "0".repeat(40), "1".repeat(40))));
        let fitted = fitted(&names, 11);
        assert_eq!(
            fitted,
            ["shard…11111", "shar…2…1111", "shar…3…1111", "shar…2…1111"]
        );
    }

    proptest! {
        #[test]
        fn cells_fit(texts in prop::collection::vec(any::<String>(), 1..6), width in 24_usize..60) {
            prop_assert!(display_width(&cut(&texts, width)) <= width);
        }
    }
}
