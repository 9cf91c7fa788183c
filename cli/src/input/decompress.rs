//! gzip and zstd, recognised by their first bytes, whatever the file's name.

use super::pieces::{Pieces, peek};
use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use std::io::{self, BufRead, BufReader, Read};

const GZIP: &[u8] = &[0x1F, 0x8B];
const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];
const ZSTD_BLOCK_BYTES: u64 = 64 * 1024;

/// Returns a reader of the content, which it decompresses if necessary.
pub(super) fn decompress(reader: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let (start, reader) = peek(reader, |start| start.len() >= ZSTD.len())?;
    if start.starts_with(GZIP) {
        return Ok(Box::new(MultiGzDecoder::new(BufReader::new(reader))));
    }
    if start.starts_with(ZSTD) {
        return Ok(Box::new(zstd(BufReader::new(reader))));
    }
    Ok(reader)
}

/// Returns a reader of the content of all zstd frames, one after another.
fn zstd(reader: BufReader<Box<dyn Read>>) -> impl Read {
    let mut between_frames = Some(reader);
    let mut frame = None;
    Pieces::new(move |piece| {
        loop {
            if let Some(mut reader) = between_frames.take() {
                if reader.fill_buf()?.is_empty() {
                    between_frames = Some(reader);
                    return Ok(());
                }
                frame = Some(StreamingDecoder::new(reader).map_err(io::Error::other)?);
            }
            let Some(mut decoder) = frame.take() else { return Ok(()) };
            if decoder.by_ref().take(ZSTD_BLOCK_BYTES).read_to_end(piece)? > 0 {
                frame = Some(decoder);
                return Ok(());
            }
            between_frames = Some(decoder.into_inner());
        }
    })
}
