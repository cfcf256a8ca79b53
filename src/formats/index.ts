/** The door of the formats room: Nix's data formats as pure functions, bytes in and values out. */
export * from './content-address.ts';
export * from './derivation.ts';
export { derivationPath, derivationReferences, parseDerivation, printDerivation } from './derivation-aterm.ts';
export * from './derivation-hash.ts';
export * from './errors.ts';
export * from './hash.ts';
export * from './hash-part-search.ts';
export * from './hash-rewrite.ts';
export * from './hasher.ts';
export * from './nar-grammar.ts';
export * from './nar-reader.ts';
export * from './nar-writer.ts';
export * from './nixbase32.ts';
export * from './placeholder.ts';
export * from './reference-scan.ts';
export * from './store-path.ts';
export * from './wire.ts';
