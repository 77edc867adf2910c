#[aimlm::track_training_step(model = "m", loss = loss)]
fn f(loss: &str) {
    let _ = loss;
}

fn main() {}
