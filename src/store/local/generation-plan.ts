/** Which generations of profiles have served their time. Pure. */

export interface ProfileGeneration {
  /** The profile: a folder that holds `generation-N`, or the link that stands beside `NAME-N-link`. */
  readonly profile: string;
  readonly number: number;
  /** The link that makes it a root; a physical path. */
  readonly link: string;
  /** The path, as it stands in the link. */
  readonly target: string;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly current: boolean;
}

export interface GenerationPolicy {
  /** The newest so many of each profile stay. */
  readonly keep?: number | undefined;
  /** Those that ceased to be the newest before this time (seconds since the epoch) go. */
  readonly before?: number | undefined;
}

/**
 * The generations that go: those that every part of the policy gives up. The current one always stays. Without a
 * policy all of them do.
 */
export function expiredGenerations(
  generations: readonly ProfileGeneration[],
  { keep, before }: GenerationPolicy,
): ProfileGeneration[] {
  if (keep === undefined && before === undefined) return [];
  const profiles = Map.groupBy(generations, (generation) => generation.profile);
  return [...profiles.values()].flatMap((all) => {
    const newestFirst = [...all].sort((a, b) => b.number - a.number);
    return newestFirst.filter((generation, index) => {
      if (generation.current || (keep !== undefined && index < keep)) return false;
      // It was in use until the next one came.
      const successor = newestFirst[index - 1];
      return before === undefined || (successor !== undefined && successor.time < before);
    });
  });
}
