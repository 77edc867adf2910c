#[aimlm::main(path = "report.nosuch")]
fn main() {}
