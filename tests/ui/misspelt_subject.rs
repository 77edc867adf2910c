#[aimlm::track_inference(modle = "m")]
fn f() {}

fn main() {}
