//! What threads that call may suddenly need, made before: they allocate nothing while they fold.

#[expect(
    clippy::module_inception,
    reason = "the room is named after what most of it serves"
)]
mod reserve;
#[cfg(not(shuttle))]
mod spares;
mod vectors;

pub(crate) use reserve::{Refill, Reserve};
pub(crate) use vectors::{VectorClass, Vectors};
