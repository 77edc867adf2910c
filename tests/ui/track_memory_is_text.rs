#[aimlm::track_operation(track_memory = "yes")]
fn f() {}

fn main() {}
