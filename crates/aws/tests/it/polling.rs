//! Waiting for a state.
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use trueup_aws::{Class, Error, Poll, PollSettings, poll_until};

fn settings(timeout_ms: u64) -> PollSettings {
    PollSettings {
        min_pause: Duration::from_millis(1),
        max_pause: Duration::from_millis(4),
        ..PollSettings::new(
            "table orders to become ACTIVE",
            Duration::from_millis(timeout_ms),
        )
    }
}

async fn play(
    states: &[&'static str],
    settings: &PollSettings,
    cancel: &CancellationToken,
) -> (Result<usize, Error>, usize) {
    let mut looks = 0;
    let result = poll_until(settings, cancel, || {
        let state = states[looks.min(states.len() - 1)];
        looks += 1;
        Box::pin(async move {
            Ok(match state {
                "ACTIVE" => Poll::Done(7),
                "DELETING" => Poll::Unexpected(state.to_owned()),
                other => Poll::Pending(other.to_owned()),
            })
        })
    })
    .await;
    (result, looks)
}

#[tokio::test]
async fn looks_until_the_state_is_there() {
    let cancel = CancellationToken::new();
    let states = ["CREATING", "CREATING", "ACTIVE"];
    let (result, looks) = play(&states, &settings(1000), &cancel).await;
    assert_eq!((result, looks), (Ok(7), 3));
    let twice = PollSettings {
        in_a_row: 2,
        ..settings(1000)
    };
    let states = ["ACTIVE", "UPDATING", "ACTIVE", "ACTIVE"];
    let (result, looks) = play(&states, &twice, &cancel).await;
    assert_eq!((result, looks), (Ok(7), 4));
}

#[tokio::test]
async fn says_why_it_stopped() {
    let cancel = CancellationToken::new();
    let (result, _) = play(&["CREATING"], &settings(20), &cancel).await;
    assert_eq!(
        result.expect_err("time is up").to_string(),
        "timeout while waiting for table orders to become ACTIVE (last state: CREATING, timeout: 0s)"
    );
    let (result, _) = play(&["DELETING"], &settings(1000), &cancel).await;
    assert_eq!(
        result.expect_err("unexpected").to_string(),
        "unexpected state 'DELETING' while waiting for table orders to become ACTIVE"
    );
    let stop = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        stop.cancel();
    });
    let (result, _) = play(&["CREATING"], &settings(60_000), &cancel).await;
    assert_eq!(result.expect_err("cancelled").class(), Class::Cancelled);
}
