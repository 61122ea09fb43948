//! Tests of the engine as a whole.

mod agreement;
mod announcements;
mod events;
mod explanations;
mod generate;
mod laws;
mod model;
mod possible;
