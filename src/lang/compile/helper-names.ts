/** The parameters of generated code: what runtime/helpers.ts makes a table of. */
export const helperNames: readonly string[] = (
  'A ADD AF AL AT B C1 C2 C3 CN D DIV DY E EMPTY F FA G H J J2 J3 JP K L LT MUL N OV OVERRIDES ' +
  'P1 P2 P3 Q QP R S SHAPE SUB T U W WN X'
).split(' ');

/** Those of code that tells of itself. */
export const observedHelperNames: readonly string[] = [...helperNames, 'OBSERVE'];

/** Those of traced code. */
export const tracedHelperNames: readonly string[] = [
  ...helperNames,
  ...'TADD TASSERT TB TBODY TC TF TJP TK TN TQ TQP TS TU TW'.split(' '),
];
