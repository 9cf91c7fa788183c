//! Random faults. The same seed and calls give the same faults.

use super::fault::Fault;
use super::operation::Operation;

/// A random fault for a share of all calls.
#[derive(Clone, Debug)]
pub struct Chaos {
    state: u64,
    /// The number of faults in a million calls.
    share: u64,
    faults: Option<Vec<Fault>>,
}

impl Chaos {
    /// Lets this share of the calls fail, from 0 to 1, each with a fault that its operation can have.
    pub fn new(seed: u64, share: f64) -> Self {
        Self { state: seed, share: per_million(share), faults: None }
    }

    /// Limits the faults to these, whatever the operation.
    pub fn only(self, faults: &[Fault]) -> Self {
        Self { faults: Some(faults.to_vec()), ..self }
    }

    /// The fault for this call, if it has one.
    pub fn strike(&mut self, operation: Operation) -> Option<Fault> {
        if self.random() % 1_000_000 >= self.share {
            return None;
        }
        let number = self.random();
        let faults = self.faults.clone().unwrap_or_else(|| usual(operation));
        let count = u64::try_from(faults.len()).ok()?;
        let index = usize::try_from(number.checked_rem(count)?).ok()?;
        faults.into_iter().nth(index)
    }

    /// `SplitMix64`.
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share is between 0 and 1"
)]
fn per_million(share: f64) -> u64 {
    (share.clamp(0.0, 1.0) * 1e6) as u64
}

/// The faults that an operation can have.
fn usual(operation: Operation) -> Vec<Fault> {
    let mut faults = vec![
        Fault::Throttle,
        Fault::ServiceUnavailable,
        Fault::InternalFailure,
        Fault::BadGateway,
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::HalfAnswer,
    ];
    match operation {
        Operation::PutLogEvents => {
            faults.extend([Fault::DeleteGroupBefore, Fault::DeleteGroupAfter]);
        }
        Operation::CreateLogGroup => faults.extend([Fault::OperationAborted, Fault::MadeByAnother]),
        Operation::CreateLogStream => {
            faults.extend([Fault::MadeByAnother, Fault::DeleteGroupBefore]);
        }
        Operation::PutRetentionPolicy | Operation::TagResource | Operation::FilterLogEvents => {
            faults.push(Fault::OperationAborted);
        }
    }
    faults
}
