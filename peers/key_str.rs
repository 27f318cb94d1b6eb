// key_str.rs - a string key: hamt_key as C passes it, a box of bytes as the map keeps it.

use std::hash::Hasher;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Passed {
    bytes: *const u8, // may be null when len is 0
    len: usize,
}

type Kept = Box<[u8]>;

fn keep(key: Passed) -> Kept {
    ask(&key).into()
}

fn ask(key: &Passed) -> &[u8] {
    match key.len {
        0 => &[],
        len => unsafe { std::slice::from_raw_parts(key.bytes, len) },
    }
}

fn show(key: &[u8]) -> Passed {
    Passed { bytes: key.as_ptr(), len: key.len() }
}

impl Hasher for HouseHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.hash = unsafe { peer_hash(show(bytes), self.seed) };
    }
    /// A slice's length, written before its bytes: peer_hash has it.
    fn write_usize(&mut self, _: usize) {}
    fn finish(&self) -> u64 {
        self.hash
    }
}
