//! Lines with a timestamp before the event, as in exports to S3 and in the output of `aws logs tail`.
//!
//! ```text
//! 2026-11-18T09:15:03.540Z {"version":"0",…}                     an export of CloudWatch Logs to S3
//! 2026-11-18T09:15:03 {"version":"0",…}                          aws logs tail --format short
//! 2026-11-18T09:15:03.540000+00:00 task {"version":"0",…}        aws logs tail
//! 2026-11-18T09:15:03.540000+00:00 task                          aws logs tail --format json,
//! {                                                              with the event on further lines
//! ```
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html> and
//! <https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html>.

use super::pieces::Pieces;
use memchr::{memchr, memmem};
use std::io::{self, BufRead, BufReader, Read};

/// A timestamp without its fraction and zone, in digits for `0`.
const TIMESTAMP: &[u8] = b"0000-00-00T00:00:00";
/// Concatenated files also have byte-order marks in the middle.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// A timestamp and the longest name of a log stream fit.
const PREFIX_BYTES: usize = 640;

/// Returns a reader of the bytes without the timestamps, stream names and byte-order marks before
/// events.
pub(super) fn without_prefixes(reader: impl Read) -> impl Read {
    let mut reader = BufReader::new(reader);
    let mut is_line_start = true;
    Pieces::new(move |piece| {
        if std::mem::take(&mut is_line_start) {
            read_head(&mut reader, piece)?;
            is_line_start = piece.last() == Some(&b'\n');
            piece.drain(..prefix_bytes(piece));
            if !piece.is_empty() {
                return Ok(());
            }
        }
        let bytes = reader.fill_buf()?;
        let end = memchr(b'\n', bytes).map(|at| at + 1);
        let length = end.unwrap_or(bytes.len());
        piece.extend_from_slice(bytes.get(..length).unwrap_or_default());
        is_line_start = end.is_some();
        reader.consume(length);
        Ok(())
    })
}

/// Reads the bytes that can be the prefix of a line, if it begins like a timestamp.
fn read_head(reader: &mut impl BufRead, head: &mut Vec<u8>) -> io::Result<()> {
    while let Some(byte) = reader.fill_buf()?.first().copied() {
        let is_possible = TIMESTAMP.get(head.len()).is_none_or(|like| is_like(byte, *like))
            || BYTE_ORDER_MARK.get(head.len()) == Some(&byte);
        if !is_possible || head.len() == PREFIX_BYTES {
            break;
        }
        reader.consume(1);
        head.push(byte);
        if head == BYTE_ORDER_MARK {
            head.clear();
        }
        if byte == b'\n' || head.ends_with(b" {") {
            break;
        }
    }
    Ok(())
}

fn is_like(byte: u8, like: u8) -> bool {
    if like == b'0' { byte.is_ascii_digit() } else { byte == like }
}

/// Returns the length of the prefix of a line; 0 if there is no timestamp.
fn prefix_bytes(head: &[u8]) -> usize {
    let Some((timestamp, has_offset)) = timestamp_bytes(head) else {
        return 0;
    };
    let (before, rest) = head.split_at(timestamp);
    if matches!(rest.first(), Some(b'{' | b'[' | b'"')) {
        return before.len();
    }
    if let Some(at) = memmem::find(rest, b" {") {
        return before.len() + at + 1;
    }
    // The name of a stream, alone on the line.
    let name = rest.trim_ascii_end();
    let is_alone = rest.ends_with(b"\n") && !name.is_empty() && !name.contains(&b' ');
    if has_offset && is_alone { before.len() + name.len() } else { before.len() }
}

/// Returns the length of a timestamp and the space after it, and whether its zone is an offset.
fn timestamp_bytes(head: &[u8]) -> Option<(usize, bool)> {
    let (time, rest) = head.split_at_checked(TIMESTAMP.len())?;
    if !time.iter().zip(TIMESTAMP).all(|(byte, like)| is_like(*byte, *like)) {
        return None;
    }
    let (zone, _) = rest.split_at(memchr(b' ', rest)?);
    let without_fraction = zone.strip_prefix(b".").map_or(zone, |fraction| {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        fraction.get(digits..).unwrap_or_default()
    });
    let has_offset = match without_fraction {
        b"" | b"Z" => false,
        [b'+' | b'-', offset @ ..] if offset.len() == 5 => true,
        _ => return None,
    };
    Some((time.len() + zone.len() + 1, has_offset))
}
