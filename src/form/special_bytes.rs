//! Where the bytes of a form are that delimit or escape.

/// A byte for each bit of the number that tells where the special ones are.
pub(crate) const BLOCK: usize = u64::BITS as usize;

/// Where the bytes of a form's block mean something other than themselves: the positions of `&`,
/// `=` and `%`, in order.
///
/// A block of 64 bytes is searched at once: a form has such a byte every ten, too often for a
/// search that starts anew at each.
pub(crate) struct SpecialBytes {
    /// A bit for each special byte that is still to come, the lowest for the block's first.
    found: u64,
}

impl SpecialBytes {
    #[inline]
    pub(crate) fn of(block: &[u8; BLOCK]) -> Self {
        let marks = block.map(mark);
        let (words, _) = marks.as_chunks();
        let mut bytes = [0; 8];
        for (byte, word) in bytes.iter_mut().zip(words) {
            *byte = gather(*word);
        }
        Self {
            found: u64::from_le_bytes(bytes),
        }
    }
}

impl Iterator for SpecialBytes {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let rest = self.found.checked_sub(1)?;
        let position = self.found.trailing_zeros();
        self.found &= rest;
        Some(position)
    }
}

/// 1 for a special byte, else 0; without a branch, so that the compiler looks at 16 at once.
fn mark(byte: u8) -> u8 {
    let is = |special| u8::from(byte == special);
    is(b'&') + is(b'=') + is(b'%')
}

/// Gathers the lowest bits of eight bytes: each bit of the factor moves one of them to the top of
/// the product, and no two meet.
fn gather(lowest_bits: [u8; 8]) -> u8 {
    let product = u64::from_le_bytes(lowest_bits).wrapping_mul(0x0102_0408_1020_4080);
    product.to_be_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_apart_in_every_place() {
        for place in 0..BLOCK {
            for byte in 0..=u8::MAX {
                let is_special = b"&=%".contains(&byte);
                let mut block = [byte.wrapping_add(1) | 0x80; BLOCK];
                block[place] = byte;
                let expected: Vec<u32> = is_special
                    .then_some(place.try_into().unwrap())
                    .into_iter()
                    .collect();
                assert_eq!(SpecialBytes::of(&block).collect::<Vec<_>>(), expected);
            }
        }
    }

    #[test]
    fn neighbours_do_not_hide_each_other() {
        let block = *b"&&==%%&=".repeat(8).first_chunk().unwrap();
        let all: Vec<u32> = (0..64).collect();
        assert_eq!(SpecialBytes::of(&block).collect::<Vec<_>>(), all);
    }
}
