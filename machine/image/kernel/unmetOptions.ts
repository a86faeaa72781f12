const NO_VALUE = "n";

/**
 * The options of a configuration fragment that differ in the kernel's finished `.config`, as `CONFIG_NAME=value` lines.
 * Kconfig silently drops options whose dependencies are off, and overrides options that something else selects.
 */
export function unmetOptions(fragment: string, config: string): string[] {
  const finished = new Map(optionsOf(config));
  return optionsOf(fragment)
    .filter(([name, value]) => (finished.get(name) ?? NO_VALUE) !== value)
    .map(([name, value]) => `${name}=${value}`);
}

function optionsOf(text: string): [name: string, value: string][] {
  return [...text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]);
}
