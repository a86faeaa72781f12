/** What to do about a host that does not let us make namespaces. */
export const NAMESPACES_REMEDY =
  "allow user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0 or " +
  "kernel.unprivileged_userns_clone=1), or run as root; start a container with --privileged";
