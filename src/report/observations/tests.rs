//! Every format.
