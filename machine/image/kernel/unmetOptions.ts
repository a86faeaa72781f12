const noValue = "n";

/**
 * The answers of a configuration fragment that a kernel's finished `.config` does not have, as `CONFIG_NAME=value` lines.
 * Kconfig drops silently what depends on something that is off, and takes back what something else selects.
 */
export function unmetOptions(fragment: string, config: string): string[] {
  const finished = new Map(answers(config));
  return answers(fragment)
    .filter(([name, value]) => (finished.get(name) ?? noValue) !== value)
    .map(([name, value]) => `${name}=${value}`);
}

function answers(text: string): [name: string, value: string][] {
  return [...text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]);
}
