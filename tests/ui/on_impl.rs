struct S;

#[aimlm::track_operation]
impl S {
    fn f(&self) {}
}

fn main() {}
