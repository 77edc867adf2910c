#[aimlm::track_operation(error_kind = |err| "kind")]
fn f() -> u8 { 1 }

fn main() {}
