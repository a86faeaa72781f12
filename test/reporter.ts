import Mocha from "mocha";

/** Mocha's spec reporter, closed by the plain line that any CI can read: `N passed, N failed`. */
export default class PlainSummary extends Mocha.reporters.Spec {
  override epilogue(): void {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    process.stdout.write(
      `${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}\n`,
    );
  }
}
