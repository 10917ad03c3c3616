//! Queries whose parameters are in another order, or fewer.

/// Of so many every order is tried.
const MAX_PERMUTED: usize = 5;
/// Of so many each is tried elsewhere.
const MAX_MOVED: usize = 6;
/// Of so many some may have been added on the way.
const MAX_REDUCED: usize = 6;

/// The same parameters in other orders: of a few every one, of many those that sorting makes.
pub(super) fn orders(pairs: &[&str]) -> Vec<(usize, String)> {
    let joined = |pairs: &[&str]| format!("?{}", pairs.join("&"));
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    let mut by_name = pairs.to_vec();
    by_name.sort_by_key(|pair| pair.split('=').next());
    let mut found = vec![(1, joined(&sorted)), (1, joined(&by_name))];
    sorted.reverse();
    found.push((2, joined(&sorted)));
    let reversed: Vec<&str> = pairs.iter().rev().copied().collect();
    found.push((2, joined(&reversed)));
    if (2..=MAX_PERMUTED).contains(&pairs.len()) {
        for order in permutations(pairs.len()) {
            let ordered: Vec<&str> = order.iter().map(|&index| pairs[index]).collect();
            let rank = if pairs.len() < MAX_PERMUTED { 2 } else { 3 };
            found.push((rank, joined(&ordered)));
        }
    }
    if (MAX_PERMUTED + 1..=MAX_MOVED).contains(&pairs.len()) {
        found.extend(moved(pairs).map(|ordered| (3, joined(&ordered))));
    }
    found.retain(|(_, ordered)| ordered[1..] != pairs.join("&"));
    found
}

/// Two exchanged, or one put elsewhere.
fn moved<'p>(pairs: &'p [&'p str]) -> impl Iterator<Item = Vec<&'p str>> {
    let places = (0..pairs.len()).flat_map(|from| (0..pairs.len()).map(move |to| (from, to)));
    places
        .filter(|(from, to)| from != to)
        .flat_map(|(from, to)| {
            let mut exchanged = pairs.to_vec();
            exchanged.swap(from, to);
            let mut elsewhere = pairs.to_vec();
            let pair = elsewhere.remove(from);
            elsewhere.insert(to, pair);
            [exchanged, elsewhere]
        })
}

fn permutations(length: usize) -> Vec<Vec<usize>> {
    if length == 0 {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for shorter in permutations(length - 1) {
        for place in (0..length).rev() {
            let mut longer = shorter.clone();
            longer.insert(place, length - 1);
            found.push(longer);
        }
    }
    found
}

/// Without each of a few parameters, and without the last two or three; of many without the first or
/// the last one.
pub(super) fn without_some(pairs: &[&str]) -> Vec<(usize, String)> {
    if pairs.len() > MAX_REDUCED {
        return [&pairs[..pairs.len() - 1], &pairs[1..]]
            .map(|rest| (2, format!("?{}", rest.join("&"))))
            .to_vec();
    }
    let mut found = Vec::new();
    if pairs.len() < 2 {
        return found;
    }
    for without in (0..pairs.len()).rev() {
        let mut rest = pairs.to_vec();
        rest.remove(without);
        found.push((2, format!("?{}", rest.join("&"))));
    }
    for kept in 1..pairs.len() {
        found.push((3, format!("?{}", pairs[..kept].join("&"))));
        found.push((3, format!("?{}", pairs[kept..].join("&"))));
    }
    found
}
