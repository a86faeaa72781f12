/** A folder with Debian trixie's loader and the libraries that the server was linked with. */
export async function emulatorLibraries(): Promise<string> {
  const directory = process.env.CARTENIX_EMULATOR_LIBRARIES;
  if (directory === undefined) throw new Error("CARTENIX_EMULATOR_LIBRARIES is not set");
  return directory;
}
