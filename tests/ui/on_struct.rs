#[aimlm::track_operation]
struct S;

fn main() {}
