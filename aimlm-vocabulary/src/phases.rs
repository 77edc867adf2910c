/// Calls a macro with every phase that has a meaning to the analysis: its variant and its name.
#[macro_export]
macro_rules! for_each_phase {
    ($macro:ident) => {
        $macro! {
            /// A request waits until it is scheduled.
            Queue queue;
            /// Text becomes tokens.
            Tokenize tokenize;
            /// The prompt is processed, up to the first token.
            Prefill prefill;
            /// Tokens are generated, after the first.
            Decode decode;
            /// Tokens become text.
            Detokenize detokenize;
            /// An answer is made of what the model gave.
            Postprocess postprocess;
            /// A step waits for its batch.
            DataWait data_wait;
            /// A batch is decoded, augmented, put together.
            Preprocess preprocess;
            /// Data goes to the device, or comes back.
            Transfer transfer;
            /// The forward pass.
            Forward forward;
            /// The backward pass.
            Backward backward;
            /// Weights are updated.
            Optimizer optimizer;
            /// Workers exchange data.
            Communication communication;
            /// A checkpoint is written or read.
            Checkpoint checkpoint;
            /// The model is evaluated on held-out data.
            Evaluation evaluation;
        }
    };
}
