/** What the realms offer to the rest of the activate room, and through its door to everybody else. */
export type { Change, ChangeKind, JournalEntry, JournalProblem, JournalReading } from './journal/chain.ts';
export { type Author, ChangeJournal, recordChange } from './journal/change-journal.ts';
