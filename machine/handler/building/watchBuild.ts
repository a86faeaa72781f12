import { exceededLimit, type Usage } from "../environment/usage.ts";
import { USAGE_SAMPLING_SECONDS } from "../limits.ts";

/**
 * Waits for a build and looks meanwhile at what it uses.
 *
 * @returns what the build gives, or the limit that it passed, in words; it may go on then, and what it is given is to be
 * thrown away with it.
 */
export async function watchBuild<T>(
  build: Promise<T>,
  before: Usage,
  measure: () => Usage,
): Promise<{ result: T } | { passed: string }> {
  let timer: NodeJS.Timeout | undefined;
  const passing = new Promise<{ passed: string }>((resolve, reject) => {
    const look = () => {
      try {
        const passed = exceededLimit(before, measure());
        if (passed !== undefined) {
          resolve({ passed });
        }
      } catch (error) {
        reject(error);
      }
    };
    timer = setInterval(look, USAGE_SAMPLING_SECONDS * 1000);
  });
  try {
    const outcome = await Promise.race([build.then((result) => ({ result })), passing]);
    const passed = exceededLimit(before, measure());
    return passed === undefined ? outcome : { passed };
  } finally {
    clearInterval(timer);
  }
}
