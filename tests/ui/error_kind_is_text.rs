#[aimlm::track_operation(error_kind = "kind")]
fn f() -> Result<(), ()> { Ok(()) }

fn main() {}
