/** Whether this machine can build a derivation at all, asked before anything is prepared for it. */
import { type Derivation, derivationKind, type StorePath } from '../formats/index.ts';
import { builtinBuilder, builtinNames, builtinPrefix } from './builders/index.ts';
import type { DerivationOptions } from './derivation-options.ts';
import { BuildError } from './errors.ts';
import type { Settings } from './options.ts';

/** @throws BuildError `build/unsupported` */
export function checkSupported(
  drvPath: StorePath,
  derivation: Derivation,
  options: DerivationOptions,
  settings: Pick<Settings, 'system' | 'extraSystems' | 'systemFeatures' | 'sandbox'>,
): void {
  const refuse = (why: string, hint?: string): never => {
    throw new BuildError('build/unsupported', `cannot build '${drvPath}': ${why}`, { hint, details: { drvPath } });
  };
  if (derivationKind(derivation) === 'impure') {
    refuse('it is impure: its result would be another one each time', 'Give it a fixed output hash instead.');
  }
  if (options.noChroot && settings.sandbox !== 'off') {
    refuse(
      "it has '__noChroot' set, and builds run in a sandbox",
      'Who accepts that builds without one: --no-sandbox.',
    );
  }
  if (options.sandboxRoot !== undefined && settings.sandbox === 'off') {
    refuse('it wants a root folder of its own', 'Only the sandbox has one: leave --no-sandbox out.');
  }
  if (derivation.builder.startsWith(builtinPrefix)) {
    if (builtinBuilder(derivation.builder) !== undefined) return;
    refuse(`there is no builder '${derivation.builder}'`, `There are ${builtinNames.join(', ')}.`);
  }
  const systems = [settings.system, ...settings.extraSystems];
  if (!systems.includes(derivation.system)) {
    refuse(`it is for the system '${derivation.system}', and this machine is '${settings.system}'`);
  }
  const missing = options.requiredFeatures.filter((feature) => !settings.systemFeatures.includes(feature));
  if (missing.length > 0) {
    refuse(
      `it needs ${missing.map((feature) => `'${feature}'`).join(', ')}, which this machine does not have`,
      `Its features are ${settings.systemFeatures.join(', ')}.`,
    );
  }
}
