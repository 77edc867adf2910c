struct S;

#[aimlm::track(inference)]
impl S {
    fn f(&self) {}
}

fn main() {}
