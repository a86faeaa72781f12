/** The input or query is rejected whole; the message is the one line that its sender reads. */
export class Rejection extends Error {
  override name = "Rejection";

  constructor(message: string) {
    super(message.replaceAll(/\s*\n\s*/g, " ").trim());
  }
}
