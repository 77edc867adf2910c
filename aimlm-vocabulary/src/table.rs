//! The vocabulary: numbers, labels, stages and phases, each a row. A new one is a row here, and nothing else.
//!
//! Each table is a macro that hands its rows to another one; who knows the words makes its own of them. The units are as
//! UCUM writes them.

/// Calls a macro with every number: its variant, its name, how it adds up, its unit, and `amount` where it is an amount
/// of work, so that it has a rate.
///
/// The unit is as UCUM writes it: `By` for bytes, `{item}` for things counted, `1` for ratios, `s` for
/// times: calls and files have them in nanoseconds, views and reports in seconds.
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
            /// Time that a request waited before the call began.
            QueueTime queue_time Time "s";
            /// Requests that waited when the call began.
            QueueDepth queue_depth Level "{request}";
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

/// Calls a macro with every stage: its variant and name, what its subject is, how a call of it is tracked, which texts
/// and numbers such a call may have, and which numbers count its items: the first of these that a call says.
///
/// `call` names the attribute and the method that track a call, the argument that names the subject (`or function`: left
/// out, it is the function's name), and says what the method and what the attribute do. Stages without it have samples
/// alone. `times` are durations, `levels` real numbers; a stage without either leaves them out. `by_epoch`: calls or samples come once an epoch, so that their curves are kept whole for longer.
#[macro_export]
macro_rules! for_each_stage {
    ($macro:ident) => {
        $macro! {
            /// A model is read from its source into memory.
            ModelLoad model_load of model {
                call track_model_load(model) "Tracks a model being read into memory." "Times the reading of a model from its source.";
                labels {
                    source Source "Where it is loaded from.";
                    framework Framework "Its framework.";
                    format Format "The format of its file.";
                    device Device "Where it will run.";
                }
                counts {
                    size_bytes SizeBytes "Size of the model, in bytes.";
                }
                reals {}
                items [SizeBytes];
            }
            /// A loaded model is made ready on a device.
            ModelInitialization model_initialization of model {
                call track_model_initialization(model) "Tracks a loaded model being made ready." "Times making a loaded model ready on a device.";
                labels {
                    device Device "Where it will run.";
                    framework Framework "Its framework.";
                }
                counts {}
                reals {}
                items [];
            }
            /// A model answers a request.
            Inference inference of model {
                call track_inference(model) "Tracks an inference." "Times the answer of a model to a request.";
                labels {
                    device Device "Where it runs.";
                }
                counts {
                    batch_size BatchSize "How many requests are answered together.";
                    tokens_in TokensIn "Tokens of the prompt.";
                    tokens_out TokensOut "Tokens generated.";
                }
                reals {}
                times {
                    queue_time QueueTime "Time that the request waited before the call began.";
                }
                levels {
                    queue_depth QueueDepth "Requests that waited when the call began.";
                }
                items [BatchSize];
            }
            /// One pass over the training set.
            TrainingEpoch training_epoch of model {
                call track_training_epoch(model) "Tracks an epoch." "Times one pass over the training set.";
                labels {
                    device Device "Where it runs.";
                }
                counts {
                    epoch Epoch "Number of the epoch.";
                    num_samples NumSamples "Samples of the epoch.";
                }
                reals {
                    loss Loss "The loss.";
                    accuracy Accuracy "The accuracy, 0 to 1.";
                    learning_rate LearningRate "The learning rate.";
                    gradient_norm GradientNorm "The norm of the gradient.";
                }
                items [NumSamples];
                by_epoch;
            }
            /// One optimizer step.
            TrainingStep training_step of model {
                call track_training_step(model) "Tracks an optimizer step." "Times one optimizer step.";
                labels {
                    device Device "Where it runs.";
                }
                counts {
                    epoch Epoch "Number of the epoch.";
                    step Step "Number of the step.";
                    batch_size BatchSize "Rows trained on.";
                    num_samples NumSamples "Samples trained on, where they are not rows.";
                    tokens_in TokensIn "Tokens trained on.";
                }
                reals {
                    loss Loss "The loss.";
                    accuracy Accuracy "The accuracy, 0 to 1.";
                    learning_rate LearningRate "The learning rate.";
                    gradient_norm GradientNorm "The norm of the gradient.";
                }
                items [NumSamples, BatchSize];
            }
            /// An evaluation on held-out data.
            Validation validation of model {
                call track_validation(model) "Tracks an evaluation on held-out data." "Times an evaluation on held-out data.";
                labels {
                    dataset Dataset "What it is evaluated on.";
                    device Device "Where it runs.";
                }
                counts {
                    epoch Epoch "Number of the epoch.";
                    num_samples NumSamples "Samples evaluated.";
                }
                reals {
                    loss Loss "The loss.";
                    accuracy Accuracy "The accuracy, 0 to 1.";
                }
                items [NumSamples];
                by_epoch;
            }
            /// Loss, learning rate and other statistics recorded by epoch.
            TrainingStats training_stats of model {
                labels {}
                counts {}
                reals {}
                items [];
                by_epoch;
            }
            /// A data set is read from its source.
            DatasetLoad dataset_load of dataset {
                call track_dataset_load(dataset) "Tracks a data set being loaded." "Times the reading of a data set from its source.";
                labels {
                    source Source "Where it is loaded from.";
                    format Format "Its format.";
                }
                counts {
                    size_bytes SizeBytes "Size of the data set, in bytes.";
                    num_samples NumSamples "Samples loaded.";
                }
                reals {}
                items [NumSamples];
            }
            /// A data set is transformed; the label `operation` says how.
            DatasetPreprocessing dataset_preprocessing of dataset {
                call track_dataset_preprocessing(dataset) "Tracks a data set being transformed." "Times the transformation of a data set.";
                labels {
                    operation Operation "What is done to it.";
                }
                counts {
                    size_bytes SizeBytes "Bytes transformed.";
                    num_samples NumSamples "Samples transformed.";
                }
                reals {}
                items [NumSamples];
            }
            /// A batch or shard of data is fetched; the subject is the kind of data.
            DataLoading data_loading of data_type {
                call track_data_loading(data_type) "Tracks a batch or shard of data being fetched." "Times the fetching of a batch or shard of data.";
                labels {}
                counts {
                    size_bytes SizeBytes "Bytes fetched.";
                }
                reals {}
                items [SizeBytes];
            }
            /// A checkpoint is written.
            CheckpointSave checkpoint_save of model {
                call track_checkpoint_save(model) "Tracks a checkpoint being written." "Times the writing of a checkpoint.";
                labels {
                    format Format "The format of the file.";
                }
                counts {
                    size_bytes SizeBytes "Bytes written.";
                    epoch Epoch "Number of the epoch.";
                    step Step "Number of the step.";
                }
                reals {}
                items [SizeBytes];
            }
            /// A checkpoint is read.
            CheckpointLoad checkpoint_load of model {
                call track_checkpoint_load(model) "Tracks a checkpoint being read." "Times the reading of a checkpoint.";
                labels {
                    format Format "The format of the file.";
                }
                counts {
                    size_bytes SizeBytes "Bytes read.";
                    epoch Epoch "Number of the epoch.";
                    step Step "Number of the step.";
                }
                reals {}
                items [SizeBytes];
            }
            /// A distributed training task; the label `phase` names a part of one.
            DistributedTask distributed_task of task {
                call track_distributed_task(task) "Tracks a distributed training task, or, with a `phase`, a part of one: `coordination`, `distribution`, `compute`, `aggregation` or any other." "Times a distributed training task, or a phase of one.";
                labels {
                    phase Phase "The part of the task that this is.";
                }
                counts {
                    num_workers NumWorkers "Workers that take part.";
                }
                reals {}
                items [];
            }
            /// Workers exchange data.
            Communication communication of operation {
                call track_communication(operation or function) "Tracks workers exchanging data." "Times an exchange of data between workers.";
                labels {
                    worker Worker "The worker or rank.";
                }
                counts {
                    size_bytes SizeBytes "Bytes sent or received.";
                    num_workers NumWorkers "Workers that take part.";
                }
                reals {}
                items [SizeBytes];
            }
            /// Workers synchronise state.
            Synchronization synchronization of operation {
                call track_sync_operation(operation or function) "Tracks workers synchronising state." "Times workers that synchronise state.";
                labels {}
                counts {
                    size_bytes SizeBytes "Bytes synchronised.";
                }
                reals {}
                items [SizeBytes];
            }
            /// How busy a worker was, recorded as a ratio.
            WorkerUtilization worker_utilization of worker {
                labels {}
                counts {}
                reals {}
                items [];
            }
            /// Anything else.
            Operation operation of operation {
                call track_operation(name or function) "Tracks anything else." "Times anything else.";
                labels {}
                counts {
                    items Items "Things processed.";
                    size_bytes SizeBytes "Bytes processed.";
                }
                reals {}
                items [Items];
            }
            /// Calls whose series would have exceeded the cardinality limit.
            Overflow overflow of overflow {
                labels {}
                counts {}
                reals {}
                items [];
            }
        }
    };
}

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
