#[aimlm::track_operation(timing = "end")]
fn f() {}

fn main() {}
