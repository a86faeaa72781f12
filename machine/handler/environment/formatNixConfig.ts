import { MAX_BUILD_SECONDS, MAX_LOG_BYTES, MAX_SILENT_SECONDS } from "../limits.ts";

/**
 * The settings that the handler relies on, whatever else is configured, for the daemon's `NIX_CONFIG`.
 *
 * @param environmentSettings those that depend on where the daemon runs.
 */
export function formatNixConfig(environmentSettings: Readonly<Record<string, string | boolean>>): string {
  const settings = {
    ...environmentSettings,
    "sandbox-fallback": false,
    substitute: false,
    // by default Nix starts another process to look for remote builders
    "build-hook": "",
    builders: "",
    "max-jobs": 1,
    cores: 1,
    "keep-build-log": true,
    "compress-build-log": false,
    timeout: MAX_BUILD_SECONDS,
    "max-silent-time": MAX_SILENT_SECONDS,
    "max-build-log-size": MAX_LOG_BYTES,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}
