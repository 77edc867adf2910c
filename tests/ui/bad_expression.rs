#[aimlm::track_inference(model = "m", batch_size = 1 +, tokens_in = 2)]
fn f() {}

fn main() {}
