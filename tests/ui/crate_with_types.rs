#[aimlm::track_operation(crate = aimlm::<u8>)]
fn f() {}

fn main() {}
