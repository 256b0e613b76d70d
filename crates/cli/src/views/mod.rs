//! Views: structs to text for people and to JSON for programs. Nothing here prints.

pub mod completions;
pub mod dot;
pub mod drift;
mod enclosing;
pub mod human;
pub mod json;
pub mod junit;
mod located;
pub mod manual;
pub mod markup;
mod named;
pub mod picture;
pub mod report;
mod style;

pub use named::named;
pub use style::{Paint, Style};

#[cfg(test)]
mod tests;
