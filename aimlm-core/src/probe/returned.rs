//! What a call returned, judged by its type: a `Result` is recognised under any name.

use core::any::type_name;
use core::hash::{Hash, Hasher};
use core::mem::discriminant;
use core::ops::Deref;
use core::task::Poll;

use crate::event::Outcome;

/// Runs the body of an instrumented function.
///
/// A closure given to a `FnOnce` may hand out what it captured: reborrows of `&mut` parameters, for one.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn invoke<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Calls a closure of the user's with its parameter's type known.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn observe<'a, T: ?Sized, R>(value: &'a T, with: impl FnOnce(&'a T) -> R) -> R {
    with(value)
}

/// A returned value, or the operand of a `?`.
///
/// What this says of a `Result` or an `Option` wins over what [`ReturnedValue`] says of anything: a method is looked for there
/// only if there is none here. No trait has to be imported for that.
#[derive(Debug)]
pub struct Returned<'a, T>(ReturnedValue<'a, T>);

/// A value of whatever type.
#[derive(Debug)]
pub struct ReturnedValue<'a, T>(&'a T);

/// Looks at a value.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn returned<T>(value: &T) -> Returned<'_, T> {
    Returned(ReturnedValue(value))
}

impl<'a, T> Deref for Returned<'a, T> {
    type Target = ReturnedValue<'a, T>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn deref(&self) -> &ReturnedValue<'a, T> {
        &self.0
    }
}

impl<'a, T, E> Returned<'a, Result<T, E>> {
    /// An `Err` is an error.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn __aimlm_outcome(self) -> Outcome {
        match self.0.0 {
            Ok(_) => Outcome::Ok,
            Err(_) => Outcome::Error,
        }
    }

    /// The value under the `Ok`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn __aimlm_success(self) -> Option<&'a T> {
        match self.0.0 {
            Ok(value) => Some(value),
            Err(_) => None,
        }
    }

    /// How the call ends if a `?` leaves the function.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn __aimlm_leaves(self) -> Option<Outcome> {
        match self.0.0 {
            Ok(_) => None,
            Err(_) => Some(Outcome::Error),
        }
    }
}

impl<T> Returned<'_, Option<T>> {
    /// How the call ends if a `?` leaves the function.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn __aimlm_leaves(self) -> Option<Outcome> {
        match self.0.0 {
            Some(_) => None,
            None => Some(Outcome::Ok),
        }
    }
}

impl<T, E> Returned<'_, Poll<Result<T, E>>> {
    /// How the call ends if a `?` leaves the function.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn __aimlm_leaves(self) -> Option<Outcome> {
        match self.0.0 {
            Poll::Ready(Err(_)) => Some(Outcome::Error),
            Poll::Ready(Ok(_)) | Poll::Pending => None,
        }
    }
}

impl<T, E> Returned<'_, Poll<Option<Result<T, E>>>> {
    /// How the call ends if a `?` leaves the function.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn __aimlm_leaves(self) -> Option<Outcome> {
        match self.0.0 {
            Poll::Ready(Some(Err(_))) => Some(Outcome::Error),
            Poll::Ready(Some(Ok(_)) | None) | Poll::Pending => None,
        }
    }
}

impl<'a, T> ReturnedValue<'a, T> {
    /// It came back: a success.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn __aimlm_outcome(&self) -> Outcome {
        Outcome::Ok
    }

    /// The value itself.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn __aimlm_success(&self) -> Option<&'a T> {
        Some(self.0)
    }

    /// Not known here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn __aimlm_leaves(&self) -> Option<Outcome> {
        None
    }
}

/// How a call ended that returned this, where the type is not known as it is where an attribute stands.
///
/// A generic function can not ask "is this a `Result`?": impls for `Result` and for anything overlap. The type's name
/// tells it, and the variant is told by its discriminant, which every type has; of both nothing is left when compiled.
#[inline]
pub fn outcome_of<T>(returned: &T) -> Outcome {
    let own = type_name::<Result<(), ()>>();
    let result = &own[..own.len() - "(), ()>".len()];
    if type_name::<T>().starts_with(result) && variant(returned) == variant(&Err::<(), ()>(())) {
        Outcome::Error
    } else {
        Outcome::Ok
    }
}

/// The number of a value's variant.
#[inline]
fn variant<T>(value: &T) -> u64 {
    struct VariantNumber(u64);

    impl Hasher for VariantNumber {
        fn finish(&self) -> u64 {
            self.0
        }

        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = self.0 << 8 | u64::from(*byte);
            }
        }

        fn write_isize(&mut self, number: isize) {
            self.0 = number as u64;
        }
    }

    let mut number = VariantNumber(0);
    discriminant(value).hash(&mut number);
    number.finish()
}

/// What can carry an error.
#[diagnostic::on_unimplemented(
    message = "`error_kind` needs a function that returns a `Result`, and this one returns `{Self}`",
    label = "remove `error_kind`, or return a `Result`"
)]
pub trait Fallible {
    /// The error.
    type Error;

    /// The error, if it is one.
    fn failure(&self) -> Option<&Self::Error>;
}

impl<T, E> Fallible for Result<T, E> {
    type Error = E;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn failure(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// The error in a returned value.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn failure<R: Fallible>(returned: &R) -> Option<&R::Error> {
    returned.failure()
}

/// Stands for a returned value in code that never runs, so that its type is known.
///
/// # Panics
///
/// Always.
#[must_use]
pub fn typed<T>() -> T {
    unreachable!("the emitted code never calls this")
}

/// Asks an `ok_if` or `error_if`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn decide<'a, T: ?Sized, B: Unsure>(value: &'a T, with: impl FnOnce(&'a T) -> B) -> bool {
    with(value).holds()
}

/// The answer of `ok_if` or `error_if`.
#[diagnostic::on_unimplemented(
    message = "`ok_if` and `error_if` answer with a `bool`",
    label = "this answers with `{Self}`"
)]
pub trait Unsure {
    /// The answer.
    fn holds(self) -> bool;
}

impl Unsure for bool {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn holds(self) -> bool {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io;

    use super::*;

    type Aliased<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

    fn ended<T, E>(ok: T, error: E) -> [Outcome; 2] {
        [outcome_of(&Ok::<T, E>(ok)), outcome_of(&Err::<T, E>(error))]
    }

    #[test]
    fn a_result_is_recognised_whatever_is_in_it() {
        let expected = [Outcome::Ok, Outcome::Error];
        assert_eq!(ended((), ()), expected);
        assert_eq!(ended(1_u8, 2_u64), expected);
        assert_eq!(ended("a", String::from("b")), expected);
        assert_eq!(ended(vec![Some(1.0)], io::Error::other("c")), expected);
        assert_eq!(ended(&expected, ()), expected, "without a tag of its own");
        assert_eq!(
            ended(Err::<u8, u8>(1), Ok::<u8, u8>(1)),
            expected,
            "the outer one"
        );
        assert_eq!(ended(|| 1, [0_u8; 100]), expected);
        assert_eq!(outcome_of(&Err::<Infallible, u8>(1)), Outcome::Error);
        assert_eq!(outcome_of(&Ok::<u8, Infallible>(1)), Outcome::Ok);
        let aliased: [Aliased<u8>; 2] = [Ok(1), Err("d".into())];
        assert_eq!(aliased.each_ref().map(outcome_of), expected);
    }

    #[test]
    fn whatever_else_comes_back_is_a_success() {
        mod core {
            pub(crate) mod result {
                pub(crate) enum Result<T> {
                    Ok(T),
                    Err(T),
                }
            }
        }

        fn is_success<T>(value: T) -> bool {
            outcome_of(&value) == Outcome::Ok
        }

        use core::result::Result as Other;
        assert!(is_success(()) && is_success(1) && is_success(false) && is_success(0.0));
        assert!(is_success("core::result::Result<") && is_success(None::<u8>) && is_success(Some(1)));
        assert!(is_success(Other::Ok(1)) && is_success(Other::Err(1)));
        assert!(is_success(Some(Err::<u8, u8>(1))) && is_success([Err::<u8, u8>(1)]));
        assert!(is_success(&Err::<u8, u8>(1)) && is_success((Err::<u8, u8>(1), 1)));
    }
}
