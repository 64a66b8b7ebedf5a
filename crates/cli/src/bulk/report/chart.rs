//! The chart of answers and waits over time.

use std::fmt::Write as _;
use std::time::Duration;

use super::super::progress::span;
use super::timeline::{Share, Timeline};

/// Size of the drawing, in its own units; the page scales it.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 84.0;
const BOTTOM: f64 = 36.0;
const TOP: f64 = 22.0;

/// The chart as SVG, with what it shows in words.
pub(super) fn svg(timeline: &Timeline, waits: &[(Duration, Duration)], whole: Duration) -> String {
    let last_wait = waits.iter().map(|(_, end)| *end).max().unwrap_or_default();
    let pieces = timeline.pieces.len().max(1) as u32;
    // A piece that has just begun is drawn as long as it lasted.
    let end = whole.max(last_wait).as_secs_f64().max(f64::EPSILON);
    let most = timeline
        .pieces
        .iter()
        .map(|piece| piece.iter().sum::<u64>())
        .max();
    let most = nice(most.unwrap_or_default().max(1));
    let x = |time: f64| LEFT + (WIDTH - LEFT - 8.0) * (time / end).min(1.0);
    let y = |count: f64| HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * count / most as f64;
    let mut out = String::new();
    let waited: Duration = waits
        .iter()
        .map(|(start, end)| end.saturating_sub(*start))
        .sum();
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Answers in each {} of {}; \
         Webex was waited for during {}\">",
        length(timeline.length),
        span(whole),
        span(waited),
    );
    for (start, end) in waits {
        let (from, to) = (x(start.as_secs_f64()), x(end.as_secs_f64()));
        let _ = write!(
            out,
            "<rect class=\"wait\" x=\"{from:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\">\
             <title>waited for Webex, {}</title></rect>",
            (to - from).max(1.0),
            HEIGHT - BOTTOM - TOP,
            span(end.saturating_sub(*start))
        );
    }
    for line in 0..=4_u64 {
        let count = most * line / 4;
        if line % 2 == 1 && most < 4 {
            continue;
        }
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{0:.1}\" y2=\"{0:.1}\"/>\
             <text class=\"y\" x=\"{1}\" y=\"{2:.1}\">{count}</text>",
            y(count as f64),
            LEFT - 8.0,
            y(count as f64) + 4.0
        );
    }
    for (index, piece) in timeline.pieces.iter().enumerate() {
        let from = timeline.length.as_secs_f64() * index as f64;
        let to = from + timeline.length.as_secs_f64();
        let gap = if pieces > 60 { 0.5 } else { 1.0 };
        let mut below = 0;
        for share in Share::ALL {
            let count = piece[share as usize];
            if count == 0 {
                continue;
            }
            let top = y((below + count) as f64);
            let _ = write!(
                out,
                "<rect class=\"{}\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\">\
                 <title>{count} {} from {}</title></rect>",
                share.name(),
                x(from),
                (x(to) - x(from) - gap).max(0.5),
                y(below as f64) - top,
                share.name(),
                moment(Duration::from_secs_f64(from)),
            );
            below += count;
        }
    }
    for part in 0..=4_u32 {
        let time = end * f64::from(part) / 4.0;
        let anchor = match part {
            0 => "start",
            4 => "end",
            _ => "middle",
        };
        let _ = write!(
            out,
            "<text text-anchor=\"{anchor}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            x(time),
            HEIGHT - 10.0,
            moment(Duration::from_secs_f64(time))
        );
    }
    out.push_str("</svg>");
    out
}

/// A round number that is not less.
fn nice(count: u64) -> u64 {
    let mut step = 1_u64;
    loop {
        for factor in [1, 2, 4, 5, 8] {
            if step.saturating_mul(factor) >= count {
                return step.saturating_mul(factor);
            }
        }
        step = step.saturating_mul(10);
    }
}

/// A point in time since the start.
fn moment(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        // A piece may be a quarter of a second.
        0..=9 => format!("{} s", (time.as_millis() / 10) as f64 / 100.0),
        10..=89 => format!("{seconds} s"),
        _ => match seconds / 3600 {
            0 => format!("{}:{:02} min", seconds / 60, seconds % 60),
            hours => format!("{hours}:{:02} h", seconds % 3600 / 60),
        },
    }
}

/// The length of a piece.
pub(super) fn length(time: Duration) -> String {
    match time.subsec_millis() {
        0 => span(time),
        _ => format!("{} s", time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    //! Axes are labelled with round numbers.
    use super::*;

    #[test]
    fn round_numbers() {
        for (count, round) in [(1, 1), (3, 4), (6, 8), (9, 10), (41, 50), (1001, 2000)] {
            assert_eq!(nice(count), round);
        }
        assert_eq!(moment(Duration::from_millis(250)), "0.25 s");
        assert_eq!(moment(Duration::from_millis(1500)), "1.5 s");
        assert_eq!(moment(Duration::from_millis(2009)), "2 s");
        assert_eq!(moment(Duration::from_secs(75)), "75 s");
        assert_eq!(moment(Duration::from_secs(100)), "1:40 min");
        assert_eq!(moment(Duration::from_secs(7260)), "2:01 h");
    }

    #[test]
    fn an_empty_run_has_a_chart_as_well() {
        let svg = svg(&Timeline::new(), &[], Duration::ZERO);
        assert!(svg.starts_with("<svg") && !svg.contains("NaN") && !svg.contains("inf"));
    }
}
