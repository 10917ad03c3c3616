//! Choices by chance, all from one seed.

pub use fastrand::Rng as Random;

pub fn choose<T: Clone>(random: &mut Random, among: &[T]) -> T {
    among[random.usize(..among.len())].clone()
}

pub fn chance(random: &mut Random, percent: u8) -> bool {
    random.u8(..100) < percent
}
