// key_u64.rs - an integer key, as C passes it and as the map keeps it.

use std::hash::Hasher;

pub type Passed = u64;
type Kept = u64;

fn keep(key: Passed) -> Kept {
    key
}

fn ask(key: &Passed) -> &u64 {
    key
}

fn show(key: &Kept) -> Passed {
    *key
}

impl Hasher for HouseHasher {
    fn write_u64(&mut self, key: u64) {
        self.hash = unsafe { peer_hash(key, self.seed) };
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("an integer is written whole");
    }
    fn finish(&self) -> u64 {
        self.hash
    }
}
