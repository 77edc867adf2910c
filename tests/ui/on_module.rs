#[aimlm::track_operation]
mod m {
    fn f() {}
}

fn main() {}
