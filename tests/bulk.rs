//! `#[aimlm::track]` on blocks and modules, `#[aimlm::skip]`.

mod support;

use aimlm::Stage;
use support::{all, one};

struct Tokenizer;

#[aimlm::track]
impl Tokenizer {
    const SIZE: usize = 256;

    fn encode(&self, text: &str) -> Vec<u32> {
        text.bytes().map(u32::from).collect()
    }

    #[aimlm::skip]
    fn size(&self) -> usize {
        Self::SIZE
    }

    const fn constant() -> u8 {
        1
    }

    #[aimlm::track_operation(name = "named", items = tokens.len())]
    fn decode(&self, tokens: &[u32]) -> usize {
        tokens.len()
    }
}

#[aimlm::track]
trait Describe {
    fn name(&self) -> &'static str;

    fn describe(&self) -> String {
        self.name().to_owned()
    }
}

impl Describe for Tokenizer {
    fn name(&self) -> &'static str {
        "tokenizer"
    }
}

#[aimlm::track(inference, model = "in-module", device = "cpu")]
mod model {
    pub(super) fn embed(tokens: &[u32]) -> u32 {
        tokens.iter().sum()
    }

    pub(super) mod inner {
        pub(crate) struct Layer;

        impl Layer {
            pub(crate) async fn forward(&self, x: u32) -> u32 {
                x + 1
            }
        }

        #[aimlm::skip]
        impl Layer {
            pub(crate) fn shape(&self) -> usize {
                1
            }
        }
    }
}

#[test]
fn each_function_is_tracked_and_those_left_out_are_not() {
    let tokens = Tokenizer.encode("ab");
    assert_eq!(
        (Tokenizer.size(), Tokenizer::constant(), Tokenizer.decode(&tokens)),
        (256, 1, 2)
    );
    assert_eq!(Tokenizer.describe(), "tokenizer");
    assert_eq!(model::embed(&tokens), 195);
    assert_eq!(support::block_on(model::inner::Layer.forward(1)), 2);
    assert_eq!(model::inner::Layer.shape(), 1);

    assert_eq!(one(Stage::Operation, "Tokenizer::encode").started, 1);
    assert_eq!(one(Stage::Operation, "named").started, 1);
    assert_eq!(one(Stage::Operation, "Describe::describe").started, 1);
    assert_eq!(one(Stage::Inference, "in-module").started, 2);
    for absent in [
        "Tokenizer::size",
        "Tokenizer::constant",
        "Tokenizer::decode",
        "Describe::name",
        "Layer::shape",
    ] {
        assert!(all(Stage::Operation, absent).is_empty(), "{absent}");
    }
}
