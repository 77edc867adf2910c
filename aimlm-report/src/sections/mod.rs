//! What the document says, one file for each section.

mod calls_columns;
mod calls_rows;
mod curve_course;
mod dataset_tables;
mod distributed_tables;
mod epoch_table;
mod error_kinds_table;
mod findings_list;
mod heading;
mod in_flight_table;
mod inference_tables;
mod latency_columns;
mod memory_table;
mod model_tables;
mod operation_tables;
mod own_numbers_table;
mod recording_table;
mod source_table;
mod training_tables;
mod whole_document;

pub(super) use whole_document::document;
