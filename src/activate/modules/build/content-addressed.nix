# What a derivation needs to have its output's path computed from the bytes of the output.
{
  __contentAddressed = true;
  outputHashMode = "recursive";
  outputHashAlgo = "sha256";
}
