//! What only an attribute uses is used, whether the attribute does something or not.
#![deny(warnings)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![allow(
    clippy::missing_const_for_fn,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "true of the functions as written"
)]

use super::shape;
use crate::scene::{block_on, wait};

cases! { parameters items }

/// Parameters that no body mentions.
pub mod parameters {
    use super::{block_on, shape, wait};

    #[shape(items = step)]
    fn step(batch: &[f32], step: u64) -> f32 {
        batch.iter().sum()
    }

    #[shape(name = name, size_bytes = bytes.len())]
    async fn waits(name: &str, bytes: Vec<u8>) -> Option<u8> {
        wait().await;
        None
    }

    #[shape(name = name)]
    #[track_caller]
    fn called((name, len): (&'static str, u32)) -> u32 {
        std::panic::Location::caller().line() / 100_000 + len
    }

    struct Model;

    impl Model {
        #[shape(items = epoch, error_kind = |kind| kind.as_str())]
        fn train(&self, epoch: u32) -> Result<u8, String> {
            Err("none".to_owned())
        }

        #[shape(size_bytes = n)]
        fn stops(self, n: u64) -> ! {
            panic!("as asked")
        }

        #[shape(items = upto)]
        fn hands_out(upto: u8) -> impl Iterator<Item = u8> {
            0..3
        }
    }

    pub fn run() -> String {
        let trained = Model.train(3);
        let stopped = crate::scene::caught(|| -> u8 { Model.stops(3) });
        let items = Model::hands_out(9).count();
        let waited = block_on(waits("n", vec![1]));
        format!(
            "{}{waited:?}{}{trained:?}{stopped}{items}",
            step(&[1.0], 4),
            called(("m", 3))
        )
    }
}

/// Items that nothing else mentions.
pub mod items {
    use super::shape;

    mod names {
        pub(super) const NAME: &str = "named";
    }

    use names::NAME;

    fn size(text: &str) -> usize {
        text.len()
    }

    fn len(out: &[u8]) -> usize {
        out.len()
    }

    fn is_fine(out: &Result<Vec<u8>, String>) -> bool {
        out.is_ok()
    }

    #[shape(name = NAME, size_bytes = size(text), items = |out| len(out), ok_if = is_fine)]
    fn read(text: &str) -> Result<Vec<u8>, String> {
        Ok(text.bytes().collect())
    }

    pub fn run() -> String {
        format!("{:?}", read("ab"))
    }
}
