import { DebianFormatError, parsePackageIndex, parseSourceIndex } from "../../machine/packages/index.ts";
import { checkParser } from "../checkParser.ts";
import { utf8 } from "../generators/samples.ts";
import type { Target } from "../target.ts";

const PACKAGES = `Package: hello
Version: 1:2.10-3+b1
Architecture: amd64
Pre-Depends: dpkg (>= 1.15)
Depends: libc6 (>= 2.38), perl:any | perl-base, tool [amd64] <!nocheck>
Provides: greeter (= 2), other
Filename: pool/main/h/hello/hello_2.10-3+b1_amd64.deb
Size: 53132
SHA256: ${"ab".repeat(32)}

Package: hello
Version: 1:2.10-3~rc1
Architecture: amd64
Filename: pool/main/h/hello/hello_2.10-3_amd64.deb
Size: 1
SHA256: ${"cd".repeat(32)}
`;
const SOURCES = `Package: linux
Version: 6.12.9-1
Directory: pool/main/l/linux
Checksums-Sha256:
 ${"ab".repeat(32)} 151 linux_6.12.9-1.dsc
 ${"cd".repeat(32)} 1510 linux_6.12.9.orig.tar.xz
`;

export default {
  description: "package indexes of Debian's archive",
  seeds: () => [utf8(PACKAGES), utf8(SOURCES)],
  dictionary: [
    ...PACKAGES.split(/[:\n ]+/),
    "Checksums-Sha256:",
    "\n\n",
    "\n ",
    "#",
    "|",
    ",",
    "~",
    "9".repeat(30),
  ],
  check: (input) => {
    const parse = (bytes: Uint8Array) => {
      const text = Buffer.from(bytes).toString();
      return /^Directory:/m.test(text) ? parseSourceIndex(text, ["linux"]) : parsePackageIndex(text);
    };
    return checkParser({ parse, refuses: [DebianFormatError] }, input);
  },
} satisfies Target;
