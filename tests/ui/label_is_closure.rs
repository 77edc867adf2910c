#[aimlm::track_inference(model = "m", device = |out| out.device())]
fn f() {}

fn main() {}
