#[aimlm::main]
async fn main() {}
