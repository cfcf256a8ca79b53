/** Ends a build that takes too long, says nothing for too long, or says too much. */
import { formatBytes, formatDuration } from '../base/text.ts';
import type { StorePath } from '../formats/index.ts';
import { BuildError, cancelled } from './errors.ts';
import type { Settings } from './options.ts';

type LimitSettings = Pick<Settings, 'timeout' | 'maxSilentTime' | 'maxLogSize'>;

export class Limits {
  /** Aborted with a `BuildError` when a limit is reached, or the run is ended. */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #drvPath: StorePath;
  readonly #settings: LimitSettings;
  readonly #outer: AbortSignal;
  readonly #end: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #bytes = 0;
  readonly #onOuter = (): void => this.stop(cancelled(this.#drvPath));

  constructor(drvPath: StorePath, settings: LimitSettings, outer: AbortSignal) {
    this.signal = this.#controller.signal;
    this.#drvPath = drvPath;
    this.#settings = settings;
    this.#outer = outer;
    if (outer.aborted) this.#onOuter();
    outer.addEventListener('abort', this.#onOuter);
    const { timeout } = settings;
    if (timeout > 0) this.#end = setTimeout(() => this.stop(this.#tooLong('took', timeout)), timeout * 1000);
    this.#restartSilence();
  }

  /** To be told of all output. */
  heard(bytes: number): void {
    this.#bytes += bytes;
    const { maxLogSize } = this.#settings;
    if (maxLogSize > 0 && this.#bytes > maxLogSize) this.stop(this.#tooMuch(maxLogSize));
    if (this.#silence !== undefined) this.#silence.refresh();
  }

  stop(reason: BuildError): void {
    this.#controller.abort(reason);
  }

  dispose(): void {
    clearTimeout(this.#end);
    clearTimeout(this.#silence);
    this.#outer.removeEventListener('abort', this.#onOuter);
  }

  #restartSilence(): void {
    const { maxSilentTime } = this.#settings;
    if (maxSilentTime <= 0) return;
    this.#silence = setTimeout(() => this.stop(this.#tooLong('said nothing for', maxSilentTime)), maxSilentTime * 1000);
  }

  #tooLong(what: string, seconds: number): BuildError {
    return new BuildError(
      'build/timed-out',
      `the build of '${this.#drvPath}' ${what} more than ${formatDuration(seconds * 1000)}, and was stopped`,
      { details: { drvPath: this.#drvPath, seconds } },
    );
  }

  #tooMuch(limit: number): BuildError {
    return new BuildError(
      'build/log-too-long',
      `the build of '${this.#drvPath}' wrote more than ${formatBytes(limit)} of log, and was stopped`,
      { details: { drvPath: this.#drvPath, limit } },
    );
  }
}
