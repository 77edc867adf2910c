#[aimlm::main(crate = "aimlm")]
fn main() {}
