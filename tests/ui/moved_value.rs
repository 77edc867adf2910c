#[aimlm::track_operation(items = drop_all(x))]
fn f(x: Vec<u8>) -> Vec<u8> { x }

fn drop_all(x: Vec<u8>) -> usize { x.len() }

fn main() {}
