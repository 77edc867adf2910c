#[aimlm::track_model_load(model = "m", loss = 0.5)]
fn f() {}

fn main() {}
