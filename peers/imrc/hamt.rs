//! hamt.rs (imrc) - im_rc::HashMap: a HAMT with 32 slots in every node, whose entries hold 32 bits
//! of their hash.  It is persistent: nodes count their owners, and one that has a single owner, as
//! all have here, is changed in place.

type Table<K, V, S> = im_rc::HashMap<K, V, S>;

include!(concat!(env!("HAMT_PEERS"), "/map.rs"));
