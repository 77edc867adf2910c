#[aimlm::track_inference(model = "m", tokens_out = async |out| 1)]
fn f() {}

fn main() {}
