import { DebianFormatError, decodeDeb } from "../../machine/packages/index.ts";
import { checkParser } from "../checkParser.ts";
import { utf8 } from "../generators/samples.ts";
import type { Target } from "../target.ts";

export default {
  description: "Debian packages from a mirror, before their sha256 is checked",
  seeds: () => [debOf("data.tar.xz", "content"), debOf("data.tar", ""), debOf("data.tar.gz", "odd")],
  dictionary: [
    "debian-binary",
    "control.tar",
    "data.tar",
    "`\n",
    "!<arch>\n",
    "2.0\n",
    member("data.tar", "x"),
  ],
  check: (input) => checkParser({ parse: decodeDeb, refuses: [DebianFormatError] }, input),
} satisfies Target;

function debOf(name: string, content: string): Uint8Array {
  return utf8(
    `!<arch>\n${member("debian-binary", "2.0\n")}${member("control.tar.xz", "")}${member(name, content)}`,
  );
}

function member(name: string, content: string): string {
  const header = name.padEnd(16) + "0".padEnd(12) + "0".padEnd(6).repeat(2) + "100644".padEnd(8);
  const padding = content.length % 2 === 1 ? "\n" : "";
  return `${header}${String(content.length).padEnd(10)}\`\n${content}${padding}`;
}
