# Every pinned file as a fixed output. Nothing downloads them: whoever builds puts their content into the store first.
let
  filesOf = lock: (builtins.fromJSON (builtins.readFile lock)).files;

  # A store path's name has fewer characters than a file's name in Debian's pool.
  storeName = path: builtins.replaceStrings [ "~" "%" ":" ] [ "_" "_" "_" ] (baseNameOf path);

  fixedOutput =
    file:
    derivation {
      name = storeName file.path;
      system = "builtin";
      builder = "builtin:fetchurl";
      url = "mirror://debian/${file.path}";
      outputHashMode = "flat";
      outputHashAlgo = "sha256";
      outputHash = file.sha256;
    };

  byName =
    lock:
    builtins.listToAttrs (
      map (file: {
        name = file.name;
        value = fixedOutput file;
      }) (filesOf lock)
    );
in
{
  packages = byName ../../packages/lock/seed.json;
  sources = byName ../../packages/lock/sources.json;
}
