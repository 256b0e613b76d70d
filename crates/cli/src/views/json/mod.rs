//! Views for programs.
