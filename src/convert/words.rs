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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_names_are_shown_and_the_others_counted() {
        let names = |count| list("abcdefghijk".split("").skip(1).take(count));
        assert_eq!([0, 1, 2].map(names), ["", "a", "a and b"]);
        assert_eq!(names(8), "a, b, c, d, e, f, g and h");
        assert_eq!(names(9), "a, b, c, d, e, f, g, h and 1 more");
        assert_eq!(pools_named(["a"].into_iter()), "pool a");
        assert_eq!(pools_named(["a", "b"].into_iter()), "pools a and b");
    }
}
