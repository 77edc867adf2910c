//! When parameters, variables and temporaries are dropped.

use super::shape;
use crate::scene::*;

cases! {
    in_order unused_guard moved_away partly_moved by_unnamed receiver_last tail_temporary locals_first
    on_panic on_early_return async_in_order async_moved async_cancelled async_unused async_tail_temporary
    drop_method conditional_move unmentioned
}

pub mod in_order {
    use super::*;
    #[shape]
    fn f(a: Loud, b: Loud, c: Loud) {
        let _local = Loud("local");
        say(format!("{}{}{}", b.0, a.0, c.0));
    }
    pub fn run() -> String {
        f(Loud("a"), Loud("b"), Loud("c"));
        said()
    }
}

pub mod unused_guard {
    use super::*;
    #[shape]
    fn f(_a: Loud, b: Loud, _c: Loud, d: &str) {
        say(d);
        say(&b.0);
    }
    pub fn run() -> String {
        f(Loud("a"), Loud("b"), Loud("c"), "d");
        said()
    }
}

pub mod moved_away {
    use super::*;
    #[shape]
    fn f(a: Loud, b: Loud, c: Loud) -> Loud {
        drop(b);
        say("between");
        let _ = &c;
        a
    }
    pub fn run() -> String {
        let a = f(Loud("a"), Loud("b"), Loud("c"));
        say("after");
        drop(a);
        said()
    }
}

pub mod partly_moved {
    use super::*;
    #[shape]
    fn f(pair: (Loud, Loud), c: Loud) -> Loud {
        let _keep = &c;
        pair.1
    }
    pub fn run() -> String {
        drop(f((Loud("a"), Loud("b")), Loud("c")));
        said()
    }
}

pub mod by_unnamed {
    use super::*;
    #[shape]
    fn f(a: Loud, _: Loud, c: Loud) {
        say(format!("{}{}", a.0, c.0));
    }
    pub fn run() -> String {
        f(Loud("a"), Loud("b"), Loud("c"));
        said()
    }
}

pub mod receiver_last {
    use super::*;
    struct S(Loud);
    impl S {
        #[shape]
        fn f(self, a: Loud) {
            say(self.0 .0);
            say(a.0);
        }
    }
    pub fn run() -> String {
        S(Loud("self")).f(Loud("a"));
        said()
    }
}

pub mod tail_temporary {
    use super::*;
    use std::cell::RefCell;
    fn make(name: &'static str) -> RefCell<Loud> {
        RefCell::new(Loud(name))
    }
    #[shape]
    fn f(a: Loud) -> usize {
        let _local = Loud("local");
        make("temporary").borrow().0.len() + a.0.len()
    }
    pub fn run() -> String {
        f(Loud("a"));
        said()
    }
}

pub mod locals_first {
    use super::*;
    #[shape]
    fn f(a: Loud) {
        let b = Loud("b");
        let _c = Loud("c");
        let a2 = a;
        drop(b);
        say(a2.0);
    }
    pub fn run() -> String {
        f(Loud("a"));
        said()
    }
}

pub mod on_panic {
    use super::*;
    #[shape]
    fn f(a: Loud, b: Loud) {
        let _local = Loud("local");
        if a.0 == b.0 {
            return;
        }
        panic!("here");
    }
    pub fn run() -> String {
        caught(|| f(Loud("a"), Loud("b"))) + &said()
    }
}

pub mod on_early_return {
    use super::*;
    #[shape]
    fn f(a: Loud, b: Loud) -> Result<(), u8> {
        let _first = Loud("first");
        Err(1)?;
        let _second = (a, b);
        Ok(())
    }
    pub fn run() -> String {
        format!("{:?}", f(Loud("a"), Loud("b"))) + &said()
    }
}

pub mod async_in_order {
    use super::*;
    #[shape]
    async fn f(a: Loud, b: Loud, _: Loud, d: Loud) {
        let _local = Loud("local");
        wait().await;
        say(format!("{}{}{}", b.0, a.0, d.0));
    }
    pub fn run() -> String {
        block_on(async {
            f(Loud("a"), Loud("b"), Loud("c"), Loud("d")).await;
            say("after")
        });
        said()
    }
}

pub mod async_moved {
    use super::*;
    #[shape]
    async fn f(a: Loud, b: Loud) -> Loud {
        drop(b);
        wait().await;
        say("between");
        a
    }
    pub fn run() -> String {
        drop(block_on(f(Loud("a"), Loud("b"))));
        said()
    }
}

pub mod async_cancelled {
    use super::*;
    #[shape]
    async fn f(a: Loud, b: Loud) {
        let _local = Loud("local");
        wait().await;
        wait().await;
        say(format!("{}{}", b.0, a.0));
    }
    pub fn run() -> String {
        for polls in 0..4 {
            poll_and_drop(f(Loud("a"), Loud("b")), polls);
            say("|");
        }
        said()
    }
}

pub mod async_unused {
    use super::*;
    #[shape]
    async fn f(_a: Loud, _b: Loud) {
        wait().await;
        say("ran");
    }
    pub fn run() -> String {
        block_on(f(Loud("a"), Loud("b")));
        said()
    }
}

pub mod async_tail_temporary {
    use super::*;
    use std::cell::RefCell;
    fn make(name: &'static str) -> RefCell<Loud> {
        RefCell::new(Loud(name))
    }
    #[shape]
    async fn f(a: Loud) -> usize {
        wait().await;
        let _local = Loud("local");
        make("temporary").borrow().0.len() + a.0.len()
    }
    pub fn run() -> String {
        block_on(f(Loud("a")));
        said()
    }
}

pub mod drop_method {
    use super::*;
    struct S(Loud);
    impl Drop for S {
        #[shape]
        fn drop(&mut self) {
            say("drop");
        }
    }
    pub fn run() -> String {
        drop(S(Loud("field")));
        said()
    }
}

pub mod conditional_move {
    use super::*;
    #[shape]
    fn f(a: Loud, b: Loud, keep: bool) {
        if !keep {
            drop(a);
        }
        say(b.0);
    }
    pub fn run() -> String {
        f(Loud("a"), Loud("b"), true);
        f(Loud("a"), Loud("b"), false);
        said()
    }
}

/// A parameter that nothing mentions is dropped in its place, too.
pub mod unmentioned {
    use super::*;
    #[shape]
    #[allow(unused)]
    fn f(a: Loud, b: Loud, c: Loud) {
        let _ = &b;
    }
    #[shape]
    #[allow(unused)]
    async fn g(a: Loud, b: Loud, c: Loud) {
        let _ = &b;
        wait().await;
    }
    pub fn run() -> String {
        f(Loud("a"), Loud("b"), Loud("c"));
        block_on(g(Loud("d"), Loud("e"), Loud("f")));
        said()
    }
}
