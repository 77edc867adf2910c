struct S;

#[aimlm::track(inference, model = "m", batchsize = 1)]
impl S {
    fn f(&self) {}
}

fn main() {}
