#[aimlm::skip(all)]
fn f() {}

fn main() {}
