//! Each case says the same as written, tracked, and with the attribute switched off.

type Cases = [&'static [(&'static str, fn() -> String)]];

/// What each case says; each once, for some count how often they ran.
fn said(cases: &Cases) -> Vec<(&'static str, String)> {
    let cases = cases.iter().flat_map(|file| file.iter());
    cases.map(|(name, run)| (*name, run())).collect()
}

fn compare(first: &[(&str, String)], second: &[(&str, String)]) {
    let differing: Vec<_> = first
        .iter()
        .zip(second)
        .filter(|(first, second)| first != second)
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn the_macro_changes_nothing() {
    let plain = said(shapes::plain::ALL);
    let tracked = said(shapes::tracked::ALL);
    let off = said(shapes::off::ALL);
    println!("{} shapes, {} of them plain", tracked.len(), plain.len());
    assert!(plain.len() >= 110);
    // As written, some would get warnings: what only an attribute uses.
    assert!(tracked.len() > plain.len());
    assert_eq!(tracked.len(), off.len());
    compare(&plain, &tracked);
    compare(&tracked, &off);
}
