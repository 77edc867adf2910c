//! Whether the numbers in a report are true.
//!
//! Each scenario makes calls and works out, from its own clock and its own counters around the same calls, what a
//! report has to say about them. Counts and recorded durations are compared exactly. A figure that comes from
//! measured time has to lie between what the test measured within the calls and what it measured around them,
//! widened by 1 %: that holds on a machine that is busy with other things too.

mod clock;
mod everything;
mod figures;
mod hand;
mod process;
mod tables;

mod asynchronous;
mod busy;
mod by_hand;
mod curves;
mod curves_of_failures;
mod distributed;
mod durations;
mod epochs;
mod extremes;
mod findings;
mod head;
mod histories;
mod label_sets;
mod labels;
mod legacy;
mod legacy_curves;
mod memory;
mod merging;
mod mocked;
mod names;
mod numbers;
mod outcomes;
mod percentiles;
mod properties;
mod rates;
mod rendered;
mod rows;
mod steps;
mod streams;
mod words;
