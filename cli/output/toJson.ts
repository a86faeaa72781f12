/** What a terminal may obey, beyond what JSON escapes itself. */
const CONTROLS = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** An answer as one line of JSON, also for a terminal. Integers beyond JSON's are decimal texts. */
export function toJson(schema: string, answer: object): string {
  const text = JSON.stringify({ schema, ...answer }, (_, value) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  return text.replaceAll(CONTROLS, escapeUnits);
}

/** A character of a JSON text as an escape, or two where it is a pair. */
function escapeUnits(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
