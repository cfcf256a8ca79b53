import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Programs that set-up unpacked for a user who may not install them. */
const tools = new URL('.tools/usr/bin', import.meta.url).pathname;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    env: existsSync(tools) ? { SYSBUILD_TOOLS: tools, PATH: `${process.env['PATH']}:${tools}` } : {},
    globalSetup: ['test/support/bundle.ts', 'test/support/machine/probe.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    pool: 'forks',
  },
});
