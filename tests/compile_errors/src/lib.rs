//! The mistakes are in `examples/`, and what the compiler must say of each is in `tests/`.
