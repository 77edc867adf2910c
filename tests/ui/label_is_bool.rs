#[aimlm::track_inference(model = "m", device = true)]
fn f() {}

fn main() {}
