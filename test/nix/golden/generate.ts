import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openNix, type RealNix } from "../../../fuzz/openNix.ts";
import { writeTree } from "../support/writeTree.ts";
import { goldenTree } from "./goldenTree.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const EXPERIMENTAL = ["ca-derivations", "impure-derivations", "dynamic-derivations", "git-hashing"];

/** Makes the golden files with the real Nix: `node test/nix/golden/generate.ts`. */
async function generate(nix: RealNix): Promise<void> {
  for (const name of ["closure.nix", "unsupported.nix", "selfReference.nix"]) {
    await copyFile(here(name), `${nix.folder}/${name}`);
  }
  await writeTree(`${nix.folder}/tree`, goldenTree);
  await writeFile(`${nix.folder}/abc`, "abc");
  await writeFile(here("tree.nar"), await nix.run("nix-store --dump tree"));
  await generateClosure(nix);
  await generateUnsupported(nix);
  await generateSelfReference(nix);
  await writeFile(here("hashes.json"), await nix.run(hashes));
}

async function generateClosure(nix: RealNix): Promise<void> {
  const stream = await nix.run(`
    top=$(nix-instantiate closure.nix)
    nix-store --realise "$top" >/dev/null
    for algorithm in md5 sha1 sha256 sha512; do
      nix-store --add-fixed $algorithm abc
      nix-store --add-fixed --recursive $algorithm tree
    done > paths
    nix-store -qR --include-outputs "$top" >> paths
    nix-store --export $(sort -u paths)`);
  await writeFile(here("closure.export"), stream);
  const info = await nix.run("nix path-info --json $(sort -u paths)");
  await writeFile(here("closure.json"), sortedJson(info));
}

async function generateUnsupported(nix: RealNix): Promise<void> {
  await rm(here("unsupported"), { recursive: true, force: true });
  await mkdir(here("unsupported"));
  const features = EXPERIMENTAL;
  const paths = await nix.run("nix-instantiate unsupported.nix", { features });
  for (const path of new TextDecoder().decode(paths).trim().split("\n")) {
    const drv = await nix.run(`cat ${path}`);
    await writeFile(here(`unsupported/${path.replace(/^.{44}/, "")}`), drv);
  }
}

async function generateSelfReference(nix: RealNix): Promise<void> {
  const stream = await nix.run(`
    path=$(nix-build --no-out-link selfReference.nix)
    rewrites=$(nix store make-content-addressed --json "$path")
    nix-store --export "/nix/store/$(expr "$rewrites" : '.*":"/nix/store/\\([^"]*\\)"')"`);
  await writeFile(here("selfReference.export"), stream);
}

const hashes = `
  comma="["
  for algorithm in md5 sha1 sha256 sha512; do
    for file in abc closure.nix /dev/null; do
      base16=$(nix-hash --type $algorithm --flat $file)
      echo "$comma{\\"algorithm\\":\\"$algorithm\\","
      for format in base16 nix32 sri; do
        echo "  \\"$format\\":\\"$(nix hash convert --hash-algo $algorithm --to $format $base16)\\","
      done
      echo "  \\"flat\\":\\"$(nix-store --print-fixed-path $algorithm $base16 name)\\","
      echo "  \\"recursive\\":\\"$(nix-store --print-fixed-path --recursive $algorithm $base16 name)\\"}"
      comma=","
    done
  done
  echo "]"`;

interface PathInfo {
  ca: string | null;
  deriver: string | null;
  narHash: string;
  narSize: number;
  references: string[];
}

function sortedJson(info: Uint8Array): string {
  const paths = JSON.parse(new TextDecoder().decode(info)) as Record<string, PathInfo>;
  const rows = Object.keys(paths)
    .sort()
    .map((path) => {
      const { ca, deriver, narHash, narSize, references } = paths[path] as PathInfo;
      return [path, { ca, deriver, narHash, narSize, references: references.sort() }];
    });
  return `${JSON.stringify(Object.fromEntries(rows), undefined, 2)}\n`;
}

const nix = await openNix();
try {
  await generate(nix);
} finally {
  await nix.close();
}
