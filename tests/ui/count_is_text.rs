#[aimlm::track_inference(model = "m", batch_size = "8")]
fn f() {}

fn main() {}
