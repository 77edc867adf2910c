#[aimlm::track_inference(model = 5)]
fn f() {}

fn main() {}
