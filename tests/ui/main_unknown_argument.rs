#[aimlm::main(rapport = "text")]
fn main() {}
