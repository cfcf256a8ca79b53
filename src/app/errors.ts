/** What can go wrong between the rooms: in settings, in what a command was asked to do, on the machine around it. */
import { type ErrorDetails, SysbuildError } from '../base/errors.ts';

export type AppErrorCode =
  /** The command line asks for something that makes no sense. */
  | 'app/usage'
  /** A configuration file or variable cannot be read as settings. */
  | 'app/config-syntax'
  /** A setting has a value that it cannot have. */
  | 'app/config-value'
  /** The store that was named is of a kind that is not known, or cannot do what is needed. */
  | 'app/store'
  /** A machine verb without a machine root. */
  | 'app/no-root'
  /** The value is not what the command works on: no derivation, no machine, no such attribute. */
  | 'app/wrong-value'
  | 'app/no-log'
  /** No option has this name, or fits these words. */
  | 'app/no-option'
  /** apt is missing, or does not know what is asked of it. */
  | 'app/apt'
  | 'app/interrupted';

export class AppError extends SysbuildError {
  readonly code: AppErrorCode;

  constructor(code: AppErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, options);
    this.code = code;
  }
}
