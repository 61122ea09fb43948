//! Merging and judging.
