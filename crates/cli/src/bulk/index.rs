//! Where in the journal each answer is.
//!
//! Keys are hashes, so they spread evenly over buckets in a file that nobody sees: a million rows take
//! no more memory than ten thousand. Most keys are new, which a Bloom filter knows without looking;
//! those that came last are in memory, until there are enough of them for a bucket to be worth a
//! visit.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::rows::{Key, Keyed};

/// Bytes of an entry: a key and an offset.
const ENTRY: usize = 24;
/// Entries that a bucket has room for.
const ROOM: usize = 1024;
const BUCKET: u64 = (ENTRY * ROOM) as u64;
/// Entries that are kept in memory.
const RECENT: usize = 16384;
/// Bits of the filter. With a million keys one in four hundred is looked for in vain.
const FILTER: usize = 1 << 24;
/// Bits of the filter in which a key has all of its own: a line of the processor's cache.
const LINE: usize = 512;

/// A table from keys to offsets.
pub(crate) struct Index {
    file: File,
    folder: PathBuf,
    /// Entries in each bucket; their number is a power of two.
    buckets: Vec<u16>,
    recent: Keyed<u64>,
    filter: Vec<u64>,
    /// Number of keys.
    keys: u64,
}

impl Index {
    /// An empty table for about so many keys, in a file of this folder; it grows where there are more.
    pub(crate) fn new(folder: &Path, expected: u64) -> io::Result<Self> {
        const MOST: u64 = 1 << 24;
        // Half full, since no hash spreads keys quite evenly.
        let buckets = (expected * 2 / ROOM as u64 + 1)
            .min(MOST)
            .next_power_of_two();
        Ok(Self {
            file: tempfile::tempfile_in(folder)?,
            folder: folder.to_owned(),
            buckets: vec![0; buckets as usize],
            recent: Keyed::default(),
            filter: vec![0; FILTER / 64],
            keys: 0,
        })
    }

    /// Number of keys.
    pub(crate) fn len(&self) -> u64 {
        self.keys
    }

    /// The offset of a key.
    pub(crate) fn get(&self, key: Key) -> io::Result<Option<u64>> {
        let is_new = bits(key).any(|bit| self.filter[bit / 64] & (1 << (bit % 64)) == 0);
        if is_new {
            return Ok(None);
        }
        if let Some(offset) = self.recent.get(&key) {
            return Ok(Some(*offset));
        }
        let bucket = self.bucket(key);
        let entries = self.entries(bucket)?;
        // What was added last counts.
        let found = entries
            .chunks_exact(ENTRY)
            .rev()
            .find(|entry| entry[..16] == key.0);
        Ok(found.map(|entry| read(entry).1))
    }

    /// Sets the offset of a key.
    pub(crate) fn insert(&mut self, key: Key, offset: u64) -> io::Result<()> {
        let is_known = self.get(key)?.is_some();
        self.keys += u64::from(!is_known);
        for bit in bits(key) {
            self.filter[bit / 64] |= 1 << (bit % 64);
        }
        self.recent.insert(key, offset);
        if self.recent.len() < RECENT {
            Ok(())
        } else {
            self.put_away()
        }
    }

    fn bucket(&self, key: Key) -> usize {
        // The filter has the other bytes.
        let hash = u32::from_be_bytes([key.0[0], key.0[1], key.0[2], key.0[3]]);
        ((u64::from(hash) * self.buckets.len() as u64) >> 32) as usize
    }

    /// The entries of a bucket.
    fn entries(&self, bucket: usize) -> io::Result<Vec<u8>> {
        let mut entries = vec![0; ENTRY * usize::from(self.buckets[bucket])];
        if read_at(&self.file, &mut entries, bucket as u64 * BUCKET)? == entries.len() {
            Ok(entries)
        } else {
            Err(io::Error::other("the table of answers was cut off"))
        }
    }

    /// Moves what is in memory to its buckets.
    fn put_away(&mut self) -> io::Result<()> {
        let mut recent: Vec<(usize, Key, u64)> = self
            .recent
            .iter()
            .map(|(key, offset)| (self.bucket(*key), *key, *offset))
            .collect();
        recent.sort_unstable_by_key(|(bucket, ..)| *bucket);
        if recent
            .chunk_by(|one, other| one.0 == other.0)
            .any(|some| usize::from(self.buckets[some[0].0]) + some.len() > ROOM)
        {
            self.grow()?;
            return self.put_away();
        }
        let mut bytes = Vec::new();
        for some in recent.chunk_by(|one, other| one.0 == other.0) {
            bytes.clear();
            for (_, key, offset) in some {
                bytes.extend_from_slice(&key.0);
                bytes.extend_from_slice(&offset.to_le_bytes());
            }
            let bucket = some[0].0;
            let used = u64::from(self.buckets[bucket]) * ENTRY as u64;
            write_at(&self.file, &bytes, bucket as u64 * BUCKET + used)?;
            // There is room, as was seen above.
            self.buckets[bucket] += some.len() as u16;
        }
        self.recent.clear();
        Ok(())
    }

    /// Twice as many buckets: each becomes two.
    fn grow(&mut self) -> io::Result<()> {
        let mut larger = Self {
            file: tempfile::tempfile_in(&self.folder)?,
            folder: PathBuf::new(),
            buckets: vec![0; self.buckets.len() * 2],
            recent: Keyed::default(),
            filter: Vec::new(),
            keys: 0,
        };
        for bucket in 0..self.buckets.len() {
            let entries = self.entries(bucket)?;
            for half in [bucket * 2, bucket * 2 + 1] {
                let is_its = |entry: &&[u8]| larger.bucket(read(entry).0) == half;
                let its: Vec<&[u8]> = entries.chunks_exact(ENTRY).filter(is_its).collect();
                write_at(&larger.file, &its.concat(), half as u64 * BUCKET)?;
                larger.buckets[half] = its.len() as u16;
            }
        }
        self.file = larger.file;
        self.buckets = larger.buckets;
        Ok(())
    }
}

/// An entry's key and offset.
fn read(entry: &[u8]) -> (Key, u64) {
    let (mut key, mut offset) = ([0; 16], [0; 8]);
    key.copy_from_slice(&entry[..16]);
    offset.copy_from_slice(&entry[16..]);
    (Key(key), u64::from_le_bytes(offset))
}

/// The bits that a key sets in the filter.
fn bits(key: Key) -> impl Iterator<Item = usize> {
    // The buckets have the first bytes.
    let [_, _, _, _, a, b, c, d, e, f, g, h, i, j, k, l] = key.0;
    let line = u32::from_be_bytes([a, b, c, d]) as usize % (FILTER / LINE);
    let places = [[e, f], [g, h], [i, j], [k, l]].into_iter();
    places.map(move |place| line * LINE + usize::from(u16::from_be_bytes(place)) % LINE)
}

/// Reads as much as there is, up to the size of the buffer, without moving in the file.
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        let (rest, at) = (&mut buffer[done..], offset + done as u64);
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, rest, at);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, rest, at);
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
        let mut map: HashMap<[u8; 16], u64> = HashMap::new();
        let mut known = Vec::new();
        for round in 0..60_000_u64 {
            // A third of the keys come again.
            let key = match chance.u8(0..3) {
                0 if !known.is_empty() => *chance.choice(&known).unwrap(),
                _ => std::array::from_fn(|_| chance.u8(..)),
            };
            assert_eq!(index.get(Key(key)).unwrap(), map.get(&key).copied());
            index.insert(Key(key), round).unwrap();
            map.insert(key, round);
            known.push(key);
        }
        assert!(index.buckets.len() > 30_000 / ROOM, "it has grown");
        assert_eq!(index.len(), map.len() as u64);
        for (key, offset) in map {
            assert_eq!(index.get(Key(key)).unwrap(), Some(offset));
        }
    }
}
