/** The version of this process's C library, or `undefined` when it is not glibc. */
export function hostGlibc(): [major: number, minor: number] | undefined {
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  const excludedNetwork = report.excludeNetwork;
  report.excludeNetwork = true; // otherwise the report resolves the host name of every connection
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: unknown } };
  report.excludeNetwork = excludedNetwork;
  const version = /^(\d+)\.(\d+)/.exec(String(header?.glibcVersionRuntime));
  return version ? [Number(version[1]), Number(version[2])] : undefined;
}
