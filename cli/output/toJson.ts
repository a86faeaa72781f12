/** An answer as one line of JSON. Integers beyond JSON's are decimal texts. */
export function toJson(schema: string, answer: object): string {
  return JSON.stringify({ schema, ...answer }, (_, value) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}
