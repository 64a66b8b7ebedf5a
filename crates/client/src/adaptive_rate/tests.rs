//! What one answer, a pause or time does to the rate.
use super::*;

/// A rate limiter after its first pause, which ends at `end` and measures nothing.
fn paused_once(end: Instant) -> AdaptiveRate {
    let mut adaptive = AdaptiveRate::default();
    let start = end.checked_sub(Duration::from_secs(1)).unwrap();
    for _ in 0..2 {
        let epoch = adaptive.try_acquire(start, 0).unwrap();
        adaptive.accepted(epoch, start);
        adaptive.release();
    }
    let epoch = adaptive.try_acquire(start, 0).unwrap();
    adaptive.refused(epoch, start, Duration::from_secs(1));
    adaptive.release();
    adaptive
}

#[test]
fn a_refusal_soon_after_a_pause_slows_down_and_lets_only_its_own_request_wait() {
    let start = Instant::now();
    let mut adaptive = paused_once(start);
    let second = Duration::from_secs(1);
    let mut epoch = adaptive.try_acquire(start, 0).unwrap();
    adaptive.accepted(epoch, start);
    adaptive.release();
    for _ in 0..4 {
        epoch = adaptive.try_acquire(start, 0).unwrap();
        assert_eq!(adaptive.refused(epoch, start, second), Waits::One);
        adaptive.release();
    }
    assert_eq!(adaptive.paused_until(start), None);
    // The fifth in a row is hardly chance.
    epoch = adaptive.try_acquire(start, 0).unwrap();
    assert_eq!(adaptive.refused(epoch, start, second), Waits::All);
    assert_eq!(adaptive.paused_until(start), Some(start + second));
}

#[test]
fn rare_requests_do_not_measure_the_limit() {
    let start = Instant::now();
    let mut adaptive = paused_once(start);
    let mut now = start;
    for _ in 0..1_440 {
        let epoch = adaptive.try_acquire(now, 0).unwrap();
        adaptive.accepted(epoch, now);
        adaptive.release();
        now += Duration::from_secs(60);
    }
    let epoch = adaptive.try_acquire(now, 0).unwrap();
    adaptive.refused(epoch, now, Duration::from_secs(1));
    adaptive.release();
    assert!(
        adaptive.rate(now).is_some_and(|rate| rate > 20.0),
        "{:?}",
        adaptive.rate(now)
    );
}

#[test]
fn queued_callers_overtake_those_that_do_not_start() {
    let start = Instant::now();
    let mut adaptive = paused_once(start);
    let at = |millis| start + Duration::from_millis(millis);
    for _ in 0..100 {
        let epoch = adaptive.try_acquire(start, 0).unwrap();
        adaptive.accepted(epoch, start);
        adaptive.release();
    }
    let epoch = adaptive.try_acquire(start, 0).unwrap();
    adaptive.refused(epoch, start, Duration::from_secs(50));
    adaptive.release();
    // Two a second. The third in the queue starts at its time, whether or not the two before it
    // have started.
    assert_eq!(
        adaptive.try_acquire(at(50_000), 2).unwrap_err(),
        Wait::Paused(at(51_000))
    );
    adaptive.try_acquire(at(51_000), 2).unwrap();
}

#[test]
fn before_anything_is_refused_only_a_few_are_in_flight() {
    let mut adaptive = AdaptiveRate::default();
    let now = Instant::now();
    let first: Vec<Epoch> = std::iter::from_fn(|| adaptive.try_acquire(now, 0).ok()).collect();
    assert_eq!(first.len(), 4);
    assert_eq!(adaptive.try_acquire(now, 0).unwrap_err(), Wait::Window);
    for epoch in first {
        adaptive.accepted(epoch, now);
        adaptive.release();
    }
    let second = std::iter::from_fn(|| adaptive.try_acquire(now, 0).ok()).count();
    assert_eq!(second, 8);
}

#[test]
fn a_refusal_pauses_everyone_and_measures_the_rate() {
    let start = Instant::now();
    let mut adaptive = paused_once(start);
    let seconds = |seconds| start + Duration::from_secs(seconds);
    for _ in 0..100 {
        let epoch = adaptive.try_acquire(start, 0).unwrap();
        adaptive.accepted(epoch, start);
        adaptive.release();
    }
    let (early, late) = (
        adaptive.try_acquire(start, 0).unwrap(),
        adaptive.try_acquire(start, 0).unwrap(),
    );
    adaptive.refused(early, start, Duration::from_secs(50));
    adaptive.release();
    // Sent before the pause: it may prolong the pause, and no more.
    adaptive.refused(late, start, Duration::from_secs(5));
    adaptive.release();
    assert_eq!(
        adaptive.try_acquire(seconds(49), 0).unwrap_err(),
        Wait::Paused(seconds(50))
    );
    assert_eq!(adaptive.rate(start), Some(2.0));
    adaptive.try_acquire(seconds(50), 0).unwrap();
    let start = seconds(50) + Duration::from_millis(500);
    assert_eq!(
        adaptive.try_acquire(seconds(50), 0).unwrap_err(),
        Wait::Rate(start)
    );
}

#[test]
fn idle_time_is_not_measured() {
    let start = Instant::now();
    let mut adaptive = paused_once(start);
    let seconds = |seconds| start + Duration::from_secs(seconds);
    for _ in 0..100 {
        let epoch = adaptive.try_acquire(start, 0).unwrap();
        adaptive.accepted(epoch, start);
        adaptive.release();
    }
    let epoch = adaptive.try_acquire(start, 0).unwrap();
    adaptive.refused(epoch, start, Duration::from_secs(10));
    adaptive.release();
    assert_eq!(adaptive.rate(start), Some(10.0));
    // Eight a second, after an hour of nothing.
    let at = |request: u64| seconds(3600) + Duration::from_millis(125 * request);
    for request in 0..100 {
        let epoch = adaptive.try_acquire(at(request), 0).unwrap();
        adaptive.accepted(epoch, at(request));
        adaptive.release();
    }
    let epoch = adaptive.try_acquire(at(100), 0).unwrap();
    adaptive.refused(epoch, at(100), Duration::from_secs(1));
    adaptive.release();
    // 100 in 13.5 seconds. With the hour it would be next to nothing, and so 5: no measurement takes more
    // than half at once.
    let rate = adaptive.rate(at(108)).unwrap();
    assert!((7.3..7.6).contains(&rate), "{rate}");
}
