//! Things to try, in the order of their likelihood.

/// Something to try, and how unlikely it is: 0 is what the layer itself takes it to be.
#[derive(Clone, Debug)]
pub(super) struct Ranked<T> {
    pub(super) rank: usize,
    pub(super) value: T,
}

/// Of what is sorted by its rank: those of this rank, then those of the rank below it, and so on.
///
/// Whatever makes up the rest of the sum is tried with each, and of that there is the more the higher its
/// rank. So the longest lists come last, where the budget may end.
pub(super) fn unlikeliest_first<T>(
    rank: usize,
    sorted: &[T],
    rank_of: impl Fn(&T) -> usize + Copy,
) -> impl Iterator<Item = &T> {
    (0..=rank).rev().flat_map(move |rank| {
        let start = sorted.partition_point(|one| rank_of(one) < rank);
        let end = sorted.partition_point(|one| rank_of(one) <= rank);
        &sorted[start..end]
    })
}

/// What is left of a combination: the sum of the ranks, and how many parts are not of rank 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) rank: usize,
    pub(super) changes: usize,
}

impl Left {
    /// After a part of this rank; `None` where no other parts can make up the rest.
    pub(super) fn after(self, rank: usize) -> Option<Self> {
        let left = match rank {
            0 => self,
            _ => Self {
                rank: self.rank.checked_sub(rank)?,
                changes: self.changes.checked_sub(1)?,
            },
        };
        let is_possible = match left.changes {
            0 => left.rank == 0,
            changes => left.rank >= changes,
        };
        is_possible.then_some(left)
    }

    /// Whether one part makes up the rest.
    pub(super) fn is_one_part(self) -> bool {
        self.changes == usize::from(self.rank > 0)
    }
}

/// How many bytes a thing to try holds.
pub(super) trait Weight {
    fn weight(&self) -> usize;
}

impl Weight for String {
    fn weight(&self) -> usize {
        self.len()
    }
}

impl Weight for Option<String> {
    fn weight(&self) -> usize {
        self.as_ref().map_or(0, String::len)
    }
}

/// Distinct things to try, within a limit on their number and one on their bytes: what a request
/// names can be as much as its headers hold.
#[derive(Debug)]
pub(super) struct Variations<T> {
    places: usize,
    bytes: usize,
    all: Vec<Ranked<T>>,
}

impl<T: PartialEq + Weight> Variations<T> {
    pub(super) fn at_most(places: usize, bytes: usize) -> Self {
        Self {
            places,
            bytes,
            all: Vec::new(),
        }
    }

    /// Takes it unless it is there; the lower of two ranks counts.
    pub(super) fn add(&mut self, rank: usize, value: T) {
        if let Some(known) = self.all.iter_mut().find(|known| known.value == value) {
            known.rank = known.rank.min(rank);
        } else if self.all.len() < self.places && value.weight() <= self.bytes {
            self.bytes -= value.weight();
            self.all.push(Ranked { rank, value });
        }
    }

    /// Those of the lowest rank first, and in each rank those that were added first.
    pub(super) fn sort(&mut self) {
        self.all.sort_by_key(|ranked| ranked.rank);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Ranked<T>> + Clone {
        self.all.iter()
    }

    /// Of what was sorted, those that can be part of the combination, and what is left of it then.
    pub(super) fn within(&self, left: Left) -> impl Iterator<Item = (&T, Left)> {
        let ranks = (0..=left.rank).filter_map(move |rank| Some((rank, left.after(rank)?)));
        ranks.flat_map(|(rank, left)| self.of(rank).iter().map(move |one| (&one.value, left)))
    }

    /// Of what was sorted, those of this rank.
    pub(super) fn of(&self, rank: usize) -> &[Ranked<T>] {
        let start = self.all.partition_point(|one| one.rank < rank);
        let end = self.all.partition_point(|one| one.rank <= rank);
        &self.all[start..end]
    }

    pub(super) fn is_full(&self) -> bool {
        self.all.len() == self.places
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_of_two_ranks_counts_and_both_limits_hold() {
        let mut variations = Variations::at_most(3, 6);
        for (rank, value) in [
            (3, "aa"),
            (1, "b"),
            (0, "cccc"),
            (2, "aa"),
            (4, "d"),
            (4, "e"),
        ] {
            variations.add(rank, value.to_owned());
        }
        variations.sort();
        let found: Vec<(usize, &str)> = variations
            .iter()
            .map(|ranked| (ranked.rank, ranked.value.as_str()))
            .collect();
        assert_eq!(found, [(1, "b"), (2, "aa"), (4, "d")]);
    }
}
