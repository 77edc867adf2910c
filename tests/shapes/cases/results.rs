//! Judging closures and values in every position.

use super::shape;
use crate::scene::*;

cases! {
    locks_of_values closures_that_return odd_values judged values_by_move options result_closures error_kinds judged_async own_closures value_is_unused_otherwise
}

pub mod judged {
    use super::*;
    #[shape(ok_if = |status| *status < 400)]
    fn f(x: u16) -> u16 {
        x
    }
    #[shape(error_if = |x| x.is_empty())]
    fn g(x: &str) -> &str {
        x
    }
    #[shape(error_if = |x: &Option<u8>| x.is_none())]
    fn h(x: u8) -> Option<u8> {
        x.checked_sub(1)
    }
    pub fn run() -> String {
        format!("{}{}{}{:?}", f(200), f(500), h(0).is_none(), g(""))
    }
}

pub mod values_by_move {
    use super::*;
    #[shape(items = x.len(), size_bytes = x.iter().map(String::len).sum::<usize>(), name = x[0])]
    fn f(x: Vec<String>) -> Vec<String> {
        x.into_iter().rev().collect()
    }
    pub fn run() -> String {
        f(vec!["a".into(), "b".into()]).concat()
    }
}

pub mod options {
    use super::*;
    #[shape(items = x, name = y)]
    fn f(x: Option<u32>, y: Option<&str>) -> String {
        format!("{x:?}{y:?}")
    }
    pub fn run() -> String {
        f(None, None) + &f(Some(1), Some("n"))
    }
}

pub mod result_closures {
    use super::*;
    #[shape(items = |x| x.len(), size_bytes = |x| x.first().map(|x| x.len()))]
    fn f(x: u8) -> Result<Vec<String>, ()> {
        match x {
            0 => Err(()),
            n => Ok(vec!["x".into(); n.into()]),
        }
    }
    pub fn run() -> String {
        format!("{:?}{:?}", f(0), f(2))
    }
}

pub mod error_kinds {
    use super::*;
    #[derive(Debug)]
    pub enum E {
        A,
        B(String),
    }
    impl E {
        fn kind(&self) -> &str {
            match self {
                Self::A => "a",
                Self::B(x) => x,
            }
        }
    }
    #[shape(error_kind = |e| e.kind(), items = |x| *x)]
    fn f(x: u8) -> Result<u8, E> {
        match x {
            0 => Err(E::A),
            1 => Err(E::B("b".into())),
            x => Ok(x),
        }
    }
    #[shape(error_kind = E::kind)]
    async fn g(x: u8) -> Result<u8, E> {
        wait().await;
        f(x)
    }
    pub fn run() -> String {
        (0..3)
            .map(|x| format!("{:?}{:?}", f(x), block_on(g(x))))
            .collect()
    }
}

pub mod judged_async {
    use super::*;
    #[shape(ok_if = |x| x.1, items = |x| x.0)]
    async fn f(x: u8) -> (u8, bool) {
        wait().await;
        (x, x > 1)
    }
    pub fn run() -> String {
        format!("{:?}{:?}", block_on(f(1)), block_on(f(2)))
    }
}

pub mod own_closures {
    use super::*;
    #[shape(items = (|| 3)(), name = if x > 1 { "big" } else { "small" })]
    fn f(x: u8) -> u8 {
        x
    }
    pub fn run() -> String {
        f(1).to_string() + &f(2).to_string()
    }
}

pub mod value_is_unused_otherwise {
    use super::*;
    #[allow(unused_variables)]
    #[shape(items = n, name = format!("n{n}"))]
    fn f(n: usize) {}
    pub fn run() -> String {
        f(1);
        String::new()
    }
}

/// Each value lets go of its lock before the next, and all of them before the body.
pub mod locks_of_values {
    use super::*;
    use std::cell::RefCell;
    use std::sync::Mutex;
    #[shape(name = &m.lock().unwrap().0, items = m.lock().unwrap().1, size_bytes = m.lock().unwrap().1 + 1)]
    fn f(m: &Mutex<(String, u64)>) -> u64 {
        m.lock().unwrap().1 += 1;
        m.lock().unwrap().1
    }
    #[shape(items = c.borrow_mut().len(), size_bytes = c.borrow_mut().len())]
    async fn g(c: &RefCell<String>) -> usize {
        wait().await;
        c.borrow_mut().push('b');
        c.borrow().len()
    }
    pub fn run() -> String {
        let m = Mutex::new(("m".to_owned(), 3));
        format!("{}{}", f(&m), block_on(g(&RefCell::new("a".to_owned()))))
    }
}

/// A `return` in a result closure is the closure's, whatever stands around it.
pub mod closures_that_return {
    use super::*;
    #[shape(items = |out| { if *out == 3 || *out == 4 { return 0; } *out })]
    fn f(n: u64) -> u64 {
        n
    }
    #[shape(items = |out| match *out { 1 | 2 => return 5, n => n })]
    fn g(n: u64) -> u64 {
        n
    }
    pub fn run() -> String {
        format!("{}{}{}{}", f(3), f(5), g(1), g(7))
    }
}

pub mod odd_values {
    use super::*;
    #[shape(items = (n), size_bytes = |out| (*out), name = ("x"))]
    fn f(n: u64) -> u64 {
        n + 1
    }
    #[shape(items = |_out| 3_u8)]
    fn g(n: u64) -> u64 {
        n
    }
    pub fn run() -> String {
        format!("{}{}", f(3), g(4))
    }
}
