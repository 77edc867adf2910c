//! Methods: every kind of `self`, and traits.

use super::shape;
use crate::scene::*;

cases! {
    by_value by_ref by_mut mut_self boxed rc arc pinned pin_box typed_ref explicit_lifetime associated
    trait_impl trait_default trait_generic_method future_poll iterator_next clone_from deref operator_impl
    self_type generic_impl self_moved_in_closure mut_pin display_impl dyn_dispatch into_iter_impl trait_static
}

#[derive(Clone, Debug, Default)]
pub struct S {
    n: u8,
    text: String,
}

impl S {
    fn new() -> Self {
        Self {
            n: 1,
            text: "s".into(),
        }
    }
}

pub mod by_value {
    use super::*;
    impl S {
        #[shape]
        fn by_value(self) -> String {
            self.text
        }
    }
    pub fn run() -> String {
        S::new().by_value()
    }
}

pub mod by_ref {
    use super::*;
    impl S {
        #[shape]
        fn by_ref(&self) -> &str {
            &self.text
        }
    }
    pub fn run() -> String {
        S::new().by_ref().into()
    }
}

pub mod by_mut {
    use super::*;
    impl S {
        #[shape]
        fn by_mut(&mut self, x: u8) -> &mut Self {
            self.n += x;
            self
        }
    }
    pub fn run() -> String {
        S::new().by_mut(1).by_mut(2).n.to_string()
    }
}

pub mod mut_self {
    use super::*;
    impl S {
        #[shape]
        fn mut_self(mut self, x: u8) -> Self {
            self.n += x;
            self
        }
    }
    pub fn run() -> String {
        S::new().mut_self(1).n.to_string()
    }
}

pub mod boxed {
    use super::*;
    impl S {
        #[shape]
        fn boxed(self: Box<Self>) -> u8 {
            self.n
        }
    }
    pub fn run() -> String {
        Box::new(S::new()).boxed().to_string()
    }
}

pub mod rc {
    use super::*;
    use std::rc::Rc;
    impl S {
        #[shape]
        fn rc(self: &Rc<Self>) -> Rc<Self> {
            Rc::clone(self)
        }
        #[shape]
        fn owned_rc(self: Rc<Self>) -> usize {
            Rc::strong_count(&self)
        }
    }
    pub fn run() -> String {
        let s = Rc::new(S::new());
        s.rc().owned_rc().to_string()
    }
}

pub mod arc {
    use super::*;
    use std::sync::Arc;
    impl S {
        #[shape]
        async fn arc(self: Arc<Self>) -> u8 {
            wait().await;
            self.n
        }
    }
    pub fn run() -> String {
        block_on(is_send(Arc::new(S::new()).arc())).to_string()
    }
}

pub mod pinned {
    use super::*;
    use std::pin::Pin;
    impl S {
        #[shape]
        fn pinned(mut self: Pin<&mut Self>) -> Pin<&mut Self> {
            self.n += 1;
            self
        }
    }
    pub fn run() -> String {
        Pin::new(&mut S::new()).pinned().n.to_string()
    }
}

pub mod pin_box {
    use super::*;
    use std::pin::Pin;
    impl S {
        #[shape]
        fn pin_box(self: Pin<Box<Self>>) -> u8 {
            self.n
        }
    }
    pub fn run() -> String {
        Box::pin(S::new()).pin_box().to_string()
    }
}

pub mod typed_ref {
    use super::*;
    impl S {
        #[shape]
        fn typed_ref(self: &Self) -> &u8 {
            &self.n
        }
    }
    pub fn run() -> String {
        S::new().typed_ref().to_string()
    }
}

pub mod explicit_lifetime {
    use super::*;
    impl S {
        #[shape]
        fn explicit<'a, 'b>(&'a self, x: &'b str) -> (&'a str, &'b str) {
            (&self.text, x)
        }
    }
    pub fn run() -> String {
        format!("{:?}", S::new().explicit("x"))
    }
}

pub mod associated {
    use super::*;
    impl S {
        const NAME: &'static str = "constant";
        #[shape(name = Self::NAME)]
        fn associated(x: u8) -> Self {
            Self {
                n: x,
                ..Self::default()
            }
        }
    }
    pub fn run() -> String {
        S::associated(3).n.to_string()
    }
}

pub mod trait_impl {
    use super::*;
    trait T {
        type Out;
        fn f(&self) -> Self::Out;
    }
    impl T for S {
        type Out = Vec<u8>;
        #[shape]
        fn f(&self) -> Self::Out {
            vec![self.n]
        }
    }
    pub fn run() -> String {
        format!("{:?}", S::new().f())
    }
}

pub mod trait_default {
    use super::*;
    trait T: Sized {
        #[shape]
        fn f(self) -> Vec<Self> {
            vec![self]
        }
        #[shape]
        fn g() -> &'static str {
            std::any::type_name::<Self>()
        }
    }
    impl T for S {}
    pub fn run() -> String {
        format!("{}{}", S::new().f().len(), S::g().ends_with('S'))
    }
}

pub mod trait_generic_method {
    use super::*;
    trait T<X> {
        fn f<Y: From<X>>(&self, x: X) -> Y;
    }
    impl<X> T<X> for S {
        #[shape]
        fn f<Y: From<X>>(&self, x: X) -> Y {
            x.into()
        }
    }
    pub fn run() -> String {
        S::new().f::<u16>(1u8).to_string()
    }
}

pub mod future_poll {
    use super::*;
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    struct Fut(u8);
    impl Future for Fut {
        type Output = &'static str;
        #[shape]
        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            if self.0 == 0 {
                return Poll::Ready("done");
            }
            self.0 -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    }
    pub fn run() -> String {
        block_on(Fut(2)).into()
    }
}

pub mod iterator_next {
    use super::*;
    struct It(u8);
    impl Iterator for It {
        type Item = u8;
        #[shape]
        fn next(&mut self) -> Option<Self::Item> {
            self.0 = self.0.checked_sub(1)?;
            Some(self.0)
        }
    }
    pub fn run() -> String {
        format!("{:?}", It(3).collect::<Vec<_>>())
    }
}

pub mod clone_from {
    use super::*;
    struct C(u8);
    impl Clone for C {
        #[shape]
        fn clone(&self) -> Self {
            C(self.0 + 1)
        }
    }
    pub fn run() -> String {
        C(1).clone().0.to_string()
    }
}

pub mod deref {
    use super::*;
    use std::ops::{Deref, DerefMut};
    struct D(String);
    impl Deref for D {
        type Target = str;
        #[shape]
        fn deref(&self) -> &str {
            &self.0
        }
    }
    impl DerefMut for D {
        #[shape]
        fn deref_mut(&mut self) -> &mut Self::Target {
            &mut self.0
        }
    }
    pub fn run() -> String {
        let mut d = D("a".into());
        d.make_ascii_uppercase();
        d.to_owned()
    }
}

pub mod operator_impl {
    use super::*;
    impl std::ops::Add<u8> for S {
        type Output = u8;
        #[shape]
        fn add(self, other: u8) -> u8 {
            self.n + other
        }
    }
    impl std::ops::Index<usize> for S {
        type Output = str;
        #[shape]
        fn index(&self, at: usize) -> &str {
            &self.text[at..]
        }
    }
    pub fn run() -> String {
        S::new()[0].to_owned() + &(S::new() + 1).to_string()
    }
}

pub mod self_type {
    use super::*;
    impl S {
        #[shape]
        fn pairs(items: Vec<Self>) -> Option<(Self, Vec<Self>)> {
            let mut items = items.into_iter();
            let first: Self = items.next()?;
            Some((first, items.map(|Self { n, text }| Self { n, text }).collect()))
        }
    }
    pub fn run() -> String {
        format!("{:?}", S::pairs(vec![S::new(), S::new()]))
    }
}

pub mod generic_impl {
    use super::*;
    struct G<T, const N: usize>([T; N]);
    impl<T: Copy + std::fmt::Debug, const N: usize> G<T, N> {
        #[shape(items = N, name = std::any::type_name::<T>())]
        fn f<U>(&self, with: impl Fn(T) -> U) -> [U; N] {
            self.0.map(with)
        }
    }
    pub fn run() -> String {
        format!("{:?}{:?}", G([1, 2]).f(|x| x + 1), G(["a"]).f(str::len))
    }
}

pub mod self_moved_in_closure {
    use super::*;
    impl S {
        #[shape]
        fn into_closure(self) -> impl FnOnce() -> String {
            move || self.text
        }
    }
    pub fn run() -> String {
        S::new().into_closure()()
    }
}

pub mod mut_pin {
    use super::*;
    use std::pin::Pin;
    impl S {
        #[shape]
        async fn mut_pin(mut self: Pin<&mut Self>) -> u8 {
            self.as_mut().n += 1;
            wait().await;
            self.n
        }
    }
    pub fn run() -> String {
        block_on(Pin::new(&mut S::new()).mut_pin()).to_string()
    }
}

pub mod display_impl {
    use super::*;
    struct D(u8);
    impl std::fmt::Display for D {
        #[shape]
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "<{}>", self.0)?;
            f.write_str("!")
        }
    }
    pub fn run() -> String {
        D(1).to_string()
    }
}

pub mod dyn_dispatch {
    use super::*;
    trait T {
        fn f(&mut self, x: u8) -> u8;
    }
    impl T for S {
        #[shape]
        fn f(&mut self, x: u8) -> u8 {
            self.n += x;
            self.n
        }
    }
    pub fn run() -> String {
        let mut s: Box<dyn T> = Box::new(S::new());
        s.f(1);
        s.f(1).to_string()
    }
}

pub mod into_iter_impl {
    use super::*;
    struct I(Vec<u8>);
    impl<'a> IntoIterator for &'a I {
        type Item = &'a u8;
        type IntoIter = std::slice::Iter<'a, u8>;
        #[shape]
        fn into_iter(self) -> Self::IntoIter {
            self.0.iter()
        }
    }
    pub fn run() -> String {
        (&I(vec![1, 2])).into_iter().map(ToString::to_string).collect()
    }
}

pub mod trait_static {
    use super::*;
    trait T {
        fn make(x: u8) -> Self;
    }
    impl T for u16 {
        #[shape]
        fn make(x: u8) -> Self {
            x.into()
        }
    }
    impl T for String {
        #[shape]
        fn make(x: u8) -> Self {
            x.to_string()
        }
    }
    pub fn run() -> String {
        format!("{}{}", u16::make(1), String::make(2))
    }
}
