#[aimlm::track_inference(model = "m", batch_size)]
fn f() {}

fn main() {}
