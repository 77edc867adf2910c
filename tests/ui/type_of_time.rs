#[aimlm::track_inference(model = "m", queue_time = waited)]
fn f(waited: f64) {
    let _ = waited;
}

fn main() {}
