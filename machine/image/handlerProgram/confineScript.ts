import { MAX_MEMORY_BYTES, MAX_PROCESSES, USER_NAMESPACES_FILE } from "../../handler/index.ts";

/** The only user that Nix builds as: the template's `/etc/group` has no other in `nixbld`. */
const BUILDER_UID = 30_001;

/** The sandbox's own user namespace. */
const USER_NAMESPACES_DURING_BUILD = 1;

/**
 * Nix's pre-build hook. It runs when the build's control group exists below `parent` and nothing runs in it yet. A build
 * that exceeds the memory limit is killed as a whole, so that none goes on with some of its processes missing. No builder
 * can make a user namespace inside its own, in which it would be root and reach more of the kernel.
 */
export const confineScript = (parent: string) => `#!/bin/sh
set -e
cd ${parent}/nix-build-uid-${BUILDER_UID}
echo ${MAX_PROCESSES} > pids.max
echo ${MAX_MEMORY_BYTES} > memory.max
echo 1 > memory.oom.group
echo ${USER_NAMESPACES_DURING_BUILD} > ${USER_NAMESPACES_FILE}
`;
