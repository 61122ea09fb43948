//! Whether to stay awake for a moment after something was heard: a pure state machine.
//!
//! To be woken takes longer than to answer, the longer the deeper the processor sleeps;
//! and questions come in crowds. So it is looked again and again for [`AWAKE`] before
//! sleeping, as long as that is of use: while it is, each question is answered at once,
//! and the processor is busy; where it is not, it is tried less and less often, down to
//! one time in [`MAX_SLEEPS`]. That is also what ends it where whoever asks waits
//! for the same processor.

use std::time::Duration;

/// So long it is looked again before sleeping.
pub(super) const AWAKE: Duration = Duration::from_micros(50);
/// So often in a row something is heard before all else is looked at.
const STREAK: u32 = 64;
/// So often at most it sleeps at once after staying awake was in vain.
const MAX_SLEEPS: u32 = 16;

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watch {
    /// Stay awake for a moment.
    Awake,
    /// Look at everything, without sleeping.
    Glance,
    /// Sleep until something happens.
    Sleep,
}

/// What has been of use.
#[derive(Debug, Clone, Default)]
pub(super) struct Vigil {
    /// Whether something was heard the last time.
    lively: bool,
    /// How often something was heard in a row while awake.
    streak: u32,
    /// How often it is still slept at once.
    sleeps: u32,
    /// How often it was slept at once after the last time in vain.
    in_vain: u32,
}

impl Vigil {
    /// What to do next.
    pub(super) fn next(&self) -> Watch {
        match self {
            Self { lively: false, .. } | Self { sleeps: 1.., .. } => Watch::Sleep,
            Self { streak: STREAK.., .. } => Watch::Glance,
            _ => Watch::Awake,
        }
    }

    /// What came of staying awake.
    pub(super) fn stayed(&mut self, heard: bool) {
        self.lively = heard;
        if heard {
            self.streak += 1;
            self.in_vain = 0;
        } else {
            self.in_vain = (2 * self.in_vain + 1).min(MAX_SLEEPS);
            self.sleeps = self.in_vain;
        }
    }

    /// All else was looked at.
    pub(super) fn glanced(&mut self) {
        self.streak = 0;
    }

    /// It has slept, and this is what woke it.
    pub(super) fn woken(&mut self, heard: bool) {
        self.streak = 0;
        self.sleeps = self.sleeps.saturating_sub(u32::from(heard));
        self.lively = heard;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Questions of which each comes so long after the last: how often it stayed awake in
    /// vain, and how often it slept.
    fn questions(count: u32, apart: Duration) -> (u32, u32) {
        let (mut vigil, mut in_vain, mut slept) = (Vigil::default(), 0, 0);
        for _ in 0..count {
            loop {
                match vigil.next() {
                    Watch::Glance => vigil.glanced(),
                    Watch::Awake => {
                        let heard = apart < AWAKE;
                        vigil.stayed(heard);
                        if heard {
                            break;
                        }
                        in_vain += 1;
                    }
                    Watch::Sleep => {
                        vigil.woken(true);
                        slept += 1;
                        break;
                    }
                }
            }
        }
        (in_vain, slept)
    }

    #[test]
    fn a_crowd_of_questions_finds_it_awake() {
        assert_eq!(questions(1000, Duration::from_micros(10)), (0, 1));
    }

    #[test]
    fn single_questions_find_it_asleep() {
        let (in_vain, slept) = questions(1600, Duration::from_millis(1));
        assert_eq!(slept, 1600);
        // 1,000 questions a second keep a processor busy for less than a hundredth.
        assert!(in_vain <= 1600 / MAX_SLEEPS + 5, "{in_vain}");
    }

    #[test]
    fn it_sleeps_at_once_where_nothing_was_heard() {
        let mut vigil = Vigil::default();
        assert_eq!(vigil.next(), Watch::Sleep);
        vigil.woken(true);
        assert_eq!(vigil.next(), Watch::Awake);
        vigil.stayed(false);
        assert_eq!(vigil.next(), Watch::Sleep);
        vigil.woken(false);
        assert_eq!(vigil.next(), Watch::Sleep);
    }

    #[test]
    fn all_else_gets_its_turn_in_a_crowd() {
        let mut vigil = Vigil::default();
        vigil.woken(true);
        for _ in 0..STREAK {
            assert_eq!(vigil.next(), Watch::Awake);
            vigil.stayed(true);
        }
        assert_eq!(vigil.next(), Watch::Glance);
        vigil.glanced();
        assert_eq!(vigil.next(), Watch::Awake);
    }
}
