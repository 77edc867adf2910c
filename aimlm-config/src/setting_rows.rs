//! Every setting but the bounds of rules: one row each.

/// Calls a macro with all rows: the documentation of its member of `Config`, the member with its default; its key in files
/// and what it may be; what it means, for `docs/configuration.md`; its setter with its documentation.
macro_rules! for_each_setting {
    ($macro:ident) => {
        $macro! {
            /// Whether calls are recorded. Can be changed at run time. Default: yes.
            enabled: bool = true;
            key "enabled" Switch();
            meaning "whether calls are recorded; can be changed at run time";
            /// Sets [`Config::enabled`].
            ///
            /// ```
            /// assert!(!aimlm::Config::builder().enabled(false).build()?.enabled);
            /// # Ok::<_, aimlm::Error>(())
            /// ```
            set(enabled: bool) enabled;

            /// Whether resident memory is sampled while a call of any stage is in flight; `track_memory` asks for it
            /// function by function. Default: no.
            track_memory_usage: bool = false;
            key "track_memory_usage" Switch();
            meaning "whether resident memory is sampled while calls of any stage are in flight, and once after such as are too short to be met";
            /// Sets [`Config::track_memory_usage`].
            ///
            /// ```
            /// assert!(aimlm::Config::builder().track_memory_usage(true).build()?.track_memory_usage);
            /// # Ok::<_, aimlm::Error>(())
            /// ```
            set(track: bool) track;

            /// How many calls of each series are kept one by one. 0 to 1,000,000; default 1,000.
            history_size: usize = 1000;
            key "history_size" Whole(0, 1_000_000);
            meaning "how many calls of each series are kept one by one: all of them until there are more, then the last; with gaps, of which the history tells, where more than 100,000 a second come for longer than a burst";
            /// Sets [`Config::history_size`], 0 to 1,000,000.
            ///
            /// ```
            /// let error = aimlm::Config::builder().history_size(2_000_000).build().unwrap_err();
            /// assert_eq!(
            ///     error.to_string(),
            ///     "aimlm configuration: `history_size` is 2000000; allowed: a whole number from 0 to 1000000"
            /// );
            /// ```
            set(calls: usize) calls;

            /// The percentiles of reports. Each over 0 and under 100; default 50, 90, 95, 99.
            analysis_percentiles: Vec<f64> = vec![50.0, 90.0, 95.0, 99.0];
            key "analysis_percentiles" Percentiles();
            meaning "the percentiles of reports, sorted and each once";
            /// Sets [`Config::analysis_percentiles`], at least one, each over 0 and under 100.
            ///
            /// ```
            /// let config = aimlm::Config::builder().analysis_percentiles([99.9, 50.0]).build()?;
            /// assert_eq!(config.analysis_percentiles, [50.0, 99.9]);
            /// # Ok::<_, aimlm::Error>(())
            /// ```
            set(percentiles: impl IntoIterator<Item = f64>) percentiles.into_iter().collect();

            /// How many series an instance may have; calls of further subjects are counted in one overflow series.
            /// 1 to 1,000,000; default 2,000.
            max_series: usize = 2000;
            key "max_series" Whole(1, 1_000_000);
            meaning "how many series an instance may have; further subjects share one overflow series";
            /// Sets [`Config::max_series`], 1 to 1,000,000.
            ///
            /// ```
            /// assert_eq!(aimlm::Config::builder().max_series(64).build()?.max_series, 64);
            /// # Ok::<_, aimlm::Error>(())
            /// ```
            set(series: usize) series;

            /// How many bytes the series of an instance may hold together. Once they do, new ones go to the overflow series;
            /// those there are still grow, each up to its own bound. 1 MiB to 1 TiB; default 512 MiB.
            max_series_bytes: usize = 512 << 20;
            key "max_series_bytes" Whole(1 << 20, 1 << 40);
            meaning "how many bytes the series of an instance may hold together; once they do, new ones go to the overflow series, while those there are grow up to their own bounds";
            /// Sets [`Config::max_series_bytes`], 1 MiB to 1 TiB.
            ///
            /// ```
            /// let config = aimlm::Config::builder().max_series_bytes(64 << 20).build()?;
            /// assert_eq!(config.max_series_bytes, 64 << 20);
            /// # Ok::<_, aimlm::Error>(())
            /// ```
            set(bytes: usize) bytes;

            /// How often the collector sweeps the rings of threads that have gone quiet. Reports do not depend on it.
            /// 1 ms to 1 h; default 100 ms.
            flush_interval: std::time::Duration = std::time::Duration::from_millis(100);
            key "flush_interval_ms" Milliseconds(1, 3_600_000);
            meaning "how often the collector sweeps the rings of quiet threads";
            /// Sets [`Config::flush_interval`], 1 ms to 1 h.
            ///
            /// ```
            /// use std::time::Duration;
            ///
            /// let second = Duration::from_secs(1);
            /// assert_eq!(aimlm::Config::builder().flush_interval(second).build()?.flush_interval, second);
            /// # Ok::<_, aimlm::Error>(())
            /// ```
            set(interval: std::time::Duration) interval;

            /// How often resident memory is sampled while calls that track it are in flight. 1 ms to 1 h; default 50 ms.
            memory_sample_interval: std::time::Duration = std::time::Duration::from_millis(50);
            key "memory_sample_interval_ms" Milliseconds(1, 3_600_000);
            meaning "how often resident memory is sampled while calls that track it are in flight";
            /// Sets [`Config::memory_sample_interval`], 1 ms to 1 h.
            ///
            /// ```
            /// use std::time::Duration;
            ///
            /// let builder = aimlm::Config::builder().memory_sample_interval(Duration::from_millis(10));
            /// assert_eq!(builder.build()?.memory_sample_interval, Duration::from_millis(10));
            /// # Ok::<_, aimlm::Error>(())
            /// ```
            set(interval: std::time::Duration) interval;

            /// How many rows a table of a report has at most; the rest is summed in one more. 0 to 1,000,000, 0 for
            /// all; default 20. JSON has every row.
            report_rows: usize = 20;
            key "report_rows" Whole(0, 1_000_000);
            meaning "how many rows a table of a Markdown or text report has at most, 0 for all; the rest is summed in one row";
            /// Sets [`Config::report_rows`], 0 to 1,000,000; 0 for all.
            ///
            /// ```
            /// assert_eq!(aimlm::Config::builder().report_rows(0).build()?.report_rows, 0);
            /// # Ok::<_, aimlm::Error>(())
            /// ```
            set(rows: usize) rows;

            /// Whether Markdown and text say how the recording itself is doing, also when nothing is wrong with it.
            /// Default: no.
            report_engine: bool = false;
            key "report_engine" Switch();
            meaning "whether Markdown and text reports say how the recording itself is doing, also when nothing is wrong with it";
            /// Sets [`Config::report_engine`].
            ///
            /// ```
            /// assert!(aimlm::Config::builder().report_engine(true).build()?.report_engine);
            /// # Ok::<_, aimlm::Error>(())
            /// ```
            set(always: bool) always;
        }
    };
}

pub(crate) use for_each_setting;
