/// How many items are watched at once. One that makes up more than a sixteenth is always among them.
const PLACES: usize = 16;

/// Which item comes most often, from a few places however many items there are: the Space-Saving algorithm
/// (Metwally, Agrawal and El Abbadi, 2005).
pub(super) struct Heaviest<T> {
    places: Vec<Place<T>>,
    total: u64,
}

struct Place<T> {
    item: T,
    /// How often it came, or more.
    most: u64,
    /// What of that may have been other items, which had the place before.
    others: u64,
}

impl<T> Heaviest<T> {
    pub(super) const fn new() -> Self {
        Self {
            places: Vec::new(),
            total: 0,
        }
    }

    /// Counts an item: the one in the place that `is` knows, or the one that `make` makes.
    pub(super) fn add(&mut self, is: impl Fn(&T) -> bool, make: impl FnOnce() -> T) {
        self.total += 1;
        if let Some(place) = self.places.iter_mut().find(|place| is(&place.item)) {
            place.most += 1;
        } else if self.places.len() < PLACES {
            self.places.reserve_exact(PLACES - self.places.len());
            self.places.push(Place {
                item: make(),
                most: 1,
                others: 0,
            });
        } else if let Some(rarest) = self.places.iter_mut().min_by_key(|place| place.most) {
            *rarest = Place {
                item: make(),
                most: rarest.most + 1,
                others: rarest.most,
            };
        }
    }

    /// The item that came most often for certain, how often that was at the least, and how many there were in all.
    pub(super) fn first(&self) -> Option<(&T, u64, u64)> {
        let least = |place: &Place<T>| place.most - place.others;
        let first = self
            .places
            .iter()
            .max_by_key(|place| (least(place), place.most))?;
        Some((&first.item, least(first), self.total))
    }

    /// Bytes on the heap, besides what items hold there themselves.
    pub(super) fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<Place<T>>()
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        self.places.iter().map(|place| &place.item)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn of(items: impl IntoIterator<Item = u32>) -> Heaviest<u32> {
        let mut heaviest = Heaviest::new();
        for item in items {
            heaviest.add(|held| *held == item, || item);
        }
        heaviest
    }

    proptest! {
        #[test]
        fn bounds_hold_and_the_frequent_are_watched(
            items in prop::collection::vec(prop_oneof![0..4_u32, 0..1000_u32], 1..600),
        ) {
            let heaviest = of(items.iter().copied());
            let mut counts = HashMap::<u32, u64>::new();
            items.iter().for_each(|item| *counts.entry(*item).or_default() += 1);
            prop_assert!(heaviest.places.len() <= PLACES);
            for place in &heaviest.places {
                let count = counts[&place.item];
                prop_assert!(place.most - place.others <= count && count <= place.most);
            }
            for (item, count) in counts {
                let is_watched = heaviest.items().any(|held| *held == item);
                prop_assert!(is_watched || count <= items.len() as u64 / PLACES as u64, "{} {}", item, count);
            }
        }
    }

    #[test]
    fn one_in_four_is_found_among_ten_thousand() {
        let items = (0..100_000_u32).map(|at| if at % 4 == 0 { 77 } else { 100 + at % 10_000 });
        let heaviest = of(items);
        let (item, least, all) = heaviest.first().unwrap();
        let share = least as f64 / all as f64;
        assert_eq!(*item, 77);
        assert!((0.2..=0.25).contains(&share), "{share}");
    }

    #[test]
    fn of_many_that_come_alike_none_is_said_to_be_frequent() {
        let heaviest = of((0..100_000_u32).map(|at| at % 10_000));
        let (_, least, all) = heaviest.first().unwrap();
        assert!(least < all / 100);
        assert!(of([]).first().is_none());
    }

    #[test]
    fn it_holds_sixteen_places_and_no_more() {
        assert_eq!(of([]).bytes(), 0);
        for items in [1, 15, 16, 17, 1000] {
            assert_eq!(of(0..items).bytes(), 16 * size_of::<Place<u32>>());
        }
    }
}
