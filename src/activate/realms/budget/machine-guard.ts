/** The budgets of a machine, asked before a switch changes it; what threatens them is looked for only when they do not hold. */
import * as fs from 'node:fs';
import type { Machine } from '../../machine.ts';
import { realmContext } from '../context.ts';
import { surveyMachine } from '../map/machine-map.ts';
import { judgeSpace, type Need, readBudgets, shortageError, type Threat } from './budgets.ts';
import { measureSpace, Reserve, threatsOf } from './guard.ts';

/**
 * Refuses a change for which a budget would not hold; keeps the reserve where there is room for it.
 * @param record the budgets of the manifest that is switched to
 * @param written bytes that will be written, by folder (real paths that are there)
 * @throws ActivateError `activate/budget`
 */
export async function guardMachine(
  machine: Machine,
  record: Readonly<Record<string, unknown>>,
  written: ReadonlyMap<string, number>,
): Promise<void> {
  const budgets = readBudgets(record);
  const needs = needsByDevice(written);
  const shortages = judgeSpace(
    needs.map(({ place }) => measureSpace(place)),
    needs,
    budgets,
  );
  if (shortages.length > 0) throw shortageError(shortages, await threatsTo(machine));
  new Reserve(machine.layout).keep(budgets.reserve);
}

/** Folders of one file system share what is left on it. */
function needsByDevice(written: ReadonlyMap<string, number>): Need[] {
  const byDevice = Map.groupBy(written, ([folder]) => fs.statSync(folder).dev);
  return [...byDevice.values()].map((entries) => ({
    place: entries[0]![0],
    bytes: entries.reduce((sum, [, bytes]) => sum + bytes, 0),
    inodes: entries.length,
  }));
}

async function threatsTo(machine: Machine): Promise<Threat[]> {
  const { layout, by, now } = machine;
  const { tally } = await surveyMachine(realmContext({ layout, by, now, machine }), { remember: false });
  return threatsOf(tally.tree(6));
}
