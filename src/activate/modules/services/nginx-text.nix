# Looks at a piece of nginx's configuration as nginx's reader would: quotes are closed, braces are in pairs, and every
# directive ends. What it means is for `nginx -t' to say, before the running server is touched.
{ lib }:
let
  inherit (builtins)
    elemAt
    foldl'
    isString
    split
    stringLength
    ;

  # A word ends at white space, ; or {; quotes, # and } mean something at its begin alone. `\x' and `${name}' are part
  # of it.
  inner = "\\\\.|[$][{][^}\n]*[}]|[$]";
  word = "([^ \t\r\n\"'{};#\\$]|${inner})([^ \t\r\n{;\\$]|${inner})*";
  comment = "#[^\n]*";
  quoted = "\"([^\"\\]|\\\\.)*\"|'([^'\\]|\\\\.)*'";
  tokens =
    text:
    lib.concatMap (part: if isString part then [ ] else [ (elemAt part 0) ]) (
      split "(${comment}|${quoted}|${word}|[\"'{};])" text
    );

  step =
    state: token:
    if state.error != null || lib.hasPrefix "#" token then
      state
    else if token == "\"" || token == "'" then
      state // { error = "a ${token} that is not closed"; }
    else if token == "{" then
      if state.open then
        state
        // {
          depth = state.depth + 1;
          open = false;
        }
      else
        state // { error = "a { without a name before it"; }
    else if token == "}" then
      if state.open then
        state // { error = "no ; before a }"; }
      else if state.depth == 0 then
        state // { error = "a } too many"; }
      else
        state // { depth = state.depth - 1; }
    else if token == ";" then
      if state.open then
        state // { open = false; }
      else
        state // { error = "a ; with nothing before it"; }
    else
      state // { open = true; };

  end =
    state:
    if state.error != null then
      state.error
    else if state.open then
      "no ; at the end"
    else if state.depth > 0 then
      "a { that is not closed"
    else
      null;
in
# What is wrong with a text, or null.
text:
if stringLength text == 0 then
  null
else
  end (foldl' step {
    depth = 0;
    open = false;
    error = null;
  } (tokens text))
