//! Vectors that busy time grows by, made before.

use super::segment::Segment;
use crate::reserve::{VectorClass, Vectors};

/// Segments kept of calls that one thread makes.
pub(super) const FEW: usize = 64;
/// Of calls that several threads may make.
pub(super) const SOME: usize = 512;
/// Of those that several threads make all the time, or may yet, in so many series at once: what sixteen of them hold in
/// their rings.
pub(super) const MANY: usize = 4096;
/// What one fold can bring: a start and an end are two records.
const ONE_FOLD: usize = 256;
/// If their starts were folded before it.
const ENDS_OF_ONE_FOLD: usize = 512;

macro_rules! class {
    ($most:expr, $capacity:expr) => {
        VectorClass::new($most, $capacity, || Vec::with_capacity($capacity))
    };
}

/// As many as a list keeps, and as it may have until it was thinned.
static OF_SEGMENTS: [VectorClass<Segment>; 8] = [
    class!(32, 4),
    class!(16, FEW / 4),
    class!(8, FEW),
    class!(8, ONE_FOLD),
    class!(4, SOME),
    class!(4, SOME + ENDS_OF_ONE_FOLD),
    class!(2, MANY),
    class!(1, MANY + ENDS_OF_ONE_FOLD),
];

/// As many as a list keeps, and as one fold can bring.
static OF_MOMENTS: [VectorClass<i64>; 3] = [class!(32, 4), class!(8, FEW), class!(4, ENDS_OF_ONE_FOLD)];

pub(crate) static LISTS: Vectors<Segment> = Vectors(&OF_SEGMENTS);
pub(crate) static MOMENTS: Vectors<i64> = Vectors(&OF_MOMENTS);
