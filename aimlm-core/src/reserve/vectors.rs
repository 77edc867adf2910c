use super::reserve::Reserve;

/// Vectors of a few capacities. One that is full gives its place to a larger one that is ready; both are the same vector to
/// whoever has it.
pub(crate) struct Vectors<T: 'static>(pub(crate) &'static [VectorClass<T>]);

/// Vectors of one capacity.
pub(crate) struct VectorClass<T: 'static> {
    pub(crate) capacity: usize,
    pub(crate) reserve: Reserve<Vec<T>>,
}

impl<T: Copy> VectorClass<T> {
    pub(crate) const fn new(most: u32, capacity: usize, make: fn() -> Vec<T>) -> Self {
        Self {
            capacity,
            reserve: Reserve::new(most, capacity * size_of::<T>(), make),
        }
    }
}

impl<T: Copy> Vectors<T> {
    /// An empty one with room for so many or more.
    pub(crate) fn with_room(&self, len: usize) -> Vec<T> {
        let class = self.0.iter().find(|class| class.capacity >= len);
        class.map_or_else(
            || Vec::with_capacity(len.next_power_of_two()),
            |class| class.reserve.take(),
        )
    }

    /// Takes back one that is needed no more.
    pub(crate) fn give(&self, mut vector: Vec<T>) {
        vector.clear();
        let capacity = vector.capacity();
        if let Some(class) = self.0.iter().find(|class| class.capacity == capacity) {
            class.reserve.give(vector);
        }
    }

    /// Makes room for so many more.
    #[inline]
    pub(crate) fn make_room(&self, vector: &mut Vec<T>, more: usize) {
        if vector.capacity() - vector.len() < more {
            self.replace(vector, vector.len() + more);
        }
    }

    /// Leaves no more room than for `most`, or for as many as there are.
    #[inline]
    pub(crate) fn shrink(&self, vector: &mut Vec<T>, most: usize) {
        if vector.capacity() > most {
            self.shrink_slowly(vector, most);
        }
    }

    #[cold]
    #[inline(never)]
    fn shrink_slowly(&self, vector: &mut Vec<T>, most: usize) {
        let len = vector.len().max(most);
        let smaller = self.0.iter().find(|class| class.capacity >= len);
        if smaller.is_some_and(|class| class.capacity < vector.capacity()) {
            self.replace(vector, len);
        }
    }

    #[cold]
    #[inline(never)]
    fn replace(&self, vector: &mut Vec<T>, len: usize) {
        let mut other = self.with_room(len);
        other.extend_from_slice(vector);
        self.give(std::mem::replace(vector, other));
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    static CLASSES: [VectorClass<u8>; 2] = [
        VectorClass::new(1, 2, || Vec::with_capacity(2)),
        VectorClass::new(1, 8, || Vec::with_capacity(8)),
    ];
    static OF_NUMBERS: Vectors<u8> = Vectors(&CLASSES);

    #[test]
    fn a_vector_that_grows_and_shrinks_holds_what_it_held() {
        let mut vector = Vec::new();
        for (number, capacity) in (0..10).zip([2, 2, 8, 8, 8, 8, 8, 8, 16, 16]) {
            OF_NUMBERS.make_room(&mut vector, 1);
            vector.push(number);
            assert_eq!(vector.capacity(), capacity);
        }
        assert_eq!(vector, (0..10).collect::<Vec<u8>>());
        vector.truncate(3);
        OF_NUMBERS.shrink(&mut vector, 2);
        assert_eq!((vector.capacity(), &vector[..]), (8, &[0, 1, 2][..]));
        vector.truncate(1);
        OF_NUMBERS.shrink(&mut vector, 2);
        assert_eq!((vector.capacity(), &vector[..]), (2, &[0][..]));
    }

    #[test]
    fn what_is_given_back_is_taken_again() {
        let vectors = Vectors(Box::leak(Box::new([VectorClass::new(1, 4, || {
            Vec::with_capacity(4)
        })])));
        let mut vector: Vec<u8> = vectors.with_room(3);
        vector.push(1);
        let place = vector.as_ptr();
        vectors.give(vector);
        let again = vectors.with_room(4);
        assert_eq!((again.as_ptr(), again.len()), (place, 0));
        let other = vectors.with_room(4);
        assert_ne!(other.as_ptr(), place);
    }
}
