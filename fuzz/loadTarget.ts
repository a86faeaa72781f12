import { readdirSync } from "node:fs";
import type { Differential } from "./differential.ts";
import type { Target } from "./target.ts";

/** The names of the targets: those of their files. */
export function targetNames(): string[] {
  return namesIn("targets");
}

/** The module whose default export the target is. */
export function targetModule(name: string): string {
  return moduleIn("targets", name);
}

export async function loadTarget(module: string): Promise<Target> {
  return (await load<Target>(module)).default;
}

/** The names of the comparisons with the real Nix. */
export function differentialNames(): string[] {
  return namesIn("differential");
}

export async function loadDifferential(name: string): Promise<Differential> {
  return (await load<Differential>(moduleIn("differential", name))).default;
}

function namesIn(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, import.meta.url))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

function moduleIn(folder: string, name: string): string {
  return new URL(`${folder}/${name}.ts`, import.meta.url).href;
}

async function load<T>(module: string): Promise<{ default: T }> {
  return import(module);
}
