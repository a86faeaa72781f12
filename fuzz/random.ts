/** Reproducible chance: the same seed leads to the same choices. */
export interface Random {
  /** An integer from 0 to the bound, exclusive. */
  below(bound: number): number;
  pick<T>(items: ArrayLike<T>): T;
  /** True once in that many calls, on average. */
  oneIn(times: number): boolean;
}

/** splitmix32: small, fast, and good enough to choose mutations. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (bound: number) => Math.floor((next() / 0x1_0000_0000) * bound);
  return {
    below,
    pick: (items) => items[below(items.length)] as never,
    oneIn: (times) => below(times) === 0,
  };
}
