import Mocha from "mocha";
import { shortenFailure } from "./support/shortenFailure.ts";

/** Mocha's spec reporter with shortened failures, ending with a plain line that any CI can read: `N passed, N failed`. */
export default class PlainSummary extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    // before Mocha's own listener, which prepares both values for its diff
    runner.on("fail", (_, error: unknown) => shortenFailure(error));
    super(runner, options);
  }

  override epilogue(): void {
    super.epilogue();
    if (this.stats.failures > 0) {
      process.stdout.write(`the same random values again: FAST_CHECK_SEED=${process.env.FAST_CHECK_SEED}\n`);
    }
    const { passes, failures, pending } = this.stats;
    process.stdout.write(
      `${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}\n`,
    );
  }
}
