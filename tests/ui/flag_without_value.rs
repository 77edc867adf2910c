#[aimlm::track_inference(model)]
fn f() {}

fn main() {}
