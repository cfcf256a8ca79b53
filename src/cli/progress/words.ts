/** Events in words. */
import type { ActivityKind, Event } from '../../base/events.ts';
import { renderDiagnostic } from '../render/diagnostic.ts';
import type { Terminal } from '../terminal.ts';

const verbs: Record<ActivityKind, string> = {
  evaluate: 'evaluating',
  build: 'building',
  fetch: 'downloading',
  substitute: 'fetching',
  copy: 'copying',
  add: 'adding',
  verify: 'verifying',
  collect: 'collecting garbage in',
  optimise: 'sharing equal files in',
  switch: 'switching',
};

export function verbOf(kind: ActivityKind): string {
  return verbs[kind];
}

/** A store path without its folder and hash, and a derivation without its extension; anything else as it is. */
export function shortSubject(subject: string): string {
  return subject.replace(/^\/.*\/[0-9a-z]{32}-/, '').replace(/\.drv$/, '');
}

/** Lines that are shown whatever the display: messages and diagnostics. Undefined for other events. */
export function messageText(event: Event, terminal: Terminal): string | undefined {
  const { theme } = terminal;
  if (event.type === 'diagnostic') return `${renderDiagnostic(event.diagnostic, theme, false)}\n`;
  if (event.type !== 'message') return undefined;
  switch (event.level) {
    case 'trace':
      return `trace: ${event.text}\n`;
    case 'warn':
      return `${theme.warning('warning:')} ${event.text}\n`;
    default:
      return `${event.text}\n`;
  }
}
