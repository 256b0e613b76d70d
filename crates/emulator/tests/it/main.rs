//! The emulator, asked as AWS clients ask it: requests in, answers out.

mod backups;
mod bad_calls;
mod bad_input;
mod bed;
mod buckets;
mod crash;
mod faults;
mod items;
mod keys;
mod lifecycle;
mod networks;
mod objects;
mod replica_kinds;
mod replicas;
mod roles;
mod same_answers;
mod scaling;
mod settings;
mod small_services;
mod speed;
mod streams;
