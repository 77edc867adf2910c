#[aimlm::main]
fn start() {}

fn main() {}
