//! README's table of attributes is made of the vocabulary. `DOCS=overwrite cargo test -p aimlm --test vocabulary` writes it
//! anew.

use std::path::Path;

/// As the table lists names.
fn listed(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// One row: attribute, the argument of its subject, texts, numbers.
fn row(attribute: &str, subject: &str, texts: &[&str], numbers: &[&str]) -> String {
    let cells = [
        format!("`#[{attribute}]`"),
        format!("`{subject}`"),
        listed(texts),
        listed(numbers),
    ];
    let cells: Vec<_> = cells
        .iter()
        .map(|cell| match cell.as_str() {
            "" => " ".to_owned(),
            cell => format!(" {cell} "),
        })
        .collect();
    format!("|{}|", cells.join("|"))
}

macro_rules! rows {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:ident of $noun:ident {
            $(call $call:ident($subject:ident $(or $function:ident)?) $tracks:literal $times:literal;)?
            labels { $($label:ident $label_variant:ident $label_doc:literal;)* }
            counts { $($count:ident $count_variant:ident $count_doc:literal;)* }
            reals { $($real:ident $real_variant:ident $real_doc:literal;)* }
            $(times { $($time:ident $time_variant:ident $time_doc:literal;)* })?
            $(levels { $($level:ident $level_variant:ident $level_doc:literal;)* })?
            items [$($items:ident),*];
            $($by_epoch:ident;)?
        }
    )+) => {
        fn rows() -> Vec<String> {
            let mut rows = Vec::new();
            $(
                let texts = &[$(stringify!($label)),*];
                let numbers = &[
                    $(stringify!($count),)* $(stringify!($real),)*
                    $($(stringify!($time),)*)? $($(stringify!($level),)*)?
                ];
                let attribute: &[(&str, &str)] = &[$((stringify!($call), stringify!($subject)))?];
                rows.extend(attribute.iter().map(|(attribute, subject)| row(attribute, subject, texts, numbers)));
            )+
            rows
        }
    };
}

aimlm_vocabulary::for_each_stage!(rows);

#[test]
fn readme_lists_what_each_attribute_takes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let mut readme = std::fs::read_to_string(&path).unwrap();
    let is_row = |line: &&str| line.starts_with("| `#[track_");
    let table = rows();
    if std::env::var_os("DOCS").is_some_and(|how| how == "overwrite") {
        let before: Vec<_> = readme.lines().take_while(|line| !is_row(line)).collect();
        let after: Vec<_> = readme.lines().skip(before.len()).skip_while(is_row).collect();
        let lines = before
            .iter()
            .copied()
            .chain(table.iter().map(String::as_str))
            .chain(after);
        readme = lines.fold(String::new(), |readme, line| readme + line + "\n");
        std::fs::write(&path, &readme).unwrap();
    }
    let written: Vec<_> = readme.lines().filter(is_row).collect();
    assert_eq!(written, table, "`DOCS=overwrite` makes README's table anew");
}
