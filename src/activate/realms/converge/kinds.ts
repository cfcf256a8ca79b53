/** The table of kinds. */
import type { ConvergeKind } from '../../manifest-checks.ts';
import { group, user } from './kinds/accounts.ts';
import { apt } from './kinds/apt.ts';
import { command } from './kinds/command.ts';
import { directory } from './kinds/directory.ts';
import { http } from './kinds/http.ts';
import { mount } from './kinds/mount.ts';
import { postgresqlDatabase, postgresqlRole } from './kinds/postgresql.ts';
import { service } from './kinds/service.ts';
import { cron, key, line, sysctl } from './kinds/text-file.ts';
import type { MakeResource } from './resource.ts';

export const kinds: Readonly<Record<ConvergeKind, MakeResource>> = {
  command,
  apt,
  directory,
  line,
  key,
  service,
  mount,
  sysctl,
  cron,
  http,
  'postgresql-database': postgresqlDatabase,
  'postgresql-role': postgresqlRole,
  user,
  group,
};
