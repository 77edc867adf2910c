#[aimlm::main(path = "report.html")]
fn main() {}
