//! UTF-16, which PowerShell writes when it redirects output to a file.

use super::pieces::{Pieces, peek};
use std::io::{self, Read};

const LITTLE_ENDIAN_MARK: [u8; 2] = [0xFF, 0xFE];
const BIG_ENDIAN_MARK: [u8; 2] = [0xFE, 0xFF];
const BLOCK_BYTES: u64 = 64 * 1024;

/// Returns a reader of UTF-8, if the bytes begin with a byte-order mark of UTF-16.
pub(super) fn to_utf8(reader: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let (start, mut reader) = peek(reader, |start| start.len() >= 2)?;
    let to_unit: fn([u8; 2]) -> u16 = match start.first_chunk() {
        Some(&LITTLE_ENDIAN_MARK) => u16::from_le_bytes,
        Some(&BIG_ENDIAN_MARK) => u16::from_be_bytes,
        _ => return Ok(reader),
    };
    let mut bytes = Vec::new();
    Ok(Box::new(Pieces::new(move |piece| {
        // Half a character at the end of a block waits for the next block.
        while piece.is_empty() {
            let is_last = reader.by_ref().take(BLOCK_BYTES).read_to_end(&mut bytes)? == 0;
            if is_last && bytes.is_empty() {
                break;
            }
            let (pairs, odd) = bytes.as_chunks();
            let mut units: Vec<u16> = pairs.iter().map(|pair| to_unit(*pair)).collect();
            let is_half = |unit: &mut u16| (0xD800..0xDC00).contains(unit);
            let half = if is_last { None } else { units.pop_if(is_half) };
            let left = odd.len() + if half.is_some() { 2 } else { 0 };
            let chars = char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{FFFD}'));
            piece.extend(chars.collect::<String>().into_bytes());
            let done = if is_last { bytes.len() } else { bytes.len() - left };
            bytes.drain(..done);
        }
        Ok(())
    })))
}
