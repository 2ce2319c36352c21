//! What is added up: numbers, and how many took how long. Two sums make a sum, and one taken from another leaves the rest, so that a
//! day's row follows each change of a conversation.
//!
//! How long something took is kept in buckets: each second up to a minute, and above that 32 for each doubling (whole numbers alone, so
//! that every machine puts it into the same). A percentile is the middle of the bucket it lies in: at most 1.6 % away from the exact one.

use std::{collections::BTreeMap, fmt, str::FromStr};

use super::{Figures, Span};

/// How many buckets a doubling has.
const FINE: u32 = 32;
const FINE_BITS: u32 = FINE.ilog2();
/// What takes longer (35,000 years) is in the last bucket.
const LONGEST: i64 = 1 << 40;

/// The bucket of a time in seconds.
pub fn bucket(seconds: i64) -> u32 {
    let seconds = seconds.clamp(0, LONGEST).unsigned_abs();
    let Ok(small) = u32::try_from(seconds) else { return above(seconds) };
    if small < FINE { small } else { above(seconds) }
}

fn above(seconds: u64) -> u32 {
    let octave = seconds.ilog2() - FINE_BITS;
    let within = u32::try_from((seconds >> octave) & u64::from(FINE - 1)).unwrap_or(0);
    FINE + octave * FINE + within
}

/// The time that stands for a bucket: its middle.
pub fn middle(bucket: u32) -> i64 {
    if bucket < FINE {
        return i64::from(bucket);
    }
    let (octave, within) = ((bucket - FINE) / FINE, (bucket - FINE) % FINE);
    (i64::from(FINE + within) << octave) + ((1_i64 << octave) - 1) / 2
}

/// How many of each: of buckets of time, or of hours of the day. As text: `3:12,17:1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<u32, i64>);

impl Counts {
    /// So many more of one.
    pub fn add(&mut self, of: u32, n: i64) {
        let known = self.0.entry(of).or_default();
        *known += n;
        if *known == 0 {
            self.0.remove(&of);
        }
    }

    /// As many more as there are in others.
    pub fn merge(&mut self, others: &Self) {
        for (of, n) in &others.0 {
            self.add(*of, *n);
        }
    }

    /// The same of what is taken away.
    #[must_use]
    pub fn taken(&self) -> Self {
        Self(self.0.iter().map(|(of, n)| (*of, -n)).collect())
    }

    /// Each, with how many.
    pub fn each(&self) -> impl Iterator<Item = (u32, i64)> {
        self.0.iter().map(|(of, n)| (*of, *n))
    }

    /// How many in all.
    pub fn total(&self) -> i64 {
        self.0.values().sum()
    }

    /// The time that so many in a hundred did not exceed.
    pub fn percentile(&self, percent: i64) -> i64 {
        let wanted = (self.total() * percent + 99) / 100;
        let mut seen = 0;
        let found = self.0.iter().find(|(_, n)| {
            seen += **n;
            seen >= wanted
        });
        found.map_or(0, |(bucket, _)| middle(*bucket))
    }

    /// Seen as times.
    pub fn span(&self) -> Span {
        Span { n: self.total(), median: self.percentile(50), p90: self.percentile(90) }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (of, n)) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{of}:{n}")?;
        }
        Ok(())
    }
}

impl FromStr for Counts {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let pairs = text.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
            let (of, n) = pair.split_once(':').ok_or(())?;
            Ok((of.parse().map_err(drop)?, n.parse().map_err(drop)?))
        });
        pairs.collect::<Result<_, ()>>().map(Self)
    }
}

/// What is added up of a day, or of many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The plain numbers; its times are empty, `replies` and `solutions` have them.
    pub figures: Figures,
    /// How many were answered first after how long.
    pub replies: Counts,
    /// How many were solved after how long.
    pub solutions: Counts,
    /// How many began in which hour.
    pub hours: Counts,
}

impl Sums {
    /// Adds others.
    pub fn merge(&mut self, others: &Self) {
        let (own, more) = (&mut self.figures, &others.figures);
        own.fresh += more.fresh;
        own.solved += more.solved;
        own.answered += more.answered;
        own.missed += more.missed;
        own.good += more.good;
        own.neutral += more.neutral;
        own.bad += more.bad;
        self.replies.merge(&others.replies);
        self.solutions.merge(&others.solutions);
        self.hours.merge(&others.hours);
    }

    /// The same of what is taken away.
    #[must_use]
    pub fn taken(&self) -> Self {
        let Figures { fresh, solved, answered, missed, good, neutral, bad, reply, solution } = self.figures;
        Self {
            figures: Figures {
                fresh: -fresh,
                solved: -solved,
                answered: -answered,
                missed: -missed,
                good: -good,
                neutral: -neutral,
                bad: -bad,
                reply,
                solution,
            },
            replies: self.replies.taken(),
            solutions: self.solutions.taken(),
            hours: self.hours.taken(),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// As they are shown.
    pub fn shown(&self) -> Figures {
        Figures { reply: self.replies.span(), solution: self.solutions.span(), ..self.figures }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_times_are_exact() {
        assert!((0..64).all(|seconds| middle(bucket(seconds)) == seconds));
        assert_eq!(bucket(i64::MAX), bucket(LONGEST));
        assert_eq!(bucket(-5), 0);
    }

    proptest! {
        #[test]
        fn a_bucket_is_near(seconds in 1i64..400_000_000) {
            let away = (middle(bucket(seconds)) - seconds).abs();
            prop_assert!(away * 1000 <= seconds * 16, "{seconds} is taken for {}", middle(bucket(seconds)));
        }

        #[test]
        fn a_percentile_is_that_of_all(mut times in prop::collection::vec(0i64..10_000_000, 1..200), percent in 1i64..=100) {
            let mut counts = Counts::default();
            for time in &times {
                counts.add(bucket(*time), 1);
            }
            times.sort_unstable();
            let rank = (i64::try_from(times.len()).unwrap() * percent + 99) / 100;
            let exact = times[usize::try_from(rank - 1).unwrap()];
            prop_assert_eq!(counts.percentile(percent), middle(bucket(exact)));
        }

        #[test]
        fn what_is_added_can_be_taken_away(a in prop::collection::vec((0u32..99, 1i64..9), 0..20), b in prop::collection::vec((0u32..99, 1i64..9), 0..20)) {
            let counts = |pairs: &[(u32, i64)], sign: i64| {
                let mut counts = Counts::default();
                for (of, n) in pairs {
                    counts.add(*of, *n * sign);
                }
                counts
            };
            let mut both = counts(&a, 1);
            both.merge(&counts(&b, 1));
            prop_assert_eq!(both.to_string().parse::<Counts>(), Ok(both.clone()));
            both.merge(&counts(&b, -1));
            prop_assert_eq!(both, counts(&a, 1));
        }
    }
}
