#[aimlm::main(every = "30s")]
fn main() {}
