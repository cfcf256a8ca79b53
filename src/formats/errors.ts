/**
 * The closed error family of the formats room: one code for each rule that bytes or texts from outside can break.
 * A reader throws nothing else, whatever it is given.
 */
import { type ErrorDetails, SysbuildError } from '../base/errors.ts';

export type FormatErrorCode =
  | 'formats/nix32'
  | 'formats/hash'
  | 'formats/hash-algorithm'
  | 'formats/store-path'
  | 'formats/store-path-name'
  | 'formats/content-address'
  | 'formats/derivation-syntax'
  | 'formats/derivation-output'
  | 'formats/derivation-environment'
  | 'formats/derivation-unknown-output'
  | 'formats/derivation-json'
  | 'formats/structured-attributes'
  | 'formats/wire-truncated'
  | 'formats/wire-padding'
  | 'formats/wire-integer'
  | 'formats/wire-too-long'
  | 'formats/nar-magic'
  | 'formats/nar-token'
  | 'formats/nar-name'
  | 'formats/nar-order'
  | 'formats/nar-depth'
  | 'formats/nar-target'
  | 'formats/nar-trailing'
  | 'formats/nar-write'
  | 'formats/narinfo'
  | 'formats/key'
  | 'formats/signature'
  | 'formats/export-stream'
  | 'formats/realisation'
  | 'formats/rewrite';

export class FormatError extends SysbuildError {
  readonly code: FormatErrorCode;

  constructor(code: FormatErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, options);
    this.code = code;
  }
}
