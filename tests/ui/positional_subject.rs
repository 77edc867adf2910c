#[aimlm::track_inference("m")]
fn f() {}

fn main() {}
