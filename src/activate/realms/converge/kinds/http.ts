/** An address that has to answer; what to run when it does not may be given. */
import { type MakeResource, ResourceError } from '../resource.ts';
import { readSettings } from '../settings.ts';
import { must } from './host-program.ts';

export const http: MakeResource = (entry, world) => {
  const { url, status, contains, seconds, repair } = readSettings(entry, (settings) => {
    settings.only('url', 'status', 'contains', 'timeout', 'apply');
    return {
      url: settings.string('url'),
      status: settings.number('status') ?? 200,
      contains: settings.optional('contains'),
      seconds: settings.fields.has('timeout') ? Number(entry.settings['timeout']) : 5,
      repair: settings.strings('apply'),
    };
  });
  return {
    async check() {
      try {
        const answer = await world.http(url, seconds);
        if (answer.status !== status) return `${url} answers ${answer.status} and not ${status}`;
        return contains === undefined || answer.body.includes(contains)
          ? undefined
          : `${url} answers without '${contains}'`;
      } catch (error) {
        return `${url} does not answer: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
    apply() {
      if (repair === undefined) throw new ResourceError(`${url} is not healthy, and there is nothing to run for it`);
      must(world, repair[0]!, repair.slice(1));
    },
  };
};
