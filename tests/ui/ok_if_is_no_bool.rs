#[aimlm::track_operation(ok_if = |out| out.len())]
fn f() -> Vec<u8> { vec![] }

fn main() {}
