#[aimlm::track_operation(ok_if = |out| true)]
fn f() -> impl Iterator<Item = u8> { 0..3 }

fn main() {}
