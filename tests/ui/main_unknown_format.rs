#[aimlm::main(report = "html")]
fn main() {}
