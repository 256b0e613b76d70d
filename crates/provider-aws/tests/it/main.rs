//! The provider against recorded plans and the embedded AWS.

mod bed;
mod convergence;
mod data_sources;
mod exports;
mod global_indexes;
mod items;
mod items_conflicts;
mod plans;
mod provider_block;
mod recovery;
mod regions;
mod satellites;
mod table_arguments;
mod table_changes;
mod tables;
mod validation;
