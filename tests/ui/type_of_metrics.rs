#[aimlm::track_operation(metrics = 5)]
fn f() {}

fn main() {}
