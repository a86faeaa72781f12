import { RepositoryOnlyError } from "./cliErrors.ts";

/**
 * Loads what only the repository has.
 *
 * @throws {RepositoryOnlyError} from the published command.
 */
export async function loadOperatorParts(): Promise<typeof import("./operator/index.ts")> {
  try {
    return await import("./operator/index.ts");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") {
      throw cause;
    }
    throw new RepositoryOnlyError();
  }
}
