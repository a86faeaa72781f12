import { MAX_BUILD_SECONDS, MAX_LOG_BYTES, MAX_SILENT_SECONDS } from "../limits.ts";

/** What the handler relies on, whatever else is configured; it goes to the daemon as `NIX_CONFIG`. */
export function formatNixConfig(environment: Readonly<Record<string, string | boolean>>): string {
  const settings = {
    ...environment,
    "sandbox-fallback": false,
    substitute: false,
    // otherwise Nix starts itself once more to ask for other computers to build on
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
