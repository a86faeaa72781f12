/** The input or query is rejected whole; the message is the one line that its sender reads. */
export class Rejection extends Error {
  override name = "Rejection";

  constructor(message: string) {
    super(inOneLine(message));
  }
}

/** Cut at the line ends first: a search for them with the white space around takes quadratic time. */
function inOneLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").join(" ");
}
