//! Things to try, in the order of their likelihood.

/// Something to try, and how unlikely it is: 0 is what the layer itself takes it to be.
#[derive(Clone, Debug)]
pub(super) struct Ranked<T> {
    pub(super) rank: usize,
    pub(super) value: T,
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

    pub(super) fn values(&self) -> impl Iterator<Item = &T> + Clone {
        self.all.iter().map(|ranked| &ranked.value)
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
