#[aimlm::track_inference(model = "m", batch_size = 8.5)]
fn f() {}

fn main() {}
