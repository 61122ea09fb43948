//! Lines that are shown held against lines that are printed: `…` stands for what was
//! left out, lines where it stands alone.

const LEFT_OUT: &str = "…";

/// Whether what is shown is what is printed.
pub(crate) fn fit(shown: &[String], printed: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first.trim() == LEFT_OUT => {
            (0..=printed.len()).any(|skipped| fit(rest, &printed[skipped..]))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, others)| line_fits(first, line) && fit(rest, others)),
    }
}

/// Whether a line is the one that is shown.
fn line_fits(shown: &str, printed: &str) -> bool {
    let mut parts = shown.split(LEFT_OUT);
    let Some(rest) = parts.next().and_then(|start| printed.strip_prefix(start)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(end) = parts.pop() else { return rest.is_empty() };
    let Some(mut rest) = rest.strip_suffix(end) else { return false };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// What is to be shown: what is printed, without what was left out before.
pub(crate) fn updated(shown: &[String], printed: &[String]) -> Vec<String> {
    if fit(shown, printed) {
        return shown.to_vec();
    }
    let abridged: Vec<&String> = shown.iter().filter(|line| line.contains(LEFT_OUT)).collect();
    let printed: Vec<String> = printed
        .iter()
        .map(|line| {
            let fitting =
                abridged.iter().find(|one| one.trim() != LEFT_OUT && line_fits(one, line));
            fitting.map_or(line, |one| *one).clone()
        })
        .collect();
    let parts: Vec<&[String]> = shown.split(|line| line.trim() == LEFT_OUT).collect();
    let Some((last, parts)) = parts.split_last().filter(|(_, parts)| !parts.is_empty()) else {
        return printed;
    };
    // The parts that were shown, where they begin now; the first and the last as long
    // as they were.
    let tail = printed.len().saturating_sub(last.len());
    let mut new = Vec::new();
    let mut next = 0;
    for (index, part) in parts.iter().enumerate() {
        let start = match part.first() {
            _ if index == 0 => Some(0),
            Some(first) => (next..tail).find(|at| printed[*at] == *first),
            None => None,
        };
        if let Some(start) = start {
            let end = (start + part.len()).min(tail).max(start);
            new.extend_from_slice(&printed[start..end]);
            next = end;
            if end < tail {
                new.push(LEFT_OUT.to_owned());
            }
        }
    }
    new.extend_from_slice(&printed[tail.max(next)..]);
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn left_out_is_anything() {
        for (shown, printed, fits) in [
            ("", "", true),
            ("a b", "a b", true),
            ("a", "a b", false),
            ("a b", "a", false),
            ("…", "", true),
            ("a … c", "a c", true),
            ("a … c", "a b b c", true),
            ("a … c", "a b b", false),
            ("… b … d", "a b c d", true),
            ("… b … d", "a c d", false),
            ("in…ms", "in0.2ms", true),
            ("in…ms…x", "in0.2msyx", true),
            ("in…ms", "in0.2s", false),
            ("aa…aa", "aaa", false),
        ] {
            assert_eq!(fit(&lines(shown), &lines(printed)), fits, "{shown} {printed}");
        }
    }

    #[test]
    fn an_update_leaves_out_what_was_left_out() {
        for (shown, printed, new) in [
            ("a b", "a c d", "a c d"),
            ("a … c", "a b c", "a … c"),
            ("a … c", "x b d", "x … d"),
            ("a b … z", "a x y w", "a x … w"),
            ("a … c d … z", "b q c e y", "b … c e y"),
            ("in…ms x", "in4ms y", "in…ms y"),
            ("… z", "a b y", "… y"),
            ("a … y z", "b", "b"),
        ] {
            let new = lines(new);
            let updated = updated(&lines(shown), &lines(printed));
            assert_eq!(updated, new, "{shown} {printed}");
            assert!(fit(&updated, &lines(printed)), "{shown} {printed}");
        }
    }
}
