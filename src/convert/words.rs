//! Names in sentences.

/// `pool a`, `pools a and b`.
pub(in crate::convert) fn pools_named<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let noun = if names.len() == 1 { "pool" } else { "pools" };
    format!("{noun} {}", list(names.into_iter()))
}

/// Names in a sentence: `a, b and c`.
pub(in crate::convert) fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<&str> = names.collect();
    match &names[..] {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [init @ .., last] if names.len() <= SHOWN => format!("{} and {last}", init.join(", ")),
        _ => format!("{} and {} more", names[..SHOWN].join(", "), names.len() - SHOWN),
    }
}
