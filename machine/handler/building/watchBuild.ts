import { exceededLimit, type Usage } from "../environment/usage.ts";
import { USAGE_SAMPLING_SECONDS } from "../limits.ts";

/**
 * Waits for a build and measures meanwhile what it uses.
 *
 * @returns the build's result, or a description of the limit that it exceeded. In that case it may still be running, and
 * its result must be ignored.
 */
export async function watchBuild<T>(
  build: Promise<T>,
  before: Usage,
  measure: () => Usage,
): Promise<{ result: T } | { exceeded: string }> {
  let timer: NodeJS.Timeout | undefined;
  const excess = new Promise<{ exceeded: string }>((resolve, reject) => {
    const sample = () => {
      try {
        const exceeded = exceededLimit(before, measure());
        if (exceeded !== undefined) {
          resolve({ exceeded });
        }
      } catch (error) {
        reject(error);
      }
    };
    timer = setInterval(sample, USAGE_SAMPLING_SECONDS * 1000);
  });
  try {
    const outcome = await Promise.race([build.then((result) => ({ result })), excess]);
    const exceeded = exceededLimit(before, measure());
    return exceeded === undefined ? outcome : { exceeded };
  } finally {
    clearInterval(timer);
  }
}
