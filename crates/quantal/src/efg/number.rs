//! Numbers in text: fractions and decimals as the nearest float, and probabilities back as text that
//! means the same floats and sums to exactly one.

/// The float nearest to an integer, a decimal (with exponent) or a fraction; `None` if `text` is none
/// of these. Too large is infinite.
///
/// Fractions of integers are rounded once where the denominator has at most 37 digits; beyond that both
/// terms are rounded before they are divided (at most 2 units in the last place off).
pub(crate) fn parse(text: &str) -> Option<f64> {
    let Some((over, under)) = text.split_once('/') else { return decimal(text) };
    let (sign, digits) = match over.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, over.strip_prefix('+').unwrap_or(over)),
    };
    let is_integer = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if is_integer(digits)
        && is_integer(under)
        && let Some(under) = under.parse::<u128>().ok().filter(|_| under.len() <= 37)
    {
        return (under > 0).then(|| sign * quotient(digits, under));
    }
    let under = decimal(under).filter(|x| *x != 0.0)?;
    Some(decimal(over)? / under)
}

fn decimal(text: &str) -> Option<f64> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    text.parse().ok().filter(|_| is_number)
}

/// `over / under`, rounded once: long division to more digits than a tie between two floats can have
/// (54 binary digits and 37 decimal ones below), and one more digit if anything is left.
fn quotient(over: &str, under: u128) -> f64 {
    const SIGNIFICANT: usize = 100;
    let mut left = 0u128;
    let mut text = String::new();
    for digit in over.bytes() {
        left = left * 10 + u128::from(digit - b'0');
        text.push(char::from(b'0' + u8::try_from(left / under).unwrap_or(9)));
        left %= under;
    }
    text.push('.');
    let mut n_significant = text.trim_start_matches(['0', '.']).len();
    while left > 0 && n_significant < SIGNIFICANT {
        left *= 10;
        text.push(char::from(b'0' + u8::try_from(left / under).unwrap_or(9)));
        left %= under;
        n_significant += usize::from(n_significant > 0 || !text.ends_with('0'));
    }
    if left > 0 {
        text.push('1');
    }
    text.push('0');
    text.parse().unwrap_or(f64::INFINITY)
}

/// Probabilities as text; Gambit demands that they sum to exactly one.
#[derive(Debug, PartialEq)]
pub(crate) struct Chances {
    pub(crate) texts: Vec<String>,
    /// Whether every text means the very float it was made from.
    pub(crate) is_exact: bool,
}

/// The shortest decimals if they sum to one; else small fractions if those do; else decimals long
/// enough, moved within what rounds to the same float. Where even that cannot sum to one, the
/// largest takes what is missing; then the floats are others, and the text is the one for those.
pub(crate) fn chances(probabilities: &[f64]) -> Chances {
    let shortest: Vec<String> = probabilities.iter().map(|p| format!("{}", p + 0.0)).collect();
    let n_places = shortest.iter().map(|t| places(t)).max().unwrap_or(0);
    let mut sum = Digits::zero(n_places);
    for text in &shortest {
        sum = sum.plus(&Digits::of(text, n_places));
    }
    if sum == Digits::one(n_places) {
        return Chances { texts: shortest, is_exact: true };
    }
    if let Some(texts) = fractions(probabilities) {
        return Chances { texts, is_exact: true };
    }
    long_decimals(probabilities)
}

fn fractions(probabilities: &[f64]) -> Option<Vec<String>> {
    let terms: Vec<(u64, u64)> =
        probabilities.iter().map(|&p| fraction(p)).collect::<Option<_>>()?;
    let gcd = |mut a: u128, mut b: u128| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let mut common = 1u128;
    for &(_, under) in &terms {
        let under = u128::from(under);
        common = common.checked_mul(under / gcd(common, under))?;
    }
    let mut sum = 0u128;
    for &(over, under) in &terms {
        sum = sum.checked_add((common / u128::from(under)).checked_mul(u128::from(over))?)?;
    }
    let text = |&(over, under): &(u64, u64)| match under {
        1 => over.to_string(),
        _ => format!("{over}/{under}"),
    };
    (sum == common).then(|| terms.iter().map(text).collect())
}

/// The first convergent of the continued fraction of `p` that rounds to `p`, denominator at most a
/// million (both terms then fit the 32 bits OpenSpiel reads).
fn fraction(p: f64) -> Option<(u64, u64)> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    let (mut before, mut now) = ((0u64, 1u64), (1u64, 0u64));
    let mut x = p;
    loop {
        let whole = x.floor();
        if whole > 1e6 {
            return None;
        }
        let times = whole as u64;
        (before, now) = (now, (times * now.0 + before.0, times * now.1 + before.1));
        if now.1 > 1_000_000 {
            return None;
        }
        if now.0 as f64 / now.1 as f64 == p {
            return Some(now);
        }
        x = 1.0 / (x - whole);
    }
}

fn long_decimals(probabilities: &[f64]) -> Chances {
    let zeros =
        |p: f64| format!("{p:e}").rsplit_once("e-").and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let n_places = 40 + probabilities.iter().map(|&p| zeros(p)).max().unwrap_or(0usize);
    let fixed = |x: f64| Digits::of(&format!("{x:.n_places$}"), n_places);
    let mut parts: Vec<Digits> = probabilities.iter().map(|&p| fixed(p)).collect();
    let sum = parts.iter().fold(Digits::zero(n_places), |sum, part| sum.plus(part));
    let one = Digits::one(n_places);
    let is_short = sum < one;
    let mut missing = if is_short { one.minus(&sum) } else { sum.minus(&one) };
    let mut by_size: Vec<usize> = (0..parts.len()).collect();
    by_size.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    let shift = |part: &mut Digits, by: &Digits| {
        *part = if is_short { part.plus(by) } else { part.minus(by) };
    };
    for &k in by_size.iter().filter(|&&k| probabilities[k] > 0.0) {
        let p = probabilities[k];
        // A little less than half the distance to the next float: what is in it rounds to `p`.
        let room = fixed(0.49 * (p.next_up() - p).min(p - p.next_down()));
        let step = missing.clone().min(room);
        shift(&mut parts[k], &step);
        missing = missing.minus(&step);
    }
    if missing != Digits::zero(n_places)
        && let Some(&largest) = by_size.first()
    {
        let shortest = |&p: &f64| Digits::of(&format!("{p}"), n_places);
        parts = probabilities.iter().map(shortest).collect();
        let others = parts.iter().enumerate().filter(|(k, _)| *k != largest);
        let others = others.fold(Digits::zero(n_places), |sum, (_, part)| sum.plus(part));
        parts[largest] = one.minus(&others.min(one.clone()));
    }
    let texts: Vec<String> = parts.iter().map(Digits::text).collect();
    let read: Vec<f64> = texts.iter().filter_map(|text| parse(text)).collect();
    if read == probabilities {
        return Chances { texts, is_exact: true };
    }
    Chances { texts: chances(&read).texts, is_exact: false }
}

/// Digits after the point of a written decimal.
fn places(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, part)| part.len())
}

/// A number that is not negative, exactly: one digit before the point (enough for sums of
/// probabilities; it may exceed 9), the others after it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Digits(Vec<u32>);

impl Digits {
    fn zero(n_places: usize) -> Self {
        Self(vec![0; n_places + 1])
    }
    fn one(n_places: usize) -> Self {
        let mut one = Self::zero(n_places);
        one.0[0] = 1;
        one
    }
    fn of(text: &str, n_places: usize) -> Self {
        let mut digits = Self::zero(n_places);
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        digits.0[0] = whole.parse().unwrap_or(0);
        for (digit, c) in digits.0[1..].iter_mut().zip(part.bytes()) {
            *digit = u32::from(c - b'0');
        }
        digits
    }
    fn plus(&self, other: &Self) -> Self {
        let mut sum: Vec<u32> = self.0.iter().zip(&other.0).map(|(a, b)| a + b).collect();
        for k in (1..sum.len()).rev() {
            if sum[k] > 9 {
                sum[k] -= 10;
                sum[k - 1] += 1;
            }
        }
        Self(sum)
    }
    /// `self − other`, which must not be the larger.
    fn minus(&self, other: &Self) -> Self {
        let mut difference = self.0.clone();
        let mut borrowed = 0;
        for (digit, less) in difference.iter_mut().zip(&other.0).rev() {
            let less = less + borrowed;
            borrowed = u32::from(*digit < less);
            *digit = *digit + 10 * borrowed - less;
        }
        Self(difference)
    }
    fn text(&self) -> String {
        let part: String = self.0[1..].iter().map(|d| d.to_string()).collect();
        let text = format!("{}.{part}", self.0[0]);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_rounded_once() {
        // 2^53 + 1 over 1 is a tie, to even; a little more is not.
        assert_eq!(parse("9007199254740993/1"), Some(9_007_199_254_740_992.0));
        assert_eq!(
            parse("90071992547409930000000000000000001/10000000000000000000"),
            Some(9_007_199_254_740_994.0)
        );
        assert_eq!(parse("-11249999999999999/25000000000000000"), Some(-0.449_999_999_999_999_96));
        assert_eq!(parse("1/3"), Some(1.0 / 3.0));
        assert_eq!(parse("+3/4"), Some(0.75));
        for (text, value) in
            [("5.", 5.0), (".5", 0.5), ("-.5", -0.5), ("1e2", 100.0), ("-2.5E-3", -0.0025)]
        {
            assert_eq!(parse(text), Some(value));
        }
        for text in [
            "", "-", "1/0", "1/", "/2", "1//2", "nan", "inf", "-inf", "1/2/3", "1.5.2", "0x10",
            "1_000",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("1e999"), Some(f64::INFINITY));
        let (over, under) = ("1".repeat(60), format!("3{}", "0".repeat(50)));
        let long = parse(&format!("{over}/{under}")).unwrap_or(0.0);
        assert!((long / (1e9 / 2.7) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn probabilities_come_back_as_the_same_floats_and_sum_to_one() {
        let third = 1.0 / 3.0;
        let odd = [0.123_456_789_012_345_68, 0.2, 1e-13];
        let rest = 1.0 - odd.iter().sum::<f64>();
        let tiny = 1e-200;
        for ps in [
            vec![0.3, 0.7],
            vec![third, third, third],
            vec![third, 2.0 * third],
            vec![1.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0],
            vec![odd[0], odd[1], odd[2], rest],
            vec![tiny, 1.0],
            vec![1.0],
            vec![0.0, 1.0],
            vec![0.1; 10],
        ] {
            let written = chances(&ps);
            assert!(written.is_exact, "{ps:?} became {:?}", written.texts);
            for (p, text) in ps.iter().zip(&written.texts) {
                assert_eq!(parse(text), Some(*p), "{text}");
            }
        }
        assert_eq!(chances(&[third, third, third]).texts, ["1/3", "1/3", "1/3"]);
        assert_eq!(chances(&[0.35, 0.65]).texts, ["0.35", "0.65"]);
        // Off by more than rounding: the largest gives way.
        let off = chances(&[0.333_333_333_3, 0.333_333_333_4, 0.333_333_333_5]);
        assert!(!off.is_exact);
        assert_eq!(off.texts[0], "0.3333333333");
        // What was written then is written so again, although 0.9999999999999299 has a shorter name.
        let off = chances(&[7.01e-14, 0.999_999_999_999_999_9]);
        assert!(!off.is_exact);
        let read: Vec<f64> = off.texts.iter().filter_map(|text| parse(text)).collect();
        assert_eq!(chances(&read), Chances { texts: off.texts, is_exact: true });
    }
}
