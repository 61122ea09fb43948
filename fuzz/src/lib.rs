//! What several fuzz targets have in common.

pub mod configuration;
pub mod places;
pub mod repeatable;
pub mod shape;
pub mod text;
pub mod tree;
