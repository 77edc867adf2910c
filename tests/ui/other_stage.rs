#[aimlm::track_inference(model = "m", epoch = 1)]
fn f() {}

fn main() {}
