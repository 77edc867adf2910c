#[aimlm::track_operation(crate = "aimlm")]
fn f() {}

fn main() {}
