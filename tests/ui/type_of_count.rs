#[aimlm::track_inference(model = "m", batch_size = inputs)]
fn f(inputs: &[u8]) {
    let _ = inputs;
}

fn main() {}
