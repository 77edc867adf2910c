#[aimlm::track_inference(model = "m", model = "n")]
fn f() {}

fn main() {}
