//! possible
