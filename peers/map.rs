// map.rs - hamt.h over a Rust map that has with_hasher, insert, get, remove, len and iter, as std's.
//
// Before including this, a peer defines
//
//     type Table<K, V, S> = ...;
//
// Its keys are plain Rust: u64, or boxed bytes (key_u64.rs, key_str.rs).  They are hashed by
// peer_hash of foreign.c, one call for each hash.  An insert takes an owned key, as it does from
// everybody who writes Rust: where the key was there, the bytes that were boxed for it are dropped
// again.  Out of memory Rust aborts.

use std::ffi::c_void;
use std::hash::BuildHasher;

include!(concat!(env!("HAMT_PEERS"), "/key_", env!("HAMT_KEY"), ".rs"));

extern "C" {
    fn peer_hash(key: Passed, seed: u64) -> u64;
}

/// Makes the hashers of one map.
#[derive(Clone)]
struct Seed(u64);

/// The hash of the one key that is fed to it.
pub struct HouseHasher {
    seed: u64,
    hash: u64,
}

impl BuildHasher for Seed {
    type Hasher = HouseHasher;
    fn build_hasher(&self) -> HouseHasher {
        HouseHasher { seed: self.0, hash: 0 }
    }
}

pub struct Map(Table<Kept, u64, Seed>);

type Visitor = extern "C" fn(Passed, u64, *mut c_void) -> bool;

#[no_mangle]
pub extern "C" fn peer_create(seed: u64) -> *mut Map {
    Box::into_raw(Box::new(Map(Table::with_hasher(Seed(seed)))))
}

/// # Safety
/// Here and below: `map` is one of peer_create's, and alive.
#[no_mangle]
pub unsafe extern "C" fn hamt_destroy(map: *mut Map) {
    if !map.is_null() {
        drop(Box::from_raw(map));
    }
}

/// HAMT_NEW is 0, HAMT_REPLACED 1.
#[no_mangle]
pub unsafe extern "C" fn hamt_put(map: *mut Map, key: Passed, value: u64) -> u32 {
    (*map).0.insert(keep(key), value).is_some() as u32
}

#[no_mangle]
pub unsafe extern "C" fn hamt_get(map: *const Map, key: Passed, value: *mut u64) -> bool {
    match (*map).0.get(ask(&key)) {
        Some(found) => {
            *value = *found;
            true
        }
        None => false,
    }
}

#[no_mangle]
pub unsafe extern "C" fn hamt_remove(map: *mut Map, key: Passed) -> bool {
    (*map).0.remove(ask(&key)).is_some()
}

#[no_mangle]
pub unsafe extern "C" fn hamt_size(map: *const Map) -> usize {
    (*map).0.len()
}

#[no_mangle]
pub unsafe extern "C" fn hamt_each(map: *const Map, visit: Visitor, context: *mut c_void) -> bool {
    (*map).0.iter().all(|(key, value)| visit(show(key), *value, context))
}
