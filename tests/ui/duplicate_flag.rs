#[aimlm::track_operation(track_memory, track_memory = false)]
fn f() {}

fn main() {}
