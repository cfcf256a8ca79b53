/** The formats of profiles, apart from what writes them: front ends list them. */
import type { ProfileFormat } from '../lang/index.ts';

export type { ProfileFormat };

export const profileFormats: readonly ProfileFormat[] = ['speedscope', 'cpuprofile', 'collapsed'];
