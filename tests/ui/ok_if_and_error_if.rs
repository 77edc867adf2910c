#[aimlm::track_operation(ok_if = |out| *out, error_if = |out| !*out)]
fn f() -> bool { true }

fn main() {}
