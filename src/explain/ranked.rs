/// Something to try, and how unlikely it is: 0 is what the layer itself takes it to be.
#[derive(Clone, Debug)]
pub(super) struct Ranked<T> {
    pub(super) rank: usize,
    pub(super) value: T,
}

/// Distinct things to try, in the order in which they were added, and no more than a limit of
/// them: what a request names can be as much as its headers hold.
#[derive(Debug)]
pub(super) struct Variations<T> {
    limit: usize,
    all: Vec<Ranked<T>>,
}

impl<T: PartialEq> Variations<T> {
    pub(super) fn at_most(limit: usize) -> Self {
        Self {
            limit,
            all: Vec::new(),
        }
    }

    /// Takes it unless it is there; the lower of two ranks counts.
    pub(super) fn add(&mut self, rank: usize, value: T) {
        if let Some(known) = self.all.iter_mut().find(|known| known.value == value) {
            known.rank = known.rank.min(rank);
        } else if self.all.len() < self.limit {
            self.all.push(Ranked { rank, value });
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Ranked<T>> + Clone {
        self.all.iter()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> + Clone {
        self.all.iter().map(|ranked| &ranked.value)
    }
}

/// Puts equal ranks together, the lowest first, so that a search can take them rank by rank.
pub(super) fn by_rank<T>(all: impl IntoIterator<Item = Ranked<T>>) -> Vec<Vec<T>> {
    let mut ranks: Vec<Vec<T>> = Vec::new();
    for Ranked { rank, value } in all {
        while ranks.len() <= rank {
            ranks.push(Vec::new());
        }
        ranks[rank].push(value);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_of_two_ranks_counts_and_the_limit_holds() {
        let mut variations = Variations::at_most(2);
        variations.add(3, "a");
        variations.add(1, "b");
        variations.add(0, "c");
        variations.add(2, "a");
        assert_eq!(by_rank(variations.all), [vec![], vec!["b"], vec!["a"]]);
    }
}
