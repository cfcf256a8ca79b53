/**
 * Named points between the steps of a crash-safe change, so that tests can end the process at each of them.
 * Nothing is called, and nothing happens, unless a test has set a hook.
 */
export type FaultHook = (point: string) => void;

let hook: FaultHook | undefined;

/** Marks a point between two steps: `area/what-was-just-done`. */
export function faultPoint(point: string): void {
  if (hook !== undefined) hook(point);
}

/** For tests: calls `next` at every point from now on; undefined stops that. */
export function setFaultHook(next: FaultHook | undefined): void {
  hook = next;
}
