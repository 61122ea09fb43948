//! The same order in every hash map of every run, so that the same edges are met, and
//! the fuzzer tries the same inputs after the same seed.

#![allow(unsafe_code, reason = "a symbol of the C library takes its name")]

use std::ffi::{c_uint, c_void};

/// What [`getrandom`] is: a target that uses nothing else of this crate refers to it.
pub type GetRandom = unsafe extern "C" fn(*mut c_void, usize, c_uint) -> isize;

/// Where the standard library gets the keys of its hash maps: always the same ones.
///
/// # Safety
/// `buffer` is valid for `length` bytes, as getrandom(2) has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getrandom(buffer: *mut c_void, length: usize, _flags: c_uint) -> isize {
    // SAFETY: so does the caller promise.
    unsafe { buffer.cast::<u8>().write_bytes(7, length) };
    isize::try_from(length).unwrap_or(isize::MAX)
}
