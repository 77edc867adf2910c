#[aimlm::track_inference(model = "m", tokens_out = || 1)]
fn f() {}

fn main() {}
