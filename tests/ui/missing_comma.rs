#[aimlm::track_inference(model = "m" batch_size = 1)]
fn f() {}

fn main() {}
