#[aimlm::track_inference(model = "m", batch_size = inputz.len())]
fn f(inputs: &[u8]) {
    let _ = inputs;
}

fn main() {}
