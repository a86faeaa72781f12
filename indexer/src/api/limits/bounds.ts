/** The bytes of a request's body. */
export const MAX_BODY_BYTES = 32 * 1024;
/** How long a client may take to send its body. */
export const BODY_TIMEOUT_MS = 5_000;
/** The bytes of an answer. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** The bytes of all answers that clients have not read yet. */
export const MAX_UNREAD_BYTES = 64 * 1024 * 1024;
/** How long a request may take, from its headers to the last byte of the answer. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** How long Postgres works on one statement of a reader. */
export const STATEMENT_TIMEOUT_MS = 5_000;

/** How deep the fields of a GraphQL query may be nested. */
export const MAX_DEPTH = 16;
/** How deep the objects of its arguments and variables may be nested. */
export const MAX_FILTER_DEPTH = 8;
export const MAX_ALIASES = 15;
export const MAX_TOKENS = 1_000;
/** How many rows it may ask for, nested lists multiplied: two lists in a list, all of the usual 50, are 5,050. */
export const MAX_ROWS = 6_000;
/** How many lists it may ask for: each costs a query of the database. */
export const MAX_LISTS = 150;
/** How many of them may be at its top, where none is narrowed by the row above it. */
export const MAX_TOP_LISTS = 8;
/** How many fields of the schema it may ask for: the usual introspection query is estimated at a third. */
export const MAX_INTROSPECTION_FIELDS = 150_000;
/** How many rows a query may ask for and still count as a lookup, which never waits for other queries. */
export const MAX_LOOKUP_ROWS = 500;

/** How many queries that are not lookups run at a time, and how many more wait. */
export const MAX_SEARCHES = 2;
export const MAX_WAITING_SEARCHES = 30;
/** How long one of them waits. */
export const SEARCH_WAIT_MS = 5_000;

/** The rows of an answer of `/sql`. */
export const MAX_SQL_ROWS = 1_000;
/** How many clients follow live queries at a time. */
export const MAX_LIVE_QUERIES = 50;

/** Requests to `/cache` that are answered at a time. */
export const MAX_CACHE_REQUESTS = 256;
/** How long one may stand still: as long as Nix itself waits for a download. */
export const CACHE_STALL_MS = 300_000;

/** How many questions to nodes are open at a time, how many more wait, and how long. */
export const MAX_NODE_QUESTIONS = 4;
export const MAX_WAITING_NODE_QUESTIONS = 32;
export const NODE_WAIT_MS = 1_000;
/** How long a node may take for all that a question needs of it. */
export const NODE_TIMEOUT_MS = 3_000;
/** The bytes of one answer of a node. */
export const MAX_NODE_ANSWER_BYTES = 8 * 1024 * 1024;
