import { join } from "node:path";
import { npmPackage } from "./npmPackage.ts";

/** Foundry's compiler and test runner. */
export async function forge(): Promise<string> {
  const folder = await npmPackage({
    name: "@foundry-rs/forge-linux-amd64",
    version: "1.7.1",
    integrity:
      "sha512-/HQddyTanVOJKgvilmZrf8VOf7mhvwrWb59W73w5W5flX7b6zNh9CR6hKZzJwiRRi5Sxk/JOFEYIeKsQx7Teqg==",
  });
  return join(folder, "bin/forge");
}
