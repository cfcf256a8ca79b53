/** Expressions for builds with a userland that needs no network, for tests of the program. */
import * as fs from 'node:fs';
import { busyboxTree } from '../support/busybox.ts';
import type { Place } from './support.ts';

/**
 * Writes `lib.nix`: `build name script`, with what else is to be in the derivation as `buildWith`. The userland is
 * copied, so that an ordinary user may read it whoever runs the tests.
 */
export function writeLibrary(place: Place): void {
  fs.cpSync(busyboxTree(), place.at('busybox'), { recursive: true, verbatimSymlinks: true });
  place.write(
    'lib.nix',
    `rec {
  busybox = builtins.path { path = ./busybox; name = "busybox"; };
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
