/// Calls a macro with every number: its variant, its name, how it adds up, its unit, and `amount` where it is an amount
/// of work, so that it has a rate.
///
/// The unit is as UCUM writes it: `By` for bytes, `{item}` for things counted, `1` for ratios.
#[macro_export]
macro_rules! for_each_number {
    ($macro:ident) => {
        $macro! {
            /// Requests or rows answered together by one inference, or trained on in one step.
            BatchSize batch_size Count "{item}" amount;
            /// Tokens of the prompt.
            TokensIn tokens_in Count "{token}" amount;
            /// Tokens generated.
            TokensOut tokens_out Count "{token}" amount;
            /// Bytes read, written or sent.
            SizeBytes size_bytes Count "By" amount;
            /// Samples trained on, evaluated, loaded or transformed.
            NumSamples num_samples Count "{sample}" amount;
            /// Number of the epoch.
            Epoch epoch Count "{epoch}";
            /// Number of the step.
            Step step Count "{step}";
            /// Workers that take part.
            NumWorkers num_workers Count "{worker}";
            /// Things processed by a plain operation.
            Items items Count "{item}" amount;
            /// Loss.
            Loss loss Real "1";
            /// Accuracy, 0 to 1.
            Accuracy accuracy Real "1";
            /// Learning rate.
            LearningRate learning_rate Real "1";
            /// Norm of the gradient.
            GradientNorm gradient_norm Real "1";
            /// Share of time that a worker was busy, 0 to 1.
            Utilization utilization Real "1";
            /// Value of a free metric; the series' label `metric` names it.
            Metric metric Real "1";
        }
    };
}
