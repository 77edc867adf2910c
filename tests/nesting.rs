//! How deep annotated async functions may nest before the compiler gives up: this file compiles.
//!
//! Whether a future is `Send` is asked of every future inside it, and each takes some of the 128 levels that a crate may
//! go down: three for an async function as written, four for an annotated one, six where a macro may hide what its body
//! does. So these are the limits that README gives: 40 functions as written, 30 annotated, 20 with such a macro.

mod support;

use aimlm::Stage;
use support::{block_on, one};

async fn innermost(x: u64) -> u64 {
    std::future::ready(()).await;
    x
}

macro_rules! wait_for {
    ($future:expr) => {
        $future.await
    };
}

/// A function for each name but the first and the last, which waits for the one before it.
macro_rules! chain {
    ($kind:ident: $below:ident outermost -> $output:ty) => {
        pub(super) fn outermost(x: u64) -> impl Future<Output = $output> + Send {
            $below(x)
        }
    };
    (plain: $below:ident $level:ident $($above:tt)+) => {
        async fn $level(x: u64) -> u64 {
            $below(x).await + 1
        }
        chain! { plain: $level $($above)+ }
    };
    (seen: $below:ident $level:ident $($above:tt)+) => {
        #[aimlm::track_operation(name = "seen", items = x, size_bytes = |out| *out)]
        async fn $level(x: u64) -> u64 {
            $below(x).await + 1
        }
        chain! { seen: $level $($above)+ }
    };
    (fails: $below:ident $level:ident $($above:tt)+) => {
        #[aimlm::track_operation(name = "fails", items = |out| *out)]
        async fn $level(x: u64) -> Result<u64, u8> {
            Ok($below(x).await? + 1)
        }
        chain! { fails: $level $($above)+ }
    };
    (hidden: $below:ident $level:ident $($above:tt)+) => {
        #[aimlm::track_operation(name = "hidden")]
        async fn $level(x: u64) -> u64 {
            wait_for!($below(x)) + 1
        }
        chain! { hidden: $level $($above)+ }
    };
}

mod plain {
    use super::innermost;

    chain! { plain: innermost a b c d e f g h i j k l m n o p q r s t u v w x y z
    aa ab ac ad ae af ag ah ai aj ak al am an outermost -> u64 }
}

mod seen {
    use super::innermost;

    chain! { seen: innermost a b c d e f g h i j k l m n o p q r s t u v w x y z aa ab ac ad outermost -> u64 }
}

mod fails {
    async fn innermost(x: u64) -> Result<u64, u8> {
        std::future::ready(()).await;
        Ok(x)
    }

    chain! { fails: innermost a b c d e f g h i j k l m n o p q r s t u v w x y z aa ab ac ad outermost -> Result<u64, u8> }
}

mod hidden {
    use super::innermost;

    chain! { hidden: innermost a b c d e f g h i j k l m n o p q r s t outermost -> u64 }
}

#[test]
fn a_chain_of_annotated_functions_is_one_future_that_can_be_sent() {
    assert_eq!(block_on(plain::outermost(0)), 40);
    assert_eq!(block_on(seen::outermost(0)), 30);
    assert_eq!(block_on(fails::outermost(0)), Ok(30));
    assert_eq!(block_on(hidden::outermost(0)), 20);
    for (name, levels) in [("seen", 30), ("fails", 30), ("hidden", 20)] {
        assert_eq!(one(Stage::Operation, name).outcomes.ok, levels, "{name}");
    }
}
