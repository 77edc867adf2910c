use super::*;

fn cell() -> SeriesCell {
    let cell = SeriesCell::new();
    cell.open(WindowSettings {
        history_size: 0,
        items: &[],
        by_epoch: false,
    });
    cell
}

fn fold(cell: &SeriesCell, started: u64, ended: u64) {
    cell.amid_fold(started, ended, || ());
}

#[test]
fn calls_in_flight_stay_so_over_a_replacement() {
    let cell = cell();
    fold(&cell, 5, 3);
    let first = cell.replace().unwrap();
    assert_eq!((first.window.outcomes.ok, first.in_flight()), (3, 2));
    fold(&cell, 1, 2);
    assert!(cell.is_busy());
    let second = cell.read(Detail::Everything).unwrap();
    assert_eq!((second.window.outcomes.ok, second.in_flight()), (2, 1));
    fold(&cell, 0, 1);
    assert!(!cell.is_busy());
}

#[test]
fn an_end_before_its_start_misses_it_until_it_comes() {
    let cell = cell();
    fold(&cell, 0, 1);
    assert_eq!(
        (
            cell.read(Detail::Everything).unwrap().in_flight(),
            cell.starts_missing()
        ),
        (-1, 1)
    );
    assert!(!cell.is_busy());
    let replaced = cell.replace().unwrap();
    assert_eq!((replaced.window.started, replaced.window.outcomes.ok), (0, 1));
    assert_eq!(cell.starts_missing(), 1);
    fold(&cell, 1, 0);
    assert_eq!(
        (
            cell.read(Detail::Everything).unwrap().in_flight(),
            cell.starts_missing()
        ),
        (0, 0)
    );
}

#[test]
fn a_reading_during_a_fold_that_does_not_end_invents_no_call() {
    let cell = cell();
    fold(&cell, 10, 4);
    cell.folds.begin();
    let window = cell.window();
    window.as_ref().unwrap().outcomes[0].fetch_add(6, Ordering::Relaxed);
    let reading = cell.read(Detail::Everything).unwrap();
    assert_eq!((reading.window.outcomes.ok, reading.in_flight()), (10, 0));
}

#[test]
fn a_replacement_waits_for_the_folds_under_way() {
    let cell = cell();
    let old = cell.window();
    old.as_ref().unwrap().count_started(1);
    std::thread::scope(|scope| {
        let replaced = scope.spawn(|| cell.replace());
        wait_until_replaced(&cell, &old);
        // Were it not to wait, it would be done long before these are.
        (0..200).for_each(|_| std::thread::yield_now());
        assert!(!replaced.is_finished());
        old.as_ref().unwrap().outcomes[0].fetch_add(1, Ordering::Relaxed);
        drop(old);
        let reading = replaced.join().unwrap().unwrap();
        assert_eq!((reading.window.outcomes.ok, reading.in_flight()), (1, 0));
    });
}

fn wait_until_replaced(cell: &SeriesCell, old: &Guard<Option<Arc<Window>>>) {
    let old = old.as_ref().unwrap();
    while Arc::ptr_eq(cell.window().as_ref().unwrap(), old) {
        std::thread::yield_now();
    }
}

#[test]
fn a_replacement_invents_no_call_of_what_ends_while_it_waits() {
    let cell = cell();
    fold(&cell, 2, 1);
    let old = cell.window();
    std::thread::scope(|scope| {
        let replaced = scope.spawn(|| cell.replace());
        wait_until_replaced(&cell, &old);
        fold(&cell, 3, 3);
        drop(old);
        let reading = replaced.join().unwrap().unwrap();
        assert_eq!((reading.window.outcomes.ok, reading.in_flight()), (1, 1));
    });
    let reading = cell.read(Detail::Everything).unwrap();
    assert_eq!((reading.window.outcomes.ok, reading.in_flight()), (3, 1));
}

#[test]
fn each_call_is_in_one_window() {
    const FOLDS: u64 = 20_000;
    let cell = cell();
    let mut seen = 0;
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| (0..FOLDS).for_each(|_| fold(&cell, 1, 1))))
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            seen += cell.replace().unwrap().window.outcomes.ok;
        }
    });
    seen += cell.replace().unwrap().window.outcomes.ok;
    assert_eq!(seen, 2 * FOLDS);
}
