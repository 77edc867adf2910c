struct S;

#[aimlm::track(inferense, model = "m")]
impl S {
    fn f(&self) {}
}

fn main() {}
