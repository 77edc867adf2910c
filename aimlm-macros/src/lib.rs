//! The attributes of [aimlm](https://docs.rs/aimlm); use them through that crate.

mod bulk;
mod ending;
mod errors;
mod expand;
mod forms;
mod function;
mod in_place;
mod instrument;
mod kind;
mod main_function;
mod off;
mod order;
mod parse;
mod plan;
mod returns;
mod spelling;
mod validate;

use instrument::instrument;

/// Times the reading of a model from its source.
///
/// | argument | what it is |
/// |---|---|
/// | `model` | text, required: what is reported on |
/// | `source`, `framework`, `format`, `device` | text |
/// | `size_bytes` | whole number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_model_load;
///
/// #[track_model_load(model = "resnet-50", framework = "onnx", size_bytes = weights.len())]
/// fn load(weights: &[u8]) -> Vec<f32> {
///     weights.iter().map(|b| f32::from(*b)).collect()
/// }
/// # load(&[1, 2, 3]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_model_load(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::MODEL_LOAD, arguments.into(), item.into()).into()
}

/// Times making a loaded model ready on a device.
///
/// | argument | what it is |
/// |---|---|
/// | `model` | text, required: what is reported on |
/// | `device`, `framework` | text |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_model_initialization;
///
/// #[track_model_initialization(model = "resnet-50", device = "cpu")]
/// fn warm_up(model: &mut Vec<f32>) {
///     model.fill(0.0);
/// }
/// # warm_up(&mut vec![1.0; 4]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_model_initialization(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::MODEL_INITIALIZATION, arguments.into(), item.into()).into()
}

/// Times the answer of a model to a request.
///
/// | argument | what it is |
/// |---|---|
/// | `model` | text, required: what is reported on |
/// | `device` | text |
/// | `batch_size`, `tokens_in`, `tokens_out` | whole number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_inference;
///
/// #[track_inference(model = "minilm", batch_size = texts.len(), tokens_out = |out| out.len())]
/// fn embed(texts: &[&str]) -> Vec<f32> {
///     texts.iter().map(|text| text.len() as f32).collect()
/// }
/// # embed(&["hello"]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_inference(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::INFERENCE, arguments.into(), item.into()).into()
}

/// Times one pass over the training set.
///
/// | argument | what it is |
/// |---|---|
/// | `model` | text, required: what is reported on |
/// | `device` | text |
/// | `epoch`, `num_samples` | whole number, or a closure over the result |
/// | `loss`, `accuracy`, `learning_rate`, `gradient_norm` | real number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_training_epoch;
///
/// #[track_training_epoch(model = "mlp", epoch = epoch, num_samples = data.len(), loss = |out| *out)]
/// fn train(data: &[f64], epoch: u32) -> f64 {
///     data.iter().sum::<f64>() / f64::from(epoch + 1)
/// }
/// # train(&[1.0], 0);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_training_epoch(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::TRAINING_EPOCH, arguments.into(), item.into()).into()
}

/// Times one optimizer step.
///
/// | argument | what it is |
/// |---|---|
/// | `model` | text, required: what is reported on |
/// | `device` | text |
/// | `epoch`, `step`, `batch_size`, `num_samples`, `tokens_in` | whole number, or a closure over the result |
/// | `loss`, `accuracy`, `learning_rate`, `gradient_norm` | real number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_training_step;
///
/// #[track_training_step(model = "mlp", step = step, batch_size = batch.len(), loss = |out| *out)]
/// fn step(batch: &[f32], step: u64) -> f32 {
///     batch.iter().sum()
/// }
/// # step(&[1.0], 0);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_training_step(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::TRAINING_STEP, arguments.into(), item.into()).into()
}

/// Times an evaluation on held-out data.
///
/// | argument | what it is |
/// |---|---|
/// | `model` | text, required: what is reported on |
/// | `dataset`, `device` | text |
/// | `epoch`, `num_samples` | whole number, or a closure over the result |
/// | `loss`, `accuracy` | real number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_validation;
///
/// #[track_validation(model = "mlp", dataset = "digits", num_samples = data.len(), accuracy = |out| *out)]
/// fn validate(data: &[f32]) -> f32 {
///     0.95
/// }
/// # validate(&[1.0]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_validation(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::VALIDATION, arguments.into(), item.into()).into()
}

/// Times the reading of a data set from its source.
///
/// | argument | what it is |
/// |---|---|
/// | `dataset` | text, required: what is reported on |
/// | `source`, `format` | text |
/// | `size_bytes`, `num_samples` | whole number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_dataset_load;
///
/// #[track_dataset_load(dataset = "digits", source = path, format = "csv", num_samples = |rows| rows.len())]
/// fn read(path: &str) -> Result<Vec<String>, std::io::Error> {
///     Ok(vec![path.to_owned()])
/// }
/// # read("digits.csv").unwrap();
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_dataset_load(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::DATASET_LOAD, arguments.into(), item.into()).into()
}

/// Times the transformation of a data set.
///
/// | argument | what it is |
/// |---|---|
/// | `dataset` | text, required: what is reported on |
/// | `operation` | text |
/// | `size_bytes`, `num_samples` | whole number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_dataset_preprocessing;
///
/// #[track_dataset_preprocessing(dataset = "digits", operation = "scale", num_samples = rows.len())]
/// fn scale(rows: &mut [f32]) {
///     rows.iter_mut().for_each(|x| *x /= 16.0);
/// }
/// # scale(&mut [8.0]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_dataset_preprocessing(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::DATASET_PREPROCESSING, arguments.into(), item.into()).into()
}

/// Times the writing of a checkpoint.
///
/// | argument | what it is |
/// |---|---|
/// | `model` | text, required: what is reported on |
/// | `format` | text |
/// | `size_bytes`, `epoch`, `step` | whole number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_checkpoint_save;
///
/// #[track_checkpoint_save(model = "mlp", format = "bin", size_bytes = |out| out.len())]
/// fn save(weights: &[f32]) -> Vec<u8> {
///     weights.iter().flat_map(|w| w.to_le_bytes()).collect()
/// }
/// # save(&[1.0]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_checkpoint_save(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::CHECKPOINT_SAVE, arguments.into(), item.into()).into()
}

/// Times the reading of a checkpoint.
///
/// | argument | what it is |
/// |---|---|
/// | `model` | text, required: what is reported on |
/// | `format` | text |
/// | `size_bytes`, `epoch`, `step` | whole number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_checkpoint_load;
///
/// #[track_checkpoint_load(model = "mlp", size_bytes = bytes.len())]
/// fn restore(bytes: &[u8]) -> Vec<f32> {
///     bytes.iter().map(|b| f32::from(*b)).collect()
/// }
/// # restore(&[1]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_checkpoint_load(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::CHECKPOINT_LOAD, arguments.into(), item.into()).into()
}

/// Times a distributed training task, or a phase of one.
///
/// | argument | what it is |
/// |---|---|
/// | `task` | text, required: what is reported on |
/// | `phase` | text |
/// | `num_workers` | whole number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_distributed_task;
///
/// #[track_distributed_task(task = "allreduce-job", phase = "aggregation", num_workers = parts.len())]
/// fn aggregate(parts: &[f32]) -> f32 {
///     parts.iter().sum()
/// }
/// # aggregate(&[1.0]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_distributed_task(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::DISTRIBUTED_TASK, arguments.into(), item.into()).into()
}

/// Times an exchange of data between workers.
///
/// | argument | what it is |
/// |---|---|
/// | `operation` | text, default: the name of the function: what is reported on |
/// | `worker` | text |
/// | `size_bytes`, `num_workers` | whole number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_communication;
///
/// #[track_communication(worker = rank, size_bytes = data.len())]
/// fn broadcast(rank: usize, data: &[u8]) {}
/// # broadcast(0, &[1]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_communication(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::COMMUNICATION, arguments.into(), item.into()).into()
}

/// Times anything else.
///
/// | argument | what it is |
/// |---|---|
/// | `name` | text, default: the name of the function: what is reported on |
/// | `items`, `size_bytes` | whole number, or a closure over the result |
/// | common ones | see [below](#common-arguments) |
///
/// ```
/// use aimlm::track_operation;
///
/// #[track_operation(items = lines.len())]
/// fn tokenize(lines: &[&str]) -> usize {
///     lines.iter().map(|line| line.split(' ').count()).sum()
/// }
/// # tokenize(&["a b"]);
/// ```
#[doc = include_str!("arguments.md")]
#[proc_macro_attribute]
pub fn track_operation(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    instrument(kind::OPERATION, arguments.into(), item.into()).into()
}

/// Tracks each function of an impl block, a trait or a module, nested modules included.
///
/// Without arguments each is an operation that goes by `Type::function`. The first argument may name a stage, as in
/// the stage's attribute without `track_`; the others go to each function's attribute. Functions that have an
/// attribute of their own keep it, [`skip`](macro@skip) leaves one out, and a `const fn` is left as it is.
///
/// ```
/// struct Tokenizer;
///
/// #[aimlm::track]
/// impl Tokenizer {
///     fn encode(&self, text: &str) -> Vec<u32> {
///         text.bytes().map(u32::from).collect()
///     }
///
///     #[aimlm::skip]
///     fn size(&self) -> usize {
///         256
///     }
/// }
///
/// #[aimlm::track(inference, model = "tiny")]
/// mod model {
///     pub fn embed(tokens: &[u32]) -> u32 {
///         tokens.iter().sum()
///     }
/// }
/// # model::embed(&Tokenizer.encode("a"));
/// # assert_eq!(Tokenizer.size(), 256);
/// ```
#[proc_macro_attribute]
pub fn track(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    bulk::track(arguments.into(), item.into()).into()
}

/// Leaves a function, an impl block or a module out of the [`track`](macro@track) around it.
#[proc_macro_attribute]
pub fn skip(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    bulk::skip(arguments.into(), item.into()).into()
}

/// Reports what the program recorded when it ends: when `main` returns, also an error, when it panics; and on Unix at
/// `std::process::exit`, and when SIGINT, SIGTERM or SIGHUP comes and the program has no handler of its own: then it
/// dies of the same signal. A program that is killed or aborts leaves the report that `every` wrote last, or none. A
/// forked child writes none, unless the path has `{pid}` in it, which is the number of the process.
///
/// | argument | what it is |
/// |---|---|
/// | `report` | `"markdown"`, `"text"`, `"json"` or `"legacy"`; default: by the path's ending, or Markdown |
/// | `path` | the file to write; default: standard output |
/// | `every` | how often the file is written before the end: `"500ms"`, `"30s"`, `"5m"`, `"1h"`; default: never |
/// | `crate` | the path to aimlm, where it is re-exported |
///
/// The environment variables `AIMLM_REPORT` (`off`, a format, a path, `format:path`, `stdout`, `stderr`) and
/// `AIMLM_REPORT_EVERY` override these.
///
/// Nothing of this changes how the program ends; what goes wrong is one line on standard error.
///
/// With `#[tokio::main]` and the like in either order; the report comes when the runtime has shut down.
///
/// ```
/// #[aimlm::main(report = "text")]
/// fn main() -> Result<(), std::io::Error> {
///     Ok(())
/// }
/// ```
#[proc_macro_attribute]
pub fn main(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    main_function::main(arguments.into(), item.into()).into()
}
