struct S;

#[aimlm::track(crate = "aimlm")]
impl S {
    fn f(&self) {}
}

fn main() {}
