/**
 * The C header of an OpenSBI configuration (lines `CONFIG_NAME=value`), the same as that of its genconfig.py, so that
 * the build needs no Python.
 */
export function firmwareConfigHeader(config: string): string {
  const lines = config.split("\n").filter((line) => line.startsWith("CONFIG_"));
  return lines
    .map((line) => {
      const separator = line.indexOf("=");
      const value = line.slice(separator + 1);
      return `#define ${line.slice(0, separator)} ${value === "y" ? "1" : value}\n`;
    })
    .join("");
}
