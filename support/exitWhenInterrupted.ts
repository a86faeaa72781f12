const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Lets a command run what has to be done at its exit when it is interrupted, too; without this it would just end. */
export function exitWhenInterrupted(): void {
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.once(signal, () => process.exit(code));
  }
}
