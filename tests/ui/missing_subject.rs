#[aimlm::track_inference]
fn f() {}

fn main() {}
