/** Binary logarithm of {@link MAX_INPUT_CYCLES}: a dispute bisects the cycles of an input, so their number is a power of two. */
export const LOG2_MAX_INPUT_CYCLES = 38;

/**
 * How many machine cycles one input may take, and so a runaway one costs everyone who advances the machine: some twenty
 * minutes. An input that has not been accepted by then changes nothing. The handler's own limits end every input long
 * before. A constant of the application: who computes with another one computes another state.
 */
export const MAX_INPUT_CYCLES = 1n << BigInt(LOG2_MAX_INPUT_CYCLES);
