import { registerHooks } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The rooms that others may import, each by its index. */
const PUBLIC_ROOMS = ["abi", "client", "deploy", "nix", "protocol"];

// TypeDoc needs the compiler's JavaScript API, which TypeScript 7 does not have yet.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "typescript" ? "typescript6" : specifier, context),
});
const { Application } = await import("typedoc");

const root = fileURLToPath(new URL("..", import.meta.url));
const application = await Application.bootstrap({
  name: "Cartenix",
  readme: "none",
  entryPoints: PUBLIC_ROOMS.map((room) => join(root, room, "index.ts")),
  tsconfig: join(root, "tsconfig.json"),
  excludeInternal: true,
  hideGenerator: true,
  // `npm run check` has already checked the types.
  skipErrorChecking: true,
});
const project = await application.convert();
if (!project || application.logger.hasErrors()) {
  process.exit(1);
}
await application.generateDocs(project, join(root, "docs/api"));
