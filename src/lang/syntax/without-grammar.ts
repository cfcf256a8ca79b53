/**
 * What the bundle has in place of chevrotain: just enough of it to define tokens, and a parser whose rules are not
 * recorded. The grammar is checked by tests, with chevrotain itself; programs are read by the methods beside the rules,
 * which need nothing of it, and loading it takes longer than running most programs.
 */
import type { ITokenConfig, TokenType } from 'chevrotain';

let count = 0;

export function createToken(config: ITokenConfig): TokenType {
  const { name, pattern, label, group, push_mode, pop_mode, start_chars_hint } = config;
  count += 1;
  return {
    name,
    tokenTypeIdx: count,
    PATTERN: pattern!,
    LABEL: label!,
    ...(group === undefined ? {} : { GROUP: group as string }),
    ...(push_mode === undefined ? {} : { PUSH_MODE: push_mode }),
    ...(pop_mode === undefined ? {} : { POP_MODE: pop_mode }),
    ...(start_chars_hint === undefined ? {} : { START_CHARS_HINT: start_chars_hint as (string | number)[] }),
  };
}

export const EOF: TokenType = createToken({ name: 'EOF', label: 'EOF', pattern: /(?!)/ });

export class EmbeddedActionsParser {
  protected RULE(): () => void {
    return noRule;
  }
}

function noRule(): void {}
