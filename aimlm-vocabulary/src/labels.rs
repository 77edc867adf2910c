/// Calls a macro with every label: its variant and its name.
#[macro_export]
macro_rules! for_each_label {
    ($macro:ident) => {
        $macro! {
            /// Where something was loaded from: a path, a hub, a bucket.
            Source source;
            /// The framework of a model.
            Framework framework;
            /// The format of a file or data set.
            Format format;
            /// The device that computes.
            Device device;
            /// What is done to a data set.
            Operation operation;
            /// The data set that an evaluation ran on.
            Dataset dataset;
            /// A part of a distributed task.
            Phase phase;
            /// The name of a free metric.
            Metric metric;
            /// The worker or rank.
            Worker worker;
        }
    };
}
