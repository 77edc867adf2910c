#[aimlm::track_operation(items = |out| 1)]
fn f() -> ! { panic!() }

fn main() {}
