//! Each case says the same with and without the macro.

#[test]
fn the_macro_changes_nothing() {
    let mut n = 0;
    let mut differing = Vec::new();
    for (plain, tracked) in shapes::plain::ALL.iter().zip(shapes::tracked::ALL) {
        for ((name, plain), (same, tracked)) in plain.iter().zip(tracked.iter()) {
            assert_eq!(name, same);
            let (plain, tracked) = (plain(), tracked());
            if plain != tracked {
                differing.push(format!("{name}: {plain:?} became {tracked:?}"));
            }
            n += 1;
        }
    }
    println!("{n} shapes");
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(n >= 110);
}
