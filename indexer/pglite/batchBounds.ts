/** What geth's pool takes. In Ponder's tables it is hexadecimal, as an event's data or a transaction's input. */
export const MAX_TRANSACTION_BYTES = 128 * 1024;

/** PGlite can hang on an answer of more than some 40 MB, and a statement of more than 65 MB ruins its memory. */
const MAX_MESSAGE_BYTES = 40_000_000;

/** Rows of what Ponder has of the chain that PGlite reads or writes at once, though strangers may have filled each. */
export const MAX_BATCH_ROWS = Math.floor(MAX_MESSAGE_BYTES / (2 * MAX_TRANSACTION_BYTES));
