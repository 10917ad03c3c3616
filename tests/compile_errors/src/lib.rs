//! The mistakes are in `mistakes/`, and what the compiler must say of each is in `tests/`. What must
//! compile is an example.
