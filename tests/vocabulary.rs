//! Documents say what the vocabulary says.

use aimlm::Stage;

/// The rows of README's table of attributes: attributes, subject, texts, numbers.
fn rows() -> Vec<[String; 4]> {
    let readme = include_str!("../README.md");
    let rows = readme.lines().filter(|line| line.starts_with("| `#[track_"));
    rows.map(|row| {
        let cells: Vec<_> = row
            .trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect();
        cells.try_into().expect("four cells")
    })
    .collect()
}

/// As the table lists names.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn readme_lists_what_each_attribute_takes() {
    let rows = rows();
    for stage in Stage::ALL {
        let Some(attribute) = stage.attribute() else {
            continue;
        };
        let own: Vec<_> = rows
            .iter()
            .filter(|[attributes, ..]| attributes.contains(&format!("`#[{attribute}]`")))
            .collect();
        let [[_, _, texts, numbers]] = own.as_slice() else {
            panic!("{attribute} has {} rows", own.len());
        };
        assert_eq!(
            *texts,
            listed(stage.labels().iter().map(|label| label.name())),
            "{attribute}"
        );
        assert_eq!(
            *numbers,
            listed(stage.numbers().iter().map(|number| number.name())),
            "{attribute}"
        );
    }
}
