//! Where in the journal each answer is.
//!
//! A hash table in a file that nobody sees, so that a million rows take no more memory than ten: the
//! keys are hashes already, and lie where their first bytes say, or behind.

use std::fs::File;
use std::io;
use std::path::Path;

use super::rows::Key;

/// Bytes of an entry: a key, and one more than the offset, 0 where there is none.
const ENTRY: usize = 24;
/// Entries that are read at a time.
const RUN: u64 = 8;

/// A table from keys to offsets.
pub(crate) struct Index {
    file: File,
    /// A power of two.
    places: u64,
    used: u64,
    folder: std::path::PathBuf,
}

impl Index {
    /// An empty table for about so many keys, in a file of this folder; it grows where there are more.
    pub(crate) fn new(folder: &Path, expected: u64) -> io::Result<Self> {
        const LEAST: u64 = 1 << 12;
        const MOST: u64 = 1 << 32;
        let places = (expected.clamp(LEAST, MOST) * 2).next_power_of_two();
        let file = tempfile::tempfile_in(folder)?;
        // A hole, which takes no room on the disk before it is filled.
        file.set_len(places * ENTRY as u64)?;
        Ok(Self {
            file,
            places,
            used: 0,
            folder: folder.to_owned(),
        })
    }

    /// Number of keys.
    pub(crate) fn len(&self) -> u64 {
        self.used
    }

    /// The offset of a key.
    pub(crate) fn get(&self, key: Key) -> io::Result<Option<u64>> {
        Ok(self.find(key)?.1)
    }

    /// Sets the offset of a key.
    pub(crate) fn insert(&mut self, key: Key, offset: u64) -> io::Result<()> {
        // Two of three places at most are taken.
        if self.used * 3 >= self.places * 2 {
            self.grow()?;
        }
        let (place, known) = self.find(key)?;
        let mut entry = [0; ENTRY];
        entry[..16].copy_from_slice(&key.0);
        entry[16..].copy_from_slice(&(offset + 1).to_le_bytes());
        write_at(&self.file, &entry, place * ENTRY as u64)?;
        self.used += u64::from(known.is_none());
        Ok(())
    }

    /// The place of a key, or where it would be, and its offset.
    fn find(&self, key: Key) -> io::Result<(u64, Option<u64>)> {
        let [a, b, c, d, e, f, g, h, ..] = key.0;
        let hash = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let mut place = hash >> (64 - self.places.trailing_zeros());
        loop {
            let count = RUN.min(self.places - place);
            let mut run = [0; ENTRY * RUN as usize];
            let run = &mut run[..ENTRY * count as usize];
            if read_at(&self.file, run, place * ENTRY as u64)? < run.len() {
                return Err(io::Error::other("the table of answers was cut off"));
            }
            for (entry, at) in run.chunks_exact(ENTRY).zip(place..) {
                let mut offset = [0; 8];
                offset.copy_from_slice(&entry[16..]);
                match u64::from_le_bytes(offset) {
                    0 => return Ok((at, None)),
                    offset if entry[..16] == key.0 => return Ok((at, Some(offset - 1))),
                    _ => {}
                }
            }
            place = (place + count) % self.places;
        }
    }

    /// Twice as many places.
    fn grow(&mut self) -> io::Result<()> {
        let mut larger = Self::new(&self.folder, self.places)?;
        let mut run = vec![0; ENTRY * 4096];
        for start in (0..self.places * ENTRY as u64).step_by(run.len()) {
            let length = read_at(&self.file, &mut run, start)?;
            for entry in run[..length].chunks_exact(ENTRY) {
                let (mut key, mut offset) = ([0; 16], [0; 8]);
                key.copy_from_slice(&entry[..16]);
                offset.copy_from_slice(&entry[16..]);
                if let Some(offset) = u64::from_le_bytes(offset).checked_sub(1) {
                    larger.insert(Key(key), offset)?;
                }
            }
        }
        *self = larger;
        Ok(())
    }
}

/// Reads as much as there is, up to the size of the buffer, without moving in the file.
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        #[cfg(unix)]
        let read =
            std::os::unix::fs::FileExt::read_at(file, &mut buffer[done..], offset + done as u64);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(
            file,
            &mut buffer[done..],
            offset + done as u64,
        );
        match read {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, offset);
    #[cfg(windows)]
    return match std::os::windows::fs::FileExt::seek_write(file, bytes, offset)? {
        count if count == bytes.len() => Ok(()),
        _ => Err(io::ErrorKind::WriteZero.into()),
    };
}

#[cfg(test)]
mod tests {
    //! A table in a file is as good as one in memory.
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn it_holds_what_a_map_holds() {
        let mut chance = fastrand::Rng::with_seed(7);
        let mut index = Index::new(&std::env::temp_dir(), 1).unwrap();
        let mut map = HashMap::new();
        for round in 0..12_000_u64 {
            // Some keys come again, and some lie close together, at the end of the table too.
            let near = [0xff, 0xff, 0xff, chance.u8(..), chance.u8(0..2)];
            let mut key = [0; 16];
            match chance.u8(0..3) {
                0 => key[..5].copy_from_slice(&near),
                _ => key.fill_with(|| chance.u8(..)),
            }
            assert_eq!(index.get(Key(key)).unwrap(), map.get(&key).copied());
            index.insert(Key(key), round).unwrap();
            map.insert(key, round);
        }
        assert!(index.places >= 1 << 14, "it has grown");
        assert_eq!(index.len(), map.len() as u64);
        for (key, offset) in map {
            assert_eq!(index.get(Key(key)).unwrap(), Some(offset));
        }
    }
}
