//! The provider against recorded plans and the embedded AWS.

mod bed;
mod convergence;
mod data_sources;
mod exports;
mod global_indexes;
mod item_checklist;
mod item_imports;
mod item_keys;
mod items;
mod items_conflicts;
mod kms;
mod pacing;
mod plans;
mod policy_documents;
mod provider_block;
mod recovery;
mod regions;
mod satellites;
mod scaling;
mod table_arguments;
mod table_changes;
mod table_imports;
mod tables;
mod tags;
mod validation;
