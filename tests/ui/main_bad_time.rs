#[aimlm::main(path = "report.md", every = "30")]
fn main() {}
