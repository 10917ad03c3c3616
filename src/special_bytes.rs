/// Where a form's bytes mean something other than themselves: the positions of `&`, `=` and
/// `%`, in order.
///
/// A block of 64 bytes is searched at once: a form has such a byte every ten, too often for a
/// search that starts anew at each.
pub(crate) struct SpecialBytes<'a> {
    rest: &'a [u8],
    /// A bit for each special byte of the block at hand that is still to come.
    found: u64,
    /// The position of the block behind the one at hand.
    next_block: usize,
}

const BLOCK: usize = 64;

impl<'a> SpecialBytes<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            found: 0,
            next_block: 0,
        }
    }

    fn search_next_block(&mut self) -> Option<()> {
        self.found = match self.rest.split_first_chunk::<BLOCK>() {
            Some((block, rest)) => {
                self.rest = rest;
                search(block)
            }
            None if self.rest.is_empty() => return None,
            None => {
                let mut block = [0; BLOCK];
                block[..self.rest.len()].copy_from_slice(self.rest);
                self.rest = &[];
                search(&block)
            }
        };
        self.next_block += BLOCK;
        Some(())
    }
}

impl Iterator for SpecialBytes<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            self.search_next_block()?;
        }
        let position = self.next_block - BLOCK + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        Some(position)
    }
}

/// A bit for each byte of the block, the lowest for the first.
fn search(block: &[u8; BLOCK]) -> u64 {
    let marks = block.map(mark);
    let (words, _) = marks.as_chunks();
    words.iter().rev().fold(0, |found, word| {
        (found << 8) + gather(u64::from_le_bytes(*word))
    })
}

/// 1 for a special byte, else 0; without a branch, so that the compiler looks at 16 at once.
fn mark(byte: u8) -> u8 {
    let is = |special| u8::from(byte == special);
    is(b'&') + is(b'=') + is(b'%')
}

/// Moves the lowest bits of the eight bytes into the lowest byte: each bit of the factor moves
/// one of them to the top of the product, and no two meet.
fn gather(lowest_bits: u64) -> u64 {
    lowest_bits.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_apart_in_every_place() {
        for length in 1..=2 * BLOCK + 1 {
            for byte in 0..=u8::MAX {
                let is_special = b"&=%".contains(&byte);
                let mut bytes = vec![byte.wrapping_add(1) | 0x80; length];
                bytes[length - 1] = byte;
                let expected: Vec<usize> = is_special.then_some(length - 1).into_iter().collect();
                assert_eq!(SpecialBytes::of(&bytes).collect::<Vec<_>>(), expected);
            }
        }
    }

    #[test]
    fn neighbours_do_not_hide_each_other() {
        let bytes = b"&&==%%&=".repeat(BLOCK);
        let all: Vec<usize> = (0..bytes.len()).collect();
        assert_eq!(SpecialBytes::of(&bytes).collect::<Vec<_>>(), all);
    }
}
