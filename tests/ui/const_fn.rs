#[aimlm::track_operation]
const fn f() -> u8 { 1 }

fn main() {}
