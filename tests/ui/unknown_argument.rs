#[aimlm::track_inference(model = "m", batchsize = 1)]
fn f() {}

fn main() {}
