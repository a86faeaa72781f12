import fc from "fast-check";

// One seed for all properties of a run: FAST_CHECK_SEED, or a random one that the reporter prints if a test fails.
process.env.FAST_CHECK_SEED ??= String(Math.floor(Math.random() * 2 ** 31));
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED) });
