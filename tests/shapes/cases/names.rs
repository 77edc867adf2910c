//! Names that a macro might trip over.

use super::shape;
use crate::scene::*;

cases! {
    parameters_like_ours modules_like_ours items_like_the_prelude types_like_the_prelude glob_shadows_return raw
    non_ascii shadowed_macros no_prelude aimlm_module parameter_named_like_a_const function_named_like_std
    parameter_like_a_field labels method_like_ours local_traits blanket_by_value
}

pub mod parameters_like_ours {
    use super::*;
    #[shape(items = __aimlm_call)]
    fn f(__aimlm_call: u8, __aimlm_result: u8, __AIMLM_SITE: u8, result: u8, call: u8, run: u8) -> u8 {
        __aimlm_call + __aimlm_result + __AIMLM_SITE + result + call + run
    }
    #[shape]
    async fn g(__aimlm_call: u8, __aimlm_outcome: u8, __aimlm_more: &str) -> u8 {
        wait().await;
        __aimlm_call + __aimlm_outcome + __aimlm_more.len() as u8
    }
    pub fn run() -> String {
        format!("{}{}", f(1, 2, 3, 4, 5, 6), block_on(g(1, 2, "a")))
    }
}

pub mod modules_like_ours {
    pub mod inner {
        use super::super::shape;
        pub mod core {}
        pub mod std {}
        pub mod alloc {}
        #[shape(items = x)]
        pub fn f(x: u8) -> Result<u8, ()> {
            if x > 1 {
                Err(())
            } else {
                Ok(x)
            }
        }
        #[shape]
        pub async fn g(x: u8) -> Option<u8> {
            crate::scene::wait().await;
            Some(x)
        }
    }
    pub fn run() -> String {
        format!("{:?}{:?}", inner::f(1), crate::scene::block_on(inner::g(2)))
    }
}

pub mod aimlm_module {
    pub mod inner {
        use super::super::shape;
        pub mod aimlm {
            pub mod __private {}
        }
        #[shape]
        pub fn f(x: u8) -> u8 {
            mod aimlm {}
            x
        }
    }
    pub fn run() -> String {
        inner::f(1).to_string()
    }
}

pub mod items_like_the_prelude {
    pub mod inner {
        use super::super::shape;
        #[derive(Debug)]
        pub struct Ok(pub u8);
        #[derive(Debug)]
        pub struct Err;
        #[derive(Debug)]
        pub struct Some;
        pub const None: u8 = 3;
        pub fn drop() {}
        #[shape(items = |_| None)]
        pub fn f(x: u8) -> (Ok, Err, Some, u8) {
            (Ok(x), Err, Some, None)
        }
    }
    pub fn run() -> String {
        format!("{:?}", inner::f(1))
    }
}

pub mod types_like_the_prelude {
    pub mod inner {
        use super::super::shape;
        #[derive(Debug)]
        pub struct Result<T>(pub T);
        #[derive(Debug)]
        pub struct Option;
        #[derive(Debug)]
        pub enum Box {
            A,
        }
        pub type String = u8;
        pub trait Iterator {}
        pub trait Future {}
        impl Future for u8 {}
        #[shape]
        pub fn f(x: String) -> Result<(Option, Box)> {
            let _ = x;
            Result((Option, Box::A))
        }
        #[shape]
        pub async fn g(x: String) -> Result<String> {
            crate::scene::wait().await;
            Result(x)
        }
        #[shape(timing = "call")]
        pub fn h(x: String) -> impl Future {
            x
        }
    }
    pub fn run() -> String {
        let _ = inner::h(1);
        format!("{:?}{:?}", inner::f(1), crate::scene::block_on(inner::g(1)))
    }
}

pub mod glob_shadows_return {
    use super::*;
    pub mod other {
        pub struct Error;
        pub type Answer = u8;
    }
    #[derive(Debug)]
    pub struct Error(u8);
    type Answer = String;
    #[shape]
    fn f(x: u8) -> Result<Answer, Error> {
        use self::other::*;
        let _here: (Answer,) = (x,);
        if x > 1 {
            Err(super::glob_shadows_return::Error(x))
        } else {
            Ok("a".into())
        }
    }
    #[shape]
    async fn g(x: u8) -> Error {
        struct Error;
        wait().await;
        let _ = Error;
        super::glob_shadows_return::Error(x)
    }
    pub fn run() -> String {
        format!("{:?}{:?}{:?}", f(1), f(2), block_on(g(3)))
    }
}

pub mod raw {
    use super::*;
    #[shape(items = r#in)]
    fn r#fn(r#in: u8, r#move: &str) -> String {
        let r#let = r#in + 1;
        format!("{}{}", r#let, r#move)
    }
    pub fn run() -> String {
        r#fn(1, "a")
    }
}

pub mod non_ascii {
    use super::*;
    #[shape(items = größe)]
    fn länge(größe: usize, 名前: &str) -> usize {
        größe + 名前.len()
    }
    pub fn run() -> String {
        länge(1, "a").to_string()
    }
}

#[allow(unused_macros)]
pub mod shadowed_macros {
    use super::*;
    macro_rules! concat {
        ($($x:tt)*) => {
            compile_error!("shadowed")
        };
    }
    macro_rules! file {
        ($($x:tt)*) => {
            compile_error!("shadowed")
        };
    }
    macro_rules! line {
        ($($x:tt)*) => {
            compile_error!("shadowed")
        };
    }
    macro_rules! module_path {
        ($($x:tt)*) => {
            compile_error!("shadowed")
        };
    }
    #[shape]
    fn f(x: u8) -> u8 {
        x
    }
    pub fn run() -> String {
        f(1).to_string()
    }
}

pub mod no_prelude {
    #[allow(unused)]
    pub mod inner {
        #![no_implicit_prelude]
        use super::super::shape;
        #[shape(items = x, name = "none")]
        pub fn f(x: u8) -> ::core::result::Result<u8, ()> {
            ::core::result::Result::Ok(x)
        }
        #[shape(items = |n| *n)]
        pub async fn g(x: u8) -> ::std::option::Option<u8> {
            crate::scene::wait().await;
            ::std::option::Option::Some(x)
        }
        #[shape]
        pub fn h() -> impl ::core::iter::Iterator<Item = u8> {
            ::core::iter::once(1)
        }
        #[shape]
        #[track_caller]
        pub fn i(x: ::core::option::Option<u8>) -> ::core::option::Option<u8> {
            let y = x?;
            ::core::option::Option::Some(y)
        }
    }
    pub fn run() -> String {
        format!(
            "{:?}{:?}{}{:?}",
            inner::f(1),
            inner::i(None),
            inner::h().count(),
            inner::i(Some(1))
        )
    }
}

pub mod parameter_named_like_a_const {
    use super::*;
    #[shape]
    fn f(x: u8) -> u8 {
        const X: u8 = 2;
        let x = x + X;
        fn x_() {}
        x_();
        x
    }
    pub fn run() -> String {
        f(1).to_string()
    }
}

pub mod function_named_like_std {
    use super::*;
    #[shape]
    fn drop(x: u8) -> u8 {
        x
    }
    #[shape]
    fn main() -> u8 {
        drop(1)
    }
    pub fn run() -> String {
        main().to_string()
    }
}

pub mod parameter_like_a_field {
    use super::*;
    struct S {
        len: usize,
    }
    impl S {
        #[shape(items = len)]
        fn f(&mut self, len: usize) -> usize {
            self.len += len;
            self.len
        }
    }
    pub fn run() -> String {
        S { len: 1 }.f(2).to_string()
    }
}

pub mod labels {
    use super::*;
    #[shape]
    #[track_caller]
    fn f(x: u8) -> u8 {
        let y = '__aimlm_body: {
            if x > 1 {
                break '__aimlm_body 5;
            }
            loop {
                if x == 1 {
                    return 9;
                }
                break;
            }
            4
        };
        y
    }
    pub fn run() -> String {
        format!("{}{}{}", f(0), f(1), f(2))
    }
}

pub mod method_like_ours {
    use super::*;
    pub trait Outcome {
        fn outcome(&self) -> u8 {
            1
        }
        fn success(&self) -> u8 {
            2
        }
        fn begin(&self) {}
        fn finish(&self) {}
    }
    impl<T> Outcome for T {}
    #[shape(items = |x| u64::from(*x))]
    fn f(x: u8) -> u8 {
        x.outcome() + x.success()
    }
    pub fn run() -> String {
        f(1).to_string()
    }
}

pub mod local_traits {
    use super::*;
    #[shape]
    fn f(x: u8) -> u8 {
        trait Double {
            fn double(&self) -> u8;
        }
        impl Double for u8 {
            fn double(&self) -> u8 {
                self * 2
            }
        }
        x.double()
    }
    pub fn run() -> String {
        f(2).to_string()
    }
}

/// Methods of every type that take it by value would come before any that take a reference.
pub mod blanket_by_value {
    use super::*;
    trait Everything: Sized {
        fn outcome(self) -> u8 {
            1
        }
        fn success(self) -> u8 {
            2
        }
        fn leaves(self) -> u8 {
            3
        }
        fn finish(self) {}
        fn as_str(self) -> u8 {
            4
        }
    }
    impl<T> Everything for T {}
    #[shape(items = |x| u64::from(*x), name = String::from("a"))]
    fn f(x: u8) -> u8 {
        x.outcome() + x.success() + x.leaves() + x.as_str()
    }
    #[shape]
    #[track_caller]
    fn g(x: Option<u8>) -> Option<u8> {
        let x = x?;
        x.finish();
        Some(x)
    }
    pub fn run() -> String {
        format!("{}{:?}{:?}", f(0), g(None), g(Some(1)))
    }
}
