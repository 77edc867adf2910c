#[aimlm::track_inference(model = "m", tokens_out = |a, b| 1)]
fn f() {}

fn main() {}
