import { z } from "zod";
import { isStorePath } from "../../nix/index.ts";

/** A part of an indexer's answers. Fields that nobody here reads may be there, too. */
export const storePath = z.string().refine(isStorePath, "is not a store path");
