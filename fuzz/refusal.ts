/** Stands for `undefined`, by which some parsers refuse. */
export class Refusal extends Error {}

export function refusingUndefined<T>(parse: (input: Uint8Array) => T | undefined): (input: Uint8Array) => T {
  return (input) => {
    const value = parse(input);
    if (value === undefined) {
      throw new Refusal("refused");
    }
    return value;
  };
}
