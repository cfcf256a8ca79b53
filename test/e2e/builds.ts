/** Expressions for builds with a userland that needs no network, for tests of the program. */
import { busyboxTree } from '../support/busybox.ts';
import type { Place } from './support.ts';

/** Writes `lib.nix`: `build name script`, with what else is to be in the derivation as `buildWith`. */
export function writeLibrary(place: Place): void {
  place.write(
    'lib.nix',
    `rec {
  busybox = builtins.path { path = ${busyboxTree()}; name = "busybox"; };
  buildWith = more: name: script: derivation ({
    inherit name;
    system = builtins.currentSystem;
    builder = "\${busybox}/bin/busybox";
    args = [ "sh" "-euc" "export PATH=\${busybox}/bin; \${script}" ];
  } // more);
  build = buildWith { };
  floating = buildWith { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
}
`,
  );
}
