//! Views: structs to text for people and to JSON for programs. Nothing here prints.

pub mod dot;
pub mod drift;
mod enclosing;
pub mod human;
pub mod json;
pub mod junit;
mod located;
mod style;

pub use style::{Paint, Style};

#[cfg(test)]
mod tests;
