//! Qualifiers, generics, parameters.

use super::shape;
use crate::scene::*;

cases! {
    nothing unit_tail returns_unit_explicitly never never_loops unsafe_fn extern_c extern_c_unsafe const_generics
    generics where_clause hrtb lifetimes impl_arguments dyn_arguments destructured mutable nested_patterns wild
    reference_pattern slice_pattern struct_pattern binding_at ref_binding cfg_parameters array_by_value
    fn_pointer fn_pointer_parameter closure_parameter recursion mutual_recursion nested_function nested_annotated
    made_by_macro_rules body_from_macro_rules inner_attributes inner_docs early_return question_mark labelled
    loops let_else statics visibility doc_attributes in_block tuple_return array_return macro_in_type
    generic_default twice diverging_body todo_body unit_struct_pattern many_parameters const_parameter_use
    returns_closure_box returns_fn_pointer inline_attribute cold_attribute
}

pub mod nothing {
    use super::*;
    #[shape]
    fn f() {}
    pub fn run() -> String {
        format!("{:?}", f())
    }
}

pub mod unit_tail {
    use super::*;
    #[shape]
    fn f() {
        say("ran");
    }
    pub fn run() -> String {
        f();
        said()
    }
}

pub mod returns_unit_explicitly {
    use super::*;
    #[shape]
    fn f(stop: bool) -> () {
        if stop {
            return;
        }
        say("on");
    }
    pub fn run() -> String {
        f(true);
        f(false);
        said()
    }
}

pub mod never {
    use super::*;
    #[shape]
    fn f(x: u8) -> ! {
        panic!("never {}", {
            let _ = x;
            ""
        });
    }
    #[shape]
    fn g(x: u8) -> ! {
        if x == 0 {
            panic!("zero");
        }
        g(x - 1)
    }
    pub fn run() -> String {
        let h: fn(u8) -> ! = g;
        caught(|| -> u8 { f(1) }) + &caught(|| -> u8 { h(2) })
    }
}

pub mod never_loops {
    use super::*;
    #[shape]
    fn f(n: &mut u32) -> ! {
        loop {
            *n += 1;
            if *n > 4 {
                panic!("enough")
            }
        }
    }
    pub fn run() -> String {
        let mut n = 0;
        caught(|| -> u8 { f(&mut n) }) + &n.to_string()
    }
}

pub mod unsafe_fn {
    use super::*;
    #[shape]
    unsafe fn f(x: *const u32) -> u32 {
        unsafe { *x }
    }
    pub fn run() -> String {
        unsafe { f(&7) }.to_string()
    }
}

pub mod extern_c {
    use super::*;
    #[shape]
    extern "C" fn f(x: i32) -> i32 {
        x + 1
    }
    pub fn run() -> String {
        let p: extern "C" fn(i32) -> i32 = f;
        p(1).to_string()
    }
}

pub mod extern_c_unsafe {
    use super::*;
    #[shape]
    pub unsafe extern "C" fn f(x: *mut i32) {
        unsafe { *x += 1 };
    }
    pub fn run() -> String {
        let mut x = 1;
        unsafe { f(&raw mut x) };
        x.to_string()
    }
}

pub mod const_generics {
    use super::*;
    #[shape]
    fn f<const N: usize, T: Copy + Default>() -> [T; N] {
        [T::default(); N]
    }
    pub fn run() -> String {
        format!("{:?}{:?}", f::<3, u8>(), f::<0, bool>())
    }
}

pub mod generics {
    use super::*;
    #[shape]
    fn f<T>(x: T) -> T {
        x
    }
    pub fn run() -> String {
        format!("{}{}{:?}", f(1), f("a"), f::<Result<u8, u8>>(Err(2)))
    }
}

pub mod where_clause {
    use super::*;
    #[shape]
    fn f<I>(items: I) -> I::Item
    where
        I: IntoIterator,
        I::Item: std::iter::Sum<I::Item>,
    {
        items.into_iter().sum()
    }
    pub fn run() -> String {
        f(vec![1, 2]).to_string()
    }
}

pub mod hrtb {
    use super::*;
    #[shape]
    fn f<F>(g: F) -> usize
    where
        F: for<'a> Fn(&'a str) -> &'a str,
    {
        g("abc").len()
    }
    pub fn run() -> String {
        f(|s| &s[1..]).to_string()
    }
}

pub mod lifetimes {
    use super::*;
    #[shape]
    fn f<'a, 'b: 'a>(x: &'a str, y: &'b str) -> &'a str {
        if x.len() > y.len() {
            x
        } else {
            y
        }
    }
    pub fn run() -> String {
        f("a", "bc").to_owned()
    }
}

pub mod impl_arguments {
    use super::*;
    #[shape]
    fn f(x: impl AsRef<str>, mut g: impl FnMut(usize)) {
        g(x.as_ref().len());
    }
    pub fn run() -> String {
        let mut n = 0;
        f(String::from("abc"), |len| n = len);
        n.to_string()
    }
}

pub mod dyn_arguments {
    use super::*;
    #[shape]
    fn f(x: &dyn std::fmt::Display, y: Box<dyn Fn() -> u8 + '_>) -> String {
        format!("{x}{}", y())
    }
    pub fn run() -> String {
        f(&1, Box::new(|| 2))
    }
}

pub mod destructured {
    use super::*;
    #[shape]
    fn f((a, b): (u8, String), [c, d]: [u8; 2]) -> String {
        format!("{a}{b}{c}{d}")
    }
    pub fn run() -> String {
        f((1, "b".into()), [3, 4])
    }
}

pub mod mutable {
    use super::*;
    #[shape]
    fn f(mut n: u32, mut v: Vec<u32>) -> Vec<u32> {
        while n > 0 {
            n -= 1;
            v.push(n);
        }
        v
    }
    pub fn run() -> String {
        format!("{:?}", f(3, vec![]))
    }
}

pub mod nested_patterns {
    use super::*;
    #[shape]
    fn f((mut a, (b, _)): (u8, (u8, u8)), Wrap(Wrap(c)): Wrap<Wrap<u8>>) -> u8 {
        a += b;
        a + c
    }
    struct Wrap<T>(T);
    pub fn run() -> String {
        f((1, (2, 3)), Wrap(Wrap(4))).to_string()
    }
}

pub mod wild {
    use super::*;
    #[shape]
    fn f(_: u8, x: u8, _: &str) -> u8 {
        x
    }
    pub fn run() -> String {
        f(1, 2, "").to_string()
    }
}

pub mod reference_pattern {
    use super::*;
    #[shape]
    fn f(&x: &u8, &(ref a, b): &(String, u8)) -> String {
        format!("{x}{a}{b}")
    }
    pub fn run() -> String {
        f(&1, &("a".into(), 2))
    }
}

pub mod slice_pattern {
    use super::*;
    #[shape]
    fn f([first, .., last]: [u8; 4]) -> u8 {
        first + last
    }
    pub fn run() -> String {
        f([1, 2, 3, 4]).to_string()
    }
}

pub mod struct_pattern {
    use super::*;
    struct P {
        x: u8,
        y: String,
        z: u8,
    }
    #[shape]
    fn f(P { x, y: name, .. }: P) -> String {
        format!("{x}{name}")
    }
    pub fn run() -> String {
        f(P {
            x: 1,
            y: "n".into(),
            z: 3,
        })
    }
}

pub mod binding_at {
    use super::*;
    #[shape]
    fn f(all @ (a, b): (u8, u8)) -> u8 {
        all.0 + a + b
    }
    pub fn run() -> String {
        f((1, 2)).to_string()
    }
}

pub mod ref_binding {
    use super::*;
    #[shape]
    fn f(ref x: String, ref mut y: String) -> usize {
        y.push('!');
        x.len() + y.len()
    }
    pub fn run() -> String {
        f("a".into(), "b".into()).to_string()
    }
}

pub mod cfg_parameters {
    use super::*;
    #[shape]
    fn f(
        #[cfg(target_os = "none")] gone: Missing,
        #[cfg(not(target_os = "none"))] here: u8,
        #[allow(unused)] spare: u8,
    ) -> u8 {
        here
    }
    pub fn run() -> String {
        f(1, 2).to_string()
    }
}

pub mod array_by_value {
    use super::*;
    #[shape]
    fn f(x: [u64; 256]) -> u64 {
        x.iter().sum()
    }
    pub fn run() -> String {
        f([1; 256]).to_string()
    }
}

pub mod fn_pointer {
    use super::*;
    #[shape]
    fn f(x: &str) -> &str {
        x
    }
    pub fn run() -> String {
        let p: for<'a> fn(&'a str) -> &'a str = f;
        [p, f].iter().map(|p| p("x")).collect()
    }
}

pub mod fn_pointer_parameter {
    use super::*;
    #[shape]
    fn f(p: fn(u8) -> u8, q: unsafe extern "C" fn(i32) -> i32) -> u8 {
        let _ = q;
        p(1)
    }
    unsafe extern "C" fn q(x: i32) -> i32 {
        x
    }
    pub fn run() -> String {
        f(|x| x + 1, q).to_string()
    }
}

pub mod closure_parameter {
    use super::*;
    #[shape]
    fn f<F: FnOnce(&mut Vec<u8>)>(with: F) -> Vec<u8> {
        let mut v = vec![];
        with(&mut v);
        v
    }
    pub fn run() -> String {
        format!("{:?}", f(|v| v.push(1)))
    }
}

pub mod recursion {
    use super::*;
    #[shape]
    fn f(n: u64) -> u64 {
        if n < 2 {
            n
        } else {
            f(n - 1) + f(n - 2)
        }
    }
    pub fn run() -> String {
        f(10).to_string()
    }
}

pub mod mutual_recursion {
    use super::*;
    #[shape]
    fn even(n: u32) -> bool {
        n == 0 || odd(n - 1)
    }
    #[shape]
    fn odd(n: u32) -> bool {
        n != 0 && even(n - 1)
    }
    pub fn run() -> String {
        even(7).to_string()
    }
}

pub mod nested_function {
    use super::*;
    #[shape]
    fn f(x: u8) -> u8 {
        fn inner(x: u8) -> u8 {
            return x * 2;
        }
        const K: u8 = 1;
        inner(x) + K
    }
    pub fn run() -> String {
        f(2).to_string()
    }
}

pub mod nested_annotated {
    use super::*;
    #[shape]
    fn f(x: u8) -> u8 {
        #[shape]
        fn f(x: u8) -> u8 {
            x * 2
        }
        f(x) + 1
    }
    pub fn run() -> String {
        f(2).to_string()
    }
}

pub mod made_by_macro_rules {
    use super::*;
    macro_rules! make {
        ($name:ident, $arg:ident: $ty:ty => $out:ty, $body:expr) => {
            #[shape]
            fn $name($arg: $ty, other: u8) -> $out {
                let r = $body;
                r + <$out>::from(other)
            }
        };
    }
    make!(f, x: u8 => u16, u16::from(x) * 2);
    pub fn run() -> String {
        f(2, 1).to_string()
    }
}

pub mod body_from_macro_rules {
    use super::*;
    macro_rules! make {
        ($vis:vis fn $name:ident $args:tt -> $out:ty $body:block) => {
            #[shape]
            $vis fn $name $args -> $out $body
        };
    }
    make!(
        pub(crate) fn f(x: Option<u8>) -> Option<u8> {
            let y = x?;
            Some(y + 1)
        }
    );
    pub fn run() -> String {
        format!("{:?}{:?}", f(Some(1)), f(None))
    }
}

pub mod inner_attributes {
    use super::*;
    #[shape]
    fn f(x: u8) -> u8 {
        #![allow(unused_variables, non_snake_case)]
        let Unused = 1;
        x
    }
    pub fn run() -> String {
        f(1).to_string()
    }
}

pub mod inner_docs {
    use super::*;
    #[shape]
    fn f(x: u8) -> u8 {
        //! What it does.
        x
    }
    pub fn run() -> String {
        f(1).to_string()
    }
}

pub mod early_return {
    use super::*;
    #[shape]
    fn f(x: u8) -> &'static str {
        if x > 1 {
            return "big";
        }
        for i in 0..x {
            if i == 0 {
                return "one";
            }
        }
        "zero"
    }
    pub fn run() -> String {
        format!("{}{}{}", f(0), f(1), f(2))
    }
}

pub mod question_mark {
    use super::*;
    #[shape]
    fn f(x: &str) -> Result<u8, Box<dyn std::error::Error>> {
        let n: u8 = x.parse()?;
        if n > 9 {
            Err("big")?;
        }
        Ok(n)
    }
    #[shape]
    fn g(x: &[u8]) -> Option<u8> {
        Some(x.first()? + x.get(1)?)
    }
    pub fn run() -> String {
        format!(
            "{:?}{:?}{:?}{:?}{:?}",
            f("1"),
            f("x"),
            f("10"),
            g(&[1]),
            g(&[1, 2])
        )
    }
}

pub mod labelled {
    use super::*;
    #[shape]
    fn f(x: u8) -> u8 {
        let y = 'a: {
            if x > 1 {
                break 'a 7;
            }
            'b: loop {
                loop {
                    break 'b;
                }
            }
            3
        };
        y
    }
    pub fn run() -> String {
        format!("{}{}", f(0), f(2))
    }
}

pub mod loops {
    use super::*;
    #[shape]
    fn f(n: usize) -> Vec<usize> {
        let mut out = vec![];
        for i in 0.. {
            if i == n {
                break;
            }
            out.push(i);
        }
        out
    }
    pub fn run() -> String {
        format!("{:?}", f(3))
    }
}

pub mod let_else {
    use super::*;
    #[shape]
    fn f(x: Option<&str>) -> usize {
        let Some(x) = x else { return 0 };
        x.len()
    }
    pub fn run() -> String {
        format!("{}{}", f(None), f(Some("a")))
    }
}

pub mod statics {
    use super::*;
    #[shape]
    fn f() -> usize {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static N: AtomicUsize = AtomicUsize::new(0);
        N.fetch_add(1, Ordering::Relaxed)
    }
    pub fn run() -> String {
        format!("{}{}", f(), f())
    }
}

pub mod visibility {
    mod inner {
        use super::super::shape;
        #[shape]
        pub(in super::super) fn f() -> u8 {
            1
        }
    }
    pub fn run() -> String {
        inner::f().to_string()
    }
}

pub mod doc_attributes {
    use super::*;
    /// Documented.
    #[doc(hidden)]
    #[shape]
    #[doc = "More."]
    #[must_use]
    pub fn f() -> u8 {
        1
    }
    pub fn run() -> String {
        f().to_string()
    }
}

pub mod in_block {
    use super::*;
    pub fn run() -> String {
        #[shape]
        fn f(x: u8) -> u8 {
            x
        }
        {
            #[shape]
            fn f(x: u8) -> u8 {
                x + 1
            }
            say(f(1));
        }
        said() + &f(1).to_string()
    }
}

pub mod tuple_return {
    use super::*;
    #[shape]
    fn f() -> (u8, String, (&'static str,)) {
        (1, "a".into(), ("b",))
    }
    pub fn run() -> String {
        format!("{:?}", f())
    }
}

pub mod array_return {
    use super::*;
    const N: usize = 2;
    #[shape]
    fn f() -> [u8; N + 1] {
        [1; N + 1]
    }
    pub fn run() -> String {
        format!("{:?}", f())
    }
}

pub mod macro_in_type {
    use super::*;
    macro_rules! ty {
        ($t:ty) => { Vec<$t> };
    }
    #[shape]
    fn f(x: ty!(u8)) -> ty!(u16) {
        x.into_iter().map(u16::from).collect()
    }
    pub fn run() -> String {
        format!("{:?}", f(vec![1]))
    }
}

pub mod generic_default {
    use super::*;
    #[shape]
    fn f<T: Default, U: From<T>>() -> U {
        U::from(T::default())
    }
    pub fn run() -> String {
        f::<u8, u64>().to_string()
    }
}

pub mod twice {
    use super::*;
    #[shape]
    #[shape]
    fn f(x: String) -> String {
        x
    }
    pub fn run() -> String {
        f("x".into())
    }
}

pub mod diverging_body {
    use super::*;
    #[shape]
    fn f(x: bool) -> String {
        if x {
            return "early".into();
        }
        panic!("late")
    }
    pub fn run() -> String {
        caught(|| f(true)) + &caught(|| f(false))
    }
}

pub mod todo_body {
    use super::*;
    #[shape]
    #[allow(unused_variables)]
    fn f(x: bool) -> Vec<u8> {
        todo!()
    }
    pub fn run() -> String {
        caught(|| f(true))
    }
}

pub mod unit_struct_pattern {
    use super::*;
    pub struct Marker;
    #[shape]
    fn f(Marker: Marker, (): ()) -> u8 {
        let Marker = Marker;
        1
    }
    pub fn run() -> String {
        f(Marker, ()).to_string()
    }
}

pub mod many_parameters {
    use super::*;
    #[shape]
    fn f(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8) -> u8 {
        a + b + c + d + e + f + g + h + i + j + k + l + m
    }
    pub fn run() -> String {
        f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13).to_string()
    }
}

pub mod const_parameter_use {
    use super::*;
    #[shape(items = N)]
    fn f<const N: usize>(x: [u8; N]) -> usize {
        const { 1 + 1 };
        x.len() + N
    }
    pub fn run() -> String {
        f([1, 2]).to_string()
    }
}

pub mod returns_closure_box {
    use super::*;
    #[shape]
    fn f(k: u8) -> Box<dyn Fn(u8) -> u8> {
        if k == 0 {
            return Box::new(|x| x);
        }
        Box::new(move |x| x + k)
    }
    pub fn run() -> String {
        format!("{}{}", f(0)(1), f(1)(1))
    }
}

pub mod returns_fn_pointer {
    use super::*;
    #[shape]
    fn f(up: bool) -> fn(u8) -> u8 {
        if up {
            |x| x + 1
        } else {
            |x| x - 1
        }
    }
    pub fn run() -> String {
        format!("{}{}", f(true)(1), f(false)(1))
    }
}

pub mod inline_attribute {
    use super::*;
    #[inline(always)]
    #[shape]
    fn f() -> u8 {
        1
    }
    pub fn run() -> String {
        f().to_string()
    }
}

pub mod cold_attribute {
    use super::*;
    #[shape]
    #[cold]
    #[inline(never)]
    fn f() -> u8 {
        1
    }
    pub fn run() -> String {
        f().to_string()
    }
}
