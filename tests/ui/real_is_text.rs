#[aimlm::track_training_step(model = "m", loss = "low")]
fn f() {}

fn main() {}
