#[aimlm::track_inference(model = "m", temperature = 1)]
fn f() {}

fn main() {}
