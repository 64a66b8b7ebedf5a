//! Answers over time, in as few pieces as can be drawn.

use std::time::Duration;

use super::super::done::Verdict;

/// Pieces at most.
const MOST: usize = 120;
/// Length of a piece at first.
const FIRST: Duration = Duration::from_millis(250);

/// A part of the answers of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    Likely,
    Unlikely,
    Failed,
}

impl Share {
    pub(super) const ALL: [Self; 3] = [Self::Likely, Self::Unlikely, Self::Failed];

    pub(super) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Likely => Self::Likely,
            Verdict::Unlikely => Self::Unlikely,
            Verdict::Failed | Verdict::Refused => Self::Failed,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Unlikely => "unlikely",
            Self::Failed => "failed",
        }
    }
}

/// Numbers of answers, piece by piece.
pub(crate) struct Timeline {
    pub(super) length: Duration,
    pub(super) pieces: Vec<[u64; 3]>,
}

impl Timeline {
    pub(super) fn new() -> Self {
        Self {
            length: FIRST,
            pieces: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, at: Duration, share: Share) {
        let mut piece = at.as_nanos() / self.length.as_nanos();
        while piece >= MOST as u128 {
            self.pieces = self
                .pieces
                .chunks(2)
                .map(|two| std::array::from_fn(|share| two.iter().map(|piece| piece[share]).sum()))
                .collect();
            self.length *= 2;
            piece = at.as_nanos() / self.length.as_nanos();
        }
        let piece = piece as usize;
        if self.pieces.len() <= piece {
            self.pieces.resize(piece + 1, [0; 3]);
        }
        self.pieces[piece][share as usize] += 1;
    }
}

#[cfg(test)]
mod tests {
    //! Nothing is lost when pieces are joined.
    use super::*;

    #[test]
    fn pieces_are_joined() {
        let mut timeline = Timeline::new();
        for second in 0..1000 {
            timeline.add(Duration::from_secs(second), Share::ALL[second as usize % 3]);
        }
        // 0.25 s doubled until 120 pieces hold 1000 s.
        assert_eq!(timeline.length, Duration::from_secs(16));
        assert_eq!(timeline.pieces.len(), 63);
        assert_eq!(timeline.pieces[0], [6, 5, 5]);
        let sum = |share: usize| {
            timeline
                .pieces
                .iter()
                .map(|piece| piece[share])
                .sum::<u64>()
        };
        assert_eq!([sum(0), sum(1), sum(2)], [334, 333, 333]);
    }
}
