/** Every setting, its value, and where the value comes from. */

import type { Environment } from '../config.ts';
import { type Config, systemConfigFile, userConfigFile } from '../config.ts';
import { definitionOf, type SettingName, settingNames } from '../settings.ts';

export interface SettingReport {
  readonly name: SettingName;
  readonly value: unknown;
  /** The value as configuration has it. */
  readonly text: string;
  readonly fallback: unknown;
  readonly origin: string;
  readonly placeholder: string;
  readonly topic: string;
  readonly doc: string;
}

export function showConfig(config: Config): SettingReport[] {
  return settingNames.map((name) => {
    const { type, fallback, doc, topic } = definitionOf(name);
    const value: unknown = config.settings[name];
    return {
      name,
      value,
      text: type.print(value),
      fallback,
      origin: config.origins[name],
      placeholder: type.placeholder,
      topic,
      doc,
    };
  });
}

/** Where settings can be written down, in the order in which they are read. */
export function configFiles(env: Environment): string[] {
  return [systemConfigFile, userConfigFile(env)];
}
