#[aimlm::track_operation(items = x?)]
fn f(x: Option<u8>) -> Option<u8> { x }

fn main() {}
