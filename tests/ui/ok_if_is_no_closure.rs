#[aimlm::track_operation(ok_if = true)]
fn f() -> bool { true }

fn main() {}
