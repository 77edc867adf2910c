#[aimlm::track_operation(items = x().await)]
async fn f() {}

async fn x() -> u8 { 1 }

fn main() {}
