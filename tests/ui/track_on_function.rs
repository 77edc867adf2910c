#[aimlm::track]
fn f() {}

fn main() {}
