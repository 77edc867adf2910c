#[aimlm::main(report = "nosuch")]
fn main() {}
