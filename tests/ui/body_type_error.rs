#[aimlm::track_inference(model = "m")]
fn f() -> u8 {
    "text"
}

#[aimlm::track_inference(model = "m")]
async fn g(x: u8) -> u8 {
    std::future::ready(()).await;
    if x > 1 {
        return "text";
    }
    x.missing()
}

fn main() {}
