#[aimlm::track_training_step(modl = "m", los = 0.5, batch_size = "x", timing = 1, step)]
fn f() -> u8 { 1 }

fn g() -> u8 {
    // The function is there all the same: no error here.
    f()
}

fn main() {}
