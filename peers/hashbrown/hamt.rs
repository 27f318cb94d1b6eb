//! hamt.rs (hashbrown) - hashbrown::HashMap, the table behind Rust's std: a Swiss table, open
//! addressing, sixteen bytes of hashes compared at once.

type Table<K, V, S> = hashbrown::HashMap<K, V, S>;

include!(concat!(env!("HAMT_PEERS"), "/map.rs"));
