#[aimlm::track_inference(model("m"))]
fn f() {}

fn main() {}
