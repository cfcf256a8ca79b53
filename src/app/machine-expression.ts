/** What makes a system of the value that a machine's file has: a derivation as it is, or a module for the library. */

/**
 * A function of `value`, the file's value; of `file`, its path, or null; and of `args`, the arguments at hand. A
 * derivation is the system itself. A function that needs no more than these arguments is called first. Everything
 * else is a configuration, and is given to `machine` of the module library, by path where it is a file's whole value
 * so that definitions are named by their place.
 */
export const systemExpression = `{ value, file, args }:
let
  formals = builtins.functionArgs value;
  callable = builtins.all (name: formals.\${name} || args ? \${name}) (builtins.attrNames formals);
  called =
    if !builtins.isFunction value then value
    else if callable then value (builtins.intersectAttrs formals args)
    else null;
  isDerivation = x: builtins.isAttrs x && x.type or null == "derivation";
in
if isDerivation called then called
else (import <sysbuild>).machine (if file != null then file else value)
`;

/** A path of the file system as an expression, whatever characters are in it. Byte string. */
export function pathExpression(path: string): string {
  return `/. + "${path.replace(/["\\]|\$\{/g, '\\$&')}"`;
}
