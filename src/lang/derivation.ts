/**
 * The function `derivation`, in the language itself: it takes the attributes of a derivation and gives, for its first
 * output, a set with these attributes, the paths, and every output by its name.
 */
export const derivationText = `attributes @ { outputs ? [ "out" ], ... }:
let
  made = derivationStrict attributes;

  common = attributes // builtins.listToAttrs each // {
    all = map (output: output.value) each;
    drvAttrs = attributes;
  };

  each = map (name: {
    inherit name;
    value = common // {
      outPath = builtins.getAttr name made;
      drvPath = made.drvPath;
      type = "derivation";
      outputName = name;
    };
  }) outputs;
in
(builtins.head each).value
`;
