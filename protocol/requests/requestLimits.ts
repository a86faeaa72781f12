/** The longest payload that an InputBox takes, in bytes: the whole ABI-encoded `EvmAdvance` must fit 64 KiB. */
export const MAX_PAYLOAD_BYTES = 65_216;

/** `upload`'s selector, four head words, the chunk's length word, and at most 31 bytes of padding. */
const UPLOAD_OVERHEAD_BYTES = 4 + 5 * 32;

/** The longest chunk that one `upload` carries, in bytes; a multiple of 32, so that it needs no padding. */
export const MAX_CHUNK_BYTES = Math.floor((MAX_PAYLOAD_BYTES - UPLOAD_OVERHEAD_BYTES) / 32) * 32;

/** The most chunks that a blob may have: as many as fit in the 64 MiB that a sender may have on their way. */
export const MAX_CHUNKS = Math.floor((64 * 1024 * 1024) / MAX_CHUNK_BYTES);

/** The longest store path, in bytes: the store's folder, 32 characters of digest, and a name of 211. */
export const MAX_DRV_PATH_LENGTH = "/nix/store/".length + 32 + 1 + 211;
