//! What several fuzz targets have in common.

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod configuration;
pub mod places;
pub mod repeatable;
pub mod shape;
pub mod text;
pub mod tree;
